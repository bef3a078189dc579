from freezegun import freeze_time
from lxml import etree

from odoo.fields import Date
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.convert import _eval_xml, xml_import


@tagged("post_install", "-at_install")
class TestPartsDemo(TransactionCase):
    """What the demo says about days and places."""

    def evaluate(self, file, record, field):
        """Return the value that the demo gives a field."""
        tree = etree.parse(file_path(f"qifei_parts/demo/{file}.xml"))
        (node,) = tree.xpath(f"//record[@id='{record}']/field[@name='{field}']")
        importer = xml_import(self.env, "qifei_parts", {}, "init")
        return Date.to_date(_eval_xml(importer, node, self.env))

    @freeze_time("2026-03-31 17:30:00")
    def test_days_are_those_of_the_company(self):
        company = self.env.ref("base.main_company")
        for tz, today, month in (
            ("Asia/Shanghai", "2026-04-01", "2026-03-01"),
            ("UTC", "2026-03-31", "2026-02-01"),
        ):
            company.resource_calendar_id.tz = tz
            for record, days in (("van", 2), ("approved", 3), ("shipped", -1)):
                with self.subTest(tz=tz, record=record):
                    needed_on = self.evaluate(
                        "qifei_part_request_demo",
                        f"qifei_part_request_{record}_demo",
                        "needed_on",
                    )
                    self.assertEqual(
                        needed_on, Date.add(Date.to_date(today), days=days)
                    )
            self.assertEqual(
                self.evaluate(
                    "qifei_part_request_demo",
                    "qifei_part_statement_point_demo",
                    "month",
                ),
                Date.to_date(month),
            )

    def test_the_warehouse_is_on_the_map(self):
        if not self.env.ref("qifei_parts.stock_location_point_demo", False):
            return
        stock = self.env.ref("stock.warehouse0").lot_stock_id
        place = stock | self.env.ref("qifei_parts.stock_location_point_demo")
        (lat, long), (point_lat, point_long) = place._get_positions().values()
        self.assertAlmostEqual(lat, point_lat, delta=0.5)
        self.assertAlmostEqual(long, point_long, delta=0.5)
