from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime

# What a scanned label says, line by line.
LABEL_SEPARATOR = "\n"
# Pieces that get a label each: those with a number of their own.
MOST_LABELS = 500


class StockPicking(models.Model):
    """What the slips and labels of a transfer of parts say, ready to be laid out.

    A slip speaks the language of the contact the parts go to or come from, and of who
    prints it when there is none.
    """

    _inherit = "stock.picking"

    def _get_parts_slip_lang(self):
        self.ensure_one()
        return self.partner_id.lang or self.env.lang

    def _get_parts_slip_title(self):
        """Return the heading of the slip, from the purpose of the transfer."""
        self.ensure_one()
        titles = {
            "ship": self.env._("Shipping slip"),
            "receive": self.env._("Receipt slip"),
            "issue": self.env._("Issue slip"),
            "return": self.env._("Return slip"),
            "use": self.env._("Slip of used parts"),
            "old": self.env._("Slip of old parts"),
        }
        return titles.get(self.qifei_purpose) or self.env._("Slip of parts")

    def _get_parts_slip_filename(self):
        self.ensure_one()
        return f"{self._get_parts_slip_title()} - {self.name}".replace("/", "-")

    def _check_parts_documents(self):
        """Raise for transfers that the user may not read, or that are none of ours.

        What a slip shows is read as superuser, so nothing else would ask.
        """
        self.check_access("read")
        for picking in self:
            if not picking.qifei_purpose:
                raise UserError(
                    self.env._(
                        "%(transfer)s moves no parts of after-sales service: print the "
                        "documents of the Inventory app.",
                        transfer=picking.name,
                    )
                )

    def _prepare_parts_slip(self):
        """Return everything a slip shows that is not a field.

        Called on the transfer in the language of the slip.
        """
        self.ensure_one()
        # sudo: stock.picking - request, order and old parts belong to the slip, which
        # is printed for who may read the transfer
        picking_sudo = self.sudo()
        request_sudo = picking_sudo.qifei_request_id
        order_sudo = picking_sudo.qifei_work_order_id
        return {
            "title": picking_sudo._get_parts_slip_title(),
            "company_address": picking_sudo.company_id.partner_id._display_address(
                without_company=True
            ).replace("\n", " "),
            "code": request_sudo.name or order_sudo.name or picking_sudo.name,
            "facts": [
                (label, value)
                for label, value in picking_sudo._get_parts_slip_facts()
                if value
            ],
            "lines": picking_sudo._get_parts_slip_lines(),
            "old_parts": picking_sudo._get_parts_slip_old_parts(),
            "note": request_sudo.note or "",
            "signatures": picking_sudo._get_parts_slip_signatures(),
        }

    def _get_parts_slip_facts(self):
        """Return ``[(label, value)]`` of the head of the slip."""
        request, order = self.qifei_request_id, self.qifei_work_order_id
        moment = self.date_done or self.scheduled_date
        return [
            (self.env._("From"), self._get_parts_place_name(self.location_id)),
            (self.env._("To"), self._get_parts_destination_name()),
            (
                self.env._("Date"),
                format_datetime(self.env, moment, dt_format="short") if moment else "",
            ),
            (self.env._("Part request"), request.name),
            (self.env._("Requested by"), request.requester_id.name),
            (
                self.env._("Needed by"),
                format_date(self.env, request.needed_on) if request.needed_on else "",
            ),
            (self.env._("Work order"), order.name or request.work_order_id.name),
            (self.env._("Carrier"), self.carrier_id.name),
            (self.env._("Tracking number"), self.carrier_tracking_ref),
        ]

    def _get_parts_destination(self):
        """Return where the parts go in the end: behind the transit, to the holder."""
        self.ensure_one()
        if self.qifei_purpose == "ship" and self.qifei_request_id:
            return self.qifei_request_id.destination_id
        return self.location_dest_id

    def _get_parts_destination_name(self):
        """Return the name of the destination; a customer's is that of the contact."""
        return self._get_parts_place_name(self._get_parts_destination())

    def _get_parts_place_name(self, place):
        """Return how people call a place: a van by its own name, without the path."""
        if place.usage in ("customer", "supplier") and self.partner_id:
            return self.partner_id.display_name
        return place.name if place.qifei_kind else place.display_name

    def _get_parts_slip_lines(self):
        """Return the parts of the slip: asked for, and what was taken with its number.

        :return: list of dicts
        """
        return [
            {
                "product": move.product_id,
                "demand": move.product_uom_qty,
                "quantity": move.quantity,
                "unit": move.product_uom.name,
                "lots": ", ".join(
                    line.lot_id.name or line.lot_name
                    for line in move.move_line_ids
                    if line.lot_id or line.lot_name
                ),
                "old_part": move.qifei_old_part_id.name or "",
            }
            for move in self.move_ids
            if move.state != "cancel"
        ]

    def _get_parts_slip_old_parts(self):
        """Return the old parts of the holder that are owed or on their way back.

        They travel with what is returned unused, so the return slip lists them.
        """
        holder = self.location_id
        if self.qifei_purpose != "return" or not (
            holder.qifei_engineer_id or holder.qifei_partner_id
        ):
            return self.env["qifei.old.part"]
        return self.env["qifei.old.part"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", ("owed", "returned")),
                ("engineer_id", "=", holder.qifei_engineer_id.id)
                if holder.qifei_engineer_id
                else ("partner_id", "=", holder.qifei_partner_id.id),
            ],
            order="due_on, id",
        )

    def _get_parts_slip_signatures(self):
        """Return who signs the slip, by its purpose."""
        sides = {
            "ship": (self.env._("Packed by"), self.env._("Handed over to")),
            "receive": (self.env._("Handed over by"), self.env._("Received by")),
            "issue": (self.env._("Issued by"), self.env._("Received by")),
            "return": (self.env._("Returned by"), self.env._("Taken back by")),
            "use": (self.env._("Fitted by"), self.env._("Customer")),
        }
        return sides.get(
            self.qifei_purpose,
            (self.env._("Handed over by"), self.env._("Received by")),
        )

    # === LABELS === #

    def _prepare_parts_labels(self):
        """Return one dict per label: one for each line, one for each numbered piece.

        ``qr`` says all of it, line by line: part, number, request, destination.
        ``barcode`` is what the scanner of the Inventory app looks for.
        """
        labels = []
        for picking in self:
            # sudo: stock.picking - request and destination belong to the label, which
            # is printed for who may read the transfer
            picking_sudo = picking.sudo()
            picking_sudo = picking_sudo.with_context(
                lang=picking_sudo._get_parts_slip_lang()
            )
            request = picking_sudo.qifei_request_id
            reference = request.name or picking_sudo.qifei_work_order_id.name
            # A prefetch of its own, or each line is read by itself.
            for line in picking_sudo.move_line_ids.with_prefetch():
                if line.state == "cancel" or line.quantity <= 0:
                    continue
                labels.append(
                    picking_sudo._prepare_parts_label(
                        line, reference or picking_sudo.name
                    )
                )
        return labels[:MOST_LABELS]

    def _prepare_parts_label(self, line, reference):
        product = line.product_id
        number = line.lot_id.name or line.lot_name or ""
        destination = self._get_parts_destination_name()
        code = product.default_code or product.barcode or product.name
        return {
            "product": product,
            "number": number,
            "quantity": line.quantity,
            "unit": line.product_uom_id.name,
            "reference": reference,
            "destination": destination,
            "needed_on": self.qifei_request_id.needed_on,
            "qr": LABEL_SEPARATOR.join((code, number, reference, destination)),
            "barcode": number or product.barcode or product.default_code or "",
        }
