from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from ..engine import Place
from ..engine.travel import great_circle
from ..tools.drafting import UNKNOWN_TRAVEL
from ..tools.slots import LazyMatrix
from .common_day import CUSTOMER, HOME, NOW, DayCase

MORNING = (datetime(2031, 3, 6, 2), datetime(2031, 3, 6, 4))
AFTERNOON = (datetime(2031, 3, 6, 5), datetime(2031, 3, 6, 7))
SATURDAY = (datetime(2031, 3, 8, 2), datetime(2031, 3, 8, 4))


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPromises(DayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.both = cls.engineer | cls.other_engineer

    def wish(self, **values):
        return self.env["qifei.work.order"].new(
            {
                "company_id": self.engineer.company_id.id,
                "ticket_type_id": self.ticket_type.id,
                "latitude": CUSTOMER[0],
                "longitude": CUSTOMER[1],
                "duration": 1,
                **values,
            }
        )

    def ask(self, *windows, order=None, engineers=None):
        return (order or self.wish())._find_promises(
            list(windows), engineers or self.both
        )

    def ask_one(self, window=MORNING, **options):
        return self.ask(window, **options)[0]

    def fill(self, engineer, start, hours):
        order = self.create_visits(
            engineer_id=engineer.id, planned_start=start, duration=hours
        )
        order.action_assign()
        return order

    def test_everybody_who_works_can_come(self):
        promise = self.ask_one()
        self.assertEqual(promise.engineer_ids, set(self.both.ids))

    def test_nobody_works_on_saturday(self):
        promise = self.ask_one(SATURDAY)
        self.assertFalse(promise.engineer_ids)
        self.assertEqual(list(promise.reasons), ["shift"])

    def test_planned_visits_take_their_time_and_their_way(self):
        # From 10:00 to 12:30; the wish takes an hour and begins by 12:00 at the latest.
        self.fill(self.engineer, "2031-03-06 02:00:00", 2.5)
        self.assertEqual(self.ask_one().engineer_ids, {self.other_engineer.id})
        # There is an hour from 9:00 to 10:00 for who begins before 10:00.
        early = (datetime(2031, 3, 6, 1), datetime(2031, 3, 6, 1, 30))
        self.assertEqual(
            self.ask_one(early, engineers=self.engineer).engineer_ids, set()
        )
        self.assertTrue(
            self.ask_one(
                early, order=self.wish(duration=0.5), engineers=self.engineer
            ).engineer_ids
        )

    def test_reserved_visits_count_though_nobody_has_assigned_them(self):
        self.create_visits(planned_start="2031-03-06 02:00:00", duration=3)
        self.assertEqual(self.ask_one().engineer_ids, {self.other_engineer.id})

    def test_leave_closes_the_window(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Dentist",
                "resource_id": self.engineer.resource_id.id,
                "date_from": "2031-03-06 01:00:00",
                "date_to": "2031-03-06 05:00:00",
            }
        )
        morning, afternoon = self.ask(MORNING, AFTERNOON)
        self.assertEqual(morning.engineer_ids, {self.other_engineer.id})
        self.assertEqual(afternoon.engineer_ids, set(self.both.ids))

    def test_skills_and_areas_say_who_comes(self):
        skill = self.env["qifei.skill"].create({"name": "Test gas"})
        self.ticket_type.skill_ids = skill
        promise = self.ask_one()
        self.assertFalse(promise.engineer_ids)
        self.assertEqual(promise.reasons, {"skill": 2})
        self.engineer.skill_ids = skill
        promise = self.ask_one()
        self.assertEqual(promise.engineer_ids, set(self.engineer.ids))
        area, far = self.env["qifei.service.area"].create(
            [{"name": "Here"}, {"name": "There"}]
        )
        self.engineer.area_ids = far
        self.assertFalse(self.ask_one(order=self.wish(area_id=area.id)).engineer_ids)
        self.engineer.area_ids = area
        self.assertTrue(self.ask_one(order=self.wish(area_id=area.id)).engineer_ids)

    def test_far_away_takes_longer_than_the_window(self):
        # 300 km to the north: more than 12 hours at 30 km/h.
        self.assertFalse(self.ask_one(order=self.wish(latitude=34.0)).engineer_ids)

    def test_order_that_is_moved_does_not_stand_in_its_own_way(self):
        order = self.create_visits(planned_start="2031-03-06 02:00:00", duration=3)
        self.assertEqual(self.ask_one(order=order).engineer_ids, set(self.both.ids))

    def test_unknown_place_is_guessed_from_the_area(self):
        area = self.env["qifei.service.area"].create({"name": "Test town"})
        self.create_visits(area_id=area.id, latitude=31.2, longitude=121.4)
        self.create_visits(area_id=area.id, latitude=31.4, longitude=121.6)
        order = self.wish(area_id=area.id, latitude=0, longitude=0)
        latitude, longitude = order._guess_place()
        self.assertAlmostEqual(latitude, 31.3)
        self.assertAlmostEqual(longitude, 121.5)

    def test_times_are_those_of_the_exact_engine(self):
        """The lazy travel times lead to the same answers as placing the order."""
        self.fill(self.engineer, "2031-03-06 01:30:00", 1.25)
        self.fill(self.engineer, "2031-03-06 04:10:00", 1)
        insertion = self.env["qifei.dispatch.insertion"]
        for minutes in range(0, 240, 20):
            start = datetime(2031, 3, 6, 1) + timedelta(minutes=minutes)
            window = (start, start + timedelta(minutes=30))
            with self.subTest(window=window):
                order = self.create_visits(
                    engineer_id=False,
                    planned_start=False,
                    window_ids=[
                        Command.create({"date_from": window[0], "date_to": window[1]})
                    ],
                )
                placed, _refused = insertion._place(order, self.engineer)
                [promise] = self.ask(window, engineers=self.engineer)
                self.assertEqual(bool(promise.engineer_ids), order.id in placed)

    def test_lazy_times_are_those_of_the_great_circle(self):
        points = [HOME, CUSTOMER, (31.1, 121.7), None]
        lazy = LazyMatrix(points[:2], 30, 1.3)
        lazy.add(points[2])
        lazy.add(points[3])
        exact = great_circle(
            [Place(0, lat=lat, lon=lon) for lat, lon in points[:3]], 30, 1.3
        )
        for row in range(3):
            for column in range(3):
                self.assertAlmostEqual(lazy[row][column], exact[row][column])
        self.assertEqual((lazy[0][3], lazy[3][3]), (UNKNOWN_TRAVEL, 0))

    def test_many_engineers_and_orders_cost_the_same(self):
        engineers = self.env["qifei.engineer"].create(
            [
                {
                    "name": f"Engineer {number}",
                    "resource_calendar_id": self.calendar.id,
                    "start_latitude": HOME[0],
                    "start_longitude": HOME[1],
                }
                for number in range(20)
            ]
        )
        for engineer in engineers:
            self.fill(engineer, "2031-03-06 02:00:00", 1)
        self.assertFlatQueries(
            lambda some: self.ask(MORNING, AFTERNOON, engineers=some),
            engineers[:1],
            engineers,
        )
