from odoo import fields, models


class QifeiEquipment(models.Model):
    _inherit = "qifei.equipment"

    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Lot/Serial number",
        compute="_compute_lot_id",
        store=True,
        index="btree_not_null",
        ondelete="set null",
        help="The serial number of the warehouse with which the machine left it.",
    )

    def _compute_lot_id(self):
        self.lot_id = False
