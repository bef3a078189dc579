from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Give the web client the banner at once instead of by one more request."""
        info = super().session_info()
        user = self.env.user
        if user._is_internal():
            # The session still has the language the user had when he logged in.
            announcements = self.env["qifei.announcement"].with_context(lang=user.lang)
            info["qifei_announcements"] = announcements._get_banner_values()
        return info
