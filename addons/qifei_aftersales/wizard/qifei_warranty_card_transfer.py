from odoo import api, fields, models


class QifeiWarrantyCardTransfer(models.TransientModel):
    """Gives a warranty card to a new owner, or to the machine put in its place."""

    _name = "qifei.warranty.card.transfer"
    _description = "Transfer a warranty card"

    card_ids = fields.Many2many(
        comodel_name="qifei.warranty.card", string="Warranty cards", required=True
    )
    transfer = fields.Selection(
        selection=[("owner", "New owner"), ("serial", "Replaced machine")],
        required=True,
        default="owner",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="New owner",
        help="The machine and its card belong to this customer from now on.",
    )
    serial = fields.Char(
        string="New serial number",
        help="Serial number of the machine that replaced the one on the card. The old "
        "machine is retired; the cover and its last days stay the same.",
    )
    is_single = fields.Boolean(compute="_compute_is_single")
    reason = fields.Char(required=True)

    @api.depends("card_ids")
    def _compute_is_single(self):
        for wizard in self:
            wizard.is_single = len(wizard.card_ids) == 1

    def action_confirm(self):
        self.ensure_one()
        if self.transfer == "owner":
            self.card_ids._transfer_to_owner(self.partner_id, self.reason)
        else:
            self.card_ids._transfer_to_serial(self.serial, self.reason)
        return {"type": "ir.actions.act_window_close"}
