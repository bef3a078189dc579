from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Give the web client the banner at once instead of by one more request."""
        info = super().session_info()
        if self.env.user._is_internal():
            info["qifei_announcements"] = self.env[
                "qifei.announcement"
            ]._get_banner_values()
        return info
