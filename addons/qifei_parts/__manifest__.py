{
    "name": "Qifei Spare Parts",
    "summary": "Catalogue, requests, van and service-point stock, use on work orders, "
    "old parts and reconciliation, on core stock moves",
    "version": "19.0.1.0.0",
    "category": "Services/After-sales",
    "author": "Qifei",
    "website": "https://github.com/qifei/qifei",
    "license": "AGPL-3",
    "depends": [
        "base_tier_validation",
        "portal",
        "purchase_stock",
        "qifei_aftersales",
        "repair",
        "report_xlsx",
        "stock_account",
        "stock_delivery",
        "web_leaflet_lib",
    ],
    "data": [
        # Security
        "security/qifei_parts_groups.xml",
        "security/ir.model.access.csv",
        "security/qifei_parts_security.xml",
        # Data
        "data/ir_sequence_data.xml",
        "data/auditlog_rule_data.xml",
        "data/ir_cron_data.xml",
        "data/mail_activity_type_data.xml",
        # Reports
        "report/stock_picking_reports.xml",
        "report/qifei_part_statement_reports.xml",
        "report/qifei_part_usage_views.xml",
        # Wizards
        "wizard/qifei_part_request_views.xml",
        "wizard/qifei_work_order_part_views.xml",
        "wizard/qifei_old_part_views.xml",
        "wizard/qifei_part_statement_views.xml",
        # Views
        "views/product_views.xml",
        "views/stock_views.xml",
        "views/qifei_part_stock_views.xml",
        "views/qifei_part_request_views.xml",
        "views/qifei_part_discrepancy_views.xml",
        "views/qifei_old_part_views.xml",
        "views/qifei_part_statement_views.xml",
        "views/qifei_part_suggestion_views.xml",
        "views/qifei_work_order_views.xml",
        "views/qifei_equipment_views.xml",
        "views/res_config_settings_views.xml",
        # Pages
        "views/portal_templates.xml",
        # Menus
        "views/qifei_parts_menus.xml",
    ],
    "demo": [
        "demo/product_demo.xml",
        "demo/stock_demo.xml",
        "demo/qifei_work_order_part_demo.xml",
        "demo/qifei_old_part_demo.xml",
        "demo/qifei_part_request_demo.xml",
    ],
    "assets": {
        "web.assets_backend": ["qifei_parts/static/src/backend/**/*"],
        "web.assets_frontend": ["qifei_parts/static/src/portal/**/*"],
        "web.assets_tests": ["qifei_parts/static/tests/tours/**/*"],
    },
    "application": True,
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
