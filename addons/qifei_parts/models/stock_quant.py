from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.shelf import Pile, Shelf


class StockQuant(models.Model):
    """Lets people who want the same pieces wait for each other.

    Core passes over a quant that somebody else is changing and books on another one;
    two people could so take the last piece, and less than nothing would be left. In
    vans, service points and the other places of after-sales service the second one
    waits, reads again and is told.
    """

    _inherit = "stock.quant"

    @api.model
    def _qifei_lock(self, pairs):
        """Lock the quants of these products in these places, always in one order.

        Who comes second waits. When the first has changed them, the server starts the
        second one's request once more, which then reads what is left.

        :param pairs: pairs of product and location, the places inside included
        :return: ``[(location path, product, location, lot, package, owner, free)]``
            with ids, in the order in which they came in
        """
        pairs = {
            (product.id, location.parent_path)
            for product, location in pairs
            if product.is_storable and not location.should_bypass_reservation()
        }
        if not pairs:
            return []
        self.flush_model()
        # Who comes second starts again, which is no error to report.
        self.env.cr.execute(
            SQL(
                """
                SELECT place.parent_path, quant.product_id, quant.location_id,
                       COALESCE(quant.lot_id, 0), COALESCE(quant.package_id, 0),
                       COALESCE(quant.owner_id, 0),
                       COALESCE(quant.quantity, 0)
                       - COALESCE(quant.reserved_quantity, 0)
                  FROM stock_quant AS quant
                  JOIN stock_location AS place ON place.id = quant.location_id
                 WHERE quant.product_id IN %s
                   AND EXISTS (
                       SELECT FROM (VALUES %s) AS wanted (product_id, path)
                        WHERE wanted.product_id = quant.product_id
                          AND place.parent_path LIKE wanted.path || '%%'
                   )
              ORDER BY quant.id
                   FOR NO KEY UPDATE OF quant
                """,
                tuple(product_id for product_id, _path in pairs),
                SQL(", ").join(SQL("(%s, %s)", *pair) for pair in sorted(pairs)),
            ),
            log_exceptions=False,
        )
        return self.env.cr.fetchall()

    @api.model
    def _qifei_get_shelves(self, pairs):
        """Lock and count what is free in these places.

        :param pairs: pairs of product and location
        :return: ``{(product, location): Shelf}``, without places that give everything
            (customers, vendors) and products that are not counted
        """
        shelves = {
            (product, location): Shelf()
            for product, location in pairs
            if product.is_storable and not location.should_bypass_reservation()
        }
        by_product = defaultdict(list)
        for (product, location), shelf in shelves.items():
            by_product[product.id].append((location.parent_path, shelf))
        for path, product_id, *pile, free in self._qifei_lock(shelves):
            for start, shelf in by_product[product_id]:
                if path.startswith(start):
                    shelf.add(Pile(*pile), free)
        return shelves

    @api.model
    def _qifei_check_not_negative(self, locations, products):
        """Raise when less than nothing lies in one of these places.

        :raise UserError: names the part, the place and what would be left
        """
        places = locations.filtered("qifei_place_id")
        if not places or not products:
            return
        # sudo: stock.quant - a guard for everybody's moves
        groups = self.sudo()._read_group(
            [("location_id", "in", places.ids), ("product_id", "in", products.ids)],
            ["location_id", "product_id", "lot_id"],
            ["quantity:sum"],
            having=[("quantity:sum", "<", 0)],
        )
        for location, product, lot, quantity in groups:
            if product.uom_id.compare(quantity, 0) < 0:
                raise UserError(
                    self.env._(
                        "%(place)s would be left with %(quantity)s %(unit)s of "
                        "%(part)s: take out what lies there, or count the place first.",
                        place=location.name,
                        quantity=f"{quantity:g}",
                        unit=product.uom_id.name,
                        part=(
                            f"{product.display_name} {lot.name}"
                            if lot
                            else product.display_name
                        ),
                    )
                )
