from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_day import CUSTOMER, NOW, DayCase


@tagged("post_install", "-at_install")
class TestMyDay(DayCase):
    def get_day(self, day=None):
        self.env.invalidate_all()
        return self.as_engineer().get_my_day(day)

    def get_names(self, day=None):
        return [order["name"] for order in self.get_day(day)["orders"]]

    @freeze_time(NOW)
    def test_day_shows_the_route_in_sequence(self):
        late = self.create_visits(planned_start="2031-03-05 06:00:00")
        early = self.create_visits(planned_start="2031-03-05 01:30:00")
        self.walk(early | late, "assign")
        self.assertEqual(self.get_names(), [early.name, late.name])

    @freeze_time(NOW)
    def test_day_is_that_of_the_engineers_zone(self):
        first = self.create_visits(planned_start="2031-03-04 16:00:00")
        last = self.create_visits(planned_start="2031-03-05 15:59:00")
        before = self.create_visits(planned_start="2031-03-04 15:59:00")
        after = self.create_visits(planned_start="2031-03-05 16:00:00")
        self.walk(first | last | before | after, "assign")
        self.assertEqual(self.get_names(), [first.name, last.name])
        self.assertEqual(self.get_names("2031-03-04"), [before.name])
        self.assertEqual(self.get_names("2031-03-06"), [after.name])
        self.assertEqual(self.get_day("2031-03-05")["is_today"], True)
        self.assertEqual(self.get_day("2031-03-06")["is_today"], False)

    @freeze_time(NOW)
    def test_what_was_begun_and_what_has_no_time_belongs_to_today(self):
        begun = self.create_visits(planned_start="2031-03-03 03:00:00")
        self.walk(begun, "depart")
        timeless = self.create_visits(planned_start=False)
        self.walk(timeless, "assign")
        planned = self.create_visits()
        self.walk(planned, "assign")
        self.assertEqual(self.get_names(), [begun.name, planned.name, timeless.name])
        self.assertEqual(self.get_names("2031-03-06"), [])

    @freeze_time(NOW)
    def test_drafts_cancelled_and_others_orders_are_not_shown(self):
        self.create_visits()
        cancelled = self.create_visits()
        self.walk(cancelled, "assign").action_cancel()
        other = self.create_visits(engineer_id=self.other_engineer.id)
        self.walk(other, "assign")
        self.assertEqual(self.get_names(), [])

    @freeze_time(NOW)
    def test_order_says_where_when_and_what_next(self):
        self.customer.write({"street": "Long Road 5", "city": "Shanghai"})
        order = self.create_visits(
            window_ids=[
                (
                    0,
                    0,
                    {
                        "date_from": "2031-03-05 02:00:00",
                        "date_to": "2031-03-05 04:00:00",
                    },
                )
            ]
        )
        self.seal(order, travel_minutes=12.4)
        self.walk(order, "assign")
        shown = self.get_day()["orders"][0]
        self.assertEqual(shown["start"], "11:00")
        self.assertEqual(shown["end"], "12:00")
        self.assertEqual(shown["windows"], ["10:00–12:00"])
        self.assertEqual(shown["address"], "Long Road 5, Shanghai")
        self.assertEqual((shown["latitude"], shown["longitude"]), CUSTOMER)
        self.assertEqual(shown["phone"], "+86 138 0000 0001")
        self.assertEqual(shown["travel"], 12)
        self.assertFalse(shown["is_late"])
        steps = [shown["step"]]
        for step in ("accept", "depart", "arrive"):
            getattr(order, f"action_{step}")()
            steps.append(self.get_day()["orders"][0]["step"])
        self.assertEqual(steps, ["accept", "depart", "arrive", False])

    def test_visit_is_late_after_what_was_promised(self):
        with freeze_time(NOW) as clock:
            promised = self.create_visits(
                window_ids=[
                    (
                        0,
                        0,
                        {
                            "date_from": "2031-03-05 03:00:00",
                            "date_to": "2031-03-05 05:00:00",
                        },
                    )
                ]
            )
            plain = self.create_visits()
            self.walk(promised | plain, "assign")
            clock.tick(timedelta(minutes=1))
            self.assertEqual([(promised._is_late(), plain._is_late())], [(False, True)])
            clock.tick(timedelta(hours=2))
            self.assertTrue(promised._is_late())
            promised.action_accept()
            promised.action_depart()
            self.assertTrue(promised._is_late())
            promised.action_arrive()
            self.assertFalse(promised._is_late())

    @freeze_time(NOW)
    def test_parts_to_fetch_are_added_up(self):
        add_up = self.env["qifei.engineer"]._add_up_parts
        part = {"key": 1, "name": "Fan", "unit": "Units", "place": "Warehouse"}
        self.assertEqual(
            add_up(
                [
                    {**part, "quantity": 1.0},
                    {**part, "quantity": 2.0},
                    {**part, "quantity": 5.0, "place": ""},
                ]
            ),
            ["3 Units Fan (Warehouse)"],
        )

    def test_who_is_no_engineer_gets_an_empty_day(self):
        day = (
            self.env["qifei.engineer"].with_user(self.users["dispatcher"]).get_my_day()
        )
        self.assertFalse(day["is_engineer"])
        self.assertEqual(day["orders"], [])

    def test_nonsense_is_no_day(self):
        for day in ("tomorrow", "2031-13-01", "9999-12-31", 7, [1]):
            with self.subTest(day=day), self.assertRaisesRegex(UserError, "no day"):
                self.get_day(day)

    @freeze_time(NOW)
    def test_many_orders_cost_the_same(self):
        self.walk(self.create_visits(), "assign")
        mine = self.as_engineer()

        def ask(day):
            return mine.get_my_day(day)

        self.walk(self.create_visits(20, planned_start="2031-03-06 03:00:00"), "assign")
        self.assertFlatQueries(ask, "2031-03-05", "2031-03-06")
