from datetime import datetime

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common_plans import DAY, FAR_NORTH, PlanCase


@tagged("post_install", "-at_install")
class TestPublish(PlanCase):
    """What publishing a plan changes, and whom it tells."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_engineer.user_id = new_test_user(
            cls.env,
            login="qifei_test_second_engineer",
            groups="base.group_user,qifei_base.group_engineer",
        )
        cls.env["qifei.message.request"].search([]).unlink()

    def _get_line(self, run, order):
        return run.line_ids.filtered(lambda line: line.order_id == order)

    def _run_messages(self):
        with self.enter_registry_test_mode():
            self.env.ref("qifei_aftersales.ir_cron_messages").method_direct_trigger()
        self.env.invalidate_all()

    def _get_notices(self, user):
        return self.env["mail.notification"].search(
            [("res_partner_id", "=", user.partner_id.id)]
        )

    def test_publication_does_what_the_plan_says(self):
        orders = self.create_visits(3)
        run = self.make_plan()
        run.action_publish()
        self.assertEqual(run.state, "published")
        self.assertFalse(run.message)
        self.assertEqual(set(orders.mapped("state")), {"assigned"})
        for order in orders:
            line = self._get_line(run, order)
            self.assertEqual(order.engineer_id, line.engineer_id)
            self.assertEqual(order.planned_start, line.planned_start)
            self.assertEqual(order.planned_end, line.planned_end)
            self.assertEqual(order.travel_minutes, line.travel_minutes)
            self.assertAlmostEqual(order.travel_km, line.travel_km, 1)
            self.assertEqual(order.dispatch_note, line.note)
            self.assertEqual(order.user_id, self.dispatcher)
            self.assertTrue(order.assigned_on)

    def test_moved_retimed_and_left_over_orders(self):
        skill = self.env["qifei.skill"].create({"name": "Test skill to publish"})
        special = self.ticket_type.copy({"code": "publish", "skill_ids": skill.ids})
        # Assigned by hand to somebody who cannot do it, and to one who is far away.
        impossible = self.create_planned(9, ticket_type_id=special.id)
        moved = self.create_planned(
            10, self.other_engineer, excluded_engineer_ids=self.other_engineer.ids
        )
        retimed = self.create_planned(
            15,
            self.other_engineer,
            excluded_engineer_ids=self.engineer.ids,
            window_ids=[
                Command.create(
                    {"date_from": f"{DAY} 09:00:00", "date_to": f"{DAY} 09:00:00"}
                )
            ],
        )
        retimed.action_accept()
        run = self.make_plan()
        changes = {line.order_id: line.change for line in run.line_ids}
        self.assertEqual(
            changes, {impossible: "unplaced", moved: "moved", retimed: "retimed"}
        )
        self.assertIn("Given away", run.proposal)
        run.action_publish()
        self.assertEqual(
            (impossible.state, impossible.engineer_id.id), ("draft", False)
        )
        self.assertTrue(impossible.dispatch_note)
        self.assertEqual((moved.state, moved.engineer_id), ("assigned", self.engineer))
        # The same engineer has accepted it already.
        self.assertEqual(retimed.state, "accepted")
        self.assertEqual(retimed.planned_start, datetime(2031, 3, 3, 9))
        self.assertEqual(retimed.planned_end, datetime(2031, 3, 3, 10))

    def test_each_person_hears_once(self):
        self.create_visits(4)
        self.create_visits(4, latitude=FAR_NORTH[0])
        lost = self.create_planned(
            9, self.engineer, excluded_engineer_ids=self.engineer.ids
        )
        self.env["qifei.message.request"].search([]).unlink()
        run = self.make_plan(engineer_ids=self.engineers.ids)
        self.assertEqual(run.unplaced_count, 0)
        run.action_publish()
        requests = self.env["qifei.message.request"].search([])
        self.assertEqual(requests.mapped("kind"), ["published"])
        before = {user: len(self._get_notices(user)) for user in self.engineers.user_id}
        self._run_messages()
        for user, count in before.items():
            with self.subTest(user=user.login):
                self.assertEqual(len(self._get_notices(user)) - count, 1)
        notice = self._get_notices(self.engineer.user_id)[-1:].mail_message_id
        self.assertIn("has changed", notice.subject)
        self.assertIn(f"No longer yours: {lost.name}", notice.body)
        gained = run.line_ids.filtered(lambda line: line.engineer_id == self.engineer)
        for line in gained:
            self.assertIn(line.order_id.name, notice.body)
        self._run_messages()
        for user, count in before.items():
            self.assertEqual(len(self._get_notices(user)) - count, 1)

    def test_customer_hears_of_another_appointment(self):
        retimed = self.create_planned(
            15,
            window_ids=[
                Command.create(
                    {"date_from": f"{DAY} 09:00:00", "date_to": f"{DAY} 09:00:00"}
                )
            ],
            excluded_engineer_ids=self.other_engineer.ids,
        )
        retimed.action_accept()
        self.env["qifei.message.request"].search([]).unlink()
        self.make_plan().action_publish()
        requests = self.env["qifei.message.request"].search([])
        self.assertEqual(
            set(
                zip(requests.mapped("res_model"), requests.mapped("kind"), strict=True)
            ),
            {("qifei.work.order", "confirmed"), ("qifei.dispatch.run", "published")},
        )

    def test_changed_orders_are_left_out_and_named(self):
        orders = self.create_visits(5)
        taken, cancelled, pinned, retimed, untouched = orders
        run = self.make_plan()
        taken.engineer_id = self.engineer
        taken.action_assign()
        cancelled.action_cancel()
        pinned.is_pinned = True
        retimed.planned_start = f"{DAY} 16:00:00"
        run.action_publish()
        self.assertEqual(run.state, "published")
        for order in taken | cancelled | pinned | retimed:
            with self.subTest(order=order.name):
                self.assertIn(order.name, run.message)
                self.assertIn("since the plan", self._get_line(run, order).refusal)
        self.assertNotIn(untouched.name, run.message)
        self.assertFalse(self._get_line(run, untouched).refusal)
        self.assertEqual(untouched.state, "assigned")
        self.assertEqual(cancelled.state, "cancelled")
        self.assertEqual(retimed.state, "draft")

    def test_order_that_refuses_does_not_stop_the_others(self):
        orders = self.create_visits(2)
        stubborn = self.create_planned(
            9, excluded_engineer_ids=self.engineer.ids, is_pinned=False
        )
        run = self.make_plan()
        model = type(self.env["qifei.work.order"])
        unassign = model.action_unassign

        def refuse(self):
            if stubborn in self:
                reason = "The engineer carries parts for it."
                raise UserError(reason)
            return unassign(self)

        self.patch(model, "action_unassign", refuse)
        run.action_publish()
        self.assertEqual(set(orders.mapped("state")), {"assigned"})
        self.assertEqual(stubborn.engineer_id, self.engineer)
        self.assertIn(stubborn.name, run.message)
        self.assertIn("carries parts", self._get_line(run, stubborn).refusal)

    def test_plan_is_published_once(self):
        self.create_visits()
        run = self.make_plan()
        run.action_publish()
        with self.assertRaisesRegex(UserError, "possible only"):
            run.action_publish()
        with self.assertRaisesRegex(UserError, "possible only"):
            run.action_discard()

    def test_discarded_plan_is_forgotten(self):
        order = self.create_visits()
        run = self.make_plan()
        run.action_discard()
        self.assertFalse(run.line_ids)
        self.assertEqual(order.state, "draft")

    def test_second_plan_of_the_same_orders_is_left_out(self):
        orders = self.create_visits(2)
        first, second = self.make_plan(), self.make_plan()
        first.action_publish()
        second.action_publish()
        self.assertEqual(
            set(second.line_ids.mapped("refusal")) - {False},
            {"Somebody has changed the order since the plan was made."},
        )
        for order in orders:
            self.assertIn(order.name, second.message)

    def test_queries_do_not_grow_with_the_orders(self):
        few = self.create_visits(1)
        many = self.create_visits(20)
        runs = self.runs.create([{"date_from": DAY}] * 2)
        for run, orders in zip(runs, (few, many), strict=True):
            run._as_own_step().sudo().line_ids = [
                Command.create(
                    {
                        "order_id": order.id,
                        "change": "new",
                        "engineer_id": self.engineer.id,
                        "day": DAY,
                        "planned_start": f"{DAY} 09:00:00",
                        "planned_end": f"{DAY} 10:00:00",
                        "old_state": "draft",
                        "old_end": order.planned_end,
                    }
                )
                for order in orders
            ]
        self.env.flush_all()
        self.assertFlatQueries(
            lambda run: run.with_user(self.dispatcher)._publish(), *runs
        )
