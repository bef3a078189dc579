from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Shows how the stock of vans and service points is planned."""

    _inherit = "res.config.settings"

    qifei_plan_lead_days = fields.Integer(
        related="company_id.qifei_plan_lead_days", readonly=False
    )
    qifei_plan_cover_days = fields.Integer(
        related="company_id.qifei_plan_cover_days", readonly=False
    )
    qifei_plan_service_level = fields.Float(
        related="company_id.qifei_plan_service_level", readonly=False
    )
