import base64

from odoo import models
from odoo.exceptions import UserError
from odoo.tools.image import image_data_uri, image_process

from ..tools.amount_words import amount_in_words

PHOTO_SIZE = (480, 360)
PHOTO_COUNT = 4


class QifeiWorkOrder(models.Model):
    """What the printed documents of an order say, ready to be laid out."""

    _inherit = "qifei.work.order"

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Service sheet %(number)s", number=self.name)

    def _prepare_document(self):
        """Return everything a printed document shows that is not a field.

        Called on the order in the language of the document.
        """
        self.ensure_one()
        # sudo: qifei.work.order - decisions, ratings and photos belong to the document,
        # which is printed for who may read the order
        order_sudo = self.sudo()
        photos = order_sudo.photo_ids.filtered(
            lambda photo: (photo.mimetype or "").startswith("image/")
        )
        return {
            "url": order_sudo._get_message_url(),
            "address": order_sudo._write_address(order_sudo.address_id),
            "company_address": order_sudo._write_address(
                order_sudo.company_id.partner_id
            ),
            "warranty": order_sudo._describe_warranty(),
            "steps": order_sudo._get_document_steps(),
            "findings": order_sudo._get_document_findings(),
            "photos": order_sudo._get_photo_uris(photos[:PHOTO_COUNT]),
            "photos_left": order_sudo._describe_more_photos(len(photos) - PHOTO_COUNT),
            "charges": order_sudo._get_document_charges(),
            "has_taxes": bool(order_sudo.line_ids.tax_ids),
            "words": order_sudo._write_amount(order_sudo.amount_customer),
            "acceptance": order_sudo._describe_acceptance(),
            "signed_on": order_sudo._format_moment(order_sudo.signed_on),
            "done_on": order_sudo._format_moment(order_sudo.done_on),
            "estimate_signed_on": order_sudo._format_moment(
                order_sudo.estimate_signed_on
            ),
            "stars": order_sudo._get_document_stars(),
        }

    def _write_amount(self, amount):
        """Write an amount in words, in the language of the document."""
        currency = self.currency_id
        return amount_in_words(
            amount,
            currency.name,
            self.env.lang or "en_US",
            unit=currency.currency_unit_label,
            subunit=currency.currency_subunit_label,
            decimals=currency.decimal_places,
        )

    def _describe_warranty(self):
        equipment = self.equipment_id
        if not equipment:
            return ""
        states = dict(
            equipment._fields["warranty_state"]._description_selection(self.env)
        )
        if not equipment.warranty_end:
            return states[equipment.warranty_state]
        return self.env._(
            "%(state)s, until %(date)s",
            state=states[equipment.warranty_state],
            date=self._format_day(equipment.warranty_end),
        )

    def _describe_acceptance(self):
        if self.estimate_state != "accepted":
            return ""
        return self.env._(
            "Estimate of %(amount)s accepted by %(name)s on %(moment)s",
            amount=self.currency_id.format(self.estimate_amount),
            name=self.estimate_signed_by,
            moment=self._format_moment(self.estimate_signed_on),
        )

    def _describe_more_photos(self, count):
        if count <= 0:
            return ""
        return self.env._("%(count)s more in the electronic record", count=count)

    def _get_document_steps(self):
        """Return ``[(step, moment)]`` of the visit, empty moments included."""
        return [
            (self.env._("Appointment"), self._get_appointment_text()),
            (self.env._("Accepted"), self._format_moment(self.accepted_on)),
            (self.env._("Set off"), self._format_moment(self.departed_on)),
            (self.env._("Arrived"), self._format_moment(self.arrived_on)),
            (self.env._("Done"), self._format_moment(self.done_on)),
            (self.env._("Signed"), self._format_moment(self.signed_on)),
        ]

    def _get_document_findings(self):
        """Return ``[(question, answer)]`` of what was found and done."""
        findings = [
            (self.env._("Symptom"), ", ".join(self.symptom_ids.mapped("name"))),
            (self.env._("Cause"), self.cause_id.name),
            (self.env._("Location of the fault"), self.fault_location_id.name),
            (self.env._("Repair method"), self.repair_method_id.name),
        ]
        return [(question, answer) for question, answer in findings if answer]

    def _get_photo_uris(self, photos):
        """Return the photos as small data URIs, so that printing needs no network."""
        uris = []
        for photo in photos:
            try:
                raw = image_process(photo.raw, size=PHOTO_SIZE, quality=80)
            except UserError:
                # Not a picture, whatever its name says: it stays with the order only.
                continue
            uris.append(image_data_uri(base64.b64encode(raw)))
        return uris

    def _get_document_charges(self):
        coverages = dict(
            self.line_ids._fields["coverage"]._description_selection(self.env)
        )
        charges = []
        for line in self.line_ids:
            is_free = line.coverage != "customer"
            decision = line.decision_id
            charges.append(
                {
                    "line": line,
                    "coverage": coverages[line.coverage],
                    "clause": self._describe_clause(decision)
                    if is_free and decision.coverage == line.coverage
                    else "",
                    "to_pay": 0.0 if is_free else line.price_total,
                }
            )
        return charges

    def _describe_clause(self, decision):
        """Return the clause a charge is covered by, with its term."""
        if not decision.clause or not decision.date_end:
            return decision.clause or ""
        return self.env._(
            "%(clause)s, until %(date)s",
            clause=decision.clause,
            date=self._format_day(decision.date_end),
        )

    def _get_document_stars(self):
        rating = self.rating_ids.filtered("consumed")[:1]
        stars = round(rating.rating)
        return "★" * stars + "☆" * (5 - stars) if stars else ""
