from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.qifei_dispatch.engine import WAREHOUSE
from odoo.addons.qifei_dispatch.engine.insertion import Inserter

from .common import CUSTOMER, NOW, DispatchPartsCase
from .common import WAREHOUSE as WAREHOUSE_PLACE


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPlanningWithParts(DispatchPartsCase):
    def rank(self, order):
        """Return what the engine offers, by engineer."""
        draft = self.problems._get_routes(
            self.company, self.both, self.day, self.day, orders=order
        )
        ranking = Inserter(draft.problem, draft.routes).rank(order.id)
        return {
            draft.problem.engineer(option.engineer).person: option
            for option in ranking.options
        }

    @property
    def day(self):
        return self.env["res.company"].browse(self.company.id)._get_dispatch_today()

    def test_van_that_has_the_part_needs_no_stop(self):
        self.put(self.seal, self.van, 2)
        order = self.create_job(quantity=2)
        options = self.rank(order)
        self.assertNotIn(WAREHOUSE, options[self.engineer.id].stops)
        self.assertIn(WAREHOUSE, options[self.other_engineer.id].stops)

    def test_one_part_too_few_is_fetched(self):
        self.put(self.seal, self.van, 1)
        order = self.create_job(quantity=2)
        self.assertIn(WAREHOUSE, self.rank(order)[self.engineer.id].stops)

    def test_order_without_parts_needs_no_stop(self):
        order = self.create_orders(
            engineer_id=False,
            planned_start=False,
            latitude=CUSTOMER[0],
            longitude=CUSTOMER[1],
        )
        self.assertEqual(self.get_need(order), {})
        for option in self.rank(order).values():
            self.assertNotIn(WAREHOUSE, option.stops)

    def test_need_is_what_nobody_has_in_hand(self):
        self.put(self.seal, self.van, 5)
        self.put(self.seal, self.stock, 5)
        order = self.create_job(quantity=3, engineer_id=self.engineer.id)
        self.assertEqual(self.get_need(order), {str(self.seal.id): 3})
        self.assertEqual(self.get_van(self.engineer), 5)
        order.action_assign()
        order.part_ids.action_reserve()
        held = order.part_ids.quantity_held
        self.assertEqual(self.get_need(order).get(str(self.seal.id), 0), 3 - held)
        self.assertEqual(self.get_van(self.engineer), 5 - held)
        self.assertEqual(
            self.problems._get_bound_orders(order), order if held else order.browse()
        )

    def test_part_reserved_in_the_warehouse_is_fetched(self):
        self.put(self.seal, self.stock, 5)
        order = self.create_job(quantity=2, engineer_id=self.engineer.id)
        order.action_assign()
        order.part_ids.action_reserve()
        self.env.invalidate_all()
        self.assertEqual(order.part_ids.quantity_reserved_warehouse, 2)
        self.assertEqual(self.get_need(order), {str(self.seal.id): 2})
        self.assertFalse(self.problems._get_bound_orders(order))

    def test_used_parts_are_needed_no_more(self):
        self.put(self.seal, self.van, 2)
        order = self.create_job(quantity=2, engineer_id=self.engineer.id)
        self.walk(order, "arrive")
        order.part_ids._use()
        self.assertEqual(self.get_need(order), {})

    def test_parts_of_the_service_point_count(self):
        point = self.env["res.partner"].create(
            {
                "name": "Test point",
                "is_company": True,
                "qifei_is_service_partner": True,
            }
        )
        self.create_job()
        self.other_engineer.service_point_id = point
        self.put(self.seal, point._get_point_location(self.company), 4)
        self.assertEqual(self.get_van(self.other_engineer), 4)
        self.assertEqual(self.get_van(self.engineer), 0)

    def test_warehouse_is_where_its_address_is(self):
        self.assertEqual(
            self.problems._get_warehouse_place(self.company), WAREHOUSE_PLACE
        )
        self.warehouse.partner_id = False
        self.company.partner_id.write({"partner_latitude": 1, "partner_longitude": 2})
        self.assertEqual(self.problems._get_warehouse_place(self.company), (1, 2))

    def test_many_orders_and_engineers_cost_the_same(self):
        jobs = self.env["qifei.work.order"].union(
            *(self.create_job(quantity=1) for _number in range(10))
        )
        engineers = self.env["qifei.engineer"].create(
            [{"name": f"Engineer {number}"} for number in range(10)]
        )

        def ask(count):
            self.problems._get_needed_parts(jobs[:count])
            self.problems._get_bound_orders(jobs[:count])
            self.problems._get_van_parts(engineers[:count])

        self.assertFlatQueries(ask, 1, 10)
