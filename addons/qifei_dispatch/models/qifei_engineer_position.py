from datetime import timedelta

from odoo import api, fields, models

from ..const import POSITION_DAYS

GC_SLICE = 10000


class QifeiEngineerPosition(models.Model):
    """Where an engineer was on the way to a customer, as his phone told it.

    A position is filed by ``qifei.engineer.share_my_position`` only: with the
    engineer's consent, within his working hours and while one of his orders is on the
    way. Dispatchers read those of their companies, an engineer his own; nobody writes
    one. It is deleted after thirty days.
    """

    _name = "qifei.engineer.position"
    _description = "Position of an engineer"
    _inherit = ["qifei.guard.mixin"]
    _order = "recorded_on desc, id desc"
    _rec_name = "recorded_on"

    engineer_id = fields.Many2one(
        "qifei.engineer", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="engineer_id.company_id", store=True, index=True, precompute=True
    )
    order_id = fields.Many2one(
        "qifei.work.order",
        string="Work order",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        help="The order the engineer was on the way to.",
    )
    latitude = fields.Float(digits=(10, 7), required=True, readonly=True)
    longitude = fields.Float(digits=(10, 7), required=True, readonly=True)
    accuracy = fields.Float(
        string="Accuracy (m)",
        digits=(10, 1),
        readonly=True,
        help="Radius the device is sure of.",
    )
    remaining_minutes = fields.Float(
        string="Minutes to go",
        digits=(10, 1),
        readonly=True,
        help="Travel from here to the customer, as it was expected at that moment.",
    )
    recorded_on = fields.Datetime(
        string="Recorded on",
        required=True,
        readonly=True,
        index=True,
        default=fields.Datetime.now,
    )

    _place_range = models.Constraint(
        "CHECK(latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)",
        "The position is not a place on earth.",
    )
    _engineer_idx = models.Index("(engineer_id, recorded_on DESC)")

    @api.autovacuum
    def _gc_positions(self):
        """Forget where engineers were longer ago than is allowed."""
        limit = fields.Datetime.now() - timedelta(days=POSITION_DAYS)
        old = self.search([("recorded_on", "<", limit)], limit=GC_SLICE)
        old.unlink()
        return len(old), len(old) == GC_SLICE
