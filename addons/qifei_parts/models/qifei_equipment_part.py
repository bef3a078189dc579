from odoo import api, fields, models
from odoo.exceptions import UserError


class QifeiEquipmentPart(models.Model):
    """A part fitted into a machine, from its installation to its removal.

    It is written by the use of a part on a work order and ended by the use of the part
    that replaces it; nobody writes it by hand. The warranty that the part has of its
    own covers a second replacement within its months, with or without a card of the
    machine.

    Everybody who reads the machine reads its parts.
    """

    _name = "qifei.equipment.part"
    _description = "Fitted part"
    _inherit = ["qifei.guard.mixin"]
    _order = "removed_on desc, installed_on desc, id desc"
    _check_company_auto = True
    _rec_name = "product_id"

    # === What === #
    equipment_id = fields.Many2one(
        "qifei.equipment",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(
        related="equipment_id.company_id", store=True, precompute=True, index=True
    )
    product_id = fields.Many2one(
        "product.product",
        string="Part",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    lot_id = fields.Many2one(
        "stock.lot",
        string="Lot or serial number",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        groups="stock.group_stock_user",
    )
    serial = fields.Char(string="Serial number", readonly=True, index="btree_not_null")
    quantity = fields.Float(
        default=1.0, required=True, readonly=True, digits="Product Unit"
    )

    # === Life === #
    installed_on = fields.Date(readonly=True)
    removed_on = fields.Date(readonly=True, index="btree_not_null")
    is_fitted = fields.Boolean(
        string="In the machine", compute="_compute_is_fitted", store=True
    )
    order_id = fields.Many2one(
        "qifei.work.order",
        string="Installed with",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    order_part_id = fields.Many2one(
        "qifei.work.order.part",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    removed_order_id = fields.Many2one(
        "qifei.work.order",
        string="Removed with",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    replaced_by_id = fields.Many2one(
        "qifei.equipment.part",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    move_line_id = fields.Many2one(
        "stock.move.line",
        string="Stock move",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        groups="stock.group_stock_user",
    )

    # === Warranty of the part === #
    warranty_end = fields.Date(string="Part warranty until", readonly=True)

    _dates_order = models.Constraint(
        "CHECK(removed_on >= installed_on)",
        "A part cannot be removed before it was installed.",
    )

    # === COMPUTES === #

    @api.depends("removed_on")
    def _compute_is_fitted(self):
        for part in self:
            part.is_fitted = not part.removed_on

    @api.depends("product_id", "serial")
    def _compute_display_name(self):
        for part in self:
            serial = f" [{part.serial}]" if part.serial else ""
            part.display_name = f"{part.product_id.display_name or ''}{serial}"

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_own_step()
        return super().create(vals_list)

    def write(self, vals):
        self._check_own_step()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("A fitted part belongs to the life of its machine and stays.")
        )

    def _check_own_step(self):
        if not self._is_own_step():
            raise UserError(
                self.env._(
                    "The parts of a machine are written by the orders that use them."
                )
            )
