from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """Send the Chinese of the booking form's own script to the website, too."""
        return [*super()._get_translation_frontend_modules_name(), "qifei_portal"]
