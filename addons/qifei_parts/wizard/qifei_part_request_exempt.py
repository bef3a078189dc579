from odoo import fields, models


class QifeiPartRequestExempt(models.TransientModel):
    """Asks why a request is allowed although old parts are overdue."""

    _name = "qifei.part.request.exempt"
    _description = "Allow a request despite old parts"

    request_id = fields.Many2one("qifei.part.request", required=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.ensure_one()
        self.request_id.action_exempt_old_parts(self.reason)
        return {"type": "ir.actions.act_window_close"}
