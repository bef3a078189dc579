"""What lies where: 5,000 parts in 200 places, asked as people ask it."""

import statistics
import time

from odoo.tools import SQL

PARTS = 5000
PLACES = 200
PAGE = 80
FIELDS = (
    "product_id",
    "location_id",
    "qifei_kind",
    "on_hand",
    "free",
    "incoming",
    "date_expected",
)
# A van carries one part out of so many; the warehouse has them all.
SPREAD = (1, 10)


def fill(env, spread):
    """Put stock into every place: of every part, or of one out of ``spread``.

    :return: number of quants
    """
    company = env.company
    stock = company._get_parts_warehouse().lot_stock_id
    part = env["product.product"].create(
        {"name": "Measured part", "is_storable": True, "qifei_is_part": True}
    )
    engineers = env["qifei.engineer"].create(
        [{"name": f"Measured engineer {number}"} for number in range(PLACES - 1)]
    )
    places = stock.union(*(engineer._get_van() for engineer in engineers))
    env.flush_all()
    templates = _copy(env, part.product_tmpl_id)
    env.cr.execute(
        SQL(
            """
            INSERT INTO product_product
                (product_tmpl_id, active, default_code, create_date, write_date)
            SELECT id, TRUE, 'MEASURED-' || number, now(), now()
              FROM unnest(%s) WITH ORDINALITY AS template(id, number)
            RETURNING id
            """,
            templates,
        )
    )
    parts = [row[0] for row in env.cr.fetchall()] + part.ids
    env.cr.execute(
        SQL(
            """
            INSERT INTO stock_quant
                (product_id, location_id, company_id, quantity, reserved_quantity,
                 in_date, create_date, write_date)
            SELECT part, place, %(company)s, 1 + part %% 7, part %% 2,
                   now(), now(), now()
              FROM unnest(%(parts)s) AS part, unnest(%(places)s) AS place
             WHERE place = %(stock)s OR (part + place) %% %(spread)s = 0
            """,
            company=company.id,
            parts=parts,
            places=places.ids,
            stock=stock.id,
            spread=spread,
        )
    )
    quants = env.cr.rowcount
    env.invalidate_all()
    return quants, places, env["product.product"].browse(parts)


def _copy(env, template):
    """Copy a product template in the database.

    :return: ids of the copies
    """
    columns = [
        name
        for name, field in template._fields.items()
        if field.store and field.column_type and name != "id"
    ]
    names = SQL(", ").join(map(SQL.identifier, columns))
    env.cr.execute(
        SQL(
            """
            INSERT INTO product_template (%s)
            SELECT %s FROM product_template, generate_series(2, %s) WHERE id = %s
            RETURNING id
            """,
            names,
            names,
            PARTS,
            template.id,
        )
    )
    return [row[0] for row in env.cr.fetchall()]


def measure(env, say, rounds=5):
    """Ask every question some times, with few and with all places full.

    Everything is undone afterwards.

    :return: ``{rows: {question: milliseconds}}``
    """
    figures = {}
    for spread in sorted(SPREAD, reverse=True):
        try:
            say(f"put {PARTS} parts into {PLACES} places, one out of {spread}")
            quants, places, parts = fill(env, spread)
            env.cr.execute(
                "ANALYZE stock_quant, stock_location, product_product, product_template"
            )
            figures[quants] = {
                name: _median(env, question, rounds)
                for name, question in questions(env, places, parts).items()
            }
        finally:
            env.cr.rollback()
            env.invalidate_all()
    return figures


def questions(env, places, parts):
    """Return what is measured, by name."""
    Stock = env["qifei.part.stock"]

    def page(domain):
        return Stock.web_search_read(
            domain, {name: {} for name in FIELDS}, limit=PAGE, count_limit=10001
        )

    return {
        "first page of the list": lambda: page([]),
        "one part in all places": lambda: page([("product_id", "=", parts[0].id)]),
        "one van": lambda: page([("location_id", "=", places[-1].id)]),
        "parts by number": lambda: page([("product_id.default_code", "like", "-321")]),
        "places of the map": lambda: Stock._read_group(
            [("product_id", "=", parts[0].id)],
            ["location_id"],
            ["free:sum", "incoming:sum"],
        ),
        "whole map": lambda: Stock.get_map_places(),
        "pivot by kind of place": lambda: Stock._read_group(
            [], ["qifei_kind"], ["on_hand:sum", "free:sum", "incoming:sum"]
        ),
        "pivot by place": lambda: Stock._read_group(
            [], ["location_id"], ["on_hand:sum", "free:sum", "incoming:sum"]
        ),
    }


def _median(env, question, rounds):
    durations = []
    for _round in range(rounds + 1):
        env.invalidate_all()
        start = time.perf_counter()
        question()
        durations.append(1000 * (time.perf_counter() - start))
    # The first round plans the query and reads the tables from disk.
    return statistics.median(durations[1:])
