from odoo import api, fields, models

EMPTY = "–"


class AuditlogLogLine(models.Model):
    _inherit = "auditlog.log.line"

    field_label = fields.Char(string="Changed field", compute="_compute_field_label")

    @api.depends("field_id", "field_description")
    @api.depends_context("lang")
    def _compute_field_label(self):
        for line in self:
            # sudo: ir.model.fields - label of the field in the language of the reader
            field_sudo = line.field_id.sudo()
            line.field_label = field_sudo.field_description or line.field_description

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
        old, new = self.old_value_text or EMPTY, self.new_value_text or EMPTY
        return f"{self.field_label}: {old} → {new}"
