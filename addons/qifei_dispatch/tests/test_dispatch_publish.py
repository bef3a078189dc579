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

    # === WHAT DOES NOT HOLD ANY MORE === #

    def _plan_two(self, **values):
        """Return a plan of two visits to the first engineer, one of which is meant."""
        meant, other = self.create_visits(2, **values)
        run = self.make_plan(engineer_ids=self.engineer.ids)
        self.assertFalse(run.unplaced_count)
        return run, meant, other

    def assertOnlyLeftOut(self, run, order, words):
        """Publish; one order stays as it was and says why, the others are changed."""
        before = order.engineer_id, order.planned_start, order.state
        run.with_user(self.dispatcher).action_publish()
        self.assertEqual(run.state, "published")
        line = self._get_line(run, order)
        self.assertRegex(line.refusal, words)
        self.assertIn(order.name, run.message)
        self.assertEqual((order.engineer_id, order.planned_start, order.state), before)
        for done in run.line_ids - line:
            self.assertFalse(done.refusal)
            self.assertEqual(done.order_id.planned_start, done.planned_start)
            self.assertEqual(done.order_id.engineer_id, done.engineer_id)

    def test_other_promise(self):
        run, meant, _other = self._plan_two()
        meant.window_ids = [
            Command.create(
                {"date_from": "2031-03-05 09:00:00", "date_to": "2031-03-05 10:00:00"}
            )
        ]
        self.assertOnlyLeftOut(run, meant, "any more: Cannot be there in the promised")

    def test_promise_that_still_suits(self):
        run, meant, _other = self._plan_two()
        start = self._get_line(run, meant).planned_start
        meant.window_ids = [Command.create({"date_from": start, "date_to": start})]
        run.action_publish()
        self.assertFalse(run.message)
        self.assertEqual(meant.planned_start, start)

    def test_engineer_who_is_not_to_be_sent_any_more(self):
        run, meant, _other = self._plan_two()
        meant.excluded_engineer_ids = self.engineer
        self.assertOnlyLeftOut(run, meant, "is not to be sent|Is not to be sent")

    def test_leave_of_the_engineer(self):
        run, meant, _other = self._plan_two()
        line = self._get_line(run, meant)
        self.create_leave(self.engineer, line.planned_start, line.planned_end)
        self.assertOnlyLeftOut(run, meant, f"{self.engineer.name} .*Does not work")

    def test_other_length(self):
        run, meant, _other = self._plan_two()
        meant.duration = 3
        self.assertOnlyLeftOut(run, meant, "takes 180 minutes now")

    def test_other_kind_of_order(self):
        run, meant, _other = self._plan_two()
        skill = self.env["qifei.skill"].create({"name": "Test skill of late"})
        meant.ticket_type_id = self.ticket_type.copy(
            {"code": "late", "skill_ids": skill.ids}
        )
        self.assertOnlyLeftOut(run, meant, "Lacks the skill Test skill of late")

    def test_tool_that_is_needed_now(self):
        run, meant, _other = self._plan_two()
        meant.tool_ids = self.env["qifei.tool"].create({"name": "Test crane of late"})
        self.assertOnlyLeftOut(run, meant, "Does not carry Test crane of late")

    def test_tool_fetched_at_the_warehouse_is_published(self):
        self.company.partner_id.write(
            {"partner_latitude": 31.24, "partner_longitude": 121.47}
        )
        tool = self.env["qifei.tool"].create({"name": "Test crane to fetch"})
        order = self.create_visits(tool_ids=tool.ids)
        run = self.make_plan()
        self.assertTrue(run.line_ids.is_fetching)
        run.action_publish()
        self.assertFalse(run.message)
        self.assertEqual(order.state, "assigned")

    def test_hour_that_another_visit_has_taken(self):
        run, meant, _other = self._plan_two()
        line = self._get_line(run, meant)
        taken = self.create_visits(
            engineer_id=self.engineer.id, planned_start=line.planned_start
        )
        taken.action_assign()
        self.assertOnlyLeftOut(run, meant, f"is at {taken.name} from")

    def test_order_that_is_left_out_keeps_its_hour(self):
        """Its promise keeps it at nine, where the plan has put another one."""
        nine, ten = (
            [Command.create({"date_from": moment, "date_to": moment})]
            for moment in (f"{DAY} 09:00:00", f"{DAY} 10:00:00")
        )
        other_engineer = {"excluded_engineer_ids": self.other_engineer.ids}
        first = self.create_planned(9, window_ids=ten, **other_engineer)
        second = self.create_visits(
            window_ids=nine, latitude=0, longitude=0, **other_engineer
        )
        (first | second).write({"latitude": 31.2604, "longitude": 121.4737})
        third = self.create_visits()
        run = self.make_plan()
        changes = {line.order_id: line.change for line in run.line_ids}
        self.assertEqual((changes[first], changes[second]), ("retimed", "new"))
        first.window_ids.write(
            {"date_from": f"{DAY} 15:00:00", "date_to": f"{DAY} 16:00:00"}
        )
        run.action_publish()
        self.assertIn("promised time", self._get_line(run, first).refusal)
        self.assertIn(f"is at {first.name}", self._get_line(run, second).refusal)
        self.assertEqual((second.state, third.state), ("draft", "assigned"))

    def test_order_that_refuses_keeps_its_hour(self):
        first = self.create_planned(9)
        run = self.runs.create({"date_from": DAY})
        other, free = self.create_visits(2)
        run._as_own_step().sudo().line_ids = [
            Command.create(
                {
                    "order_id": order.id,
                    "change": change,
                    "engineer_id": self.engineer.id,
                    "day": DAY,
                    "planned_start": f"{DAY} {hour:02}:00:00",
                    "planned_end": f"{DAY} {hour + 1:02}:00:00",
                    "old_engineer_id": order.engineer_id.id,
                    "old_state": order.state,
                    "old_start": order.planned_start,
                    "old_end": order.planned_end,
                }
            )
            for order, change, hour in (
                (first, "retimed", 14),
                (other, "new", 9),
                (free, "new", 15),
            )
        ]
        model = type(self.env["qifei.work.order"])
        write = model.write

        def refuse(self, vals):
            if first in self and "planned_start" in vals:
                reason = "The customer has confirmed nine."
                raise UserError(reason)
            return write(self, vals)

        self.patch(model, "write", refuse)
        run.with_user(self.dispatcher)._publish()
        self.assertIn("confirmed nine", self._get_line(run, first).refusal)
        self.assertIn(f"is at {first.name}", self._get_line(run, other).refusal)
        self.assertEqual((other.state, free.state), ("draft", "assigned"))

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

    def test_checking_queries_do_not_grow_with_the_orders(self):
        tool = self.env["qifei.tool"].create({"name": "Test crane to count"})
        orders = self.create_visits(20, tool_ids=tool.ids)
        for engineer in self.engineers:
            self.create_planned(9, engineer)
        run = self.runs.create({"date_from": DAY})
        run._as_own_step().sudo().line_ids = [
            Command.create(
                {
                    "order_id": order.id,
                    "change": "new",
                    "engineer_id": self.engineers[number % 2].id,
                    "day": DAY,
                    "planned_start": f"{DAY} {hour:02}:00:00",
                    "planned_end": f"{DAY} {hour + 1:02}:00:00",
                    "old_state": "draft",
                }
            )
            for number, order in enumerate(orders)
            for hour in (9 + number % 8,)
        ]
        self.env.flush_all()
        lines = run.line_ids.with_user(self.dispatcher)
        self.assertEqual(set(lines._find_obstacles()), set(lines.ids))
        self.assertFlatQueries(lambda some: some._find_obstacles(), lines[:1], lines)
