from datetime import datetime
from unittest.mock import patch

import vobject
from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_documents import DocumentCase


@tagged("post_install", "-at_install")
class TestOrderMessage(DocumentCase):
    def get_mails(self, records):
        return self.env["mail.mail"].search(
            [("model", "=", records._name), ("res_id", "in", records.ids)], order="id"
        )

    def get_sms(self, records):
        return self.env["sms.sms"].search(
            [("partner_id", "in", records.partner_id.ids)], order="id"
        )

    # === MEDIUM === #

    def test_preference_chooses_the_medium(self):
        for preference, mail_count, sms_count in (
            ("email", 1, 0),
            ("sms", 0, 1),
            ("both", 1, 1),
            ("none", 0, 0),
        ):
            with self.subTest(preference=preference):
                order = self.create_orders(
                    self.create_customers(qifei_notify_by=preference)
                )
                notes = len(order.message_ids)
                order._notify_customer("confirmed")
                self.assertEqual(len(self.get_mails(order)), mail_count)
                self.assertEqual(len(self.get_sms(order)), sms_count)
                self.assertEqual(len(order.message_ids) - notes, mail_count + sms_count)

    def test_messages_wait_in_the_queues(self):
        order = self.create_orders(self.create_customers())
        with (
            patch.object(type(self.env["mail.mail"]), "send") as send_mail,
            patch.object(type(self.env["sms.sms"]), "send") as send_sms,
        ):
            order._notify_customer("confirmed")
        send_mail.assert_not_called()
        send_sms.assert_not_called()
        mail, sms = self.get_mails(order), self.get_sms(order)
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.recipient_ids, order.partner_id)
        self.assertIn("service@lighthouse.example", mail.email_from)
        self.assertEqual(sms.state, "outgoing")
        self.assertEqual(sms.number, "+8613800138000")
        self.assertEqual(
            set((mail.mail_message_id + sms.mail_message_id).mapped("res_id")),
            {order.id},
        )

    def test_contact_phone_of_the_order_comes_first(self):
        order = self.create_orders(
            self.create_customers(), contact_phone="136 0013 6000"
        )
        order._notify_customer("en_route")
        self.assertEqual(self.get_sms(order).number, "+8613600136000")

    def test_missing_addresses_are_named(self):
        for values, phrases in (
            ({"qifei_notify_by": "email", "email": False}, ["no e-mail address"]),
            ({"qifei_notify_by": "email", "email": "at home"}, ["“at home”"]),
            ({"qifei_notify_by": "sms", "phone": False}, ["no phone number"]),
            ({"qifei_notify_by": "sms", "phone": "12"}, ["“12”"]),
            (
                {"email": False, "phone": False},
                ["no e-mail address", "no phone number"],
            ),
        ):
            with self.subTest(**values):
                order = self.create_orders(self.create_customers(**values))
                order._notify_customer("done")
                self.assertFalse(self.get_mails(order))
                self.assertFalse(self.get_sms(order))
                note = order.message_ids[0]
                self.assertTrue(note.is_internal)
                self.assertIn("“Work done” was not sent.", note.body)
                for phrase in phrases:
                    self.assertIn(phrase, note.body)

    def test_one_of_both_media_is_enough(self):
        order = self.create_orders(self.create_customers(email=False))
        order._notify_customer("done")
        self.assertFalse(self.get_mails(order))
        self.assertEqual(len(self.get_sms(order)), 1)
        self.assertFalse(
            order.message_ids.filtered(lambda note: "not sent" in note.body)
        )

    def test_template_switched_off_sends_nothing(self):
        self.env.ref("qifei_aftersales.mail_template_order_done").active = False
        self.env.ref("qifei_aftersales.sms_template_order_done").unlink()
        order = self.create_orders(self.create_customers())
        notes = order.message_ids
        order._notify_customer("done")
        self.assertEqual(order.message_ids, notes)
        self.assertFalse(self.get_mails(order))
        self.assertFalse(self.get_sms(order))

    def test_broken_template_does_not_stop_the_step(self):
        order = self.create_orders(self.create_customers())
        with (
            patch.object(
                type(self.env["mail.template"]),
                "send_mail_batch",
                side_effect=UserError("broken"),
            ),
            self.assertLogs("odoo.addons.qifei_aftersales", "WARNING"),
        ):
            order._notify_customer("done")
        self.assertFalse(self.get_mails(order))
        self.assertEqual(len(self.get_sms(order)), 1)
        self.assertTrue(
            order.message_ids.filtered(
                lambda note: "“After-sales: work done”" in note.body
            )
        )

    def test_nobody_to_tell(self):
        self.env["qifei.work.order"]._notify_customer("done")

    # === WORDS === #

    def test_each_customer_reads_his_language(self):
        customers = self.create_customers(2)
        customers[1].lang = "zh_CN"
        orders = self.create_orders(customers)
        orders._notify_customer("confirmed")
        mails = self.get_mails(orders)
        self.assertIn("Wed, Jun 3, 2026 09:00-11:00", mails[0].subject)
        self.assertEqual(
            mails[1].subject,
            f"您的预约：2026年6月3日周三 09:00-11:00（{orders[1].name}）",
        )
        self.assertIn("your appointment is confirmed", mails[0].body_html)
        self.assertIn("您的预约已确认", mails[1].body_html)
        self.assertNotIn("your appointment", mails[1].body_html)
        sms = self.get_sms(orders)
        self.assertIn("Wed, Jun 3, 2026 09:00-11:00", sms[0].body)
        self.assertIn("已确认：2026年6月3日周三 09:00-11:00", sms[1].body)
        self.assertTrue(sms[1].body.startswith("【Lighthouse Service】"))

    def test_each_kind_says_what_matters(self):
        order = self.create_orders(self.create_customers())
        order.write(
            {
                "diagnosis": "The start relay is burnt.",
                "result": "solved",
                "line_ids": [
                    (0, 0, {"product_id": self.labour.id, "price_unit": 380.0})
                ],
            }
        )
        order._seal({"estimate_state": "sent", "estimate_amount": 380.0})
        token = order._portal_ensure_token()
        page = f"/my/work-orders/{order.id}"
        with freeze_time("2026-06-03 01:30:00"):
            for kind, phrases in {
                "confirmed": ["09:00-11:00", "Li Qiang", f"{page}?access_token"],
                "en_route": ["09:30-11:00", "+86 139 0013 9000", page],
                "estimate": ["380.00", f"{page}?access_token"],
                "done": ["Solved", f"{page}/verify?access_token"],
                "rating": [f"{page}/rate?access_token"],
            }.items():
                with self.subTest(kind=kind):
                    mails, texts = self.get_mails(order), self.get_sms(order)
                    order._notify_customer(kind)
                    mail = self.get_mails(order) - mails
                    text = self.get_sms(order) - texts
                    for phrase in [*phrases, token]:
                        self.assertIn(phrase, mail.body_html)
                        self.assertIn(phrase, text.body)
                    self.assertIn("Lighthouse Service", mail.body_html)
                    self.assertIn("Lighthouse Service", text.body)

    def test_rating_mail_has_five_stars(self):
        order = self.create_orders(self.create_customers(qifei_notify_by="email"))
        order._notify_customer("rating")
        body = self.get_mails(order).body_html
        for stars in range(1, 6):
            self.assertIn(f"stars={stars}", body)
        self.assertNotIn("stars=6", body)

    def test_window_in_the_past_is_no_promise(self):
        order = self.create_orders(self.create_customers())
        with freeze_time("2026-06-03 00:15:00"):
            self.assertEqual(order._get_eta_text(), "09:00-11:00")
        with freeze_time("2026-06-03 02:15:00"):
            self.assertEqual(order._get_eta_text(), "10:15-11:00")
        with freeze_time("2026-06-03 03:00:00"):
            self.assertEqual(order._get_eta_text(), "")
            self.assertEqual(order._get_arrival_text(), "soon")
        order.planned_start = False
        self.assertEqual(order._get_eta_text(), "")
        self.assertEqual(order._get_appointment_text(), "")

    # === CALENDAR FILE === #

    def test_confirmation_carries_the_calendar_file(self):
        order = self.create_orders(self.create_customers(qifei_notify_by="email"))
        order._notify_customer("confirmed")
        attachment = self.get_mails(order).attachment_ids
        self.assertEqual(attachment.name, f"{order.name}.ics")
        self.assertEqual(attachment.mimetype, "text/calendar")
        raw = attachment.raw
        self.assertLessEqual(max(map(len, raw.split(b"\r\n"))), 75)
        event = vobject.readOne(raw.decode()).vevent
        self.assertEqual(
            event.dtstart.value.replace(tzinfo=None), datetime(2026, 6, 3, 1)
        )
        self.assertEqual(
            event.dtend.value.replace(tzinfo=None), datetime(2026, 6, 3, 3)
        )
        self.assertIn("Fridge F1", event.summary.value)
        self.assertIn("Li Qiang", event.description.value)
        self.assertIn("100 Garden Road", event.location.value)
        self.assertEqual(event.url.value, order._get_message_url())

    def test_moved_appointment_replaces_the_old_one(self):
        order = self.create_orders(self.create_customers(qifei_notify_by="email"))
        with freeze_time("2026-06-01 08:00:00"):
            order._notify_customer("confirmed")
        with freeze_time("2026-06-01 09:00:00"):
            order._notify_customer("confirmed")
        events = [
            vobject.readOne(attachment.raw.decode()).vevent
            for attachment in self.get_mails(order).attachment_ids.sorted("id")
        ]
        self.assertEqual(events[0].uid.value, events[1].uid.value)
        self.assertLess(int(events[0].sequence.value), int(events[1].sequence.value))

    def test_other_messages_carry_no_file(self):
        order = self.create_orders(self.create_customers())
        order._notify_customer("en_route")
        self.assertFalse(self.get_mails(order).attachment_ids)

    # === STEPS === #

    def test_steps_tell_the_customer(self):
        order = self.create_orders(self.create_customers(qifei_notify_by="email"))
        order.action_assign()
        self.assertFalse(self.get_mails(order))
        order.action_accept()
        self.write_messages()
        self.assertIn("appointment", self.get_mails(order)[-1].subject)
        order.action_depart()
        self.write_messages()
        self.assertIn("on the way", self.get_mails(order)[-1].subject)
        order.action_arrive()
        order.write({"diagnosis": "Relay", "result": "solved"})
        order.action_complete()
        self.write_messages()
        self.assertIn("confirm the work", self.get_mails(order)[-1].subject)
        order.action_verify()
        self.write_messages()
        self.assertIn("How was our service?", self.get_mails(order)[-1].subject)

    # === TICKETS === #

    def test_ticket_messages(self):
        ticket = self.create_orders(self.create_customers()).ticket_id
        ticket.write(
            {
                "preferred_start": datetime(2026, 6, 3, 1),
                "preferred_end": datetime(2026, 6, 3, 3),
                "solution": "The door has to be closed.",
            }
        )
        for kind, phrases in {
            "received": ["Wed, Jun 3, 2026 09:00-11:00", "Emergency repair"],
            "solved": ["The door has to be closed."],
        }.items():
            with self.subTest(kind=kind):
                mails, texts = self.get_mails(ticket), self.get_sms(ticket)
                ticket._notify_customer(kind)
                mail = self.get_mails(ticket) - mails
                text = self.get_sms(ticket) - texts
                for phrase in [*phrases, f"/my/tickets/{ticket.id}?access_token"]:
                    self.assertIn(phrase, mail.body_html)
                self.assertIn(ticket.name, text.body)

    def test_booking_is_acknowledged(self):
        customers = self.create_customers(4)
        channels = ["web", "partner", "email", "phone"]
        values = [
            {
                "partner_id": customer.id,
                "ticket_type_id": self.ticket_type.id,
                "company_id": self.company.id,
                "channel": channel,
            }
            for customer, channel in zip(customers, channels, strict=True)
        ]
        tickets = self.env["qifei.ticket"].create(values)
        self.assertEqual(self.get_mails(tickets).mapped("res_id"), tickets[:2].ids)
        self.assertEqual(len(self.get_sms(tickets)), 2)
        loaded = self.env["qifei.ticket"].with_context(import_file=True).create(values)
        self.assertFalse(self.get_mails(loaded))

    def test_answer_is_sent_when_there_is_one(self):
        tickets = self.create_orders(self.create_customers(2)).ticket_id
        tickets.work_order_ids.action_cancel()
        tickets.action_open()
        tickets[0].solution = "The door has to be closed."
        tickets.action_solve()
        self.assertEqual(self.get_mails(tickets).mapped("res_id"), tickets[0].ids)

    # === COST === #

    def count_queries(self, orders, kind):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        orders._notify_customer(kind)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_grow_with_the_orders(self):
        for kind in ("confirmed", "en_route", "done", "rating"):
            with self.subTest(kind=kind):
                orders = self.create_orders(self.create_customers(22))
                self.count_queries(orders[0], kind)
                one = self.count_queries(orders[1], kind)
                twenty = self.count_queries(orders[2:], kind)
                self.assertEqual(one, twenty)
