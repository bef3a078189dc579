from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_ways import MONDAY, WaysCase

INSERTION = "odoo.addons.qifei_dispatch.models.qifei_dispatch_insertion"


@tagged("post_install", "-at_install")
class TestDispatchCandidates(WaysCase):
    """The list of candidates: when, at what price, why and why not."""

    def setUp(self):
        super().setUp()
        clock = freeze_time(MONDAY)
        clock.start()
        self.addCleanup(clock.stop)
        self.dispatcher = self.users["dispatcher"]

    def choose(self, orders, **values):
        """Return the wizard of some orders, as a dispatcher."""
        action = orders.with_user(self.dispatcher).action_choose_engineer()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard = wizard.with_user(self.dispatcher)
        if values:
            wizard.write(values)
            wizard.action_refresh()
        return wizard

    def find(self, wizard, engineer):
        return wizard.candidate_ids.filtered(
            lambda candidate: candidate.engineer_id == engineer
        )

    def test_nearest_comes_first_with_time_and_reason(self):
        wizard = self.choose(self.create_free())
        ranked = wizard.candidate_ids.sorted("sequence")
        self.assertEqual(
            ranked.engineer_id.ids, [self.near.id, self.outside.id, self.far.id]
        )
        first = ranked[0]
        self.assertEqual(str(first.proposed_start.date()), "2031-03-03")
        self.assertTrue(first.is_free)
        self.assertIn("The best of 3 engineers who can.", first.note)
        self.assertRegex(first.note, r"\d+ minutes of additional travel\.")
        self.assertLess(first.added_minutes, ranked[2].added_minutes)

    def test_who_cannot_says_why(self):
        order = self.create_free(
            window_ids=[
                Command.create(
                    {
                        "date_from": "2031-03-05 08:00:00",
                        "date_to": "2031-03-05 09:00:00",
                    }
                )
            ]
        )
        self.near.max_orders = 1
        busy = self.create_free(
            engineer_id=self.near.id, planned_start="2031-03-05 14:00:00"
        )
        busy.action_assign()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Ways leave",
                "resource_id": self.far.resource_id.id,
                "calendar_id": self.calendar.id,
                "date_from": "2031-03-05 00:00:00",
                "date_to": "2031-03-05 23:59:59",
            }
        )
        wizard = self.choose(order, only_qualified=False)
        for engineer, text in (
            (self.near, "Has as many orders as fit into a day already."),
            (self.far, "Does not work at that time."),
            (self.unskilled, "Ways skill"),
            (self.elsewhere, "Ways city"),
        ):
            candidate = self.find(wizard, engineer)
            with self.subTest(engineer=engineer.name):
                self.assertIn(text, candidate.note)
                self.assertFalse(candidate.proposed_start)
        self.assertTrue(self.find(wizard, self.outside).proposed_start)

    def test_excluded_engineer_is_out_of_the_question(self):
        order = self.create_free(excluded_engineer_ids=[Command.set(self.near.ids)])
        wizard = self.choose(order)
        self.assertNotIn(self.near, wizard.candidate_ids.engineer_id)
        wizard = self.choose(order, only_qualified=False)
        self.assertIn("not to be sent", self.find(wizard, self.near).note)

    def test_wish_of_the_customer_counts(self):
        order = self.create_free(preferred_engineer_id=self.far.id)
        self.env.company.dispatch_weight_preferred = 600
        wizard = self.choose(order)
        first = wizard.candidate_ids.sorted("sequence")[0]
        self.assertEqual(first.engineer_id, self.far)
        self.assertIn("The customer asks for this engineer.", first.note)
        self.assertIn(
            "The customer asks for Ways far.", self.find(wizard, self.near).note
        )

    def test_proposed_time_is_taken_over(self):
        order = self.create_free()
        wizard = self.choose(order)
        candidate = self.find(wizard, self.near)
        candidate.action_choose()
        self.assertEqual(order.state, "assigned")
        self.assertEqual(order.planned_start, candidate.proposed_start)
        self.assertEqual(order.planned_end, candidate.proposed_end)
        self.assertGreater(order.travel_minutes, 0)
        self.assertGreater(order.travel_km, 0)
        self.assertIn("Chosen by the dispatcher.", order.dispatch_note)
        self.assertIn("additional travel", order.dispatch_note)

    def test_given_time_is_kept(self):
        order = self.create_free()
        wizard = self.choose(
            order,
            planned_start="2031-03-04 11:00:00",
            planned_end="2031-03-04 13:00:00",
        )
        candidate = self.find(wizard, self.near)
        self.assertEqual(str(candidate.proposed_start), "2031-03-04 11:00:00")
        candidate.action_choose()
        self.assertEqual(str(order.planned_start), "2031-03-04 11:00:00")

    def test_a_proposal_that_somebody_else_has_taken_is_refused(self):
        one, two = self.create_free(2)
        first, second = self.choose(one), self.choose(two)
        self.find(first, self.near).action_choose()
        candidate = self.find(second, self.near)
        self.assertEqual(candidate.proposed_start, one.planned_start)
        with self.assertRaisesRegex(
            UserError, f"^Ways near cannot take {two.name} at .*“Rank again”"
        ):
            candidate.action_choose()
        self.assertFalse(two.engineer_id)
        second.action_refresh()
        self.find(second, self.near).action_choose()
        self.assertEqual(two.engineer_id, self.near)
        self.assertGreaterEqual(two.planned_start, one.planned_end)

    def test_a_given_time_that_was_free_is_asked_again(self):
        one, two = self.create_free(2)
        times = {
            "planned_start": "2031-03-04 11:00:00",
            "planned_end": "2031-03-04 13:00:00",
        }
        first, second = self.choose(one, **times), self.choose(two, **times)
        self.find(first, self.near).action_choose()
        with self.assertRaisesRegex(UserError, "Ways near cannot take"):
            self.find(second, self.near).action_choose()
        second.action_refresh()
        # Now the list says so, and the dispatcher may know better.
        self.assertFalse(self.find(second, self.near).is_free)
        self.find(second, self.near).action_choose()
        self.assertEqual(two.planned_start, one.planned_start)

    def test_reading_the_list_takes_nothing_from_it(self):
        order = self.create_free()
        candidate = self.find(self.choose(order), self.near)
        with freeze_time(candidate.proposed_start - timedelta(minutes=1)):
            candidate.action_choose()
        self.assertEqual(order.planned_start, candidate.proposed_start)

    def test_a_proposal_that_has_passed_is_refused(self):
        candidate = self.find(self.choose(self.create_free()), self.near)
        with (
            freeze_time(candidate.proposed_start + timedelta(minutes=1)),
            self.assertRaisesRegex(UserError, "the list is out of date"),
        ):
            candidate.action_choose()

    def test_unfit_engineer_can_still_be_chosen(self):
        order = self.create_free(planned_start="2031-03-09 10:00:00")
        wizard = self.choose(order)
        candidate = self.find(wizard, self.near)
        self.assertFalse(candidate.is_free)
        self.assertIn("off duty then", candidate.note)
        candidate.action_choose()
        self.assertEqual(order.engineer_id, self.near)
        self.assertEqual(order.dispatch_note, "Chosen by the dispatcher.")

    def test_proposals_cannot_be_written_from_outside(self):
        wizard = self.choose(self.create_free())
        candidate = wizard.candidate_ids[0]
        for values in (
            {"proposed_start": "2031-01-01 00:00:00"},
            {"reason": [{"key": "preferred"}]},
            {"travel_km": 1},
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, "own steps"),
            ):
                candidate.write(values)
            with self.subTest(create=values), self.assertRaises(UserError):
                candidate.create(
                    {
                        "wizard_id": wizard.id,
                        "engineer_id": self.near.id,
                        **values,
                    }
                )

    def test_order_leaves_the_pool_when_somebody_is_chosen(self):
        order = self.create_free()
        order.with_user(self.dispatcher).action_offer()
        self.find(self.choose(order), self.far).action_choose()
        self.assertFalse(order.pool_since)
        self.assertEqual(order.engineer_id, self.far)

    def test_of_many_those_who_are_near_are_asked_first(self):
        order = self.create_free()
        asked = []
        original = type(self.env["qifei.dispatch.insertion"])._get_chooser

        def note(model, orders, engineers, *args):
            asked.append(engineers)
            return original(model, orders, engineers, *args)

        with (
            patch(f"{INSERTION}.MOST_ASKED", 1),
            patch.object(
                type(self.env["qifei.dispatch.insertion"]), "_get_chooser", note
            ),
        ):
            wizard = self.choose(order)
            self.assertEqual([one.ids for one in asked], [self.near.ids])
            self.assertTrue(self.find(wizard, self.near).proposed_start)
            self.assertEqual(self.find(wizard, self.far).note, "Others are nearer.")
            # Who has a visit next door is near, wherever he sets off.
            visit = self.create_free(
                engineer_id=self.far.id, planned_start="2031-03-03 09:00:00"
            )
            visit.action_assign()
            asked.clear()
            order.with_user(self.dispatcher).action_dispatch_now()
            self.assertEqual([one.ids for one in asked], [self.far.ids])
            self.assertEqual(order.engineer_id, self.far)

    def test_those_who_are_far_are_asked_when_nobody_near_can(self):
        self.near.max_orders = 1
        busy = self.create_free(
            engineer_id=self.near.id, planned_start="2031-03-05 14:00:00"
        )
        busy.action_assign()
        order = self.create_free(planned_start="2031-03-05 09:00:00")
        with patch(f"{INSERTION}.MOST_ASKED", 1):
            order.with_user(self.dispatcher).action_dispatch_now()
        self.assertIn(order.engineer_id, self.far | self.outside)

    def test_engineers_choose_nobody(self):
        with self.assertRaises(AccessError):
            self.create_free().with_user(self.near.user_id).action_choose_engineer()

    def test_several_orders_are_ranked_as_before(self):
        orders = self.create_free(2)
        wizard = self.choose(orders)
        self.assertIn(self.near, wizard.candidate_ids.engineer_id)
        self.assertFalse(any(wizard.candidate_ids.mapped("proposed_start")))
        self.find(wizard, self.near).action_choose()
        self.assertEqual(orders.engineer_id, self.near)
        self.assertEqual(
            set(orders.mapped("dispatch_note")), {"Chosen by the dispatcher."}
        )

    def test_batch_gets_one_notice(self):
        rule = self.create_rule(way="once")
        (self.far | self.outside).active = False
        orders = self.create_free(3)
        self.run_job()
        self.assertEqual(orders.engineer_id, self.near)
        self.assertEqual(orders.dispatch_rule_id, rule)
        before = self.env["mail.notification"].search([]).ids
        self.run_messages()
        notices = self.env["mail.notification"].search(
            [
                ("id", "not in", before),
                ("res_partner_id", "=", self.near.user_id.partner_id.id),
            ]
        )
        self.assertEqual(len(notices), 1)
        for order in orders:
            self.assertIn(order.name, notices.mail_message_id.body)
