from odoo import fields
from odoo.http import request
from odoo.tools import format_datetime

from odoo.addons.qifei_portal.controllers.equipment import QifeiEquipments

# Until the engineer is there, the customer counts on the time he was promised.
PROMISE_STATES = ("draft", "assigned", "accepted", "on_hold")


class QifeiDispatchWorkOrders(QifeiEquipments):
    """Shows the customer where the engineer is, between departure and arrival."""

    def _get_stamp(self, order_sudo):
        stamp = super()._get_stamp(order_sudo)
        arrival = order_sudo._get_arrivals().get(order_sudo.id)
        return f"{stamp}/{arrival.position.id}" if arrival else stamp

    def _prepare_order_values(self, order_sudo, access_token):
        values = super()._prepare_order_values(order_sudo, access_token)
        values["approach"] = None
        if values["is_customer"]:
            values["approach"] = self._prepare_approach(order_sudo)
        if order_sudo.state in PROMISE_STATES:
            window_sudo = order_sudo._get_promised_window()
            if window_sudo:
                values["work_order"]["window"] = self._format_window(
                    window_sudo.date_from, window_sudo.date_to, order_sudo.company_id
                )
        return values

    def _prepare_approach(self, order_sudo):
        """Return where the engineer is and when he arrives, None when not on the way.

        :return: dict with ``time``, ``wait`` until then in words, ``engineer`` and
            ``place``, each ``(latitude, longitude)`` or None, and the map's ground
        """
        arrival = order_sudo._get_arrivals().get(order_sudo.id)
        if not arrival:
            return None
        zone = self._get_time_zone(order_sudo.company_id)
        seconds = (arrival.moment - fields.Datetime.now()).total_seconds()
        minutes = round(seconds / 60)
        position = arrival.position
        place = (order_sudo.latitude, order_sudo.longitude)
        # sudo: ir.config_parameter - address of the map tiles, seen by who sees a map
        parameters_sudo = request.env["ir.config_parameter"].sudo()
        return {
            "time": format_datetime(
                request.env, arrival.moment, tz=zone, dt_format="HH:mm"
            ),
            "wait": (
                request.env._("in %(minutes)s minutes", minutes=minutes)
                if minutes > 1
                else request.env._("any moment")
            ),
            "engineer": (position.latitude, position.longitude) if position else None,
            "place": place if any(place) else None,
            "tiles": parameters_sudo.get_param("leaflet.tile_url", ""),
            "copyright": parameters_sudo.get_param("leaflet.copyright", ""),
        }
