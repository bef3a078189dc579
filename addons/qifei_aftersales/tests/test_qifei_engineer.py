from datetime import datetime

from psycopg2 import IntegrityError
from pytz import utc

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common_warranty import WarrantyCase


def at(text):
    """Return a moment of 3 June 2026, a Wednesday, in UTC."""
    return datetime.fromisoformat(f"2026-06-03 {text}").replace(tzinfo=utc)


@tagged("post_install", "-at_install")
class TestQifeiEngineer(WarrantyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "8 to 12 and 13 to 17 in UTC",
                "tz": "UTC",
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": f"{day} {start}",
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": start + 4,
                            "day_period": "morning" if start == 8 else "afternoon",
                        }
                    )
                    for day in range(5)
                    for start in (8, 13)
                ],
            }
        )
        cls.engineer = cls.create_engineer("Li Qiang")

    @classmethod
    def create_engineer(cls, name, **values):
        return cls.env["qifei.engineer"].create(
            {
                "name": name,
                "resource_calendar_id": cls.calendar.id,
                "tz": "UTC",
                **values,
            }
        )

    def plan(self, engineer, start, end, state="accepted"):
        order = self.create_order(
            engineer_id=engineer.id,
            planned_start=f"2026-06-03 {start}",
            planned_end=f"2026-06-03 {end}",
        )
        order.action_assign()
        if state != "assigned":
            order.action_accept()
        return order

    # === IDENTITY === #

    def test_employee_lends_resource_user_and_phone(self):
        employee = self.env["hr.employee"].create(
            {
                "name": "Zhou Min",
                "user_id": self.users["engineer"].id,
                "work_phone": "+86 21 5555 0000",
                "resource_calendar_id": self.calendar.id,
            }
        )
        with Form(self.env["qifei.engineer"]) as form:
            form.employee_id = employee
        engineer = form.save()
        self.assertEqual(employee.resource_calendar_id, self.calendar)
        self.assertEqual(engineer.resource_calendar_id, self.calendar)
        self.assertEqual(engineer.resource_id, employee.resource_id)
        self.assertEqual(engineer.name, "Zhou Min")
        self.assertEqual(engineer.user_id, self.users["engineer"])
        self.assertEqual(engineer.partner_id, self.users["engineer"].partner_id)
        self.assertTrue(engineer.phone)
        with self.assertRaises(ValidationError):
            engineer.resource_id = self.engineer.resource_id

    @mute_logger("odoo.sql_db")
    def test_limits_in_the_database(self):
        self.engineer.user_id = self.users["engineer"]
        for values in (
            {"user_id": self.users["engineer"].id},
            {"start_latitude": 91},
            {"start_longitude": -181},
        ):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.create_engineer("Other", **values)

    def test_archive_and_find_again(self):
        self.engineer.action_archive()
        self.assertFalse(self.engineer.resource_id.active)
        self.assertNotIn(self.engineer, self.env["qifei.engineer"].search([]))

    # === AVAILABILITY === #

    def availability(self, moment):
        return self.engineer._get_availability(at(moment))[self.engineer.id]

    def test_off_outside_working_hours_and_free_within(self):
        for moment, expected in (
            ("07:59:00", "off"),
            ("08:00:00", "free"),
            ("12:30:00", "off"),
            ("16:59:00", "free"),
            ("17:00:00", "off"),
        ):
            with self.subTest(moment=moment):
                self.assertEqual(self.availability(moment), expected)

    def test_busy_during_planned_and_running_orders(self):
        order = self.plan(self.engineer, "09:00:00", "10:00:00")
        self.assertEqual(self.availability("08:30:00"), "free")
        self.assertEqual(self.availability("09:30:00"), "busy")
        self.assertEqual(self.availability("10:00:00"), "free")
        order.action_depart()
        self.assertEqual(self.availability("08:30:00"), "busy")

    def test_leave_of_the_resource_blocks(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Leave",
                "calendar_id": self.calendar.id,
                "resource_id": self.engineer.resource_id.id,
                "date_from": "2026-06-03 00:00:00",
                "date_to": "2026-06-03 12:00:00",
            }
        )
        self.assertEqual(self.availability("09:00:00"), "off")
        self.assertEqual(self.availability("14:00:00"), "free")
        other = self.create_engineer("Other")
        windows = (self.engineer | other)._get_free_windows(at("00:00"), at("23:00"))
        self.assertEqual(windows[self.engineer.id], [(at("13:00:00"), at("17:00:00"))])
        self.assertEqual(len(windows[other.id]), 2)

    def test_leave_of_the_employee_blocks(self):
        employee = self.env["hr.employee"].create(
            {"name": "Zhou Min", "resource_calendar_id": self.calendar.id, "tz": "UTC"}
        )
        engineer = self.env["qifei.engineer"].create({"employee_id": employee.id})
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Approved leave",
                "calendar_id": self.calendar.id,
                "resource_id": employee.resource_id.id,
                "date_from": "2026-06-03 00:00:00",
                "date_to": "2026-06-03 23:00:00",
            }
        )
        self.assertEqual(
            engineer._get_free_windows(at("00:00"), at("23:00"))[engineer.id], []
        )

    def test_free_windows_leave_out_orders(self):
        self.plan(self.engineer, "09:00:00", "10:00:00")
        cancelled = self.plan(self.engineer, "14:00:00", "15:00:00", "assigned")
        cancelled.action_cancel(reason="Customer is away")
        windows = self.engineer._get_free_windows(at("00:00"), at("23:00"))
        self.assertEqual(
            windows[self.engineer.id],
            [
                (at("08:00:00"), at("09:00:00")),
                (at("10:00:00"), at("12:00:00")),
                (at("13:00:00"), at("17:00:00")),
            ],
        )

    def test_moments_without_time_zone_are_utc(self):
        naive = self.engineer._get_free_windows(
            datetime(2026, 6, 3), datetime(2026, 6, 4)
        )
        self.assertEqual(
            naive, self.engineer._get_free_windows(at("00:00"), at("23:59:59"))
        )

    def test_availability_can_be_searched(self):
        with freeze_time("2026-06-03 09:30:00"):
            self.plan(self.engineer, "09:00:00", "10:00:00")
            engineers = self.env["qifei.engineer"]
            own = [("id", "=", self.engineer.id)]
            self.engineer.invalidate_recordset()
            self.assertEqual(self.engineer.availability, "busy")
            self.assertTrue(engineers.search([*own, ("availability", "=", "busy")]))
            self.assertTrue(engineers.search([*own, ("availability", "!=", "free")]))
            self.assertFalse(
                engineers.search([*own, ("availability", "in", ["free", "off"])])
            )

    # === COUNTS === #

    def test_counters_and_buttons(self):
        self.plan(self.engineer, "09:00:00", "10:00:00")
        self.engineer.invalidate_recordset()
        with freeze_time("2026-06-03 07:00:00"):
            self.assertEqual(self.engineer.open_order_count, 1)
            self.assertEqual(self.engineer.today_order_count, 1)
            self.assertEqual(self.engineer.done_order_count, 0)
        for method, count in (
            ("action_view_open_orders", 1),
            ("action_view_orders", 1),
        ):
            action = getattr(self.engineer, method)()
            self.assertEqual(
                self.env["qifei.work.order"].search_count(action["domain"]), count
            )
        self.assertTrue(self.engineer.action_view_ratings()["domain"])

    def test_queries_do_not_grow(self):
        engineers = self.env["qifei.engineer"]
        skill = self.env["qifei.skill"].create({"name": "Test skill"})
        for number in range(21):
            engineers |= self.create_engineer(
                f"Engineer {number}", skill_ids=[Command.link(skill.id)]
            )
        names = [
            "availability",
            "open_order_count",
            "today_order_count",
            "done_order_count",
            "rating_avg",
            "rating_count",
        ]
        self.assertFlatQueries(
            lambda some: some.web_read(dict.fromkeys(names, {})),
            engineers[0],
            engineers[1:],
        )
        self.assertFlatQueries(
            lambda some: some._get_free_windows(at("00:00"), at("23:00")),
            engineers[0],
            engineers[1:],
        )
        self.assertEqual(skill.engineer_count, 21)
        skills = self.env["qifei.skill"].create(
            [{"name": f"Skill {number}"} for number in range(21)]
        )
        self.assertFlatQueries(
            lambda some: some.mapped("engineer_count"), skills[0], skills[1:]
        )
