from odoo import fields, models


class ResCompany(models.Model):
    """How much the vans and service points of a company are meant to hold."""

    _inherit = "res.company"

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
