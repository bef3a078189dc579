from odoo import models
from odoo.exceptions import UserError

from odoo.addons.qifei_base.tools.texts import clean_line

# A number on a piece; what is longer was no number.
LONGEST_NUMBER = 64


class QifeiWorkOrderPart(models.Model):
    """How parts are used: checks, moves, the record of the machine and old parts."""

    _inherit = "qifei.work.order.part"

    def _use(self, values=None):
        """Take parts from van or service point to the customer's, all in one batch.

        :param values: ``{part: [{"quantity": float, "lot": stock.lot, "serial": str,
            "old_serial": str, "product": product.product}]}``; ``lot`` or ``serial``
            for parts with serial numbers, ``old_serial`` is the number of the piece
            taken out, ``product`` a substitute of the planned part. All that is planned
            and not used yet when left out
        :return: the done pickings, one for each order and place
        :raise UserError: a piece is not there, used already, or the quantity is none
        """
        self._check_step("use")
        self._claim()
        if values is None:
            values = self._prepare_planned_values()
        self._check_quantities(values)
        uses = self._prepare_uses(values)
        parts = self.union(*(use["part"] for use in uses))
        held = self.filtered("quantity_held")
        self._release(("use",))
        parts._find_pieces(uses)
        transfers = {}
        for use in uses:
            use["part"]._add_move(
                transfers, "use", use["source"], use["quantity"], lot=use["lot"]
            )
        pickings = self._transfer("use", transfers)
        parts._after_use(uses, pickings)
        rest = (parts & held) | parts.filtered("quantity_open")
        rest._reserve_free(with_warehouse=False)
        parts.filtered(
            lambda part: part.quantity_reserved and part.state == "used"
        )._release()
        return pickings

    def _prepare_planned_values(self):
        """Return what is planned and not used yet, without pieces with numbers."""
        values = {}
        for part in self:
            quantity = max(part.quantity - part.quantity_used, part.quantity_open)
            if part._compare(quantity) > 0:
                values[part] = (
                    part._prepare_open_values()
                    if part.tracking == "serial" and part.quantity_open
                    else [{"quantity": quantity}]
                )
        if not values:
            raise UserError(
                self.env._(
                    "%(parts)s of %(orders)s have been used already.",
                    parts=", ".join(self.product_id.mapped("display_name")),
                    orders=", ".join(self.order_id.mapped("name")),
                )
            )
        return values

    def _prepare_uses(self, values):
        """Return one dict for each use, with its part after substitution."""
        uses = []
        for part, lines in values.items():
            for line in lines:
                product = line.get("product") or part.product_id
                target = part
                if product != part.product_id:
                    target = part._substitute(product, line["quantity"])
                uses.append(
                    {
                        "part": target,
                        "product": product,
                        "quantity": line["quantity"],
                        "lot": line.get("lot") or self.env["stock.lot"],
                        "serial": clean_line(line.get("serial"), LONGEST_NUMBER),
                        "old_serial": clean_line(
                            line.get("old_serial"), LONGEST_NUMBER
                        ),
                    }
                )
        return uses

    # === SUBSTITUTES === #

    def _substitute(self, product, quantity):
        """Plan a substitute instead of this part, for this quantity.

        :return: the part of the order with the substitute
        :raise UserError: ``product`` is no substitute of the part
        """
        self.ensure_one()
        if product not in self.product_id._get_substitutes():
            raise UserError(
                self.env._(
                    "%(product)s is no substitute of %(planned)s: choose one from its "
                    "list of substitutes.",
                    product=product.display_name,
                    planned=self.product_id.display_name,
                )
            )
        original = self.substitute_for_id or self.product_id
        rest = self.quantity - quantity
        is_touched = self.quantity_issued or self.quantity_used
        if not is_touched and self._compare(rest) <= 0:
            self._as_own_step().write(
                {"product_id": product.id, "substitute_for_id": original.id}
            )
            return self
        kept = max(rest, self.quantity_used + self.quantity_open)
        if self._compare(kept) > 0:
            self._as_own_step().write({"quantity": kept})
        return (
            self._as_own_step()
            .create(
                {
                    "order_id": self.order_id.id,
                    "product_id": product.id,
                    "substitute_for_id": original.id,
                    "quantity": quantity,
                }
            )
            .with_env(self.env)
        )

    # === PIECES === #

    def _find_pieces(self, uses):
        """Fill in from which place each piece is taken, and which piece it is.

        :raise UserError: a serial number is missing, wrong, or given twice
        """
        places = self._get_places()
        pieces = self._get_pieces(places)
        free = self._get_free(self.env["stock.location"].union(*places.values()))
        seen = set()
        for use in uses:
            part = use["part"]
            if part.tracking != "none" and (use["lot"] or use["serial"]):
                use["lot"], use["source"] = part._find_piece(use, pieces, places)
            elif part.tracking == "serial":
                raise UserError(
                    self.env._(
                        "Scan or enter the serial number of %(product)s for %(order)s.",
                        product=part.product_id.display_name,
                        order=part.order_id.name,
                    )
                )
            else:
                use["source"] = part._choose_source(
                    use["quantity"], places[part.id], free
                )
            if part.tracking == "serial":
                part._check_piece(use, seen)

    def _choose_source(self, quantity, places, free):
        """Return the first place that has enough; the van is asked when none has."""
        self.ensure_one()
        for place in places:
            key = self.product_id.id, place.id
            if self._compare(free.get(key, 0.0), quantity) >= 0:
                free[key] -= quantity
                return place
        return places[:1] or self.order_id.engineer_id._get_van()

    def _get_pieces(self, places):
        """Return ``{(product id, number): [(location, lot)]}`` of what they carry."""
        tracked = self.filtered(lambda part: part.tracking != "none")
        pieces = {}
        if not tracked:
            return pieces
        # sudo: stock.quant, stock.lot - numbers of the pieces the engineer carries
        quants_sudo = (
            self.env["stock.quant"]
            .sudo()
            .search(
                [
                    ("product_id", "in", tracked.product_id.ids),
                    (
                        "location_id",
                        "child_of",
                        self.env["stock.location"].union(*places.values()).ids,
                    ),
                    ("lot_id", "!=", False),
                    ("quantity", ">", 0),
                ]
            )
        )
        for quant in quants_sudo:
            key = quant.product_id.id, quant.lot_id.name
            pieces.setdefault(key, []).append((quant.location_id, quant.lot_id))
        return pieces

    def _find_piece(self, use, pieces, places):
        """Return lot and place of the piece with the number that was given.

        :raise UserError: the engineer does not have it; says what he has
        """
        self.ensure_one()
        # sudo: stock.lot - the number of the piece that was given
        name = use["lot"].sudo().name or use["serial"]
        for place in places[self.id]:
            for location, lot in pieces.get((self.product_id.id, name), ()):
                if location._child_of(place) and (not use["lot"] or lot == use["lot"]):
                    return lot, place
        used = self._get_earlier_use(name)
        if used:
            raise UserError(
                self.env._(
                    "%(product)s %(serial)s was used on %(order)s already: a piece is "
                    "used once.",
                    product=self.product_id.display_name,
                    serial=name,
                    order=used.name,
                )
            )
        have = sorted(
            key[1]
            for key, found in pieces.items()
            if key[0] == self.product_id.id
            and any(
                location._child_of(place)
                for location, _lot in found
                for place in places[self.id]
            )
        )
        raise UserError(
            self.env._(
                "%(engineer)s does not have %(product)s %(serial)s. There are: "
                "%(serials)s.",
                engineer=self.engineer_id.name,
                product=self.product_id.display_name,
                serial=name,
                serials=", ".join(have) or self.env._("none"),
            )
        )

    def _get_earlier_use(self, name):
        """Return the order that used the piece with this number, as superuser.

        A use that was undone in the Inventory app is none.
        """
        # sudo: stock.move.line - the order's number, to say where the piece went
        move_sudo = (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("lot_id.name", "=", name),
                    ("product_id", "=", self.product_id.id),
                    ("move_id.qifei_purpose", "=", "use"),
                    ("state", "=", "done"),
                    ("company_id", "=", self.company_id.id),
                ],
                order="id desc",
                limit=1,
            )
            .move_id
        )
        if move_sudo.origin_returned_move_id:
            return self.env["qifei.work.order"]
        return move_sudo.qifei_order_part_id.order_id

    def _check_piece(self, use, seen):
        """Raise when one piece is to be used more than once."""
        self.ensure_one()
        key = self.product_id, use["lot"]
        if key in seen or self._compare(use["quantity"], 1.0):
            raise UserError(
                self.env._(
                    "%(product)s %(serial)s is one piece: it cannot be used twice.",
                    product=self.product_id.display_name,
                    serial=use["lot"].name,
                )
            )
        seen.add(key)

    # === AFTERWARDS === #

    def _after_use(self, uses, pickings):
        """Charge what was used, write it to the machines, ask for the old parts."""
        self._sync_charges()
        self.env["qifei.equipment.part"]._fit(uses, pickings)
        self.env["qifei.old.part"]._open_for(
            [
                {
                    "order_part": use["part"],
                    "quantity": use["quantity"],
                    "source": use["source"],
                    "product": use["old_product"],
                    "old_serial": use["old_serial"],
                }
                for use in uses
            ]
        )
