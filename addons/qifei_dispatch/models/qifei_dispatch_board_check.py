import math
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_time

from ..const import ORDER_MOVABLE_STATES
from ..tools.placing import (
    Visit,
    Wish,
    find_gap,
    find_overlap,
    judge_time,
    measure_day,
)
from .qifei_dispatch_board import VISIT_FIELDS


class Lack(NamedTuple):
    """What an engineer lacks for an order.

    :param bars: items of a reason that keep the order from him
    :param notes: items that do not
    :param fetch: where what is missing is fetched, or None
    """

    bars: list
    notes: list
    fetch: tuple | None


class QifeiDispatchBoard(models.AbstractModel):
    """Where an order can go on the board, and what stands against it.

    Unlike a plan, which may move everything that is not pinned, the board asks about
    one order and leaves the others where they are. What people lack is asked of the
    order, words are those of ``qifei.dispatch.reason``.
    """

    _inherit = "qifei.dispatch.board"

    # === QUESTIONS === #

    @api.model
    @api.readonly
    def check_move(self, order_id, engineer_id, start=False, date=None):
        """Tell what stands against a move, without doing it.

        :return: dict with ``refusals`` and ``warnings``, lists of sentences
        """
        self._check_use()
        order, engineer = self._read_pair(order_id, engineer_id)
        try:
            self._check_movable(order)
        except UserError as error:
            return {"refusals": [str(error)], "warnings": []}
        place = self._place(order, engineer, self._read_moment(start), date)
        return {"refusals": place["refusals"], "warnings": place["warnings"]}

    @api.model
    @api.readonly
    def get_candidates(self, order_id, date=None):
        """Tell for all engineers whether and when they can take an order.

        :return: list of dicts, the best first: ``engineer_id``, ``name``,
            ``is_possible``, ``is_present``, ``start`` in minutes of the day,
            ``added_travel`` in minutes and ``reasons``, sentences
        """
        company = self._check_use()
        order = self._read_order(order_id)
        clock = self._get_clock(company, date)
        engineers = self._find_engineers(company, (), ())
        if order.state not in ("draft", *ORDER_MOVABLE_STATES):
            return []
        candidates = self._find_candidates(order, engineers, clock)
        sentences = self.env["qifei.dispatch.reason"]._say_all(
            [candidate.pop("items") for candidate in candidates]
        )
        for candidate, reasons in zip(candidates, sentences, strict=True):
            candidate["reasons"] = reasons
        return candidates

    # === CANDIDATES === #

    @api.model
    def _find_candidates(self, order, engineers, clock):
        stretches = self._get_stretches(engineers, clock)
        planned = self._find_planned(engineers, clock, VISIT_FIELDS)
        days = self._get_days(engineers, stretches, planned, clock)
        lacks = self._get_lacks(order, engineers)
        wish = self._get_wish(order, clock)
        road = self._get_road()
        preferred = order.preferred_engineer_id
        candidates = []
        for engineer in engineers:
            day = self._without(days[engineer.id], order)
            lack = lacks[engineer.id]
            items = list(lack.bars)
            if self._is_full(engineer, day):
                items.append({"key": "max_orders"})
            gap, missing = find_gap(day, wish._replace(fetch=lack.fetch), road)
            if missing:
                items.append({"key": missing})
            is_possible = not items
            if is_possible:
                items = self._get_merits(engineer, day, gap, preferred)
                items += lack.notes
            candidates.append(
                {
                    "engineer_id": engineer.id,
                    "name": engineer.name,
                    "is_possible": is_possible,
                    "is_present": bool(
                        engineer == order.engineer_id
                        and order.planned_start
                        and planned & order
                    ),
                    "start": gap.start if is_possible else None,
                    "added_travel": round(gap.added_travel) if is_possible else None,
                    "items": items,
                    "cost": self._get_cost(order, engineer, gap) if gap else 0,
                }
            )
        candidates.sort(
            key=lambda one: (not one["is_possible"], one["cost"], one["engineer_id"])
        )
        return candidates

    @api.model
    def _get_lacks(self, order, engineers):
        """Return ``{engineer id: Lack}``.

        Tools and parts do not bar: they are fetched at the warehouse. Without one,
        nobody knows where to get a tool.
        """
        static = order._get_lacks(engineers)[order.id]
        short = self._get_missing_parts(order, engineers)
        # sudo: qifei.dispatch.problem - where the warehouse is, for who plans
        problem_sudo = self.env["qifei.dispatch.problem"].sudo()
        warehouse = problem_sudo._get_warehouse_place(order.company_id.sudo())
        lacks = {}
        for engineer in engineers:
            bars = static.get(engineer.id, [])
            tools = [item for item in bars if warehouse and item["key"] == "tool"]
            goods = tools + short.get(engineer.id, [])
            fetch = warehouse if goods else None
            lacks[engineer.id] = Lack(
                bars=[item for item in bars if item not in tools],
                notes=goods + ([{"key": "warehouse"}] if fetch else []),
                fetch=fetch,
            )
        return lacks

    @api.model
    def _get_missing_parts(self, order, engineers):
        """Return ``{engineer id: items}`` of parts that vans lack."""
        # sudo: qifei.dispatch.problem - whether a part is in a van, for who plans it
        problem_sudo = self.env["qifei.dispatch.problem"].sudo()
        needed = problem_sudo._get_needed_parts(order).get(order.id)
        if not needed:
            return {}
        vans = problem_sudo._get_van_parts(engineers)
        missing = {}
        for engineer in engineers:
            van = vans.get(engineer.id, {})
            parts = sorted(
                int(part)
                for part, quantity in needed.items()
                if van.get(part, 0) < quantity
            )
            if parts:
                missing[engineer.id] = [{"key": "part", "ids": parts}]
        return missing

    @api.model
    def _without(self, day, order):
        return day._replace(
            visits=tuple(visit for visit in day.visits if visit.id != order.id)
        )

    @api.model
    def _is_full(self, engineer, day):
        return bool(engineer.max_orders) and len(day.visits) >= engineer.max_orders

    @api.model
    def _get_merits(self, engineer, day, gap, preferred):
        """Return why somebody is a good choice, beside his way."""
        items = []
        if engineer == preferred:
            items.append({"key": "preferred"})
        if gap.late >= 1:
            items.append({"key": "late", "amount": round(gap.late)})
        if day.visits:
            items.append({"key": "load", "amount": len(day.visits)})
        return items

    @api.model
    def _get_cost(self, order, engineer, gap):
        """Compare candidates as plans do: the prices of the company."""
        preferred = order.preferred_engineer_id
        # sudo: res.company - the prices of planning
        company_sudo = self.env.company.sudo()
        cost = gap.added_travel * company_sudo.dispatch_weight_travel
        cost += gap.late * company_sudo.dispatch_weight_late
        if preferred and engineer != preferred:
            cost += company_sudo.dispatch_weight_preferred
        if order.state != "draft" and engineer != order.engineer_id:
            cost += company_sudo.dispatch_weight_change
        return cost

    # === ONE PLACE === #

    @api.model
    def _get_wish(self, order, clock):
        length = self._get_day_length(clock)
        windows = tuple(
            tuple(pair) for pair in self._get_windows(order, clock)[order.id]
        )
        now = self._get_minute(clock, fields.Datetime.now())
        deadline = order.ticket_id.deadline
        return Wish(
            duration=order._get_visit_minutes(),
            place=order._get_visit_point(),
            windows=windows,
            # Nothing is proposed in the past; what lies wholly in it is for the record.
            earliest=max(math.ceil(now), 0) if now < length else 0,
            latest=length - 1,
            deadline=self._get_minute(clock, deadline) if deadline else None,
        )

    @api.model
    def _place(self, order, engineer, start, date):
        """Look at one place of an order.

        :param start: naive UTC, or False to find the cheapest time of ``date``
        :return: dict with ``start``, ``end``, ``travel`` (minutes before it),
            ``travel_km``, ``refusals`` and ``warnings``
        """
        company = order.company_id
        clock = self._get_clock(company, date)
        if start:
            clock = self._get_clock(company, clock.day(clock.seconds(start)))
        stretches = self._get_stretches(engineer, clock)
        planned = self._find_planned(engineer, clock, VISIT_FIELDS)
        days = self._get_days(engineer, stretches, planned, clock)
        day = self._without(days[engineer.id], order)
        lack = self._get_lacks(order, engineer)[engineer.id]
        wish = self._get_wish(order, clock)._replace(fetch=lack.fetch)
        road = self._get_road()
        items = list(lack.bars)
        if self._is_full(engineer, day):
            items.append({"key": "max_orders"})
        if start:
            minute = self._get_minute(clock, start)
            items += judge_time(day, wish, minute)
        else:
            gap, missing = find_gap(day, wish, road)
            minute = gap.start if gap else 0
            items += [{"key": missing}] if missing else []
            start = clock.moment(60 * minute)
        refusals = self.env["qifei.dispatch.reason"]._say(items)
        end = start + timedelta(minutes=wish.duration)
        overlap = find_overlap(day, minute, minute + wish.duration)
        if overlap:
            refusals.append(self._get_overlap_sentence(engineer, overlap, clock))
        travel, warnings = self._get_warnings(order, day, wish, minute, road)
        warnings += self.env["qifei.dispatch.reason"]._say(lack.notes)
        if start < fields.Datetime.now():
            warnings.append(self.env._("This time has passed already."))
        return {
            "start": start,
            "end": end,
            "travel": travel,
            "travel_km": round(travel * road.kilometres, 1),
            "refusals": refusals,
            "warnings": [] if refusals else warnings,
        }

    @api.model
    def _get_overlap_sentence(self, engineer, visit, clock):
        other = self.env["qifei.work.order"].browse(visit.id)
        return self.env._(
            "%(engineer)s is at %(order)s from %(start)s to %(end)s.",
            engineer=engineer.name,
            order=other.name,
            start=self._format_minute(clock, visit.start),
            end=self._format_minute(clock, visit.end),
        )

    @api.model
    def _format_minute(self, clock, minute):
        return format_time(
            self.env, clock.moment(60 * minute), tz=str(clock.tz), time_format="HH:mm"
        )

    @api.model
    def _get_warnings(self, order, day, wish, minute, road):
        """Return the travel before a visit and what people should know."""
        visit = Visit(order.id, minute, minute + wish.duration, wish.place)
        visits = tuple(sorted((*day.visits, visit), key=lambda one: one.start))
        measured = measure_day(
            day._replace(visits=visits), road, {order.id: wish.fetch}
        )
        travel, missing = measured[order.id]
        warnings = []
        if missing:
            warnings.append(
                self.env._(
                    "Too little time for the way there: %(travel)s min, %(missing)s "
                    "min are missing.",
                    travel=round(travel),
                    missing=math.ceil(missing),
                )
            )
        following = next((one for one in visits if one.start > minute), None)
        if following and measured[following.id][1]:
            warnings.append(
                self.env._(
                    "Too little time for the way to the next visit: %(missing)s min "
                    "are missing.",
                    missing=math.ceil(measured[following.id][1]),
                )
            )
        late = 0 if wish.deadline is None else minute - wish.deadline
        if late >= 1:
            warnings += self.env["qifei.dispatch.reason"]._say(
                [{"key": "late", "amount": math.ceil(late)}]
            )
        return round(travel, 1), warnings
