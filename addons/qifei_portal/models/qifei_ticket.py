import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError


class QifeiTicket(models.Model):
    """Adds the booking on the website and what a customer does with his ticket.

    The methods here are called by the controllers in superuser mode, after they have
    checked that the visitor is the customer of the ticket.
    """

    _inherit = "qifei.ticket"

    # Who holds the token acts as the customer, so a service partner, who reads the
    # ticket, must not read it.
    access_token = fields.Char(
        default=lambda self: self._default_access_token(), groups="base.group_user"
    )
    booking_token = fields.Char(
        copy=False,
        readonly=True,
        groups="base.group_system",
        help="Identifies one submission of the booking page, sent once or twice.",
    )
    consent_on = fields.Datetime(
        string="Consent given",
        copy=False,
        readonly=True,
        help="When the customer agreed to the use of the data on the booking page.",
    )

    _booking_token_uniq = models.UniqueIndex(
        "(booking_token) WHERE booking_token IS NOT NULL",
        "This booking has been filed already.",
    )

    @api.model
    def _default_access_token(self):
        return str(uuid.uuid4())

    # === BOOKING === #

    @api.model
    def _file_booking(self, values, *, booking_token, contact, photos, customer=None):
        """File a booking of the website: customer, address, ticket and photos.

        :param values: field values of the ticket, with ``company_id``
        :param booking_token: the token of the submitted form
        :param contact: see ``res.partner._file_booking_customer``
        :param photos: list of ``qifei_base.tools.photos.Photo``
        :param customer: the res.partner who is logged in; otherwise found by phone
        :return: the new ticket
        """
        company = self.env["res.company"].browse(values["company_id"])
        partners = self.env["res.partner"].with_company(company)
        partner = customer or partners._file_booking_customer(contact, company)
        address = partner._file_booking_address(contact)
        ticket = self.with_company(company).create(
            {
                **values,
                "partner_id": partner.id,
                "booking_token": booking_token,
                "consent_on": fields.Datetime.now(),
                # Never left to the default: a scanned machine may stand elsewhere.
                "address_id": (address or partner).id,
            }
        )
        ticket._attach_photos(photos)
        return ticket

    def _attach_photos(self, photos):
        """Keep the pictures of the customer with the ticket."""
        self.ensure_one()
        attachments = self.env["ir.attachment"].create(
            [
                {
                    "name": f"{self.name}-{number}{photo.suffix}",
                    "raw": photo.content,
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for number, photo in enumerate(photos, 1)
            ]
        )
        attachments.generate_access_token()

    def _get_photos(self):
        """Return the pictures of the ticket, oldest first."""
        self.ensure_one()
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("res_field", "=", False),
                ("mimetype", "=like", "image/%"),
            ],
            order="id",
        )

    # === CUSTOMER === #

    def _can_customer_change(self):
        """A booking is the customer's own until somebody has taken it on."""
        self.ensure_one()
        return self.state == "new"

    def _cancel_by_customer(self, reason):
        self._check_customer_change()
        self.action_cancel(reason=reason or self.env._("Cancelled by the customer"))

    def _reschedule_by_customer(self, start, stop):
        """Wish for another time.

        :param start: naive UTC datetime
        :param stop: naive UTC datetime
        """
        self._check_customer_change()
        self.write({"preferred_start": start, "preferred_end": stop})

    def _reopen_by_customer(self, reason):
        self.ensure_one()
        self.action_reopen()
        self.message_post(
            body=reason,
            author_id=self.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _check_customer_change(self):
        if not self._can_customer_change():
            raise UserError(
                self.env._(
                    "%(ticket)s is being worked on and cannot be changed here any "
                    "more. Write to us below or call us.",
                    ticket=self.name,
                )
            )
