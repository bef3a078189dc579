from odoo import fields, models


class QifeiPartRequest(models.Model):
    """Lets a request follow its core moves, whoever validated or cancelled them."""

    _inherit = "qifei.part.request"

    def _sync_with_moves(self):
        """Bring the states up to what core moves say; called after any of them."""
        requests = self.filtered(
            lambda request: request.state in ("approved", "shipped", "received")
        )
        if not requests:
            return
        requests._find_lost_track()
        totals = requests._get_move_totals()
        for request in requests:
            request._follow_moves(*totals[request.id])

    def _get_move_totals(self):
        """Return ``{request id: (to ship, shipped, on the way)}`` in one query."""
        lines = self.line_ids
        totals = {request.id: [0.0, 0.0, 0.0] for request in self}
        # sudo: stock.move - asked after moves of any stock user
        for line, purpose, state, quantity, demand in (
            self.env["stock.move"]
            .sudo()
            ._read_group(
                [
                    ("qifei_request_line_id", "in", lines.ids),
                    ("qifei_purpose", "in", ("ship", "receive")),
                    ("state", "not in", ("draft", "cancel")),
                ],
                ["qifei_request_line_id", "qifei_purpose", "state"],
                ["quantity:sum", "product_uom_qty:sum"],
            )
        ):
            total = totals[line.request_id.id]
            if purpose == "ship" and state == "done":
                total[1] += quantity
            elif purpose == "ship":
                total[0] += demand
            elif state != "done":
                total[2] += demand
        return totals

    def _follow_moves(self, to_ship, shipped, on_the_way):
        """Take one request as far as its moves have come."""
        now = fields.Datetime.now()
        if self.state == "approved" and shipped:
            self._apply_transition("ship", {"shipped_on": now})
        elif self.state == "approved" and not to_ship:
            self._apply_transition("cancel", {"closed_on": now})
        if self.state == "received" and on_the_way:
            self._apply_transition("reship", {"received_on": False})
        if self.state == "shipped" and not to_ship and not on_the_way:
            self._apply_transition("receive", {"received_on": now})
        if self.state == "received" and not to_ship:
            self.invalidate_recordset(["open_discrepancy_count"])
            if not self.open_discrepancy_count:
                self._apply_transition("finish", {"done_on": now})

    def _find_lost_track(self):
        """Open a shortage for pieces in transit that nothing moves on any more.

        Somebody has cancelled a receipt in the Inventory app, or validated it without a
        back order: the pieces would be forgotten in transit.
        """
        lines = self.line_ids
        lines.invalidate_recordset(["quantity_transit"])
        suspects = lines.filtered(lambda line: line.quantity_transit > 0)
        if not suspects:
            return
        expected = suspects._get_expected_in_transit()
        values = []
        for line in suspects:
            lost = line.quantity_transit - expected.get(line.id, 0.0)
            if line.product_id.uom_id.compare(lost, 0) > 0:
                values += [
                    line.request_id._prepare_discrepancy(
                        "short",
                        (line, lot),
                        quantity,
                        {
                            "note": self.env._(
                                "The receipt was ended in the Inventory app."
                            )
                        },
                    )
                    for lot, quantity in line._get_untracked(lost)
                ]
        # sudo: qifei.part.discrepancy - found by the program
        self.env["qifei.part.discrepancy"].sudo().create(values)
