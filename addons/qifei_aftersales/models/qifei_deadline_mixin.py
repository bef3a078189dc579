from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.qifei_base.tools.isolation import run_isolated


class QifeiDeadlineMixin(models.AbstractModel):
    """Watches the deadline of the step a document is in.

    The model computes ``due_on`` (and depends on ``state`` for it), declares
    ``ticket_type_id`` for the length of the early warning and ``_get_responsible()``.
    A scheduled job warns the responsible person before the deadline and again when it
    has passed, by an activity on the document.
    """

    _name = "qifei.deadline.mixin"
    _description = "Watched deadline"
    _inherit = ["qifei.guard.mixin"]

    due_on = fields.Datetime(
        string="Due",
        compute="_compute_due_on",
        store=True,
        precompute=True,
        index="btree_not_null",
        copy=False,
        help="Deadline of the step the document is in now.",
    )
    warn_on = fields.Datetime(
        compute="_compute_warn_on",
        store=True,
        precompute=True,
        copy=False,
    )
    escalation = fields.Selection(
        [("none", "In time"), ("warned", "Warned"), ("overdue", "Overdue")],
        compute="_compute_warn_on",
        store=True,
        precompute=True,
        copy=False,
        groups="base.group_user",
    )
    escalation_error = fields.Char(readonly=True, copy=False, groups="base.group_user")
    is_overdue = fields.Boolean(
        compute="_compute_is_overdue", search="_search_is_overdue"
    )

    def _compute_due_on(self):
        raise NotImplementedError(
            f"{self._name} must compute due_on"  # pragma: no cover
        )

    @api.depends("due_on")
    def _compute_warn_on(self):
        """A new deadline starts a new watch; a step that keeps it does not."""
        for record in self:
            warn_on = record.due_on
            if warn_on:
                warn_on -= timedelta(hours=record.ticket_type_id.warn_hours)
            is_kept = warn_on and warn_on == record.warn_on
            record.escalation = (is_kept and record.escalation) or "none"
            record.warn_on = warn_on

    @api.depends("due_on")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for record in self:
            record.is_overdue = bool(record.due_on and record.due_on < now)

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("due_on", "<", fields.Datetime.now())
        domain = Domain.FALSE
        if True in value:
            domain |= overdue
        if False in value:
            domain |= Domain("due_on", "=", False) | ~overdue
        return domain

    # === ESCALATION === #

    def _get_responsible(self):
        """Return ``{record id: res.users}`` of those who are told, with few queries."""
        raise NotImplementedError(
            f"{self._name} must name the responsible"  # pragma: no cover
        )

    @api.model
    def _get_escalation_domain(self):
        now = fields.Datetime.now()
        return Domain("escalation_error", "=", False) & (
            (Domain("warn_on", "<=", now) & Domain("escalation", "=", "none"))
            | (Domain("due_on", "<=", now) & Domain("escalation", "!=", "overdue"))
        )

    @api.model
    def _cron_escalate(self, limit=200):
        """Warn about deadlines in slices; a bad record is marked and left out."""
        domain = self._get_escalation_domain()
        records = self.search(domain, limit=limit, order="due_on, id")
        run_isolated(
            records,
            lambda some: some._escalate(),
            lambda record, error: record.write({"escalation_error": error}),
        )
        self.env["ir.cron"]._commit_progress(
            len(records), remaining=self.search_count(domain)
        )

    def _escalate(self):
        """Tell the responsible persons and remember that they were told."""
        now = fields.Datetime.now()
        overdue = self.filtered(lambda record: record.due_on <= now)
        overdue.escalation = "overdue"
        (self - overdue).escalation = "warned"
        responsible = self._get_responsible()
        activity_type = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": record.id,
                    "activity_type_id": activity_type.id,
                    "automated": True,
                    "summary": (
                        self.env._("Overdue: %(name)s", name=record.name)
                        if record in overdue
                        else self.env._("Due soon: %(name)s", name=record.name)
                    ),
                    "date_deadline": fields.Date.context_today(record, record.due_on),
                    "user_id": responsible[record.id].id,
                }
                for record in self
                if responsible.get(record.id)
            ]
        )

    def action_retry_escalation(self):
        """Watch the deadline again after the mistake is repaired."""
        self._as_own_step().write({"escalation_error": False})
        return True
