from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common_orders import ServiceCase


@tagged("post_install", "-at_install")
class TestTicket(ServiceCase):
    def test_customer_fills_contact_and_address(self):
        with Form(self.env["qifei.ticket"].with_user(self.users["agent"])) as form:
            form.partner_id = self.customer
            form.ticket_type_id = self.ticket_type
            self.assertEqual(form.contact_name, "Test customer")
            self.assertEqual(form.contact_phone, "+86 138 0000 0001")
            self.assertEqual(form.address_id, self.customer)
        ticket = form.save()
        self.assertEqual(ticket.state, "new")
        self.assertRegex(ticket.name, r"^TK\d{9}$")

    def test_address_of_the_customer_is_no_change_of_the_ticket(self):
        self.assertNotIn("email_from", self.env["qifei.ticket"]._track_get_fields())

    def test_customer_is_found_by_phone(self):
        search = self.env["res.partner"].with_user(self.users["agent"]).name_search
        for typed in ("138 0000 0001", "13800000001", "+86 138-0000-0001"):
            with self.subTest(typed=typed):
                self.assertEqual(
                    [id_ for id_, _name in search(typed)], [self.customer.id]
                )
        self.assertIn(self.customer.id, [id_ for id_, _name in search("Test cust")])

    def test_equipment_fills_product_and_address(self):
        site = self.env["res.partner"].create(
            {"name": "Holiday home", "parent_id": self.customer.id}
        )
        equipment = self.env["qifei.equipment"].create(
            {
                "product_id": self.product.id,
                "partner_id": self.customer.id,
                "address_id": site.id,
            }
        )
        ticket = self.env["qifei.ticket"].create(
            {
                "partner_id": self.customer.id,
                "ticket_type_id": self.ticket_type.id,
                "equipment_id": equipment.id,
            }
        )
        self.assertEqual(ticket.product_id, self.product)
        self.assertEqual(ticket.address_id, site)
        self.assertEqual(ticket.product_category_id, self.product.categ_id)

    def test_type_gives_priority(self):
        self.ticket_type.default_priority = "3"
        self.assertEqual(self.create_tickets().priority, "3")
        self.assertEqual(self.create_tickets(priority="0").priority, "0")

    def test_properties_follow_the_type(self):
        self.ticket_type.ticket_properties = [
            {"name": "floor", "string": "Floor", "type": "integer", "default": 2}
        ]
        ticket = self.create_tickets()
        self.assertEqual(ticket.properties["floor"], 2)

    def test_who_takes_it_on_becomes_responsible(self):
        ticket = self.create_tickets()
        ticket.with_user(self.users["agent"]).action_open()
        self.assertEqual(ticket.user_id, self.users["agent"])
        self.assertTrue(ticket.opened_on)

    def test_responsible_user_stays_when_another_takes_it_on(self):
        ticket = self.create_tickets(user_id=self.users["manager"].id)
        ticket.with_user(self.users["agent"]).action_open()
        self.assertEqual(ticket.user_id, self.users["manager"])

    def test_solve_and_close_in_one_go(self):
        ticket = self.create_tickets().with_user(self.users["agent"])
        with self.assertRaisesRegex(UserError, "solution"):
            ticket.action_solve_and_close()
        self.assertEqual(ticket.state, "new")
        ticket.solution = "Explained on the phone"
        ticket.action_solve_and_close()
        self.assertEqual(ticket.state, "closed")
        self.assertTrue(ticket.solved_on and ticket.closed_on)

    def test_create_and_assign_opens_the_choice_of_engineers(self):
        ticket = self.create_tickets().with_user(self.users["agent"])
        action = ticket.action_create_and_assign()
        self.assertEqual(ticket.state, "open")
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.order_ids.ticket_id, ticket)

    def test_order_takes_over_the_ticket(self):
        symptom = self.env["qifei.fault.symptom"].create({"name": "Hums"})
        helper = self.env["res.partner"].create({"name": "Helper"})
        ticket = self.create_tickets(
            symptom_ids=[Command.set(symptom.ids)],
            shared_partner_ids=[Command.set(helper.ids)],
            preferred_start="2031-03-03 09:00:00",
            preferred_end="2031-03-03 11:00:00",
            preferred_engineer_id=self.engineer.id,
            priority="3",
        )
        order = ticket._create_work_orders()
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.symptom_ids, symptom)
        self.assertEqual(order.shared_partner_ids, helper)
        self.assertEqual(order.engineer_id, self.engineer)
        self.assertEqual(order.planned_end, datetime(2031, 3, 3, 11))
        self.assertEqual(order.priority, "3")
        self.assertEqual(order.duration, 2.0)

    def test_ticket_with_an_open_order_is_not_cancelled(self):
        ticket = self.create_tickets()
        order = ticket._create_work_orders()
        with self.assertRaisesRegex(UserError, order.name):
            ticket.action_cancel()
        order.action_cancel()
        ticket.action_cancel("Sold the machine")
        self.assertEqual(ticket.cancel_reason, "Sold the machine")

    def test_last_signed_order_solves_the_ticket(self):
        ticket = self.create_tickets()
        first = ticket._create_work_orders()
        second = self.create_orders(ticket_id=ticket.id)
        first.engineer_id = self.engineer
        self.walk(first, "verify")
        self.assertEqual(ticket.state, "open")
        self.walk(second, "verify")
        self.assertEqual(ticket.state, "solved")

    def test_rework_reopens_the_ticket(self):
        ticket = self.create_tickets()
        order = self.create_orders(ticket_id=ticket.id)
        ticket.action_open()
        self.walk(order, "verify")
        self.assertEqual(ticket.state, "solved")
        order.action_rework("It drips again")
        self.assertEqual(ticket.state, "open")

    def test_worked_on_ticket_stays_on_file(self):
        ticket = self.create_tickets()
        ticket.action_open()
        with self.assertRaisesRegex(UserError, "stays on file"):
            ticket.with_user(self.users["manager"]).unlink()

    def test_agent_may_not_delete(self):
        with self.assertRaises(AccessError):
            self.create_tickets().with_user(self.users["agent"]).unlink()

    def test_mail_from_a_stranger_files_a_customer(self):
        ticket_id = self.env["qifei.ticket"].message_process(
            "qifei.ticket",
            "From: Bob <bob@stranger.example>\nTo: help@test.example\n"
            "Subject: My washer leaks\nMessage-Id: <1@stranger.example>\n\nHello\n",
        )
        ticket = self.env["qifei.ticket"].browse(ticket_id)
        self.assertEqual(ticket.channel, "email")
        self.assertEqual(ticket.description, "My washer leaks")
        self.assertEqual(ticket.partner_id.email, "bob@stranger.example")

    def test_mail_from_a_customer_is_filed_with_him(self):
        ticket_id = self.env["qifei.ticket"].message_process(
            "qifei.ticket",
            "From: customer@test.example\nTo: help@test.example\n"
            "Subject: Again\nMessage-Id: <2@test.example>\n\nHello\n",
        )
        ticket = self.env["qifei.ticket"].browse(ticket_id)
        self.assertEqual(ticket.partner_id, self.customer)


@tagged("post_install", "-at_install")
class TestDeadlines(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Monday to Friday, 8–12 and 13–17.
        cls.env.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Test hours", "tz": "UTC"}
        )

    def test_deadline_skips_the_weekend(self):
        # 2031-03-07 is a Friday.
        ticket = self.create_tickets(received_on="2031-03-07 15:00:00")
        self.assertEqual(ticket.response_deadline, datetime(2031, 3, 10, 10))
        self.assertEqual(ticket.deadline, datetime(2031, 3, 12, 15))
        self.assertEqual(ticket.due_on, ticket.response_deadline)
        self.assertEqual(ticket.warn_on, datetime(2031, 3, 10, 9))

    def test_deadline_skips_a_holiday(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.env.company.resource_calendar_id.id,
                "date_from": "2031-03-10 00:00:00",
                "date_to": "2031-03-10 23:59:59",
            }
        )
        ticket = self.create_tickets(received_on="2031-03-07 15:00:00")
        self.assertEqual(ticket.response_deadline, datetime(2031, 3, 11, 10))

    def test_long_deadlines_are_planned_too(self):
        self.ticket_type.solve_hours = 400
        ticket = self.create_tickets(received_on="2031-03-03 08:00:00")
        # Fifty working days: ten weeks to the last working hour.
        self.assertEqual(ticket.deadline, datetime(2031, 5, 9, 17))

    def test_without_hours_there_is_no_deadline(self):
        self.ticket_type.write({"response_hours": 0, "solve_hours": 0})
        ticket = self.create_tickets()
        self.assertFalse(ticket.due_on)
        self.assertFalse(ticket.is_overdue)

    def test_calendar_without_hours_lets_the_clock_run(self):
        self.env.company.resource_calendar_id.attendance_ids.unlink()
        ticket = self.create_tickets(received_on="2031-03-07 15:00:00")
        self.assertEqual(ticket.response_deadline, datetime(2031, 3, 7, 19))

    def test_next_step_has_the_next_deadline(self):
        ticket = self.create_tickets(received_on="2031-03-03 08:00:00")
        ticket.action_open()
        self.assertEqual(ticket.due_on, ticket.deadline)
        ticket.action_solve()
        self.assertFalse(ticket.due_on)

    def test_overdue_is_searched_as_it_is_shown(self):
        late, early = self.create_tickets(2)
        late.response_deadline = fields.Datetime.now() - timedelta(hours=1)
        early.response_deadline = fields.Datetime.now() + timedelta(hours=9)
        both = [("id", "in", (late | early).ids)]
        search = self.env["qifei.ticket"].search
        self.assertEqual(search([*both, ("is_overdue", "=", True)]), late)
        self.assertEqual(search([*both, ("is_overdue", "=", False)]), early)
        self.assertEqual(search([*both, ("is_overdue", "!=", True)]), early)
        self.assertTrue(late.is_overdue)
        self.assertFalse(early.is_overdue)

    def test_order_deadline_follows_its_step(self):
        with freeze_time("2031-03-03 08:00:00"):
            order = self.create_orders(planned_start="2031-03-05 09:00:00")
            self.assertEqual(order.due_on, datetime(2031, 3, 5, 9))
            order.action_assign()
            self.assertEqual(order.due_on, datetime(2031, 3, 3, 10))
            order.action_accept()
            self.assertEqual(order.due_on, order.planned_end)
            order.action_hold("No part")
            self.assertFalse(order.due_on)

    def test_warned_once_then_told_that_it_is_overdue(self):
        ticket = self.create_tickets(
            user_id=self.users["agent"].id, received_on="2031-03-03 08:00:00"
        )
        with freeze_time("2031-03-03 10:00:00"):
            self._escalate()
            self.assertEqual(ticket.escalation, "none")
        with freeze_time("2031-03-03 11:30:00"):
            self._escalate()
            self._escalate()
        self.assertEqual(ticket.escalation, "warned")
        activity = ticket.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.users["agent"])
        self.assertIn("Due soon", activity.summary)
        with freeze_time("2031-03-03 13:30:00"):
            self._escalate()
            self._escalate()
        self.assertEqual(ticket.escalation, "overdue")
        self.assertEqual(len(ticket.activity_ids), 2)

    def test_new_deadline_starts_a_new_watch(self):
        ticket = self.create_tickets(received_on="2031-03-03 08:00:00")
        with freeze_time("2031-03-03 13:30:00"):
            self._escalate()
            self.assertEqual(ticket.escalation, "overdue")
            ticket.action_open()
        self.assertEqual(ticket.escalation, "none")

    def test_step_that_keeps_the_deadline_warns_nobody_again(self):
        order = self.walk(self.create_orders(), "accept")
        # The job finds the order by a search, which flushes.
        self.env.flush_all()
        with freeze_time("2031-03-03 13:30:00"):
            order._escalate()
            self.assertEqual(order.escalation, "overdue")
            order.action_depart()
            order.action_arrive()
        self.assertEqual(order.escalation, "overdue")
        order.planned_end = "2031-03-03 18:00:00"
        self.assertEqual(order.escalation, "none")

    def test_bad_record_does_not_stop_the_others(self):
        bad, good = self.create_tickets(2, received_on="2031-03-03 08:00:00")
        model = type(self.env["qifei.ticket"])
        escalate = model._escalate

        def break_on_bad(records):
            if bad in records:
                raise ValueError("broken record")
            return escalate(records)

        self.patch(model, "_escalate", break_on_bad)
        logger = "odoo.addons.qifei_base.tools.isolation"
        with (
            freeze_time("2031-03-03 13:30:00"),
            self.assertLogs(logger, level="WARNING"),
        ):
            self._escalate()
        self.assertEqual(good.escalation, "overdue")
        self.assertEqual(bad.escalation_error, "broken record")
        self.patch(model, "_escalate", escalate)
        bad.action_retry_escalation()
        with freeze_time("2031-03-03 13:30:00"):
            self._escalate()
        self.assertEqual(bad.escalation, "overdue")

    def test_escalation_cost_is_flat(self):
        tickets = self.create_tickets(21, user_id=self.users["agent"].id)
        tickets.response_deadline = fields.Datetime.now() - timedelta(hours=1)
        self.assertFlatQueries(
            lambda records: records._escalate(), tickets[:1], tickets[1:]
        )

    def _escalate(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "qifei_aftersales.ir_cron_ticket_deadlines"
            ).method_direct_trigger()
        self.env.invalidate_all()
