from odoo import api, models


class QifeiEngineer(models.Model):
    """Tells the engineer which parts to take along."""

    _inherit = "qifei.engineer"

    @api.model
    def _get_day_parts(self, orders):
        """Add what each visit needs: what lies in the van, and what to fetch where."""
        day_parts = super()._get_day_parts(orders)
        parts = orders.part_ids
        warehouses = parts._get_warehouse_places()
        for part in parts:
            left = part.quantity - part.quantity_used
            fetched = min(
                part.quantity_missing + part.quantity_reserved_warehouse, max(left, 0.0)
            )
            # sudo: stock.location - the name of the warehouse, without stock rights
            warehouse_sudo = warehouses.get(part.company_id)
            name = warehouse_sudo and warehouse_sudo.warehouse_id.name
            rows = (
                (fetched, name or self.env._("Warehouse")),
                (left - fetched, ""),
            )
            day_parts.setdefault(part.order_id.id, []).extend(
                {
                    "key": part.product_id.id,
                    "name": part.product_id.display_name,
                    "quantity": quantity,
                    "unit": part.uom_id.name,
                    "place": place,
                }
                for quantity, place in rows
                if part._compare(quantity) > 0
            )
        return day_parts
