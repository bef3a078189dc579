from odoo import fields, models


class QifeiPartRequest(models.Model):
    """Buys what the warehouse lacks for a request, by core procurement."""

    _inherit = "qifei.part.request"

    reference_id = fields.Many2one(
        "stock.reference",
        string="Procurement",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups="stock.group_stock_user",
    )
    purchase_count = fields.Integer(
        string="Purchase orders", compute="_compute_purchases", compute_sudo=True
    )
    purchase_note = fields.Char(
        string="Ordered with", compute="_compute_purchases", compute_sudo=True
    )

    def _compute_purchases(self):
        for request in self:
            orders = request.reference_id.purchase_ids
            request.purchase_count = len(orders)
            request.purchase_note = ", ".join(orders.mapped("name"))

    def action_procure(self):
        """Have core buy what the source warehouse lacks."""
        raise NotImplementedError
