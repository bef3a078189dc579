{
    "name": "Qifei After-sales",
    "summary": "Tickets, work orders, engineers, equipment, warranty cards and charges "
    "of after-sales service",
    "version": "19.0.1.0.0",
    "category": "Services/After-sales",
    "author": "Qifei",
    "website": "https://github.com/qifei/qifei",
    "license": "AGPL-3",
    "depends": [
        "account",
        "base_import",
        "hr",
        "portal",
        "qifei_base",
        "rating",
        "resource",
        "sms",
    ],
    "external_dependencies": {"python": ["num2words"]},
    "data": [
        # Security
        "security/ir.model.access.csv",
        "security/qifei_equipment_security.xml",
        "security/qifei_ticket_security.xml",
        # Data
        "data/ir_sequence_data.xml",
        "data/auditlog_rule_data.xml",
        "data/qifei_ticket_type_data.xml",
        "data/ir_cron_data.xml",
        "data/mail_template_data.xml",
        "data/sms_template_data.xml",
        "data/qifei_warranty_data.xml",
        "data/base_import_mapping_data.xml",
        # Views
        "views/product_views.xml",
        "views/qifei_skill_views.xml",
        "views/qifei_engineer_views.xml",
        "views/qifei_warranty_policy_views.xml",
        "views/qifei_warranty_card_views.xml",
        "views/qifei_equipment_views.xml",
        "views/res_partner_views.xml",
        "views/qifei_message_layout.xml",
        # Wizards
        "wizard/qifei_work_order_wizard_views.xml",
        "wizard/qifei_warranty_card_views.xml",
        # Reports
        "report/qifei_report_parts.xml",
        "report/qifei_work_order_reports.xml",
        "report/qifei_work_order_templates.xml",
        "report/qifei_warranty_card_reports.xml",
        "report/qifei_warranty_card_templates.xml",
        # Tickets and orders open the wizards and reports above
        "views/qifei_ticket_type_views.xml",
        "views/qifei_ticket_views.xml",
        "views/qifei_work_order_views.xml",
        "views/qifei_work_order_line_views.xml",
        "views/rating_rating_views.xml",
        # Menus
        "views/qifei_aftersales_menus.xml",
    ],
    "demo": [
        "demo/qifei_engineer_demo.xml",
        "demo/qifei_warranty_policy_demo.xml",
        "demo/product_demo.xml",
        "demo/qifei_equipment_demo.xml",
        "demo/qifei_ticket_demo.xml",
    ],
    "assets": {
        "web.assets_backend": ["qifei_aftersales/static/src/**/*"],
    },
    "application": True,
    "uninstall_hook": "uninstall_hook",
}
