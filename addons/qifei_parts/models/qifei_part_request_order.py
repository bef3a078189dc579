from odoo import models


class QifeiPartRequest(models.Model):
    """Lets orders that wait for parts go on when the parts have come."""

    _inherit = "qifei.part.request"

    def _on_received(self):
        result = super()._on_received()
        # sudo: qifei.work.order - the order goes on, whoever has received the parts
        self.sudo().work_order_id._resume_after_parts()
        return result
