{
    "name": "Qifei Portal and Dispatch",
    "summary": "Booking slots that can be kept and are reserved, and the engineer on a "
    "map on his way to the customer",
    "version": "19.0.1.0.0",
    "category": "Services/After-sales",
    "author": "Qifei",
    "website": "https://github.com/qifei/qifei",
    "license": "AGPL-3",
    "depends": [
        "qifei_dispatch",
        "qifei_portal",
    ],
    "data": [
        # Pages
        "views/booking_templates.xml",
        "views/work_order_templates.xml",
    ],
    "assets": {
        "web.assets_frontend": ["qifei_portal_dispatch/static/src/**/*"],
        "web.assets_tests": ["qifei_portal_dispatch/static/tests/tours/**/*"],
    },
    "auto_install": True,
}
