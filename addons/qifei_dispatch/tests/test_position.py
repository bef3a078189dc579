from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models import qifei_work_order_arrival
from .common_day import CUSTOMER, HOME, NOW, DayCase

HALF_WAY = (31.2454, 121.4737)


@tagged("post_install", "-at_install")
class TestSharing(DayCase):
    def share(self, place=HALF_WAY, accuracy=12):
        return self.as_engineer().share_my_position(*place, accuracy)

    def find_positions(self):
        return self.env["qifei.engineer.position"].search(
            [("engineer_id", "=", self.engineer.id)]
        )

    def assertIgnored(self, answer, words):
        self.assertFalse(answer["is_kept"])
        self.assertFalse(answer["is_wanted"])
        self.assertIn(words, answer["reason"])
        self.assertFalse(self.find_positions())

    @freeze_time(NOW)
    def test_position_on_the_way_is_kept(self):
        order = self.set_off()
        self.assertEqual(
            self.share(), {"is_kept": True, "is_wanted": True, "reason": ""}
        )
        position = self.find_positions()
        self.assertEqual(position.order_id, order)
        self.assertEqual((position.latitude, position.longitude), HALF_WAY)
        self.assertEqual(position.accuracy, 12)
        # 1.668 km as the crow flies, 2.168 km by road, at 30 km/h.
        self.assertAlmostEqual(position.remaining_minutes, 4.4, 1)

    @freeze_time(NOW)
    def test_nothing_is_kept_without_consent(self):
        self.set_off()
        self.as_engineer().set_my_position_sharing(False)
        self.assertIgnored(self.share(), "do not share")

    @freeze_time(NOW)
    def test_nothing_is_kept_before_setting_off_and_after_arriving(self):
        order = self.create_visits()
        self.as_engineer().set_my_position_sharing(True)
        for step in ("assign", "accept"):
            getattr(order, f"action_{step}")()
            self.assertIgnored(self.share(), "not on the way")
        order.action_depart()
        order.action_arrive()
        self.assertIgnored(self.share(), "not on the way")

    def test_nothing_is_kept_outside_working_hours(self):
        with freeze_time(NOW):
            self.set_off()
        for moment in (
            "2031-03-05 00:59:00",
            "2031-03-05 10:00:01",
            "2031-03-08 03:00:00",
        ):
            with freeze_time(moment), self.subTest(moment=moment):
                self.assertIgnored(self.share(), "outside your working hours")

    @freeze_time(NOW)
    def test_nothing_is_kept_on_leave(self):
        self.set_off()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Ill",
                "resource_id": self.engineer.resource_id.id,
                "date_from": "2031-03-05 02:00:00",
                "date_to": "2031-03-05 08:00:00",
            }
        )
        self.assertIgnored(self.share(), "outside your working hours")

    @freeze_time(NOW)
    def test_who_is_no_engineer_leaves_no_position(self):
        self.set_off()
        answer = (
            self.env["qifei.engineer"]
            .with_user(self.users["dispatcher"])
            .share_my_position(*HALF_WAY)
        )
        self.assertIgnored(answer, "no engineer")

    @freeze_time(NOW)
    def test_order_of_somebody_else_does_not_count(self):
        order = self.create_visits(engineer_id=self.other_engineer.id)
        self.walk(order, "depart")
        self.as_engineer().set_my_position_sharing(True)
        self.assertIgnored(self.share(), "not on the way")

    @freeze_time(NOW)
    def test_impossible_places_are_refused(self):
        self.set_off()
        nan = float("nan")
        for place in (
            (91, 0),
            (0, 181),
            (0, 0),
            (nan, 121),
            (float("inf"), 1),
            ("north", 1),
            (None, None),
            ([31], {}),
            (31, 121, -1),
            (31, 121, nan),
            (31, 121, 1e9),
            (10**400, 1),
        ):
            with (
                self.subTest(place=place),
                self.assertRaisesRegex(UserError, "no|not a place on earth"),
            ):
                self.as_engineer().share_my_position(*place)
        self.assertFalse(self.find_positions())

    def test_one_position_is_kept_in_fifteen_seconds(self):
        with freeze_time(NOW) as clock:
            self.set_off()
            self.share()
            clock.tick(timedelta(seconds=14))
            self.assertEqual(
                self.share(), {"is_kept": False, "is_wanted": True, "reason": ""}
            )
            clock.tick(timedelta(seconds=1))
            self.assertTrue(self.share()["is_kept"])
        self.assertEqual(len(self.find_positions()), 2)

    @freeze_time(NOW)
    def test_position_is_forgotten_after_thirty_days(self):
        self.set_off()
        self.share()
        position = self.find_positions()
        old = position.copy({"recorded_on": "2031-02-03 02:59:59"})
        young = position.copy({"recorded_on": "2031-02-03 03:00:01"})
        self.env["qifei.engineer.position"]._gc_positions()
        self.assertFalse(old.exists())
        self.assertTrue(young.exists())
        self.assertTrue(position.exists())

    def test_nobody_agrees_for_somebody_else(self):
        for role in ("dispatcher", "manager", "engineer"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.engineer.with_user(self.users[role]).write(
                    {"share_position": True}
                )
        with self.assertRaises(AccessError):
            self.env["qifei.engineer"].with_user(self.users["manager"]).create(
                {"name": "New engineer", "share_position": True}
            )
        self.assertFalse(self.engineer.share_position)

    def test_engineer_agrees_and_takes_it_back(self):
        mine = self.as_engineer()
        self.assertTrue(mine.set_my_position_sharing(True))
        self.assertTrue(self.engineer.share_position)
        self.assertFalse(self.other_engineer.share_position)
        self.assertFalse(mine.set_my_position_sharing(False))
        self.assertFalse(self.engineer.share_position)
        with self.assertRaisesRegex(UserError, "no engineer"):
            self.env["qifei.engineer"].with_user(
                self.users["agent"]
            ).set_my_position_sharing(True)

    @freeze_time(NOW)
    def test_who_reads_positions(self):
        self.set_off()
        self.share()
        position = self.find_positions()
        for role in ("dispatcher", "manager", "engineer"):
            position.with_user(self.users[role]).read(["latitude"])
            with self.assertRaises(AccessError):
                position.with_user(self.users[role]).write({"latitude": 1})
            with self.assertRaises(AccessError):
                position.with_user(self.users[role]).unlink()
        for role in ("agent", "parts_keeper"):
            with self.assertRaises(AccessError):
                position.with_user(self.users[role]).read(["latitude"])
        self.engineer.user_id = False
        position.invalidate_recordset()
        with self.assertRaises(AccessError):
            position.with_user(self.users["engineer"]).read(["latitude"])


@tagged("post_install", "-at_install")
class TestArrival(DayCase):
    def get_arrival(self, order):
        return order._get_arrivals().get(order.id)

    def share(self, place=HALF_WAY):
        return self.as_engineer().share_my_position(*place)

    def test_arrival_follows_the_last_position(self):
        with freeze_time(NOW) as clock:
            order = self.set_off()
            self.share(HOME)
            # 3.336 km, 4.337 km by road, 8.7 minutes at 30 km/h.
            self.assertEqual(
                self.get_arrival(order).moment, datetime(2031, 3, 5, 3, 8, 42)
            )
            clock.tick(timedelta(minutes=3))
            self.share()
            arrival = self.get_arrival(order)
            self.assertEqual(arrival.position.latitude, HALF_WAY[0])
            self.assertEqual(arrival.moment, datetime(2031, 3, 5, 3, 7, 24))

    def test_arrival_is_never_over(self):
        with freeze_time(NOW) as clock:
            order = self.set_off()
            self.share(CUSTOMER)
            clock.tick(timedelta(minutes=5))
            self.assertEqual(self.get_arrival(order).moment, datetime(2031, 3, 5, 3, 5))

    def test_old_position_does_not_count(self):
        with freeze_time(NOW) as clock:
            order = self.set_off()
            self.seal(order, travel_minutes=25)
            self.share(HOME)
            clock.tick(timedelta(minutes=11))
            arrival = self.get_arrival(order)
            self.assertFalse(arrival.position)
            self.assertEqual(arrival.moment, datetime(2031, 3, 5, 3, 25))

    @freeze_time(NOW)
    def test_without_position_the_plan_counts(self):
        order = self.create_visits(planned_start="2031-03-05 03:40:00")
        self.walk(order, "depart")
        arrival = self.get_arrival(order)
        self.assertFalse(arrival.position)
        self.assertEqual(arrival.moment, datetime(2031, 3, 5, 3, 40))
        self.seal(order, travel_minutes=12)
        self.assertEqual(self.get_arrival(order).moment, datetime(2031, 3, 5, 3, 12))

    @freeze_time(NOW)
    def test_nobody_knows_before_departure_and_after_arrival(self):
        order = self.create_visits()
        for step in ("assign", "accept"):
            getattr(order, f"action_{step}")()
            self.assertIsNone(self.get_arrival(order))
        order.action_depart()
        self.as_engineer().set_my_position_sharing(True)
        self.share()
        self.assertTrue(self.get_arrival(order).position)
        order.action_arrive()
        self.assertIsNone(self.get_arrival(order))

    @freeze_time(NOW)
    def test_position_of_another_visit_does_not_count(self):
        first = self.set_off()
        self.share()
        second = self.create_visits()
        self.walk(second, "depart")
        self.assertTrue(self.get_arrival(first).position)
        self.assertFalse(self.get_arrival(second).position)

    @freeze_time(NOW)
    def test_withdrawn_consent_hides_the_position(self):
        order = self.set_off()
        self.share()
        self.as_engineer().set_my_position_sharing(False)
        self.assertFalse(self.get_arrival(order).position)

    def test_position_before_the_departure_does_not_count(self):
        with freeze_time(NOW) as clock:
            order = self.set_off()
            self.share()
            order.action_hold()
            order.action_resume()
            clock.tick(timedelta(minutes=1))
            order.action_depart()
            self.assertFalse(self.get_arrival(order).position)

    @freeze_time(NOW)
    def test_route_server_is_asked_and_may_fail(self):
        order = self.set_off()
        order.company_id.dispatch_osrm_url = "http://osrm.test.example:5000"
        with patch.object(
            qifei_work_order_arrival, "ask_osrm", return_value=[[0, 600], [600, 0]]
        ) as ask:
            self.share()
        self.assertEqual(ask.call_args.kwargs["timeout"], 2)
        position = self.env["qifei.engineer.position"].search(
            [("order_id", "=", order.id)]
        )
        self.assertEqual(position.remaining_minutes, 10)
        position.unlink()
        with patch.object(
            qifei_work_order_arrival, "ask_osrm", side_effect=OSError("down")
        ):
            self.assertTrue(self.share()["is_kept"])
        position = self.env["qifei.engineer.position"].search(
            [("order_id", "=", order.id)]
        )
        self.assertAlmostEqual(position.remaining_minutes, 4.4, 1)

    @freeze_time(NOW)
    def test_many_arrivals_cost_the_same(self):
        orders = self.create_visits(20, engineer_id=self.other_engineer.id)
        self.walk(orders, "depart")
        self.assertFlatQueries(lambda some: some._get_arrivals(), orders[:1], orders)
