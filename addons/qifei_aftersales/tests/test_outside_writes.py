import base64
import struct
import zlib

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common_orders import SIGNATURE, ServiceCase


@tagged("post_install", "-at_install")
class TestOutsideWrites(ServiceCase):
    """What somebody with a login tries past the screens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls.users["agent"]
        cls.fitter = cls.users["engineer"]

    # === DEFAULTS IN THE CONTEXT === #

    def test_defaults_in_the_context_skip_no_step(self):
        orders = self.env["qifei.work.order"].with_user(self.agent)
        order = orders.with_context(
            default_state="closed",
            default_verified_on="2020-01-01 00:00:00",
            default_signed_by="Nobody",
            default_signature=SIGNATURE,
            default_estimate_state="accepted",
            default_amount_customer=1.0,
            default_name="WO1",
        ).create(
            {"partner_id": self.customer.id, "ticket_type_id": self.ticket_type.id}
        )
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.estimate_state, "none")
        self.assertFalse(order.verified_on or order.signed_by or order.signature)
        self.assertFalse(order.amount_customer)
        self.assertNotEqual(order.name, "WO1")

    def test_defaults_in_the_context_cover_no_charge(self):
        order = self.create_orders()
        line = (
            self.env["qifei.work.order.line"]
            .with_user(self.agent)
            .with_context(default_coverage="goodwill", default_price_total=0.0)
            .create(
                {"order_id": order.id, "product_id": self.labour.id, "price_unit": 9}
            )
        )
        self.assertEqual(line.coverage, "customer")
        self.assertEqual(line.price_total, 9)

    # === READ-ONLY FIELDS === #

    def test_read_only_fields_are_read_only_for_calls(self):
        order = self.create_orders().with_user(self.agent)
        line = self.add_charge(order.sudo()).with_user(self.agent)
        for record, vals in (
            (order, {"amount_customer": 0.0}),
            (order, {"arrived_on": "2020-01-01 00:00:00"}),
            (order, {"invoice_state": "paid"}),
            (order, {"name": "WO1"}),
            (order, {"escalation": "none"}),
            (order, {"rework_of_id": order.id}),
            (line, {"price_total": 0.0}),
            (line, {"company_id": self.env.company.id}),
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                record.write(vals)
        with self.assertRaises(UserError):
            self.create_tickets()[0].with_user(self.agent).closed_on = "2020-01-01"

    def test_customer_remark_is_the_customers(self):
        order = self.walk(self.create_orders(), "complete")
        with self.assertRaises(UserError):
            order.with_user(self.agent).customer_remark = "Splendid"
        order._sign("Test customer", SIGNATURE.decode(), "Late")
        self.assertEqual(order.customer_remark, "Late")

    # === ENGINEER === #

    def test_engineer_plans_nothing(self):
        order = self.walk(self.create_orders(), "accept").with_user(self.fitter)
        foreign = self.create_tickets()
        for vals in (
            {"ticket_id": foreign.id},
            {"partner_id": self.env.company.partner_id.id},
            {"shared_partner_ids": [Command.link(self.customer.id)]},
            {"user_id": self.fitter.id},
            {"planned_start": "2031-03-04 09:00:00"},
            {"access_token": "known"},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                order.write(vals)
        self.assertFalse(foreign.with_user(self.fitter).has_access("read"))
        order.write({"diagnosis": "Blown fuse", "hold_reason": "Key missing"})

    def test_engineer_reads_no_foreign_order_through_the_signature_box(self):
        foreign = self.create_orders(engineer_id=self.other_engineer.id)
        foreign.diagnosis = "Private"
        wizard = (
            self.env["qifei.work.order.sign"]
            .with_user(self.fitter)
            .create({"order_id": foreign.id, "signed_by": "x", "signature": SIGNATURE})
        )
        wizard.invalidate_recordset()
        with self.assertRaises(AccessError):
            wizard.read(["diagnosis", "amount_customer"])

    def test_engineer_reads_the_decisions_of_his_orders(self):
        own = self.add_charge(self.create_orders()).decision_id
        foreign = self.add_charge(
            self.create_orders(engineer_id=self.other_engineer.id)
        ).decision_id
        self.assertTrue(own.with_user(self.fitter).has_access("read"))
        self.assertFalse(foreign.with_user(self.fitter).has_access("read"))
        for role in ("agent", "dispatcher", "parts_keeper", "manager"):
            self.assertTrue(foreign.with_user(self.users[role]).has_access("read"))

    def test_photos_are_ones_own(self):
        order = self.create_orders()
        secret = self.env["ir.attachment"].create(
            {
                "name": "contract.png",
                "raw": base64.b64decode(SIGNATURE),
                "res_model": "qifei.ticket",
                "res_id": self.create_tickets().id,
            }
        )
        with self.assertRaises(AccessError):
            order.with_user(self.fitter).photo_ids = [Command.link(secret.id)]
        order.with_user(self.fitter).photo_ids = [
            Command.create({"name": "a.png", "raw": base64.b64decode(SIGNATURE)})
        ]

    def test_photos_of_a_signed_order_stay(self):
        order = self.walk(self.create_orders(), "verify")
        with self.assertRaisesRegex(UserError, "signed"):
            order.with_user(self.fitter).photo_ids = [Command.clear()]

    # === CHARGES === #

    def test_billed_charge_stays(self):
        order = self.walk(self.create_orders(), "arrive")
        line = self.add_charge(order)
        order.write({"diagnosis": "Blown fuse", "result": "solved"})
        order.action_complete()
        order.action_create_invoice()
        for attempt in (
            lambda: line.write({"price_unit": 1.0}),
            line.unlink,
            lambda: line._override_coverage("goodwill", "Friend"),
        ):
            with self.assertRaisesRegex(UserError, "billed"):
                attempt()
        order.invoice_ids.button_cancel()
        line.price_unit = 1.0

    # === RATING === #

    def test_stars_come_from_the_customer_only(self):
        order = self.walk(self.create_orders(), "verify")
        rating = order._rate(2, "Slow")
        for user in (self.fitter, self.agent):
            with self.assertRaises(AccessError):
                rating.with_user(user).write({"rating": 5})
            with self.assertRaises(AccessError):
                rating.with_user(user).create(
                    {
                        "res_model_id": self.env["ir.model"]._get_id(order._name),
                        "res_id": order.id,
                        "rating": 5,
                        "consumed": True,
                    }
                )
            order.with_user(user).message_post(body="Great", rating_value=5)
        self.assertEqual(order.rating_ids.mapped("rating"), [2])
        self.assertNotIn("rating_value", order._get_allowed_message_params())

    def test_rating_does_not_change(self):
        rating = self.walk(self.create_orders(), "verify")._rate(2)
        with self.assertRaisesRegex(UserError, "rated already"):
            rating.write({"rating": 5})
        with self.assertRaisesRegex(UserError, "rated already"):
            rating.reset()

    # === PLAN === #

    def test_moved_visit_keeps_its_length(self):
        order = self.create_orders(
            planned_start="2031-03-03 09:00:00", planned_end="2031-03-03 12:00:00"
        )
        self.env.flush_all()
        order.planned_start = "2031-03-04 09:00:00"
        self.env.flush_all()
        self.assertEqual(str(order.planned_end), "2031-03-04 12:00:00")
        self.assertEqual(order.duration, 3)

    def test_position_beyond_all_numbers_is_refused(self):
        order = self.walk(self.create_orders(), "depart")
        with self.assertRaises(UserError):
            order.action_arrive(10**400, 0, 0)

    def test_numbers_and_days_beyond_reason_are_refused(self):
        order = self.create_orders()
        line = self.add_charge(order)
        for record, vals in (
            (line, {"quantity": float("nan")}),
            (line, {"price_unit": float("inf")}),
            (line, {"price_unit": 1e300}),
            (line, {"discount": float("nan")}),
            (order, {"latitude": float("nan")}),
            (order, {"duration": 1e11}),
            (order, {"duration": -1.0}),
            (order, {"planned_start": "9999-12-31 23:00:00"}),
            (order, {"planned_start": "0001-01-01 00:00:00"}),
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                record.write(vals)
                self.env.flush_all()
        with self.assertRaises(ValidationError):
            self.create_tickets(preferred_start="9999-12-31 23:00:00")

    def test_boxes_refuse_days_beyond_reason(self):
        order = self.create_orders()
        for model, vals in (
            (
                "qifei.work.order.assign",
                {"order_ids": order.ids, "planned_start": "9999-12-31 23:30:00"},
            ),
            (
                "qifei.warranty.card.extend",
                {"card_ids": [], "date_start": "9990-01-01", "reason": "x"},
            ),
            ("qifei.engineer", {"name": "Far", "start_latitude": float("nan")}),
        ):
            with self.subTest(model=model), self.assertRaises(ValidationError):
                self.env[model].create(vals)
        box = self.env["qifei.warranty.card.extend"].new({"months": 10**9})
        self.assertFalse(box.date_end)
        with self.assertRaisesRegex(UserError, "cannot go"):
            order.state = ["closed"]

    # === PORTAL === #

    def test_service_partner_reads_neither_prices_nor_signatures(self):
        partner = new_test_user(
            self.env, login="test_service_point", groups="base.group_portal"
        )
        order = self.create_orders(
            shared_partner_ids=[Command.link(partner.partner_id.id)]
        ).with_user(partner)
        self.assertTrue(order.has_access("read"))
        for name in (
            "amount_total",
            "amount_customer",
            "estimate_amount",
            "estimate_signature",
            "signature",
            "customer_remark",
            "invoice_state",
            "checkin_latitude",
            "access_token",
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                order.read([name])
        with self.assertRaises(AccessError):
            order.search([("amount_customer", ">", 0)])

    # === SIGNATURE === #

    def test_signature_is_a_picture_and_a_name(self):
        order = self.walk(self.create_orders(), "complete")
        header = struct.pack(">IIBBBBB", 60000, 60000, 8, 6, 0, 0, 0)
        bomb = (
            b"\x89PNG\r\n\x1a\n"
            + struct.pack(">I", len(header))
            + b"IHDR"
            + header
            + struct.pack(">I", zlib.crc32(b"IHDR" + header))
        )
        for name, raw in (
            ("Anna", bomb),
            ("Anna", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            ("\u200b \u2060", base64.b64decode(SIGNATURE)),
        ):
            with self.subTest(name=name), self.assertRaises(UserError):
                order._sign(name, base64.b64encode(raw).decode())
        self.assertEqual(order.state, "done")

    # === TWICE === #

    def test_second_click_makes_no_second_order(self):
        ticket = self.create_tickets().with_user(self.agent)
        ticket.action_create_work_order()
        with self.assertRaisesRegex(UserError, "has the order"):
            ticket.action_create_work_order()
        order = ticket.work_order_ids
        order.sudo().engineer_id = self.engineer
        order.action_assign()
        ticket.action_create_work_order()
        self.assertEqual(ticket.order_count, 2)

    def test_second_click_makes_no_second_rework(self):
        order = self.walk(self.create_orders(), "close").with_user(self.agent)
        order.action_create_rework()
        with self.assertRaisesRegex(UserError, "rework order"):
            order.action_create_rework()
        order.rework_ids.action_cancel()
        order.action_create_rework()

    # === REASONS === #

    def test_reason_is_kept_as_far_as_it_is_a_text(self):
        for reason, kept in (("Too\x00 late ", "Too late"), (7, False), (["x"], False)):
            for last, action in (
                ("arrive", "hold"),
                ("complete", "rework"),
                ("assign", "cancel"),
            ):
                with self.subTest(action=action, reason=reason):
                    order = self.walk(self.create_orders(), last)
                    getattr(order, f"action_{action}")(reason)
                    self.env.flush_all()
                    self.assertEqual(order[f"{action}_reason"], kept)
            ticket = self.create_tickets()
            with self.subTest(action="cancel of a ticket", reason=reason):
                ticket.action_cancel(reason)
                self.env.flush_all()
                self.assertEqual(ticket.cancel_reason, kept)

    # === E-MAIL === #

    def test_two_mails_of_one_subject_get_two_numbers(self):
        tickets = [
            self.env["qifei.ticket"].message_new(
                {"subject": "Fridge", "email_from": "new@customer.example"}
            )
            for _mail in range(2)
        ]
        self.assertEqual(tickets[0].partner_id, tickets[1].partner_id)
        self.assertNotEqual(tickets[0].name, tickets[1].name)
        self.assertNotIn("Fridge", (tickets[0].name, tickets[1].name))
        self.assertEqual(tickets[0].description, "Fridge")
