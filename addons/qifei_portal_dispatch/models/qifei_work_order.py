from odoo import models


class QifeiWorkOrder(models.Model):
    """Tells the customer the time that he was promised."""

    _inherit = "qifei.work.order"

    def _get_promised_window(self):
        """Return the promised time that the planned beginning lies in, maybe none."""
        self.ensure_one()
        windows = self.window_ids
        if self.planned_start:
            windows = windows.filtered(
                lambda window: window.date_from <= self.planned_start <= window.date_to
            )
        return windows[:1]
