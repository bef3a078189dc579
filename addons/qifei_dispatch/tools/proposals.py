"""Turns the answer of the engine into proposals for orders."""

import math
import time
from datetime import timedelta

from ..engine.explain import why_unplaced
from ..engine.insertion import Inserter
from ..engine.problem import WAREHOUSE

# Seconds for all reasons of a plan, and for one order left over.
REASON_SECONDS = 12.0
UNPLACED_SECONDS = 1.0
EARTH_RADIUS_KM = 6371.0


def make_proposals(draft, plan, orders):
    """Return the values of ``qifei.dispatch.run.line`` for a plan.

    :param draft: the ``Draft`` of the problem
    :param plan: the engine's ``Plan``
    :param orders: records of the orders that may be planned
    """
    placed = _get_visits(draft, plan)
    reasons = _Reasons(draft, plan, orders)
    return [
        {
            "order_id": order.id,
            "old_engineer_id": order.engineer_id.id,
            "old_start": order.planned_start,
            "old_end": order.planned_end,
            "old_state": order.state,
            **_propose(order, placed.get(order.id), reasons),
        }
        for order in orders
    ]


def _propose(order, visit, reasons):
    if not visit:
        return {"change": "unplaced", "reason": reasons.why_not(order)}
    change = _get_change(order, visit)
    return {
        **visit,
        "change": change,
        "reason": reasons.why(order, change),
    }


def _get_change(order, visit):
    if order.state == "draft":
        return "new"
    if order.engineer_id.id != visit["engineer_id"]:
        return "moved"
    if not order.planned_start or abs(
        visit["planned_start"] - order.planned_start
    ) >= timedelta(minutes=1):
        return "retimed"
    return "same"


def _get_visits(draft, plan):
    """Return ``{order id: values}`` of the orders that have a place."""
    problem, clock = draft.problem, draft.clock
    places = {place.id: place for place in problem.places}
    visits = {}
    for key, schedule in plan.routes.items():
        engineer = problem.engineer(key)
        place, minutes, kilometres, is_fetching = engineer.start, 0.0, 0.0, False
        for sequence, stop in enumerate(schedule.stops, start=1):
            minutes += stop.travel / 60
            kilometres += get_kilometres(
                places[place], places[stop.place], problem.options
            )
            place = stop.place
            if stop.order is WAREHOUSE:
                is_fetching = True
                continue
            visits[stop.order] = {
                "engineer_id": engineer.person,
                "day": key.partition("@")[2],
                "sequence": sequence,
                "planned_start": clock.moment(stop.start),
                "planned_end": clock.moment(stop.leave),
                "travel_minutes": minutes,
                "travel_km": kilometres,
                "is_fetching": is_fetching,
                "is_late": stop.lateness >= 60,
            }
            minutes, kilometres = 0.0, 0.0
            # Those that stay have no line to tell of the warehouse.
            is_fetching = is_fetching and stop.order in draft.kept
    return visits


def get_kilometres(one, two, options):
    """Return the estimated way between two places; the roads may be longer.

    :param one: the engine's ``Place``
    :param two: likewise
    :param options: the engine's ``Options``
    """
    if one.lat is None or two.lat is None:
        return 0.0
    lat1, lon1, lat2, lon2 = map(math.radians, (one.lat, one.lon, two.lat, two.lon))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half))) * options.detour


class _Reasons:
    """Answers why, as long as the time for it lasts; see ``qifei.dispatch.reason``."""

    def __init__(self, draft, plan, orders):
        self.problem, self.plan = draft.problem, plan
        self.deadline = time.monotonic() + REASON_SECONDS
        self.inserter = Inserter(self.problem, plan.stops)

    def why(self, order, change):
        """Return the reason of an engineer."""
        if change == "same" or time.monotonic() > self.deadline:
            return None
        key = self.plan.engineer_of(order.id)
        engineer = self.problem.engineer(key)
        options = self.inserter.rank(order.id).options
        people = {
            self.problem.engineer(option.engineer).person
            for option in options
            if option.cost < math.inf
        } | {engineer.person}
        reason = []
        if len(people) == 1:
            reason.append({"key": "only_one"})
        else:
            reason.append({"key": "best_of", "amount": len(people)})
        own = next((option for option in options if option.engineer == key), None)
        if own:
            reason.append({"key": "travel", "amount": round(own.added_travel / 60)})
            if own.lateness >= 60:
                reason.append({"key": "late", "amount": round(own.lateness / 60)})
        what = self.problem.order(order.id)
        if engineer.person in what.preferred:
            reason.append({"key": "preferred"})
        if what.affinity.get(engineer.person, 0) >= 1:
            reason.append({"key": "affinity"})
        return reason

    def why_not(self, order):
        """Return which rules would have to be lifted for an order left over."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            return [{"key": "nobody"}]
        answer = why_unplaced(
            self.problem, self.plan, order.id, seconds=min(left, UNPLACED_SECONDS)
        )
        reason = [{"key": "nobody"}]
        if answer["sets"]:
            reason += [
                {
                    "key": "relax",
                    "items": [self._name(order, rule) for rule in found["rules"]],
                }
                for found in answer["sets"][:2]
                if found["rules"]
            ]
        return reason

    def _name(self, order, rule):
        """Return the item of a rule, with the records it speaks of."""
        if rule == "excluded" and not order.excluded_engineer_ids:
            return {"key": "area", "ids": order.area_id.ids}
        records = {
            "skill": order.ticket_type_id.skill_ids,
            "tool": order.tool_ids,
        }.get(rule)
        return {"key": rule, "ids": records.ids} if records else {"key": rule}
