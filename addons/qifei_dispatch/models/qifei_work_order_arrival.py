import logging
import math
from datetime import timedelta
from typing import NamedTuple

from odoo import fields, models

from ..const import ORDER_MOVABLE_STATES, POSITION_FRESH_MINUTES, TRAVEL_TIMEOUT
from ..engine.problem import Place
from ..engine.travel import ask_osrm, great_circle

_logger = logging.getLogger(__name__)


class Arrival(NamedTuple):
    """When somebody on the way is expected.

    :param moment: naive UTC
    :param position: the ``qifei.engineer.position`` it follows from, in superuser
        mode; empty when it is as planned
    """

    moment: object
    position: object


class QifeiWorkOrder(models.Model):
    """When the engineer arrives, and where he is until then.

    There is an answer between departure and arrival only: before and after, nobody
    learns from an order where its engineer is.
    """

    _inherit = "qifei.work.order"

    def _get_arrivals(self):
        """Return when the engineers arrive who are on the way to these orders.

        :return: ``{order id: Arrival}``; other orders are left out
        """
        now = fields.Datetime.now()
        under_way = self.filtered(lambda order: order.state == "en_route")
        positions = under_way._get_fresh_positions(now)
        arrivals = {}
        for order in under_way:
            position = positions.get(
                order.id, self.env["qifei.engineer.position"].browse()
            )
            if position:
                moment = position.recorded_on + timedelta(
                    minutes=position.remaining_minutes
                )
            else:
                moment = order._get_planned_arrival() or now
            arrivals[order.id] = Arrival(max(moment, now), position)
        return arrivals

    def _get_fresh_positions(self, now):
        """Return ``{order id: position}`` of engineers who share it at present.

        A position of an earlier drive, of another engineer or of some time ago does
        not count.
        """
        # sudo: qifei.engineer.position - a customer asks through his own order
        positions_sudo = self.env["qifei.engineer.position"].sudo()
        earliest = now - timedelta(minutes=POSITION_FRESH_MINUTES)
        fresh = {}
        for position in positions_sudo.search(
            [("order_id", "in", self.ids), ("recorded_on", ">=", earliest)]
        ):
            order = position.order_id
            if (
                order.id not in fresh
                and position.engineer_id == order.engineer_id
                and position.engineer_id.share_position
                and position.recorded_on >= (order.departed_on or earliest)
            ):
                fresh[order.id] = position
        return fresh

    def _get_planned_arrival(self):
        """Return when the engineer should be there by what was planned."""
        self.ensure_one()
        if self.departed_on and self.travel_minutes:
            return self.departed_on + timedelta(minutes=self.travel_minutes)
        return self.planned_start

    def _measure_way(self, position):
        """Return the minutes of travel from a position to the customer.

        :param position: ``tools.positions.DevicePosition``
        """
        self.ensure_one()
        if not (self.latitude or self.longitude):
            planned = self._get_planned_arrival()
            left = planned and (planned - fields.Datetime.now()).total_seconds()
            return max(left or 0.0, 0.0) / 60
        places = (
            Place("engineer", lat=position.latitude, lon=position.longitude),
            Place("order", lat=self.latitude, lon=self.longitude),
        )
        # sudo: res.company - how fast the company drives, for an engineer's phone
        company_sudo = self.company_id.sudo()
        matrix = None
        if company_sudo.dispatch_osrm_url:
            try:
                matrix = ask_osrm(
                    places, company_sudo.dispatch_osrm_url, timeout=TRAVEL_TIMEOUT
                )
            except OSError as error:
                _logger.info("The route server did not answer: %s", error)
        if matrix is None:
            matrix = great_circle(
                places, company_sudo.dispatch_speed, company_sudo.dispatch_detour
            )
        return math.ceil(matrix[0][1] / 6) / 10

    def _is_late(self):
        """Tell whether the visit has not begun although it was promised by now."""
        self.ensure_one()
        if self.state not in (*ORDER_MOVABLE_STATES, "en_route"):
            return False
        promised = max(
            self.window_ids.mapped("date_to"), default=self.planned_start or False
        )
        return bool(promised) and promised < fields.Datetime.now()
