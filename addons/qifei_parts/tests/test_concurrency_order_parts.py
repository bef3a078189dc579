import threading

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

WORKERS = 20
TEXT = "Concurrent parts"


@tagged("post_install", "-at_install", "database_breaking")
class TestLastPiece(BaseCase):
    """Twenty people want the last piece at the same moment, in real transactions."""

    def setUp(self):
        super().setUp()
        # The server holds this lock while it runs tests: the threads would wait for it.
        self.patch(Registry, "_lock", DummyRLock())
        self.registry = Registry(get_db_name())
        with self._env() as env:
            self._prepare(env)
        self.addCleanup(self._remove)

    def _env(self):
        return _Transaction(self.registry)

    def _prepare(self, env):
        product = env["product.product"].create(
            {
                "name": TEXT,
                "type": "consu",
                "is_storable": True,
                "qifei_is_part": True,
            }
        )
        point = env["res.partner"].create(
            {"name": TEXT, "is_company": True, "qifei_is_service_partner": True}
        )
        customer = env["res.partner"].create({"name": TEXT, "qifei_notify_by": "none"})
        engineers = env["qifei.engineer"].create(
            [
                {"name": f"{TEXT} {number}", "service_point_id": point.id}
                for number in range(WORKERS)
            ]
        )
        for engineer in engineers:
            engineer._get_van()
        self.stock_id = env.company._get_parts_warehouse().lot_stock_id.id
        self.point_id = point._get_point_location(env.company).id
        orders = env["qifei.work.order"].create(
            [
                {
                    "partner_id": customer.id,
                    "engineer_id": engineer.id,
                    "ticket_type_id": env.ref(
                        "qifei_aftersales.qifei_ticket_type_repair"
                    ).id,
                }
                for engineer in engineers
            ]
        )
        for step in ("assign", "accept", "arrive"):
            getattr(orders, f"action_{step}")()
        parts = env["qifei.work.order.part"].create(
            [{"order_id": order.id, "product_id": product.id} for order in orders]
        )
        self.product_id = product.id
        self.part_ids = parts.ids
        self.order_ids = orders.ids

    def _remove(self):
        """Archive what real transactions have left: moves that are done stay."""
        with self._env() as env:
            orders = env["qifei.work.order"].browse(self.order_ids)
            orders.action_hold("Test")
            orders.action_cancel()
            orders.engineer_id.active = False
            product = env["product.product"].browse(self.product_id)
            for quant in env["stock.quant"].search(
                [
                    ("product_id", "=", product.id),
                    ("location_id.usage", "=", "internal"),
                    ("quantity", ">", 0),
                ]
            ):
                quant._update_available_quantity(
                    product, quant.location_id, -quant.quantity
                )
            product.active = False
            env["res.partner"].search([("name", "=", TEXT)]).active = False

    def _put(self, location_id, quantity=1.0):
        with self._env() as env:
            env["stock.quant"]._update_available_quantity(
                env["product.product"].browse(self.product_id),
                env["stock.location"].browse(location_id),
                quantity,
            )

    def _work(self, part_id, step, barrier, outcomes):
        first = True
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

            def work():
                nonlocal first
                part = env["qifei.work.order.part"].browse(part_id)
                part.invalidate_recordset()
                # All look at the free piece before any of them takes it.
                self.assertTrue(part.exists())
                if first:
                    first = False
                    barrier.wait(60)
                getattr(part, f"_{step}")()

            try:
                retrying(work, env)
                # The race is about real transactions, each with its own cursor.
                cr.commit()  # pylint: disable=invalid-commit
                outcomes.append("done")
            except UserError as error:
                cr.rollback()
                outcomes.append(str(error))

    def _race(self, part_ids, step):
        barrier, outcomes = threading.Barrier(len(part_ids)), []
        threads = [
            threading.Thread(target=self._work, args=(part_id, step, barrier, outcomes))
            for part_id in part_ids
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(300)
        self.assertEqual(len(outcomes), len(part_ids), outcomes)
        return outcomes

    def assertOneWins(self, outcomes, sentence):
        self.assertEqual(outcomes.count("done"), 1, outcomes)
        for text in outcomes:
            if text != "done":
                self.assertRegex(text, sentence)

    def _get_moved(self, env, purpose):
        return env["stock.move"].search(
            [
                ("qifei_order_part_id", "in", self.part_ids),
                ("qifei_purpose", "=", purpose),
                ("state", "=", "done"),
            ]
        )

    def test_last_piece_of_the_point_is_used_once(self):
        self._put(self.point_id)
        outcomes = self._race(self.part_ids, "use")
        self.assertOneWins(outcomes, f"{TEXT}.* has 0 Units free, 1 are wanted")
        with self._env() as env:
            self.assertEqual(sum(self._get_moved(env, "use").mapped("quantity")), 1)

    def test_last_piece_of_the_warehouse_is_issued_once(self):
        self._put(self.stock_id)
        outcomes = self._race(self.part_ids, "issue")
        self.assertOneWins(outcomes, f"{TEXT}.* has 0 Units free, 1 are wanted")
        with self._env() as env:
            self.assertEqual(sum(self._get_moved(env, "issue").mapped("quantity")), 1)

    def test_two_taps_use_a_part_once(self):
        self._put(self.point_id, 5)
        part_id = self.part_ids[0]
        outcomes = self._race([part_id, part_id], "use")
        self.assertOneWins(outcomes, "is working on|have been used already")
        with self._env() as env:
            part = env["qifei.work.order.part"].browse(part_id)
            self.assertEqual(part.quantity_used, 1)


class _Transaction:
    """An environment of its own, committed at the end."""

    def __init__(self, registry):
        self.cr = registry.cursor()

    def __enter__(self):
        return api.Environment(self.cr, SUPERUSER_ID, {"tracking_disable": True})

    def __exit__(self, kind, *_details):
        if kind is None:
            self.cr.commit()  # pylint: disable=invalid-commit
        self.cr.close()
