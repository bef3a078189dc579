from odoo import api, fields, models


class StockMove(models.Model):
    """Links a move to what it was made for, and moves parts for our documents.

    The methods here are called by documents which have checked role, state and
    ownership before; they need no stock rights.
    """

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

    # === TRANSFERS === #

    @api.model
    def _qifei_transfer(self, purpose, transfers):
        """Move parts at once, all of them or none.

        :param purpose: a key of ``PICKING_PURPOSES``
        :param transfers: list of ``{"source": stock.location, "destination":
            stock.location, "partner": res.partner, "origin": str, "picking_values":
            dict, "moves": [{"product": product.product, "quantity": float, "lot":
            stock.lot, "lot_name": str, "values": dict}]}``; what is left out is empty
        :return: the done pickings, in the order of ``transfers``
        :raise UserError: a place has too little; names part, place, wanted and free
        """
        raise NotImplementedError

    @api.model
    def _qifei_reserve(self, purpose, transfers):
        """Make confirmed pickings and reserve what there is.

        Takes the same arguments as ``_qifei_transfer``. What is not free stays
        demanded and is reserved by core when it arrives.

        :return: the pickings, in the order of ``transfers``
        """
        raise NotImplementedError

    def _qifei_validate(self, quantities=None):
        """Do open moves, with what was reserved or with these quantities.

        :param quantities: ``{move: quantity}``; what is less than the demand goes into
            a back order of core; moves of the same pickings left out move nothing
        :return: the pickings done
        """
        raise NotImplementedError

    def _qifei_cancel(self):
        """Cancel what is still open of these moves and free its reservations."""
        # sudo: stock.move - the calling document has checked who may do it
        self.sudo().filtered(
            lambda move: move.state not in ("done", "cancel")
        )._action_cancel()
