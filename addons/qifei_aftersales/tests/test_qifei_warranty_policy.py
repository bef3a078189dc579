from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_warranty import WarrantyCase


@tagged("post_install", "-at_install")
class TestQifeiWarrantyPolicy(WarrantyCase):
    def match(self, product):
        return self.env["qifei.warranty.policy"]._match_batch(product, self.company)[
            product
        ]

    def create_policy(self, **values):
        return self.env["qifei.warranty.policy"].create(
            {
                "name": "Other",
                "line_ids": [Command.create({"component": "machine", "months": 6})],
                **values,
            }
        )

    # === MATCH === #

    def test_nearest_category_then_product_then_own_policy(self):
        child = self.env["product.category"].create(
            {"name": "Multi-door", "parent_id": self.category.id}
        )
        self.fridge.categ_id = child
        self.assertEqual(self.match(self.fridge), self.policy)
        nearer = self.create_policy(category_ids=[Command.set(child.ids)])
        self.assertEqual(self.match(self.fridge), nearer)
        named = self.create_policy(product_ids=[Command.set(self.fridge.ids)])
        self.assertEqual(self.match(self.fridge), named)
        own = self.create_policy()
        self.fridge.warranty_policy_id = own
        self.assertEqual(self.match(self.fridge), own)

    def test_no_policy_fits(self):
        self.assertFalse(self.match(self.seal))

    def test_policies_of_other_companies_do_not_count(self):
        other = self.env["res.company"].create({"name": "Other company"})
        self.policy.company_id = other
        self.assertFalse(self.match(self.fridge))

    def test_matching_does_not_grow_with_products(self):
        products = self.env["product.product"].create(
            [{"name": f"P{n}", "categ_id": self.category.id} for n in range(21)]
        )
        self.assertFlatQueries(
            lambda some: self.env["qifei.warranty.policy"]._match_batch(
                some, self.company
            ),
            products[0],
            products[1:],
        )

    # === VERSIONS === #

    def activate(self):
        card = self.env["qifei.warranty.card"].create(
            {"equipment_id": self.create_equipment(f"V{next(self.numbers)}").id}
        )
        card.action_activate()
        return card

    def test_version_counts_up_only_after_an_activation(self):
        line = self.policy.line_ids[0]
        line.months = 10
        self.assertEqual(self.policy.version, 1)
        self.activate()
        line.sequence = 99
        self.assertEqual(self.policy.version, 1)
        line.months = 11
        self.assertEqual(self.policy.version, 2)
        line.months = 12
        self.assertEqual(self.policy.version, 2, "No card has version 2 yet.")

    def test_every_change_of_conditions_counts(self):
        changes = [
            lambda: self.policy.line_ids[0].write({"clause": "Else"}),
            lambda: self.policy.write(
                {"line_ids": [Command.create({"component": "travel", "months": 3})]}
            ),
            lambda: self.policy.line_ids[-1].unlink(),
            lambda: self.policy.write({"terms": "<p>Else</p>"}),
        ]
        for version, change in enumerate(changes, start=2):
            self.activate()
            change()
            self.assertEqual(self.policy.version, version)

    # === CHECKS === #

    def test_main_parts_must_be_named(self):
        with self.assertRaisesRegex(ValidationError, "name the main parts"):
            self.create_policy(
                line_ids=[Command.create({"component": "main_part", "months": 6})]
            )
        with self.assertRaisesRegex(ValidationError, "only for main parts"):
            self.policy.line_ids[0].product_ids = self.seal

    def test_a_policy_covers_something(self):
        with self.assertRaisesRegex(ValidationError, "covers nothing"):
            self.env["qifei.warranty.policy"].create({"name": "Empty", "line_ids": []})
        with self.assertRaisesRegex(ValidationError, "covers nothing"):
            self.policy.line_ids = [Command.clear()]

    @mute_logger("odoo.sql_db")
    def test_limits_in_the_database(self):
        for values in ({"months": 0}, {"months": 1201}):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.policy.line_ids[0].write(values)
                self.env.flush_all()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.create_policy(code="TEST-1-3")

    def test_clause_is_proposed(self):
        with Form(self.env["qifei.warranty.policy"]) as form:
            form.name = "New"
            with form.line_ids.new() as line:
                line.component = "labour"
                line.months = 3
                self.assertTrue(line.clause)

    def test_copy_has_a_name_and_version_of_its_own(self):
        self.activate()
        self.policy.line_ids[0].months = 24
        copy = self.policy.copy()
        self.assertEqual((copy.version, copy.code), (1, False))
        self.assertIn("copy", copy.name)
        self.assertEqual(len(copy.line_ids), 2)

    def test_counter_does_not_grow(self):
        policies = self.policy.browse()
        for _number in range(21):
            policies |= self.create_policy()
        self.assertFlatQueries(
            lambda some: some.mapped("card_count"), policies[0], policies[1:]
        )
        self.activate()
        self.policy.invalidate_recordset()
        self.assertEqual(self.policy.card_count, 1)
        self.assertEqual(
            self.policy.action_view_cards()["domain"],
            [("policy_id", "=", self.policy.id)],
        )
