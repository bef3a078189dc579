from datetime import datetime

from pytz import UTC, timezone

from odoo import fields, models
from odoo.exceptions import UserError


class ResCompany(models.Model):
    """What a company demands of parts, and where and by which calendar it has them."""

    _inherit = "res.company"

    qifei_old_part_limit = fields.Integer(
        string="Overdue old parts allowed",
        help="Whoever owes more overdue pieces of a part than this cannot request that "
        "part until he has returned them. 0 means no limit.",
    )
    qifei_overstock_days = fields.Integer(
        string="Days without use",
        default=90,
        help="A part that was not used for so long counts as overstock where it lies.",
    )
    qifei_plan_lead_days = fields.Integer(
        string="Days until a part arrives",
        default=7,
        help="From the request of a van or a service point to the arrival there.",
    )
    qifei_plan_cover_days = fields.Integer(
        string="Days one delivery lasts",
        default=30,
        help="The maximum is the minimum and the use of this time.",
    )
    qifei_plan_service_level = fields.Float(
        string="Probability of having the part",
        default=0.95,
        help="How often the stock shall last until the next delivery.",
    )

    _qifei_old_part_limit_positive = models.Constraint(
        "CHECK(qifei_old_part_limit >= 0)",
        "The number of overdue old parts allowed cannot be negative.",
    )
    _qifei_overstock_days_positive = models.Constraint(
        "CHECK(qifei_overstock_days > 0)",
        "The days without use must be more than zero.",
    )
    _qifei_plan_days_range = models.Constraint(
        "CHECK(qifei_plan_lead_days BETWEEN 0 AND 365 "
        "AND qifei_plan_cover_days BETWEEN 0 AND 730)",
        "Planning days lie between none and a year, two years for what a delivery "
        "lasts.",
    )
    _qifei_plan_service_level_range = models.Constraint(
        "CHECK(qifei_plan_service_level BETWEEN 0.5 AND 0.999)",
        "The probability of having a part lies between 50% and 99.9%.",
    )

    # === PLACES === #

    def _get_parts_warehouse(self):
        """Return the warehouse that parts come from.

        :raise UserError: the company has no warehouse
        """
        self.ensure_one()
        # sudo: stock.warehouse - asked by documents of users without stock rights
        warehouse = (
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id", "=", self.id)], limit=1)
        )
        if not warehouse:
            raise UserError(
                self.env._(
                    "%(company)s has no warehouse: create one in the Inventory app.",
                    company=self.name,
                )
            )
        return warehouse

    def _get_parts_location(self, kind):
        """Return the company's own place of this kind; it is made when missing.

        :param kind: ``field``, ``transit`` or ``defective``
        """
        self.ensure_one()
        # sudo: res.company - its name, for users of other companies
        company_sudo = self.sudo()
        names = {
            "field": self.env._("After-sales %(company)s", company=company_sudo.name),
            "transit": self.env._("In transit"),
            "defective": self.env._("Defective parts"),
        }
        usages = {"field": "view", "transit": "transit", "defective": "internal"}
        return self.env["stock.location"]._get_or_make_qifei_place(
            company_sudo, kind, names[kind], usage=usages[kind]
        )

    def _get_old_transit_location(self):
        """Return where old parts are on their way back; it is made when missing.

        They travel apart from new parts: what lies here is worth nothing, and nobody
        can take an old piece for one that was shipped.
        """
        self.ensure_one()
        return self.env["stock.location"]._get_or_make_qifei_place(
            self, "old", self.env._("Old parts on their way back"), usage="transit"
        )

    # === CALENDAR === #

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
