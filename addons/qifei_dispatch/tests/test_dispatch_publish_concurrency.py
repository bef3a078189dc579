import threading

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

from odoo.addons.qifei_base.tests.common import force_state


@tagged("post_install", "-at_install", "database_breaking")
class TestPublishAtOnce(BaseCase):
    """A plan is published while others work with its orders, in real transactions."""

    def setUp(self):
        super().setUp()
        # The server holds this lock while it runs tests: the threads would wait for it.
        self.patch(Registry, "_lock", DummyRLock())
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            customer = env["res.partner"].create(
                {"name": "Planned twice", "qifei_notify_by": "none"}
            )
            engineers = env["qifei.engineer"].create(
                [{"name": "Published A"}, {"name": "Published B"}]
            )
            orders = env["qifei.work.order"].create(
                [
                    {
                        "partner_id": customer.id,
                        "ticket_type_id": env.ref(
                            "qifei_aftersales.qifei_ticket_type_repair"
                        ).id,
                    }
                ]
                * 3
            )
            runs = env["qifei.dispatch.run"].create([{"date_from": "2031-03-03"}] * 2)
            env["qifei.dispatch.run.line"].create(
                [
                    {
                        "run_id": run.id,
                        "order_id": order.id,
                        "change": "new",
                        "engineer_id": engineer.id,
                        "day": "2031-03-03",
                        "planned_start": "2031-03-03 09:00:00",
                        "planned_end": "2031-03-03 11:00:00",
                        "old_state": "draft",
                    }
                    for run, engineer in zip(runs, engineers, strict=True)
                    for order in orders
                ]
            )
            force_state(runs, "planned")
            self.ids = customer.id, engineers.ids, orders.ids, runs.ids
        self.addCleanup(self._remove)

    def _remove(self):
        customer_id, engineer_ids, order_ids, run_ids = self.ids
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            env["qifei.dispatch.run"].browse(run_ids).unlink()
            orders = env["qifei.work.order"].browse(order_ids)
            orders.filtered(lambda order: order.state == "assigned").action_unassign()
            orders.unlink()
            resources = env["qifei.engineer"].browse(engineer_ids).resource_id
            env["qifei.engineer"].browse(engineer_ids).unlink()
            resources.unlink()
            env["res.partner"].browse(customer_id).unlink()

    def _do(self, name, step, barrier, outcomes):
        first = True
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

            def work():
                nonlocal first
                orders = env["qifei.work.order"].browse(self.ids[2])
                orders.invalidate_recordset()
                # Everybody looks at the free orders before anybody writes.
                states = orders.mapped("state")
                if first:
                    first = False
                    self.assertEqual(set(states), {"draft"})
                    barrier.wait(20)
                step(env)

            try:
                retrying(work, env)
                # The race is about real transactions, each with its own cursor.
                cr.commit()  # pylint: disable=invalid-commit
                outcomes[name] = "done"
            except UserError as error:
                outcomes[name] = str(error)

    def _race(self, **steps):
        barrier, outcomes = threading.Barrier(len(steps)), {}
        threads = [
            threading.Thread(target=self._do, args=(name, step, barrier, outcomes))
            for name, step in steps.items()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(set(outcomes), set(steps))
        return outcomes

    def _publish(self, number):
        def step(env):
            env["qifei.dispatch.run"].browse(self.ids[3][number]).action_publish()

        return step

    def test_order_that_is_assigned_meanwhile_is_left_out(self):
        _customer_id, engineer_ids, order_ids, run_ids = self.ids

        def assign(env):
            order = env["qifei.work.order"].browse(order_ids[0])
            if order.state == "draft":
                order.engineer_id = engineer_ids[1]
                order.action_assign()

        outcomes = self._race(publish=self._publish(0), assign=assign)
        self.assertEqual(outcomes["publish"], "done")
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            run = env["qifei.dispatch.run"].browse(run_ids[0])
            first, *others = env["qifei.work.order"].browse(order_ids)
            self.assertEqual(run.state, "published")
            for order in others:
                self.assertEqual(order.engineer_id.id, engineer_ids[0])
                self.assertEqual(order.state, "assigned")
            # Whoever was first has it, and the plan says so when it was the other.
            self.assertEqual(first.state, "assigned")
            if first.engineer_id.id == engineer_ids[1]:
                self.assertIn(first.name, run.message)
            else:
                self.assertFalse(run.message)

    def test_two_plans_of_the_same_orders(self):
        _customer_id, engineer_ids, order_ids, run_ids = self.ids
        outcomes = self._race(one=self._publish(0), two=self._publish(1))
        self.assertEqual(set(outcomes.values()), {"done"})
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            orders = env["qifei.work.order"].browse(order_ids)
            runs = env["qifei.dispatch.run"].browse(run_ids)
            self.assertEqual(set(orders.mapped("state")), {"assigned"})
            winner = orders.engineer_id
            self.assertEqual(len(winner), 1)
            loser = runs.filtered("message")
            self.assertEqual(len(loser), 1)
            for order in orders:
                self.assertIn(order.name, loser.message)
            self.assertEqual(winner, (runs - loser).line_ids.engineer_id)

    def test_one_plan_is_published_once(self):
        outcomes = self._race(one=self._publish(0), two=self._publish(0))
        refused = [text for text in outcomes.values() if text != "done"]
        self.assertEqual(len(refused), 1, outcomes)
        self.assertRegex(refused[0], "is working on|possible only")
