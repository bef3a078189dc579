from odoo import api, fields, models
from odoo.exceptions import UserError


class QifeiWorkOrderPartBookLine(models.TransientModel):
    """One part, or one piece with its serial number."""

    _name = "qifei.work.order.part.book.line"
    _description = "Part to book"
    _inherit = ["qifei.part.quantity.mixin"]
    _order = "id"

    book_id = fields.Many2one(
        "qifei.work.order.part.book", required=True, ondelete="cascade", index=True
    )
    step = fields.Selection(related="book_id.step")
    part_id = fields.Many2one(
        "qifei.work.order.part",
        string="Need",
        required=True,
        ondelete="cascade",
        index=True,
    )
    order_id = fields.Many2one(related="part_id.order_id")
    product_id = fields.Many2one(
        "product.product", string="Part", required=True, ondelete="cascade"
    )
    choices = fields.Json(
        string="Part or substitute",
        compute="_compute_choices",
        help="The planned part and its substitutes, each with id and name.",
    )
    tracking = fields.Selection(related="part_id.tracking")
    uom_id = fields.Many2one(related="part_id.uom_id", string="Unit")
    quantity = fields.Float(default=1.0, required=True, digits="Product Unit")
    serial = fields.Char(string="Serial number")
    serials = fields.Text(
        string="There are",
        compute="_compute_serials",
        compute_sudo=True,
        help="Numbers of the pieces to choose from, one a line.",
    )
    there = fields.Float(
        string="At hand",
        compute="_compute_there",
        digits="Product Unit",
        help="How much there is of it for this step.",
    )
    asks_old_serial = fields.Boolean(compute="_compute_asks_old_serial")
    old_serial = fields.Char(string="Number of the old piece")
    is_chosen = fields.Boolean(string="Take", default=True)
    is_scanned = fields.Boolean(string="Scanned")

    # === COMPUTES === #

    @api.depends("part_id.product_id")
    def _compute_choices(self):
        substitutes = self.part_id.product_id._get_substitutes_map()
        for line in self:
            products = line.part_id.product_id
            if line.step == "use" and products:
                products |= substitutes[products]
            line.choices = [[product.id, product.display_name] for product in products]

    @api.depends("part_id", "product_id")
    def _compute_serials(self):
        for line in self:
            lots = line.part_id._get_lots_for(line.step, line.product_id)
            line.serials = "\n".join(lots.mapped("name"))

    @api.depends("part_id", "product_id")
    def _compute_there(self):
        for line in self:
            line.there = line.part_id._get_quantity_for(line.step, line.product_id)

    @api.depends("part_id", "product_id")
    def _compute_asks_old_serial(self):
        for line in self:
            line.asks_old_serial = bool(
                line.step == "use"
                and line.order_id.equipment_id
                and (
                    line.product_id.tracking != "none"
                    or line.product_id.qifei_old_part_return
                )
            )

    # === BOOKING === #

    def _prepare_values(self):
        """Return what the step of the part is told about this line."""
        self.ensure_one()
        values = {"quantity": self.quantity}
        if self.step == "use":
            return {
                **values,
                "product": self.product_id,
                "serial": self.serial,
                "old_serial": self.old_serial,
            }
        planned = self.part_id.product_id
        if self.product_id != planned:
            raise UserError(
                self.env._(
                    "%(order)s has %(planned)s, not %(product)s: a substitute is "
                    "chosen when the part is used, or planned on the order first.",
                    order=self.order_id.name,
                    planned=planned.display_name,
                    product=self.product_id.display_name,
                )
            )
        serial = (self.serial or "").strip()
        lots = self.part_id._get_lots_for(self.step, self.product_id)
        lot = lots.filtered(lambda lot: lot.name == serial)[:1]
        if serial and not lot:
            raise UserError(
                self.env._(
                    "%(product)s %(serial)s is not there. There are: %(serials)s.",
                    product=self.product_id.display_name,
                    serial=serial,
                    serials=(self.serials or "").replace("\n", ", ")
                    or self.env._("none"),
                )
            )
        if self.tracking == "serial" and not lot:
            raise UserError(
                self.env._(
                    "Scan or enter the serial number of %(product)s for %(order)s.",
                    product=self.product_id.display_name,
                    order=self.order_id.name,
                )
            )
        return {**values, "lot": lot}
