from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..report.qifei_part_shortage import OVERSTOCK_KEY
from .common_planning import PlanningCase


@tagged("post_install", "-at_install")
class TestPartOverstock(PlanningCase):
    def find(self, part=None, place=None):
        self.env.flush_all()
        return (
            self.env["qifei.part.overstock"]
            .with_user(self.keeper)
            .search(
                [
                    ("product_id", "=", (part or self.part).id),
                    ("location_id", "=", (place or self.van).id),
                ]
            )
        )

    def lie_idle(self, quantity=3, days=120, part=None, place=None):
        part, place = part or self.part, place or self.van
        self.add_stock(part, quantity, place=place)
        self.age_quants(part, place, days)

    # === WHAT IS OVERSTOCK === #

    def test_idle_for_as_long_as_the_company_allows(self):
        self.lie_idle(3, days=89)
        self.assertFalse(self.find())
        self.age_quants(self.part, self.van, 90)
        overstock = self.find()
        self.assertTrue(overstock.is_idle)
        self.assertEqual((overstock.surplus, overstock.idle_days), (3, 90))
        self.assertEqual(overstock.value, 30)
        self.company.qifei_overstock_days = 91
        self.assertFalse(self.find())

    def test_use_ends_idleness(self):
        self.lie_idle(3, days=200)
        self.use_up(self.part, self.van, 1, self.days_ago(50))
        self.assertFalse(self.find())

    def test_new_arrival_is_not_idle(self):
        self.lie_idle(1, days=300)
        self.use_up(self.part, self.van, 1, self.days_ago(200))
        self.lie_idle(2, days=5)
        self.assertFalse(self.find())

    def test_idle_stock_keeps_its_minimum(self):
        self.lie_idle(5)
        self.set_levels(self.part, self.van, 2, 8)
        overstock = self.find()
        self.assertEqual(overstock.surplus, 3)
        self.assertFalse(overstock.is_above_max)

    def test_above_max_counts_at_once(self):
        self.add_stock(self.part, 10, place=self.van)
        self.set_levels(self.part, self.van, 1, 4)
        overstock = self.find()
        self.assertTrue(overstock.is_above_max)
        self.assertFalse(overstock.is_idle)
        self.assertEqual(overstock.surplus, 6)

    def test_reserved_pieces_are_not_to_spare(self):
        self.lie_idle(3)
        self.env["stock.quant"]._update_reserved_quantity(self.part, self.van, 2)
        self.assertEqual(self.find().surplus, 1)

    def test_warehouse_has_no_overstock(self):
        self.age_quants(self.part, self.stock, 500)
        self.assertFalse(self.find(place=self.stock))

    # === WHO LACKS IT === #

    def test_places_below_their_minimum_lack_the_part(self):
        self.lie_idle(5)
        self.set_levels(self.part, self.other_van, 1, 2)
        self.set_levels(self.part, self.point, 3, 6)
        self.add_stock(self.part, 2, place=self.point)
        overstock = self.find()
        self.assertEqual(
            [
                (shortage.location_id, shortage.missing)
                for shortage in overstock.shortage_ids
            ],
            [(self.point, 4), (self.other_van, 2)],
        )
        self.assertEqual(overstock.destination_id, self.point)
        self.add_stock(self.part, 1, place=self.point)
        self.env.invalidate_all()
        self.assertEqual(self.find().shortage_ids.location_id, self.other_van)

    def test_suggested_minimum_counts_without_a_rule(self):
        self.lie_idle(5)
        suggestion = self.suggest((self.part, self.point))
        suggestion._as_own_step().write({"suggested_min": 1, "suggested_max": 3})
        self.assertEqual(self.find().shortage_ids.missing, 3)
        suggestion.action_dismiss()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self.find().shortage_ids)

    def test_what_is_requested_is_not_missing(self):
        self.lie_idle(5)
        self.set_levels(self.part, self.other_van, 1, 2)
        request = (
            self.env["qifei.part.request"]
            .with_user(self.keeper)
            .create(
                {
                    "engineer_id": self.other_engineer.id,
                    "line_ids": [(0, 0, {"product_id": self.part.id, "quantity": 2})],
                }
            )
        )
        for step, user in (
            ("submit", self.keeper),
            ("approve", self.users["manager"]),
            ("ship", self.keeper),
        ):
            with self.subTest(step=step):
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertFalse(self.find().shortage_ids)
                getattr(request.with_user(user), f"action_{step}")()
        self.env.invalidate_all()
        self.assertEqual(request.state, "shipped")
        self.assertFalse(self.find().shortage_ids)

    # === ONE CLICK === #

    def test_one_click_requests_the_transfer(self):
        self.lie_idle(5)
        self.set_levels(self.part, self.point, 1, 3)
        action = self.find().action_request_transfer()
        request = self.env["qifei.part.request"].browse(action["res_id"])
        self.assertEqual(request.source_id, self.van)
        self.assertEqual(request.destination_id, self.point)
        self.assertEqual(request.line_ids.quantity, 3)
        self.assertEqual(request.requester_id, self.keeper)
        self.assertEqual(request.state, "submitted")
        self.env.invalidate_all()
        left = self.find()
        self.assertEqual(left.surplus, 2, "What is asked for is not offered twice.")
        self.assertFalse(left.shortage_ids)
        with self.assertRaisesRegex(UserError, "No van or service point lacks"):
            left.action_request_transfer()

    def test_one_click_ends_in_a_core_transfer(self):
        self.lie_idle(5)
        self.set_levels(self.part, self.point, 1, 3)
        action = self.find().action_request_transfer()
        request = self.env["qifei.part.request"].browse(action["res_id"])
        request.with_user(self.users["manager"]).action_approve()
        request.with_user(self.keeper).action_ship()
        request.with_user(self.keeper).action_receive()
        self.assertEqual(self.on_hand(self.van), 2)
        self.assertEqual(self.on_hand(self.point), 3)

    def test_surplus_is_shared_out_among_places(self):
        self.lie_idle(5)
        self.lie_idle(4, place=self.point)
        third = self.env["qifei.engineer"].create({"name": "Third engineer"})
        self.set_levels(self.part, self.other_van, 1, 6)
        self.set_levels(self.part, third._get_van(), 1, 2)
        both = self.find() | self.find(place=self.point)
        action = both.action_request_transfer()
        requests = self.env["qifei.part.request"].search(action["domain"])
        self.assertEqual(
            {
                (one.source_id, one.destination_id): one.line_ids.quantity
                for one in requests
            },
            {
                (self.van, self.other_van): 5,
                (self.point, self.other_van): 1,
                (self.point, third._get_van()): 2,
            },
        )

    def test_keeper_chooses_the_place(self):
        self.lie_idle(5)
        self.set_levels(self.part, self.other_van, 1, 2)
        self.set_levels(self.part, self.point, 3, 6)
        overstock = self.find()
        shortage = overstock.shortage_ids.filtered(
            lambda one: one.location_id == self.other_van
        )
        with self.assertRaisesRegex(UserError, "is gone"):
            shortage.action_request_transfer()
        action = shortage.with_context(
            **{OVERSTOCK_KEY: overstock.id}
        ).action_request_transfer()
        request = self.env["qifei.part.request"].browse(action["res_id"])
        self.assertEqual(request.destination_id, self.other_van)
        self.assertEqual(request.line_ids.quantity, 2)

    # === ACCESS AND GROWTH === #

    def test_only_keepers_and_managers_see_overstock(self):
        self.lie_idle()
        for role in ("parts_keeper", "manager"):
            self.assertTrue(self.find().with_user(self.users[role]).has_access("read"))
        for role in ("engineer", "agent", "dispatcher"):
            for model in ("qifei.part.overstock", "qifei.part.shortage"):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(self.users[role]).search([])

    def test_queries_do_not_grow_with_overstock(self):
        parts = self.create_parts(20)
        for part in parts:
            self.lie_idle(3, part=part)
            self.set_levels(part, self.point, 1, 2)
        self.env.flush_all()
        model = self.env["qifei.part.overstock"].with_user(self.keeper)
        overstock = model.search([("product_id", "in", parts.ids)])
        self.assertEqual(len(overstock), 20)

        def show(rows):
            rows.read(["surplus", "value", "shortage_ids", "destination_id"])

        self.assertFlatQueries(show, overstock[:1], overstock)
