from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..const import CHARGE_KINDS, COVERAGES, ORDER_LOCKED_STATES

# What the decision rests on: a change asks the warranty card again.
DECISIVE_FIELDS = {"product_id", "kind"}


class QifeiWorkOrderLine(models.Model):
    """One charge of an order: a part, labour, travel or something else.

    Who pays is decided when the charge is written down, from the warranty card of the
    machine, and kept as a decision record. Somebody with the right to do so can decide
    otherwise with a reason; nobody writes the coverage directly. The charges of a
    signed order stay as they are.
    """

    _name = "qifei.work.order.line"
    _description = "Charge"
    _inherit = ["qifei.guard.mixin"]
    _order = "order_id, sequence, id"
    _check_company_auto = True

    order_id = fields.Many2one(
        "qifei.work.order", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="order_id.currency_id")
    partner_id = fields.Many2one(related="order_id.partner_id")
    order_state = fields.Selection(related="order_id.state", string="Order state")

    # === What === #
    product_id = fields.Many2one(
        "product.product",
        string="Item",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    name = fields.Char(
        string="Description",
        compute="_compute_from_product",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    kind = fields.Selection(
        CHARGE_KINDS,
        compute="_compute_from_product",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    quantity = fields.Float(default=1.0, required=True, digits="Product Unit")
    uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        compute="_compute_from_product",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
    )

    # === How much === #
    price_unit = fields.Float(
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        digits="Product Price",
    )
    discount = fields.Float(string="Discount (%)", digits="Discount")
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        compute="_compute_tax_ids",
        store=True,
        readonly=False,
        check_company=True,
        domain="[('type_tax_use', '=', 'sale')]",
    )
    price_subtotal = fields.Monetary(
        string="Amount", compute="_compute_amounts", store=True
    )
    price_total = fields.Monetary(
        string="Amount with tax", compute="_compute_amounts", store=True
    )

    # === Who pays === #
    coverage = fields.Selection(
        COVERAGES, default="customer", required=True, readonly=True, index=True
    )
    decision_id = fields.Many2one(
        "qifei.warranty.decision",
        ondelete="set null",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    move_line_ids = fields.One2many(
        "account.move.line", "qifei_order_line_id", string="Invoice lines"
    )

    _quantity_positive = models.Constraint(
        "CHECK(quantity >= 0)",
        "The quantity of a charge cannot be negative.",
    )
    _discount_range = models.Constraint(
        "CHECK(discount BETWEEN 0 AND 100)",
        "A discount lies between 0 and 100 %.",
    )
    _price_positive = models.Constraint(
        "CHECK(price_unit >= 0)",
        "The price of a charge cannot be negative.",
    )

    # === COMPUTES === #

    @api.depends("product_id")
    def _compute_from_product(self):
        for line in self:
            product = line.product_id
            # Read by the customer, on estimate, service sheet and invoice.
            lang = line.order_id.partner_id.lang or self.env.lang
            line.name = product.with_context(lang=lang).display_name
            line.uom_id = product.uom_id
            line.kind = product.qifei_kind or (
                "labour" if product.type == "service" else "part"
            )

    @api.depends("product_id", "uom_id", "company_id", "partner_id")
    def _compute_price_unit(self):
        today = fields.Date.context_today(self)
        for line in self:
            order = line.order_id
            pricelist = order.partner_id.with_company(
                order.company_id
            ).property_product_pricelist
            if pricelist and line.product_id:
                price = pricelist._get_product_price(
                    line.product_id, line.quantity or 1.0, uom=line.uom_id
                )
                line.price_unit = pricelist.currency_id._convert(
                    price, line.currency_id, order.company_id, today
                )
            elif line.product_id:
                product = line.product_id.with_company(order.company_id)
                line.price_unit = product._price_compute(
                    "list_price", uom=line.uom_id, currency=line.currency_id
                )[product.id]
            else:
                line.price_unit = 0.0

    @api.depends("product_id", "company_id", "partner_id")
    def _compute_tax_ids(self):
        mapped = {}
        for line in self:
            company = line.order_id.company_id
            partner = line.order_id.partner_id
            taxes = line.product_id.taxes_id._filter_taxes_by_company(company)
            key = (company, partner, taxes)
            if key not in mapped:
                position = (
                    self.env["account.fiscal.position"]
                    .with_company(company)
                    ._get_fiscal_position(partner)
                )
                mapped[key] = position.map_tax(taxes)
            line.tax_ids = mapped[key]

    @api.depends("quantity", "price_unit", "discount", "tax_ids", "currency_id")
    def _compute_amounts(self):
        account_tax = self.env["account.tax"]
        for company, lines in self.grouped("company_id").items():
            base_lines = [line._prepare_base_line() for line in lines]
            for line, base_line in zip(lines, base_lines, strict=True):
                account_tax._add_tax_details_in_base_line(base_line, company)
                account_tax._round_base_lines_tax_details([base_line], company)
                details = base_line["tax_details"]
                line.price_subtotal = details["total_excluded_currency"]
                line.price_total = details["total_included_currency"]

    def _prepare_base_line(self):
        """Return the charge in the form that core computes taxes from."""
        self.ensure_one()
        return self.env["account.tax"]._prepare_base_line_for_taxes_computation(
            self,
            tax_ids=self.tax_ids,
            quantity=self.quantity,
            partner_id=self.partner_id,
            currency_id=self.currency_id or self.env.company.currency_id,
            rate=1.0,
        )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        # What every charge begins as may be said, too.
        vals_list = [
            {
                name: value
                for name, value in vals.items()
                if (name, value) != ("coverage", "customer")
            }
            for vals in vals_list
        ]
        self._check_proposed(set().union(*vals_list))
        guarded = self._without_guarded_defaults()
        lines = super(QifeiWorkOrderLine, guarded).create(vals_list)
        lines = lines.with_env(self.env)
        lines._check_order_open()
        lines._decide()
        lines.order_id._refresh_estimate()
        return lines

    def write(self, vals):
        self._check_proposed(vals.keys())
        self._check_same_order(vals)
        if not vals.keys() <= {"sequence"}:
            self._check_order_open()
        result = super().write(vals)
        if DECISIVE_FIELDS & vals.keys():
            self._decide()
        self.order_id._refresh_estimate()
        return result

    def unlink(self):
        orders = self.order_id
        result = super().unlink()
        orders._refresh_estimate()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        self._check_order_open()

    @api.model
    def _check_proposed(self, field_names):
        """Amounts are added up, and who pays is proposed; nobody writes them."""
        if {"coverage", "decision_id"} & set(field_names) and not self._is_own_step():
            raise UserError(
                self.env._(
                    "Who pays for a charge is proposed by the warranty card. Use "
                    "“Decide otherwise” and give a reason to change it."
                )
            )
        self._check_read_only(field_names)

    def _check_same_order(self, vals):
        if "order_id" in vals and any(
            line.order_id.id != vals["order_id"] for line in self
        ):
            raise UserError(
                self.env._(
                    "A charge stays with its order: delete it here and write it down "
                    "there."
                )
            )

    def _check_order_open(self):
        for line in self:
            if line.order_id.state in ORDER_LOCKED_STATES:
                raise UserError(
                    self.env._(
                        "%(order)s is “%(state)s”: its charges stay as they were "
                        "signed. Send it back to work to change them.",
                        order=line.order_id.name,
                        state=line.order_id._get_state_label(line.order_id.state),
                    )
                )
            if line._is_billed():
                raise UserError(
                    self.env._(
                        "“%(charge)s” of %(order)s is billed already: cancel the "
                        "invoice before you change the charge.",
                        charge=line.name,
                        order=line.order_id.name,
                    )
                )

    def _is_billed(self):
        """Tell whether an invoice that counts bills the charge."""
        self.ensure_one()
        # sudo: account.move.line - whether there is one, for people without the right
        return any(
            move_line.parent_state != "cancel"
            for move_line in self.sudo().move_line_ids
        )

    # === COVERAGE === #

    def _decide(self):
        """Ask the warranty cards who pays and keep the answers."""
        # sudo: qifei.warranty.decision - the record of why is made by nobody's hand
        decisions = self.env["qifei.warranty.decision"].sudo()
        decided = decisions._record(self)
        for line in self._as_own_step():
            decision = decided[line.id]
            line.write({"coverage": decision.coverage, "decision_id": decision.id})

    def action_decide_otherwise(self):
        """Open the question why somebody else shall pay."""
        self._check_order_open()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qifei_aftersales.qifei_work_order_line_override_action"
        )
        action["context"] = {"default_line_ids": self.ids}
        return action

    def _override_coverage(self, coverage, reason):
        """Let somebody else pay than the card proposes.

        :param coverage: warranty, agreement, goodwill or customer
        :param reason: why, kept with the decision
        """
        self._check_order_open()
        self.check_access("write")
        # sudo: qifei.warranty.decision - only this method changes a decision
        self.decision_id.sudo()._override(coverage, reason)
        self._as_own_step().write({"coverage": coverage})

    # === INVOICE === #

    def _prepare_move_line_values(self):
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "name": self.name,
            "quantity": self.quantity,
            "product_uom_id": self.uom_id.id,
            "price_unit": self.price_unit,
            "discount": self.discount,
            "tax_ids": [Command.set(self.tax_ids.ids)],
            "qifei_order_line_id": self.id,
        }
