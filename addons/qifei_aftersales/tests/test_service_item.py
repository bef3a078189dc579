from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.qifei_base.tests.common import QifeiCase


@tagged("post_install", "-at_install")
class TestServiceItem(QifeiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The demo company has a default rate of its own.
        rates = cls.env["qifei.labour.rate"].search([("is_default", "=", True)])
        rates.is_default = False
        cls.env.flush_all()
        cls.rate = cls.env["qifei.labour.rate"].create(
            {"name": "Standard", "price": 120, "is_default": True}
        )

    def create_item(self, **values):
        return self.env["product.template"].create(
            {
                "name": "Small repair",
                "type": "service",
                "qifei_kind": "labour",
                "qifei_billing": "hours",
                "qifei_labour_hours": 1.5,
                **values,
            }
        )

    def test_hourly_items_follow_hours_and_rate(self):
        item = self.create_item()
        self.assertEqual(item.qifei_labour_rate_id, self.rate)
        self.assertEqual(item.list_price, 180)
        self.rate.price = 200
        self.assertEqual(item.list_price, 300)
        item.qifei_labour_hours = 2
        self.assertEqual(item.list_price, 400)

    def test_price_with_a_fraction_of_a_cent_is_rounded_once(self):
        self.rate.price = 100
        item = self.create_item(qifei_labour_hours=1.15)
        self.assertEqual(item.list_price, 115)
        item.qifei_labour_hours = 0.3333
        self.assertEqual(item.list_price, 33.33)

    def test_managers_keep_the_price_list(self):
        item = self.create_item().with_user(self.users["manager"])
        copy = item.copy({"name": "Large repair"})
        copy.qifei_labour_hours = 3
        self.assertEqual(copy.list_price, 360)
        for role in ("agent", "dispatcher", "engineer"):
            self.assertFalse(item.with_user(self.users[role]).has_access("write"))

    def test_fixed_items_keep_their_price(self):
        item = self.create_item(qifei_billing="fixed", list_price=60)
        self.assertFalse(item.qifei_labour_rate_id)
        self.rate.price = 200
        self.assertEqual(item.list_price, 60)
        item.qifei_labour_hours = 9
        self.assertEqual(item.list_price, 60)

    def test_other_products_keep_their_price(self):
        product = self.env["product.product"].create({"name": "Chair"})
        self.assertEqual(product.list_price, 1.0)
        product = self.env["product.product"].create({"name": "Gift", "list_price": 0})
        self.assertEqual(product.list_price, 0)

    def test_form_shows_the_price_at_once(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qifei_aftersales.product_template_action_service_items"
        )
        self.assertIn("qifei_kind", action["domain"])
        with Form(
            self.env["product.template"].with_context(
                default_type="service", default_qifei_kind="labour"
            )
        ) as form:
            form.name = "Inspection"
            form.qifei_billing = "hours"
            form.qifei_labour_hours = 0.5
            self.assertEqual(form.list_price, 60)

    @mute_logger("odoo.sql_db")
    def test_limits_in_the_database(self):
        for values in ({"price": -1}, {"is_default": True}):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.env["qifei.labour.rate"].create(
                    {"name": "Bad", "price": 1, **values}
                )
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.create_item(qifei_labour_hours=-1)

    def test_shared_items_use_shared_rates(self):
        own = self.env["qifei.labour.rate"].create(
            {"name": "Own", "price": 90, "company_id": self.env.company.id}
        )
        self.create_item(company_id=self.env.company.id, qifei_labour_rate_id=own.id)
        with self.assertRaises(UserError):
            self.create_item(qifei_labour_rate_id=own.id)

    def test_queries_do_not_grow(self):
        rates = self.env["qifei.labour.rate"].create(
            [{"name": f"Rate {number}", "price": 1} for number in range(21)]
        )
        self.assertFlatQueries(
            lambda some: some.mapped("product_count"), rates[0], rates[1:]
        )
        self.create_item()
        self.rate.invalidate_recordset()
        self.assertEqual(self.rate.product_count, 1)
