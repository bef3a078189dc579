from odoo import api, models


class QifeiWorkingTimeMixin(models.AbstractModel):
    """Has the working time of companies read anew when what it is made of changes."""

    _name = "qifei.working.time.mixin"
    _description = "Source of working time"

    def _is_working_time(self):
        """Tell whether a company's working time depends on any of the records."""
        return True

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if records._is_working_time():
            self.env.registry.clear_cache()
        return records

    def write(self, vals):
        depended = self._is_working_time()
        result = super().write(vals)
        if depended or self._is_working_time():
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        depended = self._is_working_time()
        result = super().unlink()
        if depended:
            self.env.registry.clear_cache()
        return result
