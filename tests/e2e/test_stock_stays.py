"""The addon of parts is uninstalled while in use: stock and transfers stay."""

import pytest

ADDON = "qifei_parts"
LEDGER = {
    "stock": """
        SELECT concat_ws('|', product_id, location_id, lot_id, package_id, owner_id,
                         quantity, reserved_quantity)
          FROM stock_quant""",
    "moves": """
        SELECT concat_ws('|', id, product_id, location_id, location_dest_id, state,
                         product_uom_qty, quantity, date, value)
          FROM stock_move""",
    "pieces": """
        SELECT concat_ws('|', id, lot_id, location_id, location_dest_id, quantity, date)
          FROM stock_move_line""",
    "transfers": """
        SELECT concat_ws('|', id, name, state, picking_type_id, location_id,
                         location_dest_id)
          FROM stock_picking""",
    "places": """
        SELECT concat_ws('|', l.id, l.complete_name, l.usage, l.active)
          FROM stock_location l
         WHERE EXISTS (SELECT FROM stock_quant q WHERE q.location_id = l.id)
            OR EXISTS (SELECT FROM stock_move m
                        WHERE l.id IN (m.location_id, m.location_dest_id))""",
    # What the addon brought as demo data has its XML id and goes with it.
    "orders": """
        SELECT concat_ws('|', o.id, o.name, o.state) FROM purchase_order o
         WHERE NOT EXISTS (SELECT FROM ir_model_data d
                            WHERE d.model = 'purchase.order' AND d.res_id = o.id
                              AND d.module = 'qifei_parts')""",
}
# Nobody of the suite is there any more: the Inventory app finishes what is open.
FINISH = """
picking = env["stock.picking"].search(
    [("state", "=", "assigned"), ("location_id.usage", "=", "transit")], limit=1
)
assert picking, "the demo has something on its way"
picking.move_ids.picked = True
picking._action_done()
assert picking.state == "done"
assert all(q.quantity >= 0 for q in picking.location_dest_id.quant_ids)
env.cr.commit()
"""


def ledger(instance, name):
    return {
        kind: sorted(instance.server.query(query, name))
        for kind, query in LEDGER.items()
    }


@pytest.fixture(scope="module")
def uninstalled(instance, template, database):
    """Uninstall the addon where the demo has used it; return name and ledger before."""
    name = database("stays", source=template)
    before = ledger(instance, name)
    instance.run(
        *("uninstall", "-d", name, ADDON),
        log="e2e-stays",
        failure=f"{ADDON} could not be uninstalled",
        subcommand="module",
    )
    return name, before


@pytest.mark.parametrize("kind", LEDGER)
def test_ledger_is_untouched(instance, uninstalled, kind):
    name, before = uninstalled
    assert before[kind]
    assert ledger(instance, name)[kind] == before[kind]


def test_nothing_of_the_addon_is_left(instance, uninstalled):
    name, _before = uninstalled
    left = instance.server.query(
        """
        SELECT table_name || '.' || column_name FROM information_schema.columns
         WHERE table_schema = 'public'
           AND (column_name LIKE 'qifei_part%' OR table_name LIKE 'qifei_part%'
                OR table_name LIKE 'qifei_old_part%')
        """,
        name,
    )
    assert left == []


def test_open_transfers_are_finished_with_core(instance, uninstalled, tmp_path_factory):
    name, _before = uninstalled
    script = tmp_path_factory.mktemp("script") / "finish.py"
    script.write_text(FINISH)
    instance.script(name, script, log="e2e-stays", failure="A transfer is stuck")
