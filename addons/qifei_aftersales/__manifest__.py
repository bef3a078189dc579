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
        # Data
        "data/ir_sequence_data.xml",
        # Views
        "views/product_views.xml",
        "views/qifei_skill_views.xml",
        "views/qifei_engineer_views.xml",
        "views/qifei_warranty_policy_views.xml",
        "views/qifei_warranty_card_views.xml",
        "views/qifei_equipment_views.xml",
        # Wizards
        "wizard/qifei_warranty_card_views.xml",
        # Reports
        # Menus
        "views/qifei_aftersales_menus.xml",
    ],
    "demo": [],
    "application": True,
    "post_init_hook": "post_init_hook",
}
