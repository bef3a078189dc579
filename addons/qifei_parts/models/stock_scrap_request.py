from odoo import fields, models


class StockScrap(models.Model):
    """Links what is written off to the discrepancy that it settles."""

    _inherit = "stock.scrap"

    qifei_discrepancy_id = fields.Many2one(
        comodel_name="qifei.part.discrepancy",
        string="Discrepancy",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _prepare_move_values(self):
        values = super()._prepare_move_values()
        discrepancy = self.qifei_discrepancy_id
        if discrepancy:
            values["qifei_discrepancy_id"] = discrepancy.id
            values["qifei_request_line_id"] = discrepancy.line_id.id
        return values
