from freezegun import freeze_time

from odoo.tests import tagged

from .common import NOW, DispatchPartsCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestDayParts(DispatchPartsCase):
    def get_day(self):
        self.env.invalidate_all()
        return self.env["qifei.engineer"].with_user(self.users["engineer"]).get_my_day()

    def create_today(self, quantity):
        order = self.create_job(
            quantity=quantity, engineer_id=self.engineer.id, planned_start=NOW
        )
        order.action_assign()
        return order

    def test_parts_in_the_van_and_parts_to_fetch(self):
        self.put(self.seal, self.van, 1)
        self.put(self.seal, self.stock, 9)
        self.create_today(3)
        day = self.get_day()
        name = self.seal.display_name
        unit = self.seal.uom_id.name
        self.assertEqual(
            sorted(day["orders"][0]["parts"]),
            sorted(
                [
                    f"1 {unit} {name}",
                    f"2 {unit} {name} ({self.warehouse.name})",
                ]
            ),
        )
        self.assertEqual(day["parts"], [f"2 {unit} {name} ({self.warehouse.name})"])

    def test_day_adds_up_what_to_fetch(self):
        self.put(self.seal, self.stock, 9)
        self.create_today(3)
        self.create_today(2)
        day = self.get_day()
        self.assertEqual(len(day["parts"]), 1)
        self.assertIn("5 ", day["parts"][0])

    def test_used_parts_are_left_out(self):
        self.put(self.seal, self.van, 2)
        order = self.create_today(2)
        for step in ("accept", "depart", "arrive"):
            getattr(order, f"action_{step}")()
        self.assertEqual(len(self.get_day()["orders"][0]["parts"]), 1)
        order.part_ids._use()
        day = self.get_day()
        self.assertEqual(day["orders"][0]["parts"], [])
        self.assertEqual(day["parts"], [])
