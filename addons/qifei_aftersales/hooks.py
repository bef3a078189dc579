NUMBER_CODES = (
    "qifei.ticket",
    "qifei.work.order",
    "qifei.warranty.card",
    "qifei.equipment",
)


def uninstall_hook(env):
    """Remove the per-company numbering that has no XML id of its own."""
    for code in NUMBER_CODES:
        env["ir.sequence"]._unlink_company_copies(code)
