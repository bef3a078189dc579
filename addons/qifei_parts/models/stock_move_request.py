from odoo import models
from odoo.exceptions import UserError

from odoo.addons.qifei_base.models.qifei_guard_mixin import OWN_STEP, OWN_STEP_KEY

# States of a request while its parts are shipped and received.
MOVING_STATES = ("approved", "shipped", "received")


class StockMove(models.Model):
    """Tells requests when their moves are done or cancelled, by whomever."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        self._check_request_quantities()
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves.filtered("qifei_request_line_id")._tell_requests_done()
        return moves

    def _tell_requests_done(self):
        """Announce what was shipped, and let the requests follow."""
        # sudo: stock.move - moves of a request are validated by any stock user
        moves_sudo = self.sudo().filtered(lambda move: move.state == "done")
        requests_sudo = moves_sudo.qifei_request_line_id.request_id
        if not requests_sudo:
            return
        shipped_sudo = moves_sudo.filtered(
            lambda move: (
                move.qifei_purpose == "ship"
                and move.picking_id.qifei_request_id
                and not move.move_dest_ids
            )
        )
        if shipped_sudo:
            requests_sudo._make_receipts(shipped_sudo)
        requests_sudo._sync_with_moves()
        received_sudo = moves_sudo.filtered(
            lambda move: (
                move.location_dest_id
                == move.qifei_request_line_id.request_id.destination_id
            )
        ).qifei_request_line_id.request_id
        if received_sudo:
            received_sudo._on_received()

    # === DEMAND === #

    def write(self, vals):
        before = self._get_request_demands() if "product_uom_qty" in vals else {}
        result = super().write(vals)
        for move, demand in before.items():
            if move.product_uom.compare(move.product_uom_qty, demand) < 0:
                move._tell_lowered(demand)
        return result

    def _get_request_demands(self):
        """Return ``{move: demand}`` of what is still to be moved for requests.

        What core splits off for a back order is moved all the same.
        """
        if self.env.context.get(OWN_STEP_KEY) is OWN_STEP:
            return {}
        # sudo: stock.move - changed by any stock user
        return {
            move_sudo: move_sudo.product_uom_qty
            for move_sudo in self.sudo()
            if move_sudo.qifei_request_line_id
            and move_sudo.state not in ("draft", "done", "cancel")
        }

    def _split(self, qty, restrict_partner_id=False):
        splitting = self.with_context(**{OWN_STEP_KEY: OWN_STEP})
        return super(StockMove, splitting)._split(qty, restrict_partner_id)

    def _tell_lowered(self, demand):
        """Say on the request that somebody moves less; it follows the rest."""
        self.ensure_one()
        request = self.qifei_request_line_id.request_id
        request.message_post(
            body=self.env._(
                "%(transfer)s moves %(quantity)s of %(product)s instead of %(before)s: "
                "its demand was lowered in the Inventory app.",
                transfer=self.picking_id.name or self.reference,
                quantity=f"{self.product_uom_qty:g}",
                product=self.product_id.display_name,
                before=f"{demand:g}",
            ),
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_comment",
        )
        if self.product_uom.is_zero(self.product_uom_qty):
            self._action_cancel()
        else:
            self._action_assign()
            request._sync_with_moves()

    def _action_cancel(self):
        # sudo: stock.move - moves of a request are cancelled by any stock user
        requests_sudo = self.sudo().qifei_request_line_id.request_id
        result = super()._action_cancel()
        requests_sudo._sync_with_moves()
        return result

    # === CHECKS === #

    def _check_request_quantities(self):
        """Raise when moves of requests are done otherwise than their requests say.

        Whoever validates them: the Inventory app lets product, places and demand of a
        transfer be changed, and transfers be returned.
        """
        # sudo: stock.move - moves of a request are validated by any stock user
        moves_sudo = self.sudo().filtered(
            lambda move: (
                move.picked
                and move.state not in ("done", "cancel")
                and (move.qifei_request_line_id or move.picking_id.qifei_request_id)
            )
        )
        guided_sudo = moves_sudo.filtered(
            lambda move: move.qifei_purpose in ("ship", "receive")
        )
        for move_sudo in moves_sudo if not self.env.su else guided_sudo:
            request_sudo = (
                move_sudo.qifei_request_line_id.request_id
                or move_sudo.picking_id.qifei_request_id
            )
            if (
                move_sudo not in guided_sudo
                or move_sudo.origin_returned_move_id
                or move_sudo.picking_id.qifei_request_id != request_sudo
                or request_sudo.state not in MOVING_STATES
            ):
                raise UserError(
                    self.env._(
                        "%(request)s does not know of %(transfer)s: count what has "
                        "arrived on the request, and move what is too many in a "
                        "transfer of its own.",
                        request=request_sudo.name,
                        transfer=move_sudo.picking_id.name or move_sudo.reference,
                    )
                )
            move_sudo._check_asked_for(request_sudo)
            move_sudo._check_request_places(request_sudo)
        guided_sudo._check_granted()

    def _check_asked_for(self, request):
        """Raise for a part, or for more of it, than is to be moved for the request."""
        self.ensure_one()
        if self.product_id != self.qifei_request_line_id.product_id:
            raise UserError(
                self.env._(
                    "%(product)s was not asked for with %(request)s: take it off "
                    "the transfer, or request it.",
                    product=self.product_id.display_name,
                    request=request.name,
                )
            )
        if self.product_uom.compare(self.quantity, self.product_uom_qty) > 0:
            raise UserError(
                self.env._(
                    "%(request)s: %(allowed)s of %(product)s may be moved here, "
                    "not %(quantity)s. Ask for more, or count on the request what "
                    "is too many.",
                    request=request.name,
                    allowed=f"{self.product_uom_qty:g}",
                    product=self.product_id.display_name,
                    quantity=f"{self.quantity:g}",
                )
            )

    def _check_request_places(self, request):
        """Raise when pieces come from or go to another place than the request says."""
        self.ensure_one()
        transit = request._get_transit()
        if self.qifei_purpose == "ship":
            source, destination = request.source_id, transit
        else:
            source, destination = transit, request.destination_id
        lines = self.move_line_ids
        if any(not place._child_of(source) for place in lines.location_id) or any(
            not place._child_of(destination)
            for place in self.location_dest_id | lines.location_dest_id
        ):
            raise UserError(
                self.env._(
                    "%(transfer)s moves parts of %(request)s from %(origin)s to "
                    "%(destination)s: it cannot move them elsewhere.",
                    transfer=self.picking_id.name,
                    request=request.name,
                    origin=source.display_name,
                    destination=destination.display_name,
                )
            )

    def _check_granted(self):
        """Raise when more is shipped than is granted and to be replaced."""
        shipping = self.filtered(lambda move: move.qifei_purpose == "ship")
        lines = shipping.qifei_request_line_id
        shipped = dict(
            self._read_group(
                [
                    ("qifei_request_line_id", "in", lines.ids),
                    ("qifei_purpose", "=", "ship"),
                    ("state", "=", "done"),
                ],
                ["qifei_request_line_id"],
                ["quantity:sum"],
            )
        )
        for line, moves in shipping.grouped("qifei_request_line_id").items():
            replaced = line.request_id.discrepancy_ids.filtered(
                lambda one, line=line: one.line_id == line and one.is_replaced
            )
            allowed = line.quantity_approved + sum(replaced.mapped("quantity"))
            quantity = shipped.get(line, 0.0) + sum(
                moves.move_line_ids.mapped("quantity_product_uom")
            )
            if line.product_id.uom_id.compare(quantity, allowed) > 0:
                raise UserError(
                    self.env._(
                        "%(request)s: %(allowed)s of %(product)s are granted, not "
                        "%(quantity)s. Ask for the others anew.",
                        request=line.request_id.name,
                        allowed=f"{allowed:g}",
                        product=line.product_id.display_name,
                        quantity=f"{quantity:g}",
                    )
                )
