from datetime import datetime, timedelta

from pytz import UTC

from odoo.tests import TransactionCase, tagged

# A Friday; the clocks of Berlin are put forward on the 30th of the month.
FRIDAY = datetime(2031, 3, 7, 15)


@tagged("post_install", "-at_install")
class TestWorkingTime(TransactionCase):
    """Deadlines follow the calendar of the company, which is read once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Test hours", "tz": "UTC", "company_id": cls.env.company.id}
        )
        cls.company = cls.env.company
        cls.company.resource_calendar_id = cls.calendar

    def _create_day_off(self, company=None, **values):
        leaves = self.env["resource.calendar.leaves"]
        day_off = leaves.with_company(company or self.company).create(
            {
                "name": "Day off",
                "calendar_id": self.calendar.id,
                "date_from": "2031-03-10 00:00:00",
                "date_to": "2031-03-10 23:59:59",
                **values,
            }
        )
        # Core computes the company in the one that is at work when it stores it.
        day_off.flush_recordset()
        return day_off

    def _count_queries(self):
        count = self.env.cr.sql_log_count
        self.company._plan_hours(FRIDAY, 4)
        return self.env.cr.sql_log_count - count

    def test_same_as_core(self):
        self._create_day_off()
        for tz in ("UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York"):
            self.calendar.tz = tz
            for start in (FRIDAY, datetime(2031, 3, 29, 23, 30), datetime(1999, 1, 1)):
                for hours in (0.25, 4, 8, 40, 300):
                    with self.subTest(tz=tz, start=start, hours=hours):
                        core = self.calendar.plan_hours(
                            hours, start.replace(tzinfo=UTC), compute_leaves=True
                        )
                        self.assertEqual(
                            self.company._plan_hours(start, hours),
                            core.astimezone(UTC).replace(tzinfo=None),
                        )

    def test_calendar_is_read_once(self):
        self.company._plan_hours(FRIDAY, 4)
        self.env.invalidate_all()
        self.assertFalse(self._count_queries())

    def test_every_change_counts(self):
        def plan():
            return self.company._plan_hours(FRIDAY, 4)

        monday = self.calendar.attendance_ids.filtered(
            lambda attendance: (
                attendance.dayofweek == "0" and attendance.day_period == "morning"
            )
        )
        self.assertEqual(plan(), datetime(2031, 3, 10, 10))
        monday.hour_from = 9
        self.assertEqual(plan(), datetime(2031, 3, 10, 11))
        monday.unlink()
        self.assertEqual(plan(), datetime(2031, 3, 10, 15))
        self.env["resource.calendar.attendance"].create(
            {
                "name": "Early",
                "calendar_id": self.calendar.id,
                "dayofweek": "0",
                "hour_from": 6,
                "hour_to": 12,
                "day_period": "morning",
            }
        )
        self.assertEqual(plan(), datetime(2031, 3, 10, 8))
        day_off = self._create_day_off()
        self.assertEqual(plan(), datetime(2031, 3, 11, 10))
        day_off.date_to = "2031-03-11 23:59:59"
        self.assertEqual(plan(), datetime(2031, 3, 12, 10))
        day_off.unlink()
        self.assertEqual(plan(), datetime(2031, 3, 10, 8))
        self.calendar.tz = "Asia/Shanghai"
        # In Shanghai it is Friday night, and six on Monday is ten on Sunday night.
        self.assertEqual(plan(), datetime(2031, 3, 10, 2))
        self.calendar.schedule_type = "flexible"
        self.assertEqual(plan(), FRIDAY + timedelta(hours=4))
        self.company.resource_calendar_id = self.calendar.create(
            {"name": "Other hours", "tz": "UTC", "company_id": self.company.id}
        )
        # It has taken over the attendances of the former one, in UTC.
        self.assertEqual(plan(), datetime(2031, 3, 10, 8))

    def test_days_off_without_a_calendar_are_those_of_the_company(self):
        other = self.env["res.company"].create({"name": "Other company"})
        self._create_day_off(other, calendar_id=False)
        company = self.company.with_context(
            allowed_company_ids=[self.company.id, other.id]
        )
        self.assertEqual(company._plan_hours(FRIDAY, 4), datetime(2031, 3, 10, 10))
        self._create_day_off(calendar_id=False)
        self.assertEqual(company._plan_hours(FRIDAY, 4), datetime(2031, 3, 11, 10))

    def test_someones_own_day_off_changes_nothing(self):
        resource = self.env["resource.resource"].create(
            {"name": "Somebody", "calendar_id": self.calendar.id}
        )
        self.company._plan_hours(FRIDAY, 4)
        own = self._create_day_off(resource_id=resource.id)
        self.env.flush_all()
        self.assertFalse(self._count_queries())
        self.assertEqual(self.company._plan_hours(FRIDAY, 4), datetime(2031, 3, 10, 10))
        own.resource_id = False
        self.assertEqual(self.company._plan_hours(FRIDAY, 4), datetime(2031, 3, 11, 10))
