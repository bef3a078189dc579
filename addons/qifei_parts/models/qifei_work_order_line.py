from odoo import api, fields, models
from odoo.exceptions import UserError


class QifeiWorkOrderLine(models.Model):
    """Joins a charge to the part it charges; each brings the other.

    A charge written by hand for something kept in stock plans the part. What was issued
    or used decides the charge from then on.
    """

    _inherit = "qifei.work.order.line"

    part_ids = fields.One2many(
        "qifei.work.order.part",
        "line_id",
        string="Needs",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._create_parts()
        return lines

    def write(self, vals):
        is_by_hand = bool(
            {"product_id", "kind", "quantity"} & vals.keys() and not self._is_own_step()
        )
        if is_by_hand:
            self._check_parts(vals)
        result = super().write(vals)
        if is_by_hand:
            self._sync_parts()
        return result

    def unlink(self):
        parts = self.part_ids
        if parts:
            self._check_order_open()
            parts._check_unmoved()
            # The charge goes, too: the part must not try to remove it once more.
            parts._as_own_step().write({"line_id": False})
            parts.unlink()
        return super().unlink()

    # === PARTS === #

    def _is_part(self):
        self.ensure_one()
        return bool(
            self.kind == "part" and self.product_id.is_storable and self.quantity
        )

    def _create_parts(self):
        """Plan the parts that were charged by hand."""
        without = self.filtered(lambda line: line._is_part() and not line.part_ids)
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

    def _check_parts(self, vals):
        """Raise when a charge shall differ from what was issued or used."""
        for part in self.part_ids:
            line = part.line_id
            if not (part.quantity_issued or part.quantity_used):
                continue
            values = {
                name: vals[name] for name in ("product_id", "kind") if name in vals
            }
            is_same = all(
                line._fields[name].convert_to_write(line[name], line) == value
                for name, value in values.items()
            )
            if is_same and (
                "quantity" not in vals
                or not part._compare(vals["quantity"], part._get_charged_quantity())
            ):
                continue
            raise UserError(
                self.env._(
                    "%(product)s of %(order)s has been issued or used: its charge "
                    "follows the part. Use or return it in the list of parts.",
                    product=part.product_id.display_name,
                    order=part.order_id.name,
                )
            )

    def _sync_parts(self):
        """Plan what was charged by hand, in the parts that belong to the charges."""
        for line in self:
            part = line.part_ids
            if part and not line._is_part():
                part._as_own_step().write({"line_id": False})
                part.unlink()
            elif part and not (part.quantity_issued or part.quantity_used):
                part._as_own_step().write(
                    {"product_id": line.product_id.id, "quantity": line.quantity}
                )
        self._create_parts()
