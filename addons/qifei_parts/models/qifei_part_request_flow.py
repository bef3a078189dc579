from odoo import fields, models
from odoo.exceptions import AccessError, UserError
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
            lambda move: (
                move.qifei_purpose == purpose
                and move.state not in ("draft", "done", "cancel")
            )
        )

    def _cancel_moves(self):
        moves = self._get_open_moves("ship")
        moves.picking_id.action_cancel()

    # === SHIP === #

    def _ship(self, quantities=None, carrier=None, tracking=None):
        """Send a consignment; the rest stays in a core back order.

        :param quantities: ``{line: quantity}``, all that is there when left out
        :param carrier: delivery.carrier
        :param str tracking: tracking number
        :return: the shipped pickings
        :raise UserError: more than is granted, or than lies at the source
        """
        self.ensure_one()
        self._check_shippable()
        self._claim()
        moves = self._get_open_moves("ship")
        if quantities is None:
            moves._action_assign()
            wanted = {move: move.quantity for move in moves if move.quantity > 0}
        else:
            wanted = self._spread_over_moves(moves, quantities)
        if not wanted:
            raise UserError(
                self.env._(
                    "Nothing of %(request)s can be shipped now: say how many of which "
                    "part, or wait until they are there.",
                    request=self.name,
                )
            )
        moves.picking_id.write(
            {
                "carrier_id": carrier.id if carrier else False,
                "carrier_tracking_ref": tracking or False,
            }
        )
        moves = self.env["stock.move"].union(*wanted)
        pickings = moves._qifei_validate(
            {move.with_env(self.env): quantity for move, quantity in wanted.items()}
        )
        self._tell_shipped(pickings)
        return pickings

    def _check_shippable(self):
        """Raise unless a consignment may be sent in this state by this user."""
        if self.state != "shipped":
            self._check_transition("reship" if self.state == "received" else "ship")
        elif not self._may_use_transition(self._get_transitions()["ship"]):
            raise AccessError(
                self.env._(
                    "The consignments of %(request)s are sent by parts keepers: ask "
                    "one of them.",
                    request=self.name,
                )
            )

    def _spread_over_moves(self, moves, quantities):
        """Return ``{move: quantity}`` for what is wanted of each line.

        :raise UserError: less than none, or more than is still to be shipped
        """
        wanted = {}
        by_line = moves.grouped("qifei_request_line_id")
        for line, quantity in quantities.items():
            unit = line.product_id.uom_id
            line_moves = by_line.get(line.sudo(), moves.browse())
            still_open = sum(line_moves.mapped("product_uom_qty"))
            if unit.compare(quantity, 0) < 0:
                raise UserError(
                    self.env._(
                        "%(request)s: fewer than none of %(product)s cannot be "
                        "shipped.",
                        request=self.name,
                        product=line.product_id.display_name,
                    )
                )
            if line.request_id != self or unit.compare(quantity, still_open) > 0:
                raise UserError(
                    self.env._(
                        "%(request)s: %(open)s of %(product)s are granted and still to "
                        "be shipped, not %(quantity)s.",
                        request=self.name,
                        open=f"{still_open:g}",
                        product=line.product_id.display_name,
                        quantity=f"{quantity:g}",
                    )
                )
            # What is reserved goes first, or it would stay behind for nothing.
            for move in line_moves.sorted("quantity", reverse=True):
                taken = min(quantity, move.product_uom_qty)
                if unit.compare(taken, 0) > 0:
                    wanted[move] = taken
                    quantity -= taken
        return wanted

    def _tell_shipped(self, pickings):
        # sudo: stock.picking - what is on its way, for the people who wait for it
        for picking in pickings.sudo():
            self.message_post(
                body=self.env._(
                    "On its way: %(consignment)s",
                    consignment=picking._get_consignment_note(),
                ),
                subtype_xmlid="mail.mt_comment",
            )

    def _make_receipts(self, shipped_moves):
        """Announce done consignments at the destination, each in a picking of its own.

        The moves hang on those that shipped them, so that what is received are the
        pieces that were sent.
        """
        transfers = []
        by_picking = shipped_moves.grouped("picking_id")
        for picking, moves in by_picking.items():
            request = picking.qifei_request_id
            transfers.append(
                {
                    **request._prepare_transfer(),
                    "source": picking.location_dest_id,
                    "destination": request.destination_id,
                    "moves": [
                        {
                            "product": move.product_id,
                            "quantity": move.quantity,
                            "values": {
                                "qifei_request_line_id": move.qifei_request_line_id.id,
                                "move_orig_ids": [Command.link(move.id)],
                            },
                        }
                        for move in moves
                    ],
                }
            )
        receipts = self.env["stock.move"]._qifei_reserve("receive", transfers)
        # sudo: stock.move - core leaves what hangs on other moves waiting
        receipts.sudo().move_ids._action_assign()

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
        self.ensure_one()
        self._check_transition("receive")
        if not self.env.su and not self._is_keeper():
            self._check_own_place()
        self._claim()
        moves = self._get_arriving_moves(consignments)
        pool = self._get_pool(moves)
        good, discrepancies = self._compare_counts(pool, counts)
        # sudo: qifei.part.discrepancy - holders report, parts keepers settle
        opened = self.env["qifei.part.discrepancy"].sudo().create(discrepancies)
        opened._own_photos()
        self._book_good(moves, good)
        # sudo: qifei.part.request - the count may be the last step
        self.sudo()._sync_with_moves()
        self._tell_received(opened)
        return opened.with_env(self.env)

    def _receive_all(self):
        """Receive everything on the way as good."""
        self._receive(
            [
                {"line": line, "lot": lot, "good": quantity}
                for line, lot, quantity in self._get_pool(
                    self._get_open_moves("receive")
                )
            ]
        )

    def _get_arriving_moves(self, consignments=None):
        """Return the moves that a count is about.

        :raise UserError: nothing is on the way
        """
        moves = self._get_open_moves("receive")
        if consignments is not None:
            moves = moves.filtered(lambda move: move.picking_id.id in consignments.ids)
        if not moves:
            raise UserError(
                self.env._(
                    "Nothing of %(request)s is on the way at this moment: what was "
                    "shipped is received already.",
                    request=self.name,
                )
            )
        return moves

    def _get_pool(self, moves):
        """Return what is on the way as ``[(line, lot, quantity)]``."""
        pool = {}
        for move_line in moves.move_line_ids:
            key = (move_line.move_id.qifei_request_line_id, move_line.lot_id)
            pool[key] = pool.get(key, 0.0) + move_line.quantity_product_uom
        return [
            (line.with_env(self.env), lot, quantity)
            for (line, lot), quantity in pool.items()
            if line
        ]

    def _get_expected(self):
        """Return what is on the way as values of lines of the receiving wizard."""
        self.ensure_one()
        return [
            {
                "line_id": line.id,
                "lot_id": lot.id,
                "expected": quantity,
            }
            for line, lot, quantity in self._get_pool(self._get_open_moves("receive"))
        ]

    def _compare_counts(self, pool, counts):
        """Compare what was counted with what is on the way.

        :param pool: what ``_get_pool`` returned
        :return: good pieces as ``{(line, lot): quantity}``, and the values of the
            discrepancies
        """
        left = {(line, lot): quantity for line, lot, quantity in pool}
        good, discrepancies = {}, []
        for count in counts:
            self._check_count(count, left)
            self._check_photos(count)
        for name in ("good", "damaged", "wrong"):
            for count in counts:
                for key, quantity in self._take(left, count, count.get(name) or 0.0):
                    if name == "good":
                        good[key] = good.get(key, 0.0) + quantity
                    else:
                        discrepancies.append(
                            self._prepare_discrepancy(name, key, quantity, count)
                        )
        for count in counts:
            if count["line"].product_id.uom_id.compare(count.get("over") or 0.0, 0) > 0:
                key = (count["line"], self.env["stock.lot"])
                discrepancies.append(
                    self._prepare_discrepancy("over", key, count["over"], count)
                )
        notes = {count["line"]: count.get("note") for count in counts}
        for key, quantity in left.items():
            if key[0].product_id.uom_id.compare(quantity, 0) > 0:
                discrepancies.append(
                    self._prepare_discrepancy(
                        "short", key, quantity, {"note": notes.get(key[0])}
                    )
                )
        return good, discrepancies

    def _check_count(self, count, left):
        """Raise for a count that cannot be, before anything is booked."""
        line = count["line"]
        product = line.product_id
        unit = product.uom_id
        values = {name: count.get(name) or 0.0 for name in COUNTS}
        if any(unit.compare(value, 0) < 0 for value in values.values()):
            raise UserError(
                self.env._(
                    "%(request)s: count %(product)s from zero upwards.",
                    request=self.name,
                    product=product.display_name,
                )
            )
        expected = sum(
            quantity
            for (pool_line, lot), quantity in left.items()
            if pool_line == line and (not count.get("lot") or lot == count["lot"])
        )
        counted = values["good"] + values["damaged"] + values["wrong"]
        if unit.compare(counted, expected) > 0:
            raise UserError(
                self.env._(
                    "%(request)s: %(expected)s of %(product)s are on the way, "
                    "%(counted)s are counted. Enter what is beyond as “too many”.",
                    request=self.name,
                    expected=f"{expected:g}",
                    product=product.display_name,
                    counted=f"{counted:g}",
                )
            )
        self._check_wrong_product(count, values)

    def _check_wrong_product(self, count, values):
        line = count["line"]
        came = count.get("product")
        if values["wrong"] > 0 and (not came or came == line.product_id):
            raise UserError(
                self.env._(
                    "%(request)s: say which part came instead of %(product)s.",
                    request=self.name,
                    product=line.product_id.display_name,
                )
            )
        if (values["wrong"] > 0 or values["damaged"] > 0) and not count.get("photos"):
            raise UserError(
                self.env._(
                    "%(request)s: take a photo of the damaged or wrong %(product)s, "
                    "the warehouse has to see it.",
                    request=self.name,
                    product=line.product_id.display_name,
                )
            )

    def _check_photos(self, count):
        """Only photos that the one who counts may see are shown to others."""
        photos = count.get("photos")
        if photos and not photos.with_env(self.env).has_access("read"):
            raise UserError(
                self.env._("Add photos of your own: one of these is not yours to show.")
            )

    def _take(self, left, count, quantity):
        """Take pieces of a line out of ``left``, those of the counted lot first.

        :return: list of ((line, lot), quantity)
        """
        line, lot = count["line"], count.get("lot")
        unit = line.product_id.uom_id
        taken = []
        for key in left:
            if key[0] != line or (lot and key[1] != lot):
                continue
            part = min(quantity, left[key])
            if unit.compare(part, 0) > 0:
                left[key] -= part
                quantity -= part
                taken.append((key, part))
        if unit.compare(quantity, 0) > 0:
            raise UserError(
                self.env._(
                    "%(request)s: more of %(product)s are counted than are on the way. "
                    "Enter what is beyond as “too many”.",
                    request=self.name,
                    product=line.product_id.display_name,
                )
            )
        return taken

    def _prepare_discrepancy(self, kind, key, quantity, count):
        line, lot = key
        product = count["product"] if kind == "wrong" else line.product_id
        photos = count.get("photos") if kind != "short" else None
        return {
            "request_id": self.id,
            "line_id": line.id,
            "kind": kind,
            "product_id": product.id,
            "lot_id": lot.id,
            "quantity": quantity,
            "note": count.get("note") or False,
            "photo_ids": [Command.set(photos.ids if photos else [])],
        }

    def _book_good(self, moves, good):
        """Do the receipts with the good pieces; the others stay in transit."""
        for move_line in moves.move_line_ids:
            key = (
                move_line.move_id.qifei_request_line_id.with_env(self.env),
                move_line.lot_id,
            )
            quantity = min(move_line.quantity, good.get(key, 0.0))
            if quantity:
                good[key] -= quantity
            move_line.quantity = quantity
        arrived = moves.filtered(lambda move: move.quantity > 0)
        (moves - arrived)._action_cancel()
        arrived.picked = True
        arrived.picking_id.with_context(cancel_backorder=True)._action_done()

    def _tell_received(self, discrepancies):
        self.message_post(
            body=(
                self.env._(
                    "Received with differences: %(differences)s",
                    differences="; ".join(discrepancies.mapped("display_name")),
                )
                if discrepancies
                else self.env._("Received as shipped.")
            ),
            subtype_xmlid="mail.mt_comment" if discrepancies else "mail.mt_note",
        )

    # === FOLLOW THE MOVES === #

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
        values = []
        suspects = lines.filtered(lambda line: line.quantity_transit > 0)
        if not suspects:
            return
        expected = {}
        # sudo: stock.move - asked after moves of any stock user
        for line, demand in (
            self.env["stock.move"]
            .sudo()
            ._read_group(
                [
                    ("qifei_request_line_id", "in", suspects.ids),
                    ("qifei_purpose", "=", "receive"),
                    ("state", "not in", ("draft", "done", "cancel")),
                ],
                ["qifei_request_line_id"],
                ["product_uom_qty:sum"],
            )
        ):
            expected[line.id] = demand
        for discrepancy in suspects.request_id.discrepancy_ids:
            if discrepancy.state == "open" and discrepancy.kind != "over":
                line_id = discrepancy.line_id.id
                expected[line_id] = expected.get(line_id, 0.0) + discrepancy.quantity
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
