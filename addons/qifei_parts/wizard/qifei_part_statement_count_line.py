from odoo import api, fields, models


class QifeiPartStatementCountLine(models.TransientModel):
    """One part that is counted."""

    _name = "qifei.part.statement.count.line"
    _description = "Counted part"
    _inherit = ["qifei.part.quantity.mixin"]

    count_id = fields.Many2one(
        "qifei.part.statement.count", required=True, ondelete="cascade"
    )
    line_id = fields.Many2one("qifei.part.statement.line", string="Part", required=True)
    closing = fields.Float(related="line_id.closing")
    is_counted = fields.Boolean(string="Is counted")
    counted = fields.Float(digits="Product Unit")

    @api.onchange("counted")
    def _onchange_counted(self):
        """Who enters a number has counted."""
        if self.counted != (self._origin.counted if self._origin else self.closing):
            self.is_counted = True
