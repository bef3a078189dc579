from odoo import models
from odoo.http import request

# Pages that show what belongs to one customer, with a login or with a token.
PRIVATE_PATHS = (
    "/my/tickets",
    "/my/work-orders",
    "/my/equipment",
    "/my/warranty-cards",
    "/my/shared-orders",
    "/service/book/done",
    "/service/track",
    "/service/warranty",
)


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """Send the Chinese of the booking form's own script to the website, too."""
        return [*super()._get_translation_frontend_modules_name(), "qifei_portal"]

    @classmethod
    def _post_dispatch(cls, response):
        """Keep private pages out of every cache, also that of a shared device."""
        result = super()._post_dispatch(response)
        # The path may begin with a language.
        if any(path in request.httprequest.path for path in PRIVATE_PATHS):
            response.headers["Cache-Control"] = "no-store, private"
        return result
