from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_planning import PlanningCase


@tagged("post_install", "-at_install")
class TestPartReports(PlanningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cause = cls.env["qifei.fault.cause"].create(
            {"name": "Worn", "code": "worn_test"}
        )
        cls.machine = cls.env["qifei.equipment"].create(
            {
                "product_id": cls.product.id,
                "partner_id": cls.customer.id,
                "serial": "REPORT-1",
            }
        )

    def rows(self, model, role="manager", **domain):
        self.env.flush_all()
        self.env.invalidate_all()
        return (
            self.env[model]
            .with_user(self.users[role])
            .search([(name, "=", value) for name, value in domain.items()])
        )

    def finish(self, orders, result="solved"):
        orders.write({"diagnosis": "Worn", "result": result})
        orders.filtered(lambda order: order.state == "draft").action_assign()
        orders.filtered(lambda order: order.state == "assigned").action_accept()
        orders.filtered(lambda order: order.state == "accepted").action_arrive()
        orders.action_complete()
        return orders

    # === USE === #

    def test_use_tells_part_machine_cause_and_cost(self):
        order = self.create_orders(equipment_id=self.machine.id)
        order.cause_id = self.cause
        need = self.env["qifei.work.order.part"].create(
            {"order_id": order.id, "product_id": self.part.id, "quantity": 2}
        )
        self.use(self.part, self.van, 2, self.days_ago(3), order=order, need=need)
        row = self.rows("qifei.part.usage", order_id=order.id)
        self.assertEqual(row.product_id, self.part)
        self.assertEqual((row.quantity, row.value), (2, 20))
        self.assertEqual(row.model_id, self.product)
        self.assertEqual(row.equipment_id, self.machine)
        self.assertEqual(row.cause_id, self.cause)
        self.assertEqual(row.engineer_id, self.engineer)
        self.assertEqual(row.customer_id, self.customer)
        self.assertEqual(row.location_id, self.van)
        self.assertEqual(row.categ_id, self.part.categ_id)
        self.assertEqual(row.coverage, need.line_id.coverage)
        self.assertTrue(row.coverage)

    def test_use_from_a_point_belongs_to_it(self):
        self.use(self.part, self.point, 2, self.days_ago(3))
        row = self.rows("qifei.part.usage", product_id=self.part.id)
        self.assertEqual(row.partner_id, self.point_partner)
        self.assertFalse(row.order_id)

    def test_value_of_a_use_is_shared_by_its_lines(self):
        lots = self.env["stock.lot"].create(
            [
                {"name": f"U-{number}", "product_id": self.serial_part.id}
                for number in range(2)
            ]
        )
        for lot in lots:
            self.add_stock(self.serial_part, 1, place=self.van, lot=lot)
        self.use_up(self.serial_part, self.van, 2, self.days_ago(3))
        rows = self.rows("qifei.part.usage", product_id=self.serial_part.id)
        self.assertEqual(rows.lot_id, lots)
        self.assertEqual(rows.mapped("value"), [10, 10])

    def test_other_moves_are_no_use(self):
        self.env["stock.move"]._qifei_transfer(
            "issue",
            [
                {
                    "source": self.stock,
                    "destination": self.van,
                    "moves": [{"product": self.part, "quantity": 1}],
                }
            ],
        )
        self.assertFalse(self.rows("qifei.part.usage", product_id=self.part.id))

    def test_every_column_and_group_of_the_reports_can_be_read(self):
        self.use(self.part, self.van, 2, self.days_ago(3), order=self.create_orders())
        self.finish(self.create_orders())
        self.env.flush_all()
        for name in ("usage", "visit", "turnover", "ageing", "overstock", "shortage"):
            model = self.env[f"qifei.part.{name}"]
            rows = model.search([])
            rows.read()
            for field in model._fields.values():
                if field.store and field.name not in ("id", "display_name"):
                    with self.subTest(model=name, field=field.name):
                        groupby = (
                            f"{field.name}:month"
                            if field.type == "datetime"
                            else field.name
                        )
                        if field.type in ("float", "monetary"):
                            model._read_group([], [], [f"{field.name}:sum"])
                        else:
                            model._read_group([], [groupby], ["__count"])

    # === VISITS === #

    def visit(self, order):
        return self.rows("qifei.part.visit", order_id=order.id)

    def test_one_solved_visit_is_a_first_time_fix(self):
        order = self.finish(self.create_orders(equipment_id=self.machine.id))
        row = self.visit(order)
        self.assertEqual(row.visit_count, 1)
        self.assertTrue(row.is_first_time_fix)
        self.assertEqual((row.first_time_fix_rate, row.part_return_rate), (100, 0))

    def test_unsolved_visit_is_none(self):
        row = self.visit(self.finish(self.create_orders(), result="unsolved"))
        self.assertFalse(row.is_first_time_fix)
        self.assertFalse(row.is_part_return)

    def test_open_and_cancelled_orders_do_not_count(self):
        order = self.create_orders()
        self.assertFalse(self.visit(order))
        order.action_assign()
        order.action_cancel()
        self.assertFalse(self.visit(order))

    def test_orders_of_a_ticket_are_one_job(self):
        ticket = self.create_tickets()
        first = self.finish(self.create_orders(ticket_id=ticket.id), result="partly")
        second = self.finish(self.create_orders(ticket_id=ticket.id))
        row = self.visit(first)
        self.assertEqual(row.visit_count, 2)
        self.assertFalse(row.is_first_time_fix)
        self.assertFalse(row.is_part_return, "No part was the reason.")
        self.assertFalse(self.visit(second))

    def test_part_requested_at_the_first_visit_makes_the_second_one(self):
        ticket = self.create_tickets()
        first = self.finish(self.create_orders(ticket_id=ticket.id), result="partly")
        request = self.create_request(work_order_id=first.id)
        self.finish(self.create_orders(ticket_id=ticket.id))
        self.assertFalse(self.visit(first).is_part_return, "Never submitted.")
        request.with_user(self.users["engineer"]).action_submit()
        row = self.visit(first)
        self.assertTrue(row.is_part_return)
        self.assertEqual(row.part_return_rate, 100)

    def test_hold_for_a_part_on_site_is_another_visit(self):
        order = self.create_orders()
        missing = self.create_parts(1)
        self.env["qifei.work.order.part"].create(
            {"order_id": order.id, "product_id": missing.id, "quantity": 1}
        )
        self.walk(order, "arrive")
        order.with_user(self.users["engineer"]).action_request_parts()
        self.assertEqual(order.state, "on_hold")
        self.assertEqual(order.part_stop_count, 1)
        order.part_ids.sudo().unlink()
        order.action_resume()
        self.finish(order)
        row = self.visit(order)
        self.assertEqual(row.visit_count, 2)
        self.assertTrue(row.is_part_return)
        self.assertFalse(row.is_first_time_fix)

    def test_hold_before_setting_off_is_no_visit(self):
        order = self.create_orders()
        self.env["qifei.work.order.part"].create(
            {"order_id": order.id, "product_id": self.create_parts(1).id}
        )
        self.walk(order, "accept")
        order.with_user(self.users["engineer"]).action_request_parts()
        self.assertEqual(order.state, "on_hold")
        self.assertEqual(order.part_stop_count, 0)

    def test_hold_for_another_reason_is_no_stop_for_a_part(self):
        order = self.walk(self.create_orders(), "arrive")
        order.action_hold("Customer is away")
        self.assertEqual(order.part_stop_count, 0)

    def test_machine_that_comes_back_was_not_fixed(self):
        order = self.finish(self.create_orders(equipment_id=self.machine.id))
        self.seal(order, done_on=self.days_ago(20))
        self.create_orders(equipment_id=self.machine.id)
        self.assertFalse(self.visit(order).is_first_time_fix)
        self.seal(order, done_on=self.days_ago(40))
        self.assertTrue(self.visit(order).is_first_time_fix)

    def test_rework_is_another_visit(self):
        order = self.finish(self.create_orders())
        order.action_rework("Still leaks")
        self.finish(order)
        row = self.visit(order)
        self.assertEqual(row.visit_count, 2)
        self.assertFalse(row.is_first_time_fix)

    # === TURNOVER AND AGEING === #

    def test_average_stock_is_worked_back_from_today(self):
        """10 pieces came 100 days ago, 5 were used 50 days ago.

        In 365 days: 50 days with 10 and 50 with 5 make (500 + 250) / 365 = 2.05.
        """
        self.add_stock(self.part, 10)
        arrival = self.env["stock.move"]._qifei_transfer(
            "issue",
            [
                {
                    "source": self.stock,
                    "destination": self.van,
                    "moves": [{"product": self.part, "quantity": 10}],
                }
            ],
        )
        self.date_back(arrival.move_ids, self.days_ago(100))
        self.use_up(self.part, self.van, 5, self.days_ago(50))
        row = self.rows(
            "qifei.part.turnover", product_id=self.part.id, location_id=self.van.id
        )
        self.assertAlmostEqual(row.average_stock, 750 / 365, places=3)
        self.assertEqual((row.on_hand, row.used_quantity), (5, 5))
        self.assertAlmostEqual(row.turnover, 5 / (750 / 365), places=3)
        self.assertAlmostEqual(row.reach_days, 750 / 5, places=1)
        self.assertEqual((row.stock_value, row.used_value), (50, 50))

    def test_use_of_last_year_does_not_turn(self):
        self.use(self.part, self.van, 2, self.days_ago(400))
        self.assertFalse(
            self.rows("qifei.part.turnover", product_id=self.part.id).used_quantity
        )

    def test_age_counts_from_the_arrival_at_the_place(self):
        for number, (days, bucket) in enumerate(
            (
                (10, "0_30"),
                (31, "31_90"),
                (100, "91_180"),
                (365, "181_365"),
                (400, "366"),
            )
        ):
            part = self.create_parts(1, name=f"Aged {number}")
            self.add_stock(part, 2, place=self.van)
            self.age_quants(part, self.van, days)
            row = self.rows("qifei.part.ageing", product_id=part.id)
            self.assertEqual((row.age_days, row.age_bucket), (days, bucket))
            self.assertEqual((row.quantity, row.value), (2, 20))

    # === ACCESS === #

    def test_engineer_sees_his_own(self):
        mine = self.create_orders()
        other = self.create_orders(engineer_id=self.other_engineer.id)
        self.use(self.part, self.van, 1, self.days_ago(3), order=mine)
        self.use(self.part, self.other_van, 1, self.days_ago(3), order=other)
        self.finish(mine | other)
        self.add_stock(self.part, 1, place=self.van)
        self.add_stock(self.part, 1, place=self.other_van)
        part = {"product_id": self.part.id}
        self.assertEqual(
            self.rows("qifei.part.usage", "engineer", **part).order_id, mine
        )
        visits = self.rows("qifei.part.visit", "engineer")
        self.assertIn(mine, visits.order_id)
        self.assertNotIn(other, visits.order_id)
        for model in ("qifei.part.turnover", "qifei.part.ageing"):
            self.assertEqual(self.rows(model, "engineer", **part).location_id, self.van)
        for role in ("parts_keeper", "manager", "agent", "dispatcher"):
            self.assertEqual(len(self.rows("qifei.part.usage", role, **part)), 2)

    def test_other_company_is_not_seen(self):
        other = self.env["res.company"].create({"name": "Other parts company"})
        van = (
            self.env["qifei.engineer"]
            .create({"name": "Stranger", "company_id": other.id})
            ._get_van()
        )
        self.add_stock(self.part, 3, place=van)
        self.age_quants(self.part, van, 400)
        for model in ("ageing", "turnover", "overstock"):
            with self.subTest(model=model):
                domain = {"product_id": self.part.id, "location_id": van.id}
                self.assertFalse(self.rows(f"qifei.part.{model}", **domain))
                self.assertTrue(
                    self.env[f"qifei.part.{model}"].search_count(
                        [(name, "=", value) for name, value in domain.items()]
                    )
                )

    def test_cost_is_for_keepers_and_managers(self):
        self.use(self.part, self.van, 1, self.days_ago(3), order=self.create_orders())
        row = self.rows("qifei.part.usage", "engineer", product_id=self.part.id)
        with self.assertRaises(AccessError):
            row.read(["value"])
        self.assertEqual(row.with_user(self.keeper).value, 10)

    def test_nobody_writes_reports(self):
        for name in ("usage", "visit", "turnover", "ageing", "overstock"):
            model = self.env[f"qifei.part.{name}"].with_user(self.users["admin"])
            for operation in ("create", "write", "unlink"):
                self.assertFalse(model.has_access(operation))
