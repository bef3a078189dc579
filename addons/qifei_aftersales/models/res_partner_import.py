from odoo import api, models

from .qifei_equipment_import import get_import_template


class ResPartner(models.Model):
    """Import of customers from Excel, together with their machines."""

    _name = "res.partner"
    _inherit = ["res.partner", "qifei.import.mixin"]

    _import_sheets = ("Customers", "客户")

    @api.model
    def get_import_templates(self):
        return [*super().get_import_templates(), get_import_template(self.env)]

    @api.model
    def _get_import_required(self):
        return ["name"]

    @api.model
    def _check_import_records(self, records):
        errors = super()._check_import_records(records)
        if any("name" in record for record in records):
            # Only contacts of another partner may be without a name.
            errors += [
                (index, "name", self.env._("the cell is empty"))
                for index, record in enumerate(records)
                if not record.get("name") and not record.get("parent_id")
            ]
        return errors
