NUMBER_CODES = ("qifei.dispatch.run",)


def uninstall_hook(env):
    """Remove what has no XML id of its own and nobody needs any more."""
    for code in NUMBER_CODES:
        env["ir.sequence"]._unlink_company_copies(code)
