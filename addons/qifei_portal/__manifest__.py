{
    "name": "Qifei Portal",
    "summary": "Public booking, tracking and warranty pages, and the portal of "
    "customers and service partners",
    "version": "19.0.1.0.0",
    "category": "Services/After-sales",
    "author": "Qifei",
    "website": "https://github.com/qifei/qifei",
    "license": "AGPL-3",
    "depends": [
        "qifei_aftersales",
        "website",
    ],
    "external_dependencies": {"python": ["Pillow", "pytz"]},
    "data": [
        # Security
        "security/ir.model.access.csv",
        # Data
        "data/website_menu_data.xml",
        # Views
        "views/qifei_ticket_views.xml",
        # Pages
        "views/element_templates.xml",
        "views/service_templates.xml",
        "views/booking_templates.xml",
        "views/warranty_templates.xml",
        "views/ticket_templates.xml",
        "views/work_order_templates.xml",
        "views/equipment_templates.xml",
        "views/partner_templates.xml",
        "views/portal_templates.xml",
        "views/signup_templates.xml",
    ],
    "demo": [
        "demo/website_demo.xml",
    ],
    "assets": {
        "web.assets_frontend": [
            "qifei_portal/static/src/scss/qifei_portal.scss",
            "qifei_portal/static/src/**/*",
        ],
        "web.assets_tests": [
            "qifei_portal/static/tests/tours/**/*",
        ],
    },
    "post_init_hook": "post_init_hook",
}
