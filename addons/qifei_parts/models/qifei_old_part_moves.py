from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..const import OLD_PART_DISPOSITIONS

DISPOSITIONS = [key for key, _label in OLD_PART_DISPOSITIONS]


class QifeiOldPart(models.Model):
    """How old parts move through the stock; each step is a core transfer."""

    _inherit = "qifei.old.part"

    def _move(self, source, destination, partner, order=False):
        """Move the pieces in one picking for each way and partner.

        :param source: function of a piece, the stock.location it lies at
        :param destination: function of a piece, the stock.location it goes to
        :param partner: function of a piece, the res.partner of the picking
        :param order: whether each order gets a picking of its own
        :return: stock.picking, one for each way and partner
        """
        # sudo: qifei.old.part - holders hand in pieces of orders they do not read
        ways = self.sudo().grouped(
            lambda part: (
                source(part),
                destination(part),
                partner(part),
                order and part.order_id,
            )
        )
        return self.env["stock.move"]._qifei_transfer(
            "old",
            [
                {
                    "source": way_source,
                    "destination": way_destination,
                    "partner": way_partner,
                    "origin": parts._get_origin(),
                    "picking_values": {
                        "qifei_work_order_id": way_order and way_order.id
                    },
                    "moves": [part._prepare_move() for part in parts],
                }
                for (
                    way_source,
                    way_destination,
                    way_partner,
                    way_order,
                ), parts in ways.items()
            ],
        )

    def _get_origin(self):
        """Name the pieces on a document, the orders for many."""
        names = self.mapped("name")
        if len(names) > 5:
            names = [*names[:5], f"+{len(names) - 5}"]
        return ", ".join(names)

    def _prepare_move(self):
        self.ensure_one()
        return {
            "product": self.product_id,
            "quantity": self.quantity,
            "lot": self.lot_id,
            "values": {"qifei_old_part_id": self.id},
        }

    def _get_holder_partner(self):
        self.ensure_one()
        return self.engineer_id.partner_id or self.partner_id

    # === ON THE WAY === #

    def _collect(self):
        """Take the pieces out of the customers' machines to their holders."""
        self._move(
            lambda part: part._get_customer().property_stock_customer,
            lambda part: part.location_id,
            lambda part: part._get_customer(),
            order=True,
        )

    def _get_customer(self):
        self.ensure_one()
        return self.order_id.partner_id.with_company(self.company_id)

    def _move_to_transit(self):
        transit = self._get_transit_locations()
        self._move(
            lambda part: part.location_id,
            lambda part: transit[part.company_id],
            lambda part: part._get_holder_partner(),
        )

    def _move_back_to_holder(self):
        transit = self._get_transit_locations()
        self._move(
            lambda part: transit[part.company_id],
            lambda part: part.location_id,
            lambda part: part._get_holder_partner(),
        )

    def _move_to_defective(self):
        transit = self._get_transit_locations()
        defective = self._get_defective_locations()
        self._move(
            lambda part: transit[part.company_id],
            lambda part: defective[part.company_id],
            lambda part: part._get_holder_partner(),
        )

    def _get_transit_locations(self):
        return {
            company: company._get_old_transit_location() for company in self.company_id
        }

    def _get_defective_locations(self):
        return {
            company: company._get_parts_location("defective")
            for company in self.company_id
        }

    def _get_stock_locations(self):
        return {
            company: company._get_parts_warehouse().lot_stock_id
            for company in self.company_id
        }

    # === DECISION === #

    def _decide(self, disposition, vendor):
        """Write the decision of the inspection after checking that it can be done."""
        for part in self:
            decision = disposition or part.disposition
            repair = part.repair_id
            if decision not in DISPOSITIONS:
                raise UserError(
                    self.env._(
                        "Say what happens to %(part)s: scrap, repair, supplier or "
                        "stock.",
                        part=part.name,
                    )
                )
            if decision != "repair" and repair.state not in (False, "cancel"):
                raise UserError(
                    self.env._(
                        "%(part)s is being repaired by %(repair)s: cancel the repair "
                        "before you decide otherwise.",
                        part=part.name,
                        repair=repair.name,
                    )
                )
            supplier = self.env["res.partner"]
            if decision == "supplier":
                supplier = vendor or part.vendor_id or part._get_default_vendor()
                if not supplier:
                    raise UserError(
                        self.env._(
                            "%(product)s has no supplier: choose one to send %(part)s "
                            "to.",
                            product=part.product_id.display_name,
                            part=part.name,
                        )
                    )
            part._as_own_step().write(
                {
                    "disposition": decision,
                    "vendor_id": supplier.id,
                    "repair_id": repair.id if decision == "repair" else False,
                }
            )

    def _get_default_vendor(self):
        """Return who supplies the part to the company, empty when nobody does."""
        self.ensure_one()
        sellers = self.product_id.seller_ids.filtered(
            lambda seller: seller.company_id.id in (False, self.company_id.id)
        )
        return sellers[:1].partner_id

    def _add_photos(self, photos):
        """Show the photos on each piece; a copy for every piece after the first."""
        if not photos:
            return
        photos.check_access("read")
        for number, part in enumerate(self):
            values = {"res_model": self._name, "res_id": part.id}
            if number:
                shown = photos.copy(values)
            else:
                photos.write(values)
                shown = photos
            part._as_own_step().write(
                {"photo_ids": [Command.link(photo.id) for photo in shown]}
            )

    def _start_repairs(self):
        """Make a core repair order for each piece that is to be repaired."""
        parts = self.filtered(
            lambda part: (
                part.disposition == "repair"
                and part.repair_id.state in (False, "cancel")
            )
        )
        defective = parts._get_defective_locations()
        stock = parts._get_stock_locations()
        repairs = self.env["repair.order"].create(
            [
                {
                    "company_id": part.company_id.id,
                    "product_id": part.product_id.id,
                    "product_qty": part.quantity,
                    "product_uom": part.uom_id.id,
                    "lot_id": part.lot_id.id,
                    "product_location_src_id": defective[part.company_id].id,
                    "product_location_dest_id": stock[part.company_id].id,
                    "internal_notes": part.inspection_note,
                }
                for part in parts
            ]
        )
        repairs._action_repair_confirm()
        for part, repair in zip(parts, repairs, strict=True):
            part._as_own_step().write({"repair_id": repair.id})

    # === END === #

    def _carry_out(self):
        """Do what was decided, each kind of decision in one transfer."""
        by_decision = self.grouped("disposition")
        nothing = self.browse()
        undecided = by_decision.get(False, nothing)
        if undecided:
            raise UserError(
                self.env._(
                    "Inspect %(part)s before you settle it.", part=undecided[0].name
                )
            )
        by_decision.get("repair", nothing)._check_repaired()
        defective = self._get_defective_locations()
        by_decision.get("supplier", nothing)._move(
            lambda part: defective[part.company_id],
            lambda part: (
                part.vendor_id.with_company(part.company_id).property_stock_supplier
            ),
            lambda part: part.vendor_id,
        )
        stock = self._get_stock_locations()
        by_decision.get("stock", nothing)._move(
            lambda part: defective[part.company_id],
            lambda part: stock[part.company_id],
            lambda part: self.env["res.partner"],
        )
        by_decision.get("scrap", nothing)._scrap(
            lambda part: defective[part.company_id]
        )

    def _check_repaired(self):
        for part in self:
            repair = part.repair_id
            if repair.state == "done":
                continue
            if repair.state in (False, "cancel"):
                raise UserError(
                    self.env._(
                        "The repair of %(part)s was cancelled: inspect it once more "
                        "and decide anew.",
                        part=part.name,
                    )
                )
            raise UserError(
                self.env._(
                    "%(part)s is being repaired by %(repair)s and is settled by itself "
                    "when the repair is done.",
                    part=part.name,
                    repair=repair.name,
                )
            )

    def _settle_repaired(self):
        """The repair is done and has moved the piece: nothing is left to do."""
        for part in self:
            part.repair_id.move_id.qifei_old_part_id = part
        self._apply_transition(
            "settle", {"settled_on": self.env.cr.now().replace(microsecond=0)}
        )

    def _write_off(self):
        """Scrap the pieces where they are: at the holder's, or lost on the way."""
        transit = self._get_transit_locations()
        self._scrap(
            lambda part: (
                part.location_id if part.state == "owed" else transit[part.company_id]
            )
        )

    def _scrap(self, location):
        """Scrap the pieces with one core scrap each, all moved in one go.

        :param location: function of a piece, the stock.location it lies at
        """
        numbers = self._number_scraps()
        # sudo: stock.scrap - the role to settle was checked by the step
        scraps_sudo = (
            self.env["stock.scrap"]
            .sudo()
            .create(
                [
                    {
                        "name": numbers[part],
                        "company_id": part.company_id.id,
                        "origin": part.name,
                        "product_id": part.product_id.id,
                        "product_uom_id": part.uom_id.id,
                        "lot_id": part.lot_id.id,
                        "scrap_qty": part.quantity,
                        "location_id": location(part).id,
                    }
                    for part in self
                ]
            )
        )
        self._move_scrapped(dict(zip(self, scraps_sudo, strict=True)))
        scraps_sudo.write(
            {"state": "done", "date_done": self.env.cr.now().replace(microsecond=0)}
        )

    def _number_scraps(self):
        """Take a number of core's scraps for each piece.

        :return: ``{piece: number}``
        """
        numbers = {}
        for company, parts in self.grouped("company_id").items():
            taken = self.env["ir.sequence"]._next_numbers(
                "stock.scrap", len(parts), company
            )
            numbers.update(zip(parts, taken, strict=True))
        return numbers

    def _move_scrapped(self, scrap_of):
        """Move the pieces to where core scraps to, in one picking for each way."""
        ways = self.grouped(
            lambda part: (
                scrap_of[part].location_id,
                scrap_of[part].scrap_location_id,
            )
        )
        transfers = []
        for (source, destination), parts in ways.items():
            moves = []
            for part in parts:
                move = part._prepare_move()
                move["values"]["scrap_id"] = scrap_of[part].id
                moves.append(move)
            transfers.append(
                {
                    "source": source,
                    "destination": destination,
                    "partner": self.env["res.partner"],
                    "origin": parts._get_origin(),
                    "picking_values": {},
                    "moves": moves,
                }
            )
        self.env["stock.move"]._qifei_transfer("old", transfers)
