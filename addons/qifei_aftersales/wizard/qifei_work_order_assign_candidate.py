from odoo import fields, models


class QifeiWorkOrderAssignCandidate(models.TransientModel):
    """One engineer in the list of candidates, with the reason of his rank."""

    _name = "qifei.work.order.assign.candidate"
    _description = "Candidate"
    _order = "sequence, id"

    wizard_id = fields.Many2one(
        "qifei.work.order.assign", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer()
    engineer_id = fields.Many2one("qifei.engineer", required=True, ondelete="cascade")
    service_point_id = fields.Many2one(related="engineer_id.service_point_id")
    availability = fields.Selection(
        [("free", "Free"), ("busy", "Busy"), ("off", "Off")],
        help="At the planned time, or now when nothing is planned.",
    )
    is_qualified = fields.Boolean()
    is_free = fields.Boolean()
    order_count = fields.Integer(string="Open orders")
    note = fields.Char()

    def action_choose(self):
        self.ensure_one()
        return self.wizard_id._assign(self.engineer_id)
