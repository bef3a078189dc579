from odoo import api, fields, models


class ResPartner(models.Model):
    """Shows what the service point still has to bring back."""

    _inherit = "res.partner"

    qifei_old_part_count = fields.Float(
        string="Old parts owed",
        compute="_compute_qifei_old_parts",
        digits="Product Unit",
        help="Pieces it keeps or has sent that are not received yet, with those of its "
        "engineers.",
    )
    qifei_old_part_overdue_count = fields.Float(
        string="Overdue old parts",
        compute="_compute_qifei_old_parts",
        digits="Product Unit",
    )

    @api.depends_context("uid")
    def _compute_qifei_old_parts(self):
        parts = self.env["qifei.old.part"]
        balance = parts._get_balance(self._origin) if parts.has_access("read") else {}
        for partner in self:
            sums = balance.get(partner._origin.id, {})
            partner.qifei_old_part_count = sums.get("owed", 0.0) + sums.get(
                "returned", 0.0
            )
            partner.qifei_old_part_overdue_count = sums.get("overdue", 0.0)

    def action_view_qifei_old_parts(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "qifei_parts.qifei_old_part_action"
            ),
            "domain": [("partner_id", "=", self.id)],
            "context": {"search_default_open": 1},
        }
