from odoo import api, fields, models
from odoo.exceptions import UserError

LINK_FIELDS = ("qifei_request_id", "qifei_work_order_id")


class StockPicking(models.Model):
    """Links a transfer to the after-sales document it was made for.

    The documents make these links; nobody writes them by hand.
    """

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

    @api.model_create_multi
    def create(self, vals_list):
        pickings = super().create(vals_list)
        if not self.env.su and any(pickings.mapped(name) for name in LINK_FIELDS):
            pickings._refuse_link()
        return pickings

    def write(self, vals):
        if not self.env.su and any(
            picking[name].id != (vals[name] or False)
            for name in LINK_FIELDS
            if name in vals
            for picking in self
        ):
            self._refuse_link()
        return super().write(vals)

    def _refuse_link(self):
        raise UserError(
            self.env._(
                "%(transfer)s is linked to a part request or a work order by the "
                "document only.",
                transfer=", ".join(self.mapped("name")),
            )
        )
