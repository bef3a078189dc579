{
    "name": "Qifei Base",
    "summary": "Vocabulary, roles, service areas, announcements and the workbench "
    "of the Qifei after-sales suite",
    "version": "19.0.1.0.0",
    "category": "Services/After-sales",
    "author": "Qifei",
    "website": "https://github.com/qifei/qifei",
    "license": "AGPL-3",
    "depends": [
        "auditlog",
        "mail",
        "portal",
        "product",
    ],
    "external_dependencies": {"python": ["Pillow", "pytz"]},
    "data": [
        # Security
        "security/qifei_base_groups.xml",
        "security/ir.model.access.csv",
        "security/auditlog_log_security.xml",
        "security/qifei_announcement_security.xml",
        "security/qifei_service_area_security.xml",
        # Data
        "data/auditlog_rule_data.xml",
        # Views
        "views/auditlog_log_views.xml",
        "views/product_category_views.xml",
        "views/qifei_announcement_views.xml",
        "views/qifei_announcement_templates.xml",
        "views/qifei_fault_symptom_views.xml",
        "views/qifei_fault_cause_views.xml",
        "views/qifei_fault_location_views.xml",
        "views/qifei_repair_method_views.xml",
        "views/qifei_service_area_views.xml",
        "views/qifei_workbench_views.xml",
        "views/res_groups_views.xml",
        "views/res_partner_views.xml",
        # Wizards
        "wizard/qifei_service_area_find_views.xml",
        # Menus
        "views/qifei_base_menus.xml",
    ],
    "demo": [
        "demo/res_users_demo.xml",
        "demo/product_demo.xml",
        "demo/qifei_vocabulary_demo.xml",
        "demo/qifei_service_area_demo.xml",
        "demo/qifei_announcement_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "qifei_base/static/src/**/*",
        ],
        "web.assets_tests": [
            "qifei_base/static/tests/tours/**/*",
        ],
        "web.assets_unit_tests": [
            "qifei_base/static/tests/**/*.test.js",
        ],
    },
    "uninstall_hook": "uninstall_hook",
}
