from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Shows what a company demands of old parts and how it plans field stock."""

    _inherit = "res.config.settings"

    qifei_old_part_limit = fields.Integer(
        related="company_id.qifei_old_part_limit", readonly=False
    )
    qifei_overstock_days = fields.Integer(
        related="company_id.qifei_overstock_days", readonly=False
    )
    qifei_plan_lead_days = fields.Integer(
        related="company_id.qifei_plan_lead_days", readonly=False
    )
    qifei_plan_cover_days = fields.Integer(
        related="company_id.qifei_plan_cover_days", readonly=False
    )
    qifei_plan_service_level = fields.Float(
        related="company_id.qifei_plan_service_level", readonly=False
    )
