from odoo.fields import Command

NUMBER_CODES = (
    "qifei.part.request",
    "qifei.old.part",
    "qifei.part.statement",
)
# Rights of core that security/qifei_parts_groups.xml gives to roles of qifei_base.
IMPLIED_GROUPS = {
    "qifei_base.group_parts_keeper": (
        "stock.group_stock_user",
        "stock.group_stock_multi_locations",
    ),
    "qifei_base.group_manager": ("stock.group_stock_manager",),
}


def post_init_hook(env):
    """Give the warehouses that are there already what new ones are made with."""
    warehouses = env["stock.warehouse"].with_context(active_test=False).search([])
    warehouses._create_missing_parts_data()


def uninstall_hook(env):
    """Remove what has no XML id of its own and nobody needs any more.

    What lies in vans and service points stays there: the places become ordinary
    locations of core.
    """
    warehouses = env["stock.warehouse"].with_context(active_test=False).search([])
    warehouses._remove_parts_data()
    for code in NUMBER_CODES:
        env["ir.sequence"]._unlink_company_copies(code)
    for role, implied in IMPLIED_GROUPS.items():
        env.ref(role).implied_ids = [
            Command.unlink(env.ref(group).id) for group in implied
        ]
