"""The exact times of one route, and every hard rule it breaks.

The rules, in the words of the file format:

- ``shift``: leave home not before the shift begins, be back before it ends;
- ``window``: a service begins within one of the windows of its order;
- ``break``: no service overlaps a break of the engineer; travel may;
- ``skill``, ``excluded``, ``pinned``: who may serve the order;
- ``tool``, ``part``: what the van lacks is fetched at the warehouse before; parts are
  used up by the orders served before it, and after it nothing is lacking any more;
- ``max_orders``: so many orders in a shift.

The warehouse is visited once at most. An engineer goes as early as he can and waits
where he is too early; ``latest_start`` says how long he may stay at home for the same
return. Stops that are fixed are facts: only their times count, not their rules.
"""

import math
from dataclasses import dataclass

from .errors import ProblemError
from .model import FETCH, Model, latest_start
from .problem import WAREHOUSE, Id, Problem

RULES = (
    "skill",
    "tool",
    "part",
    "window",
    "shift",
    "break",
    "max_orders",
    "excluded",
    "pinned",
)


@dataclass(frozen=True)
class Broken:
    """A hard rule that a route breaks.

    ``amount`` is in seconds (window, shift, break), pieces (part) or orders
    (max_orders), else 1; ``names`` says which skills, tools or parts are missing, or
    to whom an order is pinned.
    """

    rule: str
    order: Id | None
    engineer: Id
    amount: float = 1.0
    names: tuple = ()


@dataclass(frozen=True)
class Stop:
    """One stop; ``order`` is `WAREHOUSE` at the warehouse. Times in seconds."""

    order: Id | None
    place: Id
    arrive: float
    start: float
    leave: float
    # Travel from the stop before, waiting until the service begins, and how much
    # later than its deadline it begins.
    travel: float
    waiting: float
    lateness: float


@dataclass(frozen=True)
class Schedule:
    """The times of one route, in seconds; without stops all of them are 0 long."""

    engineer: Id
    stops: tuple[Stop, ...]
    start: float
    end: float
    # The latest start with the same return, and the time from there to the return.
    latest_start: float
    working_time: float
    travel: float
    waiting: float
    lateness: float
    service: float
    cost: float
    broken: tuple[Broken, ...]

    @property
    def orders(self) -> list[Id]:
        """The ids of the orders in their sequence."""
        return [stop.order for stop in self.stops if stop.order is not WAREHOUSE]


def evaluate(problem: Problem, engineer_id: Id, stops) -> Schedule:
    """Return the times of a route and what is wrong with it.

    :param stops: ids of orders, `WAREHOUSE` for the warehouse
    :raise ProblemError: when the engineer or an order is unknown, or the warehouse is
        given twice or where there is none
    """
    problem.engineer(engineer_id)
    stops = list(stops)
    if stops.count(WAREHOUSE) > 1:
        raise ProblemError(
            f"The route of engineer {engineer_id!r} has two stops at the warehouse: "
            "keep one."
        )
    for stop in stops:
        if stop is WAREHOUSE and problem.warehouse is None:
            raise ProblemError("There is no warehouse: take its stop out of the route.")
        if stop is not WAREHOUSE:
            problem.order(stop)
    index = problem.order_index
    return evaluate_route(
        problem.model,
        problem.engineer_index[engineer_id],
        [FETCH if stop is WAREHOUSE else index[stop] for stop in stops],
    )


def evaluate_route(model: Model, engineer: int, route: list[int]) -> Schedule:
    """Return the same for a route in numbers."""
    who = model.problem.engineers[engineer]
    if not route:
        begin = who.shift[0]
        return Schedule(who.id, (), begin, begin, begin, *[0.0] * 6, ())
    broken, earliest = _check(model, engineer, route)
    begins = [
        (seconds, _intervals(model, engineer, stop, begin), duration)
        for stop, (seconds, _arrive, begin, duration) in zip(
            route, earliest, strict=True
        )
    ]
    last = earliest[-1][2] + earliest[-1][3]
    latest = max(latest_start(last, begins), who.shift[0])
    # Nobody leaves home only to wait at the first door; who is paid by the hour
    # leaves home as late as the same return allows.
    if model.working_weight > model.travel_weight:
        start = latest
    else:
        start = max(who.shift[0], earliest[0][2] - earliest[0][0])
    times, returned = _pass(model, engineer, route, start, None)
    return _prepare_schedule(
        model, engineer, route, times, start, returned, latest, broken
    )


def find_broken(model: Model, engineer: int, route: list[int]) -> list[Broken]:
    """Return the hard rules that a route in numbers breaks, without its schedule."""
    return _check(model, engineer, route)[0] if route else []


def _check(model, engineer, route):
    """Return the broken rules, and the earliest times as `_pass` does."""
    who = model.problem.engineers[engineer]
    broken = _find_broken_goods(model, engineer, route)
    earliest, returned = _pass(model, engineer, route, who.shift[0], broken)
    if returned > who.shift[1] + model.tolerance:
        broken.append(Broken("shift", None, who.id, returned - who.shift[1]))
    return broken, earliest


def _intervals(model, engineer, stop, begin):
    """Return when a stop may begin; a begin that breaks a rule is taken as it is."""
    intervals = model.starts(engineer, stop)
    margin = model.tolerance
    if any(low - margin <= begin <= high + margin for low, high in intervals):
        return intervals
    return ((-math.inf, begin),)


def _pass(model, engineer, route, time, broken):
    """Return ``(travel, arrive, begin, duration)`` of each stop, and the return.

    :param broken: list to add broken windows and breaks to, or None
    """
    place = model.start_place[engineer]
    times = []
    for stop in route:
        if stop == FETCH:
            target, duration = model.warehouse, model.warehouse_duration
        else:
            target, duration = model.order_place[stop], model.duration[stop]
        seconds = model.matrix[place][target]
        arrive = time + seconds
        begin = model.earliest(model.starts(engineer, stop), arrive)
        if begin is None:
            begin = arrive
            if broken is not None:
                broken.append(_too_late(model, engineer, stop, arrive))
        times.append((seconds, arrive, begin, duration))
        time = begin + duration
        place = target
    return times, time + model.matrix[place][model.end_place[engineer]]


def _too_late(model, engineer, stop, arrive):
    """Return the rule that leaves no begin at or after ``arrive``."""
    who = model.problem.engineers[engineer]
    order = WAREHOUSE if stop == FETCH else model.problem.orders[stop].id
    last = math.inf if stop == FETCH else model.windows[stop][-1][1]
    if arrive > last + model.tolerance:
        return Broken("window", order, who.id, arrive - last)
    duration = model.warehouse_duration if stop == FETCH else model.duration[stop]
    overlap = sum(
        max(0.0, min(arrive + duration, end) - max(arrive, begin))
        for begin, end in who.breaks
    )
    return Broken("break", order, who.id, overlap)


def _find_broken_goods(model, engineer, route):
    """Return what is broken whatever the times are."""
    who = model.problem.engineers[engineer]
    fixed = model.fixed_orders[engineer]
    broken = []
    orders = [stop for stop in route if stop != FETCH]
    for order in orders:
        name = model.problem.orders[order].id
        broken += [
            Broken(rule, name, who.id, names=names)
            for rule, names in model.barred(engineer, order)
            if rule not in ("tool", "part")
        ]
    if len(orders) > model.max_orders[engineer]:
        surplus = len(orders) - model.max_orders[engineer]
        broken.append(Broken("max_orders", None, who.id, surplus))
    left = list(model.van[engineer])
    for stop in route:
        if stop == FETCH:
            break
        what = model.problem.orders[stop]
        missing = what.tools - who.tools
        if missing and stop not in fixed:
            broken.append(Broken("tool", what.id, who.id, names=tuple(sorted(missing))))
        for part, quantity in model.order_parts[stop]:
            left[part] -= quantity
            if left[part] < -model.tolerance and stop not in fixed:
                broken.append(
                    Broken(
                        "part",
                        what.id,
                        who.id,
                        min(quantity, -left[part]),
                        (model.part_names[part],),
                    )
                )
    return broken


def _prepare_schedule(model, engineer, route, times, start, returned, latest, broken):
    problem = model.problem
    who = problem.engineers[engineer]
    stops = []
    soft = 0.0
    for stop, (seconds, arrive, begin, duration) in zip(route, times, strict=True):
        late = 0.0
        if stop == FETCH:
            order, place = WAREHOUSE, problem.warehouse
        else:
            order, place = problem.orders[stop].id, problem.orders[stop].place
            soft += model.soft(engineer, stop)
            if model.deadline[stop] is not None:
                late = max(0.0, begin - model.deadline[stop])
        stops.append(
            Stop(
                order=order,
                place=place,
                arrive=arrive,
                start=begin,
                leave=begin + duration,
                travel=seconds,
                waiting=begin - arrive,
                lateness=late,
            )
        )
    travel = sum(stop.travel for stop in stops)
    travel += problem.travel(stops[-1].place, who.end)
    lateness = sum(stop.lateness for stop in stops)
    working_time = returned - latest
    cost = (
        model.travel_weight * travel
        + model.working_weight * working_time
        + model.lateness_weight * lateness
        + soft
        + who.fixed_cost
    )
    return Schedule(
        engineer=who.id,
        stops=tuple(stops),
        start=start,
        end=returned,
        latest_start=latest,
        working_time=working_time,
        travel=travel,
        waiting=sum(stop.waiting for stop in stops),
        lateness=lateness,
        service=sum(stop.leave - stop.start for stop in stops),
        cost=cost,
        broken=tuple(broken),
    )
