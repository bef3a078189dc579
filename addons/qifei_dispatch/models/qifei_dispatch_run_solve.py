import logging
from collections import Counter
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.qifei_base.tools.isolation import search_in_slices
from odoo.addons.qifei_base.tools.turns import write_anew

from ..const import ORDER_MOVABLE_STATES
from ..engine import EngineError
from ..engine.plan import make_plan
from ..tools.proposals import make_proposals
from ..tools.solver_process import SolverProcess, SolverProcessError

_logger = logging.getLogger(__name__)

# A change during the day shall be there soon and disturb little.
REPLAN_SECONDS = 5
REPLAN_CHANGE_FACTOR = 5.0
# How often the job lets others go first.
MOST_TURNS = 5


class QifeiDispatchRun(models.Model):
    """Makes the plans: a scheduled job has the engine solve them in its own process.

    Whatever goes wrong is a sentence on the plan; orders are only read.
    """

    _inherit = "qifei.dispatch.run"

    # === JOB === #

    @api.model
    def _cron_run(self):
        """Make the plans that wait, one by one."""
        self._fail_interrupted()
        for run in search_in_slices(self, Domain("state", "=", "queued"), 1):
            run._make_plan()

    @api.model
    def _fail_interrupted(self):
        """Plans under way at the start of the job are those of a server that ended."""
        for run in self.search([("state", "=", "running")]):
            if run._take_turn().state == "running":
                run = run._speak_to_asker()
                run.action_fail(
                    run.env._(
                        "The server was restarted while the plan was made. Try again."
                    )
                )

    def _speak_to_asker(self):
        return self.with_context(lang=self.user_id.lang)

    def _make_plan(self):
        """Make one plan; it is committed at each step, so that people see it."""
        if self._take_turn().state != "queued":
            return
        self = self._speak_to_asker()
        self.action_start()
        cron = self.env["ir.cron"]
        cron._commit_progress()
        try:
            with self.env.cr.savepoint():
                draft = self._draft()
            # The engine needs no transaction; a new one sees what changed meanwhile.
            cron._commit_progress()
            process = SolverProcess(draft.problem)
            answer = process.run(self._report_progress)
            if self._take_turn().state == "running":
                with self.env.cr.savepoint():
                    self._conclude(draft, answer)
        except SolverProcessError as error:
            _logger.info("%s: %s", self, error)
            self._give_up(self._explain_failure(error.kind))
        except (UserError, EngineError) as error:
            self._give_up(str(error))
        except Exception:
            _logger.exception("%s could not be planned", self)
            self._give_up(self._explain_failure("failed"))

    def _give_up(self, message):
        """Say why there is no plan, unless nobody wants it any more."""
        if self._take_turn().state == "running":
            self.action_fail(message)

    def _take_turn(self):
        """Commit, and keep others from the plan until the end of the next step.

        Somebody may cancel or delete it at any moment; the job sees that and goes on.

        :return: the plan, or nothing when it is gone or others are quicker each time
        """
        for _turn in range(MOST_TURNS):
            self.env["ir.cron"]._commit_progress()
            self.env.invalidate_all()
            try:
                with self.env.cr.savepoint():
                    write_anew(self)
            except SerializationFailure:
                continue
            return self.exists()
        return self.browse()

    def _explain_failure(self, kind):
        """Return one sentence for a kind of ``SolverProcessError``."""
        texts = {
            "missing": self.env._(
                "The engine could not be started. Nothing has changed; dispatch by "
                "hand, and ask an administrator to look at the log of the server."
            ),
            "timeout": self.env._(
                "The engine did not answer in time and was ended. Nothing has changed: "
                "plan fewer days or one area, or dispatch by hand."
            ),
            "killed": self.env._(
                "The engine was ended from outside, perhaps for lack of memory. "
                "Nothing has changed: plan fewer days or one area, or dispatch by hand."
            ),
        }
        return texts.get(kind) or self.env._(
            "The engine ended with an error, which is in the log of the server. "
            "Nothing has changed; dispatch by hand."
        )

    def _report_progress(self, progress):
        """Show how far the engine is.

        :param progress: 0 to 1
        :return: False when the plan is not wanted any more
        """
        with self.env.registry.cursor() as cr:
            run = self.with_env(self.env(cr=cr))
            # sudo: qifei.dispatch.run.progress - written by the job only
            shown = run.env["qifei.dispatch.run.progress"].sudo()
            line = shown.search([("run_id", "=", run.id)])
            percent = round(100 * progress)
            if not line and run.exists():
                shown.create({"run_id": run.id, "percent": percent})
            elif line.percent != percent:
                line.percent = percent
            return run.exists().state == "running"

    # === PROBLEM === #

    def _draft(self):
        """Return the ``Draft`` of the problem of this plan.

        :raise UserError: there is nobody or nothing to plan
        """
        self.ensure_one()
        engineers = self._get_engineers()
        orders = self._get_orders(engineers)
        company = self.company_id
        is_replan = self.kind == "replan"
        draft = self.env["qifei.dispatch.problem"]._draft(
            company,
            engineers,
            orders,
            self.date_from,
            self.date_to,
            seconds=(
                min(REPLAN_SECONDS, company.dispatch_seconds)
                if is_replan
                else company.dispatch_seconds
            ),
            change_factor=REPLAN_CHANGE_FACTOR if is_replan else 1.0,
            ignore_areas=self.is_area_ignored,
            overtime=60.0 * self.overtime_minutes,
        )
        if not draft.problem.engineers:
            raise UserError(
                self.env._(
                    "Nobody works on these days: choose other days or engineers, or "
                    "look at their working hours and leave."
                )
            )
        if len(draft.problem.orders) == len(draft.kept):
            raise UserError(
                self.env._(
                    "There is no order to plan on these days: all are pinned, begun "
                    "or done."
                )
            )
        return draft

    def _get_engineers(self):
        """Return who may be planned."""
        self.ensure_one()
        domain = Domain("company_id", "=", self.company_id.id)
        if self.engineer_ids and self.kind == "plan":
            domain &= Domain("id", "in", self.engineer_ids.ids)
        elif self.area_ids:
            domain &= (
                Domain("area_ids", "=", False)
                | Domain("area_ids", "child_of", self.area_ids.ids)
                | Domain("area_ids", "parent_of", self.area_ids.ids)
            )
        return self.env["qifei.engineer"].search(domain)

    def _get_orders(self, engineers):
        """Return what may be planned, moved and left out."""
        self.ensure_one()
        return self.env["qifei.work.order"].search(self._get_order_domain(engineers))

    def _get_order_domain(self, engineers):
        clock = self.env["qifei.dispatch.problem"]._get_clock(
            self.company_id, self.date_from
        )
        first = clock.midnight(self.date_from)
        last = clock.midnight(self.date_to + timedelta(days=1))
        movable = engineers
        if self.kind == "replan" and self.engineer_ids:
            movable = self.engineer_ids
        states = ("assigned",) if self.is_accepted_kept else ORDER_MOVABLE_STATES
        # What should have begun before is planned anew with the first day.
        is_due = Domain("planned_start", "=", False) | Domain(
            "planned_start", "<", last
        )
        assigned = Domain("state", "in", states) & Domain(
            "engineer_id", "in", movable.ids
        )
        draft = Domain("state", "=", "draft") & (
            Domain("engineer_id", "=", False) | Domain("engineer_id", "in", movable.ids)
        )
        is_promised_now = Domain("window_ids", "=", False) | Domain(
            "window_ids",
            "any",
            Domain("date_from", "<", last) & Domain("date_to", ">=", first),
        )
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("is_pinned", "=", False)
            & is_due
            & ((assigned & self._get_day_domain(first)) | (draft & is_promised_now))
        )
        if self.area_ids:
            domain &= Domain("area_id", "child_of", self.area_ids.ids)
        return domain

    def _get_day_domain(self, first):
        """Assigned orders of earlier days come along when today is planned."""
        if self.date_from <= self.company_id._get_dispatch_today() <= self.date_to:
            return Domain.TRUE
        return Domain("planned_start", "=", False) | Domain(
            "planned_start", ">=", first
        )

    # === ANSWER === #

    def _conclude(self, draft, answer):
        """Store the proposals."""
        stops = {
            route["engineer"]: [stop.get("order") for stop in route["stops"]]
            for route in answer["routes"]
        }
        plan = make_plan(draft.problem, stops)
        before = make_plan(draft.problem, draft.routes)
        orders = self.env["qifei.work.order"].browse(
            order.id for order in draft.problem.orders if order.id not in draft.kept
        )
        # sudo: qifei.dispatch.run.line - written by the job only
        lines = self.env["qifei.dispatch.run.line"].sudo()
        self.sudo().line_ids.unlink()
        lines = lines.create(
            [
                {"run_id": self.id, **values}
                for values in make_proposals(draft, plan, orders)
            ]
        )
        changes = Counter(lines.mapped("change"))
        self._as_own_step().write(
            {
                "engineer_count": len(
                    {engineer.person for engineer in draft.problem.engineers}
                ),
                "planned_count": len(lines) - changes["unplaced"],
                "planned_before": len(
                    orders.filtered(lambda order: order.state != "draft")
                ),
                "unplaced_count": changes["unplaced"],
                "change_count": len(lines.filtered(lambda line: line._is_change())),
                "travel_before": before.travel / 3600,
                "travel_after": plan.travel / 3600,
                "late_before": _get_lateness(before) / 3600,
                "late_after": _get_lateness(plan) / 3600,
                "remark": self._get_remark(draft, answer),
            }
        )
        self.action_finish()

    def _get_remark(self, draft, answer):
        """Return what people should know about how the plan came about."""
        remarks = []
        if draft.problem.remarks:
            remarks.append(
                self.env._(
                    "The route server did not answer: travel is estimated from the "
                    "straight line."
                )
            )
        solver = answer.get("solver") or {}
        if solver.get("name") != "pyvrp":
            remarks.append(
                self.env._(
                    "Planned without PyVRP, which finds shorter routes: ask an "
                    "administrator to install it."
                )
            )
        if draft.unknown:
            remarks.append(
                self.env._(
                    "Orders without a position: %(count)s. Half an hour of travel is "
                    "assumed to each.",
                    count=len(draft.unknown),
                )
            )
        return " ".join(remarks) or False

    # === CHANGES DURING THE DAY === #

    @api.model
    def _replan(self, engineers, day, reason, company=None):
        """Ask for a small plan of what is left of a day.

        Only orders of ``engineers`` that have not begun and are not pinned, and those
        without an engineer, are planned; everybody may get them.

        :param engineers: qifei.engineer of one company, all of it without any
        :param day: date
        :param reason: one sentence, why
        :param company: that of the engineers when left out
        :return: the plan, which waits to be made
        """
        run = self.create(
            {
                "company_id": (
                    company or engineers.company_id[:1] or self.env.company
                ).id,
                "date_from": day,
                "date_to": day,
                "engineer_ids": engineers.ids,
            }
        )
        run._as_own_step().write({"kind": "replan", "reason": reason})
        run.action_queue()
        return run


def _get_lateness(plan):
    return sum(schedule.lateness for schedule in plan.routes.values())
