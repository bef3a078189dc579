from odoo import api, fields, models


class QifeiPartRequestReceiveLine(models.TransientModel):
    """What was counted of one part, or of one lot of it."""

    _name = "qifei.part.request.receive.line"
    _description = "Part to receive"
    _inherit = ["qifei.part.quantity.mixin"]

    wizard_id = fields.Many2one(
        "qifei.part.request.receive", required=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "qifei.part.request.line", required=True, readonly=True, ondelete="cascade"
    )
    product_id = fields.Many2one(related="line_id.product_id")
    lot_id = fields.Many2one("stock.lot", readonly=True)
    lot_name = fields.Char(string="Lot/serial", related="lot_id.name")
    expected = fields.Float(string="Shipped", digits="Product Unit", readonly=True)
    good = fields.Float(
        digits="Product Unit",
        compute="_compute_good",
        store=True,
        readonly=False,
        precompute=True,
    )
    damaged = fields.Float(digits="Product Unit")
    wrong = fields.Float(string="Wrong part", digits="Product Unit")
    over = fields.Float(string="Too many", digits="Product Unit")
    short = fields.Float(digits="Product Unit", compute="_compute_short")
    wrong_product_id = fields.Many2one(
        "product.product",
        string="Came instead",
        domain=[("is_storable", "=", True)],
    )
    photo_ids = fields.Many2many(
        "ir.attachment", "qifei_part_request_receive_photo_rel", string="Photos"
    )
    note = fields.Char()

    @api.depends("expected", "damaged", "wrong")
    def _compute_good(self):
        for line in self:
            line.good = max(line.expected - line.damaged - line.wrong, 0.0)

    @api.depends("expected", "good", "damaged", "wrong")
    def _compute_short(self):
        for line in self:
            line.short = max(line.expected - line.good - line.damaged - line.wrong, 0.0)

    @api.onchange("damaged", "wrong")
    def _onchange_bad(self):
        """What is damaged or wrong is not good as well."""
        left = self.expected - self.damaged - self.wrong
        self.good = max(min(self.good, left), 0.0)

    def _get_count(self):
        """Return the count as ``qifei.part.request._receive`` takes it."""
        self.ensure_one()
        return {
            "line": self.line_id,
            # sudo: stock.lot - the engineer counts lots without stock rights
            "lot": self.sudo().lot_id,
            "good": self.good,
            "damaged": self.damaged,
            "wrong": self.wrong,
            "over": self.over,
            "product": self.wrong_product_id,
            "photos": self.photo_ids,
            "note": self.note,
        }
