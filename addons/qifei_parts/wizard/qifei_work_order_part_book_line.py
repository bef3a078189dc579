from odoo import fields, models


class QifeiWorkOrderPartBookLine(models.TransientModel):
    """One part, or one piece with its serial number."""

    _name = "qifei.work.order.part.book.line"
    _description = "Part to book"
    _order = "id"

    book_id = fields.Many2one(
        "qifei.work.order.part.book", required=True, ondelete="cascade"
    )
    part_id = fields.Many2one(
        "qifei.work.order.part", required=True, readonly=True, ondelete="cascade"
    )
    product_id = fields.Many2one("product.product", string="Part", required=True)
    quantity = fields.Float(default=1.0, digits="Product Unit")
    serial = fields.Char(string="Serial number")
    old_serial = fields.Char(string="Serial number taken out")
