from odoo import fields, models


class QifeiWorkOrderPartBook(models.TransientModel):
    """What was issued, used or not needed: everything filled in, to be confirmed."""

    _name = "qifei.work.order.part.book"
    _description = "Book parts"

    step = fields.Selection(
        [("issue", "Issue"), ("use", "Use"), ("return", "Return")],
        required=True,
        readonly=True,
    )
    line_ids = fields.One2many("qifei.work.order.part.book.line", "book_id")
