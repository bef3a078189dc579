from odoo import fields, models


class QifeiPartStatementAdjustLine(models.TransientModel):
    """One difference to book, of one lot where the part has lots."""

    _name = "qifei.part.statement.adjust.line"
    _description = "Difference to book"
    _inherit = ["qifei.part.quantity.mixin"]

    adjust_id = fields.Many2one(
        "qifei.part.statement.adjust", required=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "qifei.part.statement.line", string="Part on the statement", required=True
    )
    product_id = fields.Many2one(related="line_id.product_id")
    tracking = fields.Selection(related="product_id.tracking")
    closing = fields.Float(related="line_id.closing")
    counted = fields.Float(related="line_id.counted")
    lot_id = fields.Many2one(
        "stock.lot",
        string="Lot/serial number",
        domain="[('product_id', '=', product_id)]",
    )
    difference = fields.Float(string="To book", digits="Product Unit")
