from contextlib import contextmanager
from datetime import date, datetime

from odoo.exceptions import UserError
from odoo.tests import new_test_user

from odoo.addons.qifei_base.tests.common import QifeiCase

MARCH = date(2026, 3, 1)
APRIL = date(2026, 4, 1)
FIGURES = (
    "opening",
    "received",
    "used_warranty",
    "used_charged",
    "returned",
    "adjusted",
    "closing",
)


class StatementCase(QifeiCase):
    """A service point with a portal user, a van, three parts and dated moves.

    The company keeps the time of Shanghai, eight hours before UTC: its March lasts from
    February 28th, 16:00 to March 31st, 16:00.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.ref("base.main_company")
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.warehouse_stock = cls.company._get_parts_warehouse().lot_stock_id
        cls.transit = cls.company._get_parts_location("transit")
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.partner = cls.create_point("Test point")
        cls.point = cls.partner._get_point_location(cls.company)
        cls.portal_user = new_test_user(
            cls.env,
            login="qifei_test_point",
            groups="base.group_portal",
            name="Point user",
        )
        cls.portal_user.partner_id.parent_id = cls.partner
        cls.engineer = cls.env["qifei.engineer"].create(
            {"name": "Van engineer", "user_id": cls.users["engineer"].id}
        )
        cls.van = cls.engineer._get_van()
        cls.part, cls.other_part, cls.third_part = cls.create_parts(3)
        cls.loss = cls.part.with_company(cls.company).property_stock_inventory

    @classmethod
    def create_point(cls, name):
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, "qifei_is_service_partner": True}
        )

    @classmethod
    def create_parts(cls, count, **values):
        category = cls.env["product.category"].create(
            {"name": "Test parts", "property_cost_method": "standard"}
        )
        return cls.env["product.product"].create(
            [
                {
                    "name": f"Test part {number}",
                    "default_code": f"TP{number}",
                    "is_storable": True,
                    "categ_id": category.id,
                    "standard_price": 10.0 * (number + 1),
                    **values,
                }
                for number in range(count)
            ]
        )

    @classmethod
    def move(cls, *rows, **values):
        """Make done moves of core and date them.

        :param rows: ``(product, quantity, source, destination, moment)``; the moment
            is naive UTC, as text or datetime
        :param values: further values of all of them
        """
        moves = cls.env["stock.move"].create(
            [
                {
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                    "quantity": quantity,
                    "location_id": source.id,
                    "location_dest_id": destination.id,
                    "company_id": cls.company.id,
                    "picked": True,
                    **values,
                }
                for product, quantity, source, destination, _moment in rows
            ]
        )
        moves._action_done()
        for move, (*_row, moment) in zip(moves, rows, strict=True):
            if isinstance(moment, str):
                moment = datetime.fromisoformat(moment)
            move.date = moment
        return moves

    @classmethod
    def stock_up(cls, quantity=10.0, products=None, place=None, moment=None):
        """Let parts come to a place before March, from the vendor by way of transit."""
        moment = moment or "2026-02-10 02:00:00"
        place = place or cls.point
        products = products or cls.part
        return cls.move(
            *[
                row
                for product in products
                for row in (
                    (product, quantity, cls.suppliers, cls.transit, moment),
                    (product, quantity, cls.transit, place, moment),
                )
            ]
        )

    @classmethod
    def draw_up(cls, place=None, month=MARCH):
        return cls.env["qifei.part.statement"].create(
            {
                "company_id": cls.company.id,
                "location_id": (place or cls.point).id,
                "month": month,
            }
        )

    @contextmanager
    def assertRefused(self, sentence, error=UserError):
        """Expect a refusal, and undo what was done until then as a request does."""
        with self.assertRaisesRegex(error, sentence), self.env.cr.savepoint():
            yield
        self.env.invalidate_all()

    def get_line(self, statement, product=None):
        return statement.line_ids.filtered(
            lambda line: line.product_id == (product or self.part)
        )

    def assertFigures(self, line, **expected):
        """Compare all quantities of a line; those not named are zero."""
        self.assertEqual(
            {name: line[name] for name in FIGURES},
            {**dict.fromkeys(FIGURES, 0.0), **expected},
        )

    def assertAddsUp(self, lines):
        for line in lines:
            self.assertAlmostEqual(
                line.opening
                + line.received
                - line.used_warranty
                - line.used_charged
                - line.returned
                + line.adjusted,
                line.closing,
                2,
            )
            self.assertAlmostEqual(
                line.opening_value
                + line.received_value
                - line.used_warranty_value
                - line.used_charged_value
                - line.returned_value
                + line.adjusted_value
                + line.revaluation_value,
                line.closing_value,
                2,
            )
