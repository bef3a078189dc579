from odoo import models

from ..const import BUS_BOARD, GROUP_DISPATCHER


class IrWebsocket(models.AbstractModel):
    """Lets dispatchers hear of changes on the boards of their companies."""

    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        channels = super()._build_bus_channel_list(channels)
        user = self.env.user
        if user._is_internal() and user.has_group(GROUP_DISPATCHER):
            channels.extend((company, BUS_BOARD) for company in user.company_ids)
        return channels
