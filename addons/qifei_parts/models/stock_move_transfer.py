from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context


class StockMove(models.Model):
    """Moves parts for our documents.

    The methods here are called by documents which have checked role, state and
    ownership before; they need no stock rights. Several people who want the last piece
    wait for each other: it goes once, and the others are told.
    """

    _inherit = "stock.move"

    @api.model
    def _qifei_transfer(self, purpose, transfers):
        """Move parts at once, all of them or none.

        :param purpose: a key of ``PICKING_PURPOSES``
        :param transfers: list of ``{"source": stock.location, "destination":
            stock.location, "partner": res.partner, "origin": str, "picking_values":
            dict, "moves": [{"product": product.product, "quantity": float, "lot":
            stock.lot, "lot_name": str, "values": dict}]}``; partner, origin,
            picking_values, lot, lot_name and values may be left out
        :return: the done pickings, in the order of ``transfers``
        :raise UserError: a place has too little; names part, place, wanted and free
        """
        # sudo: stock.move - the calling document has checked who may do it
        moves_sudo = self.sudo()._qifei_demand(purpose, transfers, need_all=True)
        moves_sudo.picked = True
        pickings_sudo = moves_sudo.picking_id
        pickings_sudo._action_done()
        return pickings_sudo.with_env(self.env)

    @api.model
    def _qifei_reserve(self, purpose, transfers):
        """Make confirmed pickings and reserve what there is.

        Takes the same arguments as ``_qifei_transfer``. What is not free stays
        demanded and is reserved by core when it arrives; a piece asked for by its
        number must be free.

        :return: the pickings, in the order of ``transfers``
        :raise UserError: a piece asked for by its number is not free
        """
        # sudo: stock.move - the calling document has checked who may do it
        moves_sudo = self.sudo()._qifei_demand(purpose, transfers, need_all=False)
        return moves_sudo.picking_id.with_env(self.env)

    def _qifei_validate(self, quantities=None, lots=None):
        """Do open moves: what is reserved of them, or these quantities.

        :param quantities: ``{move: quantity}``; what is less than the demand stays
            open in a back order of core. Other moves of the same pickings move nothing
            now.
        :param lots: ``{move: stock.lot}``, the numbered pieces to take instead of those
            that core has reserved
        :return: the pickings done
        :raise UserError: a place has too little; names part, place, wanted and free
        """
        # sudo: stock.move - the calling document has checked who may do it
        moves_sudo = self.sudo().filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        if quantities is None:
            quantities = {move: move.quantity for move in moves_sudo}
        wanted = {move: quantities.get(move, 0.0) for move in moves_sudo}
        moves_sudo._qifei_choose_pieces(lots or {})
        moves_sudo._qifei_check_more_is_free(wanted)
        for move, quantity in wanted.items():
            missing = quantity - move.quantity
            if move.product_uom.compare(missing, 0) > 0:
                move._action_assign(force_qty=missing)
            if move.product_uom.compare(move.quantity, quantity):
                move.quantity = quantity
        pickings_sudo = moves_sudo.picking_id
        taken = moves_sudo.filtered(lambda move: move.quantity > 0)
        (pickings_sudo.move_ids - taken).picked = False
        taken.picked = True
        taken.picking_id._action_done()
        return taken.picking_id.with_env(self.env)

    def _qifei_choose_pieces(self, lots):
        """Reserve these pieces for the moves, instead of those that core has chosen.

        :param lots: ``{move: stock.lot}``
        :raise UserError: a piece does not lie at the source of its move, is reserved
            for somebody else, or is wanted twice
        """
        moves = self.filtered(lambda move: lots.get(move))
        pairs = [(move.product_id, move.location_id) for move in moves]
        # Locked in one order before anything is changed, as everywhere.
        self.env["stock.quant"]._qifei_lock(pairs)
        moves._do_unreserve()
        shelves = self.env["stock.quant"]._qifei_get_shelves(pairs)
        entries = [
            (move, (move.location_id, move.product_id, {"quantity": 1.0, "lot": lot}))
            for move in moves
            for lot in lots[move]
        ]
        self._qifei_check_free(
            [entry for _move, entry in entries], shelves, need_all=False
        )
        for move, entry in entries:
            move._qifei_take_from_shelves([entry], shelves, need_all=False)

    def _qifei_cancel(self):
        """Cancel what is still open of these moves and free its reservations."""
        # sudo: stock.move - the calling document has checked who may do it
        self.sudo().filtered(
            lambda move: move.state not in ("done", "cancel")
        )._action_cancel()

    # === DEMAND === #

    @api.model
    def _qifei_demand(self, purpose, transfers, need_all):
        """Create, confirm and reserve the moves of these transfers.

        :param need_all: refuse when something is missing, instead of waiting for it
        :return: the moves, in the order of ``transfers``
        """
        # sudo: stock.location, product.product - of users without stock rights
        entries = [
            (transfer["source"].sudo(), entry["product"].sudo(), entry)
            for transfer in transfers
            for entry in transfer["moves"]
        ]
        for _source, product, entry in entries:
            if product.uom_id.compare(entry["quantity"], 0) <= 0:
                raise UserError(
                    self.env._(
                        "Of %(part)s, a quantity of more than zero is moved.",
                        part=product.display_name,
                    )
                )
        shelves = self.env["stock.quant"]._qifei_get_shelves(
            [(product, source) for source, product, _entry in entries]
        )
        self._qifei_check_free(entries, shelves, need_all)
        moves = self._qifei_create_moves(purpose, transfers)
        moves._qifei_take_from_shelves(entries, shelves, need_all)
        moves._action_confirm(merge=False)
        # Operations may be set to be reserved by hand.
        waiting = moves.filtered(
            lambda move: move.state in ("confirmed", "partially_available")
        )
        waiting._action_assign()
        if need_all:
            waiting._qifei_check_reserved()
        return moves

    @api.model
    def _qifei_check_free(self, entries, shelves, need_all):
        """Raise when a place has less than is wanted of it altogether.

        :param need_all: look at everything, not only at pieces wanted by their number
        """
        wanted = {}
        for source, product, entry in entries:
            # sudo: stock.lot - the number of the piece, for the same users
            lot = (entry.get("lot") or self.env["stock.lot"]).sudo()
            if need_all:
                key = (source, product, self.env["stock.lot"])
                wanted[key] = wanted.get(key, 0.0) + entry["quantity"]
            if lot:
                key = (source, product, lot)
                wanted[key] = wanted.get(key, 0.0) + entry["quantity"]
        # A number that does not lie there says more than a quantity that is too small.
        for (source, product, lot), quantity in sorted(
            wanted.items(), key=lambda item: not item[0][2]
        ):
            shelf = shelves.get((product, source))
            if shelf is None:
                continue
            free = shelf.free(lot.id)
            if product.uom_id.compare(free, quantity) < 0:
                raise self._qifei_shortage(source, product, lot, quantity, free)

    @api.model
    def _qifei_shortage(self, source, product, lot, quantity, free):
        """Return the refusal of a transfer for which a place has too little."""
        if lot:
            return UserError(
                self.env._(
                    "%(lot)s of %(part)s is not free in %(place)s: choose a piece that "
                    "lies there.",
                    lot=lot.name,
                    part=product.display_name,
                    place=source.name,
                )
            )
        return UserError(
            self.env._(
                "Of %(part)s, %(place)s has %(free)s %(unit)s free, %(wanted)s are "
                "wanted: take less, or request more.",
                part=product.display_name,
                place=source.name,
                free=f"{max(free, 0.0):g}",
                unit=product.uom_id.name,
                wanted=f"{quantity:g}",
            )
        )

    @api.model
    def _qifei_create_moves(self, purpose, transfers):
        """Create a draft picking for each transfer, with its moves."""
        picking_values, types, type_of = [], [], {}
        for transfer in transfers:
            source, destination = transfer["source"], transfer["destination"]
            # sudo: stock.location - places of users without stock rights
            company = (source.sudo().company_id or destination.sudo().company_id).sudo()
            if company not in type_of:
                warehouse = company._get_parts_warehouse()
                type_of[company] = warehouse._get_parts_type(purpose)
            picking_type = type_of[company]
            types.append(picking_type)
            picking_values.append(
                {
                    "picking_type_id": picking_type.id,
                    "location_id": source.id,
                    "location_dest_id": destination.id,
                    "company_id": company.id,
                    "partner_id": transfer.get("partner") and transfer["partner"].id,
                    "origin": transfer.get("origin") or False,
                    "move_type": "direct",
                    **(transfer.get("picking_values") or {}),
                }
            )
        clean = self.with_context(
            clean_context(self.env.context), mail_create_nosubscribe=True
        )
        pickings = clean.env["stock.picking"].create(picking_values)
        return clean.create(
            [
                {
                    "product_id": entry["product"].id,
                    "product_uom": entry["product"].uom_id.id,
                    "product_uom_qty": entry["quantity"],
                    "picking_id": picking.id,
                    "picking_type_id": picking_type.id,
                    "location_id": transfer["source"].id,
                    "location_dest_id": transfer["destination"].id,
                    "company_id": picking_type.company_id.id,
                    "partner_id": picking.partner_id.id,
                    "origin": picking.origin,
                    **(entry.get("values") or {}),
                }
                for transfer, picking, picking_type in zip(
                    transfers, pickings, types, strict=True
                )
                for entry in transfer["moves"]
            ]
        )

    def _qifei_take_from_shelves(self, entries, shelves, need_all):
        """Reserve pieces wanted by their number, and pieces that are all alike.

        What else is wanted is left to the removal strategy of core.
        """
        values = []
        for move, (source, product, entry) in zip(self, entries, strict=True):
            lot, lot_name = entry.get("lot"), entry.get("lot_name")
            shelf = shelves.get((product, source))
            if shelf is None:
                if lot or lot_name:
                    values.append(
                        {
                            **move._prepare_move_line_vals(quantity=entry["quantity"]),
                            "lot_id": lot.id if lot else False,
                            "lot_name": False if lot else lot_name,
                        }
                    )
                continue
            if not lot and not (need_all and shelf.is_plain()):
                continue
            for pile, quantity in shelf.take(entry["quantity"], lot.id if lot else 0):
                values.append(
                    {
                        **move._prepare_move_line_vals(quantity=quantity),
                        "location_id": pile.place,
                        "lot_id": pile.lot or False,
                        "package_id": pile.package or False,
                        "owner_id": pile.owner or False,
                    }
                )
        # Core looks for the quants of each line, unless it is given them.
        quants_cache = self.env["stock.quant"]._get_quants_by_products_locations(
            self.product_id, self.location_id
        )
        self.env["stock.move.line"].with_context(quants_cache=quants_cache).create(
            values
        )

    def _qifei_check_reserved(self):
        """Raise when core could reserve less than the whole of a move."""
        for move in self:
            if move.product_uom.compare(move.quantity, move.product_uom_qty) < 0:
                raise self._qifei_shortage(
                    move.location_id,
                    move.product_id,
                    self.env["stock.lot"],
                    move.product_uom_qty,
                    move.quantity,
                )

    def _qifei_check_more_is_free(self, quantities):
        """Raise when more is wanted than is reserved and free together."""
        more = [
            (
                move.location_id,
                move.product_id,
                {
                    "quantity": move.product_uom._compute_quantity(
                        quantity - move.quantity, move.product_id.uom_id
                    )
                },
            )
            for move, quantity in quantities.items()
            if move.product_uom.compare(quantity, move.quantity) > 0
        ]
        shelves = self.env["stock.quant"]._qifei_get_shelves(
            [(move.product_id, move.location_id) for move in quantities]
        )
        self._qifei_check_free(more, shelves, need_all=True)
