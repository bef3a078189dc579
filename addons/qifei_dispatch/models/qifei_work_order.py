from odoo import api, fields, models
from odoo.fields import Command


class QifeiWorkOrder(models.Model):
    """What planning an order has to respect, and what came out of it.

    Who does what when stays in ``engineer_id``, ``planned_start`` and ``planned_end``.
    What only planning looks at is prefetched as ``dispatch``.
    """

    _inherit = "qifei.work.order"

    # === Wishes and limits === #
    window_ids = fields.One2many(
        "qifei.work.order.window",
        "order_id",
        string="Promised times",
        groups="base.group_user",
        help="The visit begins within one of these times; without any, whenever it "
        "suits.",
    )
    is_pinned = fields.Boolean(
        string="Pinned",
        copy=False,
        tracking=True,
        groups="base.group_user",
        help="Engineer and time stay as they are when others are planned.",
    )
    preferred_engineer_id = fields.Many2one(
        "qifei.engineer",
        compute="_compute_preferred_engineer_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        prefetch="dispatch",
        groups="base.group_user",
        help="Whom the customer would like to have; planning tries to.",
    )
    excluded_engineer_ids = fields.Many2many(
        "qifei.engineer",
        "qifei_work_order_excluded_engineer_rel",
        "order_id",
        "engineer_id",
        string="Not these engineers",
        check_company=True,
        groups="base.group_user",
    )
    tool_ids = fields.Many2many(
        "qifei.tool",
        "qifei_work_order_tool_rel",
        "order_id",
        "tool_id",
        string="Tools needed",
        compute="_compute_tool_ids",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        groups="base.group_user",
    )

    # === Outcome === #
    travel_minutes = fields.Float(
        string="Travel (minutes)",
        readonly=True,
        copy=False,
        prefetch="dispatch",
        groups="base.group_user",
        help="Planned travel to this visit.",
    )
    travel_km = fields.Float(
        string="Travel (km)",
        digits=(10, 1),
        readonly=True,
        copy=False,
        prefetch="dispatch",
        groups="base.group_user",
    )
    dispatch_reason = fields.Json(
        readonly=True, copy=False, prefetch="dispatch", groups="base.group_user"
    )
    dispatch_note = fields.Char(
        string="Why",
        compute="_compute_dispatch_note",
        groups="base.group_user",
        help="Why this engineer at this time, or why nobody.",
    )

    # === Rules === #
    pool_since = fields.Datetime(
        string="In the pool since",
        readonly=True,
        copy=False,
        index="btree_not_null",
        prefetch="dispatch",
        groups="base.group_user",
    )
    dispatch_rule_id = fields.Many2one(
        "qifei.dispatch.rule",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        prefetch="dispatch",
        groups="base.group_user",
    )
    dispatch_due_on = fields.Datetime(
        string="Next way from",
        readonly=True,
        copy=False,
        index="btree_not_null",
        prefetch="dispatch",
        groups="base.group_user",
        help="When the rule goes on to its next way if nobody has the order by then.",
    )
    dispatch_error = fields.Char(
        readonly=True, copy=False, prefetch="dispatch", groups="base.group_user"
    )

    # === COMPUTES === #

    @api.depends("ticket_id")
    def _compute_preferred_engineer_id(self):
        for order in self:
            order.preferred_engineer_id = (
                order.preferred_engineer_id or order.ticket_id.preferred_engineer_id
            )

    @api.depends("ticket_type_id")
    def _compute_tool_ids(self):
        for order in self:
            order.tool_ids = order.ticket_type_id.tool_ids

    @api.depends("dispatch_reason")
    @api.depends_context("lang")
    def _compute_dispatch_note(self):
        said = self.env["qifei.dispatch.reason"]._say_all(
            [order.dispatch_reason for order in self]
        )
        for order, sentences in zip(self, said, strict=True):
            order.dispatch_note = " ".join(sentences)

    # === CRUD === #

    @api.model
    def _fill_from_ticket(self, vals_list):
        """Promise the customer the time he asked for."""
        result = super()._fill_from_ticket(vals_list)
        tickets = self.env["qifei.ticket"].browse(
            {vals["ticket_id"] for vals in vals_list if vals.get("ticket_id")}
        )
        wishes = {
            ticket.id: {
                "date_from": ticket.preferred_start,
                "date_to": ticket.preferred_end,
            }
            for ticket in tickets
            if ticket.preferred_start and ticket.preferred_end
        }
        for vals in vals_list:
            wish = wishes.get(vals.get("ticket_id"))
            if wish and not vals.get("window_ids"):
                vals["window_ids"] = [Command.create(wish)]
        return result
