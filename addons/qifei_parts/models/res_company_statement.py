from datetime import datetime

from pytz import UTC, timezone

from odoo import models


class ResCompany(models.Model):
    """The calendar by which a company's statements are cut."""

    _inherit = "res.company"

    def _get_parts_tz(self):
        """Return the name of the time zone in which the company's months begin."""
        self.ensure_one()
        # sudo: res.company - working hours and address of the company, for everybody
        company_sudo = self.sudo()
        return (
            company_sudo.resource_calendar_id.tz or company_sudo.partner_id.tz or "UTC"
        )

    def _get_parts_today(self):
        """Return the day that the company has at this moment."""
        now = datetime.now(UTC).astimezone(timezone(self._get_parts_tz()))
        return now.date()
