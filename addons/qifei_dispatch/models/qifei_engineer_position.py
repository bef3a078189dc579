from odoo import fields, models


class QifeiEngineerPosition(models.Model):
    """Where an engineer was on his way to a customer; kept for thirty days."""

    _name = "qifei.engineer.position"
    _description = "Position of an engineer"
    _inherit = ["qifei.guard.mixin"]
    _order = "recorded_on desc, id desc"
    _rec_name = "recorded_on"

    engineer_id = fields.Many2one(
        "qifei.engineer", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="engineer_id.company_id", store=True, index=True, precompute=True
    )
    order_id = fields.Many2one(
        "qifei.work.order", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    latitude = fields.Float(digits=(10, 7), readonly=True)
    longitude = fields.Float(digits=(10, 7), readonly=True)
    accuracy = fields.Float(string="Accuracy (m)", digits=(10, 1), readonly=True)
    recorded_on = fields.Datetime(required=True, readonly=True, index=True)
