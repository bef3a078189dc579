from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common_plans import DAY, PlanCase


@tagged("post_install", "-at_install")
class TestAbsence(PlanCase):
    """Visits whose engineer is absent, and changes during the day."""

    def _get_todos(self, engineer=None):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "qifei.engineer"),
                ("res_id", "=", (engineer or self.engineer).id),
            ]
        )

    def test_leave_breaks_the_visits_in_its_time_only(self):
        early, late = self.create_planned(9), self.create_planned(15)
        other = self.create_planned(9, self.other_engineer)
        visits = early | late | other
        self.assertEqual(visits.mapped("is_broken"), [False] * 3)
        self.create_leave(self.engineer, f"{DAY} 13:30:00", f"{DAY} 16:00:00")
        visits.invalidate_recordset()
        self.assertEqual(visits.mapped("is_broken"), [False, True, False])
        found = self.env["qifei.work.order"].search(
            [("is_broken", "=", True), ("id", "in", visits.ids)]
        )
        self.assertEqual(found, late)
        found = self.env["qifei.work.order"].search(
            [("is_broken", "!=", True), ("id", "in", visits.ids)]
        )
        self.assertEqual(found, early | other)

    def test_visit_outside_working_time_is_broken_one_over_lunch_is_not(self):
        lunch = self.create_planned(11, duration=3)
        evening = self.create_planned(20)
        self.assertFalse(lunch.is_broken)
        self.assertTrue(evening.is_broken)

    def test_begun_done_and_past_visits_are_not_broken(self):
        begun = self.create_planned(9)
        past = self.create_visits(
            engineer_id=self.engineer.id, planned_start="2026-01-05 09:00:00"
        )
        begun.action_accept()
        begun.action_depart()
        self.create_leave(self.engineer, f"{DAY} 00:00:00", f"{DAY} 23:59:59")
        self.create_leave(self.engineer, "2026-01-05 00:00:00", "2026-01-05 23:59:59")
        self.assertFalse(any((begun | past).mapped("is_broken")))

    def test_dispatcher_gets_one_to_do_with_the_visits(self):
        visits = self.create_planned(9) | self.create_planned(15)
        visits.user_id = self.dispatcher
        leave = self.create_leave(self.engineer, f"{DAY} 08:00:00", f"{DAY} 12:00:00")
        todo = self._get_todos()
        self.assertEqual(len(todo), 1)
        self.assertEqual(todo.user_id, self.dispatcher)
        self.assertIn("plan anew: 1", todo.summary)
        self.assertIn(visits[0].name, todo.note)
        self.assertNotIn(visits[1].name, todo.note)
        # A longer leave renews the same one.
        leave.date_to = f"{DAY} 17:00:00"
        self.assertEqual(self._get_todos(), todo)
        self.assertIn(visits[1].name, todo.note)
        self.assertEqual(self.engineer.broken_order_count, 2)
        # It goes away with its reason.
        leave.unlink()
        self.assertFalse(self._get_todos())
        self.engineer.invalidate_recordset()
        self.assertEqual(self.engineer.broken_order_count, 0)

    def test_holiday_of_the_company_is_told_for_each_engineer(self):
        self.create_planned(9)
        self.create_planned(9, self.other_engineer)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": f"{DAY} 00:00:00",
                "date_to": f"{DAY} 23:59:59",
            }
        )
        for engineer in self.engineers:
            self.assertEqual(len(self._get_todos(engineer)), 1)

    def test_leave_without_visits_tells_nobody(self):
        self.create_leave(self.engineer, f"{DAY} 08:00:00", f"{DAY} 12:00:00")
        self.assertFalse(self._get_todos())

    def test_approved_leave_of_an_employee_takes_him_out(self):
        """Time off of the Time Off app, when it is installed, and of the calendar."""
        employee = self.env["hr.employee"].create(
            {"name": "Employed engineer", "resource_calendar_id": self.calendar.id}
        )
        engineer = self.env["qifei.engineer"].create({"employee_id": employee.id})
        visit = self.create_planned(9, engineer)
        self.assertFalse(visit.is_broken)
        if "hr.leave" in self.env:
            kind = self.env["hr.leave.type"].create(
                {"name": "Test leave", "requires_allocation": False}
            )
            leave = self.env["hr.leave"].create(
                {
                    "name": "Test leave",
                    "employee_id": employee.id,
                    "holiday_status_id": kind.id,
                    "request_date_from": DAY,
                    "request_date_to": DAY,
                }
            )
            leave.action_approve()
        else:
            self.create_leave(engineer, f"{DAY} 00:00:00", f"{DAY} 23:59:59")
        visit.invalidate_recordset()
        self.assertTrue(visit.is_broken)
        self.assertEqual(len(self._get_todos(engineer)), 1)
        run = self.make_plan()
        line = run.line_ids.filtered(lambda line: line.order_id == visit)
        self.assertEqual(line.change, "moved")
        run.action_publish()
        self.assertIn(visit.engineer_id, self.engineers)
        self.assertFalse(self._get_todos(engineer))

    def test_workbench_names_visits_and_plans(self):
        visit = self.create_planned(9)
        self.create_leave(self.engineer, f"{DAY} 00:00:00", f"{DAY} 23:59:59")
        run = self.make_plan()
        workbench = self.env["qifei.workbench"].with_user(self.dispatcher)
        cards = {card["id"]: card for card in workbench.get_cards()}
        self.assertIn(
            visit.id, [item["id"] for item in cards["dispatch_broken"]["items"]]
        )
        self.assertIn(run.id, [item["id"] for item in cards["dispatch_plans"]["items"]])
        for role in ("agent", "engineer", "parts_keeper"):
            workbench = self.env["qifei.workbench"].with_user(self.users[role])
            names = {card["id"] for card in workbench.get_cards()}
            self.assertFalse({"dispatch_broken", "dispatch_plans"} & names)

    # === CHANGES DURING THE DAY === #

    def test_engineer_who_is_out_gives_his_visits_away(self):
        now = fields.Datetime.now().replace(minute=0, second=0)
        # Where it is ten in the morning now, or eleven.
        ahead = min(now.hour - 10, 12)
        calendar = self.create_calendar(
            f"Etc/GMT{ahead:+}" if ahead else "UTC", (8, 20), days=range(7)
        )
        self.company.resource_calendar_id = calendar
        self.engineers.write({"resource_calendar_id": calendar.id, "tz": calendar.tz})
        start = now + timedelta(hours=2)
        visit = self.create_visits(engineer_id=self.engineer.id, planned_start=start)
        kept = self.create_visits(
            engineer_id=self.other_engineer.id, planned_start=start
        )
        (visit | kept).action_assign()
        action = self.engineer.with_user(self.dispatcher).action_out()
        run = self.runs.browse(action["res_id"])
        self.assertEqual((run.kind, run.state), ("replan", "queued"))
        self.assertIn("is out", run.reason)
        self.assertEqual(self.engineer.availability, "off")
        self.run_job()
        self.assertEqual(run.state, "planned", run.message)
        # Those of others stay where they are.
        self.assertEqual(run.line_ids.order_id, visit)
        self.assertEqual(run.line_ids.engineer_id, self.other_engineer)
        run.with_user(self.dispatcher).action_publish()
        self.assertEqual(visit.engineer_id, self.other_engineer)
        self.assertEqual(kept.planned_start, start)

    def test_engineer_is_out_until_midnight_when_the_clocks_change(self):
        calendar = self.create_calendar("Europe/Berlin", (8, 20), days=range(7))
        self.company.resource_calendar_id = calendar
        self.engineers.write({"resource_calendar_id": calendar.id, "tz": calendar.tz})
        for now, end in (
            ("2031-03-30 08:00:00", datetime(2031, 3, 30, 21, 59, 59)),
            ("2031-06-02 08:00:00", datetime(2031, 6, 2, 21, 59, 59)),
            ("2031-10-26 08:00:00", datetime(2031, 10, 26, 22, 59, 59)),
        ):
            with self.subTest(now=now), freeze_time(now):
                self.engineer.with_user(self.dispatcher).action_out()
                leave = self.env["resource.calendar.leaves"].search(
                    [("resource_id", "=", self.engineer.resource_id.id)],
                    order="id desc",
                    limit=1,
                )
                self.assertEqual(leave.date_from, datetime.fromisoformat(now))
                self.assertEqual(leave.date_to, end)

    def test_only_dispatchers_say_that_an_engineer_is_out(self):
        portal = new_test_user(
            self.env, login="qifei_test_absence_portal", groups="base.group_portal"
        )
        for role in ("agent", "engineer", "parts_keeper"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.engineer.with_user(self.users[role]).action_out()
        with self.assertRaises(AccessError):
            self.engineer.with_user(portal).action_out()
        visit = self.create_planned(9)
        for role in ("agent", "engineer", "parts_keeper"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                visit.with_user(self.users[role]).action_replan()

    def test_visit_that_takes_longer_moves_those_behind_it(self):
        visit = self.create_planned(9)
        dispatcher = visit.with_user(self.dispatcher)
        with self.assertRaisesRegex(UserError, "only a visit under way"):
            dispatcher.action_overrun()
        visit.action_accept()
        visit.action_depart()
        visit.action_arrive()
        action = dispatcher.action_overrun()
        self.assertEqual(visit.planned_end, datetime(2031, 3, 3, 10, 30))
        run = self.runs.browse(action["res_id"])
        self.assertEqual(run.engineer_ids, self.engineer)
        self.assertIn(visit.name, run.reason)

    def test_cancelled_visit_offers_a_new_plan(self):
        cancelled, other = self.create_planned(9), self.create_planned(15)
        cancelled.action_cancel()
        action = cancelled.with_user(self.dispatcher).action_replan()
        run = self.runs.browse(action["res_id"])
        self.assertIn("was cancelled", run.reason)
        self.assertEqual(run.date_from, DAY)
        self.run_job()
        self.assertEqual(run.line_ids.order_id, other)

    def test_emergency_is_fitted_into_a_full_day(self):
        """Others move a little; nobody loses his engineer for it without need."""
        visits = self.env["qifei.work.order"].union(
            *(
                self.create_planned(hour, engineer, duration=1.4)
                for engineer in self.engineers
                for hour in (9, 11, 14)
            )
        )
        urgent = self.create_visits(
            priority="3",
            window_ids=[
                Command.create(
                    {"date_from": f"{DAY} 08:00:00", "date_to": f"{DAY} 10:00:00"}
                )
            ],
            planned_start=f"{DAY} 08:00:00",
        )
        action = urgent.with_user(self.dispatcher).action_fit_in()
        run = self.runs.browse(action["res_id"])
        self.assertEqual((run.kind, run.date_from), ("replan", DAY))
        self.assertIn("is urgent", run.reason)
        self.run_job()
        self.assertEqual(run.line_ids.order_id, visits | urgent)
        line = run.line_ids.filtered(lambda line: line.order_id == urgent)
        self.assertEqual(line.change, "new")
        self.assertLessEqual(line.planned_start, datetime(2031, 3, 3, 10))
        self.assertFalse(run.unplaced_count)
        self.assertLessEqual(
            len(run.line_ids.filtered(lambda line: line.change == "moved")), 1
        )
        for role in ("engineer", "parts_keeper"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                urgent.with_user(self.users[role]).action_fit_in()

    def test_visits_of_an_absent_engineer_are_planned_anew(self):
        visit = self.create_planned(9)
        with self.assertRaisesRegex(UserError, "nothing to plan anew"):
            self.engineer.with_user(self.dispatcher).action_replan_broken()
        self.create_leave(self.engineer, f"{DAY} 00:00:00", f"{DAY} 23:59:59")
        action = self.engineer.with_user(self.dispatcher).action_replan_broken()
        run = self.runs.browse(action["res_id"])
        self.assertEqual((run.date_from, run.engineer_ids), (DAY, self.engineer))
        self.run_job()
        self.assertEqual(run.line_ids.order_id, visit)
        self.assertEqual(run.line_ids.engineer_id, self.other_engineer)
        self.assertEqual(
            self.engineer.action_view_broken_orders()["domain"][-1],
            ("is_broken", "=", True),
        )

    def test_queries_do_not_grow_with_the_visits(self):
        visits = self.create_visits(
            20, engineer_id=self.engineer.id, planned_start=f"{DAY} 09:00:00"
        )
        self.assertFlatQueries(
            lambda orders: orders.mapped("is_broken"), visits[:1], visits
        )
