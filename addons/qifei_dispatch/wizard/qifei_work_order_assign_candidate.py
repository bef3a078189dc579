from odoo import api, fields, models


class QifeiWorkOrderAssignCandidate(models.TransientModel):
    """When the engineer could come, and what that costs."""

    _name = "qifei.work.order.assign.candidate"
    _inherit = ["qifei.work.order.assign.candidate", "qifei.guard.mixin"]

    proposed_start = fields.Datetime(string="Could begin", readonly=True)
    proposed_end = fields.Datetime(readonly=True)
    added_minutes = fields.Float(
        string="Additional travel (minutes)",
        readonly=True,
        help="How much longer the engineer is on the road that day.",
    )
    travel_minutes = fields.Float(string="Travel (minutes)", readonly=True)
    travel_km = fields.Float(string="Travel (km)", readonly=True)
    reason = fields.Json(readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_read_only(set().union(*vals_list))
        return super().create(vals_list)

    def write(self, vals):
        self._check_read_only(vals.keys())
        return super().write(vals)
