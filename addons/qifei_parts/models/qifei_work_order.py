from odoo import api, fields, models


class QifeiWorkOrder(models.Model):
    """The parts of an order: what is missing, holding for it and going on with it."""

    _inherit = "qifei.work.order"

    part_ids = fields.One2many(
        "qifei.work.order.part", "order_id", string="Parts", copy=False
    )
    part_request_ids = fields.One2many(
        "qifei.part.request", "work_order_id", string="Part requests", copy=False
    )
    part_request_count = fields.Integer(
        string="Number of part requests", compute="_compute_part_request_count"
    )
    equipment_part_ids = fields.One2many(
        "qifei.equipment.part", "order_id", string="Fitted parts", copy=False
    )
    held_for_parts = fields.Boolean(
        string="Waits for parts",
        readonly=True,
        copy=False,
        help="Put on hold because a part was missing; goes on by itself when it is "
        "there.",
    )
    has_missing_parts = fields.Boolean(compute="_compute_part_steps")
    can_use_parts = fields.Boolean(compute="_compute_part_steps")
    can_return_parts = fields.Boolean(compute="_compute_part_steps")
    can_issue_parts = fields.Boolean(compute="_compute_part_steps")

    def _compute_part_request_count(self):
        counts = dict(
            self.env["qifei.part.request"]._read_group(
                [("work_order_id", "in", self.ids)], ["work_order_id"], ["__count"]
            )
        )
        for order in self:
            order.part_request_count = counts.get(order, 0)

    @api.depends("part_ids.state", "part_ids.quantity_missing", "state")
    @api.depends_context("uid")
    def _compute_part_steps(self):
        for order in self:
            parts = order.part_ids
            order.has_missing_parts = any(
                part.quantity_missing > 0 for part in parts
            ) and order.state not in ("done", "verified", "closed", "cancelled")
            order.can_use_parts = any(part.can_use for part in parts)
            order.can_return_parts = any(part.can_return for part in parts)
            order.can_issue_parts = any(part.can_issue for part in parts)

    # === GUARD === #

    @api.model
    def _get_engineer_fields(self):
        return super()._get_engineer_fields() | {"part_ids"}

    # === ACTIONS === #

    def action_request_parts(self):
        """Request what is missing and hold the orders that wait for it."""
        return True

    def action_use_parts(self):
        return self.part_ids.filtered("can_use").action_use()

    def action_return_parts(self):
        return self.part_ids.filtered("can_return").action_return()

    def action_issue_parts(self):
        return self.part_ids.filtered("can_issue").action_issue()

    def action_view_part_requests(self):
        self.ensure_one()
        return self.part_request_ids._get_records_action(
            name=self.env._("Part requests")
        )

    def _resume_after_parts(self):
        """Go on with orders that waited for parts and have them all now."""
