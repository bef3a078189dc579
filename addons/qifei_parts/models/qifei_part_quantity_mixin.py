from odoo import api, models
from odoo.exceptions import ValidationError

from odoo.addons.qifei_base.tools.texts import clean_line, parse_id

from ..const import MOST_PIECES

# The part, and what leads to it where the record or its values do not name it.
PART_LINKS = ("product_id", "line_id", "part_id", "discrepancy_id")
LONGEST_SHOWN = 20


class QifeiPartQuantityMixin(models.AbstractModel):
    """Takes only what can be a quantity of a part, in fields that people fill in.

    A call from outside can send text or a list, and a typing error can be a million
    pieces: nothing is calculated with either.
    """

    _name = "qifei.part.quantity.mixin"
    _description = "Quantity of a part"
    _inherit = ["qifei.guard.mixin"]

    @api.model
    def _check_plausible(self, vals):
        for name, value in vals.items():
            if self._is_quantity(name) and not self._is_plausible_quantity(value):
                raise ValidationError(
                    self.env._(
                        "“%(value)s” cannot be a quantity of %(part)s: enter a number "
                        "below %(most)s.",
                        value=clean_line(str(value), LONGEST_SHOWN),
                        part=self._get_part_name(vals),
                        most=MOST_PIECES,
                    )
                )
        return super()._check_plausible(vals)

    @api.model
    def _is_quantity(self, name):
        """Tell whether the field of this name holds a quantity that people fill in."""
        field = self._fields.get(name)
        return (
            bool(field)
            and field.type == "float"
            and field._digits == "Product Unit"
            and not field.readonly
        )

    @api.model
    def _is_plausible_quantity(self, value):
        if value is None or isinstance(value, bool):
            return value is not True
        # A comparison with NaN is false, so NaN falls through here, too.
        return isinstance(value, (int, float)) and abs(value) < MOST_PIECES

    def _get_part_name(self, vals):
        """Return the name of the part that values are about."""
        parts = self.env["product.product"]
        for name in PART_LINKS:
            if name in self._fields and not parts:
                link = self[name] or self[name].browse(parse_id(vals.get(name)))
                link = link.exists()
                parts = link if name == "product_id" else link.product_id
        return ", ".join(parts.mapped("display_name")) or self.env._("a part")
