from odoo import api, fields, models


class QifeiEngineer(models.Model):
    """Shows what the engineer still has to bring back."""

    _inherit = "qifei.engineer"

    old_part_count = fields.Float(
        string="Old parts owed",
        compute="_compute_old_parts",
        digits="Product Unit",
        help="Pieces he keeps or has sent that are not received yet.",
    )
    old_part_overdue_count = fields.Float(
        string="Overdue old parts", compute="_compute_old_parts", digits="Product Unit"
    )

    @api.depends_context("uid")
    def _compute_old_parts(self):
        parts = self.env["qifei.old.part"]
        balance = parts._get_balance(self._origin) if parts.has_access("read") else {}
        for engineer in self:
            sums = balance.get(engineer._origin.id, {})
            engineer.old_part_count = sums.get("owed", 0.0) + sums.get("returned", 0.0)
            engineer.old_part_overdue_count = sums.get("overdue", 0.0)

    def action_view_old_parts(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "qifei_parts.qifei_old_part_action"
            ),
            "domain": [("engineer_id", "=", self.id)],
            "context": {"search_default_open": 1},
        }
