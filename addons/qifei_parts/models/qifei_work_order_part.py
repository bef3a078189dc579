from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import float_compare

from odoo.addons.qifei_aftersales.const import ORDER_LOCKED_STATES


class QifeiWorkOrderPart(models.Model):
    """A part that a work order needs, and what has become of it.

    A need is planned with a quantity, reserved in the van, at the service point or in
    the warehouse, issued to the engineer, used at the customer's and what is left
    returned. It holds no quantity of its own but the planned one: all others are sums
    of its stock moves, and its state follows from them. Its charge is made with it,
    and charges what was used as soon as something was.

    Engineers plan and use the parts of their own orders, agents and dispatchers plan
    all, parts keepers reserve, issue and take back. Whoever has no stock rights moves
    stock through the steps of this document only. The parts of a signed or cancelled
    order stay as they are, but what is open can always be returned.
    """

    _name = "qifei.work.order.part"
    _description = "Part of a work order"
    _inherit = ["qifei.part.quantity.mixin"]
    _order = "order_id, sequence, id"
    _check_company_auto = True
    _rec_name = "product_id"

    # === What === #
    order_id = fields.Many2one(
        "qifei.work.order", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, precompute=True, index=True
    )
    product_id = fields.Many2one(
        "product.product",
        string="Part",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain="[('is_storable', '=', True)]",
    )
    substitute_for_id = fields.Many2one(
        "product.product",
        string="Instead of",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The part that was planned before a substitute was taken.",
    )
    quantity = fields.Float(
        string="Planned", default=1.0, required=True, digits="Product Unit"
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    tracking = fields.Selection(related="product_id.tracking")
    note = fields.Char()
    line_id = fields.Many2one(
        "qifei.work.order.line",
        string="Charge",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    coverage = fields.Selection(related="line_id.coverage", string="Paid by")

    # === Order === #
    order_state = fields.Selection(related="order_id.state", string="Order state")
    engineer_id = fields.Many2one(related="order_id.engineer_id")
    partner_id = fields.Many2one(related="order_id.partner_id")
    equipment_id = fields.Many2one(related="order_id.equipment_id")
    planned_start = fields.Datetime(related="order_id.planned_start")
    is_locked = fields.Boolean(related="order_id.is_locked")

    # === Computed from stock moves === #
    move_ids = fields.One2many(
        "stock.move",
        "qifei_order_part_id",
        string="Stock moves",
        readonly=True,
        copy=False,
        groups="stock.group_stock_user",
    )
    quantity_reserved = fields.Float(
        string="Reserved",
        compute="_compute_quantities",
        compute_sudo=True,
        digits="Product Unit",
    )
    quantity_reserved_warehouse = fields.Float(
        string="Reserved in the warehouse",
        compute="_compute_quantities",
        compute_sudo=True,
        digits="Product Unit",
    )
    quantity_held = fields.Float(
        string="Held in the van",
        compute="_compute_quantities",
        compute_sudo=True,
        digits="Product Unit",
        help="Issued or reserved with the engineer, for no other order.",
    )
    quantity_issued = fields.Float(
        string="Issued",
        compute="_compute_quantities",
        compute_sudo=True,
        digits="Product Unit",
    )
    quantity_used = fields.Float(
        string="Used",
        compute="_compute_quantities",
        compute_sudo=True,
        digits="Product Unit",
    )
    quantity_returned = fields.Float(
        string="Returned",
        compute="_compute_quantities",
        compute_sudo=True,
        digits="Product Unit",
    )
    quantity_open = fields.Float(
        string="Open",
        compute="_compute_quantities",
        compute_sudo=True,
        digits="Product Unit",
        help="Issued and neither used nor returned.",
    )
    state = fields.Selection(
        [
            ("missing", "Needed"),
            ("reserved", "Reserved"),
            ("issued", "Issued"),
            ("used", "Used"),
            ("returned", "Returned"),
        ],
        compute="_compute_quantities",
        compute_sudo=True,
        search="_search_state",
    )

    # === Computed from stock === #
    free_van = fields.Float(
        string="At hand",
        compute="_compute_free",
        compute_sudo=True,
        digits="Product Unit",
        help="Free in the engineer's van and at his service point.",
    )
    free_warehouse = fields.Float(
        string="Warehouse",
        compute="_compute_free",
        compute_sudo=True,
        digits="Product Unit",
    )
    quantity_missing = fields.Float(
        string="Missing",
        compute="_compute_free",
        compute_sudo=True,
        digits="Product Unit",
        help="Neither used, issued or reserved nor free with the engineer.",
    )
    quantity_requested = fields.Float(
        string="Requested",
        compute="_compute_free",
        compute_sudo=True,
        digits="Product Unit",
        help="Still to come by a part request.",
    )
    quantity_to_issue = fields.Float(
        string="To issue",
        compute="_compute_free",
        compute_sudo=True,
        digits="Product Unit",
    )

    # === Computed: interface === #
    can_use = fields.Boolean(compute="_compute_can")
    can_return = fields.Boolean(compute="_compute_can")
    can_issue = fields.Boolean(compute="_compute_can")
    can_reserve = fields.Boolean(compute="_compute_can")

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)",
        "The planned quantity of a part is more than zero.",
    )
    _line_uniq = models.UniqueIndex(
        "(line_id) WHERE line_id IS NOT NULL",
        "This charge belongs to another part already.",
    )

    # === COMPUTES === #

    @api.depends("state", "order_id.state")
    @api.depends_context("uid")
    def _compute_can(self):
        rules = self._get_step_rules()
        roles = {step: self._has_role(step) for step in rules}
        for part in self:
            allowed = {
                step
                for step, rule in rules.items()
                if roles[step] and (not rule.states or part.order_state in rule.states)
            }
            is_outstanding = part._compare(part.quantity_used, part.quantity) < 0
            part.can_use = "use" in allowed and (
                is_outstanding or part.state == "issued"
            )
            part.can_return = "return" in allowed and part.state == "issued"
            part.can_issue = (
                "issue" in allowed and part._compare(part.quantity_to_issue) > 0
            )
            part.can_reserve = (
                "reserve" in allowed and part._compare(part._get_unreserved()) > 0
            )

    # === CHECKS === #

    @api.constrains("product_id")
    def _check_product(self):
        for part in self:
            if not part.product_id.is_storable:
                raise UserError(
                    self.env._(
                        "%(product)s is not kept in stock: write it down as a charge "
                        "instead of a part.",
                        product=part.product_id.display_name,
                    )
                )

    def _check_order_open(self):
        for part in self:
            order = part.order_id
            if order.state in ORDER_LOCKED_STATES:
                raise UserError(
                    self.env._(
                        "%(order)s is “%(state)s”: its parts stay as they are. Send it "
                        "back to work to change them.",
                        order=order.name,
                        state=order._get_state_label(order.state),
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_read_only(set().union(*vals_list))
        guarded = self._without_guarded_defaults()
        parts = super(QifeiWorkOrderPart, guarded).create(vals_list)
        parts = parts.with_env(self.env)
        parts._check_order_open()
        parts._create_charges()
        return parts

    def write(self, vals):
        self._check_read_only(vals.keys())
        self._check_same(vals)
        if not vals.keys() <= {"sequence", "note"} and not self._is_own_step():
            self._check_order_open()
        result = super().write(vals)
        if {"product_id", "quantity"} & vals.keys():
            self._sync_charges()
        return result

    def unlink(self):
        lines = self.line_id
        result = super().unlink()
        lines.unlink()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_moved(self):
        self._check_order_open()
        self._check_unmoved()
        self._release()

    def _check_unmoved(self):
        for part in self:
            if part.quantity_issued or part.quantity_used:
                raise UserError(
                    self.env._(
                        "%(product)s of %(order)s has been issued or used and stays on "
                        "the order. Return what is not needed.",
                        product=part.product_id.display_name,
                        order=part.order_id.name,
                    )
                )

    def _check_same(self, vals):
        if "order_id" in vals and any(
            part.order_id.id != vals["order_id"] for part in self
        ):
            raise UserError(
                self.env._(
                    "A part stays with its order: delete it here and plan it there."
                )
            )
        if "product_id" in vals:
            changed = self.filtered(
                lambda part: part.product_id.id != vals["product_id"]
            )
            changed._check_unmoved()
            changed._release()

    # === CHARGES === #

    def _create_charges(self):
        """Write down what the parts cost, for those that have no charge yet."""
        without = self.filtered(lambda part: not part.line_id)
        self.env["qifei.work.order.line"]._as_own_step().create(
            [part._prepare_charge_values() for part in without]
        )

    def _prepare_charge_values(self):
        self.ensure_one()
        return {
            "order_id": self.order_id.id,
            "product_id": self.product_id.id,
            "quantity": self.quantity,
            "kind": "part",
            "part_ids": [Command.link(self.id)],
        }

    def _sync_charges(self):
        """Charge what was used, or what is planned while nothing was.

        The charges of a signed or cancelled order stay as they are.
        """
        # sudo: qifei.work.order.line - the charge follows the part, whoever returns it
        for part in self.sudo().filtered("line_id"):
            line = part.line_id
            if part.order_state in ORDER_LOCKED_STATES:
                continue
            values = {}
            if line.product_id != part.product_id:
                values["product_id"] = part.product_id.id
            quantity = part._get_charged_quantity()
            if part._compare(line.quantity, quantity):
                values["quantity"] = quantity
            if values:
                line._as_own_step().write(values)

    def _get_charged_quantity(self):
        self.ensure_one()
        if self.quantity_used:
            return self.quantity_used
        return 0.0 if self.state == "returned" else self.quantity

    # === TOOLS === #

    def _get_quantity_text(self, quantity):
        self.ensure_one()
        return f"{quantity:g} × {self.product_id.display_name}"

    def _compare(self, quantity, other=0.0):
        return float_compare(
            quantity, other, precision_rounding=self.uom_id.rounding or 0.01
        )
