from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common_plans import CENTRE, DAY, NORTH, PlanCase

HOUR = 3600.0


@tagged("post_install", "-at_install")
class TestProblem(PlanCase):
    """Engineers and orders in the words of the engine."""

    def _get_engineer(self, draft, engineer=None, day=DAY):
        return draft.problem.engineer(f"{(engineer or self.engineer).id}@{day}")

    # === ENGINEERS === #

    def test_engineer_has_one_shift_for_each_day_of_work(self):
        self.engineer.write(
            {
                "max_orders": 4,
                "end_latitude": NORTH[0],
                "end_longitude": NORTH[1],
                "skill_ids": [Command.create({"name": "Test skill of plans"})],
                "tool_ids": [Command.create({"name": "Test pump"})],
            }
        )
        # From Friday to Monday.
        draft = self.env["qifei.dispatch.problem"]._draft(
            self.company,
            self.engineers,
            self.create_visits(),
            date(2031, 3, 7),
            date(2031, 3, 10),
        )
        self.assertEqual(
            {engineer.id for engineer in draft.problem.engineers},
            {
                f"{engineer.id}@{day}"
                for engineer in self.engineers
                for day in ("2031-03-07", "2031-03-10")
            },
        )
        monday = self._get_engineer(draft, day="2031-03-10")
        self.assertEqual(monday.person, self.engineer.id)
        self.assertEqual(monday.shift, ((72 + 8) * HOUR, (72 + 17) * HOUR))
        self.assertEqual(monday.breaks, (((72 + 12) * HOUR, (72 + 13) * HOUR),))
        self.assertEqual(monday.max_orders, 4)
        self.assertEqual(monday.skills, {str(self.engineer.skill_ids.id)})
        self.assertEqual(monday.tools, {str(self.engineer.tool_ids.id)})
        self.assertEqual(monday.start, "31.230400,121.473700")
        self.assertEqual(monday.end, "31.260400,121.473700")
        other = self._get_engineer(draft, self.other_engineer, "2031-03-10")
        self.assertEqual((other.end, other.max_orders), (other.start, None))

    def test_leave_in_the_middle_of_the_day_is_a_break(self):
        self.create_leave(self.engineer, f"{DAY} 10:00:00", f"{DAY} 14:30:00")
        engineer = self._get_engineer(self.draft(self.create_visits()))
        self.assertEqual(engineer.shift, (8 * HOUR, 17 * HOUR))
        self.assertEqual(engineer.breaks, ((10 * HOUR, 14.5 * HOUR),))

    def test_whole_day_of_leave_takes_the_engineer_out(self):
        order = self.create_planned(9)
        self.create_leave(self.engineer, f"{DAY} 00:00:00", f"{DAY} 23:59:59")
        draft = self.draft(order)
        self.assertEqual(
            [engineer.person for engineer in draft.problem.engineers],
            [self.other_engineer.id],
        )
        # The order can be given to the other one.
        self.assertEqual([item.id for item in draft.problem.orders], [order.id])
        self.assertFalse(draft.routes)

    def test_holiday_of_the_company_takes_everybody_out(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": f"{DAY} 00:00:00",
                "date_to": f"{DAY} 23:59:59",
            }
        )
        self.assertFalse(self.draft(self.create_visits()).problem.engineers)

    def test_leave_counts_for_engineers_without_fixed_hours(self):
        self.engineer.resource_calendar_id = False
        draft = self.draft(self.create_visits())
        self.assertEqual(self._get_engineer(draft).shift, (8 * HOUR, 17 * HOUR))
        self.create_leave(self.engineer, f"{DAY} 00:00:00", f"{DAY} 23:59:59")
        draft = self.draft(self.create_visits())
        self.assertEqual(
            {engineer.person for engineer in draft.problem.engineers},
            {self.other_engineer.id},
        )

    def test_night_shift_goes_on_after_midnight(self):
        self.engineer.resource_calendar_id = self.create_calendar(
            "UTC", (0, 6), (22, 24), days=range(7)
        )
        draft = self.draft(self.create_visits(), self.engineer)
        (engineer,) = draft.problem.engineers
        # What begins at midnight is the end of the shift of the day before.
        self.assertEqual(engineer.shift, (22 * HOUR, 30 * HOUR))
        self.assertFalse(engineer.breaks)

    def test_shift_is_right_on_the_day_the_clocks_change(self):
        calendar = self.create_calendar(
            "Europe/Berlin", (1, 12), (13, 17), days=range(7)
        )
        self.company.resource_calendar_id = calendar
        self.engineer.write(
            {"resource_calendar_id": calendar.id, "tz": "Europe/Berlin"}
        )
        sunday = date(2031, 3, 30)
        order = self.create_visits(
            window_ids=[
                Command.create(
                    {
                        "date_from": "2031-03-30 08:00:00",
                        "date_to": "2031-03-30 09:00:00",
                    }
                )
            ]
        )
        draft = self.env["qifei.dispatch.problem"]._draft(
            self.company, self.engineer, order, sunday, sunday
        )
        (engineer,) = draft.problem.engineers
        # From one to five in the afternoon: sixteen hours less the one that is missing.
        self.assertEqual(engineer.shift, (1 * HOUR, 16 * HOUR))
        # Ten o'clock in summer time is nine hours after midnight.
        (order,) = draft.problem.orders
        self.assertEqual(order.windows, ((9 * HOUR, 10 * HOUR),))

    def test_what_is_over_today_is_not_planned_any_more(self):
        now = datetime(2031, 3, 3, 10, 20, 30)
        draft = self.draft(self.create_visits(), now=now)
        engineer = self._get_engineer(draft)
        self.assertEqual(engineer.shift, (10 * HOUR + 21 * 60, 17 * HOUR))
        evening = self.draft(self.create_visits(), now=datetime(2031, 3, 3, 18))
        self.assertFalse(evening.problem.engineers)

    def test_who_is_at_work_starts_where_he_is(self):
        order = self.create_planned(9)
        order.action_accept()
        order.action_depart()
        order.action_arrive()
        self.engineer.max_orders = 1
        now = datetime(2031, 3, 3, 9, 30)
        draft = self.draft(self.create_visits(), now=now)
        engineer = self._get_engineer(draft)
        self.assertEqual(engineer.start, "31.260400,121.473700")
        self.assertEqual(engineer.max_orders, 1)
        self.assertEqual(draft.kept, {order.id})
        fact = draft.problem.order(order.id)
        # Half an hour is left of it, and it has begun.
        self.assertEqual(fact.duration, HOUR / 2)
        self.assertEqual(fact.windows, ((9.5 * HOUR, 9.5 * HOUR),))
        order.write({"diagnosis": "Blown fuse", "result": "solved"})
        order.action_complete()
        order._as_own_step().write({"done_on": now})
        self.engineer.max_orders = 3
        draft = self.draft(self.create_visits(), now=now)
        engineer = self._get_engineer(draft)
        self.assertEqual(engineer.start, "31.260400,121.473700")
        self.assertEqual(engineer.max_orders, 2)
        self.assertFalse(draft.kept)

    def test_overtime_lengthens_every_shift(self):
        draft = self.draft(self.create_visits(), overtime=HOUR)
        self.assertEqual(self._get_engineer(draft).shift, (8 * HOUR, 18 * HOUR))

    # === ORDERS === #

    def test_order_says_what_it_needs_and_wishes(self):
        skill = self.env["qifei.skill"].create({"name": "Test gas of plans"})
        tool = self.env["qifei.tool"].create({"name": "Test gauge"})
        self.ticket_type.write({"skill_ids": skill.ids, "tool_ids": tool.ids})
        ticket = self.create_tickets(
            priority="2",
            preferred_engineer_id=self.engineer.id,
            preferred_start=f"{DAY} 09:00:00",
            preferred_end=f"{DAY} 11:00:00",
            deadline=f"{DAY} 10:00:00",
        )
        order = self.create_visits(
            ticket_id=ticket.id,
            excluded_engineer_ids=self.other_engineer.ids,
            duration=1.51,
        )
        (item,) = self.draft(order).problem.orders
        # Up to whole minutes, so that everything planned begins at one.
        self.assertEqual(item.duration, 91 * 60)
        self.assertEqual(item.windows, ((9 * HOUR, 11 * HOUR),))
        self.assertEqual(item.skills, {str(skill.id)})
        self.assertEqual(item.tools, {str(tool.id)})
        self.assertEqual(item.priority, 2.0)
        self.assertEqual(item.excluded, {self.other_engineer.id})
        self.assertEqual(list(item.preferred), [self.engineer.id])
        self.assertEqual(item.deadline, 10 * HOUR)
        self.assertIsNone(item.pinned_to)

    def test_areas_exclude_engineers_unless_they_are_ignored(self):
        country = self.env.ref("base.cn")
        east = self.env["qifei.service.area"].create(
            {"name": "Test east", "country_id": country.id}
        )
        town = self.env["qifei.service.area"].create(
            {"name": "Test town", "parent_id": east.id, "cities": "Testtown"}
        )
        west = self.env["qifei.service.area"].create(
            {"name": "Test west", "country_id": country.id}
        )
        self.engineer.area_ids = east
        self.other_engineer.area_ids = west
        order = self.create_visits(area_id=town.id)
        (item,) = self.draft(order).problem.orders
        self.assertEqual(item.excluded, {self.other_engineer.id})
        (item,) = self.draft(order, ignore_areas=True).problem.orders
        self.assertFalse(item.excluded)
        order.area_id = False
        (item,) = self.draft(order).problem.orders
        self.assertFalse(item.excluded)

    def test_who_was_there_last_knows_the_machine(self):
        machine = self.env["qifei.equipment"].create(
            {
                "serial": "TEST-PLAN-1",
                "product_id": self.product.id,
                "partner_id": self.customer.id,
            }
        )
        for engineer, day in ((self.other_engineer, 1), (self.engineer, 2)):
            done = self.create_orders(
                engineer_id=engineer.id, equipment_id=machine.id, planned_start=False
            )
            self.walk(done, "complete")
            done._as_own_step().write({"done_on": f"2026-01-0{day} 10:00:00"})
        order = self.create_visits(equipment_id=machine.id)
        (item,) = self.draft(order).problem.orders
        self.assertEqual(item.affinity, {self.engineer.id: 1.0})
        other = self.create_visits()
        (item,) = self.draft(other).problem.orders
        self.assertEqual(item.affinity, {self.engineer.id: 0.5})

    def test_what_is_pinned_or_not_asked_about_stays(self):
        pinned = self.create_planned(9, is_pinned=True)
        kept = self.create_planned(14)
        movable = self.create_planned(10, self.other_engineer)
        reserved = self.create_visits(
            engineer_id=self.other_engineer.id, planned_start=f"{DAY} 15:00:00"
        )
        draft = self.draft(pinned | movable | reserved)
        self.assertEqual(draft.kept, {pinned.id, kept.id})
        key = f"{self.engineer.id}@{DAY}"
        self.assertEqual(draft.problem.order(pinned.id).pinned_to, key)
        self.assertEqual(
            draft.problem.order(pinned.id).windows, ((9 * HOUR, 9 * HOUR),)
        )
        self.assertIsNone(draft.problem.order(movable.id).pinned_to)
        self.assertEqual(
            draft.routes,
            {
                key: [pinned.id, kept.id],
                f"{self.other_engineer.id}@{DAY}": [movable.id, reserved.id],
            },
        )

    def test_question_about_one_more_order_keeps_everything(self):
        planned = self.create_planned(9)
        order = self.create_visits()
        draft = self.env["qifei.dispatch.problem"]._get_routes(
            self.company, self.engineers, DAY, DAY, order
        )
        self.assertEqual(draft.kept, {planned.id})
        self.assertEqual(draft.routes, {f"{self.engineer.id}@{DAY}": [planned.id]})
        self.assertIn(order.id, draft.problem.order_index)

    def test_visits_too_close_together_do_not_close_the_day(self):
        """What people planned by hand is no reason to refuse everything else."""
        first = self.create_planned(9)
        second = self.create_planned(9, latitude=CENTRE[0])
        problems = self.env["qifei.dispatch.problem"]
        schedules = problems._get_day_routes(self.engineers, DAY)
        self.assertEqual(list(schedules), [self.engineer])
        schedule = schedules[self.engineer]
        self.assertEqual(set(schedule.orders), {first.id, second.id})
        self.assertFalse(schedule.broken)

    def test_places_nobody_knows_are_half_an_hour_away(self):
        order = self.create_visits(latitude=0, longitude=0)
        draft = self.draft(order)
        self.assertEqual(draft.unknown, {order.id})
        place = draft.problem.order(order.id).place
        start = self._get_engineer(draft).start
        self.assertEqual(draft.problem.travel(start, place), 1800)
        self.assertEqual(draft.problem.travel(place, place), 0)

    def test_travel_follows_speed_and_detour(self):
        order = self.create_visits()
        draft = self.draft(order)
        start = self._get_engineer(draft).start
        place = draft.problem.order(order.id).place
        # 3.34 km of straight line, times 1.3, at 30 km/h: 8.7 minutes, rounded up.
        self.assertEqual(draft.problem.travel(start, place), 9 * 60)
        self.company.dispatch_speed = 60
        draft = self.draft(order)
        self.assertEqual(draft.problem.travel(start, place), 5 * 60)

    def test_missing_route_server_is_remarked(self):
        # Nothing listens at this port.
        self.company.dispatch_osrm_url = "http://127.0.0.1:9"
        draft = self.draft(self.create_visits())
        self.assertEqual(len(draft.problem.remarks), 1)

    def test_address_of_the_route_server(self):
        self.company.dispatch_osrm_url = "https://user:secret@osrm.example.com"
        for role in ("manager", "dispatcher", "engineer"):
            company = self.company.with_user(self.users[role])
            with self.subTest(role=role), self.assertRaises(AccessError):
                company.read(["dispatch_osrm_url"])
        for address in ("file:///etc/passwd", "osrm", "http://", "http://[::1"):
            with (
                self.subTest(address=address),
                self.assertRaisesRegex(ValidationError, "no address of a route server"),
            ):
                self.company.dispatch_osrm_url = address

    def test_prices_are_those_of_the_company(self):
        self.company.write(
            {
                "dispatch_weight_travel": 2,
                "dispatch_weight_late": 3,
                "dispatch_weight_preferred": 4,
                "dispatch_weight_affinity": 5,
                "dispatch_weight_change": 6,
            }
        )
        weights = self.draft(self.create_visits()).problem.options.weights
        self.assertEqual((weights.travel, weights.lateness), (2, 3))
        self.assertEqual((weights.preferred, weights.affinity), (240, 300))
        self.assertEqual(weights.change, 360)
        weights = self.draft(
            self.create_visits(), change_factor=2, weights={"travel": 7}
        ).problem.options.weights
        self.assertEqual((weights.travel, weights.change), (7, 720))

    # === GROWTH === #

    def test_queries_do_not_grow_with_orders(self):
        tool = self.env["qifei.tool"].create({"name": "Test growth"})
        self.ticket_type.tool_ids = tool
        window = {"date_from": f"{DAY} 09:00:00", "date_to": f"{DAY} 11:00:00"}
        ticket = self.create_tickets()
        orders = self.create_visits(
            20, window_ids=[Command.create(window)], ticket_id=ticket.id
        )
        for number in range(20):
            self.create_planned(9 + number % 7, is_pinned=True)
        few, many = self.assertFlatQueries(self.draft, orders[:1], orders)
        self.assertLessEqual(few, 45)
        self.assertLessEqual(many, 45)

    def test_queries_do_not_grow_with_engineers_and_days(self):
        more = self.env["qifei.engineer"].create(
            [
                {
                    "name": f"Engineer {number}",
                    "resource_calendar_id": self.calendar.id,
                    "tz": "UTC",
                    "start_latitude": CENTRE[0],
                    "start_longitude": CENTRE[1],
                }
                for number in range(18)
            ]
        )
        order = self.create_visits()
        self.assertFlatQueries(
            lambda engineers: self.draft(order, engineers),
            self.engineers[:1],
            self.engineers | more,
        )
        self.assertFlatQueries(
            lambda days: self.draft(order, day_to=DAY + timedelta(days=days)), 0, 6
        )

    def test_creating_orders_with_tools_stays_flat(self):
        self.ticket_type.tool_ids = self.env["qifei.tool"].create({"name": "Test t"})
        self.assertFlatQueries(self.create_visits, 1, 20)
        order = self.create_visits()
        self.assertEqual(order.tool_ids, self.ticket_type.tool_ids)
