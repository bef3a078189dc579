from odoo import api, fields, models
from odoo.tools import format_datetime


class QifeiDispatchRunLine(models.Model):
    """What a plan proposes for one order, beside what is planned now."""

    _name = "qifei.dispatch.run.line"
    _description = "Proposal for an order"
    _order = "run_id desc, day, engineer_id, planned_start, id"
    _rec_name = "order_id"

    run_id = fields.Many2one(
        "qifei.dispatch.run",
        string="Plan",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        related="run_id.company_id", store=True, index=True, precompute=True
    )
    order_id = fields.Many2one(
        "qifei.work.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(related="order_id.partner_id")
    area_id = fields.Many2one(related="order_id.area_id")
    priority = fields.Selection(related="order_id.priority")
    change = fields.Selection(
        [
            ("new", "New"),
            ("moved", "Other engineer"),
            ("retimed", "Other time"),
            ("same", "As it is"),
            ("unplaced", "Left over"),
        ],
        required=True,
        readonly=True,
    )

    # === Proposal === #
    engineer_id = fields.Many2one(
        "qifei.engineer", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    day = fields.Date(readonly=True)
    sequence = fields.Integer(readonly=True)
    planned_start = fields.Datetime(string="Begin", readonly=True)
    planned_end = fields.Datetime(string="End", readonly=True)
    travel_minutes = fields.Float(
        string="Travel (minutes)", readonly=True, aggregator="sum"
    )
    travel_km = fields.Float(
        string="Travel (km)", digits=(10, 1), readonly=True, aggregator="sum"
    )
    is_fetching = fields.Boolean(
        string="By the warehouse",
        readonly=True,
        help="What is missing in the van is fetched at the warehouse before.",
    )
    is_late = fields.Boolean(
        string="Late", readonly=True, help="Begins after the deadline of the ticket."
    )
    reason = fields.Json(readonly=True)
    note = fields.Char(string="Why", compute="_compute_note")

    # === Now === #
    old_engineer_id = fields.Many2one(
        "qifei.engineer", string="Engineer now", readonly=True, ondelete="set null"
    )
    old_start = fields.Datetime(string="Begin now", readonly=True)
    old_end = fields.Datetime(string="End now", readonly=True)
    old_state = fields.Char(readonly=True)

    now_text = fields.Char(compute="_compute_now_text")

    # === Publication === #
    refusal = fields.Char(
        string="Not published", readonly=True, help="Why the order stayed as it was."
    )

    @api.depends("reason")
    @api.depends_context("lang")
    def _compute_note(self):
        notes = self.env["qifei.dispatch.reason"]._say_all(self.mapped("reason"))
        for line, sentences in zip(self, notes, strict=True):
            line.note = " ".join(sentences)

    @api.depends("old_engineer_id", "old_start")
    @api.depends_context("lang", "tz")
    def _compute_now_text(self):
        """Say what is planned now, in the clock of the reader."""
        tz = self.env.context.get("tz")
        for line in self:
            what = [line.old_engineer_id.name or ""]
            if line.old_start:
                what.append(
                    format_datetime(self.env, line.old_start, tz=tz, dt_format="short")
                )
            line.now_text = bool(line.old_engineer_id) and self.env._(
                "Now: %(plan)s", plan=", ".join(what)
            )

    # === BUSINESS === #

    def _is_change(self):
        """Tell whether anybody's day changes by the proposal."""
        self.ensure_one()
        if self.change == "unplaced":
            return bool(self.old_engineer_id)
        return self.change != "same"

    def _is_outdated(self):
        """Tell whether somebody changed the order since the plan was made."""
        self.ensure_one()
        order = self.order_id
        return (
            order.state != (self.old_state or "")
            or order.engineer_id != self.old_engineer_id
            or order.planned_start != self.old_start
            or order.planned_end != self.old_end
            or order.is_pinned
        )
