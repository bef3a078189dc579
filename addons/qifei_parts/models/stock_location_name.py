from odoo import api, models


class StockLocation(models.Model):
    """Calls the places of after-sales service by their own names.

    They all lie below one view location of the company, whose name in front of each
    would leave no room on a phone for what tells them apart.
    """

    _inherit = "stock.location"

    @api.depends("qifei_kind")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for location in self:
            if location.qifei_kind and location.name:
                location.display_name = location.name
        return result
