from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common_orders import SIGNATURE, ServiceCase


@tagged("post_install", "-at_install")
class TestCharges(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env["account.tax"].create(
            {"name": "13 %", "amount": 13, "type_tax_use": "sale"}
        )

    def _cover(self, order):
        """Put the machine of an order under a warranty that covers labour."""
        policy = self.env["qifei.warranty.policy"].create(
            {
                "name": "Test policy",
                "line_ids": [
                    Command.create(
                        {
                            "component": "labour",
                            "months": 12,
                            "start_from": "activation",
                            "clause": "Labour, one year",
                        }
                    )
                ],
            }
        )
        equipment = self.env["qifei.equipment"].create(
            {"product_id": self.product.id, "partner_id": self.customer.id}
        )
        card = self.env["qifei.warranty.card"].create(
            {"equipment_id": equipment.id, "policy_id": policy.id}
        )
        card.date_activation = "2031-01-01"
        card.action_activate()
        order.equipment_id = equipment
        return card

    def test_without_a_card_the_customer_pays(self):
        line = self.add_charge(self.create_orders())
        self.assertEqual(line.coverage, "customer")
        self.assertEqual(line.decision_id.reason, "no_card")

    def test_charge_is_named_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.labour.with_context(lang="zh_CN").name = "工时费"
        self.customer.lang = "zh_CN"
        self.assertEqual(self.add_charge(self.create_orders()).name, "工时费")

    def test_card_covers_and_the_record_says_why(self):
        order = self.create_orders(planned_start="2031-03-03 09:00:00")
        self._cover(order)
        line = self.add_charge(order)
        self.assertEqual(line.coverage, "warranty")
        self.assertEqual(line.decision_id.clause, "Labour, one year")
        self.assertTrue(line.decision_id.replay().covered)
        self.assertEqual(order.amount_customer, 0.0)
        self.assertEqual(order.amount_covered, 100.0)

    def test_changing_the_kind_asks_again(self):
        order = self.create_orders()
        self._cover(order)
        line = self.add_charge(order)
        first = line.decision_id
        line.kind = "other"
        self.assertEqual(line.coverage, "customer")
        self.assertNotEqual(line.decision_id, first)

    def test_coverage_is_not_written_directly(self):
        order = self.create_orders()
        line = self.add_charge(order)
        for user in ("engineer", "agent", "manager"):
            with (
                self.subTest(user=user),
                self.assertRaisesRegex(UserError, "Decide otherwise"),
            ):
                line.with_user(self.users[user]).coverage = "goodwill"
        with self.assertRaisesRegex(UserError, "Decide otherwise"):
            self.add_charge(order, coverage="warranty")

    def test_override_needs_a_reason_and_is_recorded(self):
        order = self.create_orders()
        line = self.add_charge(order)
        with self.assertRaises(UserError):
            line._override_coverage("goodwill", " ")
        self.assertEqual(line.coverage, "customer")
        wizard = (
            self.env["qifei.work.order.line.override"]
            .with_user(self.users["agent"])
            .create(
                {
                    "line_ids": line.ids,
                    "coverage": "goodwill",
                    "reason": "Waited two weeks",
                }
            )
        )
        wizard.action_confirm()
        self.assertEqual(line.coverage, "goodwill")
        decision = line.decision_id
        self.assertEqual(decision.override_reason, "Waited two weeks")
        self.assertEqual(decision.override_user_id, self.users["agent"])
        self.assertEqual(decision.coverage, "customer")
        self.assertEqual(order.amount_customer, 0.0)

    def test_engineer_may_not_decide_otherwise(self):
        line = self.add_charge(self.create_orders())
        with self.assertRaises(AccessError):
            self.env["qifei.work.order.line.override"].with_user(
                self.users["engineer"]
            ).create({"line_ids": line.ids, "coverage": "goodwill", "reason": "Friend"})

    def test_amounts_add_up_with_tax_and_discount(self):
        order = self.create_orders()
        self.add_charge(
            order, 100.0, quantity=3, discount=10, tax_ids=[Command.set(self.tax.ids)]
        )
        self.add_charge(order, 19.99)
        self.assertEqual(order.line_ids.mapped("price_subtotal"), [270.0, 19.99])
        self.assertAlmostEqual(order.amount_customer, 270 * 1.13 + 19.99)
        self.assertAlmostEqual(
            order.amount_total, order.amount_customer + order.amount_covered
        )

    def test_signed_charges_stay_as_they_were_signed(self):
        order = self.create_orders()
        line = self.add_charge(order)
        self.walk(order, "verify")
        for change in (
            lambda: line.write({"price_unit": 1}),
            lambda: line.unlink(),
            lambda: self.add_charge(order),
            lambda: line._override_coverage("goodwill", "Nice customer"),
        ):
            with self.assertRaisesRegex(UserError, "signed"):
                change()

    def test_line_stays_with_its_order(self):
        line = self.add_charge(self.create_orders())
        with self.assertRaisesRegex(UserError, "stays with its order"):
            line.order_id = self.create_orders()
        line.order_id = line.order_id

    def test_wrong_amounts_are_refused(self):
        order = self.create_orders()
        for vals in ({"quantity": -1}, {"price": -1}, {"discount": 101}):
            with (
                self.subTest(vals=vals),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
                self.assertRaises(IntegrityError),
            ):
                self.add_charge(order, **vals)

    def test_price_list_of_the_customer_counts(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Members",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "3_global",
                            "compute_price": "percentage",
                            "percent_price": 20,
                        }
                    )
                ],
            }
        )
        self.customer.property_product_pricelist = pricelist
        line = self.env["qifei.work.order.line"].create(
            {"order_id": self.create_orders().id, "product_id": self.labour.id}
        )
        self.assertEqual(line.price_unit, 80.0)

    def test_item_billed_by_the_hour_has_its_price_at_once(self):
        rate = self.env["qifei.labour.rate"].create({"name": "Test", "price": 120})
        item = self.env["product.product"].create(
            {
                "name": "Large repair",
                "type": "service",
                "qifei_kind": "labour",
                "qifei_billing": "hours",
                "qifei_labour_hours": 2.5,
                "qifei_labour_rate_id": rate.id,
            }
        )
        line = self.env["qifei.work.order.line"].create(
            {"order_id": self.create_orders().id, "product_id": item.id}
        )
        self.assertEqual(line.price_unit, 300.0)
        self.assertEqual(line.kind, "labour")

    # === ESTIMATE === #

    def test_estimate_is_sent_accepted_and_lets_the_work_end(self):
        order = self.walk(self.create_orders(), "arrive")
        self.add_charge(order)
        order.write({"diagnosis": "Compressor", "result": "solved"})
        engineer = order.with_user(self.users["engineer"])
        engineer.action_send_estimate()
        self.assertEqual(order.estimate_amount, 100.0)
        with self.assertRaisesRegex(UserError, "not answered"):
            engineer.action_complete()
        order.sudo()._accept_estimate("Wang Fang", SIGNATURE)
        self.assertEqual(order.estimate_state, "accepted")
        self.assertTrue(order.estimate_signature)
        engineer.action_complete()
        self.assertEqual(order.state, "done")

    def test_refused_estimate_blocks_until_the_charge_goes(self):
        order = self.walk(self.create_orders(), "arrive")
        line = self.add_charge(order)
        order.write({"diagnosis": "Compressor", "result": "unsolved"})
        order.action_send_estimate()
        order._refuse_estimate("Too dear")
        self.assertEqual(order.estimate_refusal, "Too dear")
        with self.assertRaisesRegex(UserError, "refused"):
            order.action_complete()
        line.unlink()
        order.action_complete()

    def test_charges_beyond_the_estimate_need_a_new_one(self):
        order = self.walk(self.create_orders(), "arrive")
        line = self.add_charge(order)
        order.write({"diagnosis": "Compressor", "result": "solved"})
        order.action_send_estimate()
        order._accept_estimate("Wang Fang", SIGNATURE)
        line.price_unit = 80
        self.assertEqual(order.estimate_state, "accepted")
        line.price_unit = 120
        self.assertEqual(order.estimate_state, "none")
        self.assertFalse(order.estimate_signature)
        with self.assertRaisesRegex(UserError, "grown beyond"):
            order.action_complete()

    def test_estimate_without_charges_makes_no_sense(self):
        with self.assertRaisesRegex(UserError, "nothing to pay"):
            self.create_orders().action_send_estimate()

    def test_answer_without_a_question_is_refused(self):
        order = self.create_orders()
        with self.assertRaisesRegex(UserError, "no estimate"):
            order._accept_estimate("Wang", SIGNATURE)
        with self.assertRaisesRegex(UserError, "no estimate"):
            order._refuse_estimate("No")

    # === INVOICE === #

    def test_invoice_bills_what_the_customer_pays(self):
        order = self.create_orders()
        paid = self.add_charge(order, 70.0, tax_ids=[Command.set(self.tax.ids)])
        free = self.add_charge(order, 30.0)
        free._override_coverage("goodwill", "Promised")
        self.walk(order, "verify")
        self.assertEqual(order.invoice_state, "to_bill")
        with self.assertRaisesRegex(UserError, "not billed yet"):
            order.action_close()
        order.with_user(self.users["agent"]).action_create_invoice()
        invoice = order.invoice_ids
        self.assertEqual(invoice.invoice_line_ids.qifei_order_line_id, paid)
        self.assertAlmostEqual(invoice.amount_total, order.amount_customer)
        self.assertEqual(invoice.invoice_origin, order.name)
        self.assertEqual(invoice.state, "draft")
        self.assertEqual(order.invoice_state, "draft")
        invoice.action_post()
        self.assertEqual(order.invoice_state, "posted")
        order.action_close()
        self.assertEqual(order.state, "closed")

    def test_nothing_is_billed_twice_but_a_cancelled_invoice_again(self):
        order = self.create_orders()
        self.add_charge(order)
        self.walk(order, "verify")
        order.action_create_invoice()
        with self.assertRaisesRegex(UserError, "nothing left"):
            order.action_create_invoice()
        order.invoice_ids.button_cancel()
        self.assertEqual(order.invoice_state, "to_bill")
        order.action_create_invoice()
        self.assertEqual(order.invoice_count, 2)

    def test_invoice_comes_after_the_work(self):
        order = self.create_orders()
        self.add_charge(order)
        with self.assertRaisesRegex(UserError, "after the work is done"):
            order.action_create_invoice()

    def test_engineers_do_not_bill(self):
        order = self.create_orders()
        self.add_charge(order)
        self.walk(order, "verify")
        with self.assertRaises(UserError):
            order.with_user(self.users["engineer"]).action_create_invoice()

    def test_accountant_opens_the_invoice(self):
        accountant = new_test_user(
            self.env,
            login="qifei_test_accountant",
            groups="qifei_base.group_agent,account.group_account_invoice",
        )
        order = self.create_orders()
        self.add_charge(order)
        self.walk(order, "verify")
        action = order.with_user(accountant).action_create_invoice()
        self.assertEqual(action["res_model"], "account.move")
        self.assertEqual(action["res_id"], order.invoice_ids.id)
        self.assertEqual(
            order.with_user(accountant).action_view_invoices()["res_id"],
            order.invoice_ids.id,
        )

    def test_form_shows_coverage_and_totals(self):
        order = self.create_orders()
        with Form(order.with_user(self.users["agent"])) as form:
            with form.line_ids.new() as line:
                line.product_id = self.labour
                line.quantity = 2
        self.assertEqual(order.amount_customer, 200.0)
        self.assertEqual(order.line_ids.coverage, "customer")


@tagged("post_install", "-at_install")
class TestRating(ServiceCase):
    def test_stars_reach_engineer_and_product(self):
        order = self.walk(self.create_orders(), "verify")
        rating = order._rate(4, "Friendly")
        self.assertEqual(rating.qifei_engineer_id, self.engineer)
        self.assertEqual(rating.qifei_product_id, self.product)
        self.assertEqual(rating.rated_partner_id, self.engineer.partner_id)
        self.assertEqual(order.rating_last_value, 4.0)
        self.assertEqual(self.engineer.rating_avg, 4.0)
        groups = self.env["rating.rating"]._read_group(
            [("res_model", "=", order._name), ("res_id", "in", order.ids)],
            ["qifei_product_id"],
            ["rating:avg"],
        )
        self.assertEqual(groups, [(self.product, 4.0)])

    def test_one_to_five_stars_once_after_signing(self):
        order = self.walk(self.create_orders(), "complete")
        with self.assertRaisesRegex(UserError, "once the work is signed"):
            order._rate(5)
        order.action_verify()
        for stars in (0, 6, -1, 2.5, "5", None):
            with self.subTest(stars=stars), self.assertRaises(UserError):
                order._rate(stars)
        order._rate(5)
        with self.assertRaisesRegex(UserError, "rated already"):
            order._rate(1)
        self.assertEqual(order.rating_avg, 5.0)
