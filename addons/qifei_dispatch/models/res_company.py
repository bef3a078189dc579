from datetime import datetime
from urllib.parse import urlsplit

from pytz import UTC, timezone

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """How a company travels and what counts in its plans."""

    _inherit = "res.company"

    dispatch_speed = fields.Float(
        string="Speed (km/h)",
        default=30.0,
        help="Average speed on the road, used without a route server.",
    )
    dispatch_detour = fields.Float(
        string="Detour",
        default=1.3,
        help="How much longer the road is than the straight line, used without a route "
        "server.",
    )
    dispatch_osrm_url = fields.Char(
        string="Route server",
        # The address may hold a password.
        groups="base.group_system",
        help="Address of an OSRM server, such as http://osrm.example.com:5000. Leave "
        "empty to estimate travel from the straight line.",
    )
    dispatch_weight_travel = fields.Float(
        string="Travel",
        default=1.0,
        help="Price of a minute on the road. The other prices are compared with it.",
    )
    dispatch_weight_late = fields.Float(
        string="Lateness",
        default=4.0,
        help="Price of a minute after the deadline of the ticket.",
    )
    dispatch_weight_preferred = fields.Float(
        string="Another engineer than wished",
        default=30.0,
        help="Price of sending somebody else, in minutes on the road.",
    )
    dispatch_weight_affinity = fields.Float(
        string="An engineer who does not know the machine",
        default=15.0,
        help="Price of sending somebody else than who was there last, in minutes on "
        "the road.",
    )
    dispatch_weight_change = fields.Float(
        string="Change of engineer",
        default=10.0,
        help="Price of giving an assigned order to somebody else, in minutes on the "
        "road.",
    )
    dispatch_seconds = fields.Integer(
        string="Seconds of planning",
        default=20,
        help="How long a plan is improved before it is shown.",
    )
    dispatch_slot_days = fields.Integer(
        string="Days offered for booking",
        default=14,
        help="How far ahead free times are looked for.",
    )

    _dispatch_travel_range = models.Constraint(
        "CHECK(dispatch_speed BETWEEN 1 AND 300 AND dispatch_detour BETWEEN 1 AND 10)",
        "The speed lies between 1 and 300 km/h, the detour between 1 and 10.",
    )
    _dispatch_weight_range = models.Constraint(
        "CHECK(dispatch_weight_travel BETWEEN 0 AND 10000 "
        "AND dispatch_weight_late BETWEEN 0 AND 10000 "
        "AND dispatch_weight_preferred BETWEEN 0 AND 10000 "
        "AND dispatch_weight_affinity BETWEEN 0 AND 10000 "
        "AND dispatch_weight_change BETWEEN 0 AND 10000)",
        "A price of planning lies between 0 and 10,000.",
    )
    _dispatch_duration_range = models.Constraint(
        "CHECK(dispatch_seconds BETWEEN 1 AND 60 "
        "AND dispatch_slot_days BETWEEN 1 AND 60)",
        "A plan takes between 1 and 60 seconds; between 1 and 60 days are offered.",
    )

    # === CHECKS === #

    @api.constrains("dispatch_osrm_url")
    def _check_dispatch_osrm_url(self):
        # sudo: res.company - the address is checked, whoever writes it
        for company in self.sudo():
            address = company.dispatch_osrm_url
            if not address:
                continue
            try:
                parts = urlsplit(address)
                is_address = parts.scheme in ("http", "https") and parts.hostname
            except ValueError:
                is_address = False
            if not is_address:
                raise ValidationError(
                    self.env._(
                        "“%(address)s” is no address of a route server: write it like "
                        "http://osrm.example.com:5000.",
                        address=address,
                    )
                )

    # === CALENDAR === #

    def _get_dispatch_tz(self):
        """Return the name of the time zone whose days are planned."""
        self.ensure_one()
        # sudo: res.company - working hours and address of the company, for everybody
        company_sudo = self.sudo()
        return (
            company_sudo.resource_calendar_id.tz or company_sudo.partner_id.tz or "UTC"
        )

    def _get_dispatch_today(self):
        """Return the day that the company has at this moment."""
        now = datetime.now(UTC).astimezone(timezone(self._get_dispatch_tz()))
        return now.date()
