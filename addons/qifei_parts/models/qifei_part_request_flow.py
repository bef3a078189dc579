from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command


class QifeiPartRequest(models.Model):
    """The core moves behind a request.

    A consignment is a done picking of the purpose *ship* into transit and a picking of
    the purpose *receive* out of it.
    """

    _inherit = "qifei.part.request"

    # === SLIPS === #

    def _get_parts_slips(self):
        """Return the consignments of requests that the user reads, as superuser.

        Their holders have no stock rights, and print what they sign.

        :raise UserError: nothing has been made ready for them yet
        """
        self.check_access("read")
        # sudo: stock.picking - slips of requests that the user may read
        slips_sudo = self.sudo().picking_ids.filtered(
            lambda picking: (
                picking.qifei_purpose in ("ship", "receive")
                and picking.state != "cancel"
            )
        )
        if not slips_sudo:
            raise UserError(
                self.env._(
                    "Nothing of %(requests)s has been made ready yet: there is no slip "
                    "to print.",
                    requests=", ".join(self.mapped("name")),
                )
            )
        return slips_sudo.sorted("id")

    # === RESERVE === #

    def _reserve(self, quantities):
        """Make the pickings that ship, and reserve what is there.

        :param quantities: ``{qifei.part.request.line: quantity}``
        """
        transfers = []
        lines = self.env["qifei.part.request.line"].union(*quantities)
        for request, request_lines in lines.grouped("request_id").items():
            transfers.append(
                {
                    **request._prepare_transfer(),
                    "source": request.source_id,
                    "destination": request._get_transit(),
                    "moves": [
                        line._prepare_move(quantities[line]) for line in request_lines
                    ],
                }
            )
        self.env["stock.move"]._qifei_reserve("ship", transfers)

    def _prepare_transfer(self):
        """Return what all pickings of the request have in common."""
        self.ensure_one()
        return {
            "partner": self.partner_id or self.engineer_id.partner_id,
            "origin": self.name,
            "picking_values": {
                "qifei_request_id": self.id,
                "qifei_work_order_id": self.work_order_id.id,
            },
        }

    def _get_transit(self):
        return self.company_id._get_parts_location("transit")

    def _get_open_moves(self, purpose):
        """Return the moves of a purpose that are neither done nor cancelled."""
        # sudo: stock.move - holders act on the moves of their requests
        return self.sudo().line_ids.move_ids.filtered(
            lambda move: (
                move.qifei_purpose == purpose
                and move.state not in ("draft", "done", "cancel")
            )
        )

    def _cancel_moves(self):
        moves = self._get_open_moves("ship")
        moves.picking_id.action_cancel()

    # === SHIP === #

    def _ship(self, quantities=None, carrier=None, tracking=None, lots=None):
        """Send a consignment; the rest stays in a core back order.

        :param quantities: ``{line: quantity}``, all that is there when left out
        :param carrier: delivery.carrier
        :param str tracking: tracking number
        :param lots: ``{line: stock.lot}``, the pieces with serial numbers that are
            chosen; those that are reserved when left out
        :return: the shipped pickings
        :raise UserError: more than is granted, or than lies at the source; a piece
            that is not free there
        """
        self.ensure_one()
        self._check_shippable()
        self._claim()
        moves = self._get_open_moves("ship")
        if quantities is None:
            moves._action_assign()
            wanted = {move: move.quantity for move in moves if move.quantity > 0}
        else:
            wanted = self._spread_over_moves(moves, quantities)
        if not wanted:
            raise UserError(
                self.env._(
                    "Nothing of %(request)s can be shipped now: say how many of which "
                    "part, or wait until they are there.",
                    request=self.name,
                )
            )
        moves.picking_id.write(
            {
                "carrier_id": carrier.id if carrier else False,
                "carrier_tracking_ref": tracking or False,
            }
        )
        moves = self.env["stock.move"].union(*wanted)
        pickings = moves._qifei_validate(
            {move.with_env(self.env): quantity for move, quantity in wanted.items()},
            lots=self._spread_lots(wanted, lots or {}),
        )
        self._tell_shipped(pickings)
        return pickings

    def _check_shippable(self):
        """Raise unless a consignment may be sent in this state by this user."""
        if self.state != "shipped":
            self._check_transition("reship" if self.state == "received" else "ship")
        elif not self._may_use_transition(self._get_transitions()["ship"]):
            raise AccessError(
                self.env._(
                    "The consignments of %(request)s are sent by parts keepers: ask "
                    "one of them.",
                    request=self.name,
                )
            )

    def _spread_over_moves(self, moves, quantities):
        """Return ``{move: quantity}`` for what is wanted of each line.

        :raise UserError: less than none, or more than is still to be shipped
        """
        wanted = {}
        by_line = moves.grouped("qifei_request_line_id")
        for line, quantity in quantities.items():
            line._check_plausible({"quantity": quantity})
            unit = line.product_id.uom_id
            line_moves = by_line.get(line, moves.browse())
            still_open = sum(line_moves.mapped("product_uom_qty"))
            if unit.compare(quantity, 0) < 0:
                raise UserError(
                    self.env._(
                        "%(request)s: fewer than none of %(product)s cannot be "
                        "shipped.",
                        request=self.name,
                        product=line.product_id.display_name,
                    )
                )
            if line.request_id != self or unit.compare(quantity, still_open) > 0:
                raise UserError(
                    self.env._(
                        "%(request)s: %(open)s of %(product)s are granted and still to "
                        "be shipped, not %(quantity)s.",
                        request=self.name,
                        open=f"{still_open:g}",
                        product=line.product_id.display_name,
                        quantity=f"{quantity:g}",
                    )
                )
            # What is reserved goes first, or it would stay behind for nothing.
            for move in line_moves.sorted("quantity", reverse=True):
                taken = min(quantity, move.product_uom_qty)
                if unit.compare(taken, 0) > 0:
                    wanted[move] = taken
                    quantity -= taken
        return wanted

    def _spread_lots(self, wanted, lots):
        """Return ``{move: stock.lot}``, as many pieces as are wanted of each move.

        :param wanted: what ``_spread_over_moves`` returned
        :raise UserError: another number of pieces is chosen than is shipped
        """
        chosen = {}
        for line, pieces in lots.items():
            quantity = 0
            for move, count in wanted.items():
                if move.qifei_request_line_id == line:
                    chosen[move] = pieces[quantity : quantity + round(count)]
                    quantity += round(count)
            if quantity != len(pieces):
                raise UserError(
                    self.env._(
                        "%(request)s: choose as many serial numbers of %(product)s as "
                        "are shipped, %(quantity)s and not %(count)s.",
                        request=self.name,
                        product=line.product_id.display_name,
                        quantity=quantity,
                        count=len(pieces),
                    )
                )
        return chosen

    def _tell_shipped(self, pickings):
        # sudo: stock.picking - what is on its way, for the people who wait for it
        for picking in pickings.sudo():
            self.message_post(
                body=self.env._(
                    "On its way: %(consignment)s",
                    consignment=picking._get_consignment_note(),
                ),
                subtype_xmlid="mail.mt_comment",
            )

    def _make_receipts(self, shipped_moves):
        """Announce done consignments at the destination, each in a picking of its own.

        The moves hang on those that shipped them, so that what is received are the
        pieces that were sent.
        """
        transfers = []
        by_picking = shipped_moves.grouped("picking_id")
        for picking, moves in by_picking.items():
            request = picking.qifei_request_id
            transfers.append(
                {
                    **request._prepare_transfer(),
                    "source": picking.location_dest_id,
                    "destination": request.destination_id,
                    "moves": [
                        {
                            "product": move.product_id,
                            "quantity": move.quantity,
                            "values": {
                                "qifei_request_line_id": move.qifei_request_line_id.id,
                                "move_orig_ids": [Command.link(move.id)],
                            },
                        }
                        for move in moves
                    ],
                }
            )
        receipts = self.env["stock.move"]._qifei_reserve("receive", transfers)
        # sudo: stock.move - core leaves what hangs on other moves waiting
        receipts.sudo().move_ids._action_assign()
