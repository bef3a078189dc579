from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .qifei_part_discrepancy import REPLACEABLE, SETTLEMENTS_BY_KIND


class QifeiPartDiscrepancy(models.Model):
    """The core moves that settle a discrepancy."""

    _inherit = "qifei.part.discrepancy"

    def _settle(self, settlement, *, replace=False, quantity=None):
        """Make the moves of a settlement and close the discrepancies.

        :param str settlement: a value of ``settlement`` that goes with the kind
        :param bool replace: ship again what the requester lacks
        :param float quantity: settle that many only, the rest stays open
        :raise UserError: the settlement does not go with the kind
        """
        self._check_transition("settle")
        if not self:
            return
        self._claim()
        for discrepancy in self:
            discrepancy._check_settlement(settlement, replace)
            discrepancy._split_off(quantity)
        getattr(self, f"_settle_{settlement}")()
        self._apply_transition(
            "settle",
            {
                "settlement": settlement,
                "is_replaced": replace,
                "settled_on": fields.Datetime.now(),
                "settled_by_id": self.env.uid,
            },
        )
        if replace:
            self._ship_again()
        # sudo: qifei.part.request - the settlement may end the request
        requests_sudo = self.sudo().request_id
        requests_sudo._sync_with_moves()
        requests_sudo.filtered(
            lambda request: not request.open_discrepancy_count
        ).activity_unlink(["mail.mail_activity_data_todo"])

    def _is_replaceable(self, settlement):
        """Tell whether the requester still lacks parts after such a settlement."""
        self.ensure_one()
        return (self.kind, settlement) in REPLACEABLE

    def _check_settlement(self, settlement, replace):
        self.ensure_one()
        allowed = SETTLEMENTS_BY_KIND[self.kind]
        labels = dict(self._fields["settlement"]._description_selection(self.env))
        if settlement not in allowed:
            raise UserError(
                self.env._(
                    "Say what happened to the pieces of %(discrepancy)s: %(choices)s.",
                    discrepancy=self.display_name,
                    choices=", ".join(labels[value] for value in allowed),
                )
            )
        if replace and not self._is_replaceable(settlement):
            raise UserError(
                self.env._(
                    "“%(settlement)s” leaves nothing to ship again for "
                    "%(discrepancy)s.",
                    settlement=labels[settlement],
                    discrepancy=self.display_name,
                )
            )

    def _split_off(self, quantity):
        """Leave what is beyond ``quantity`` in a discrepancy of its own."""
        self.ensure_one()
        unit = self.product_id.uom_id
        self.line_id._check_plausible({"quantity": quantity})
        if quantity is None or unit.compare(quantity, self.quantity) == 0:
            return
        if unit.compare(quantity, 0) <= 0 or unit.compare(quantity, self.quantity) > 0:
            raise UserError(
                self.env._(
                    "%(discrepancy)s: settle more than nothing and at most "
                    "%(quantity)s.",
                    discrepancy=self.display_name,
                    quantity=f"{self.quantity:g}",
                )
            )
        # sudo: qifei.part.discrepancy - the rest stays open as it was found
        self_sudo = self.sudo()
        self_sudo.copy(
            {
                "quantity": self.quantity - quantity,
                "photo_ids": [Command.set(self_sudo.photo_ids.ids)],
            }
        )
        self_sudo.quantity = quantity

    # === MOVES === #

    def _settle_found(self):
        self._move_out_of_transit("receive", lambda request: request.destination_id)

    def _settle_returned(self):
        self._move_out_of_transit("return", lambda request: request.source_id)

    def _settle_lost(self):
        """Write the pieces off where they were lost: in transit."""
        # sudo: stock.scrap - the settlement is checked above
        scraps = self.env["stock.scrap"].sudo()
        scraps.create(
            [
                {
                    "product_id": discrepancy.expected_product_id.id,
                    "lot_id": discrepancy.lot_id.id,
                    "scrap_qty": discrepancy.quantity,
                    "location_id": discrepancy.request_id._get_transit().id,
                    "company_id": discrepancy.company_id.id,
                    "origin": discrepancy.request_id.name,
                    "qifei_discrepancy_id": discrepancy.id,
                }
                for discrepancy in self.sudo()
            ]
        ).do_scrap()

    def _settle_defective(self):
        self._move_out_of_transit(
            "old", lambda request: request.company_id._get_parts_location("defective")
        )

    def _settle_accepted(self):
        self._settle_found()

    def _settle_kept(self):
        """The holder keeps what was not meant for him."""
        transfers = []
        # sudo: qifei.part.discrepancy - the settlement is checked above
        for discrepancy in self.sudo():
            request = discrepancy.request_id
            values = {"qifei_discrepancy_id": discrepancy.id}
            if discrepancy.kind == "over":
                values["qifei_request_line_id"] = discrepancy.line_id.id
            transfers.append(
                {
                    **request._prepare_transfer(),
                    "source": request.source_id,
                    "destination": request.destination_id,
                    "moves": [
                        {
                            "product": discrepancy.product_id,
                            "quantity": discrepancy.quantity,
                            "values": values,
                        }
                    ],
                }
            )
        self.env["stock.move"]._qifei_transfer("issue", transfers)
        self._settle_sent_back()

    def _settle_sent_back(self):
        """The expected pieces never left; what came instead goes back as it came."""
        self.filtered(
            lambda discrepancy: discrepancy.kind == "wrong"
        )._settle_returned()

    def _move_out_of_transit(self, purpose, get_destination):
        transfers = []
        # sudo: qifei.part.discrepancy - the settlement is checked above
        for discrepancy in self.sudo():
            request = discrepancy.request_id
            transfers.append(
                {
                    **request._prepare_transfer(),
                    "source": request._get_transit(),
                    "destination": get_destination(request),
                    "moves": [
                        {
                            "product": discrepancy.expected_product_id,
                            "quantity": discrepancy.quantity,
                            "lot": discrepancy.lot_id,
                            "values": {
                                "qifei_request_line_id": discrepancy.line_id.id,
                                "qifei_discrepancy_id": discrepancy.id,
                            },
                        }
                    ],
                }
            )
        self.env["stock.move"]._qifei_transfer(purpose, transfers)

    def _ship_again(self):
        """Open what the requester lacks for shipping."""
        quantities = {}
        for discrepancy in self:
            line = discrepancy.line_id
            quantities[line] = quantities.get(line, 0.0) + discrepancy.quantity
        # sudo: qifei.part.request - the settlement is checked above
        self.sudo().request_id._reserve(
            {line.sudo(): quantity for line, quantity in quantities.items()}
        )
