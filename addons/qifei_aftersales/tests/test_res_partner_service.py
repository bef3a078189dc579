from odoo.tests import tagged

from .common_warranty import WarrantyCase


@tagged("post_install", "-at_install")
class TestResPartnerService(WarrantyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.is_company = True
        cls.shop = cls.env["res.partner"].create(
            {"name": "Shop", "parent_id": cls.customer.id}
        )
        cls.stranger = cls.env["res.partner"].create({"name": "Stranger"})
        cls.shop_machine = cls.create_equipment("SN-2", partner_id=cls.shop.id)
        cls.card = cls.env["qifei.warranty.card"].create(
            {"equipment_id": cls.equipment.id}
        )
        cls.card.action_activate()
        cls.order = cls.create_order(cls.shop_machine)

    def rate(self, order, stars, feedback=""):
        return self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("qifei.work.order"),
                "res_id": order.id,
                "partner_id": order.partner_id.id,
                "rating": stars,
                "feedback": feedback,
                "consumed": True,
            }
        )

    def test_a_company_counts_what_its_contacts_have(self):
        self.assertEqual(self.customer.qifei_equipment_count, 2)
        self.assertEqual(self.shop.qifei_equipment_count, 1)
        self.assertEqual(self.stranger.qifei_equipment_count, 0)
        self.assertEqual(self.customer.qifei_card_count, 1)
        self.assertEqual(self.customer.qifei_ticket_count, 1)
        self.assertEqual(self.customer.qifei_order_count, 1)
        self.assertEqual(self.shop.qifei_card_count, 0)

    def test_spend_is_what_finished_orders_cost_the_customer(self):
        self.env["qifei.work.order.line"].create(
            {
                "order_id": self.order.id,
                "product_id": self.work.id,
                "price_unit": 200,
                "tax_ids": [],
            }
        )
        self.assertEqual(self.customer.qifei_spend, 0)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE qifei_work_order SET state = 'closed' WHERE id = %s",
            (self.order.id,),
        )
        self.env.invalidate_all()
        self.assertEqual(self.customer.qifei_spend, 200)
        self.assertEqual(self.shop.qifei_spend, 200)

    def test_ratings(self):
        self.rate(self.order, 5)
        self.rate(self.create_order(), 2, "Late")
        self.env.invalidate_all()
        self.assertEqual(self.customer.qifei_rating_count, 2)
        self.assertEqual(self.customer.qifei_rating_avg, 3.5)

    def test_history_tells_everything_of_the_company(self):
        self.rate(self.order, 4, "Good")
        events = self.customer.with_user(self.users["agent"]).get_history()
        self.assertEqual(
            {event["kind"] for event in events},
            {"equipment", "card", "ticket", "order", "rating"},
        )
        rating = next(event for event in events if event["kind"] == "rating")
        self.assertEqual(rating["title"], "★★★★☆")
        self.assertIn("Good", rating["subtitle"])
        self.assertEqual(self.stranger.get_history(), [])

    def test_buttons_open_what_they_count(self):
        for name, count in (
            ("equipment", 2),
            ("cards", 1),
            ("tickets", 1),
            ("orders", 1),
            ("ratings", 0),
        ):
            action = getattr(self.customer, f"action_view_qifei_{name}")()
            self.assertEqual(
                self.env[action["res_model"]].search_count(action["domain"]),
                count,
                name,
            )

    def test_without_a_role_nothing_is_told(self):
        partner = self.customer.with_user(self.user_nobody)
        partner.invalidate_recordset()
        self.assertEqual(partner.qifei_equipment_count, 0)
        self.assertEqual(partner.qifei_order_count, 0)
        self.assertEqual(
            {event["kind"] for event in partner.get_history()} - {"rating"}, set()
        )

    def test_queries_do_not_grow(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Partner {number}"} for number in range(21)]
        )
        for partner in partners:
            self.create_order(
                self.create_equipment(f"P-{partner.id}", partner_id=partner.id)
            )
        names = [name for name in self.env["res.partner"]._fields if "qifei_" in name]
        counters = [name for name in names if name.endswith(("_count", "_spend"))]
        self.assertIn("qifei_rating_count", counters)
        self.assertFlatQueries(
            lambda some: some.read(counters), partners[0], partners[1:]
        )

    def test_history_does_not_grow(self):
        few = self.env["res.partner"].create({"name": "Few"})
        many = self.env["res.partner"].create({"name": "Many"})
        self.create_order(self.create_equipment("FEW", partner_id=few.id))
        machine = self.create_equipment("MANY", partner_id=many.id)
        for _number in range(20):
            self.create_order(machine)
        self.assertFlatQueries(lambda partner: partner.get_history(), few, many)
