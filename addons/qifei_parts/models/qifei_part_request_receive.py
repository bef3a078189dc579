from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

COUNTS = ("good", "damaged", "wrong", "over")


class QifeiPartRequest(models.Model):
    """Receiving: what was counted is compared with what is on the way.

    What is good goes to its holder, what differs stays in transit until its
    discrepancy is settled.
    """

    _inherit = "qifei.part.request"

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
        if line.request_id != self:
            raise UserError(
                self.env._(
                    "Count the parts of %(request)s only: one of these lines belongs "
                    "to another request.",
                    request=self.name,
                )
            )
        for value in values.values():
            line._check_plausible({"quantity": value})
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
