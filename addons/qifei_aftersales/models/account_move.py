from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    qifei_work_order_id = fields.Many2one(
        "qifei.work.order",
        string="Work order",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
        copy=False,
        check_company=True,
    )
