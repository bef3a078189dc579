from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_is_zero, formatLang, get_lang

from odoo.addons.qifei_base.tools.texts import parse_id

# Each figure: quantity and value, from the moves of the place. The sign says how it
# goes into what is left at the end.
FLOWS = {
    "received": 1,
    "used_warranty": -1,
    "used_charged": -1,
    "returned": -1,
    "adjusted": 1,
}
COUNT_FIELDS = {"counted", "is_counted", "note"}


class QifeiPartStatementLine(models.Model):
    """One product on a statement: what was there, came, went and is left.

    The figures are read from core's moves by the statement and by nobody's hand;
    ``closing`` is calculated from the others, so that each line adds up whatever its
    moves are; the database refuses one that does not. The count and a note are the
    holder's, or the parts keeper's who counts with him; nothing of a final statement
    changes.
    """

    _name = "qifei.part.statement.line"
    _description = "Part on a statement"
    _inherit = ["qifei.part.quantity.mixin"]
    _order = "statement_id, product_code, product_id, id"
    _check_company_auto = True
    _rec_name = "product_id"

    statement_id = fields.Many2one(
        "qifei.part.statement", required=True, ondelete="cascade", index=True
    )
    state = fields.Selection(related="statement_id.state")

    # === TAKEN OVER === #
    # A statement never changes these, and has thousands of lines to group by them.
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    location_id = fields.Many2one(
        "stock.location", string="Place", readonly=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Service point",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    engineer_id = fields.Many2one(
        "qifei.engineer", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    month = fields.Date(readonly=True)

    # === PRODUCT === #
    product_id = fields.Many2one(
        "product.product",
        string="Part",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain=[("is_storable", "=", True)],
    )
    product_code = fields.Char(string="Number", readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")

    # === QUANTITIES === #
    opening = fields.Float(readonly=True, digits="Product Unit")
    received = fields.Float(readonly=True, digits="Product Unit")
    used_warranty = fields.Float(
        string="Used in warranty",
        readonly=True,
        digits="Product Unit",
        help="Used at the company's expense: warranty, agreement or goodwill.",
    )
    used_charged = fields.Float(
        string="Used and charged",
        readonly=True,
        digits="Product Unit",
        help="Used at the customer's expense.",
    )
    returned = fields.Float(
        readonly=True,
        digits="Product Unit",
        help="Sent back or handed on to another place.",
    )
    adjusted = fields.Float(
        readonly=True,
        digits="Product Unit",
        help="Inventory adjustments and scrap.",
    )
    closing = fields.Float(readonly=True, digits="Product Unit")
    ledger_gap = fields.Float(
        string="Stock without moves",
        readonly=True,
        digits="Product Unit",
        help="What the place holds now beyond what all its moves say. It is zero "
        "unless somebody changed the stock past the moves.",
    )

    # === VALUES === #
    price_unit = fields.Float(
        string="Cost",
        readonly=True,
        digits="Product Price",
        help="Cost of one at the end of the month.",
    )
    opening_value = fields.Monetary(readonly=True)
    received_value = fields.Monetary(readonly=True)
    used_warranty_value = fields.Monetary(
        string="Used in warranty, value", readonly=True
    )
    used_charged_value = fields.Monetary(
        string="Used and charged, value", readonly=True
    )
    returned_value = fields.Monetary(readonly=True)
    adjusted_value = fields.Monetary(readonly=True)
    closing_value = fields.Monetary(readonly=True)
    revaluation_value = fields.Monetary(
        string="Price difference",
        readonly=True,
        help="What the stock gained or lost because the cost of the part changed.",
    )

    # === COUNT === #
    is_counted = fields.Boolean(string="Is counted")
    counted = fields.Float(digits="Product Unit")
    counted_by_id = fields.Many2one(
        "res.partner", readonly=True, ondelete="restrict", string="Counted by"
    )
    counted_on = fields.Datetime(readonly=True)
    difference = fields.Float(
        compute="_compute_difference",
        store=True,
        digits="Product Unit",
        help="Counted less closing. It has to be booked before anybody confirms.",
    )
    difference_value = fields.Monetary(compute="_compute_difference", store=True)
    note = fields.Char()

    # === CONSTRAINTS === #
    _product_uniq = models.UniqueIndex(
        "(statement_id, product_id)",
        "The part is on the statement already.",
    )
    _adds_up = models.Constraint(
        "CHECK(abs(opening + received - used_warranty - used_charged - returned "
        "+ adjusted - closing) < 0.005)",
        "The figures of a line have to add up.",
    )
    _values_add_up = models.Constraint(
        "CHECK(abs(opening_value + received_value - used_warranty_value "
        "- used_charged_value - returned_value + adjusted_value + revaluation_value "
        "- closing_value) < 0.005)",
        "The values of a line have to add up.",
    )
    _counted_positive = models.Constraint(
        "CHECK(counted >= 0)",
        "A count cannot be negative.",
    )

    # === COMPUTES === #

    @api.depends("is_counted", "counted", "closing", "price_unit")
    def _compute_difference(self):
        for line in self:
            difference = line.counted - line.closing if line.is_counted else 0.0
            unit = line.product_id.uom_id
            line.difference = unit.round(difference) if unit else difference
            line.difference_value = line._round_value(line.difference * line.price_unit)

    def _round_value(self, value):
        return self.currency_id.round(value) if self.currency_id else value

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_read_only(set().union(*vals_list))
        guarded = self._without_guarded_defaults()
        lines = super(QifeiPartStatementLine, guarded).create(
            self._take_over([self._complete_count(vals) for vals in vals_list])
        )
        lines = lines.with_env(self.env)
        lines._check_open()
        return lines

    def write(self, vals):
        self._check_read_only(vals.keys())
        self._check_open()
        if vals.keys() & {"statement_id", "product_id"}:
            raise UserError(
                self.env._(
                    "A line stays with its statement and part: add another line."
                )
            )
        result = super().write(self._complete_count(vals))
        if COUNT_FIELDS & vals.keys() and not self._is_own_step():
            self.statement_id._forget_confirmations()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_final(self):
        self._check_open()
        if not self._is_own_step():
            for line in self:
                if not line._is_empty():
                    raise UserError(
                        self.env._(
                            "%(part)s moved or lay at the place and stays on "
                            "%(statement)s.",
                            part=line.product_id.display_name,
                            statement=line.statement_id.display_name,
                        )
                    )

    @api.model
    def _take_over(self, vals_list):
        """Return the values with what the lines take over from statement and part."""
        if not all(
            parse_id(vals.get(name))
            for vals in vals_list
            for name in ("statement_id", "product_id")
        ):
            raise ValidationError(
                self.env._("Say which statement and which part a line is about.")
            )
        statements = self.env["qifei.part.statement"].browse(
            {vals["statement_id"] for vals in vals_list}
        )
        common = {
            statement.id: {
                "company_id": statement.company_id.id,
                "location_id": statement.location_id.id,
                "partner_id": statement.partner_id.id,
                "engineer_id": statement.engineer_id.id,
                "month": statement.month,
            }
            for statement in statements
        }
        products = self.env["product.product"].browse(
            {vals["product_id"] for vals in vals_list}
        )
        codes = {product.id: product.default_code for product in products}
        return [
            {
                **vals,
                **common[vals["statement_id"]],
                "product_code": codes[vals["product_id"]],
            }
            for vals in vals_list
        ]

    @api.model
    def _complete_count(self, vals):
        """Return the values with who counted and when."""
        if "counted" not in vals and "is_counted" not in vals:
            return vals
        is_counted = vals.get("is_counted", "counted" in vals)
        return {
            "counted_by_id": is_counted and self.env.user.partner_id.id,
            "counted_on": is_counted and fields.Datetime.now(),
            **vals,
            "is_counted": is_counted,
            "counted": vals.get("counted", 0.0) if is_counted else 0.0,
        }

    def _check_open(self):
        for statement in self.statement_id:
            if statement.state == "confirmed" and not self._is_own_step():
                raise UserError(
                    self.env._(
                        "%(statement)s is final: its lines stay as both sides "
                        "confirmed them.",
                        statement=statement.display_name,
                    )
                )

    def _get_changes(self, row):
        """Return those figures of ``row`` that the line does not show yet."""
        self.ensure_one()
        return {
            name: value
            for name, value in row.items()
            if self._fields[name].convert_to_cache(value, self) != self[name]
        }

    def _is_empty(self):
        """Tell whether nothing moved and nothing is there."""
        self.ensure_one()
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return all(
            float_is_zero(self[name], precision_digits=digits)
            for name in ("opening", "ledger_gap", *FLOWS)
        )

    def _check_count(self, quantity):
        """Raise for a count that is no quantity; None is none yet."""
        self.ensure_one()
        if quantity is None:
            return
        if not self._is_plausible_quantity(quantity) or quantity < 0:
            raise UserError(
                self.env._(
                    "Count %(part)s in figures, zero or more.",
                    part=self.product_id.display_name,
                )
            )

    def _prepare_adjust_rows(self):
        """Return what is asked before the difference of the line is booked.

        Pieces with serial numbers are asked for one by one.
        """
        self.ensure_one()
        if self.product_id.tracking != "serial":
            return [{"line_id": self.id, "difference": self.difference}]
        sign = 1 if self.difference > 0 else -1
        return [
            {"line_id": self.id, "difference": sign}
            for _piece in range(round(abs(self.difference)))
        ]

    def _name_parts(self, limit):
        """Return the names of the first parts, with what differs."""
        names = [line.product_id.display_name for line in self[:limit]]
        if len(self) > limit:
            names.append(self.env._("%(count)s more", count=len(self) - limit))
        return ", ".join(names)

    # === FIGURES === #

    @api.model
    def _calculate_closing(self, figures, unit, currency):
        """Return what is left at the end, so that quantities and values add up.

        :param dict figures: the other figures of a line
        :param unit: unit of the part
        :param currency: currency of the company
        """
        closing = figures["opening"] + sum(
            sign * figures[name] for name, sign in FLOWS.items()
        )
        closing = unit.round(closing) if unit else closing
        closing_value = closing * figures["price_unit"]
        former_value = figures["opening_value"] + sum(
            sign * figures[f"{name}_value"] for name, sign in FLOWS.items()
        )
        if currency:
            closing_value = currency.round(closing_value)
            former_value = currency.round(former_value)
        return {
            "closing": closing,
            "closing_value": closing_value,
            "revaluation_value": closing_value - former_value,
        }

    # === DOCUMENT === #

    def _prepare_document_line(self):
        """Return the line as it is printed: texts, nothing for zero."""
        self.ensure_one()
        return {
            "code": self.product_code or "",
            "name": self.product_id.name,
            "unit": self.uom_id.name,
            "counted": self.is_counted and (self._write_quantity(self.counted) or "0"),
            "closing": self._write_quantity(self.closing) or "0",
            "closing_value": self.statement_id._write_amount(self.closing_value),
            "note": self.note or "",
            **{
                name: self._write_quantity(self[name])
                for name in ("opening", "difference", *FLOWS)
            },
        }

    def _write_quantity(self, quantity):
        """Return a quantity without idle decimals; nothing for zero."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        if float_is_zero(quantity, precision_digits=digits):
            return ""
        text = formatLang(self.env, quantity, digits=digits)
        point = get_lang(self.env).decimal_point
        return text.rstrip("0").rstrip(point) if point in text else text

    # === ACTIONS === #

    def action_open_figure(self, figure):
        """Open the moves that a figure is made of.

        :param str figure: name of a quantity of the line, or of its value
        """
        self.ensure_one()
        return self.statement_id._open_figure(figure, self.product_id)
