import threading
from collections import Counter

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

CROWD = 20


@tagged("post_install", "-at_install", "database_breaking")
class TestLastPiece(BaseCase):
    """Many people want the same piece at the same time, in real transactions."""

    def setUp(self):
        super().setUp()
        # The server holds this lock while it runs tests: the threads would wait for it.
        self.patch(Registry, "_lock", DummyRLock())
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = self.env_of(cr)
            part = env["product.product"].create(
                {"name": "Last piece", "is_storable": True, "qifei_is_part": True}
            )
            engineer = env["qifei.engineer"].create({"name": "Crowd engineer"})
            self.part_id, self.engineer_id = part.id, engineer.id
            self.request_ids = self.ask(env, CROWD)
        self.addCleanup(self._remove)

    @staticmethod
    def env_of(cr):
        return api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def ask(self, env, count, quantity=1):
        requests = env["qifei.part.request"].create(
            [
                {
                    "engineer_id": self.engineer_id,
                    "line_ids": [
                        Command.create(
                            {"product_id": self.part_id, "quantity": quantity}
                        )
                    ],
                }
                for _number in range(count)
            ]
        )
        # Asked for by somebody else, so that the threads may approve.
        other = env.ref("base.user_admin").id
        env.flush_all()
        env.cr.execute(
            "UPDATE qifei_part_request SET requester_id = %s, create_uid = %s "
            "WHERE id IN %s",
            (other, other, requests._ids),
        )
        env.invalidate_all()
        requests.action_submit()
        return requests.ids

    def stock_up(self, quantity):
        with self.registry.cursor() as cr:
            env = self.env_of(cr)
            env["stock.quant"]._update_available_quantity(
                env["product.product"].browse(self.part_id),
                env.company._get_parts_warehouse().lot_stock_id,
                quantity,
            )

    def _remove(self):
        """Take away what the test has left: these are no pieces of anybody's."""
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT id FROM stock_move WHERE product_id = %s", (self.part_id,)
            )
            moves = tuple(row[0] for row in cr.fetchall()) or (0,)
            cr.execute(
                "SELECT DISTINCT picking_id FROM stock_move WHERE id IN %s", (moves,)
            )
            pickings = tuple(row[0] for row in cr.fetchall() if row[0]) or (0,)
            requests = tuple(self.request_ids)
            for query, ids in (
                ("DELETE FROM stock_move_line WHERE move_id IN %s", moves),
                ("DELETE FROM stock_move WHERE id IN %s", moves),
                ("DELETE FROM stock_picking WHERE id IN %s", pickings),
                ("DELETE FROM stock_quant WHERE product_id IN %s", (self.part_id,)),
                ("DELETE FROM qifei_part_discrepancy WHERE request_id IN %s", requests),
                ("DELETE FROM qifei_part_request WHERE id IN %s", requests),
            ):
                cr.execute(query, (ids,))
            env = self.env_of(cr)
            engineer = env["qifei.engineer"].browse(self.engineer_id)
            places = env["stock.location"].search(
                [("qifei_engineer_id", "=", engineer.id)]
            )
            env.flush_all()
            cr.execute(
                "DELETE FROM stock_location WHERE id IN %s", (places._ids or (0,),)
            )
            resource = engineer.resource_id
            engineer.unlink()
            resource.unlink()
            env["product.product"].browse(self.part_id).product_tmpl_id.unlink()

    def run_together(self, jobs):
        """Run callables ``job(env)`` at the same moment, each in its transaction.

        :return: list of "done" or the sentence of the refusal
        """
        barrier = threading.Barrier(len(jobs))
        outcomes = []

        def work_on(job):
            with self.registry.cursor() as cr:
                env = self.env_of(cr)
                first = True

                def work():
                    nonlocal first
                    if first:
                        first = False
                        cr.execute("SELECT 1")
                        barrier.wait(60)
                    job(env)

                try:
                    retrying(work, env)
                    # The race is about real transactions, each with its own cursor.
                    cr.commit()  # pylint: disable=invalid-commit
                    outcomes.append("done")
                except UserError as error:
                    outcomes.append(str(error))
                except Exception as error:  # noqa: BLE001 - reported by the test
                    outcomes.append(f"{type(error).__name__}: {error}")

        threads = [threading.Thread(target=work_on, args=(job,)) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        return outcomes

    def each(self, action):
        def job(request_id):
            return lambda env: getattr(
                env["qifei.part.request"].browse(request_id), action
            )()

        return self.run_together([job(request_id) for request_id in self.request_ids])

    def quants(self):
        with self.registry.cursor() as cr:
            env = self.env_of(cr)
            return {
                location.usage: (quantity, reserved)
                for location, quantity, reserved in env["stock.quant"]._read_group(
                    [("product_id", "=", self.part_id)],
                    ["location_id"],
                    ["quantity:sum", "reserved_quantity:sum"],
                )
            }

    def test_last_piece_is_reserved_once(self):
        self.stock_up(1)
        outcomes = self.each("action_approve")
        self.assertEqual(Counter(outcomes), {"done": CROWD})
        self.assertEqual(self.quants(), {"internal": (1, 1)})

    def test_last_piece_is_shipped_once(self):
        with self.registry.cursor() as cr:
            env = self.env_of(cr)
            env["qifei.part.request"].browse(self.request_ids).action_approve()
        self.stock_up(1)
        outcomes = self.each("action_ship")
        self.assertEqual(outcomes.count("done"), 1, Counter(outcomes))
        for sentence in outcomes:
            if sentence != "done":
                self.assertRegex(sentence, "can be shipped now|free")
        self.assertEqual(
            {usage: row[0] for usage, row in self.quants().items() if row[0]},
            {"transit": 1},
        )

    def test_consignment_is_received_once(self):
        self.stock_up(1)
        request_id = self.request_ids[0]
        with self.registry.cursor() as cr:
            env = self.env_of(cr)
            request = env["qifei.part.request"].browse(request_id)
            request.action_approve()
            request.action_ship()
        outcomes = self.run_together(
            [lambda env: env["qifei.part.request"].browse(request_id).action_receive()]
            * CROWD
        )
        self.assertEqual(outcomes.count("done"), 1, Counter(outcomes))
        for sentence in outcomes:
            if sentence != "done":
                self.assertRegex(sentence, "is working on|possible only from")
        self.assertEqual(
            {usage: row[0] for usage, row in self.quants().items() if row[0]},
            {"internal": 1},
        )
