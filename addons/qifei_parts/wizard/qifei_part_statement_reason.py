from odoo import fields, models


class QifeiPartStatementReason(models.TransientModel):
    """Asks why a statement is opened again, or who has signed it on paper."""

    _name = "qifei.part.statement.reason"
    _description = "Reason for a statement"

    statement_id = fields.Many2one("qifei.part.statement", required=True)
    action = fields.Selection(
        [("reopen", "Open again"), ("paper", "Signed on paper")], required=True
    )
    reason = fields.Text(required=True)

    def action_confirm(self):
        self.ensure_one()
        if self.action == "reopen":
            self.statement_id.action_reopen(self.reason)
            return {"type": "ir.actions.act_window_close"}
        result = self.statement_id._confirm_on_paper(self.reason)
        return (
            result
            if isinstance(result, dict)
            else {"type": "ir.actions.act_window_close"}
        )
