from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

COUNTS = ("good", "damaged", "wrong", "over")


class QifeiPartRequest(models.Model):
    """The core moves behind a request.

    A consignment is a done picking of the purpose *ship* into transit and a picking of
    the purpose *receive* out of it. ``_sync_with_moves`` lets the state of a request
    follow its moves, whoever validated or cancelled them.
    """

    _inherit = "qifei.part.request"

    # === RESERVE === #

    def _reserve(self, quantities):
        """Make the pickings that ship, and reserve what is there.

        :param quantities: ``{qifei.part.request.line: quantity}``
        """
        transfers = []
        lines = self.env["qifei.part.request.line"].union(*quantities)
        for request, request_lines in lines.grouped("request_id").items():
            transfers.append(
                {
                    **request._prepare_transfer(),
                    "source": request.source_id,
                    "destination": request._get_transit(),
                    "moves": [
                        line._prepare_move(quantities[line]) for line in request_lines
                    ],
                }
            )
        self.env["stock.move"]._qifei_reserve("ship", transfers)

    def _prepare_transfer(self):
        """Return what all pickings of the request have in common."""
        self.ensure_one()
        return {
            "partner": self.partner_id or self.engineer_id.partner_id,
            "origin": self.name,
            "picking_values": {
                "qifei_request_id": self.id,
                "qifei_work_order_id": self.work_order_id.id,
            },
        }

    def _get_transit(self):
        return self.company_id._get_parts_location("transit")

    def _get_open_moves(self, purpose):
        """Return the moves of a purpose that are neither done nor cancelled."""
        # sudo: stock.move - holders act on the moves of their requests
        return self.sudo().line_ids.move_ids.filtered(
            lambda move: move.qifei_purpose == purpose
            and move.state not in ("draft", "done", "cancel")
        )

    def _cancel_moves(self):
        moves = self._get_open_moves("ship")
        moves.picking_id.action_cancel()

    # === SHIP === #

    def _ship(self, quantities=None, carrier=None, tracking=None):
        """Send a consignment; the rest stays in a core back order.

        :param quantities: ``{line: quantity}``, all that is open when left out
        :param carrier: delivery.carrier
        :param str tracking: tracking number
        :return: the shipped pickings
        :raise UserError: more than is granted, or than lies at the source
        """
        raise NotImplementedError

    # === RECEIVE === #

    def _receive(self, counts, consignments=None):
        """Book what was counted, and open a discrepancy for what differs.

        What is not counted is short. State and role are checked here; that the place
        is the user's is checked for everybody but parts keepers and the superuser.

        :param counts: list of dicts, one for each line or each of its lots, with
            ``line`` (qifei.part.request.line), ``good``, ``damaged``, ``wrong``,
            ``over`` (quantities, 0 when left out), ``lot`` (stock.lot, when the part is
            tracked and it matters which), ``product`` (what came instead, for
            ``wrong``), ``photos`` (ir.attachment records, required for damaged and
            wrong) and ``note``
        :param consignments: stock.picking records of the purpose *receive*; all that
            are on the way when left out
        :return: the discrepancies that were opened
        :raise UserError: over-receipt that is not named ``over``, negative counts
        """
        raise NotImplementedError

    def _receive_all(self):
        """Receive everything on the way as good."""
        raise NotImplementedError

    # === FOLLOW THE MOVES === #

    def _sync_with_moves(self):
        """Bring the states up to what core moves say; called after any of them."""
