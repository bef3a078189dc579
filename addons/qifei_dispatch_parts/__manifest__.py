{
    "name": "Qifei Dispatch and Spare Parts",
    "summary": "Plans with what the vans carry, stops at the warehouse, and parts to "
    "take along",
    "version": "19.0.1.0.0",
    "category": "Services/After-sales",
    "author": "Qifei",
    "website": "https://github.com/qifei/qifei",
    "license": "AGPL-3",
    "depends": [
        "qifei_dispatch",
        "qifei_parts",
    ],
    "auto_install": True,
}
