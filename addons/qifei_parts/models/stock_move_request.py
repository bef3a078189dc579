from odoo import models
from odoo.exceptions import UserError


class StockMove(models.Model):
    """Tells requests when their moves are done or cancelled, by whomever."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        self._check_request_quantities()
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        # sudo: stock.move - moves of a request are validated by any stock user
        moves_sudo = moves.sudo()
        requests_sudo = moves_sudo.qifei_request_line_id.request_id
        shipped_sudo = moves_sudo.filtered(
            lambda move: (
                move.qifei_purpose == "ship"
                and move.state == "done"
                and move.picking_id.qifei_request_id
                and not move.move_dest_ids
            )
        )
        if shipped_sudo:
            requests_sudo._make_receipts(shipped_sudo)
        requests_sudo._sync_with_moves()
        received_sudo = moves_sudo.filtered(
            lambda move: (
                move.state == "done"
                and move.location_dest_id
                == move.qifei_request_line_id.request_id.destination_id
            )
        ).qifei_request_line_id.request_id
        if received_sudo:
            received_sudo._on_received()
        return moves

    def _action_cancel(self):
        # sudo: stock.move - moves of a request are cancelled by any stock user
        requests_sudo = self.sudo().qifei_request_line_id.request_id
        result = super()._action_cancel()
        requests_sudo._sync_with_moves()
        return result

    def _check_request_quantities(self):
        """Raise when more is moved than a request grants, or than is on the way."""
        for move in self:
            # sudo: stock.move - moves of a request are validated by any stock user
            line_sudo = move.sudo().qifei_request_line_id
            if (
                line_sudo
                and move.picked
                and move.state not in ("done", "cancel")
                and move.qifei_purpose in ("ship", "receive")
                and move.product_uom.compare(move.quantity, move.product_uom_qty) > 0
            ):
                raise UserError(
                    self.env._(
                        "%(request)s: %(allowed)s of %(product)s may be moved here, "
                        "not %(quantity)s. Ask for more, or count on the request what "
                        "is too many.",
                        request=line_sudo.request_id.name,
                        allowed=f"{move.product_uom_qty:g}",
                        product=move.product_id.display_name,
                        quantity=f"{move.quantity:g}",
                    )
                )
