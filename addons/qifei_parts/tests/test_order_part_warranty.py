import json

from odoo.tests import tagged

from odoo.addons.qifei_aftersales.tools import coverage

from .common_orders import PartsCase


@tagged("post_install", "-at_install")
class TestPartWarranty(PartsCase):
    """The warranty that a part has of its own, beside the card of the machine."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seal.qifei_part_warranty_months = 12
        cls.put(cls.seal, cls.van, 20)

    def fit(self, product=None, **values):
        part = self.plan(self.create_visit(**values), product)
        part._use()
        return part.order_id.fitted_part_ids

    def date(self, fitted, installed_on, warranty_end):
        fitted._as_own_step().write(
            {"installed_on": installed_on, "warranty_end": warranty_end}
        )

    def decide(self, day, product=None, **values):
        """Return the decision about the part on a visit on this day."""
        order = self.create_orders(
            **{
                "equipment_id": self.equipment.id,
                "planned_start": f"{day} 09:00:00",
                **values,
            }
        )
        return self.plan(order, product).line_id.decision_id

    def test_first_part_is_paid_by_the_customer(self):
        fitted = self.fit()
        self.assertEqual(fitted.order_part_id.line_id.coverage, "customer")
        self.assertEqual(
            fitted.warranty_end, coverage.add_months(fitted.installed_on, 12)
        )

    def test_second_part_within_its_months_is_covered(self):
        self.date(self.fit(), "2031-01-10", "2032-01-10")
        for day, covered in (
            ("2031-01-09", False),
            ("2031-01-10", True),
            ("2032-01-10", True),
            ("2032-01-11", False),
        ):
            decision = self.decide(day)
            self.assertEqual(decision.covered, covered, day)
        self.assertEqual(decision.reason, "no_card")
        decision = self.decide("2031-06-01")
        self.assertEqual((decision.coverage, decision.reason), ("warranty", "in_term"))
        self.assertIn("Warranty of the part [SEAL] Door seal", decision.clause)
        self.assertNotIn("policy version", decision.explanation)
        self.assertEqual(str(decision.date_end), "2032-01-10")

    def test_other_machine_and_other_part_are_not_covered(self):
        self.date(self.fit(), "2031-01-10", "2032-01-10")
        other = self.env["qifei.equipment"].create(
            {
                "product_id": self.product.id,
                "partner_id": self.customer.id,
                "serial": "M-2",
            }
        )
        self.assertFalse(self.decide("2031-06-01", equipment_id=other.id).covered)
        self.assertFalse(self.decide("2031-06-01", self.board).covered)

    def decide_labour(self, day):
        order = self.create_orders(
            equipment_id=self.equipment.id, planned_start=f"{day} 09:00:00"
        )
        return self.add_charge(order).decision_id

    def test_labour_is_not_covered(self):
        self.date(self.fit(), "2031-01-10", "2032-01-10")
        self.assertEqual(self.decide_labour("2031-06-01").reason, "no_card")

    def test_superseding_number_counts_as_the_same_part(self):
        self.date(self.fit(), "2031-01-10", "2032-01-10")
        new = self.create_part("Door seal, new number")
        newest = self.create_part("Door seal, newest number")
        self.assertFalse(self.decide("2031-06-01", new).covered)
        for old, successor in ((self.seal, new), (new, newest)):
            self.env["qifei.part.substitute"].create(
                {
                    "product_id": old.id,
                    "substitute_id": successor.id,
                    "supersedes": True,
                }
            )
        self.assertTrue(self.decide("2031-06-01", newest).covered)
        self.assertTrue(self.decide("2031-06-01", self.seal).covered)

    def test_part_that_was_replaced_answers_no_more(self):
        first = self.fit()
        self.date(first, "2020-01-10", "2031-12-31")
        second = self.fit()
        self.assertFalse(first.is_fitted)
        self.date(second, "2020-02-10", "2020-03-01")
        self.assertFalse(self.decide("2031-06-01").covered)

    def test_order_that_fits_the_part_does_not_cover_itself(self):
        part = self.plan(self.create_visit())
        part._use()
        line = part.line_id
        line._decide()
        self.assertEqual(line.coverage, "customer")

    def test_order_that_takes_the_part_out_is_covered_afterwards(self):
        self.date(self.fit(), "2020-01-10", "2099-01-10")
        part = self.plan(self.create_visit())
        self.assertEqual(part.line_id.coverage, "warranty")
        part._use()
        part.line_id._decide()
        self.assertEqual(part.line_id.coverage, "warranty")

    def test_card_draft_and_void(self):
        self.date(self.fit(), "2031-01-10", "2032-01-10")
        policy = self.env["qifei.warranty.policy"].create(
            {
                "name": "Machine one month",
                "code": "P-1",
                "line_ids": [
                    (0, 0, {"component": "machine", "months": 1, "clause": "Machine"})
                ],
            }
        )
        self.equipment.date_purchase = "2030-06-01"
        card = self.env["qifei.warranty.card"].create(
            {"equipment_id": self.equipment.id, "policy_id": policy.id}
        )
        self.assertTrue(self.decide("2031-06-01").covered)
        card.action_activate()
        decision = self.decide("2031-06-01")
        self.assertTrue(decision.covered)
        self.assertEqual(decision.card_id, card)
        self.assertEqual(self.decide("2033-06-01").reason, "after_term")
        card._apply_transition("void", {"void_reason": "Opened by others"})
        self.assertEqual(self.decide("2031-06-01").reason, "void")

    def test_replay_gives_the_same_answer_later(self):
        fitted = self.fit()
        self.date(fitted, "2031-01-10", "2032-01-10")
        decision = self.decide("2031-06-01")
        self.date(fitted, "2020-01-10", "2020-01-11")
        self.seal.qifei_part_warranty_months = 0
        self.assertEqual(decision._get_answer(), decision.replay())
        self.assertTrue(decision.replay().covered)

    def test_old_evidence_is_answered_as_before(self):
        """Questions stored without clauses of fitted parts have the answer they had."""
        line = {
            "id": 7,
            "component": "machine",
            "clause": "Machine",
            "policy_version": 3,
            "date_start": "2026-01-01",
            "date_end": "2027-01-01",
            "product_ids": [],
            "category_ids": [],
        }
        cases = [
            (None, [], "2026-06-01", "no_card"),
            ({"state": "draft"}, [line], "2026-06-01", "not_active"),
            ({"state": "void"}, [line], "2026-06-01", "void"),
            ({"state": "active"}, [line], "2026-06-01", "in_term"),
            ({"state": "expired"}, [line], "2028-06-01", "after_term"),
            ({"state": "active"}, [line], "2025-06-01", "before_term"),
            ({"state": "active"}, [], "2026-06-01", "no_clause"),
        ]
        for card, lines, day, reason in cases:
            question = json.loads(
                json.dumps(
                    {
                        "rules": 1,
                        "kind": "part",
                        "date": day,
                        "product_id": 5,
                        "category_ids": [],
                        "card": card,
                        "lines": lines,
                    }
                )
            )
            self.assertEqual(coverage.decide(question).reason, reason)
