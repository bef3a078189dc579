from odoo import api, models
from odoo.exceptions import UserError

from ..const import DOCUMENT_KINDS
from .stock_move_request import MOVING_STATES

MOST_NAMES = 5


class StockQuant(models.Model):
    """Keeps the pieces where old parts and requests have them.

    Nobody counts, scraps or moves away in the Inventory app what a document is still
    about: it could neither go on nor end without its piece.
    """

    _inherit = "stock.quant"

    @api.model
    def _qifei_check_kept(self, locations, products):
        """Raise when less lies in a place than documents have there.

        :raise UserError: names the part, the place, the documents and what is missing
        """
        places = locations.qifei_place_id.filtered(
            lambda place: place.qifei_kind in DOCUMENT_KINDS
        )
        if not places or not products:
            return
        kept = self._qifei_get_kept(places, products)
        there = self._qifei_get_there(places, products)
        for (place, product, lot), documents in kept.items():
            quantity = sum(documents.values())
            left = there.get((place, product, lot), 0.0)
            if product.uom_id.compare(left, quantity) < 0:
                names = [document.name for document in documents][:MOST_NAMES]
                raise UserError(
                    self.env._(
                        "%(place)s keeps %(quantity)s %(unit)s of %(part)s for "
                        "%(documents)s, %(left)s would be left: receive, settle or "
                        "waive them there.",
                        place=place.name,
                        quantity=f"{quantity:g}",
                        unit=product.uom_id.name,
                        part=(lot or product).display_name,
                        documents=", ".join(names),
                        left=f"{left:g}",
                    )
                )

    @api.model
    def _qifei_get_kept(self, places, products):
        """Return what documents have in these places.

        :return: ``{(place, product, lot): {document: quantity}}``, without lot for all
            lots together
        """
        kept = {}
        no_lot = self.env["stock.lot"]
        # sudo: qifei.old.part - a guard for everybody's moves
        parts_sudo = self.env["qifei.old.part"].sudo()
        parts_sudo = parts_sudo._search_kept(places.company_id, products)
        for part, place in parts_sudo._get_present_places().items():
            for lot in (part.lot_id, no_lot):
                key = place, part.product_id, lot
                kept.setdefault(key, {})[part] = part.quantity
        # sudo: qifei.part.request.line - a guard for everybody's moves
        lines_sudo = (
            self.env["qifei.part.request.line"]
            .sudo()
            .search(
                [
                    ("product_id", "in", products.ids),
                    ("company_id", "in", places.company_id.ids),
                    ("request_id.state", "in", MOVING_STATES),
                ]
            )
            .filtered("quantity_transit")
        )
        for company, lines in lines_sudo.grouped("company_id").items():
            transit = company._get_parts_location("transit")
            for line in lines:
                request = line.request_id
                key = transit, line.product_id, no_lot
                documents = kept.setdefault(key, {})
                documents[request] = documents.get(request, 0.0) + line.quantity_transit
        return {key: rows for key, rows in kept.items() if key[0] in places}

    @api.model
    def _qifei_get_there(self, places, products):
        """Return what lies in these places, as ``_qifei_get_kept`` does."""
        there = {}
        no_lot = self.env["stock.lot"]
        # sudo: stock.quant - a guard for everybody's moves
        groups = self.sudo()._read_group(
            [
                ("location_id.qifei_place_id", "in", places.ids),
                ("product_id", "in", products.ids),
            ],
            ["location_id", "product_id", "lot_id"],
            ["quantity:sum"],
        )
        for location, product, lot, quantity in groups:
            for shown in {lot, no_lot}:
                key = location.qifei_place_id, product, shown
                there[key] = there.get(key, 0.0) + quantity
        return there
