from odoo import api, models
from odoo.fields import Domain

ADDRESS_FIELDS = ("street", "city", "zip", "state_id", "country_id")


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _file_booking_customer(self, contact, company):
        """Find or create the customer of a booking without login.

        A phone known to exactly one customer of the company means this customer;
        a customer shared by all companies counts only when the company has none of
        its own. A phone of several customers cannot tell which of them is meant, so
        the visitor becomes a customer of his own and nobody sees another one's
        request. Known customers are never changed.

        :param contact: dict with ``name``, ``phone`` (E.164), ``email``, ``lang``
            and the address fields
        :param company: the company of the website
        :return: one res.partner
        """
        for company_id in (company.id, False):
            found = self.search(
                Domain("phone_sanitized", "=", contact["phone"])
                & Domain("company_id", "=", company_id)
            )
            # Colleagues and their own users are no customers of a web booking.
            found = found.filtered(lambda partner: not partner._is_staff())
            customers = found.commercial_partner_id
            if len(customers) == 1:
                persons = found.filtered(lambda partner: partner.type == "contact")
                return persons[:1] or customers
            if customers:
                break
        return self.create(self._prepare_booking_customer_values(contact, company))

    def _prepare_booking_customer_values(self, contact, company):
        return {
            **{name: contact[name] for name in ADDRESS_FIELDS},
            "name": contact["name"],
            "phone": contact["phone"],
            "email": contact["email"],
            "lang": contact["lang"],
            "company_id": company.id,
        }

    def _file_booking_address(self, contact):
        """Return the address of the visit under this customer.

        An equal address is used again; otherwise a separate one is added and the
        customer's own address stays as it is.

        :param contact: dict as in ``_file_booking_customer``
        :return: one res.partner, empty without a street
        """
        self.ensure_one()
        if not contact["street"]:
            return self.browse()
        wanted = {name: contact[name] or False for name in ADDRESS_FIELDS}
        family = self | self.search([("parent_id", "=", self.id)])
        for partner in family:
            if wanted == {
                name: partner[name].id if name.endswith("_id") else partner[name]
                for name in ADDRESS_FIELDS
            }:
                return partner
        return self.create(
            {
                **wanted,
                "type": "other",
                "parent_id": self.id,
                "name": contact["name"],
                "company_id": self.company_id.id,
            }
        )

    def _is_staff(self):
        """Tell whether the partner belongs to an internal user."""
        return any(not user.share for user in self.user_ids)
