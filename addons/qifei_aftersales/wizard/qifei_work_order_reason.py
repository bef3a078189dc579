from odoo import api, fields, models


class QifeiWorkOrderReason(models.TransientModel):
    """Asks why an order is declined, put on hold, sent back or cancelled."""

    _name = "qifei.work.order.reason"
    _description = "Reason"

    order_ids = fields.Many2many(
        "qifei.work.order",
        "qifei_work_order_reason_rel",
        string="Orders",
        required=True,
        default=lambda self: self._default_order_ids(),
    )
    action = fields.Selection(
        [
            ("reject", "Decline"),
            ("hold", "Put on hold"),
            ("rework", "Send back to work"),
            ("cancel", "Cancel"),
        ],
        required=True,
    )
    reason = fields.Text(required=True)

    @api.model
    def _default_order_ids(self):
        if self.env.context.get("active_model") == "qifei.work.order":
            return self.env.context.get("active_ids")
        return False

    def action_confirm(self):
        self.ensure_one()
        getattr(self.order_ids, f"action_{self.action}")(self.reason)
        return {"type": "ir.actions.act_window_close"}
