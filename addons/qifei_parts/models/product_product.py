from odoo import api, fields, models
from odoo.fields import Domain


class ProductProduct(models.Model):
    _inherit = "product.product"

    qifei_fit_ids = fields.One2many(
        comodel_name="qifei.part.fit", inverse_name="product_id", string="Fits"
    )
    qifei_substitute_ids = fields.One2many(
        comodel_name="qifei.part.substitute",
        inverse_name="product_id",
        string="Substitutes",
    )
    qifei_current_id = fields.Many2one(
        comodel_name="product.product",
        string="Replaced by",
        compute="_compute_qifei_current_id",
        help="The number that is valid today, when this one has been given up.",
    )
    qifei_free = fields.Float(
        string="Free",
        digits="Product Unit",
        compute="_compute_qifei_free",
        help="Free in all places you may see.",
    )
    qifei_model_id = fields.Many2one(
        comodel_name="product.product",
        string="Fits machine",
        store=False,
        search="_search_qifei_model_id",
    )
    qifei_equipment_id = fields.Many2one(
        comodel_name="qifei.equipment",
        string="Fits machine number or serial",
        store=False,
        search="_search_qifei_equipment_id",
    )

    # === COMPUTES === #

    @api.depends("qifei_substitute_ids.supersedes")
    def _compute_qifei_current_id(self):
        current = self._get_current_map()
        for product in self:
            known = current.get(product._origin, product._origin)
            product.qifei_current_id = known if known != product._origin else False

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_qifei_free(self):
        Stock = self.env["qifei.part.stock"]
        free = {}
        if Stock.has_access("read"):
            free = dict(
                Stock._read_group(
                    [("product_id", "in", self.ids)], ["product_id"], ["free:sum"]
                )
            )
        for product in self:
            product.qifei_free = free.get(product._origin, 0.0)

    @api.model
    def _search_qifei_model_id(self, operator, value):
        domain = self._get_machine_domain(self.env["product.product"], operator, value)
        if domain is NotImplemented:
            return domain
        machines = self.env["product.product"].search(domain)
        return self._get_fit_domain(machines, machines.categ_id)

    @api.model
    def _search_qifei_equipment_id(self, operator, value):
        Equipment = self.env["qifei.equipment"]
        domain = self._get_machine_domain(Equipment, operator, value)
        if domain is NotImplemented:
            return domain
        machines = Equipment.search(domain)
        return self._get_fit_domain(machines.product_id, machines.product_category_id)

    @api.model
    def _get_machine_domain(self, model, operator, value):
        """Return which machines somebody means who searches parts for them."""
        if operator == "in":
            ids = [item for item in value if isinstance(item, int) and item]
            texts = [item for item in value if isinstance(item, str)]
            return Domain("id", "in", ids) | Domain.OR(
                Domain("display_name", "=", text) for text in texts
            )
        if operator in ("any", "any!"):
            return Domain(value)
        if operator in ("ilike", "like", "=ilike", "=like"):
            return Domain("display_name", operator, value)
        return NotImplemented

    @api.model
    def _get_fit_domain(self, models_, categories):
        """Return the parts that fit these models, or a category they belong to."""
        fits = self.env["qifei.part.fit"]._search(
            Domain("model_id", "in", models_.ids)
            | Domain("category_id", "parent_of", categories.ids)
        )
        return Domain("qifei_fit_ids", "in", fits)

    # === CORE === #

    def _get_rules_from_location(self, location, route_ids=False, seen_rules=False):
        """Show for a van what refills it: core knows routes of warehouses only."""
        if location.qifei_place_id and not location.warehouse_id and not route_ids:
            warehouses = self.env["stock.warehouse"].search(
                [("company_id", "=", location.company_id.id)], limit=1
            )
            route_ids = warehouses.qifei_field_route_id
        return super()._get_rules_from_location(
            location, route_ids=route_ids, seen_rules=seen_rules
        )

    # === BUSINESS === #

    def _get_substitutes(self):
        """Return what may be fitted instead, the best first, without this part.

        What replaces the number comes first, then the ranked substitutes, each followed
        by what has replaced it in turn.
        """
        self.ensure_one()
        return self._get_substitutes_map()[self]

    def _get_substitutes_map(self):
        """Return what may be fitted instead of each part.

        :return: ``{product: products}``, as ``_get_substitutes`` orders them
        """
        graph = self.env["qifei.part.substitute"]._get_graph(self)
        return {
            product: self.browse(graph.get_substitutes(product.id)) for product in self
        }

    def _get_current_map(self):
        """Return the number valid today for each part.

        :return: ``{product: product}``; a part that is not replaced maps to itself
        """
        graph = self.env["qifei.part.substitute"]._get_graph(self)
        return {product: self.browse(graph.get_current(product.id)) for product in self}
