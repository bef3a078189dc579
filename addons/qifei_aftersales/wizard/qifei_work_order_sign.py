from odoo import fields, models


class QifeiWorkOrderSign(models.TransientModel):
    """The customer signs on the device of the engineer."""

    _name = "qifei.work.order.sign"
    _description = "Signature of the customer"

    order_id = fields.Many2one("qifei.work.order", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="order_id.currency_id", related_sudo=False)
    diagnosis = fields.Text(related="order_id.diagnosis", related_sudo=False)
    amount_customer = fields.Monetary(
        related="order_id.amount_customer", related_sudo=False
    )
    signed_by = fields.Char(string="Name", required=True)
    signature = fields.Binary(required=True)
    remark = fields.Text()

    def action_confirm(self):
        self.ensure_one()
        self.order_id.check_access("write")
        self.order_id._sign(self.signed_by, self.signature, self.remark)
        return {"type": "ir.actions.act_window_close"}
