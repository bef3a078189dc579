from odoo import api, fields, models

from ..models.qifei_part_discrepancy import SETTLEMENTS, SETTLEMENTS_BY_KIND


def get_settlements(kind):
    """Return the selection of what may settle a discrepancy of this kind."""
    return [item for item in SETTLEMENTS if item[0] in SETTLEMENTS_BY_KIND[kind]]


class QifeiPartDiscrepancySettle(models.TransientModel):
    """Asks how a discrepancy is settled."""

    _name = "qifei.part.discrepancy.settle"
    _description = "Settle a discrepancy"
    _inherit = ["qifei.part.quantity.mixin"]

    discrepancy_id = fields.Many2one(
        "qifei.part.discrepancy", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(related="discrepancy_id.kind")
    product_id = fields.Many2one(related="discrepancy_id.product_id")
    lot_name = fields.Char(related="discrepancy_id.lot_name")
    note = fields.Text(related="discrepancy_id.note")
    photo_ids = fields.Many2many(related="discrepancy_id.photo_ids")
    quantity = fields.Float(
        digits="Product Unit",
        compute="_compute_quantity",
        store=True,
        readonly=False,
        precompute=True,
    )
    short_settlement = fields.Selection(
        get_settlements("short"), string="What about the missing ones"
    )
    damaged_settlement = fields.Selection(
        get_settlements("damaged"), string="What about the damaged ones"
    )
    extra_settlement = fields.Selection(
        get_settlements("over"), string="What about these pieces"
    )
    replace = fields.Boolean(string="Ship again what is lacking")
    can_replace = fields.Boolean(compute="_compute_can_replace")

    @api.depends("discrepancy_id")
    def _compute_quantity(self):
        for wizard in self:
            wizard.quantity = wizard.discrepancy_id.quantity

    @api.depends("kind", "short_settlement", "damaged_settlement", "extra_settlement")
    def _compute_can_replace(self):
        for wizard in self:
            wizard.can_replace = wizard.discrepancy_id._is_replaceable(
                wizard._get_settlement()
            )

    def _get_settlement(self):
        return {
            "short": self.short_settlement,
            "damaged": self.damaged_settlement,
        }.get(self.kind, self.extra_settlement)

    def action_confirm(self):
        self.ensure_one()
        self.discrepancy_id._settle(
            self._get_settlement(),
            replace=self.replace and self.can_replace,
            quantity=self.quantity,
        )
        return {"type": "ir.actions.act_window_close"}
