from odoo import fields, models


class QifeiWarrantyCardVoid(models.TransientModel):
    """Asks why warranty cards end before their time."""

    _name = "qifei.warranty.card.void"
    _description = "Void a warranty card"

    card_ids = fields.Many2many(
        comodel_name="qifei.warranty.card", string="Warranty cards", required=True
    )
    reason = fields.Char(required=True, help="The customer can read it.")

    def action_confirm(self):
        self.ensure_one()
        self.card_ids.action_void(self.reason)
        return {"type": "ir.actions.act_window_close"}
