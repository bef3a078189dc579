from collections import defaultdict

from odoo import api, fields, models

from ..tools.placing import measure_day


class QifeiDispatchBoard(models.AbstractModel):
    """How engineers and orders are told to the board."""

    _inherit = "qifei.dispatch.board"

    # === ENGINEERS === #

    @api.model
    def _describe_engineers(self, engineers, stretches, clock):
        positions = self._get_positions(engineers)
        return [
            {
                "id": engineer.id,
                "index": index,
                "name": engineer.name,
                "area_ids": engineer.area_ids.ids,
                "skill_ids": engineer.skill_ids.ids,
                "shifts": [
                    [round(start), round(end)]
                    for start, end in stretches.get(engineer.id, ())
                ],
                "home": engineer._get_start_place(),
                "end": engineer._get_end_place(),
                "position": positions.get(engineer.id),
            }
            for index, engineer in enumerate(engineers)
        ]

    @api.model
    def _get_positions(self, engineers):
        """Return where those are who are on the way and share it."""
        orders = self.env["qifei.work.order"].search(
            [("engineer_id", "in", engineers.ids), ("state", "=", "en_route")]
        )
        return {
            position.engineer_id.id: [position.latitude, position.longitude]
            for position in orders._get_fresh_positions(fields.Datetime.now()).values()
        }

    # === ORDERS === #

    @api.model
    def _describe_planned(self, planned, engineers, stretches, clock):
        """Return the orders of the day with the travel before each of them."""
        days = self._get_days(engineers, stretches, planned, clock)
        road = self._get_road()
        travel = {}
        for day in days.values():
            travel.update(measure_day(day, road))
        described = self._describe_orders(planned, clock)
        for values in described:
            before, missing = travel.get(values["id"], (0.0, 0.0))
            values.update(travel=round(before), missing=round(missing))
        return described

    @api.model
    def _describe_orders(self, orders, clock):
        """Return what the board shows of each order.

        :param orders: found by a search of the user
        """
        # sudo: qifei.work.order - the user has found them; asked once, not by field
        orders_sudo = orders.sudo()
        self._prefetch(orders_sudo)
        windows = self._get_windows(orders_sudo, clock)
        skills = {kind.id: kind.skill_ids.ids for kind in orders_sudo.ticket_type_id}
        areas = {area.id: area.display_name for area in orders_sudo.area_id}
        length = self._get_day_length(clock)
        return [
            self._describe_order(
                order,
                clock,
                length,
                windows=windows[order.id],
                skills=skills.get(order.ticket_type_id.id, []),
                area=areas.get(order.area_id.id, ""),
            )
            for order in orders_sudo
        ]

    @api.model
    def _prefetch(self, orders):
        """Read of what the orders point at only what is shown."""
        orders.partner_id.fetch(["name"])
        orders.address_id.fetch(["street", "city"])
        orders.ticket_id.fetch(["deadline"])

    @api.model
    def _get_windows(self, orders, clock):
        windows = defaultdict(list)
        for window in orders.env["qifei.work.order.window"].search_fetch(
            [("order_id", "in", orders.ids)], ["order_id", "date_from", "date_to"]
        ):
            windows[window.order_id.id].append(
                [
                    round(self._get_minute(clock, window.date_from)),
                    round(self._get_minute(clock, window.date_to)),
                ]
            )
        return windows

    @api.model
    def _describe_order(self, order, clock, length, *, windows, skills, area):
        start, end = order.planned_start, order.planned_end
        deadline = order.ticket_id.deadline
        due = round(self._get_minute(clock, deadline)) if deadline else None
        begin = round(self._get_minute(clock, start)) if start else None
        finish = round(self._get_minute(clock, end)) if end else None
        place = order._get_visit_point()
        address = order.address_id
        return {
            "id": order.id,
            "name": order.name,
            "customer": order.contact_name or order.partner_id.name or "",
            "address": ", ".join(filter(None, (address.street, address.city))),
            "area": area,
            "engineer_id": order.engineer_id.id,
            "is_planned": bool(order.engineer_id and start and end),
            "is_for_day": self._is_for_day(begin, windows, length),
            "start": begin,
            "end": finish,
            "duration": round(order._get_visit_minutes()),
            "state": order.state,
            "priority": int(order.priority or 0),
            "windows": windows,
            "due": due,
            "late": self._get_lateness(begin, windows, due),
            "latitude": place and place[0],
            "longitude": place and place[1],
            "skill_ids": skills,
            "is_pinned": order.is_pinned,
            "is_offered": bool(order.pool_since),
            "token": order._get_board_token(),
        }

    @api.model
    def _is_for_day(self, begin, windows, length):
        """Tell whether an order without a time may be done on the day."""
        if windows:
            return any(start < length and end >= 0 for start, end in windows)
        return begin is None or 0 <= begin < length

    @api.model
    def _get_lateness(self, begin, windows, due):
        """Return how many minutes after what was promised a visit begins."""
        if begin is None:
            return 0
        late = 0 if due is None else max(begin - due, 0)
        if windows and not any(start <= begin <= end for start, end in windows):
            late = max(late, begin - max(end for _start, end in windows))
        return late

    @api.model
    def _get_words(self, company):
        """Return the names that ids and states on the board stand for."""
        orders = self.env["qifei.work.order"]
        areas = self.env["qifei.service.area"].search(
            [("company_id", "in", (company.id, False))]
        )
        skills = self.env["qifei.skill"].search_fetch([], ["name"])
        return {
            "areas": [{"id": area.id, "name": area.display_name} for area in areas],
            "skills": [{"id": skill.id, "name": skill.name} for skill in skills],
            "states": dict(orders._fields["state"]._description_selection(self.env)),
            "priorities": dict(
                orders._fields["priority"]._description_selection(self.env)
            ),
        }
