import re

from odoo import api, models
from odoo.fields import Domain

# Shorter numbers are parts of names and references more often than of phones.
MIN_PHONE_DIGITS = 5


class ResPartner(models.Model):
    """Lets people find a customer by phone number wherever they find him by name."""

    _inherit = "res.partner"

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        if operator not in ("ilike", "=ilike", "=") or not isinstance(value, str):
            return domain
        if len(re.sub(r"\D", "", value)) < MIN_PHONE_DIGITS:
            return domain
        if re.search(r"[^\d\s+()./-]", value):
            return domain
        return Domain(domain) | Domain("phone_mobile_search", "ilike", value)
