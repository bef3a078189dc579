from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class QifeiPartRequest(models.Model):
    """Buys what the warehouse lacks for a request, by core procurement."""

    _inherit = "qifei.part.request"

    reference_id = fields.Many2one(
        "stock.reference",
        string="Procurement",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        groups="stock.group_stock_user",
    )
    purchase_count = fields.Integer(
        string="Purchase orders", compute="_compute_purchases", compute_sudo=True
    )
    purchase_note = fields.Char(
        string="Ordered with", compute="_compute_purchases", compute_sudo=True
    )

    @api.depends("reference_id.purchase_ids.state")
    def _compute_purchases(self):
        for request in self:
            orders = request.reference_id.purchase_ids
            request.purchase_count = len(orders)
            request.purchase_note = ", ".join(orders.mapped("name"))

    def action_procure(self):
        """Have core buy what the source lacks and nobody has ordered yet."""
        self.ensure_one()
        if not self._is_keeper():
            raise AccessError(
                self.env._(
                    "Parts keepers have parts bought: ask one of them about "
                    "%(request)s.",
                    request=self.name,
                )
            )
        self._claim()
        if self.state not in ("submitted", "approved", "shipped"):
            raise UserError(
                self.env._(
                    "%(request)s is “%(state)s”: nothing is bought for it any more.",
                    request=self.name,
                    state=self._get_state_label(self.state),
                )
            )
        # sudo: qifei.part.request - parts keepers have parts bought without buying
        request_sudo = self.sudo()
        missing = request_sudo._get_unordered()
        if not missing:
            raise UserError(
                self.env._(
                    "Nothing is missing for %(request)s that is not ordered already.",
                    request=self.name,
                )
            )
        request_sudo._procure(missing)
        self.message_post(
            body=self.env._(
                "Ordered with %(orders)s: %(parts)s",
                orders=request_sudo.purchase_note,
                parts=", ".join(
                    f"{quantity:g} × {product.display_name}"
                    for product, quantity in missing.items()
                ),
            )
        )
        return True

    def _get_unordered(self):
        """Return what has to be bought as ``{product: quantity}``."""
        self.ensure_one()
        lines = self.line_ids
        lines.invalidate_recordset(["free_at_source"])
        ordered = {}
        for line in self.reference_id.purchase_ids.order_line:
            if line.state != "cancel":
                quantity = line.product_uom_id._compute_quantity(
                    line.product_qty, line.product_id.uom_id
                )
                ordered[line.product_id] = (
                    ordered.get(line.product_id, 0.0) + quantity - line.qty_received
                )
        missing = {}
        for product, product_lines in lines.grouped("product_id").items():
            wanted = (
                sum(product_lines.mapped("quantity_approved"))
                if self.state == "submitted"
                else sum(
                    line.quantity_open - line.quantity_reserved
                    for line in product_lines
                )
            )
            free = max(product_lines[:1].free_at_source, 0.0)
            quantity = wanted - free - ordered.get(product, 0.0)
            if product.uom_id.compare(quantity, 0) > 0:
                missing[product] = quantity
        return missing

    def _procure(self, missing):
        """Run core procurement for parts that are missing at the source.

        :param missing: ``{product: quantity}``
        :raise UserError: a part has no vendor, or nothing is bought for the source
        """
        self.ensure_one()
        company = self.company_id
        route = self._get_buy_route()
        for product in missing:
            vendors = product._prepare_sellers(False).filtered(
                lambda seller: seller.company_id in (company, company.browse())
            )
            if not vendors:
                raise UserError(
                    self.env._(
                        "%(product)s has no vendor: enter one on the part before you "
                        "have it bought for %(request)s.",
                        product=product.display_name,
                        request=self.name,
                    )
                )
        if not self.reference_id:
            reference = self.env["stock.reference"].create({"name": self.name})
            self._as_own_step().reference_id = reference
        planned = fields.Datetime.to_datetime(self.needed_on) or fields.Datetime.now()
        rules = self.env["stock.rule"]
        rules.run(
            [
                rules.Procurement(
                    product,
                    quantity,
                    product.uom_id,
                    self.source_id,
                    self.name,
                    self.name,
                    company,
                    {
                        "date_planned": max(planned, fields.Datetime.now()),
                        "route_ids": route,
                        "warehouse_id": self.source_id.warehouse_id,
                        "reference_ids": self.reference_id,
                    },
                )
                for product, quantity in missing.items()
            ]
        )

    def _get_buy_route(self):
        """Return the route by which the source warehouse buys."""
        warehouse = self.source_id.warehouse_id
        rule = self.env["stock.rule"].search(
            [
                ("action", "=", "buy"),
                ("picking_type_id.warehouse_id", "=", warehouse.id),
                ("company_id", "in", (self.company_id.id, False)),
            ],
            limit=1,
        )
        if not warehouse or not rule:
            raise UserError(
                self.env._(
                    "Nothing is bought for %(place)s: take the parts of %(request)s "
                    "from a warehouse that buys.",
                    place=self.source_id.display_name,
                    request=self.name,
                )
            )
        return rule.route_id

    def action_open_purchases(self):
        """Open the purchase orders made for the request."""
        self.ensure_one()
        return self.reference_id.purchase_ids._get_records_action(
            name=self.env._("Purchase orders")
        )
