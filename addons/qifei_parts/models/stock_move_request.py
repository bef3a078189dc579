from odoo import models


class StockMove(models.Model):
    """Tells requests when their moves are done or cancelled, by whomever."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves._sync_part_requests()
        return moves

    def _action_cancel(self):
        requests = self._get_part_requests()
        result = super()._action_cancel()
        requests._sync_with_moves()
        return result

    def _get_part_requests(self):
        # sudo: qifei.part.request - moves are validated by any stock user
        return self.sudo().qifei_request_line_id.request_id

    def _sync_part_requests(self):
        self._get_part_requests()._sync_with_moves()
