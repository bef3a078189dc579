from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    qifei_order_line_id = fields.Many2one(
        "qifei.work.order.line",
        string="Charge",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
