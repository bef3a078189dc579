from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.qifei_base.models.qifei_state_mixin import Transition

from ..const import GROUP_DISPATCHER

# Steps of the scheduled job; the rest is for dispatchers.
ENGINE = ("base.group_system",)
MOST_DAYS = 14
MOST_OVERTIME = 240
# What a plan is made for; it stays once the plan is asked for.
QUESTION_FIELDS = {
    "company_id",
    "date_from",
    "date_to",
    "area_ids",
    "engineer_ids",
    "is_what_if",
    "is_accepted_kept",
    "is_area_ignored",
    "overtime_minutes",
}


class QifeiDispatchRun(models.Model):
    """A plan of some days that the engine makes, and what would change by it.

    Life: draft → queued → running → planned → published or discarded. A scheduled job
    makes queued plans one by one; waiting and running ones can be cancelled, one that
    fails says why and can be tried again. Until it is published, a plan is a proposal:
    who does what when stays on the orders. A what-if plan answers a question and is
    never published.

    Dispatchers and managers do all this; the others do not see plans.
    """

    _name = "qifei.dispatch.run"
    _description = "Dispatch plan"
    _inherit = ["qifei.state.mixin", "qifei.number.mixin", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True
    _number_code = "qifei.dispatch.run"

    # === Question === #
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("queued", "Waiting"),
            ("running", "Being planned"),
            ("planned", "Proposal"),
            ("published", "Published"),
            ("discarded", "Discarded"),
            ("cancelled", "Cancelled"),
            ("failed", "Failed"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
        copy=False,
        tracking=True,
    )
    kind = fields.Selection(
        [("plan", "Plan"), ("replan", "Change during the day")],
        default="plan",
        required=True,
        readonly=True,
    )
    reason = fields.Char(readonly=True, help="Why the day is planned anew.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Asked by",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        copy=False,
        default=lambda self: self.env.user,
    )
    date_from = fields.Date(
        string="From",
        required=True,
        copy=False,
        default=lambda self: self.env.company._get_dispatch_today(),
    )
    date_to = fields.Date(
        string="To",
        compute="_compute_date_to",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        copy=False,
    )
    area_ids = fields.Many2many(
        "qifei.service.area",
        "qifei_dispatch_run_area_rel",
        string="Service areas",
        help="Orders in these areas, and the engineers who look after them; empty for "
        "all.",
    )
    engineer_ids = fields.Many2many(
        "qifei.engineer",
        "qifei_dispatch_run_engineer_rel",
        string="Engineers",
        check_company=True,
        help="Only these; empty for everybody who works on these days.",
    )
    is_accepted_kept = fields.Boolean(
        string="Keep what is accepted",
        help="Orders that engineers have accepted stay with them at their time.",
    )

    # === What if === #
    is_what_if = fields.Boolean(
        string="What if", help="Answers a question; never published."
    )
    is_area_ignored = fields.Boolean(
        string="Everybody everywhere",
        help="What if every engineer looked after every area?",
    )
    overtime_minutes = fields.Integer(
        string="Overtime (minutes)", help="What if every shift were so much longer?"
    )

    # === Answer === #
    progress = fields.Float(compute="_compute_progress")
    message = fields.Char(readonly=True, copy=False)
    remark = fields.Char(readonly=True, copy=False)
    started_on = fields.Datetime(readonly=True, copy=False)
    finished_on = fields.Datetime(readonly=True, copy=False)
    published_on = fields.Datetime(readonly=True, copy=False)
    engineer_count = fields.Integer(
        string="Engineers at work", readonly=True, copy=False
    )
    planned_count = fields.Integer(string="Orders planned", readonly=True, copy=False)
    unplaced_count = fields.Integer(string="Left over", readonly=True, copy=False)
    change_count = fields.Integer(string="Changes", readonly=True, copy=False)
    planned_before = fields.Integer(
        string="Orders planned before", readonly=True, copy=False
    )
    travel_before = fields.Float(
        string="Travel before (hours)", readonly=True, copy=False
    )
    travel_after = fields.Float(string="Travel (hours)", readonly=True, copy=False)
    late_before = fields.Float(
        string="Lateness before (hours)", readonly=True, copy=False
    )
    late_after = fields.Float(string="Lateness (hours)", readonly=True, copy=False)
    line_ids = fields.One2many(
        "qifei.dispatch.run.line", "run_id", string="Orders", readonly=True, copy=False
    )

    # === Computed: interface === #
    can_queue = fields.Boolean(compute="_compute_can_actions")
    can_publish = fields.Boolean(compute="_compute_can_actions")
    can_discard = fields.Boolean(compute="_compute_can_actions")
    can_cancel = fields.Boolean(compute="_compute_can_actions")

    _days_order = models.Constraint(
        "CHECK(date_to >= date_from)", "The plan ends before it starts."
    )
    _overtime_range = models.Constraint(
        f"CHECK(overtime_minutes BETWEEN 0 AND {MOST_OVERTIME})",
        "Overtime lies between 0 and 240 minutes.",
    )
    _queue_idx = models.Index("(id) WHERE state IN ('queued', 'running')")

    @api.model
    def _get_transitions(self):
        return {
            "queue": Transition(("draft", "failed"), "queued", (GROUP_DISPATCHER,)),
            "start": Transition(("queued",), "running", ENGINE),
            "finish": Transition(("running",), "planned", ENGINE),
            "fail": Transition(("queued", "running"), "failed", ENGINE),
            "publish": Transition(("planned",), "published", (GROUP_DISPATCHER,)),
            "discard": Transition(("planned",), "discarded", (GROUP_DISPATCHER,)),
            "cancel": Transition(
                ("draft", "queued", "running", "failed"),
                "cancelled",
                (GROUP_DISPATCHER,),
            ),
        }

    def _get_action_label(self, action):
        labels = {
            "queue": self.env._("Start planning"),
            "start": self.env._("Begin"),
            "finish": self.env._("Propose"),
            "fail": self.env._("Give up"),
            "publish": self.env._("Publish"),
            "discard": self.env._("Discard"),
            "cancel": self.env._("Cancel"),
        }
        return labels.get(action) or super()._get_action_label(action)

    # === COMPUTES === #

    @api.depends("date_from")
    def _compute_date_to(self):
        for run in self:
            if run.date_from and (not run.date_to or run.date_to < run.date_from):
                run.date_to = run.date_from

    @api.depends("state")
    def _compute_progress(self):
        # sudo: qifei.dispatch.run.progress - how far the plans are that one reads
        progress = dict(
            self.env["qifei.dispatch.run.progress"]
            .sudo()
            ._read_group([("run_id", "in", self.ids)], ["run_id"], ["percent:max"])
        )
        by_id = {run.id: percent for run, percent in progress.items()}
        for run in self:
            is_over = run.state not in ("draft", "queued", "running")
            run.progress = 100 if is_over else by_id.get(run._origin.id, 0)

    # === CHECKS === #

    @api.constrains("date_from", "date_to")
    def _check_days(self):
        for run in self:
            if run.date_to - run.date_from >= timedelta(days=MOST_DAYS):
                raise ValidationError(
                    self.env._(
                        "%(run)s covers too many days: plan %(days)s at most.",
                        run=run.name,
                        days=MOST_DAYS,
                    )
                )

    @api.constrains("is_what_if", "is_area_ignored", "overtime_minutes")
    def _check_what_if(self):
        for run in self:
            if (run.is_area_ignored or run.overtime_minutes) and not run.is_what_if:
                raise ValidationError(
                    self.env._(
                        "Overtime and other areas are questions: tick “What if” for "
                        "%(run)s to ask them.",
                        run=run.name,
                    )
                )

    # === CRUD === #

    def write(self, vals):
        touched = QUESTION_FIELDS & vals.keys()
        if touched:
            for run in self:
                if run.state not in ("draft", "failed"):
                    raise UserError(
                        self.env._(
                            "%(run)s is “%(state)s”: make a new plan to ask for "
                            "something else.",
                            run=run.name,
                            state=run._get_state_label(run.state),
                        )
                    )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_at_work(self):
        for run in self:
            if run.state in ("queued", "running"):
                raise UserError(
                    self.env._(
                        "%(run)s is being planned: cancel it before you delete it.",
                        run=run.name,
                    )
                )

    # === ACTIONS === #

    def action_queue(self):
        """Have the plans made in the background."""
        self._claim()
        self._apply_transition("queue", {"message": False, "remark": False})
        self._forget_progress()
        # sudo: ir.cron - the job makes the plan the dispatcher asks for
        self.env.ref("qifei_dispatch.ir_cron_dispatch_run").sudo()._trigger()
        return True

    def action_start(self):
        self._apply_transition("start", {"started_on": fields.Datetime.now()})
        return True

    def action_finish(self):
        self._apply_transition("finish", {"finished_on": fields.Datetime.now()})
        return True

    def action_fail(self, message=None):
        """Say why there is no plan.

        :param message: one sentence
        """
        values = {"finished_on": fields.Datetime.now()}
        if message:
            values["message"] = message
        self._apply_transition("fail", values)
        return True

    def action_discard(self):
        """Forget the proposals."""
        self._claim()
        self._apply_transition("discard")
        # sudo: qifei.dispatch.run.line - proposals are kept until somebody decides
        self.sudo().line_ids.unlink()
        return True

    def action_cancel(self):
        """Stop waiting or planning; a running engine ends within a second."""
        self._claim()
        self._apply_transition("cancel")
        return True

    def action_view_changes(self):
        """Open the proposals of one plan as a list by engineer."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qifei_dispatch.qifei_dispatch_run_line_action"
        )
        action["domain"] = [("run_id", "=", self.id)]
        return action

    # === BUSINESS === #

    def _forget_progress(self):
        # sudo: qifei.dispatch.run.progress - written by the job only
        progress = self.env["qifei.dispatch.run.progress"].sudo()
        progress.search([("run_id", "in", self.ids)]).unlink()

    @api.autovacuum
    def _gc_old_runs(self, days=60, limit=100):
        """Remove plans that were decided on long ago."""
        before = fields.Datetime.now() - timedelta(days=days)
        domain = [
            ("write_date", "<", before),
            ("state", "not in", ("queued", "running", "planned")),
        ]
        runs = self.search(domain, limit=limit)
        runs.unlink()
        return len(runs), self.search_count(domain, limit=limit)
