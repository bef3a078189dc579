from odoo import api, fields, models


class QifeiPartRequestShipLine(models.TransientModel):
    """One part of a consignment that is being made up."""

    _name = "qifei.part.request.ship.line"
    _description = "Part to ship"
    _inherit = ["qifei.part.quantity.mixin"]

    wizard_id = fields.Many2one(
        "qifei.part.request.ship", required=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "qifei.part.request.line", required=True, readonly=True, ondelete="cascade"
    )
    product_id = fields.Many2one(related="line_id.product_id")
    tracking = fields.Selection(related="product_id.tracking")
    quantity_open = fields.Float(related="line_id.quantity_open")
    quantity_reserved = fields.Float(related="line_id.quantity_reserved")
    free_at_source = fields.Float(related="line_id.free_at_source")
    quantity = fields.Float(string="Ship now", digits="Product Unit")
    lot_ids = fields.Many2many(
        "stock.lot",
        "qifei_part_request_ship_line_lot_rel",
        string="Serial numbers",
        compute="_compute_lot_ids",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'in', choice_ids)]",
    )
    choice_ids = fields.Many2many(
        "stock.lot", string="Pieces to choose from", compute="_compute_choice_ids"
    )

    @api.depends("line_id")
    def _compute_choice_ids(self):
        for line in self:
            line.choice_ids = (
                line.line_id._get_lots_to_ship()
                if line.tracking == "serial"
                else line.choice_ids.browse()
            )

    @api.depends("line_id", "quantity")
    def _compute_lot_ids(self):
        """Keep the chosen pieces and fill up to the quantity, reserved ones first."""
        for line in self:
            pieces = (line.lot_ids | line.choice_ids)._origin
            line.lot_ids = pieces[: max(round(line.quantity), 0)]

    @api.onchange("lot_ids")
    def _onchange_lot_ids(self):
        """As many are shipped as are chosen."""
        if self.tracking == "serial":
            self.quantity = len(self.lot_ids)
