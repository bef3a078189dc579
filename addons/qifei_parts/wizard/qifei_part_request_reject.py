from odoo import fields, models


class QifeiPartRequestReject(models.TransientModel):
    """Asks why part requests are rejected."""

    _name = "qifei.part.request.reject"
    _description = "Reject part requests"

    request_ids = fields.Many2many(
        "qifei.part.request",
        "qifei_part_request_reject_rel",
        string="Requests",
        required=True,
    )
    reason = fields.Text(required=True)

    def action_confirm(self):
        self.ensure_one()
        self.request_ids.action_reject(self.reason)
        return {"type": "ir.actions.act_window_close"}
