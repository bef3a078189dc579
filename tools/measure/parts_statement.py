"""The statement of a month: 50,000 moves of one service point, read at once."""

import statistics
import time
from datetime import date

from odoo.tools import SQL

MOVES = 50000
PARTS = 2000
MONTH = date(2026, 3, 1)
# Half of the moves are older than the month: they make the opening.
FIRST_MOMENT = "2026-01-30 16:00:00"
SPAN = "60 days"


def fill(env):
    """Let parts come to and go from a service point; also values and charges.

    The first moves are made by core, the others copied from them in the database: no
    statement tells the two apart.

    :return: the location of the point
    """
    company = env.company
    partner = env["res.partner"].create(
        {"name": "Measured point", "is_company": True, "qifei_is_service_partner": True}
    )
    point = partner._get_point_location(company)
    template = env["product.template"].create(
        {"name": "Measured part", "is_storable": True, "standard_price": 12.5}
    )
    ends = (
        (env.ref("stock.stock_location_suppliers"), point, 50000.0),
        (point, env.ref("stock.stock_location_customers"), 1.0),
        (point, company._get_parts_warehouse().lot_stock_id, 1.0),
        (point, template.with_company(company).property_stock_inventory, 1.0),
    )
    seeds = env["stock.move"].create(
        [
            {
                "product_id": template.product_variant_id.id,
                "product_uom_qty": quantity,
                "quantity": quantity,
                "location_id": source.id,
                "location_dest_id": destination.id,
                "company_id": company.id,
                "picked": True,
            }
            for source, destination, quantity in ends
        ]
    )
    seeds._action_done()
    env.flush_all()
    _copy_parts(env, template)
    _copy_moves(env, seeds)
    env.cr.execute("ANALYZE stock_move_line, stock_quant")
    env.invalidate_all()
    return point


def _copy_parts(env, template):
    env.cr.execute(
        SQL(
            """
            INSERT INTO product_product
                (product_tmpl_id, active, default_code, standard_price)
            SELECT product_tmpl_id, TRUE, 'MEASURED-' || number, standard_price
              FROM product_product, generate_series(2, %s) AS part(number)
             WHERE product_tmpl_id = %s
            """,
            PARTS,
            template.id,
        )
    )


def _copy_moves(env, seeds):
    """Copy each seed with its line, to all parts in turn and over two months."""
    copies = (MOVES - len(seeds)) // len(seeds)
    for model, names in (
        (env["stock.move"], {"origin": SQL("'seed-' || seed.id || '-' || number")}),
        (env["stock.move.line"], {"move_id": SQL("copy.id")}),
    ):
        values = {
            name: SQL("seed.%s", SQL.identifier(name))
            for name, field in model._fields.items()
            if field.store and field.column_type and name != "id"
        }
        values |= names
        values["date"] = SQL(
            "%s::timestamp + %s::interval * number / %s", FIRST_MOMENT, SPAN, copies
        )
        values["product_id"] = SQL("part.id")
        # The lines look up the copies of their moves.
        env.cr.execute("ANALYZE product_product, stock_move")
        env.cr.execute(
            SQL(
                """
                WITH part AS (
                    SELECT id, row_number() OVER (ORDER BY id) - 1 AS position
                      FROM product_product
                     WHERE product_tmpl_id = %(template)s
                )
                INSERT INTO %(table)s (%(columns)s)
                SELECT %(values)s
                  FROM generate_series(1, %(copies)s) AS copy_number(number)
                  JOIN part ON part.position = number %% %(parts)s
                  JOIN %(table)s seed ON seed.id IN %(seeds)s
                  %(join)s
                """,
                template=seeds.product_id.product_tmpl_id.id,
                table=SQL.identifier(model._table),
                columns=SQL(", ").join(map(SQL.identifier, values)),
                values=SQL(", ").join(values.values()),
                copies=copies,
                parts=PARTS,
                seeds=(seeds if model == seeds.browse() else seeds.move_line_ids)._ids,
                join=SQL()
                if model == seeds.browse()
                else SQL(
                    """
                    JOIN stock_move copy
                      ON copy.origin = 'seed-' || seed.move_id || '-' || number
                    """
                ),
            )
        )


def measure(env, say, rounds=3):
    """Draw up the statement, and read its figures once more when nothing changed.

    Everything is undone afterwards.

    :return: number of moves and lines, seconds of each task
    """
    try:
        say(f"statement of {MOVES} moves")
        point = fill(env)
        durations = {"draw up": [], "update": []}
        for _round in range(rounds):
            savepoint = env.cr.savepoint()
            start = time.perf_counter()
            statement = env["qifei.part.statement"].create(
                {
                    "company_id": env.company.id,
                    "location_id": point.id,
                    "month": MONTH,
                }
            )
            env.flush_all()
            durations["draw up"].append(time.perf_counter() - start)
            env.invalidate_all()
            start = time.perf_counter()
            statement._refresh()
            env.flush_all()
            durations["update"].append(time.perf_counter() - start)
            lines = len(statement.line_ids)
            savepoint.close(rollback=True)
        moves = env["stock.move.line"].search_count(
            ["|", ("location_id", "=", point.id), ("location_dest_id", "=", point.id)]
        )
    finally:
        env.cr.rollback()
        env.invalidate_all()
    return {
        "moves": moves,
        "lines": lines,
        "seconds": {
            name: statistics.median(seconds) for name, seconds in durations.items()
        },
    }
