import random
import threading
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service import model as service_model
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

PEOPLE = 20
PATIENCE = 120


@tagged("post_install", "-at_install", "database_breaking")
class TestLastPiece(BaseCase):
    """Twenty people want the same pieces at the same time, in real transactions."""

    def setUp(self):
        super().setUp()
        # The server holds this lock while it runs tests: the threads would wait for it.
        self.patch(Registry, "_lock", DummyRLock())
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = self._env(cr)
            warehouse = env.company._get_parts_warehouse()
            engineers = env["qifei.engineer"].create(
                [{"name": f"Concurrent van {number}"} for number in range(PEOPLE)]
            )
            parts = env["product.product"].create(
                [
                    {
                        "name": f"Concurrent part {number}",
                        "is_storable": True,
                        "qifei_is_part": True,
                    }
                    for number in range(3)
                ]
            )
            self.engineer_ids = engineers.ids
            self.van_ids = [engineer._get_van().id for engineer in engineers]
            self.stock_id = warehouse.lot_stock_id.id
            self.out_type_id = warehouse.out_type_id.id
            self.part_ids = parts.ids
        self.addCleanup(self._remove)

    def _remove(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            cr.execute(
                "DELETE FROM stock_move_line WHERE product_id = ANY(%s)",
                [self.part_ids],
            )
            cr.execute(
                "DELETE FROM stock_move WHERE product_id = ANY(%s) "
                "RETURNING picking_id",
                [self.part_ids],
            )
            pickings = [row[0] for row in cr.fetchall() if row[0]]
            cr.execute("DELETE FROM stock_picking WHERE id = ANY(%s)", [pickings])
            cr.execute(
                "DELETE FROM stock_quant WHERE product_id = ANY(%s)", [self.part_ids]
            )
            env["stock.location"].browse(self.van_ids).unlink()
            engineers = env["qifei.engineer"].browse(self.engineer_ids)
            resources = engineers.resource_id
            engineers.unlink()
            resources.unlink()
            env["product.product"].browse(self.part_ids).product_tmpl_id.unlink()

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def _put(self, location_id, part_id, quantity):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env["stock.quant"]._update_available_quantity(
                env["product.product"].browse(part_id),
                env["stock.location"].browse(location_id),
                quantity,
            )

    def _quantities(self, part_id):
        with self.registry.cursor() as cr:
            cr.execute(
                """
                SELECT location_id, SUM(quantity), SUM(reserved_quantity),
                       MIN(quantity)
                  FROM stock_quant WHERE product_id = %s GROUP BY location_id
                """,
                [part_id],
            )
            return {row[0]: tuple(map(float, row[1:])) for row in cr.fetchall()}

    def _run(self, work, people=PEOPLE):
        """Let all people work at once; each like a request of the server.

        :return: ``(results, refusals, failures)``
        """
        barrier = threading.Barrier(people)
        results, refusals, failures = [], [], []

        def person(number):
            waited = False
            with self.registry.cursor() as cr:
                env = self._env(cr)

                def request():
                    nonlocal waited
                    # The transaction sees what lies there now.
                    env.cr.execute("SELECT count(*) FROM stock_quant")
                    if not waited:
                        waited = True
                        barrier.wait(PATIENCE)
                    return work(env, number)

                try:
                    results.append(retrying(request, env))
                except UserError as error:
                    cr.rollback()
                    refusals.append(str(error))
                except Exception as error:  # noqa: BLE001
                    cr.rollback()
                    failures.append(repr(error))

        # The server waits longer between its tries than a test should.
        wait = random.Random(7).uniform
        with patch.object(
            service_model.random, "uniform", lambda low, high: wait(low, high / 4)
        ):
            threads = [
                threading.Thread(target=person, args=(number,))
                for number in range(people)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(PATIENCE)
        return results, refusals, failures

    def _transfer(self, env, purpose, source_id, destination_id, part_ids):
        return (
            env["stock.move"]
            ._qifei_transfer(
                purpose,
                [
                    {
                        "source": env["stock.location"].browse(source_id),
                        "destination": env["stock.location"].browse(destination_id),
                        "moves": [
                            {
                                "product": env["product.product"].browse(part_id),
                                "quantity": 1,
                            }
                            for part_id in part_ids
                        ],
                    }
                ],
            )
            .ids
        )

    def test_the_last_piece_of_the_warehouse_is_issued_once(self):
        part_id = self.part_ids[0]
        self._put(self.stock_id, part_id, 1)
        results, refusals, failures = self._run(
            lambda env, number: self._transfer(
                env, "issue", self.stock_id, self.van_ids[number], [part_id]
            )
        )
        self.assertFalse(failures)
        self.assertEqual(len(results), 1, refusals)
        self.assertEqual(len(refusals), PEOPLE - 1)
        self.assertEqual(len(set(refusals)), 1)
        self.assertRegex(refusals[0], "has 0 Units free, 1 are wanted")
        held = self._quantities(part_id)
        self.assertEqual(held.pop(self.stock_id, (0.0, 0.0, 0.0))[:2], (0.0, 0.0))
        self.assertEqual(sum(quantity for quantity, *_rest in held.values()), 1)

    def test_the_last_piece_of_a_van_is_used_once(self):
        part_id, van_id = self.part_ids[0], self.van_ids[0]
        self._put(van_id, part_id, 1)
        with self.registry.cursor() as cr:
            customers_id = self._env(cr).ref("stock.stock_location_customers").id
        results, refusals, failures = self._run(
            lambda env, number: self._transfer(
                env, "use", van_id, customers_id, [part_id]
            )
        )
        self.assertFalse(failures)
        self.assertEqual((len(results), len(refusals)), (1, PEOPLE - 1))
        quantity, reserved, least = self._quantities(part_id).get(
            van_id, (0.0, 0.0, 0.0)
        )
        self.assertEqual((quantity, reserved), (0.0, 0.0))
        self.assertGreaterEqual(least, 0.0)

    def test_parts_in_any_order_do_not_block_each_other(self):
        """Half of the people take the parts forwards, half backwards."""
        for part_id in self.part_ids:
            self._put(self.stock_id, part_id, 4)
        results, refusals, failures = self._run(
            lambda env, number: self._transfer(
                env,
                "issue",
                self.stock_id,
                self.van_ids[number],
                self.part_ids[:: 1 if number % 2 else -1],
            ),
            people=4,
        )
        self.assertFalse(failures)
        self.assertFalse(refusals)
        self.assertEqual(len(results), 4)
        for part_id in self.part_ids:
            self.assertEqual(
                self._quantities(part_id).get(self.stock_id, (0.0, 0.0, 0.0))[0], 0.0
            )

    def test_core_deliveries_and_ours_never_empty_a_van_below_nothing(self):
        part_id, van_id = self.part_ids[0], self.van_ids[0]
        self._put(van_id, part_id, 2)
        with self.registry.cursor() as cr:
            customers_id = self._env(cr).ref("stock.stock_location_customers").id

        def work(env, number):
            if number % 2:
                return self._transfer(env, "use", van_id, customers_id, [part_id])
            picking = env["stock.picking"].create(
                {
                    "picking_type_id": self.out_type_id,
                    "location_id": van_id,
                    "location_dest_id": customers_id,
                }
            )
            move = env["stock.move"].create(
                {
                    "product_id": part_id,
                    "product_uom_qty": 1,
                    "picking_id": picking.id,
                    "location_id": van_id,
                    "location_dest_id": customers_id,
                }
            )
            picking.action_confirm()
            move.quantity = 1
            move.picked = True
            picking._action_done()
            return picking.ids

        results, refusals, failures = self._run(work)
        self.assertFalse(failures)
        self.assertEqual((len(results), len(refusals)), (2, PEOPLE - 2))
        quantity, _reserved, least = self._quantities(part_id).get(
            van_id, (0.0, 0.0, 0.0)
        )
        self.assertEqual(quantity, 0.0)
        self.assertGreaterEqual(least, 0.0)

    def test_a_van_is_made_once(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            engineer = env["qifei.engineer"].create({"name": "Concurrent newcomer"})
            self.engineer_ids.append(engineer.id)
            engineer_id = engineer.id
        results, refusals, failures = self._run(
            lambda env, number: env["qifei.engineer"].browse(engineer_id)._get_van().id,
            people=6,
        )
        self.van_ids.append(results[0])
        self.assertFalse(failures)
        self.assertFalse(refusals)
        self.assertEqual(len(set(results)), 1)
