{
    "name": "Qifei Dispatch",
    "summary": "Plans the visits of engineers: optimised routes with reasons, dispatch "
    "board, grab pool, booking slots that hold, day page on the phone",
    "version": "19.0.1.0.0",
    "category": "Services/After-sales",
    "author": "Qifei",
    "website": "https://github.com/qifei/qifei",
    "license": "AGPL-3",
    "depends": [
        "qifei_aftersales",
        "web_leaflet_lib",
    ],
    "data": [
        # Security
        "security/ir.model.access.csv",
        "security/qifei_dispatch_security.xml",
        "security/qifei_dispatch_pool_security.xml",
        "security/qifei_dispatch_report_security.xml",
        # Data
        "data/ir_sequence_data.xml",
        "data/auditlog_rule_data.xml",
        "data/ir_cron_data.xml",
        "data/mail_activity_type_data.xml",
        # Master data: tools, engineers, orders, settings
        "views/qifei_tool_views.xml",
        "views/qifei_engineer_views.xml",
        "views/qifei_ticket_type_views.xml",
        "views/qifei_work_order_views.xml",
        "views/res_config_settings_views.xml",
        # Plans
        "views/qifei_dispatch_run_templates.xml",
        "views/qifei_dispatch_run_line_views.xml",
        "views/qifei_dispatch_run_views.xml",
        "views/qifei_work_order_replan_views.xml",
        "views/qifei_engineer_absence_views.xml",
        # Rules, pool and candidates
        "data/ir_cron_dispatch_data.xml",
        "data/qifei_dispatch_rule_data.xml",
        "views/qifei_dispatch_rule_views.xml",
        "views/qifei_work_order_pool_views.xml",
        "wizard/qifei_work_order_assign_views.xml",
        # Board
        "views/qifei_dispatch_board_views.xml",
        # Day page, position, reports
        "views/qifei_engineer_day_views.xml",
        "views/qifei_dispatch_report_views.xml",
        # Menus
        "views/qifei_dispatch_menus.xml",
    ],
    "demo": [
        "demo/res.partner.csv",
        "demo/qifei_engineer_demo.xml",
        "demo/qifei_work_order_demo.xml",
        "demo/qifei_dispatch_rule_demo.xml",
    ],
    "assets": {
        "web.assets_backend": ["qifei_dispatch/static/src/**/*"],
        "web.assets_unit_tests": ["qifei_dispatch/static/tests/*.test.js"],
        "web.assets_tests": ["qifei_dispatch/static/tests/tours/**/*"],
    },
    "application": True,
    "uninstall_hook": "uninstall_hook",
}
