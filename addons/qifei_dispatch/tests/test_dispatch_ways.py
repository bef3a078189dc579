from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_ways import MONDAY, WaysCase

INSERTION = "odoo.addons.qifei_dispatch.models.qifei_dispatch_insertion"


@tagged("post_install", "-at_install")
class TestDispatchWays(WaysCase):
    """What the job does with orders without an engineer."""

    def setUp(self):
        super().setUp()
        # Time stands still where the engine counts on it.
        clock = freeze_time(MONDAY)
        clock.start()
        self.addCleanup(clock.stop)

    def wait(self, minutes):
        """Let time pass."""
        clock = freeze_time(fields.Datetime.now() + timedelta(minutes=minutes))
        clock.start()
        self.addCleanup(clock.stop)

    # === NEW ORDERS === #

    def test_new_order_is_due_and_wakes_the_job(self):
        triggers = self.env["ir.cron.trigger"]
        cron = self.env.ref("qifei_dispatch.ir_cron_dispatch")
        before = triggers.search_count([("cron_id", "=", cron.id)])
        orders = self.create_free(3)
        self.assertTrue(all(orders.mapped("dispatch_due_on")))
        self.assertEqual(triggers.search_count([("cron_id", "=", cron.id)]), before + 1)

    def test_order_with_an_engineer_wakes_nobody(self):
        triggers = self.env["ir.cron.trigger"]
        cron = self.env.ref("qifei_dispatch.ir_cron_dispatch")
        before = triggers.search_count([("cron_id", "=", cron.id)])
        self.create_rule(way="pool")
        order = self.create_orders(engineer_id=self.near.id)
        self.assertEqual(triggers.search_count([("cron_id", "=", cron.id)]), before)
        self.run_job()
        self.assertFalse(order.dispatch_way)

    def test_loaded_orders_wait_for_a_dispatcher(self):
        self.create_rule(way="pool")
        for key in ("import_file", "install_mode"):
            model = self.env["qifei.work.order"].with_context(**{key: True})
            order = model.create(
                {
                    "partner_id": self.customer.id,
                    "ticket_type_id": self.ticket_type.id,
                }
            )
            with self.subTest(context=key):
                self.assertFalse(order.dispatch_due_on)
                self.run_job()
                self.assertFalse(order.dispatch_way)

    def test_due_moment_is_not_for_outsiders(self):
        for values in (
            {"dispatch_due_on": "2031-01-01 00:00:00"},
            {"dispatch_way": "once"},
            {"pool_since": "2031-01-01 00:00:00"},
            {"dispatch_error": "x"},
            {"offered_engineer_ids": self.near.ids},
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, "own steps"),
            ):
                self.create_free().with_user(self.users["dispatcher"]).write(values)

    def test_order_without_a_rule_is_left_to_the_dispatcher(self):
        order = self.create_free()
        self.run_job()
        self.assertEqual(order.dispatch_way, "hand")
        self.assertFalse(order.dispatch_due_on)
        self.assertFalse(order.activity_ids)

    # === AT ONCE === #

    def test_at_once_goes_to_who_is_near(self):
        rule = self.create_rule(way="once")
        order = self.create_free()
        self.run_job()
        self.assertEqual(order.state, "assigned")
        self.assertEqual(order.engineer_id, self.near)
        self.assertEqual(order.dispatch_rule_id, rule)
        self.assertEqual(str(order.planned_start.date()), "2031-03-03")
        self.assertGreater(order.travel_minutes, 0)
        self.assertIn("The best of 3 engineers", order.dispatch_note)
        self.assertFalse(order.dispatch_due_on)

    def test_at_once_leaves_no_two_orders_at_the_same_time(self):
        self.create_rule(way="once")
        orders = self.create_free(6)
        self.run_job()
        self.assertEqual(set(orders.mapped("state")), {"assigned"})
        for engineer_orders in orders.grouped("engineer_id").values():
            planned = engineer_orders.sorted("planned_start")
            for one, two in zip(planned, planned[1:], strict=False):
                self.assertLessEqual(one.planned_end, two.planned_start)

    def test_own_staff_only(self):
        (self.near | self.far).active = False
        self.create_rule(way="once", match_service_point="own")
        order = self.create_free()
        self.run_job()
        self.assertFalse(order.engineer_id)
        self.assertEqual(order.dispatch_way, "hand")

    def test_skill_and_area_can_be_set_aside(self):
        (self.near | self.far | self.outside).active = False
        order = self.create_free()
        rule = self.create_rule(way="once", match_skill=False)
        self.run_job()
        self.assertEqual(order.engineer_id, self.unskilled)
        rule.write({"match_skill": True, "match_area": False})
        order = self.create_free()
        self.run_job()
        self.assertEqual(order.engineer_id, self.elsewhere)

    def test_promised_time_is_kept(self):
        self.create_rule(way="once")
        order = self.create_free(
            window_ids=[
                Command.create(
                    {
                        "date_from": "2031-03-05 13:00:00",
                        "date_to": "2031-03-05 14:00:00",
                    }
                )
            ]
        )
        self.run_job()
        self.assertGreaterEqual(str(order.planned_start), "2031-03-05 13:00:00")
        self.assertLessEqual(str(order.planned_start), "2031-03-05 14:00:00")

    def test_given_time_is_kept(self):
        self.create_rule(way="once")
        order = self.create_free(planned_start="2031-03-06 15:00:00")
        self.run_job()
        self.assertEqual(str(order.planned_start), "2031-03-06 15:00:00")
        self.assertEqual(order.state, "assigned")

    def test_workload_spreads_the_work(self):
        self.create_rule(way="once", has_own_weights=True, weight_load=600)
        orders = self.create_free(
            3,
            window_ids=[
                Command.create(
                    {
                        "date_from": "2031-03-05 08:00:00",
                        "date_to": "2031-03-05 16:00:00",
                    }
                )
            ],
        )
        self.run_job()
        self.assertEqual(len(orders.engineer_id), 3)

    def test_excluded_engineer_is_not_sent(self):
        self.create_rule(way="once")
        order = self.create_free(
            excluded_engineer_ids=[Command.set((self.near | self.far).ids)]
        )
        self.run_job()
        self.assertEqual(order.engineer_id, self.outside)

    def test_who_is_asked_becomes_the_dispatcher(self):
        user = self.users["dispatcher"]
        self.create_rule(way="once", user_id=user.id)
        order = self.create_free()
        self.run_job()
        self.assertEqual(order.user_id, user)

    def test_weekend_is_passed_over(self):
        self.create_rule(way="once")
        with freeze_time("2031-03-07 19:00:00"):
            order = self.create_free()
            self.run_job()
        self.assertEqual(str(order.planned_start.date()), "2031-03-10")

    # === NEXT WAYS === #

    def test_at_once_that_finds_nobody_goes_on_at_once(self):
        (self.near | self.far | self.outside).max_orders = 1
        self.create_rule(way="once", fallback_way="pool")
        order = self.create_free(
            window_ids=[
                Command.create(
                    {
                        # Nobody works on Sundays.
                        "date_from": "2031-03-09 10:00:00",
                        "date_to": "2031-03-09 11:00:00",
                    }
                )
            ]
        )
        self.run_job()
        self.assertEqual(order.dispatch_way, "pool")
        self.assertTrue(order.pool_since)
        self.assertIn("Nobody can take it", order.dispatch_note)

    def test_pool_goes_on_after_its_minutes(self):
        self.create_rule(way="pool", fallback_way="once", fallback_minutes=20)
        order = self.create_free()
        self.run_job()
        self.assertEqual(order.dispatch_way, "pool")
        self.assertEqual(
            order.dispatch_due_on, fields.Datetime.now() + timedelta(minutes=20)
        )
        self.wait(19)
        self.run_job()
        self.assertEqual(order.state, "draft")
        self.wait(1)
        self.run_job()
        self.assertEqual(order.dispatch_way, "once")
        self.assertEqual(order.state, "assigned")
        self.assertFalse(order.pool_since)

    def test_last_way_asks_the_dispatcher(self):
        user = self.users["dispatcher"]
        self.create_rule(way="pool", fallback_minutes=5, user_id=user.id)
        order = self.create_free()
        self.run_job()
        self.wait(5)
        self.run_job()
        self.assertFalse(order.pool_since)
        self.assertEqual(order.dispatch_way, "hand")
        self.assertEqual(order.activity_ids.user_id, user)
        self.assertIn(order.name, order.activity_ids.summary)
        self.wait(5)
        self.run_job()
        self.assertEqual(len(order.activity_ids), 1)

    def test_plan_waits_for_the_next_run(self):
        self.create_rule(way="plan", fallback_minutes=60)
        order = self.create_free()
        self.run_job()
        self.assertEqual(order.dispatch_way, "plan")
        self.assertEqual(order.state, "draft")
        self.wait(60)
        self.run_job()
        self.assertEqual(order.dispatch_way, "hand")
        self.assertTrue(order.activity_ids)

    def test_hand_goes_on_to_the_pool(self):
        self.create_rule(way="hand", fallback_way="pool", fallback_minutes=30)
        order = self.create_free()
        self.run_job()
        self.assertEqual(order.dispatch_way, "hand")
        self.assertFalse(order.pool_since)
        self.wait(30)
        self.run_job()
        self.assertTrue(order.pool_since)

    def test_pool_without_anybody_goes_on_at_once(self):
        (self.near | self.far | self.outside).active = False
        self.create_rule(way="pool")
        order = self.create_free()
        self.run_job()
        self.assertEqual(order.dispatch_way, "hand")
        self.assertTrue(order.activity_ids)

    def test_dispatcher_who_acts_ends_the_rule(self):
        self.create_rule(way="pool", fallback_way="once", fallback_minutes=5)
        assigned, withdrawn, cancelled = orders = self.create_free(3)
        self.run_job()
        assigned.engineer_id = self.far
        assigned.with_user(self.users["dispatcher"]).action_assign()
        withdrawn.with_user(self.users["dispatcher"]).action_withdraw()
        cancelled.action_cancel()
        self.wait(10)
        self.run_job()
        self.assertEqual(orders.mapped("state"), ["assigned", "draft", "cancelled"])
        self.assertFalse(any(orders.mapped("pool_since")))
        self.assertFalse(any(orders.mapped("dispatch_due_on")))
        self.assertEqual(assigned.engineer_id, self.far)

    def test_declined_order_goes_on_without_who_declined(self):
        self.create_rule(way="once", fallback_way="pool")
        order = self.create_free()
        self.run_job()
        self.assertEqual(order.engineer_id, self.near)
        order.with_user(self.near.user_id).action_reject("No time")
        self.assertFalse(order.dispatch_note)
        self.assertFalse(order.travel_minutes)
        self.run_job()
        self.assertEqual(order.dispatch_way, "pool")
        self.assertEqual(order.offered_engineer_ids, self.far | self.outside)

    def test_declined_order_without_a_next_way_asks_the_dispatcher(self):
        self.create_rule(way="once")
        order = self.create_free()
        self.run_job()
        order.with_user(self.near.user_id).action_reject()
        self.run_job()
        self.assertEqual(order.dispatch_way, "hand")
        self.assertTrue(order.activity_ids)

    def test_order_that_was_given_by_hand_stays_with_the_dispatcher(self):
        order = self.create_orders(engineer_id=self.near.id)
        order.action_assign()
        order.with_user(self.near.user_id).action_reject()
        self.assertFalse(order.dispatch_due_on)
        self.assertFalse(order.excluded_engineer_ids)

    # === FAILURES === #

    def test_order_that_somebody_is_changing_is_left_for_later(self):
        self.create_rule(way="once")
        order = self.create_free()
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([])
        with patch(
            "odoo.addons.qifei_dispatch.models.qifei_work_order_ways.lock_free",
            side_effect=SerializationFailure,
        ):
            order._dispatch_in_turn()
        self.assertFalse(order.dispatch_way)
        self.assertFalse(order.dispatch_error)
        self.assertTrue(order.dispatch_due_on)
        self.assertEqual(triggers.search_count([]), before + 1)
        order._dispatch_in_turn()
        self.assertEqual(order.state, "assigned")

    def test_failure_is_noted_on_its_order_only(self):
        self.create_rule(way="once")
        good, bad = self.create_free(2)
        original = type(self.env["qifei.work.order"])._dispatch_once

        def fail(orders):
            if bad in orders:
                reason = "The route server is on fire."
                raise UserError(reason)
            return original(orders)

        with (
            patch.object(type(bad), "_dispatch_once", fail),
            mute_logger("odoo.addons.qifei_base.tools.isolation"),
        ):
            self.run_job()
        self.assertEqual(good.state, "assigned")
        self.assertEqual(bad.state, "draft")
        self.assertEqual(bad.dispatch_error, "The route server is on fire.")
        # It is not tried again and again, but when somebody says so.
        self.run_job()
        self.assertEqual(bad.state, "draft")
        bad.with_user(self.users["dispatcher"]).action_retry_dispatch()
        self.run_job()
        self.assertEqual(bad.state, "assigned")
        self.assertFalse(bad.dispatch_error)

    def test_broken_rule_is_named_on_the_order(self):
        rule = self.create_rule(way="once")
        self.cr.execute(
            "UPDATE qifei_dispatch_rule SET domain = 'x' WHERE id = %s", (rule.id,)
        )
        rule.invalidate_recordset()
        order = self.create_free()
        with mute_logger("odoo.addons.qifei_base.tools.isolation"):
            self.run_job()
        self.assertIn("filter of “Ways rule”", order.dispatch_error)

    def test_engine_that_fails_stops_nobody_by_hand(self):
        order = self.create_free()
        dispatcher = self.users["dispatcher"]
        with (
            patch(f"{INSERTION}.Chooser", side_effect=RuntimeError("broken")),
            mute_logger(INSERTION),
        ):
            action = order.with_user(dispatcher).action_choose_engineer()
            wizard = self.env[action["res_model"]].browse(action["res_id"])
            self.assertIn(self.near, wizard.candidate_ids.engineer_id)
            wizard.candidate_ids.filtered(
                lambda candidate: candidate.engineer_id == self.near
            ).with_user(dispatcher).action_choose()
        self.assertEqual(order.state, "assigned")
        self.assertEqual(order.engineer_id, self.near)

    def test_engine_that_fails_lets_engineers_take_orders(self):
        order = self.create_free()
        order.with_user(self.users["dispatcher"]).action_offer()
        with (
            patch(f"{INSERTION}.Chooser", side_effect=RuntimeError("broken")),
            mute_logger(INSERTION),
        ):
            order.with_user(self.near.user_id).action_grab()
        self.assertEqual(order.engineer_id, self.near)

    # === BY BUTTON === #

    def test_dispatcher_sends_at_once(self):
        order = self.create_free()
        dispatcher = self.users["dispatcher"]
        action = order.with_user(dispatcher).action_dispatch_now()
        self.assertEqual(order.engineer_id, self.near)
        self.assertEqual(order.user_id, dispatcher)
        self.assertIn("Ways near", action["params"]["message"])

    def test_dispatcher_is_told_why_nobody_goes(self):
        order = self.create_free(planned_start="2031-03-09 10:00:00")
        with self.assertRaisesRegex(UserError, f"{order.name} is not dispatched"):
            order.with_user(self.users["dispatcher"]).action_dispatch_now()
        self.ticket_type.skill_ids = self.env["qifei.skill"].create({"name": "Rare"})
        with self.assertRaisesRegex(UserError, "No engineer qualifies.*Rare"):
            order.with_user(self.users["dispatcher"]).action_dispatch_now()

    def test_some_are_sent_and_some_are_named(self):
        good = self.create_free()
        bad = self.create_free(planned_start="2031-03-09 10:00:00")
        action = (good | bad).with_user(self.users["dispatcher"]).action_dispatch_now()
        self.assertEqual(good.state, "assigned")
        self.assertEqual(bad.state, "draft")
        self.assertIn(good.name, action["params"]["message"])
        self.assertIn(f"{bad.name} is not dispatched", action["params"]["message"])

    def test_only_the_desk_dispatches(self):
        for role in ("engineer", "parts_keeper"):
            for step in (
                "action_dispatch_now",
                "action_offer",
                "action_withdraw",
                "action_retry_dispatch",
            ):
                order = self.create_free()
                with (
                    self.subTest(role=role, step=step),
                    self.assertRaises(AccessError),
                ):
                    getattr(order.with_user(self.users[role]), step)()

    def test_order_with_an_engineer_is_not_dispatched_anew(self):
        order = self.create_orders(engineer_id=self.near.id)
        order.action_assign()
        for step in ("action_dispatch_now", "action_offer"):
            with (
                self.subTest(step=step),
                self.assertRaisesRegex(UserError, "take it back"),
            ):
                getattr(order.with_user(self.users["dispatcher"]), step)()
