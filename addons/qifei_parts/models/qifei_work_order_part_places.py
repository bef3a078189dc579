from odoo import models


class QifeiWorkOrderPart(models.Model):
    """Where the parts of an order lie, and how much of them is free there."""

    _inherit = "qifei.work.order.part"

    def _get_places(self):
        """Return where the engineer of each part may take it from.

        :return: ``{part.id: stock.location records}``, his van before his service point
        """
        places = {}
        # sudo: qifei.engineer, stock.location - places, for users without stock rights
        for (engineer, company), parts in (
            self.sudo()
            .grouped(lambda part: (part.engineer_id, part.company_id))
            .items()
        ):
            supply = engineer._get_supply_places(company)
            places.update(dict.fromkeys(parts._ids, supply))
        return places

    def _get_warehouse_places(self):
        """Return ``{company: stock location of its warehouse}``, where there is one."""
        # sudo: stock.warehouse - places, for users without stock rights
        warehouses_sudo = (
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id", "in", self.company_id.ids)])
        )
        places = {}
        for warehouse in warehouses_sudo:
            places.setdefault(warehouse.company_id, warehouse.lot_stock_id)
        return places

    def _get_stock_places(self):
        """Return ``{company: stock location of its warehouse}``.

        :raise UserError: a company has no warehouse
        """
        return {
            company: company._get_parts_warehouse().lot_stock_id
            for company in self.company_id
        }

    def _get_free(self, locations, products=None):
        """Return ``{(product id, location id): free quantity}`` with their shelves.

        :param products: product.product records; those of the parts when left out
        """
        products = self.product_id if products is None else products
        # sudo: stock.quant - free quantities are no secret from who sees the part
        groups = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("location_id", "child_of", locations.ids),
                    ("product_id", "in", products.ids),
                ],
                ["product_id", "location_id"],
                ["quantity:sum", "reserved_quantity:sum"],
            )
        )
        free = {}
        wanted = set(locations.ids)
        for product, location, quantity, reserved in groups:
            for location_id in map(int, location.parent_path.split("/")[:-1]):
                if location_id in wanted:
                    key = product.id, location_id
                    free[key] = free.get(key, 0.0) + quantity - reserved
        return free

    def _get_issued_places(self):
        """Return ``{part.id: stock.location}`` that its pieces were issued to."""
        # sudo: stock.move - where the pieces lie, for users without stock rights
        moves_sudo = (
            self.env["stock.move"]
            .sudo()
            .search(
                [
                    ("qifei_order_part_id", "in", self.ids),
                    ("qifei_purpose", "=", "issue"),
                    ("state", "=", "done"),
                    ("origin_returned_move_id", "=", False),
                ],
                order="id",
            )
        )
        return {
            move.qifei_order_part_id.id: move.location_dest_id for move in moves_sudo
        }
