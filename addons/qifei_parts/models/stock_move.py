from odoo import api, fields, models


class StockMove(models.Model):
    """Links a move to what it was made for."""

    _inherit = "stock.move"

    qifei_purpose = fields.Selection(
        related="picking_type_id.qifei_purpose", store=True, index="btree_not_null"
    )
    qifei_request_line_id = fields.Many2one(
        comodel_name="qifei.part.request.line",
        string="Line of the part request",
        index="btree_not_null",
        ondelete="restrict",
    )
    qifei_order_part_id = fields.Many2one(
        comodel_name="qifei.work.order.part",
        string="Part of the work order",
        index="btree_not_null",
        ondelete="restrict",
    )
    qifei_old_part_id = fields.Many2one(
        comodel_name="qifei.old.part",
        string="Old part",
        index="btree_not_null",
        ondelete="restrict",
    )
    qifei_discrepancy_id = fields.Many2one(
        comodel_name="qifei.part.discrepancy",
        string="Discrepancy",
        index="btree_not_null",
        ondelete="restrict",
    )

    # === CORE === #

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        """Keep moves of different needs apart: each answers to its own document."""
        return super()._prepare_merge_moves_distinct_fields() + [
            "qifei_request_line_id",
            "qifei_order_part_id",
            "qifei_old_part_id",
            "qifei_discrepancy_id",
        ]

    def _action_assign(self, force_qty=False):
        """Let one transaction at a time reserve what lies in a van or a point."""
        self.env["stock.quant"]._qifei_lock(
            (move.product_id, move.location_id)
            for move in self
            if move.location_id.qifei_place_id and move.state not in ("done", "cancel")
        )
        return super()._action_assign(force_qty=force_qty)
