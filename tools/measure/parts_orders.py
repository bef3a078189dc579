"""Work orders that use parts and are completed, beside repairs with the same moves."""

import statistics

from odoo.fields import Command

from .tasks import Meter, undone

ORDERS = 200
PARTS = 3
ENGINEERS = 10


def measure(env, say, rounds=5):
    """Use the parts of all orders and complete them in one batch, in turns with core.

    Both take every part of every machine out of stock: ours from the engineers' vans to
    the customers, with charge, record of the machine and state of the order; core from
    the warehouse into the repair. Everything is undone afterwards.

    :return: ``{subject: (seconds, queries)}``, the medians of the rounds
    """
    subjects = {"qifei.work.order": _Orders, "repair.order": _Repairs}
    figures = {name: [] for name in subjects}
    for number in range(rounds + 1):
        say(f"{ORDERS} orders with {PARTS} parts each, round {number}")
        for name, subject in subjects.items():
            with undone(env):
                task = subject(_Stock(env))
                env.flush_all()
                env.invalidate_all()
                with Meter(env) as meter:
                    task.run()
                    env.flush_all()
                task.check()
                figures[name].append((meter.seconds, meter.queries))
    # The first round plans the queries and fills the caches of the registry.
    return {
        name: tuple(statistics.median(column) for column in zip(*rows[1:], strict=True))
        for name, rows in figures.items()
    }


class _Stock:
    """Machines of a customer, and parts in the warehouse and in the vans."""

    def __init__(self, env):
        self.env = env
        self.warehouse = env.company._get_parts_warehouse()
        self.customer = env["res.partner"].create(
            {"name": "Measured customer", "qifei_notify_by": "none"}
        )
        self.machine, *parts = env["product.product"].create(
            [
                {
                    "name": f"Measured product {number}",
                    "type": "consu",
                    "is_storable": True,
                    "qifei_is_part": bool(number),
                    "list_price": 10.0,
                }
                for number in range(PARTS + 1)
            ]
        )
        self.parts = env["product.product"].union(*parts)
        self.engineers = env["qifei.engineer"].create(
            [{"name": f"Measured engineer {number}"} for number in range(ENGINEERS)]
        )
        self.equipment = env["qifei.equipment"].create(
            [
                {
                    "product_id": self.machine.id,
                    "partner_id": self.customer.id,
                    "serial": f"MEASURED-{number}",
                }
                for number in range(ORDERS)
            ]
        )
        vans = [engineer._get_van() for engineer in self.engineers]
        for part in self.parts:
            for place in (self.warehouse.lot_stock_id, *vans):
                env["stock.quant"]._update_available_quantity(part, place, ORDERS)


class _Orders:
    """Work orders of engineers who have arrived, with their parts planned."""

    def __init__(self, stock):
        env = stock.env
        ticket_type = env.ref("qifei_aftersales.qifei_ticket_type_repair")
        self.orders = env["qifei.work.order"].create(
            [
                {
                    "partner_id": stock.customer.id,
                    "equipment_id": machine.id,
                    "ticket_type_id": ticket_type.id,
                    "engineer_id": stock.engineers[number % ENGINEERS].id,
                    "part_ids": [
                        Command.create({"product_id": part.id}) for part in stock.parts
                    ],
                }
                for number, machine in enumerate(stock.equipment)
            ]
        )
        for step in ("assign", "accept", "depart", "arrive"):
            getattr(self.orders, f"action_{step}")()
        self.orders.write({"diagnosis": "Worn", "result": "solved"})

    def run(self):
        self.orders.part_ids._use()
        self.orders.action_complete()

    def check(self):
        moves = self.orders.part_ids.move_ids
        assert set(self.orders.mapped("state")) == {"done"}
        assert (len(moves), set(moves.mapped("state"))) == (ORDERS * PARTS, {"done"})


class _Repairs:
    """Repairs that have been started, with their parts planned."""

    def __init__(self, stock):
        env = stock.env
        self.repairs = env["repair.order"].create(
            [
                {
                    "partner_id": stock.customer.id,
                    "product_id": machine.product_id.id,
                    "picking_type_id": stock.warehouse.repair_type_id.id,
                    "move_ids": [
                        Command.create(
                            {
                                "repair_line_type": "add",
                                "product_id": part.id,
                                "product_uom_qty": 1.0,
                            }
                        )
                        for part in stock.parts
                    ],
                }
                for machine in stock.equipment
            ]
        )
        self.repairs._action_repair_confirm()
        self.repairs.action_repair_start()

    def run(self):
        self.repairs.move_ids._action_assign()
        self.repairs.move_ids.picked = True
        self.repairs.action_repair_end()

    def check(self):
        moves = self.repairs.move_ids
        assert set(self.repairs.mapped("state")) == {"done"}
        assert (len(moves), set(moves.mapped("state"))) == (ORDERS * PARTS, {"done"})
