from odoo import fields, models


class StockPicking(models.Model):
    """Links a transfer to the after-sales document it was made for."""

    _inherit = "stock.picking"

    qifei_purpose = fields.Selection(related="picking_type_id.qifei_purpose")
    qifei_request_id = fields.Many2one(
        comodel_name="qifei.part.request",
        string="Part request",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    qifei_work_order_id = fields.Many2one(
        comodel_name="qifei.work.order",
        string="Work order",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )

    def _send_confirmation_email(self):
        """Announce no shipment to customers in whose homes parts were used.

        The work order tells them what was done, in the way they want to be told.
        """
        announced = self.filtered(lambda picking: picking.qifei_purpose != "use")
        return super(StockPicking, announced)._send_confirmation_email()
