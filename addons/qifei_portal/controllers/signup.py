from odoo.http import request

from odoo.addons.auth_signup.controllers.main import AuthSignupHome
from odoo.addons.qifei_base.tools.texts import clean_line

from ..const import TEXT_LENGTHS


class QifeiSignup(AuthSignupHome):
    """Asks for the phone at registration: bookings are matched by it."""

    def get_auth_signup_qcontext(self):
        qcontext = super().get_auth_signup_qcontext()
        qcontext["phone"] = clean_line(
            request.params.get("phone"), TEXT_LENGTHS["contact_phone"]
        )
        return qcontext

    def _prepare_signup_values(self, qcontext):
        values = super()._prepare_signup_values(qcontext)
        # A password reset goes through here too and shows no phone field.
        if qcontext.get("phone") and not qcontext.get("token"):
            values["phone"] = qcontext["phone"]
        return values
