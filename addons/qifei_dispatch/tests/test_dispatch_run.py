import os
import signal
import threading
import time
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.qifei_base.tests.common import TransitionMatrixMixin, force_state
from odoo.addons.qifei_base.tools.isolation import search_in_slices
from odoo.addons.qifei_base.tools.turns import write_anew

from ..tools import solver_process
from .common_plans import DAY, PlanCase

SOLVE = "odoo.addons.qifei_dispatch.models.qifei_dispatch_run_solve"
ACTIONS = ("queue", "start", "finish", "fail", "publish", "discard", "cancel")


@tagged("post_install", "-at_install")
class TestRunStates(TransitionMatrixMixin, PlanCase):
    # The others do not see plans, see test_only_dispatchers_and_managers_see_plans.
    matrix_roles = ("dispatcher", "manager", "admin")

    def _matrix_record(self, role, user):
        return self.runs.create({"date_from": DAY})

    def test_matrix(self):
        cells = self.assertTransitionMatrix("qifei.dispatch.run")
        self.assertEqual(cells, 4 * 8 * (7 + 8))

    def test_only_dispatchers_and_managers_see_plans(self):
        run = self.runs.create({"date_from": DAY})
        portal = new_test_user(
            self.env, login="qifei_test_plan_portal", groups="base.group_portal"
        )
        users = {**self.users, "portal": portal, "nobody": self.user_nobody}
        allowed = {"dispatcher", "manager", "admin"}
        for role, user in users.items():
            as_user = run.with_user(user)
            for operation in ("read", "write", "create", "unlink"):
                with self.subTest(role=role, operation=operation):
                    self.assertEqual(as_user.has_access(operation), role in allowed)
            with self.subTest(role=role, lines=True):
                lines = self.env["qifei.dispatch.run.line"].with_user(user)
                self.assertEqual(lines.has_access("read"), role in allowed)
                self.assertFalse(lines.has_access("write"))
                self.assertFalse(lines.has_access("create"))
            if role in allowed:
                continue
            for action in ACTIONS:
                with self.subTest(role=role, action=action):
                    with self.assertRaises(AccessError):
                        getattr(as_user, f"action_{action}")()
            with self.subTest(role=role, button=True), self.assertRaises(AccessError):
                as_user.action_view_changes()

    def test_plans_of_other_companies_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Other plans"})
        run = self.runs.create({"date_from": DAY, "company_id": other.id})
        mine = self.runs.with_user(self.dispatcher)
        self.assertNotIn(run, mine.search([]))
        with self.assertRaises(AccessError):
            mine.browse(run.id).read(["name"])

    def test_question_stays_once_it_is_asked(self):
        run = self.runs.with_user(self.dispatcher).create({"date_from": DAY})
        run.date_from = DAY + timedelta(days=1)
        self.assertEqual(run.date_to, DAY + timedelta(days=1))
        run.action_queue()
        with self.assertRaisesRegex(UserError, "make a new plan"):
            run.date_from = DAY
        with self.assertRaisesRegex(UserError, "filled in by its own steps"):
            run.planned_count = 5

    def test_impossible_questions_are_refused(self):
        for values, words in (
            ({"date_to": DAY + timedelta(days=14)}, "14 at most"),
            ({"overtime_minutes": 30}, "What if"),
            ({"is_area_ignored": True}, "What if"),
        ):
            with self.subTest(words=words, **values):
                with self.assertRaisesRegex(ValidationError, words):
                    self.runs.create({"date_from": DAY, **values})

    def test_plan_at_work_is_not_deleted(self):
        run = self.runs.with_user(self.dispatcher).create({"date_from": DAY})
        run.action_queue()
        with self.assertRaisesRegex(UserError, "cancel it before"):
            run.unlink()
        run.action_cancel()
        run.unlink()

    def test_old_plans_are_cleared_away(self):
        old, waiting, new = self.runs.create([{"date_from": DAY}] * 3)
        force_state(waiting, "planned")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE qifei_dispatch_run SET write_date = now() - interval '90 days' "
            "WHERE id IN %s",
            [(old | waiting)._ids],
        )
        self.env.invalidate_all()
        self.runs._gc_old_runs()
        self.assertFalse(old.exists())
        self.assertTrue(waiting.exists() and new.exists())


@tagged("post_install", "-at_install")
class TestRun(PlanCase):
    """Plans made by the scheduled job, with the real engine in its own process."""

    def test_plan_proposes_and_changes_nothing(self):
        crossed = self.create_planned(9, self.engineer)
        waiting = self.create_visits(3)
        before = (crossed | waiting).read(["engineer_id", "planned_start", "state"])
        run = self.make_plan()
        self.assertEqual(run.state, "planned", run.message)
        self.assertFalse(run.message)
        self.assertEqual(run.progress, 100)
        self.assertEqual(run.line_ids.order_id, crossed | waiting)
        self.assertEqual(
            (crossed | waiting).read(["engineer_id", "planned_start", "state"]), before
        )
        self.assertEqual((run.planned_before, run.planned_count), (1, 4))
        self.assertEqual((run.unplaced_count, run.engineer_count), (0, 2))
        self.assertGreater(run.travel_after, 0)
        for line in run.line_ids:
            self.assertIn(line.engineer_id, self.engineers)
            self.assertEqual(line.day, DAY)
            self.assertEqual(line.planned_start.second, 0)
            self.assertEqual(line.planned_end - line.planned_start, timedelta(hours=1))
            self.assertIn(line.planned_start.hour, {8, 9, 10, 11, 13, 14, 15, 16})
        new = run.line_ids.filtered(lambda line: line.change == "new")
        self.assertEqual(new.order_id, waiting)
        self.assertTrue(all(line.note for line in new))
        self.assertTrue(run.proposal)
        for order in waiting:
            self.assertIn(order.name, run.proposal)

    def test_skills_promises_and_pins_are_kept(self):
        skill = self.env["qifei.skill"].create({"name": "Test rare skill"})
        self.other_engineer.skill_ids = skill
        special = self.ticket_type.copy({"code": "rare", "skill_ids": skill.ids})
        pinned = self.create_planned(9, self.engineer, is_pinned=True)
        rare = self.create_visits(ticket_type_id=special.id)
        promised = self.create_visits(
            window_ids=[
                Command.create(
                    {"date_from": f"{DAY} 14:00:00", "date_to": f"{DAY} 14:10:00"}
                )
            ]
        )
        later = self.create_visits(
            window_ids=[
                Command.create(
                    {
                        "date_from": "2031-03-04 09:00:00",
                        "date_to": "2031-03-04 10:00:00",
                    }
                )
            ]
        )
        run = self.make_plan()
        lines = {line.order_id: line for line in run.line_ids}
        self.assertNotIn(pinned, lines)
        self.assertNotIn(later, lines)
        self.assertEqual(lines[rare].engineer_id, self.other_engineer)
        self.assertEqual(lines[promised].planned_start.hour, 14)
        self.assertLessEqual(lines[promised].planned_start.minute, 10)

    def test_order_left_over_says_what_would_have_to_give(self):
        skill = self.env["qifei.skill"].create({"name": "Test unknown skill"})
        special = self.ticket_type.copy({"code": "unknown", "skill_ids": skill.ids})
        order = self.create_visits(ticket_type_id=special.id)
        run = self.make_plan()
        (line,) = run.line_ids
        self.assertEqual((line.change, run.unplaced_count), ("unplaced", 1))
        self.assertFalse(line.engineer_id)
        self.assertIn("Test unknown skill", line.note)
        self.assertIn(order.name, run.proposal)

    def test_assigned_orders_are_planned_on_their_day_or_without_one(self):
        timeless = self.create_visits(engineer_id=self.engineer.id)
        timeless.action_assign()
        planned = self.create_planned(9)
        earlier, later = self.create_planned(9), self.create_planned(10)
        earlier.planned_start = "2031-02-28 09:00:00"
        later.planned_start = "2031-03-04 09:00:00"
        run = self.make_plan()
        self.assertEqual(run.line_ids.order_id, timeless | planned)

    def test_accepted_orders_can_be_kept(self):
        accepted = self.create_planned(9)
        accepted.action_accept()
        self.create_visits()
        run = self.make_plan()
        self.assertIn(accepted, run.line_ids.order_id)
        run = self.make_plan(is_accepted_kept=True)
        self.assertNotIn(accepted, run.line_ids.order_id)

    def test_area_and_engineers_of_the_question_are_kept(self):
        country = self.env.ref("base.cn")
        area = self.env["qifei.service.area"].create(
            {"name": "Test plan area", "country_id": country.id}
        )
        inside, outside = self.create_visits(2)
        inside.area_id = area
        run = self.make_plan(area_ids=area.ids)
        self.assertEqual(run.line_ids.order_id, inside)
        run = self.make_plan(engineer_ids=self.other_engineer.ids)
        self.assertEqual(run.line_ids.order_id, inside | outside)
        self.assertEqual(run.line_ids.engineer_id, self.other_engineer)

    def test_what_if_answers_and_is_never_published(self):
        orders = self.create_visits(9, duration=2)
        usual = self.make_plan(is_what_if=True)
        longer = self.make_plan(is_what_if=True, overtime_minutes=120)
        self.assertGreater(usual.unplaced_count, longer.unplaced_count)
        with self.assertRaisesRegex(UserError, "cannot be published"):
            longer.action_publish()
        self.assertEqual(set(orders.mapped("state")), {"draft"})
        self.assertEqual(longer.state, "planned")

    def test_nobody_at_work_is_a_sentence(self):
        self.create_visits()
        run = self.make_plan(date_from="2031-03-08", date_to="2031-03-09")
        self.assertEqual(run.state, "failed")
        self.assertIn("Nobody works", run.message)

    def test_nothing_to_plan_is_a_sentence(self):
        run = self.make_plan()
        self.assertEqual(run.state, "failed")
        self.assertIn("no order to plan", run.message)

    def test_plans_are_made_one_after_the_other(self):
        self.create_visits(2)
        runs = self.runs.with_user(self.dispatcher).create(
            [{"date_from": DAY, "date_to": DAY}] * 2
        )
        runs.action_queue()
        self.run_job()
        self.run_job()
        self.assertEqual(runs.mapped("state"), ["planned", "planned"])

    def test_travel_by_estimate_and_unknown_places_are_remarked(self):
        self.company.dispatch_osrm_url = "http://127.0.0.1:9"
        self.create_visits(latitude=0, longitude=0)
        run = self.make_plan()
        self.assertIn("route server did not answer", run.remark)
        self.assertIn("without a position: 1.", run.remark)

    # === FAILURE === #

    def assertHandDispatchGoesOn(self, order):
        order.engineer_id = self.engineer
        order.with_user(self.dispatcher).action_assign()
        self.assertEqual(order.state, "assigned")

    def test_missing_engine(self):
        order = self.create_visits()
        with patch.object(solver_process, "PYTHON", "/no/such/python"):
            run = self.make_plan()
        self.assertEqual(run.state, "failed")
        self.assertIn("could not be started", run.message)
        self.assertHandDispatchGoesOn(order)

    def test_engine_that_fails(self):
        order = self.create_visits()
        with patch.object(solver_process, "PYTHON", "/bin/false"):
            run = self.make_plan()
        self.assertEqual(run.state, "failed")
        self.assertIn("ended with an error", run.message)
        self.assertHandDispatchGoesOn(order)
        # Repaired, the same plan can be made.
        self.create_visits()
        run.action_queue()
        self.run_job()
        self.assertEqual(run.state, "planned")
        self.assertFalse(run.message)

    def test_engine_that_does_not_answer_in_time(self):
        order = self.create_visits(3)[0]
        self.company.dispatch_seconds = 10
        with patch.object(solver_process, "GRACE_SECONDS", -9.0):
            run = self.make_plan()
        self.assertEqual(run.state, "failed")
        self.assertIn("did not answer in time", run.message)
        self.assertHandDispatchGoesOn(order)

    def test_engine_that_is_killed(self):
        order = self.create_visits(3)[0]
        self.company.dispatch_seconds = 20
        processes = []
        start = solver_process.SolverProcess._start

        def remember(process, *arguments):
            start(process, *arguments)
            processes.append(process.process)

        def kill():
            for _turn in range(100):
                time.sleep(0.1)
                if processes:
                    os.kill(processes[0].pid, signal.SIGKILL)
                    return

        killer = threading.Thread(target=kill)
        with patch.object(solver_process.SolverProcess, "_start", remember):
            killer.start()
            run = self.make_plan()
        killer.join(10)
        self.assertEqual(run.state, "failed")
        self.assertIn("ended from outside", run.message)
        self.assertHandDispatchGoesOn(order)

    def test_problem_that_cannot_be_put_together(self):
        self.create_visits()
        # Two engineers cannot have the same id: the engine says so.
        problems = type(self.env["qifei.dispatch.problem"])
        with (
            patch.object(
                problems, "_get_van_parts", lambda self, engineers: {1: 2, None: 3}
            ),
            patch.object(problems, "_get_needed_parts", lambda self, orders: 5),
            mute_logger(SOLVE),
        ):
            run = self.make_plan()
        self.assertEqual(run.state, "failed")
        self.assertIn("Nothing has changed", run.message)

    def test_plan_that_is_cancelled_ends_soon(self):
        self.create_visits(3)
        self.company.dispatch_seconds = 30
        run = self.runs.with_user(self.dispatcher).create(
            {"date_from": DAY, "date_to": DAY}
        )
        run.action_queue()
        report = type(run)._report_progress

        def cancel_meanwhile(self, progress):
            self.action_cancel()
            return report(self, progress)

        begin = time.monotonic()
        with patch.object(type(run), "_report_progress", cancel_meanwhile):
            self.run_job()
        self.assertLess(time.monotonic() - begin, 15)
        self.assertEqual(run.state, "cancelled")
        self.assertFalse(run.line_ids or run.message)

    def test_plan_that_is_deleted_does_not_stop_those_behind_it(self):
        self.create_visits(3)
        deleted, behind = self.runs.with_user(self.dispatcher).create(
            [{"date_from": DAY, "date_to": DAY}] * 2
        )
        (deleted | behind).action_queue()
        report = type(deleted)._report_progress

        def delete_meanwhile(self, progress):
            if self == deleted:
                self.action_cancel()
                self.unlink()
            return report(self, progress)

        with patch.object(type(deleted), "_report_progress", delete_meanwhile):
            self.run_job()
        self.assertFalse(deleted.exists())
        self.assertEqual(behind.state, "planned", behind.message)

    def test_plan_that_is_deleted_before_the_answer_is_stored(self):
        self.create_visits()
        deleted, behind = self.runs.with_user(self.dispatcher).create(
            [{"date_from": DAY, "date_to": DAY}] * 2
        )
        (deleted | behind).action_queue()
        run_process = solver_process.SolverProcess.run

        def delete_at_last(process, report=None):
            answer = run_process(process, report)
            run = deleted.with_env(report.__self__.env).exists()
            if run:
                run.action_cancel()
                run.unlink()
            return answer

        with patch.object(solver_process.SolverProcess, "run", delete_at_last):
            self.run_job()
        self.assertFalse(deleted.exists())
        self.assertEqual(behind.state, "planned", behind.message)

    def test_plan_that_is_cancelled_as_it_is_begun_is_not_made(self):
        """The job meets the row that a dispatcher has just changed, and goes on."""
        self.create_visits()
        cancelled, behind = self.runs.with_user(self.dispatcher).create(
            [{"date_from": DAY, "date_to": DAY}] * 2
        )
        (cancelled | behind).action_queue()

        lost = []

        def cancel_at_last(*arguments):
            for run in search_in_slices(*arguments):
                if run == cancelled:
                    run.action_cancel()
                yield run

        def lose_the_race(run):
            if run == cancelled and not lost:
                lost.append(run)
                raise SerializationFailure
            write_anew(run)

        with (
            patch(f"{SOLVE}.search_in_slices", cancel_at_last),
            patch(f"{SOLVE}.write_anew", lose_the_race),
        ):
            self.run_job()
        self.assertTrue(lost)
        self.assertEqual(cancelled.state, "cancelled")
        self.assertFalse(cancelled.started_on)
        self.assertEqual(behind.state, "planned", behind.message)

    def test_plan_that_is_cancelled_while_it_waits_is_not_made(self):
        self.create_visits()
        run = self.runs.with_user(self.dispatcher).create({"date_from": DAY})
        run.action_queue()
        run.action_cancel()
        self.run_job()
        self.assertEqual(run.state, "cancelled")
        self.assertFalse(run.started_on)

    def test_plan_of_a_server_that_ended_says_so(self):
        self.create_visits()
        run = self.runs.create({"date_from": DAY})
        force_state(run, "running")
        self.run_job()
        self.assertEqual(run.state, "failed")
        self.assertIn("restarted", run.message)

    def test_asker_is_answered_in_his_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.dispatcher.lang = "fr_FR"
        run = self.make_plan()
        self.assertEqual(run._speak_to_asker().env.lang, "fr_FR")
        self.assertEqual(run.state, "failed")
