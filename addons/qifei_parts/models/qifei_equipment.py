from odoo import api, fields, models


class QifeiEquipment(models.Model):
    """Links a machine to the serial number with which it left the warehouse."""

    _inherit = "qifei.equipment"

    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Serial number of the warehouse",
        compute="_compute_lot_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
        help="Found by product and serial number; shows where the machine came from.",
    )

    @api.depends("product_id", "serial", "company_id")
    def _compute_lot_id(self):
        numbered = self.filtered("serial")
        # sudo: stock.lot - found for users without stock rights
        lots = (
            self.env["stock.lot"]
            .sudo()
            .search(
                [
                    ("product_id", "in", numbered.product_id.ids),
                    ("name", "in", numbered.mapped("serial")),
                ]
            )
        )
        by_serial = {
            (lot.product_id.id, lot.name, lot.company_id.id): lot.id for lot in lots
        }
        for equipment in self:
            key = (equipment.product_id.id, equipment.serial)
            equipment.lot_id = by_serial.get(
                (*key, equipment.company_id.id)
            ) or by_serial.get((*key, False))
