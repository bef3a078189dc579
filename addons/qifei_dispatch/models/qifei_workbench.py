from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..const import GROUP_DISPATCHER, ORDER_MOVABLE_STATES

# Who has not set off this long before the visit is in danger of being late.
RISK_MINUTES = 15


class QifeiWorkbench(models.AbstractModel):
    """Adds dispatch: what is unplanned or in danger today."""

    _inherit = "qifei.workbench"

    @api.model
    def _get_cards(self):
        cards = super()._get_cards()
        if self.env.user.has_group(GROUP_DISPATCHER):
            cards += self._get_dispatch_cards()
        return [card for card in cards if card]

    @api.model
    def _get_dispatch_cards(self):
        return [
            self._prepare_order_card(
                "dispatch_unplanned",
                self.env._("To plan today"),
                self._get_unplanned_domain(),
                icon="fa-map-signs",
                sequence=12,
                color="warning",
                action="qifei_aftersales.qifei_work_order_action",
                empty=self.env._("Everything promised for today is planned."),
            ),
            self._prepare_order_card(
                "dispatch_late",
                self.env._("In danger of being late"),
                self._get_late_domain(),
                icon="fa-hourglass-end",
                sequence=13,
                color="danger",
                action="qifei_aftersales.qifei_work_order_action",
                empty=self.env._("Everybody is on time."),
            ),
        ]

    @api.model
    def _get_unplanned_domain(self):
        """Orders without an engineer that were promised or are due by tonight."""
        tonight = "today +1d"
        return (
            Domain("state", "=", "draft")
            & Domain("engineer_id", "=", False)
            & (
                Domain("planned_start", "<", tonight)
                | Domain("window_ids.date_from", "<", tonight)
                | Domain("due_on", "<", tonight)
            )
        )

    @api.model
    def _get_late_domain(self):
        """Visits that begin in a moment, or should have, with nobody on the way."""
        soon = fields.Datetime.now() + timedelta(minutes=RISK_MINUTES)
        return (
            Domain("state", "in", ORDER_MOVABLE_STATES)
            & Domain("planned_start", ">=", "today")
            & Domain("planned_start", "<", soon)
        )
