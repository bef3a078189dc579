from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from ..const import (
    GROUP_AGENT,
    GROUP_DISPATCHER,
    GROUP_ENGINEER,
    ORDER_OPEN_STATES,
    TICKET_OPEN_STATES,
)

ORDER_COLORS = {
    "draft": "warning",
    "assigned": "info",
    "accepted": "info",
    "on_hold": "warning",
    "en_route": "info",
    "on_site": "info",
    "done": "success",
}


class QifeiWorkbench(models.AbstractModel):
    """Adds tickets and work orders: mine, unassigned, overdue, today's visits."""

    _inherit = "qifei.workbench"

    @api.model
    def _get_cards(self):
        cards = super()._get_cards()
        has_group = self.env.user.has_group
        if has_group(GROUP_ENGINEER):
            cards += self._get_engineer_cards()
        if has_group(GROUP_AGENT):
            cards += self._get_agent_cards()
        if has_group(GROUP_DISPATCHER):
            cards += self._get_dispatcher_cards()
        if has_group(GROUP_AGENT) or has_group(GROUP_DISPATCHER):
            cards += self._get_overdue_cards()
        return [card for card in cards if card]

    @api.model
    def _get_engineer_cards(self):
        mine = Domain("engineer_id.user_id", "=", self.env.uid)
        return [
            self._prepare_order_card(
                "aftersales_my_visits",
                self.env._("My visits"),
                mine & Domain("state", "in", (*ORDER_OPEN_STATES, "done")),
                icon="fa-truck",
                sequence=10,
                color="info",
                action="qifei_aftersales.qifei_work_order_action_mine",
                empty=self.env._("No visit ahead of you."),
            )
        ]

    @api.model
    def _get_agent_cards(self):
        is_open = Domain("state", "in", TICKET_OPEN_STATES)
        return [
            self._prepare_ticket_card(
                "aftersales_my_tickets",
                self.env._("My open tickets"),
                is_open & Domain("user_id", "=", self.env.uid),
                icon="fa-ticket",
                sequence=20,
                color="info",
                empty=self.env._("No open ticket of yours."),
            ),
            self._prepare_ticket_card(
                "aftersales_new_tickets",
                self.env._("Tickets nobody has taken on"),
                is_open & Domain("user_id", "=", False),
                icon="fa-inbox",
                sequence=15,
                color="warning",
                empty=self.env._("Every ticket is in somebody's hands."),
            ),
        ]

    @api.model
    def _get_dispatcher_cards(self):
        today = Domain("planned_start", ">=", "today") & Domain(
            "planned_start", "<", "today +1d"
        )
        return [
            self._prepare_order_card(
                "aftersales_unassigned_orders",
                self.env._("Orders to assign"),
                Domain("state", "=", "draft"),
                icon="fa-user-plus",
                sequence=15,
                color="warning",
                empty=self.env._("Every order has its engineer."),
            ),
            self._prepare_order_card(
                "aftersales_today_orders",
                self.env._("Visits today"),
                today & Domain("state", "!=", "cancelled"),
                icon="fa-calendar",
                sequence=25,
                color="info",
                empty=self.env._("No visit is planned for today."),
            ),
        ]

    @api.model
    def _get_overdue_cards(self):
        overdue = Domain("is_overdue", "=", True)
        return [
            self._prepare_ticket_card(
                "aftersales_overdue_tickets",
                self.env._("Overdue tickets"),
                overdue,
                icon="fa-exclamation-circle",
                sequence=30,
                color="danger",
                empty=self.env._("No ticket is overdue."),
            ),
            self._prepare_order_card(
                "aftersales_overdue_orders",
                self.env._("Overdue orders"),
                overdue,
                icon="fa-exclamation-triangle",
                sequence=35,
                color="danger",
                empty=self.env._("No order is overdue."),
            ),
        ]

    @api.model
    def _prepare_ticket_card(self, card_id, title, domain, **options):
        return self._prepare_record_card(
            card_id,
            title,
            "qifei.ticket",
            domain,
            self._prepare_ticket_item,
            order="priority desc, due_on, id",
            action="qifei_aftersales.qifei_ticket_action",
            **options,
        )

    @api.model
    def _prepare_order_card(self, card_id, title, domain, **options):
        options.setdefault("action", "qifei_aftersales.qifei_work_order_action")
        return self._prepare_record_card(
            card_id,
            title,
            "qifei.work.order",
            domain,
            self._prepare_order_item,
            order="planned_start, priority desc, id",
            **options,
        )

    @api.model
    def _prepare_ticket_item(self, ticket):
        return self._prepare_item(
            ticket,
            f"{ticket.name} · {ticket.contact_name or ticket.partner_id.name}",
            ticket.product_id.display_name or ticket.ticket_type_id.name,
            self.env._("Overdue") if ticket.is_overdue else ticket.ticket_type_id.name,
            "danger" if ticket.is_overdue else "",
        )

    @api.model
    def _prepare_order_item(self, order):
        planned = (
            format_datetime(self.env, order.planned_start, dt_format="short")
            if order.planned_start
            else self.env._("Not planned")
        )
        return self._prepare_item(
            order,
            f"{order.name} · {order.contact_name or order.partner_id.name}",
            " · ".join(filter(None, (planned, order.engineer_id.name))),
            order._get_state_label(order.state),
            "danger" if order.is_overdue else ORDER_COLORS.get(order.state, ""),
        )
