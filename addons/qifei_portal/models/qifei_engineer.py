from collections import Counter
from datetime import timedelta

import pytz

from odoo import api, fields, models

from ..const import (
    BOOKING_DAYS,
    BOOKING_ENGINEERS_SHOWN,
    BOOKING_LEAD_HOURS,
    BOOKING_SLOTS,
)
from ..tools.windows import build_windows


class QifeiEngineer(models.Model):
    _inherit = "qifei.engineer"

    @api.model
    def _get_booking_windows(self, company, order=None):
        """Return the windows of the next days with the engineers free in them.

        Days on which nobody works are left out as long as engineers are known at all.
        Which visit it is for does not matter here; an addon that plans routes does
        look at it.

        :param company: the company of the website
        :param order: qifei.work.order of the visit, one that is not saved yet included
        :return: tuple of a list of ``tools.windows.Window`` and the engineers
        """
        engineers = self.search([("company_id", "=", company.id)])
        zone = pytz.timezone(engineers._get_service_zone(company))
        now = pytz.utc.localize(fields.Datetime.now()).astimezone(zone)
        days = self._get_booking_days(company) + 1
        free = engineers._get_free_windows(now, now + timedelta(days=days))
        windows = build_windows(
            now.date(),
            days,
            BOOKING_SLOTS,
            zone,
            not_before=now + timedelta(hours=BOOKING_LEAD_HOURS),
            free=free,
        )
        if engineers:
            working_days = {
                window.start.date() for window in windows if window.engineer_ids
            }
            windows = [
                window for window in windows if window.start.date() in working_days
            ]
        return windows, engineers

    @api.model
    def _get_booking_days(self, company):
        """Return how many days ahead times are offered."""
        return BOOKING_DAYS

    def _get_service_zone(self, company):
        """Return the time zone in which these engineers keep appointments.

        It is the one most of them work in; without engineers that of the company.
        """
        zones = Counter(engineer.tz for engineer in self)
        if zones:
            return zones.most_common(1)[0][0]
        return company.resource_calendar_id.tz or "UTC"

    def _get_booking_cards(self, windows):
        """Return what a customer may know of the engineers he can choose.

        :param windows: list of ``tools.windows.Window``
        :return: list of dicts, best rated first
        """
        available = set().union(*(window.engineer_ids for window in windows))
        offered = self.filtered(lambda engineer: engineer.id in available)
        best = offered.sorted(lambda engineer: (-engineer.rating_avg, engineer.id))[
            :BOOKING_ENGINEERS_SHOWN
        ]
        return [
            {
                "id": engineer.id,
                "name": engineer._get_public_name(),
                "image": engineer.partner_id.avatar_128,
                "rating": engineer.rating_avg,
                "rating_count": engineer.rating_count,
                "skills": engineer.skill_ids.mapped("name")[:3],
                "windows": [
                    window.key
                    for window in windows
                    if engineer.id in window.engineer_ids
                ],
            }
            for engineer in best
        ]

    def _get_public_name(self):
        """Return the name strangers see: the first name, never the whole one."""
        self.ensure_one()
        first, *others = self.name.split()
        if others or first.isascii():
            return first
        # A name without blanks, as in Chinese, begins with the family name.
        return self.env._("Engineer %(surname)s", surname=first[0])
