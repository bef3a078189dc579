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
    "data": [
        # Security
        "security/qifei_base_groups.xml",
        "security/ir.model.access.csv",
        # Views
        "views/qifei_fault_symptom_views.xml",
        "views/qifei_fault_cause_views.xml",
        "views/qifei_fault_location_views.xml",
        "views/qifei_repair_method_views.xml",
        "views/qifei_base_menus.xml",
    ],
    "demo": [
        "demo/res_users_demo.xml",
        "demo/product_demo.xml",
        "demo/qifei_vocabulary_demo.xml",
    ],
    "application": False,
    "uninstall_hook": "uninstall_hook",
}
