from odoo import api, fields, models
from odoo.exceptions import UserError


class QifeiOldPart(models.Model):
    """How obligations end when the use they come from is undone."""

    _inherit = "qifei.old.part"

    @api.model
    def _give_back(self, needs, pickings, reopened):
        """Put the old pieces of undone uses back into the customers' machines.

        :param needs: the parts of orders of which less is used now
        :param pickings: the transfers that undid the uses
        :param reopened: qifei.equipment.part, the pieces the machines have again
        :raise UserError: the old piece has come back to the warehouse already
        """
        # sudo: qifei.old.part - follows the moves, whoever has made them
        parts_sudo = self.sudo()
        serials = set(reopened.mapped("serial"))
        pieces_sudo = parts_sudo.search(
            [("order_part_id", "in", needs.ids), ("state", "!=", "waived")],
            order="id desc",
        ).sorted(lambda piece: not piece.serial or piece.serial not in serials)
        given = {}
        for need, pieces in pieces_sudo.grouped("order_part_id").items():
            excess = sum(pieces.mapped("quantity")) - need.quantity_used
            for piece in pieces:
                quantity = min(piece.quantity, excess)
                if piece.uom_id.compare(quantity, 0) > 0 and piece._may_use_undo():
                    given[piece] = quantity
                    excess -= quantity
            if need._compare(excess) > 0:
                pieces._refuse_undo()
        if given:
            parts_sudo._move_to_customer(given)
            parts_sudo.union(*given)._end_undone(given, pickings)

    def _may_use_undo(self):
        """Tell whether the piece is still with its holder, or on its way back."""
        self.ensure_one()
        return self.state in self._get_transitions()["waive"].sources

    def _refuse_undo(self):
        for piece in self:
            if not piece._may_use_undo():
                raise UserError(
                    self.env._(
                        "%(product)s of %(order)s stays used: its old piece %(part)s "
                        "is “%(state)s”. Take in what comes back with a transfer of "
                        "its own.",
                        product=piece.order_part_id.product_id.display_name,
                        order=piece.order_id.name,
                        part=piece.name,
                        state=piece._get_state_label(piece.state),
                    )
                )

    def _move_to_customer(self, given):
        """Move the pieces back to where they were collected.

        :param given: ``{piece: quantity}``
        """
        places = self.union(*given)._get_present_places()
        self.env["stock.move"]._qifei_transfer(
            "old",
            [
                {
                    "source": places[piece],
                    "destination": piece._get_customer().property_stock_customer,
                    "partner": piece._get_customer(),
                    "origin": piece.name,
                    "picking_values": {"qifei_work_order_id": piece.order_id.id},
                    "moves": [{**piece._prepare_move(), "quantity": quantity}],
                }
                for piece, quantity in given.items()
            ],
        )

    def _end_undone(self, given, pickings):
        """End the obligations of what was given back; a rest of it stays owed."""
        whole = self.filtered(
            lambda piece: piece.uom_id.compare(given[piece], piece.quantity) >= 0
        )
        for piece in self - whole:
            piece._as_own_step().write({"quantity": piece.quantity - given[piece]})
        if whole:
            whole._apply_transition(
                "waive",
                {
                    "waive_reason": self.env._(
                        "%(transfer)s has undone the use.",
                        transfer=", ".join(pickings.mapped("name")),
                    ),
                    "settled_on": fields.Datetime.now(),
                },
            )

    # === WHERE THEY ARE === #

    @api.model
    def _search_kept(self, companies, products):
        """Return the pieces of these products that lie in some place of ours."""
        return self.search(
            [
                ("company_id", "in", companies.ids),
                ("product_id", "in", products.ids),
                ("state", "in", ("owed", "returned", "received", "inspected")),
            ]
        )

    def _get_present_places(self):
        """Return ``{piece: place}`` of pieces that lie in some place of ours."""
        returned = self.filtered(lambda piece: piece.state == "returned")
        received = self.filtered(lambda piece: piece.state in ("received", "inspected"))
        transit = returned._get_transit_locations()
        defective = received._get_defective_locations()
        places = {"returned": transit, "received": defective, "inspected": defective}
        return {
            piece: places[piece.state][piece.company_id]
            if piece.state in places
            else piece.location_id
            for piece in self
        }
