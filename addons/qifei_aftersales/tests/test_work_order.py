from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common_orders import SIGNATURE, ServiceCase


@tagged("post_install", "-at_install")
class TestWorkOrder(ServiceCase):
    def test_whole_life_by_the_right_people(self):
        order = self.create_orders()
        dispatcher = order.with_user(self.users["dispatcher"])
        engineer = order.with_user(self.users["engineer"])
        dispatcher.action_assign()
        self.assertEqual(order.user_id, self.users["dispatcher"])
        self.assertTrue(order.accept_deadline)
        engineer.action_accept()
        engineer.action_depart()
        engineer.action_arrive(latitude=31.2, longitude=121.5, accuracy=15)
        self.assertAlmostEqual(order.checkin_latitude, 31.2)
        self.assertAlmostEqual(order.checkin_accuracy, 15.0)
        engineer.write({"diagnosis": "Blown fuse", "result": "solved"})
        engineer.action_complete()
        with self.assertRaisesRegex(UserError, "not signed"):
            engineer.action_verify()
        engineer._sign("Wang Fang", SIGNATURE, "Well done")
        self.assertEqual(order.state, "verified")
        self.assertEqual(order.signed_by, "Wang Fang")
        self.assertEqual(order.customer_remark, "Well done")
        dispatcher.action_close()
        steps = "assigned accepted departed arrived done verified closed".split()
        moments = [order[f"{step}_on"] for step in steps]
        self.assertTrue(all(moments))
        self.assertEqual(moments, sorted(moments))

    def test_completion_names_everything_that_is_missing(self):
        order = self.walk(self.create_orders(), "arrive")
        with self.assertRaises(UserError) as caught:
            order.action_complete()
        self.assertIn("diagnosis is missing", str(caught.exception))
        self.assertIn("result is missing", str(caught.exception))

    def test_declined_order_leaves_the_engineer(self):
        order = self.create_orders()
        order.action_assign()
        as_engineer = order.with_user(self.users["engineer"])
        as_engineer.action_reject("I am ill")
        self.assertEqual(order.state, "draft")
        self.assertFalse(order.engineer_id)
        self.assertIn("I am ill", order.message_ids[0].body)
        with self.assertRaises(AccessError):
            as_engineer.invalidate_recordset()
            as_engineer.read(["name"])

    def test_order_of_a_colleague_is_out_of_reach(self):
        order = self.create_orders(engineer_id=self.other_engineer.id)
        order.action_assign()
        as_engineer = order.with_user(self.users["engineer"])
        for method in ("action_accept", "action_reject"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(as_engineer, method)()

    def test_reassignment_goes_through_taking_back(self):
        order = self.create_orders()
        order.action_assign()
        for vals in (
            {"engineer_id": self.other_engineer.id},
            {"engineer_id": self.other_engineer.id, "state": "accepted"},
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaisesRegex(UserError, "Take it back"),
            ):
                order.with_user(self.users["dispatcher"]).write(vals)
        order.action_unassign()
        order.engineer_id = self.other_engineer
        order.action_assign()
        self.assertEqual(order.engineer_id, self.other_engineer)

    def test_sealed_fields_are_not_written_from_outside(self):
        order = self.create_orders()
        manager = order.with_user(self.users["manager"])
        for vals in (
            {"signature": SIGNATURE},
            {"signed_by": "Me"},
            {"estimate_state": "accepted"},
            {"rework_count": 0},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                manager.write(vals)
            with self.subTest(create=vals), self.assertRaises(UserError):
                self.create_orders(**vals)
        with self.assertRaises(UserError):
            manager.with_context(qifei_aftersales_seal=True).write({"signed_by": "Me"})

    def test_signed_record_stays_as_it_was_signed(self):
        order = self.walk(self.create_orders(), "verify")
        with self.assertRaisesRegex(UserError, "stays as it was signed"):
            order.diagnosis = "Something else"
        order.action_rework("Look again")
        order.diagnosis = "Something else"
        self.assertEqual(order.rework_count, 1)
        self.assertFalse(order.verified_on)

    def test_objection_sends_back_and_is_counted(self):
        order = self.walk(self.create_orders(), "complete")
        order.sudo()._object("It still hums")
        self.assertEqual(order.state, "accepted")
        self.assertEqual(order.rework_reason, "It still hums")
        with self.assertRaisesRegex(UserError, "not in order"):
            self.walk(self.create_orders(), "complete")._object("  ")

    def test_rework_after_closing_is_a_new_order(self):
        order = self.create_orders()
        with self.assertRaisesRegex(UserError, "instead of"):
            order.action_create_rework()
        self.walk(order, "close")
        action = order.with_user(self.users["agent"]).action_create_rework()
        rework = self.env["qifei.work.order"].browse(action["res_id"])
        self.assertEqual(rework.rework_of_id, order)
        self.assertEqual(rework.state, "draft")
        self.assertEqual(rework.partner_id, order.partner_id)
        self.assertNotEqual(rework.name, order.name)
        self.assertFalse(rework.signature or rework.line_ids or rework.engineer_id)

    def test_position_from_anywhere_but_earth_is_refused(self):
        order = self.walk(self.create_orders(), "depart")
        for position in (
            (91, 0, 1),
            (0, 181, 1),
            (0, 0, -1),
            ("x", 0, 1),
            (float("nan"), 0, 1),
            ([], {}, None),
        ):
            with (
                self.subTest(position=position),
                self.assertRaisesRegex(UserError, "not a place on earth"),
            ):
                order.action_arrive(*position)
        order.action_arrive()
        self.assertEqual(order.state, "on_site")

    def test_bad_signatures_are_refused(self):
        order = self.walk(self.create_orders(), "complete")
        for name, signature in (
            ("", SIGNATURE),
            ("  ", SIGNATURE),
            ("Wang", ""),
            ("Wang", False),
            ("Wang", "not base64!"),
            ("Wang", b"A" * 4_000_000),
        ):
            with self.subTest(name=name), self.assertRaises(UserError):
                order._sign(name, signature)
        self.assertEqual(order.state, "done")

    def test_window_and_duration_agree(self):
        order = self.create_orders(planned_start="2031-03-03 09:00:00")
        self.assertEqual(str(order.planned_end), "2031-03-03 11:00:00")
        order.duration = 3.5
        self.assertEqual(str(order.planned_end), "2031-03-03 12:30:00")
        order.write(
            {
                "planned_start": "2031-03-04 09:00:00",
                "planned_end": "2031-03-04 10:00:00",
            }
        )
        self.assertEqual(order.duration, 1.0)

    def test_engineer_hears_of_his_order(self):
        order = self.create_orders()
        order.with_user(self.users["dispatcher"]).action_assign()
        partner = self.users["engineer"].partner_id
        self.assertIn(partner, order.message_partner_ids)
        self.env["qifei.message.request"].search([])._write_messages()
        message = self.env["mail.message"].search(
            [("model", "=", order._name), ("res_id", "=", order.id)], limit=1
        )
        self.assertEqual(message.notified_partner_ids, partner)
        self.assertIn(order.name, message.subject)

    def test_accepting_ends_the_reminder_to_accept(self):
        order = self.create_orders()
        order.action_assign()
        order._escalate()
        self.assertTrue(order.activity_ids)
        order.with_user(self.users["engineer"]).action_accept()
        self.assertFalse(order.activity_ids)

    def test_form_of_the_engineer(self):
        order = self.walk(self.create_orders(), "arrive")
        order = order.with_user(self.users["engineer"])
        with Form(
            order, view="qifei_aftersales.qifei_work_order_view_form_visit"
        ) as form:
            form.diagnosis = "Fan blocked"
            form.result = "solved"
            with form.line_ids.new() as line:
                line.product_id = self.labour
                self.assertEqual(line.price_unit, 100.0)
        self.assertEqual(order.amount_customer, 100.0)
        order.action_complete()
        self.assertEqual(order.state, "done")

    def test_photos_are_the_engineers(self):
        order = self.walk(self.create_orders(), "arrive")
        order.with_user(self.users["engineer"]).photo_ids = [
            Command.create(
                {
                    "name": "before.png",
                    "raw": self.picture(),
                    "res_model": order._name,
                    "res_id": order.id,
                }
            )
        ]
        self.assertEqual(len(order.photo_ids), 1)

    def test_worked_on_order_stays_on_file(self):
        order = self.create_orders()
        order.action_assign()
        with self.assertRaisesRegex(UserError, "stays on file"):
            order.with_user(self.users["manager"]).unlink()
        draft = self.create_orders()
        draft.with_user(self.users["manager"]).unlink()
        self.assertFalse(draft.exists())


@tagged("post_install", "-at_install")
class TestAssignment(ServiceCase):
    def _choose(self, orders, **values):
        action = orders.with_user(self.users["dispatcher"]).action_choose_engineer()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard = wizard.with_user(self.users["dispatcher"])
        if values:
            wizard.write(values)
            wizard.action_refresh()
        return wizard

    def test_best_engineer_comes_first(self):
        skill = self.env["qifei.skill"].create({"name": "Test skill"})
        self.ticket_type.skill_ids = skill
        self.engineer.skill_ids = skill
        order = self.create_orders(engineer_id=False)
        wizard = self._choose(order)
        self.assertIn(self.engineer, wizard.candidate_ids.engineer_id)
        self.assertNotIn(self.other_engineer, wizard.candidate_ids.engineer_id)
        wizard = self._choose(order, only_qualified=False)
        ranked = wizard.candidate_ids.sorted("sequence").engineer_id
        self.assertLess(
            ranked.ids.index(self.engineer.id),
            ranked.ids.index(self.other_engineer.id),
        )
        lacking = wizard.candidate_ids.filtered(
            lambda candidate: candidate.engineer_id == self.other_engineer
        )
        self.assertIn("Test skill", lacking.note)

    def test_engineer_of_another_area_lacks_the_area(self):
        area, elsewhere = self.env["qifei.service.area"].create(
            [{"name": "Here"}, {"name": "There"}]
        )
        street = self.env["qifei.service.area"].create(
            {"name": "Street", "parent_id": area.id}
        )
        self.engineer.area_ids = area
        self.other_engineer.area_ids = elsewhere
        order = self.create_orders(engineer_id=False, area_id=street.id)
        candidates = self._choose(order).candidate_ids.engineer_id
        self.assertIn(self.engineer, candidates)
        self.assertNotIn(self.other_engineer, candidates)

    def test_clash_is_named_and_ranks_behind(self):
        busy = self.create_orders(planned_start="2031-03-03 09:00:00")
        busy.action_assign()
        order = self.create_orders(
            engineer_id=False, planned_start="2031-03-03 10:00:00"
        )
        wizard = self._choose(order)
        candidate = wizard.candidate_ids.filtered(
            lambda candidate: candidate.engineer_id == self.engineer
        )
        self.assertFalse(candidate.is_free)
        self.assertEqual(candidate.availability, "busy")
        self.assertIn(busy.name, candidate.note)

    def test_engineer_who_does_not_work_at_the_planned_time_ranks_behind(self):
        hours = self.env["resource.calendar"].create(
            {
                "name": "Mondays",
                "tz": "UTC",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": "Monday",
                            "dayofweek": "0",
                            "hour_from": 8,
                            "hour_to": 18,
                        }
                    )
                ],
            }
        )
        self.engineer.write({"resource_calendar_id": hours.id, "tz": "UTC"})
        for start, is_free in (
            ("2031-03-03 09:00:00", True),
            ("2031-03-04 09:00:00", False),
        ):
            order = self.create_orders(engineer_id=False, planned_start=start)
            candidate = self._choose(order).candidate_ids.filtered(
                lambda candidate: candidate.engineer_id == self.engineer
            )
            with self.subTest(start=start):
                self.assertEqual(candidate.is_free, is_free)
                self.assertEqual("off duty then" in candidate.note, not is_free)

    def test_service_point_filter(self):
        point = self.env["res.partner"].create(
            {"name": "Point", "qifei_is_service_partner": True}
        )
        self.other_engineer.service_point_id = point
        wizard = self._choose(
            self.create_orders(engineer_id=False), service_point_id=point.id
        )
        self.assertEqual(wizard.candidate_ids.engineer_id, self.other_engineer)

    def test_everybody_is_shown_when_nobody_qualifies(self):
        self.ticket_type.skill_ids = self.env["qifei.skill"].create({"name": "Rare"})
        wizard = self._choose(self.create_orders(engineer_id=False))
        self.assertFalse(wizard.only_qualified)
        self.assertIn(self.engineer, wizard.candidate_ids.engineer_id)
        self.assertFalse(any(wizard.candidate_ids.mapped("is_qualified")))

    def test_several_orders_go_to_one_engineer(self):
        orders = self.create_orders(3, engineer_id=False)
        wizard = self._choose(orders, planned_start="2031-03-04 09:00:00")
        candidate = wizard.candidate_ids.filtered(
            lambda candidate: candidate.engineer_id == self.engineer
        )
        candidate.action_choose()
        self.assertEqual(set(orders.mapped("state")), {"assigned"})
        self.assertEqual(orders.engineer_id, self.engineer)
        self.assertEqual(str(orders[2].planned_end), "2031-03-04 11:00:00")

    def test_engineers_may_not_dispatch(self):
        with self.assertRaises(AccessError):
            self.create_orders().with_user(
                self.users["engineer"]
            ).action_choose_engineer()

    def test_reason_wizard_runs_the_step(self):
        order = self.walk(self.create_orders(), "accept")
        as_engineer = order.with_user(self.users["engineer"])
        action = as_engineer.with_context(default_action="hold").action_ask_reason()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.users["engineer"])
            .with_context(**action["context"])
            .create({"reason": "Part is missing"})
        )
        wizard.action_confirm()
        self.assertEqual(order.state, "on_hold")
        self.assertEqual(order.hold_reason, "Part is missing")

    def test_sign_wizard_signs(self):
        order = self.walk(self.create_orders(), "complete")
        action = order.with_user(self.users["engineer"]).action_ask_signature()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.users["engineer"])
            .with_context(**action["context"])
            .create({"signature": SIGNATURE})
        )
        wizard.action_confirm()
        self.assertEqual(order.state, "verified")
        self.assertEqual(order.signed_by, "Test customer")
