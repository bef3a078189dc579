from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.qifei_aftersales.tools.coverage import add_months


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
    _rec_name = "product_id"

    # === What === #
    equipment_id = fields.Many2one(
        "qifei.equipment",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
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
    installed_on = fields.Date(string="Installed on", readonly=True)
    removed_on = fields.Date(string="Removed on", readonly=True, index="btree_not_null")
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

    # === WARRANTY === #

    def _answers_for(self, line, family):
        """Tell whether the warranty of this part is asked about a charge.

        What the order itself has fitted answers for later ones only; what it has taken
        out answers for it.
        """
        self.ensure_one()
        order = line.order_id
        return (
            self.product_id in family
            and self.order_id != order
            and (self.is_fitted or self.removed_order_id == order)
        )

    # === FITTING === #

    @api.model
    def _fit(self, uses, pickings):
        """Write what was used to the machines, and end what was taken out for it.

        :param uses: dicts with ``part``, ``product``, ``quantity``, ``lot`` and
            ``old_serial``; each gets ``old_product``, the product that came out
        :param pickings: the done pickings of the uses
        :return: the fitted parts
        """
        # sudo: qifei.equipment.part - written by the use of parts, by nobody's hand
        fitted_sudo = self.sudo()._as_own_step()
        for use in uses:
            use["old_product"] = use["part"].substitute_for_id or use["product"]
        on_machine = [use for use in uses if use["part"].order_id.equipment_id]
        if not on_machine:
            return self.browse()
        move_lines = fitted_sudo._get_move_lines(pickings)
        new_sudo = fitted_sudo.create(
            [fitted_sudo._prepare_fit_values(use, move_lines) for use in on_machine]
        )
        new_sudo._take_out(on_machine)
        return new_sudo.with_env(self.env)

    @api.model
    def _get_move_lines(self, pickings):
        """Return ``{(part id, lot id): move line}``."""
        return {
            (line.move_id.qifei_order_part_id.id, line.lot_id.id): line
            for line in pickings.sudo().move_line_ids  # sudo: stock.move.line - links
        }

    @api.model
    def _prepare_fit_values(self, use, move_lines):
        part, product, lot = use["part"], use["product"], use["lot"]
        order = part.order_id
        today = order._localize(fields.Datetime.now()).date()
        months = product.qifei_part_warranty_months
        line = move_lines.get((part.id, lot.id)) or next(
            (line for key, line in move_lines.items() if key[0] == part.id),
            self.env["stock.move.line"],
        )
        lot = lot or line.lot_id
        return {
            "equipment_id": order.equipment_id.id,
            "product_id": product.id,
            "lot_id": lot.id,
            "serial": lot.sudo().name,  # sudo: stock.lot - the number on the piece
            "quantity": use["quantity"],
            "installed_on": today,
            "order_id": order.id,
            "order_part_id": part.id,
            "move_line_id": line.id,
            "warranty_end": months and add_months(today, months),
        }

    def _take_out(self, uses):
        """End the records of the pieces that these parts replace, use by use."""
        families = self.product_id._get_supersede_families()
        products = self.product_id.union(
            *families.values(), *(use["old_product"] for use in uses)
        )
        before = self.search(
            [
                ("equipment_id", "in", self.equipment_id.ids),
                ("product_id", "in", products.ids),
                ("is_fitted", "=", True),
                ("id", "not in", self.ids),
            ],
            order="installed_on, id",
        )
        per_machine = self._get_per_machine()
        unknown = []
        for fitted, use in zip(self, uses, strict=True):
            family = families[fitted.product_id.id] | use["old_product"]
            candidates = before.filtered(
                lambda old, fitted=fitted, family=family: (
                    old.equipment_id == fitted.equipment_id
                    and old.order_id != fitted.order_id
                    and old.product_id in family
                    and old.is_fitted
                )
            )
            if use["old_serial"]:
                named = candidates.filtered(
                    lambda old, use=use: old.serial == use["old_serial"]
                )[:1]
                if named:
                    named._end(fitted, named.quantity)
                else:
                    unknown.append(fitted._prepare_unknown_values(use))
                use["old_product"] = named.product_id or use["old_product"]
                continue
            excess = (
                sum(candidates.mapped("quantity"))
                + fitted.quantity
                - per_machine[fitted.id]
            )
            for old in candidates:
                taken = min(old.quantity, fitted.quantity, excess)
                if taken <= 0:
                    break
                use["old_product"] = old.product_id
                old._end(fitted, taken)
                excess -= taken
        self.create(unknown)

    def _prepare_unknown_values(self, use):
        """Return the values of a piece that came with the machine."""
        self.ensure_one()
        return {
            "equipment_id": self.equipment_id.id,
            "product_id": use["old_product"].id,
            "serial": use["old_serial"],
            "removed_on": self.installed_on,
            "removed_order_id": self.order_id.id,
            "replaced_by_id": self.id,
        }

    def _end(self, fitted, quantity):
        """Note that this much of the piece was replaced by ``fitted``."""
        self.ensure_one()
        if quantity < self.quantity:
            self.copy({"quantity": self.quantity - quantity})
        # The machine may have been moved to where the day begins later.
        removed_on = max(fitted.installed_on, self.installed_on or fitted.installed_on)
        self.write(
            {
                "quantity": quantity,
                "removed_on": removed_on,
                "removed_order_id": fitted.order_id.id,
                "replaced_by_id": fitted.id,
            }
        )

    # === UNDOING === #

    @api.model
    def _unfit(self, move_lines):
        """End what undone uses have fitted; what it had replaced is back.

        :param move_lines: done lines that returned the pieces
        :return: the records of the old pieces that are in the machine again
        """
        # sudo: qifei.equipment.part - follows the moves, whoever has made them
        fitted_sudo = (
            self.sudo()
            ._as_own_step()
            .search(
                [
                    ("order_part_id", "in", move_lines.move_id.qifei_order_part_id.ids),
                    ("is_fitted", "=", True),
                ],
                order="id desc",
            )
        )
        reopened_sudo = fitted_sudo.browse()
        for line in move_lines:
            left = line.quantity_product_uom
            for fitted in fitted_sudo:
                if (fitted.order_part_id, fitted.lot_id) == (
                    line.move_id.qifei_order_part_id,
                    line.lot_id,
                ):
                    taken = min(fitted.quantity if fitted.is_fitted else 0.0, left)
                    left -= taken
                    reopened_sudo |= fitted._take_back(taken)
        return reopened_sudo

    def _take_back(self, quantity):
        """Note that this much of the piece came out again as if never fitted.

        :return: the records of the old pieces that are in the machine again
        """
        self.ensure_one()
        reopened = self.browse()
        if quantity <= 0:
            return reopened
        kept = self.product_id.uom_id.round(self.quantity - quantity)
        today = self.order_id._localize(fields.Datetime.now()).date()
        ended = self.copy({"quantity": quantity}) if kept > 0 else self
        if kept > 0:
            self.write({"quantity": kept})
        ended.write(
            {
                "removed_on": max(today, self.installed_on or today),
                "removed_order_id": self.order_id.id,
            }
        )
        replaced = self.search([("replaced_by_id", "=", self.id)], order="id desc")
        excess = sum(replaced.mapped("quantity")) - kept
        for old in replaced:
            back = min(old.quantity, excess)
            if back <= 0:
                break
            excess -= back
            if back < old.quantity:
                old.copy({"quantity": old.quantity - back})
            old.write(
                {
                    "quantity": back,
                    "removed_on": False,
                    "removed_order_id": False,
                    "replaced_by_id": False,
                }
            )
            reopened |= old
        return reopened

    def _get_per_machine(self):
        """Return ``{id: how many of the part one machine has}``, 1 where not told."""
        fits = self.env["qifei.part.fit"].search(
            [("product_id", "in", self.product_id.ids)]
        )
        result = {}
        for fitted in self:
            machine = fitted.equipment_id.product_id
            categories = set(machine.categ_id._get_path_ids())
            result[fitted.id] = (
                sum(
                    fit.quantity
                    for fit in fits
                    if fit.product_id == fitted.product_id
                    and (fit.model_id == machine or fit.category_id.id in categories)
                )
                or 1.0
            )
        return result

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
