from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_day import DayCase

RATES = (
    "day_order:sum",
    "orders_per_day:avg",
    "travel_share:avg",
    "utilisation:avg",
    "on_time_rate:avg",
    "first_time_fix_rate:avg",
    "delay_minutes:avg",
)


@tagged("post_install", "-at_install")
class TestDispatchReport(DayCase):
    """Two days worked out by hand; the engineer works 540 minutes a day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.create_visits(planned_start="2031-03-05 02:00:00")
        cls.second = cls.create_visits(
            planned_start="2031-03-05 05:00:00",
            window_ids=[
                (
                    0,
                    0,
                    {
                        "date_from": "2031-03-05 05:00:00",
                        "date_to": "2031-03-05 05:30:00",
                    },
                )
            ],
        )
        cls.third = cls.create_visits(planned_start="2031-03-05 07:30:00")
        cls.fourth = cls.create_visits(planned_start="2031-03-06 02:00:00", duration=2)
        cls.orders = cls.first | cls.second | cls.third | cls.fourth
        cls.walk(cls.orders, "accept")
        done = cls.first | cls.second
        done.action_depart()
        done.action_arrive()
        done.diagnosis = "Blown fuse"
        cls.first.result, cls.second.result = "solved", "partly"
        done.action_complete()
        cls.seal(
            cls.first,
            travel_minutes=25,
            travel_km=8,
            departed_on="2031-03-05 01:45:00",
            arrived_on="2031-03-05 02:05:00",
            done_on="2031-03-05 03:05:00",
        )
        cls.seal(
            cls.second,
            travel_minutes=30,
            departed_on="2031-03-05 05:00:00",
            arrived_on="2031-03-05 05:40:00",
            done_on="2031-03-05 07:10:00",
        )
        cls.seal(cls.third, travel_minutes=10)
        cls.env["resource.calendar.leaves"].create(
            {
                "name": "Dentist",
                "resource_id": cls.engineer.resource_id.id,
                "calendar_id": cls.calendar.id,
                "date_from": "2031-03-06 06:00:00",
                "date_to": "2031-03-06 12:00:00",
            }
        )
        cls.env.flush_all()

    def read_rates(self, *domain, groupby=()):
        return self.env["qifei.dispatch.report"]._read_group(
            [("order_id", "in", self.orders.ids), *domain], groupby, RATES
        )

    def assertRates(self, row, expected):
        for spec, value, wanted in zip(RATES, row, expected, strict=True):
            self.assertAlmostEqual(value, wanted, 2, spec)

    def test_rows_say_plan_and_fact(self):
        row = self.env["qifei.dispatch.report"].search(
            [("order_id", "=", self.first.id)]
        )
        self.assertEqual(row.engineer_id, self.engineer)
        self.assertEqual(str(row.date), "2031-03-05")
        self.assertEqual(row.planned_travel, 25)
        self.assertEqual(row.actual_travel, 20)
        self.assertEqual(row.travel_km, 8)
        self.assertEqual((row.planned_work, row.actual_work), (60, 60))
        self.assertEqual(row.delay_minutes, 5)
        self.assertEqual(row.state, "done")

    def test_day_adds_up_to_what_a_pencil_says(self):
        # Travel 20 + 40 + 10, work 60 + 90 + 60, of 540 minutes.
        [row] = self.read_rates(("date", "=", "2031-03-05"))
        self.assertRates(row, (3, 3, 25, 280 / 5.4, 50, 50, 22.5))

    def test_leave_shortens_the_working_time(self):
        # 120 of 300 minutes, the afternoon is free.
        [row] = self.read_rates(("date", "=", "2031-03-06"))
        self.assertEqual(row[0], 1)
        self.assertAlmostEqual(row[3], 40)
        self.assertFalse(row[4] or row[5] or row[6])

    def test_days_weigh_by_their_minutes(self):
        [row] = self.read_rates()
        self.assertRates(row, (4, 2, 17.5, 100 * 400 / 840, 50, 50, 22.5))
        by_engineer = self.read_rates(groupby=["engineer_id"])
        self.assertEqual([line[0] for line in by_engineer], [self.engineer])
        self.assertRates(by_engineer[0][1:], row)

    def test_rework_is_no_first_time_fix(self):
        self.first._as_own_step().write({"rework_count": 1})
        self.env.flush_all()
        row = self.env["qifei.dispatch.report"].search(
            [("order_id", "=", self.first.id)]
        )
        self.assertEqual(row.first_time_fix_rate, 0)

    def test_every_other_week_counts_its_own_hours(self):
        self.calendar.write({"two_weeks_calendar": True})
        self.calendar.attendance_ids.unlink()
        self.env["resource.calendar.attendance"].create(
            [
                {
                    "name": "Day",
                    "calendar_id": self.calendar.id,
                    "dayofweek": "2",
                    "week_type": week_type,
                    "hour_from": 9,
                    "hour_to": hour_to,
                    "day_period": "morning",
                }
                for week_type, hour_to in (("0", 12), ("1", 15))
            ]
        )
        day = self.first.planned_start.date()
        week = self.env["resource.calendar.attendance"].get_week_type(day)
        self.env.flush_all()
        rows = self.env["qifei.dispatch.report"].search(
            [("date", "=", "2031-03-05"), ("order_id", "in", self.orders.ids)]
        )
        self.assertAlmostEqual(sum(rows.mapped("working_time")), (360 if week else 180))

    def test_drafts_and_cancelled_visits_do_not_count(self):
        draft = self.create_visits()
        cancelled = self.create_visits()
        self.walk(cancelled, "assign").action_cancel()
        self.env.flush_all()
        self.assertFalse(
            self.env["qifei.dispatch.report"].search(
                [("order_id", "in", (draft | cancelled).ids)]
            )
        )

    def test_who_reads_the_rows(self):
        report = self.env["qifei.dispatch.report"]
        domain = [("order_id", "in", self.orders.ids)]
        for role in ("agent", "dispatcher", "manager", "engineer"):
            rows = report.with_user(self.users[role]).search(domain)
            self.assertEqual(len(rows), 4, role)
        with self.assertRaises(AccessError):
            report.with_user(self.users["parts_keeper"]).search(domain)
        self.engineer.user_id = False
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(report.with_user(self.users["engineer"]).search(domain))
        company = self.env["res.company"].create({"name": "Other service"})
        self.users["dispatcher"].write(
            {"company_ids": [(6, 0, company.ids)], "company_id": company.id}
        )
        self.assertFalse(
            report.with_user(self.users["dispatcher"])
            .with_company(company)
            .search(domain)
        )
