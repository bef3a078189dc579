from odoo import fields, models


class QifeiOldPartWaive(models.TransientModel):
    """Asks why old parts need not come back."""

    _name = "qifei.old.part.waive"
    _description = "Waive old parts"

    old_part_ids = fields.Many2many(
        "qifei.old.part", "qifei_old_part_waive_rel", string="Old parts", required=True
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.ensure_one()
        self.old_part_ids.action_waive(self.reason)
        return {"type": "ir.actions.act_window_close"}
