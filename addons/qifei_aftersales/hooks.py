def post_init_hook(env):
    """Give each company its own numbering of tickets, orders, cards and equipment."""
    env["ir.sequence"]._ensure_company_copies("qifei.")
