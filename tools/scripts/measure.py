"""Measure the subjects of the bench and write the figures (run in Odoo's shell)."""

import json
import os
import sys
from pathlib import Path

from measure import (
    dispatch_board,
    importing,
    parts_orders,
    parts_statement,
    parts_stock,
    stock,
    subjects,
    tasks,
)


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


admin = subjects.admin(env)
found = subjects.available(admin)
# The operation log watches ours; it watches the peers too, so that all do the same.
env["auditlog.rule"]._qifei_watch(
    "bench", [subject.model for subject in found if not subject.ours]
)
customer = subjects.customer(admin).partner_id
other = admin["res.partner"].search([("name", "=", "Bench neighbour")], limit=1)
other = other or admin["res.partner"].create({"name": "Bench neighbour"})
for subject in found:
    say(f"fill {subject.model}")
    stock.fill(admin, subject, 20000, 5000, customer, other)
stock.settle(env)

rounds = int(os.environ["QIFEI_BENCH_ROUNDS"])
figures = {
    "tasks": tasks.measure(admin, found, rounds, say),
    "import": importing.measure(admin, say),
    "parts": {
        "orders": parts_orders.measure(admin, say, rounds),
        "stock": parts_stock.measure(admin, say, rounds),
        "statement": parts_statement.measure(admin, say),
    },
    "board": dispatch_board.measure(admin, say, rounds),
}
Path(os.environ["QIFEI_BENCH_RESULT"]).write_text(json.dumps(figures))
