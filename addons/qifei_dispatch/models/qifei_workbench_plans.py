from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..const import GROUP_DISPATCHER


class QifeiWorkbench(models.AbstractModel):
    """Adds visits of absent engineers, and plans that wait for a decision."""

    _inherit = "qifei.workbench"

    @api.model
    def _get_cards(self):
        cards = super()._get_cards()
        if self.env.user.has_group(GROUP_DISPATCHER):
            cards += [self._get_broken_card(), self._get_plan_card()]
        return [card for card in cards if card]

    @api.model
    def _get_broken_card(self):
        return self._prepare_order_card(
            "dispatch_broken",
            self.env._("Visits of absent engineers"),
            Domain("is_broken", "=", True),
            icon="fa-calendar-times-o",
            sequence=14,
            color="danger",
            empty=self.env._("Everybody is there for his visits."),
        )

    @api.model
    def _get_plan_card(self):
        return self._prepare_record_card(
            "dispatch_plans",
            self.env._("Plans to decide on"),
            "qifei.dispatch.run",
            Domain("state", "=", "planned") & Domain("is_what_if", "=", False),
            self._prepare_plan_item,
            order="id desc",
            icon="fa-road",
            sequence=16,
            color="warning",
            action="qifei_dispatch.qifei_dispatch_run_action",
            empty=self.env._("No plan waits for you."),
        )

    @api.model
    def _prepare_plan_item(self, run):
        days = [format_date(self.env, run.date_from)]
        if run.date_to != run.date_from:
            days.append(format_date(self.env, run.date_to))
        return self._prepare_item(
            run,
            f"{run.name} · {' – '.join(days)}",
            run.summary,
            run._get_state_label(run.state),
            "warning",
        )
