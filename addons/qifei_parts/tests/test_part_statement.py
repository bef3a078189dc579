from datetime import datetime

from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_statement import APRIL, MARCH, StatementCase

MIDDLE = "2026-03-15 02:00:00"


@tagged("post_install", "-at_install")
class TestPartStatementFigures(StatementCase):
    def test_each_column_is_told_by_the_other_end(self):
        self.stock_up(10.0)
        self.move(
            (self.part, 5.0, self.warehouse_stock, self.transit, MIDDLE),
            (self.part, 4.0, self.transit, self.point, MIDDLE),
            (self.part, 3.0, self.point, self.customers, MIDDLE),
            (self.part, 1.0, self.customers, self.point, MIDDLE),
            (self.part, 2.0, self.point, self.transit, MIDDLE),
            (self.part, 1.0, self.point, self.van, MIDDLE),
            (self.part, 2.0, self.point, self.loss, MIDDLE),
            (self.part, 0.5, self.loss, self.point, MIDDLE),
        )
        line = self.get_line(self.draw_up())
        self.assertFigures(
            line,
            opening=10.0,
            received=4.0,
            used_charged=2.0,
            returned=3.0,
            adjusted=-1.5,
            closing=7.5,
        )
        self.assertEqual(line.ledger_gap, 0.0)
        self.assertAddsUp(line)

    def test_months_are_cut_in_the_time_of_the_company(self):
        self.stock_up(10.0)
        self.move(
            (self.part, 1.0, self.point, self.customers, "2026-02-28 15:59:59"),
            (self.part, 2.0, self.point, self.customers, "2026-02-28 16:00:00"),
            (self.part, 3.0, self.point, self.customers, "2026-03-31 15:59:59"),
            (self.part, 4.0, self.point, self.customers, "2026-03-31 16:00:00"),
        )
        statement = self.draw_up()
        self.assertEqual(statement.datetime_from, datetime(2026, 2, 28, 16))
        self.assertEqual(statement.datetime_to, datetime(2026, 3, 31, 16))
        self.assertFigures(
            self.get_line(statement), opening=9.0, used_charged=5.0, closing=4.0
        )
        self.assertFigures(
            self.get_line(self.draw_up(month=APRIL)), opening=4.0, used_charged=4.0
        )

    def test_shelves_below_the_place_belong_to_it(self):
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.point.id, "usage": "internal"}
        )
        self.stock_up(10.0)
        self.move(
            (self.part, 6.0, self.point, shelf, MIDDLE),
            (self.part, 2.0, shelf, self.customers, MIDDLE),
        )
        line = self.get_line(self.draw_up())
        self.assertFigures(line, opening=10.0, used_charged=2.0, closing=8.0)

    def test_other_units_are_counted_in_the_unit_of_the_part(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.stock_up(1.0)
        self.move(
            (self.part, 2.0, self.warehouse_stock, self.point, MIDDLE),
            product_uom=dozen.id,
        )
        line = self.get_line(self.draw_up())
        self.assertFigures(line, opening=1.0, received=24.0, closing=25.0)

    def test_parts_without_any_quantity_are_left_out(self):
        self.move(
            (self.other_part, 1.0, self.suppliers, self.point, "2026-01-05 00:00:00"),
            (self.other_part, 1.0, self.point, self.customers, "2026-01-06 00:00:00"),
        )
        self.stock_up(1.0)
        self.assertEqual(self.draw_up().line_ids.product_id, self.part)

    def test_planned_and_cancelled_moves_do_not_count(self):
        self.stock_up(3.0)
        moves = self.env["stock.move"].create(
            [
                {
                    "product_id": self.part.id,
                    "product_uom_qty": 1.0,
                    "location_id": self.point.id,
                    "location_dest_id": self.customers.id,
                    "date": MIDDLE,
                }
                for _number in range(2)
            ]
        )
        moves._action_confirm()
        moves[0]._action_cancel()
        line = self.get_line(self.draw_up())
        self.assertFigures(line, opening=3.0, closing=3.0)

    # === Value === #

    def test_values_are_at_cost_and_of_the_move_where_core_valued_it(self):
        self.stock_up(10.0)
        moves = self.move(
            (self.part, 4.0, self.warehouse_stock, self.point, MIDDLE),
            (self.part, 2.0, self.point, self.customers, MIDDLE),
        )
        self.assertFalse(moves[0].is_in or moves[0].is_out)
        self.assertEqual(moves[0].value, 0.0)
        self.assertTrue(moves[1].is_out)
        moves[1].value = 25.0
        line = self.get_line(self.draw_up())
        self.assertEqual(line.price_unit, 10.0)
        self.assertEqual(line.opening_value, 100.0)
        self.assertEqual(line.received_value, 40.0)
        self.assertEqual(line.used_charged_value, 25.0)
        self.assertEqual(line.closing_value, 120.0)
        self.assertEqual(line.revaluation_value, 5.0)
        self.assertAddsUp(line)

    def test_the_cost_is_that_of_the_moment(self):
        self.stock_up(10.0)
        self.part.standard_price = 12.0
        self.env["product.value"].search([("product_id", "=", self.part.id)]).write(
            {"date": "2026-01-01 00:00:00"}
        )
        self.part.standard_price = 15.0
        self.env["product.value"].search(
            [("product_id", "=", self.part.id), ("value", "=", 15.0)]
        ).date = "2026-03-20 00:00:00"
        self.move(
            (self.part, 1.0, self.warehouse_stock, self.point, MIDDLE),
            (self.part, 1.0, self.warehouse_stock, self.point, "2026-03-25 00:00:00"),
        )
        line = self.get_line(self.draw_up())
        self.assertEqual(line.opening_value, 120.0)
        self.assertEqual(line.received_value, 27.0)
        self.assertEqual(line.closing_value, 180.0)
        self.assertEqual(line.revaluation_value, 33.0)
        april = self.get_line(self.draw_up(month=APRIL))
        self.assertEqual(april.opening_value, 180.0)

    def test_the_cost_of_average_parts_is_the_present_one(self):
        self.part.categ_id.property_cost_method = "average"
        self.stock_up(10.0)
        self.part.standard_price = 30.0
        line = self.get_line(self.draw_up())
        self.assertEqual(line.opening_value, 300.0)
        self.assertEqual(line.closing_value, 300.0)

    def test_a_month_opens_with_the_value_that_the_last_one_closed_with(self):
        self.part.categ_id.property_cost_method = "average"
        self.stock_up(10.0)
        march = self.draw_up()
        march.action_send()
        march._confirm_by_partner(self.portal_user.partner_id)
        march.action_confirm()
        self.assertEqual(march.state, "confirmed")
        self.part.standard_price = 30.0
        line = self.get_line(self.draw_up(month=APRIL))
        self.assertEqual(line.opening_value, 100.0)
        self.assertEqual(line.revaluation_value, 200.0)
        self.assertEqual(line.closing_value, 300.0)

    # === Stock === #

    def test_stock_without_moves_is_named_and_not_sent(self):
        self.stock_up(10.0)
        self.env["stock.quant"]._update_available_quantity(self.part, self.point, 2.0)
        self.env["stock.quant"]._update_available_quantity(
            self.other_part, self.point, 1.0
        )
        statement = self.draw_up()
        self.assertEqual(statement.gap_count, 2)
        self.assertEqual(self.get_line(statement).ledger_gap, 2.0)
        with self.assertRefused("Test part 0.*Test part 1"):
            statement.action_send()
        self.assertEqual(statement.state, "draft")

    def test_the_running_month_agrees_with_the_stock(self):
        today = self.company._get_parts_today()
        self.stock_up(10.0)
        self.move((self.part, 3.0, self.point, self.customers, datetime.now()))
        statement = self.draw_up(month=today)
        line = self.get_line(statement)
        quants = self.env["stock.quant"].search(
            [("location_id", "=", self.point.id), ("product_id", "=", self.part.id)]
        )
        self.assertEqual(line.closing, sum(quants.mapped("quantity")))
        self.assertEqual(line.ledger_gap, 0.0)
        statement.action_send()
        with self.assertRefused("once its month is over"):
            statement.action_confirm()

    # === Document === #

    def test_one_statement_for_place_and_month(self):
        self.stock_up()
        statement = self.draw_up(month=MARCH.replace(day=14))
        self.assertEqual(statement.month, MARCH)
        self.assertIn("Test point · 2026-03", statement.display_name)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(IntegrityError, "place_month_uniq"),
            self.env.cr.savepoint(),
        ):
            self.draw_up()
        with self.assertRefused("stays with its place"):
            statement.month = APRIL

    def test_only_points_and_vans_have_statements(self):
        with self.assertRefused("neither a service point", ValidationError):
            self.draw_up(self.warehouse_stock)

    def test_a_van_has_its_statement(self):
        self.stock_up(5.0, place=self.van)
        statement = self.draw_up(self.van)
        self.assertEqual(statement.engineer_id, self.engineer)
        self.assertEqual(statement.kind, "van")
        self.assertFigures(self.get_line(statement), opening=5.0, closing=5.0)

    def test_figures_follow_the_moves_until_final(self):
        self.stock_up(10.0)
        statement = self.draw_up()
        self.move((self.other_part, 1.0, self.suppliers, self.point, MIDDLE))
        statement.action_refresh()
        self.assertEqual(len(statement.line_ids), 2)
        self.assertEqual(statement.closing_value, 120.0)

    def test_drilling_down_gives_the_moves_of_the_figure(self):
        opening = self.stock_up(10.0)
        moves = self.move(
            (self.part, 4.0, self.warehouse_stock, self.point, MIDDLE),
            (self.part, 2.0, self.point, self.customers, MIDDLE),
            (self.part, 2.0, self.point, self.customers, "2026-04-15 00:00:00"),
        )
        line = self.get_line(self.draw_up())
        expected = {
            "opening": opening[1],
            "received": moves[0],
            "received_value": moves[0],
            "used_charged": moves[1],
            "used_warranty": moves.browse(),
            "closing": opening[1] + moves[:2],
        }
        for figure, found in expected.items():
            action = line.action_open_figure(figure)
            lines = self.env["stock.move.line"].search(action["domain"])
            self.assertEqual(lines.move_id, found, figure)
        action = line.statement_id.action_open_moves()
        lines = self.env["stock.move.line"].search(action["domain"])
        self.assertEqual(lines.move_id, moves[:2])
        with self.assertRefused("no such figure"):
            line.action_open_figure("state")
