from odoo import fields, models
from odoo.exceptions import UserError


class RepairOrder(models.Model):
    """Tells the old part that it is repaired and lies in the stock again."""

    _inherit = "repair.order"

    qifei_old_part_ids = fields.One2many(
        "qifei.old.part", "repair_id", string="Old part", readonly=True
    )

    def action_repair_done(self):
        # sudo: qifei.old.part - whoever repairs need not have an after-sales role
        parts_sudo = self.sudo().qifei_old_part_ids.filtered(
            lambda part: part.state == "inspected"
        )
        self._check_qifei_old_parts(parts_sudo)
        result = super().action_repair_done()
        parts_sudo._settle_repaired()
        return result

    def _check_qifei_old_parts(self, parts):
        """Refuse to finish the repair of another piece than the one taken in."""
        for part in parts:
            repair = part.repair_id
            quantity = repair.product_uom._compute_quantity(
                repair.product_qty, part.uom_id
            )
            defective = part.company_id._get_parts_location("defective")
            target = repair.product_location_dest_id
            if (
                repair.product_location_src_id != defective
                or target.usage != "internal"
                or target.qifei_place_id
            ):
                raise UserError(
                    self.env._(
                        "%(repair)s repairs the old part %(part)s: it takes the piece "
                        "from the defective parts into the warehouse.",
                        repair=repair.name,
                        part=part.name,
                    )
                )
            if (
                repair.product_id != part.product_id
                or repair.lot_id != part.lot_id
                or part.uom_id.compare(quantity, part.quantity) != 0
            ):
                raise UserError(
                    self.env._(
                        "%(repair)s repairs the old part %(part)s: leave it at "
                        "%(quantity)s × %(product)s %(serial)s.",
                        repair=repair.name,
                        part=part.name,
                        quantity=part.quantity,
                        product=part.product_id.display_name,
                        serial=part.lot_id.name or "",
                    )
                )
