from odoo import models
from odoo.exceptions import UserError


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

    def _action_cancel(self):
        # sudo: stock.move - moves of a request are cancelled by any stock user
        requests_sudo = self.sudo().qifei_request_line_id.request_id
        result = super()._action_cancel()
        requests_sudo._sync_with_moves()
        return result

    def _check_request_quantities(self):
        """Raise when more is moved than a request grants, or than is on the way."""
        for move in self.filtered(
            lambda move: (
                move.qifei_purpose in ("ship", "receive")
                and move.picked
                and move.state not in ("done", "cancel")
            )
        ):
            # sudo: stock.move - moves of a request are validated by any stock user
            request_sudo = move.sudo().picking_id.qifei_request_id
            if request_sudo and not move.qifei_request_line_id:
                raise UserError(
                    self.env._(
                        "%(product)s was not asked for with %(request)s: take it off "
                        "the transfer, or request it.",
                        product=move.product_id.display_name,
                        request=request_sudo.name,
                    )
                )
            if (
                request_sudo
                and move.product_uom.compare(move.quantity, move.product_uom_qty) > 0
            ):
                raise UserError(
                    self.env._(
                        "%(request)s: %(allowed)s of %(product)s may be moved here, "
                        "not %(quantity)s. Ask for more, or count on the request what "
                        "is too many.",
                        request=request_sudo.name,
                        allowed=f"{move.product_uom_qty:g}",
                        product=move.product_id.display_name,
                        quantity=f"{move.quantity:g}",
                    )
                )
