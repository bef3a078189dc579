from odoo import fields, models


class QifeiWorkOrderWindow(models.Model):
    """A time within which the customer was promised that the visit begins."""

    _name = "qifei.work.order.window"
    _description = "Promised time"
    _inherit = ["qifei.guard.mixin"]
    _order = "date_from, id"
    _rec_name = "date_from"

    order_id = fields.Many2one(
        "qifei.work.order", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, index=True, precompute=True
    )
    date_from = fields.Datetime(string="From", required=True)
    date_to = fields.Datetime(string="To", required=True)

    _times_order = models.Constraint(
        "CHECK(date_to >= date_from)", "The promised time ends before it starts."
    )
