from odoo import api, fields, models
from odoo.exceptions import UserError

LINK_FIELDS = {
    "qifei_purpose",
    "qifei_request_line_id",
    "qifei_order_part_id",
    "qifei_old_part_id",
    "qifei_discrepancy_id",
}


class StockMove(models.Model):
    """Links a move to what it was made for.

    The links are made by the documents and copied by core when it splits or returns a
    move; nobody writes them by hand. What the Inventory app does with a move of a work
    order or an old part must be what the document says: parts are issued there, and
    uses undone, but used, returned and collected on the order only, which charges them
    and asks for the old piece.
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

    # === GUARD === #

    def write(self, vals):
        if not self.env.su and LINK_FIELDS & vals.keys():
            self._check_links(vals)
        return super().write(vals)

    def _check_links(self, vals):
        """Raise when a link to a document is changed by hand."""
        for name in sorted(LINK_FIELDS & vals.keys()):
            field = self._fields[name]
            for move in self:
                if field.convert_to_write(move[name], move) != vals[name]:
                    raise UserError(
                        self.env._(
                            "“%(field)s” of %(move)s is filled in by its document and "
                            "cannot be written directly.",
                            field=field._description_string(self.env),
                            move=move.display_name,
                        )
                    )

    def _check_documents(self):
        """Raise when somebody does by hand what a document has to do itself."""
        for move in self:
            part, old_part = move.qifei_order_part_id, move.qifei_old_part_id
            if not (part or old_part) or not move.picked:
                continue
            if part and move.origin_returned_move_id:
                move._check_undone()
            elif not (part and move._is_issued_as_planned()):
                raise UserError(
                    self.env._(
                        "%(transfer)s belongs to %(document)s: do this step there.",
                        transfer=move.picking_id.name or move.reference,
                        document=part.order_id.name or old_part.name,
                    )
                )

    def _is_of_document(self):
        """Tell whether a document moves what it has in this place itself."""
        self.ensure_one()
        repair = self.repair_id
        return bool(
            self.qifei_old_part_id
            or self.qifei_request_line_id
            or (repair.qifei_old_part_ids and repair.move_id == self)
        )

    def _check_undone(self):
        """Raise when a return is not what was moved before, the other way round."""
        self.ensure_one()
        origin = self.origin_returned_move_id
        lines = self.move_line_ids
        sources = self.location_id | lines.location_id
        targets = self.location_dest_id | lines.location_dest_id
        if (
            origin.origin_returned_move_id
            or self.product_id != origin.product_id
            or lines.lot_id - origin.move_line_ids.lot_id
            or not all(place._child_of(origin.location_dest_id) for place in sources)
            or not all(place._child_of(origin.location_id) for place in targets)
        ):
            raise UserError(
                self.env._(
                    "%(transfer)s undoes a step of %(order)s: return the same pieces "
                    "from %(present)s to %(place)s, where they came from, or do the "
                    "next step on the order.",
                    transfer=self.picking_id.name or self.reference,
                    order=self.qifei_order_part_id.order_id.name,
                    present=origin.location_dest_id.display_name,
                    place=origin.location_id.display_name,
                )
            )
        if self.qifei_purpose == "use":
            self.qifei_order_part_id._check_use_undoable()

    def _is_issued_as_planned(self):
        """Tell whether the move issues the part of an order to its engineer."""
        self.ensure_one()
        part = self.qifei_order_part_id
        # sudo: qifei.engineer - his van, whoever hands parts out
        van = part.order_id.engineer_id.sudo().van_location_id
        places = self.location_dest_id | self.move_line_ids.location_dest_id
        return (
            self.qifei_purpose == "issue"
            and self.product_id == part.product_id
            and bool(van)
            and all(place._child_of(van) for place in places)
        )

    # === CORE === #

    def _action_done(self, cancel_backorder=False):
        if not self.env.su:
            # sudo: qifei.work.order.part - moves are validated by any stock user
            self.sudo()._check_documents()
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        # sudo: qifei.work.order.part - the order follows what was undone
        undone_sudo = moves.sudo().filtered(
            lambda move: (
                move.state == "done"
                and move.origin_returned_move_id
                and move.qifei_order_part_id
            )
        )
        undone_sudo.qifei_order_part_id._after_undo(undone_sudo)
        return moves

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
