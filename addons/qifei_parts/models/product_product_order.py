from odoo import api, models
from odoo.fields import Domain


class ProductProduct(models.Model):
    """Families of superseded numbers, and the picker of parts for an order."""

    _inherit = "product.product"

    def _get_supersede_families(self):
        """Return the numbers that are the same part in the course of time.

        :return: ``{product id: products}``, of each the part itself, all that it has
            replaced and all that has replaced it
        """
        groups = {product.id: {product.id} for product in self}
        level = set(self.ids)
        while level:
            links = self.env["qifei.part.substitute"].search(
                [
                    ("supersedes", "=", True),
                    "|",
                    ("product_id", "in", list(level)),
                    ("substitute_id", "in", list(level)),
                ]
            )
            level = set()
            for link in links:
                old_id, new_id = link.product_id.id, link.substitute_id.id
                merged = groups.get(old_id, {old_id}) | groups.get(new_id, {new_id})
                for product_id in merged:
                    if groups.get(product_id) != merged:
                        level.add(product_id)
                    groups[product_id] = merged
        return {product.id: self.browse(groups[product.id]) for product in self}

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Offer the parts for an order: what fits and lies in the van comes first."""
        order_id = self.env.context.get("qifei_parts_order_id")
        if not order_id or not isinstance(order_id, int):
            return super().name_search(name, domain, operator, limit)
        found, seen = [], []
        for rank in self._get_picker_ranks(order_id):
            if limit and len(found) >= limit:
                break
            part_domain = (
                Domain(domain or Domain.TRUE) & rank & Domain("id", "not in", seen)
            )
            rest = limit and limit - len(found)
            result = super().name_search(name, part_domain, operator, rest)
            found += result
            seen += [product_id for product_id, _name in result]
        return found

    @api.model
    def _get_picker_ranks(self, order_id):
        """Return domains of parts for an order, the most likely first."""
        order = self.env["qifei.work.order"].browse(order_id).exists()
        if not order or not order.has_access("read"):
            return [Domain.TRUE]
        at_hand = Domain("id", "in", order._get_carried_products().ids)
        fits = order._get_fitting_domain()
        return [fits & at_hand, fits, at_hand, Domain.TRUE]
