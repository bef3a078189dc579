from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_warranty import WarrantyCase


@tagged("post_install", "-at_install")
class TestQifeiWarrantyDecision(WarrantyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.env["qifei.warranty.card"].create(
            {"equipment_id": cls.equipment.id}
        )
        cls.card.action_activate()
        cls.order = cls.create_order(
            planned_start="2028-06-01 02:00:00", planned_end="2028-06-01 04:00:00"
        )

    def charge(self, *products):
        return self.env["qifei.work.order.line"].create(
            [
                {"order_id": self.order.id, "product_id": product.id}
                for product in products
            ]
        )

    def test_each_charge_keeps_why(self):
        covered, worn, work = self.charge(self.compressor, self.seal, self.work)
        self.assertEqual(covered.coverage, "warranty")
        decision = covered.decision_id
        self.assertTrue(decision.covered)
        self.assertEqual(
            (decision.reason, decision.clause, decision.policy_version),
            ("in_term", "Main parts", 1),
        )
        self.assertEqual(decision.card_id, self.card)
        self.assertEqual(decision.input["date"], "2028-06-01")
        self.assertEqual(decision.input["card"]["number"], self.card.name)
        self.assertIn("Main parts", decision.explanation)
        for line in (worn, work):
            self.assertEqual(line.coverage, "customer")
            self.assertEqual(line.decision_id.reason, "after_term")

    def test_machine_without_card(self):
        self.order = self.create_order(self.create_equipment("SN-2"))
        line = self.charge(self.seal)
        self.assertEqual(line.decision_id.reason, "no_card")
        self.assertFalse(line.decision_id.card_id)

    def test_replay_survives_every_change(self):
        line = self.charge(self.compressor)
        decision = line.decision_id
        answer = decision.replay()
        self.policy.line_ids[1].write({"months": 1, "clause": "Else"})
        self.compressor.categ_id = self.category
        self.main_category.name = "Renamed"
        self.card.action_void(reason="Forged")
        decision.invalidate_recordset()
        self.assertEqual(decision.replay(), answer)
        self.assertTrue(answer.covered)
        message = decision.action_replay()["params"]
        self.assertEqual(message["type"], "success")

    def test_a_decision_does_not_change(self):
        decision = self.charge(self.compressor).decision_id
        for records in (decision, decision.sudo()):
            with self.assertRaises(UserError):
                records.write({"coverage": "customer"})
            with self.assertRaises(UserError):
                records.with_context(qifei_aftersales_seal=True).write(
                    {"coverage": "customer"}
                )
            with self.assertRaises(UserError):
                records.unlink()
        for role, user in self.users.items():
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.env["qifei.warranty.decision"].with_user(user).create(
                    {"order_line_id": decision.order_line_id.id}
                )

    def test_override_keeps_who_when_and_why(self):
        line = self.charge(self.seal)
        line.with_user(self.users["agent"])._override_coverage(
            "goodwill", "Loyal customer"
        )
        decision = line.decision_id
        self.assertEqual(line.coverage, "goodwill")
        self.assertEqual(decision.coverage, "customer", "The first answer stays.")
        self.assertEqual(decision.override_coverage, "goodwill")
        self.assertEqual(decision.override_reason, "Loyal customer")
        self.assertEqual(decision.override_user_id, self.users["agent"])
        self.assertTrue(decision.overridden_on)
        for reason in ("", "  ", None):
            with self.assertRaises(UserError):
                decision.sudo()._override("warranty", reason)

    def test_decisions_go_with_their_charge(self):
        line = self.charge(self.seal)
        decision = line.decision_id
        line.unlink()
        self.assertFalse(decision.exists())

    def test_deciding_does_not_grow_with_charges(self):
        mixture = [self.seal, self.compressor, self.work]
        few, many = self.charge(*mixture), self.charge(*mixture * 10)
        self.assertFlatQueries(
            lambda lines: self.env["qifei.warranty.decision"].sudo()._record(lines),
            few,
            many,
        )
        self.assertFlatQueries(
            lambda lines: lines.decision_id.mapped("explanation"), few, many
        )
