from odoo import api, models


class AuditlogLogLine(models.Model):
    _inherit = "auditlog.log.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if "changes" in lines.log_id.mapped("log_type"):
            lines.log_id._check_is_system()
        return lines

    def write(self, vals):
        if "changes" in self.log_id.mapped("log_type"):
            self.log_id._check_is_system()
        return super().write(vals)

    def unlink(self):
        if "changes" in self.log_id.mapped("log_type"):
            self.log_id._check_is_system()
        return super().unlink()

    def _get_summary(self):
        """Return “field: old → new” for the list of operations."""
        self.ensure_one()
        # sudo: ir.model.fields - label of the field in the language of the reader
        label = self.field_id.sudo().field_description or self.field_description
        empty = "–"
        return (
            f"{label}: {self.old_value_text or empty} → {self.new_value_text or empty}"
        )
