from odoo import models


class StockPicking(models.Model):
    """Keeps the request of a consignment with what is left for later."""

    _inherit = "stock.picking"

    def _create_backorder_picking(self):
        backorder = super()._create_backorder_picking()
        # sudo: stock.picking - the rest belongs to the same documents
        backorder.sudo().write(
            {
                "qifei_request_id": self.qifei_request_id.id,
                "qifei_work_order_id": self.qifei_work_order_id.id,
            }
        )
        return backorder

    def _get_consignment_note(self):
        """Return one line about a shipped consignment, for its receiver."""
        self.ensure_one()
        parts = ", ".join(
            f"{move.quantity:g} × {move.product_id.display_name}"
            for move in self.move_ids
            if move.state == "done"
        )
        way = " ".join(
            text for text in (self.carrier_id.name, self.carrier_tracking_ref) if text
        )
        return " · ".join(text for text in (self.name, parts, way) if text)
