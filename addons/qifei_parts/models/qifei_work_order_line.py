from odoo import api, fields, models


class QifeiWorkOrderLine(models.Model):
    """Joins a charge to the part it charges; each brings the other."""

    _inherit = "qifei.work.order.line"

    part_ids = fields.One2many(
        "qifei.work.order.part",
        "line_id",
        string="Part",
        readonly=True,
        copy=False,
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._create_parts()
        return lines

    def _create_parts(self):
        """Plan the parts that were charged by hand."""
        without = self.filtered(
            lambda line: (
                line.kind == "part"
                and line.product_id.is_storable
                and line.quantity
                and not line.part_ids
            )
        )
        if without:
            self.env["qifei.work.order.part"]._as_own_step().create(
                [line._prepare_part_values() for line in without]
            )

    def _prepare_part_values(self):
        self.ensure_one()
        return {
            "order_id": self.order_id.id,
            "line_id": self.id,
            "product_id": self.product_id.id,
            "quantity": self.quantity,
        }
