from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Shows how a company travels and what counts in its plans."""

    _inherit = "res.config.settings"

    dispatch_speed = fields.Float(related="company_id.dispatch_speed", readonly=False)
    dispatch_detour = fields.Float(related="company_id.dispatch_detour", readonly=False)
    dispatch_osrm_url = fields.Char(
        related="company_id.dispatch_osrm_url",
        readonly=False,
        groups="base.group_system",
    )
    dispatch_weight_travel = fields.Float(
        related="company_id.dispatch_weight_travel", readonly=False
    )
    dispatch_weight_late = fields.Float(
        related="company_id.dispatch_weight_late", readonly=False
    )
    dispatch_weight_preferred = fields.Float(
        related="company_id.dispatch_weight_preferred", readonly=False
    )
    dispatch_weight_affinity = fields.Float(
        related="company_id.dispatch_weight_affinity", readonly=False
    )
    dispatch_weight_change = fields.Float(
        related="company_id.dispatch_weight_change", readonly=False
    )
    dispatch_seconds = fields.Integer(
        related="company_id.dispatch_seconds", readonly=False
    )
    dispatch_slot_days = fields.Integer(
        related="company_id.dispatch_slot_days", readonly=False
    )
