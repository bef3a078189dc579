def uninstall_hook(env):
    """Remove the per-company numbering that has no XML id of its own."""
    env["ir.sequence"]._unlink_company_copies("qifei.")
