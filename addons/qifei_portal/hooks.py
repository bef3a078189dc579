from odoo.tools import SQL

TOKEN_TABLES = ("qifei_ticket", "qifei_work_order")


def post_init_hook(env):
    """Give every present ticket and order the token its tracking link needs."""
    for table in TOKEN_TABLES:
        env.cr.execute(
            SQL(
                "UPDATE %s SET access_token = gen_random_uuid()::text"
                " WHERE access_token IS NULL",
                SQL.identifier(table),
            )
        )
