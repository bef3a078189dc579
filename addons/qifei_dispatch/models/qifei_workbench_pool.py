from odoo import api, models
from odoo.fields import Domain

from ..const import GROUP_DISPATCHER, GROUP_ENGINEER


class QifeiWorkbench(models.AbstractModel):
    """Adds what an engineer can take, and what the rules could not dispatch."""

    _inherit = "qifei.workbench"

    @api.model
    def _get_cards(self):
        cards = super()._get_cards()
        if self.env.user.has_group(GROUP_ENGINEER):
            cards.append(self._get_pool_card())
        if self.env.user.has_group(GROUP_DISPATCHER):
            cards.append(self._get_failed_card())
        return [card for card in cards if card]

    @api.model
    def _get_pool_card(self):
        return self._prepare_order_card(
            "dispatch_pool",
            self.env._("Grab pool"),
            Domain("can_grab", "=", True),
            icon="fa-hand-paper-o",
            sequence=11,
            color="success",
            action="qifei_dispatch.qifei_work_order_action_pool",
            empty=self.env._("Nothing to take at the moment."),
        )

    @api.model
    def _get_failed_card(self):
        """Return nothing while all goes well: nobody looks for such a card."""
        card = self._prepare_order_card(
            "dispatch_failed",
            self.env._("Not dispatched by rule"),
            Domain("state", "=", "draft") & Domain("dispatch_error", "!=", False),
            icon="fa-exclamation-circle",
            sequence=14,
            color="danger",
            action="qifei_aftersales.qifei_work_order_action",
        )
        return card if card and card["count"] else None
