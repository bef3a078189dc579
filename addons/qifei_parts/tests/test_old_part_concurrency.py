import threading

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

CROWD = 20


@tagged("post_install", "-at_install", "database_breaking")
class TestOldPartCrowd(BaseCase):
    """Many people hand in or settle one old piece at once, in real transactions."""

    def setUp(self):
        super().setUp()
        # The server holds this lock while it runs tests: the threads would wait for it.
        self.patch(Registry, "_lock", DummyRLock())
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = self.env_of(cr)
            part = env["product.product"].create(
                {
                    "name": "Crowded relay",
                    "is_storable": True,
                    "qifei_is_part": True,
                    "qifei_old_part_return": True,
                }
            )
            engineer = env["qifei.engineer"].create({"name": "Crowd engineer"})
            customer = env["res.partner"].create(
                {"name": "Crowd customer", "qifei_notify_by": "none"}
            )
            order = env["qifei.work.order"].create(
                {
                    "partner_id": customer.id,
                    "engineer_id": engineer.id,
                    "ticket_type_id": env.ref(
                        "qifei_aftersales.qifei_ticket_type_repair"
                    ).id,
                }
            )
            need = env["qifei.work.order.part"].create(
                {"order_id": order.id, "product_id": part.id}
            )
            piece = env["qifei.old.part"]._open_for(
                [
                    {
                        "order_part": need,
                        "quantity": 1,
                        "source": engineer._get_van(),
                    }
                ]
            )
            self.piece_id, self.part_id = piece.id, part.id
            self.order_id, self.engineer_id = order.id, engineer.id
            self.customer_id = customer.id
        self.addCleanup(self._remove)

    @staticmethod
    def env_of(cr):
        return api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def _remove(self):
        """Take away what the test has left: it is no piece of anybody's."""
        with self.registry.cursor() as cr:
            env = self.env_of(cr)
            engineer = env["qifei.engineer"].browse(self.engineer_id)
            moves = env["stock.move"].search([("product_id", "=", self.part_id)])
            places = env["stock.location"].search(
                [("qifei_engineer_id", "=", engineer.id)]
            )
            pickings = moves.picking_id._ids
            for query, ids in (
                ("DELETE FROM stock_move_line WHERE move_id IN %s", moves._ids),
                ("DELETE FROM stock_move WHERE id IN %s", moves._ids),
                ("DELETE FROM stock_picking WHERE id IN %s", pickings),
                ("DELETE FROM stock_scrap WHERE product_id IN %s", (self.part_id,)),
                ("DELETE FROM stock_quant WHERE product_id IN %s", (self.part_id,)),
                ("DELETE FROM qifei_old_part WHERE id IN %s", (self.piece_id,)),
                (
                    "DELETE FROM qifei_work_order_part WHERE order_id IN %s",
                    (self.order_id,),
                ),
                ("DELETE FROM stock_location WHERE id IN %s", places._ids),
            ):
                cr.execute(query, (ids or (0,),))
            env.invalidate_all()
            env["qifei.work.order"].browse(self.order_id).unlink()
            resource = engineer.resource_id
            engineer.unlink()
            resource.unlink()
            env["res.partner"].browse(self.customer_id).unlink()
            env["product.product"].browse(self.part_id).product_tmpl_id.unlink()

    def _run_together(self, method_name):
        """Call a method of the piece ``CROWD`` times at the same moment."""
        barrier = threading.Barrier(CROWD)
        outcomes = []

        def work_on():
            with self.registry.cursor() as cr:
                env = self.env_of(cr)
                first = True

                def work():
                    nonlocal first
                    piece = env["qifei.old.part"].browse(self.piece_id)
                    piece.invalidate_recordset()
                    # All look at the piece before any of them moves it.
                    piece.fetch(["state"])
                    if first:
                        first = False
                        barrier.wait(60)
                    getattr(piece, method_name)()

                try:
                    retrying(work, env)
                    # The race is about real transactions, each with its own cursor.
                    cr.commit()  # pylint: disable=invalid-commit
                    outcomes.append("done")
                except UserError as error:
                    outcomes.append(str(error))
                except Exception as error:  # noqa: BLE001 - reported by the test
                    outcomes.append(f"{type(error).__name__}: {error}")

        threads = [threading.Thread(target=work_on) for _number in range(CROWD)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        return outcomes

    def assertOneWins(self, outcomes):
        self.assertEqual(len(outcomes), CROWD)
        self.assertEqual(outcomes.count("done"), 1, outcomes)
        for sentence in outcomes:
            if sentence != "done":
                self.assertRegex(
                    sentence, r"^(OP\d+ is “|Somebody else is working on OP)"
                )

    def _get_quantities(self):
        with self.registry.cursor() as cr:
            quants = self.env_of(cr)["stock.quant"].search(
                [
                    ("product_id", "=", self.part_id),
                    ("location_id.usage", "!=", "customer"),
                ]
            )
            return {
                (quant.location_id.qifei_kind, quant.location_id.usage): quant.quantity
                for quant in quants
                if quant.quantity
            }

    def test_piece_goes_each_way_once(self):
        self.assertOneWins(self._run_together("action_return"))
        self.assertEqual(self._get_quantities(), {("old", "transit"): 1})
        self.assertOneWins(self._run_together("action_receive"))
        self.assertEqual(self._get_quantities(), {("defective", "internal"): 1})
        with self.registry.cursor() as cr:
            piece = self.env_of(cr)["qifei.old.part"].browse(self.piece_id)
            piece.action_inspect("scrap")
        self.assertOneWins(self._run_together("action_settle"))
        self.assertEqual(self._get_quantities(), {(False, "inventory"): 1})
