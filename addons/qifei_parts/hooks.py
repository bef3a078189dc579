NUMBER_CODES = (
    "qifei.part.request",
    "qifei.old.part",
    "qifei.part.statement",
)


def post_init_hook(env):
    """Give the warehouses that are there already what new ones are made with."""
    warehouses = env["stock.warehouse"].with_context(active_test=False).search([])
    warehouses._create_missing_parts_data()


def uninstall_hook(env):
    """Remove the per-company numbering that has no XML id of its own.

    What lies in vans and service points stays there: the places become ordinary
    locations of core. Operations and routes nobody needs any more are archived.
    """
    warehouses = env["stock.warehouse"].with_context(active_test=False).search([])
    warehouses._archive_parts_data()
    for code in NUMBER_CODES:
        env["ir.sequence"]._unlink_company_copies(code)
