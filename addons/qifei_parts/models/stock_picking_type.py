from odoo import fields, models

from ..const import PICKING_PURPOSES


class StockPickingType(models.Model):
    _inherit = "stock.picking.type"

    qifei_purpose = fields.Selection(
        selection=PICKING_PURPOSES,
        string="After-sales purpose",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
