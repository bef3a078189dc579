from odoo import models


class QifeiWorkOrderPart(models.Model):
    """Says what of a need is still to be had, and what the engineer has for it."""

    _inherit = "qifei.work.order.part"

    def _get_outstanding(self):
        """Return ``{id: quantity}`` neither used nor in the engineer's hands.

        What is reserved in the warehouse has to be fetched, so it is outstanding.
        """
        outstanding = {}
        for part in self:
            quantity = part.quantity - part.quantity_used - part.quantity_held
            outstanding[part.id] = quantity if part._compare(quantity) > 0 else 0.0
        return outstanding
