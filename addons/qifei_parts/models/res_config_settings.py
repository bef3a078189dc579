from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Shows the rules of a company for old parts and for overstock."""

    _inherit = "res.config.settings"

    qifei_old_part_limit = fields.Integer(
        related="company_id.qifei_old_part_limit", readonly=False
    )
    qifei_overstock_days = fields.Integer(
        related="company_id.qifei_overstock_days", readonly=False
    )
