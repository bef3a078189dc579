from datetime import timedelta
from math import floor

from odoo import api, fields, models
from odoo.exceptions import UserError


class QifeiOldPart(models.Model):
    """How obligations begin: a part was used, the old one must come back."""

    _inherit = "qifei.old.part"

    @api.model
    def _open_for(self, uses):
        """Open the obligations of parts that were just used, in one batch.

        Call it after the use moves are done, with everything that was used; what need
        not come back is left out here. The old pieces are collected at once from the
        customer's location into the old-parts location of the holder. A part counted in
        units or with serial numbers opens one obligation for each piece.

        :param list uses: one dict for each use:

            * ``order_part``: the qifei.work.order.part (its order gives customer,
              company and engineer)
            * ``quantity``: float, in the unit of the product
            * ``source``: the stock.location the new part was used from, a van or a
              service point
            * ``product`` (optional): product.product of the old piece; the product of
              the need when left out
            * ``old_serial`` (optional): text, lot or serial number of the old piece;
              a piece with unknown number gets the number of its obligation
            * ``is_owed`` (optional): True or False instead of what the product says

        :return: the qifei.old.part records (sudo), in the order of ``uses``
        :raise UserError: the old serial number lies in stock, or is given for several
            pieces
        """
        # sudo: qifei.old.part - obligations come from uses that were checked, only
        parts_sudo = self.sudo()
        pieces = [piece for use in uses for piece in parts_sudo._prepare_pieces(use)]
        if not pieces:
            return parts_sudo.browse()
        parts_sudo._check_serials(pieces)
        opened_sudo = parts_sudo.create(pieces)
        opened_sudo._assign_lots()
        opened_sudo._collect()
        return opened_sudo

    @api.model
    def _prepare_pieces(self, use):
        """Return the values of the obligations of one use."""
        # sudo: qifei.work.order.part - the use of this part was checked before
        need = use["order_part"].sudo()
        product = (use.get("product") or need.product_id).with_env(need.env)
        # The number that was replaced may be older than the demand to return it.
        rule = product if product.qifei_old_part_return else need.product_id
        is_owed = use.get("is_owed")
        if is_owed is None:
            is_owed = rule.qifei_old_part_return
        if not is_owed:
            return []
        quantities = self._split_pieces(product, use["quantity"])
        serial = (use.get("old_serial") or "").strip() or False
        if serial and product.tracking == "serial" and len(quantities) > 1:
            raise UserError(
                self.env._(
                    "The serial number %(serial)s is given for %(count)s pieces of "
                    "%(product)s: give each piece its own.",
                    serial=serial,
                    count=len(quantities),
                    product=product.display_name,
                )
            )
        order = need.order_id
        today = fields.Date.context_today(self)
        values = {
            "company_id": order.company_id.id,
            "order_id": order.id,
            "order_part_id": need.id,
            "product_id": product.id,
            "serial": serial,
            "due_on": today + timedelta(days=rule.qifei_old_part_days),
            **self._prepare_holder(use["source"].with_env(need.env), order),
        }
        return [{**values, "quantity": quantity} for quantity in quantities]

    @api.model
    def _split_pieces(self, product, quantity):
        """Return the quantities of single pieces; what is measured stays together."""
        is_counted = product.tracking == "serial" or product.uom_id == self.env.ref(
            "uom.product_uom_unit"
        )
        if not is_counted:
            return [quantity]
        whole = floor(quantity + product.uom_id.rounding / 2)
        rest = product.uom_id.round(quantity - whole)
        return [1.0] * whole + ([rest] if rest > 0 else [])

    @api.model
    def _prepare_holder(self, source, order):
        """Return who owes the piece: the engineer of the van, or the service point."""
        point = source.qifei_partner_id
        if source.qifei_kind == "point" and point:
            return {
                "engineer_id": False,
                "partner_id": point.id,
                "location_id": point._get_old_location(order.company_id).id,
            }
        engineer = source.qifei_engineer_id or order.engineer_id
        if not engineer:
            raise UserError(
                self.env._(
                    "Nobody answers for the old part of %(order)s: assign the order to "
                    "an engineer.",
                    order=order.name,
                )
            )
        return {
            "engineer_id": engineer.id,
            "partner_id": engineer.service_point_id.commercial_partner_id.id,
            "location_id": engineer._get_old_location().id,
        }

    # === SERIAL NUMBERS === #

    @api.model
    def _check_serials(self, pieces):
        """Refuse serial numbers that cannot have been in the machine.

        :param pieces: values of obligations
        """
        tracked = self._filter_tracked(pieces)
        numbers = [
            (piece["product_id"], piece["serial"])
            for piece in tracked
            if self.env["product.product"].browse(piece["product_id"]).tracking
            == "serial"
        ]
        for product_id, serial in numbers:
            if numbers.count((product_id, serial)) > 1:
                raise UserError(
                    self.env._(
                        "The serial number %(serial)s is given for several pieces of "
                        "%(product)s: give each piece its own.",
                        serial=serial,
                        product=self.env["product.product"]
                        .browse(product_id)
                        .display_name,
                    )
                )
        lots = self._find_lots(tracked)
        serials = self.env["stock.lot"].union(
            *(lots[number] for number in numbers if number in lots)
        )
        if not serials:
            return
        self._check_not_in_stock(serials)
        self._check_not_just_fitted(serials, pieces)

    @api.model
    def _filter_tracked(self, pieces):
        products = self.env["product.product"].browse(
            {piece["product_id"] for piece in pieces}
        )
        tracked = products.filtered(lambda product: product.tracking != "none")
        return [
            piece
            for piece in pieces
            if piece["serial"] and piece["product_id"] in tracked.ids
        ]

    @api.model
    def _find_lots(self, pieces):
        """Return ``{(product id, number): stock.lot}`` of the pieces that have one."""
        if not pieces:
            return {}
        lots = self.env["stock.lot"].search(
            [
                ("product_id", "in", [piece["product_id"] for piece in pieces]),
                ("name", "in", [piece["serial"] for piece in pieces]),
                ("company_id", "in", [False, *(p["company_id"] for p in pieces)]),
            ]
        )
        return {(lot.product_id.id, lot.name): lot for lot in lots}

    @api.model
    def _check_not_in_stock(self, serials):
        quant = self.env["stock.quant"].search(
            [
                ("lot_id", "in", serials.ids),
                ("location_id.usage", "in", ("internal", "transit")),
                ("quantity", ">", 0),
            ],
            limit=1,
        )
        if quant:
            raise UserError(
                self.env._(
                    "%(product)s with serial number %(serial)s lies at %(place)s and "
                    "cannot come out of a machine: check the number.",
                    product=quant.product_id.display_name,
                    serial=quant.lot_id.name,
                    place=quant.location_id.name,
                )
            )

    @api.model
    def _check_not_just_fitted(self, serials, pieces):
        line = self.env["stock.move.line"].search(
            [
                (
                    "move_id.qifei_order_part_id",
                    "in",
                    [piece["order_part_id"] for piece in pieces],
                ),
                ("move_id.qifei_purpose", "=", "use"),
                ("state", "=", "done"),
                ("lot_id", "in", serials.ids),
            ],
            limit=1,
        )
        if line:
            raise UserError(
                self.env._(
                    "%(serial)s is the serial number of the new %(product)s: give that "
                    "of the old one.",
                    serial=line.lot_id.name,
                    product=line.product_id.display_name,
                )
            )

    def _assign_lots(self):
        """Give tracked pieces their lot; unknown ones are known by their obligation."""
        tracked = self.filtered(lambda part: part.product_id.tracking != "none")
        known = self._find_lots(
            [
                {
                    "product_id": part.product_id.id,
                    "serial": part.serial,
                    "company_id": part.company_id.id,
                }
                for part in tracked
                if part.serial
            ]
        )
        missing = {}
        for part in tracked:
            key = (part.product_id.id, part.serial or part.name)
            if key not in known:
                missing.setdefault(
                    key,
                    {
                        "product_id": part.product_id.id,
                        "name": part.serial or part.name,
                        "company_id": part.company_id.id,
                    },
                )
        lots = self.env["stock.lot"].create(list(missing.values()))
        known.update(zip(missing, lots, strict=True))
        for part in tracked:
            part.lot_id = known[(part.product_id.id, part.serial or part.name)]
