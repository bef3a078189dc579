from odoo import fields, models

from ..const import COVERAGES


class QifeiWorkOrderLineOverride(models.TransientModel):
    """Decides otherwise than the warranty card who pays for charges, with a reason."""

    _name = "qifei.work.order.line.override"
    _description = "Decide otherwise"

    line_ids = fields.Many2many(
        "qifei.work.order.line",
        "qifei_work_order_line_override_rel",
        string="Charges",
        required=True,
    )
    coverage = fields.Selection(COVERAGES, string="Paid by", required=True)
    reason = fields.Text(required=True)

    def action_confirm(self):
        self.ensure_one()
        self.line_ids._override_coverage(self.coverage, self.reason)
        return {"type": "ir.actions.act_window_close"}
