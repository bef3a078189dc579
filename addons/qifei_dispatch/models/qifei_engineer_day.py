from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.qifei_base.models.qifei_guard_mixin import YEARS

from ..const import (
    ORDER_DONE_STATES,
    ORDER_MOVABLE_STATES,
    ORDER_STARTED_STATES,
)

# The steps that the big button of the day page takes, in the order of a visit.
NEXT_STEPS = ("accept", "depart", "arrive")
DAY_STATES = (
    *ORDER_MOVABLE_STATES,
    *ORDER_STARTED_STATES,
    "on_hold",
    *ORDER_DONE_STATES,
)


class QifeiEngineer(models.Model):
    """The day of an engineer, as his phone shows it."""

    _inherit = "qifei.engineer"

    @api.model
    @api.readonly
    def get_my_day(self, day=None):
        """Return the visits of the user's day in the sequence of the route.

        :param day: date as text, today when left out
        :return: dict with ``date``, ``is_today``, ``is_engineer``, ``is_sharing``,
            ``pool_count``, ``orders`` (see ``_prepare_day_order``), ``parts`` (texts of
            all that is to be taken along)
        :raise UserError: ``day`` is no date
        """
        engineers = self._get_mine()
        zone = pytz.timezone(engineers[:1].tz or self.env.user.tz or "UTC")
        now = pytz.utc.localize(fields.Datetime.now())
        today = now.astimezone(zone).date()
        day = self._parse_day(day) or today
        orders = engineers._get_day_orders(day, zone, is_today=day == today)
        parts = self._get_day_parts(orders)
        arrivals = orders._get_arrivals()
        return {
            "date": fields.Date.to_string(day),
            "is_today": day == today,
            "is_engineer": bool(engineers),
            "is_sharing": any(engineers.mapped("share_position")),
            "pool_count": self._get_pool_count() if engineers else 0,
            "orders": [
                self._prepare_day_order(
                    order, zone, parts.get(order.id, []), arrivals.get(order.id)
                )
                for order in orders
            ],
            "parts": self._add_up_parts(
                [
                    part
                    for order in orders
                    if order.state not in ORDER_DONE_STATES
                    for part in parts.get(order.id, [])
                ]
            ),
        }

    @api.model
    def _parse_day(self, day):
        try:
            moment = fields.Date.to_date(day) if day else None
            if moment and moment.year not in YEARS:
                raise ValueError
            return moment
        except (ValueError, TypeError) as error:
            raise UserError(
                self.env._("“%(day)s” is no day. Choose one in the calendar.", day=day)
            ) from error

    def _get_day_orders(self, day, zone, *, is_today):
        """Return the orders of one day, first those begun, then as planned.

        What was begun earlier, and what has no time yet, belongs to today.
        """
        start, end = (
            zone.localize(datetime.combine(date, time.min))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for date in (day, day + timedelta(days=1))
        )
        planned = [
            "&",
            ("planned_start", ">=", start),
            ("planned_start", "<", end),
        ]
        if is_today:
            planned = [
                "|",
                "|",
                *planned,
                ("state", "in", ORDER_STARTED_STATES),
                "&",
                ("planned_start", "=", False),
                ("state", "in", ORDER_MOVABLE_STATES),
            ]
        orders = self.env["qifei.work.order"].search(
            [
                ("engineer_id", "in", self.ids),
                ("state", "in", DAY_STATES),
                *planned,
            ]
        )
        return orders.sorted(
            lambda order: (
                order.state not in ORDER_STARTED_STATES
                and order.state not in ORDER_DONE_STATES,
                order.planned_start or datetime.max,
                order.id,
            )
        )

    @api.model
    def _prepare_day_order(self, order, zone, parts, arrival):
        """Return what the phone shows of one visit.

        :param parts: list of dicts of ``_get_day_parts``
        :param arrival: ``Arrival`` when the engineer is on the way
        """
        address = order.address_id
        step = next((step for step in NEXT_STEPS if order[f"can_{step}"]), False)
        return {
            "id": order.id,
            "name": order.name,
            "type": order.ticket_type_id.name,
            "machine": order.product_id.name or "",
            "serial": order.equipment_id.serial or "",
            "customer": order.contact_name or order.partner_id.name,
            "phone": order.contact_phone or "",
            "address": ", ".join(
                filter(None, (address.street, address.street2, address.city))
            ),
            "latitude": order.latitude,
            "longitude": order.longitude,
            "start": self._format_time(order.planned_start, zone),
            "end": self._format_time(order.planned_end, zone),
            "windows": [
                f"{self._format_time(window.date_from, zone)}–"
                f"{self._format_time(window.date_to, zone)}"
                for window in order.window_ids
            ],
            "arrival": self._format_time(arrival and arrival.moment, zone),
            "travel": round(order.travel_minutes),
            "state": order.state,
            "state_label": order._get_state_label(order.state),
            "is_done": order.state in ORDER_DONE_STATES,
            "is_urgent": order.priority == "3",
            "is_late": order._is_late(),
            "step": step,
            "step_label": order._get_action_label(step) if step else "",
            "parts": [self._format_part(part) for part in parts],
        }

    @api.model
    def _format_time(self, moment, zone):
        if not moment:
            return ""
        return f"{pytz.utc.localize(moment).astimezone(zone):%H:%M}"

    @api.model
    def _get_pool_count(self):
        """Return how many orders of the pool the user may take."""
        return self.env["qifei.work.order"].search_count([("can_grab", "=", True)])

    # === PARTS === #

    @api.model
    def _get_day_parts(self, orders):
        """Return what is to be taken along for each order; bridges fill it in.

        :return: ``{order id: [{"key", "name", "quantity", "unit", "place"}]}`` with
            ``place`` where it lies, "" when it is in the van already
        """
        return {}

    @api.model
    def _add_up_parts(self, parts):
        """Return texts of what is to be fetched for the whole day."""
        totals = {}
        for part in parts:
            if part["place"]:
                total = totals.setdefault(
                    (part["key"], part["place"]), {**part, "quantity": 0.0}
                )
                total["quantity"] += part["quantity"]
        return [self._format_part(total) for total in totals.values()]

    @api.model
    def _format_part(self, part):
        text = f"{part['quantity']:g} {part['unit']} {part['name']}"
        return f"{text} ({part['place']})" if part["place"] else text
