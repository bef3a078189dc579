from odoo import models


class IrFieldsConverter(models.AbstractModel):
    """Looks a name up once per block of an import, not once per row."""

    _inherit = "ir.fields.converter"

    def db_id_for(self, model, field, subfield, value, savepoint):
        cache = self.env.context.get("import_cache")
        if (
            subfield is not None
            or cache is None
            or field.comodel_name == model._name
            or not hasattr(model, "_check_import_rows")
        ):
            return super().db_id_for(model, field, subfield, value, savepoint)
        # Core keeps external ids in the same cache, under texts.
        key = (field.comodel_name, value)
        if key not in cache:
            cache[key] = super().db_id_for(model, field, subfield, value, savepoint)
        return cache[key]
