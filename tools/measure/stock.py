"""A database with the same number of records of every model."""

from odoo.tools import SQL

SEED = 500


def fill(env, subject, total, of_customer, customer, other):
    """Bring a model to `total` records, `of_customer` of them the customer's.

    The first ones are created by the model itself, the others copied from them in
    the database: lists are measured, and no list tells the two apart.
    """
    model = env[subject.model]
    missing = total - model.with_context(active_test=False).search_count([])
    if missing > 0:
        seeds = model.create([subject.values(number) for number in range(SEED)])
        env.flush_all()
        _copy_rows(env, subject, seeds.ids, missing - SEED)
    if "partner_id" in model._fields and model._fields["partner_id"].store:
        _share_out(env, model, of_customer, customer, other)
    env.invalidate_all()


def settle(env):
    """Commit, and clear the tables as the database server does by itself in time."""
    env.cr.commit()
    connection = env.cr._cnx
    connection.autocommit = True
    env.cr.execute("VACUUM ANALYZE")
    connection.autocommit = False


def _copy_rows(env, subject, seed_ids, count):
    model = env[subject.model]
    columns = [
        name
        for name, column in model._fields.items()
        if column.store and column.column_type and name not in ("id", "access_token")
    ]
    selected = [
        SQL("seed.%s || '-' || copy.number", SQL.identifier(name))
        if name in subject.unique
        else SQL("seed.%s", SQL.identifier(name))
        for name in columns
    ]
    env.cr.execute(
        SQL(
            """
            INSERT INTO %(table)s (%(columns)s)
            SELECT %(selected)s
              FROM %(table)s AS seed, generate_series(1, %(times)s) AS copy(number)
             WHERE seed.id IN %(seeds)s
             LIMIT %(count)s
            """,
            table=SQL.identifier(model._table),
            columns=SQL(", ").join(map(SQL.identifier, columns)),
            selected=SQL(", ").join(selected),
            times=count // len(seed_ids) + 1,
            seeds=tuple(seed_ids),
            count=max(count, 0),
        )
    )


def _share_out(env, model, of_customer, customer, other):
    """Give all but the customer's own share to somebody else."""
    for partner, condition in (
        (other, SQL("TRUE")),
        (
            customer,
            SQL(
                "id IN (SELECT id FROM %s ORDER BY id LIMIT %s)",
                SQL.identifier(model._table),
                of_customer,
            ),
        ),
    ):
        assignments = [
            SQL("%s = %s", SQL.identifier(name), partner.id)
            for name in ("partner_id", "commercial_partner_id", "address_id")
            if name in model._fields and model._fields[name].store
        ]
        env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE %s",
                SQL.identifier(model._table),
                SQL(", ").join(assignments),
                condition,
            )
        )
    # Who follows a document sees it in the portal, so the followers move with it.
    env["mail.followers"].search(
        [("res_model", "=", model._name), ("partner_id", "=", customer.id)]
    ).unlink()
