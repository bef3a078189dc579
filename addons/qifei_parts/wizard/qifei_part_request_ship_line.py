from odoo import fields, models


class QifeiPartRequestShipLine(models.TransientModel):
    """One part of a consignment that is being made up."""

    _name = "qifei.part.request.ship.line"
    _description = "Part to ship"

    wizard_id = fields.Many2one(
        "qifei.part.request.ship", required=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "qifei.part.request.line", required=True, readonly=True, ondelete="cascade"
    )
    product_id = fields.Many2one(related="line_id.product_id")
    quantity_open = fields.Float(related="line_id.quantity_open")
    quantity_reserved = fields.Float(related="line_id.quantity_reserved")
    free_at_source = fields.Float(related="line_id.free_at_source")
    quantity = fields.Float(string="Ship now", digits="Product Unit")
