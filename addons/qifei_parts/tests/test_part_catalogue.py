from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_stock import StockCase


@tagged("post_install", "-at_install")
class TestPartCatalogue(StockCase):
    """Which part fits which machine, and what may be fitted instead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.family = cls.env["product.category"].create({"name": "Coolers"})
        cls.series = cls.env["product.category"].create(
            {"name": "Small coolers", "parent_id": cls.family.id}
        )
        cls.machine = cls.create_part(
            "Cooler 500",
            qifei_is_part=False,
            default_code="CL-500",
            categ_id=cls.series.id,
        )
        cls.other_machine = cls.create_part("Heater 1", qifei_is_part=False)
        cls.parts = cls.env["product.product"].concat(
            *(cls.create_part(f"Number {number}") for number in range(6))
        )
        cls.equipment = cls.env["qifei.equipment"].create(
            {
                "product_id": cls.machine.id,
                "serial": "SN-CATALOGUE-1",
                "partner_id": cls.point_partner.id,
            }
        )

    def substitute(self, part, other, rank=10, supersedes=False):
        return self.env["qifei.part.substitute"].create(
            {
                "product_id": part.id,
                "substitute_id": other.id,
                "rank": rank,
                "supersedes": supersedes,
            }
        )

    def fit(self, part, **values):
        return self.env["qifei.part.fit"].create({"product_id": part.id, **values})

    # === FITS === #

    def test_parts_are_found_for_a_machine(self):
        by_model, by_category, other, *_rest = self.parts
        self.fit(by_model, model_id=self.machine.id, position="12")
        self.fit(by_category, category_id=self.family.id)
        self.fit(other, model_id=self.other_machine.id)
        Product = self.env["product.product"]
        expected = by_model | by_category
        for domain in (
            [("qifei_equipment_id", "ilike", "SN-CATALOGUE")],
            [("qifei_equipment_id", "=", self.equipment.name)],
            [("qifei_equipment_id", "=", self.equipment.id)],
            [("qifei_model_id", "ilike", "CL-500")],
            [("qifei_model_id", "=", self.machine.id)],
            [("qifei_model_id", "in", self.machine.ids)],
        ):
            self.assertEqual(Product.search(domain), expected, domain)
        self.assertFalse(Product.search([("qifei_equipment_id", "ilike", "SN-NONE")]))

    def test_an_engineer_searches_the_catalogue(self):
        self.fit(self.parts[0], model_id=self.machine.id)
        Product = self.env["product.product"].with_user(self.users["engineer"])
        self.assertEqual(
            Product.search([("qifei_model_id", "ilike", "CL-500")]), self.parts[0]
        )
        self.assertEqual(
            Product.search([("qifei_equipment_id", "=", self.equipment.id)]),
            self.parts[0],
        )

    @mute_logger("odoo.sql_db")
    def test_a_fit_names_one_machine_or_one_category(self):
        part = self.parts[0]
        self.fit(part, model_id=self.machine.id, position="1")
        self.fit(part, model_id=self.machine.id, position="2")
        for values in (
            {},
            {"model_id": self.machine.id, "category_id": self.family.id},
            {"model_id": self.machine.id, "position": "1"},
            {"model_id": self.other_machine.id, "quantity": 0},
        ):
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                self.fit(part, **values)

    def test_lines_are_entered_on_the_form_of_the_product(self):
        template = self.parts[0].product_tmpl_id
        with Form(template.with_user(self.users["admin"])) as form:
            with form.qifei_fit_ids.new() as line:
                line.model_id = self.machine
                line.position = "7"
            with form.qifei_substitute_ids.new() as line:
                line.substitute_id = self.parts[1]
        self.assertEqual(
            self.parts[0].qifei_fit_ids.display_name, "[CL-500] Cooler 500 · 7"
        )
        self.assertEqual(self.parts[0]._get_substitutes(), self.parts[1])

    def test_a_machine_knows_the_serial_number_of_the_warehouse(self):
        machine = self.create_part("Tracked", qifei_is_part=False, tracking="serial")
        lot = self.env["stock.lot"].create(
            {"name": "TR-1", "product_id": machine.id, "company_id": self.company.id}
        )
        equipment = self.env["qifei.equipment"].create(
            [
                {
                    "product_id": machine.id,
                    "serial": serial,
                    "partner_id": self.point_partner.id,
                }
                for serial in ("TR-1", "TR-2", False)
            ]
        )
        self.assertEqual(equipment.mapped("lot_id"), lot)
        self.assertEqual(equipment[0].lot_id, lot)

    # === SUBSTITUTES === #

    def test_the_best_substitute_comes_first(self):
        first, second, third, fourth, fifth, sixth = self.parts
        self.substitute(first, third, rank=20)
        self.substitute(first, fourth, rank=5)
        self.substitute(first, second, rank=99, supersedes=True)
        self.substitute(second, fifth, supersedes=True)
        self.substitute(fourth, sixth, supersedes=True)
        self.assertEqual(
            first._get_substitutes().ids,
            [second.id, fifth.id, fourth.id, sixth.id, third.id],
        )
        self.assertEqual(first._get_current_map(), {first: fifth})
        self.assertEqual(first.qifei_current_id, fifth)
        self.assertFalse(fifth.qifei_current_id)
        self.assertFalse(fifth._get_substitutes())
        # One way: what may replace is not replaced by it.
        self.assertNotIn(first, third._get_substitutes())

    def test_a_circle_is_refused(self):
        first, second, third, *_rest = self.parts
        self.substitute(first, second, supersedes=True)
        self.substitute(second, third, supersedes=True)
        with self.assertRaisesRegex(ValidationError, "which it replaces itself"):
            self.substitute(third, first, supersedes=True)

    def test_substitutes_both_ways_are_no_circle(self):
        first, second, *_rest = self.parts
        self.substitute(first, second)
        self.substitute(second, first)
        self.assertEqual(first._get_substitutes(), second)

    @mute_logger("odoo.sql_db")
    def test_what_a_substitute_cannot_be(self):
        first, second, third, *_rest = self.parts
        self.substitute(first, second, supersedes=True)
        for other, supersedes in ((first, False), (second, False), (third, True)):
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                self.substitute(first, other, supersedes=supersedes)

    def test_queries_do_not_grow_with_the_parts(self):
        parts = self.env["product.product"].concat(
            *(self.create_part(f"Part {number}") for number in range(20))
        )
        for number, part in enumerate(parts):
            self.substitute(part, self.parts[number % 3])
        self.assertFlatQueries(
            lambda records: records._get_substitutes_map(), parts[:1], parts
        )
        self.assertFlatQueries(
            lambda records: records.mapped("qifei_current_id"), parts[:1], parts
        )

    # === ACCESS === #

    def test_who_keeps_the_catalogue(self):
        fit = self.fit(self.parts[0], model_id=self.machine.id)
        line = self.substitute(self.parts[0], self.parts[1])
        for role, user in self.users.items():
            may_write = role in ("manager", "admin")
            for record in (fit, line):
                as_user = record.with_user(user)
                self.assertTrue(as_user.has_access("read"))
                for operation in ("write", "create", "unlink"):
                    self.assertEqual(as_user.has_access(operation), may_write, role)
        with self.assertRaises(AccessError):
            fit.with_user(self.portal_user).read(["position"])

    def test_a_part_cannot_have_a_negative_warranty(self):
        with mute_logger("odoo.sql_db"):
            for values in (
                {"qifei_part_warranty_months": -1},
                {"qifei_old_part_days": -1},
            ):
                with self.assertRaises(IntegrityError), self.cr.savepoint():
                    self.parts[0].write(values)
                    self.parts.flush_recordset()
