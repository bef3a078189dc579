from odoo import fields, models


class StockPicking(models.Model):
    """Links a transfer to the after-sales document it was made for."""

    _inherit = "stock.picking"

    qifei_purpose = fields.Selection(related="picking_type_id.qifei_purpose")
    qifei_request_id = fields.Many2one(
        comodel_name="qifei.part.request",
        string="Part request",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    qifei_work_order_id = fields.Many2one(
        comodel_name="qifei.work.order",
        string="Work order",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
