from odoo import models


class QifeiPartRequest(models.Model):
    """Tells orders that wait for parts when the parts have come, or will not come."""

    _inherit = "qifei.part.request"

    def action_approve(self):
        result = super().action_approve()
        self._tell_waiting_orders()
        return result

    def action_reject(self, reason=None):
        result = super().action_reject(reason=reason)
        self._tell_waiting_orders()
        return result

    def action_cancel(self):
        result = super().action_cancel()
        self._tell_waiting_orders()
        return result

    def _sync_with_moves(self):
        result = super()._sync_with_moves()
        self._tell_waiting_orders()
        return result

    def _tell_waiting_orders(self):
        # sudo: qifei.work.order - its dispatcher is told, whoever ends the request
        self.sudo().work_order_id._tell_parts_not_coming()

    def _on_received(self):
        result = super()._on_received()
        # sudo: qifei.work.order - the order goes on, whoever has received the parts
        self.sudo().work_order_id._resume_after_parts()
        return result
