from odoo import fields, models


class QifeiWorkOrderReason(models.TransientModel):
    """Asks why an order is declined, put on hold, sent back or cancelled."""

    _name = "qifei.work.order.reason"
    _description = "Reason"

    order_ids = fields.Many2many(
        "qifei.work.order",
        "qifei_work_order_reason_rel",
        string="Orders",
        required=True,
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

    def action_confirm(self):
        self.ensure_one()
        getattr(self.order_ids, f"action_{self.action}")(self.reason)
        return {"type": "ir.actions.act_window_close"}
