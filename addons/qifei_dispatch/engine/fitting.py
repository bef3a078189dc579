"""Whether one more order fits into one route, and where it costs least.

For each route the earliest times from the front and the latest times from the back
are kept, so that a place in the sequence is checked with a few additions; what passes
is evaluated exactly.
"""

import math
from dataclasses import dataclass

from .model import FETCH, Model


class RouteState:
    """One route with what is needed to check an insertion quickly."""

    __slots__ = (
        "cost",
        "count",
        "engineer",
        "fetch",
        "leave",
        "latest",
        "places",
        "route",
        "travel",
        "used",
    )

    def __init__(self, model: Model, engineer: int, route: list[int]):
        self.engineer = engineer
        self.route = route
        # None: the route breaks a rule already.
        self.cost = model.route_cost(engineer, route)
        self.count = sum(stop != FETCH for stop in route)
        self.fetch = route.index(FETCH) if FETCH in route else None
        self.places = [
            model.start_place[engineer],
            *(
                model.warehouse if stop == FETCH else model.order_place[stop]
                for stop in route
            ),
            model.end_place[engineer],
        ]
        self._sum_parts(model)
        self._pass_times(model)

    def _sum_parts(self, model):
        """Sum up what is taken from the van before the warehouse."""
        self.used = {}
        for stop in self.route:
            if stop == FETCH:
                break
            for part, quantity in model.order_parts[stop]:
                self.used[part] = self.used.get(part, 0.0) + quantity

    def _pass_times(self, model):
        """Fill ``leave`` (from the place before each position) and ``latest`` (arrival
        at the place at each position that keeps everything behind it)."""
        matrix, places, engineer = model.matrix, self.places, self.engineer
        time, until = model.shift[engineer]
        self.leave = leave = [time]
        self.travel = 0.0
        stops = []
        for position, stop in enumerate(self.route, start=1):
            seconds = matrix[places[position - 1]][places[position]]
            self.travel += seconds
            intervals = model.starts(engineer, stop)
            begin = model.earliest(intervals, time + seconds)
            duration = (
                model.warehouse_duration if stop == FETCH else model.duration[stop]
            )
            time = (time + seconds if begin is None else begin) + duration
            leave.append(time)
            stops.append((intervals, duration))
        if self.route:
            self.travel += matrix[places[-2]][places[-1]]
        latest = [until]
        for position in range(len(stops), 0, -1):
            intervals, duration = stops[position - 1]
            bound = latest[-1] - matrix[places[position]][places[position + 1]]
            bound -= duration
            begin = -math.inf
            for low, high in reversed(intervals):
                if bound >= low - model.tolerance / 4:
                    begin = min(bound, high)
                    break
            latest.append(begin)
        latest.reverse()
        self.latest = latest


@dataclass(slots=True)
class Found:
    """The cheapest route with the order, or None and the place that fails by least."""

    route: list[int] | None = None
    cost: float = math.inf
    nearest: int = 0
    excess: float = math.inf


def find_best(
    model: Model, state: RouteState, order: int, *, anyone: bool = False
) -> Found:
    """Return the cheapest way into one route; all hard rules hold.

    :param anyone: ask for the time alone, not whether the engineer may serve the order
    """
    found = Found(nearest=len(model.fixed[state.engineer]))
    engineer = state.engineer
    if (
        (model.barred(engineer, order) and not anyone)
        or state.cost is None
        or state.count >= model.max_orders[engineer]
    ):
        return found
    first = len(model.fixed[engineer])
    if anyone:
        _try_positions(model, state, order, first, None, found)
        return found
    limit = _last_free_position(model, state, order)
    _try_positions(model, state, order, first, limit, found)
    if state.fetch is None and model.warehouse is not None:
        if not _carries(model, state, order):
            _try_with_fetch(model, state, order, first, found)
    elif state.fetch is not None and limit is not None:
        # The stop that exists may come earlier: before the new order.
        _try_moved_fetch(model, state, order, first, found)
    return found


def _carries(model, state, order):
    """Tell whether the van still has what the order needs before any fetching."""
    engineer = state.engineer
    if model.lacks_tool(engineer, order):
        return False
    van = model.van[engineer]
    return all(
        state.used.get(part, 0.0) + quantity <= van[part] + model.tolerance
        for part, quantity in model.order_parts[order]
    )


def _last_free_position(model, state, order):
    """Return the first position from which on the order needs nothing from the van.

    :return: None when the van carries it anywhere, else a position; positions before
        it are closed
    """
    if _carries(model, state, order):
        return None
    if state.fetch is not None:
        return state.fetch + 1
    return len(state.route) + 1


def _try_positions(model, state, order, first, limit, found):
    """Look at each position between two stops without another detour."""
    matrix, places, engineer = model.matrix, state.places, state.engineer
    place, duration = model.order_place[order], model.duration[order]
    intervals = model.starts(engineer, order)
    margin = model.tolerance / 4
    simple = not model.working_weight and not model.has_deadlines
    base = state.cost
    extra = model.soft(engineer, order)
    if not state.route:
        extra += model.fixed_cost[engineer]
    begin_at = first if limit is None else max(first, limit)
    candidates = []
    for position in range(begin_at, len(state.route) + 1):
        before, after = places[position], places[position + 1]
        arrive = state.leave[position] + matrix[before][place]
        begin = model.earliest(intervals, arrive)
        if begin is None:
            excess = arrive - intervals[-1][1] if intervals else math.inf
            if excess < found.excess:
                found.excess, found.nearest = excess, position
            continue
        late = begin + duration + matrix[place][after] - state.latest[position]
        if late > margin:
            if late < found.excess:
                found.excess, found.nearest = late, position
            continue
        added = matrix[before][place] + matrix[place][after]
        if state.route:
            added -= matrix[before][after]
        candidates.append((model.travel_weight * added, position))
    candidates.sort()
    for added, position in candidates:
        if simple and added + extra >= found.cost:
            break
        route = state.route[:position] + [order] + state.route[position:]
        cost = model.route_cost(engineer, route)
        if cost is not None and cost - base < found.cost:
            found.cost, found.route = cost - base, route


def _try_with_fetch(model, state, order, first, found):
    """Add the order and a stop at the warehouse, before it or after it.

    After it the stop helps where the order takes a part that a later one needs.
    """
    _try_pair(model, state, (FETCH, order), first, found)
    if not model.lacks_tool(state.engineer, order) and model.order_parts[order]:
        _try_pair(model, state, (order, FETCH), first, found)


def _try_pair(model, state, pair, first, found):
    """Look at each pair of positions for two more stops in this sequence."""
    matrix, places, route = model.matrix, state.places, state.route
    starts, engineer = model.starts, state.engineer
    (one, one_place, one_lasts), (two, two_place, two_lasts) = [
        (FETCH, model.warehouse, model.warehouse_duration)
        if stop == FETCH
        else (stop, model.order_place[stop], model.duration[stop])
        for stop in pair
    ]
    margin = model.tolerance / 4
    simple = not model.working_weight and not model.has_deadlines
    for early in range(first, len(route) + 1):
        detour = matrix[places[early]][one_place]
        begin = model.earliest(starts(engineer, one), state.leave[early] + detour)
        if begin is None:
            continue
        if route:
            detour -= matrix[places[early]][places[early + 1]]
        time, before = begin + one_lasts, one_place
        for position in range(early, len(route) + 1):
            begin = model.earliest(
                starts(engineer, two), time + matrix[before][two_place]
            )
            if begin is not None:
                arrive = begin + two_lasts + matrix[two_place][places[position + 1]]
                added = detour + matrix[before][two_place]
                added += matrix[two_place][places[position + 1]]
                if position > early:
                    added -= matrix[before][places[position + 1]]
                hopeless = simple and model.travel_weight * added >= found.cost
                if not hopeless and arrive <= state.latest[position] + margin:
                    between = route[early:position]
                    tried = route[:early] + [one] + between + [two] + route[position:]
                    _keep_better(model, state, tried, found)
            if position == len(route):
                break
            stop = route[position]
            if position == early:
                detour += matrix[before][places[position + 1]]
            arrive = time + matrix[before][places[position + 1]]
            if arrive > state.latest[position] + margin:
                break
            begin = model.earliest(starts(engineer, stop), arrive)
            if begin is None:
                break
            time, before = begin + model.duration[stop], places[position + 1]


def _try_moved_fetch(model, state, order, first, found):
    """Add the order and look for another place for the stop at the warehouse."""
    if state.fetch < first:
        return
    base = RouteState(
        model, state.engineer, [stop for stop in state.route if stop != FETCH]
    )
    # Without the stop the route may lack goods; only its times are needed here.
    base.cost = state.cost
    _try_with_fetch(model, base, order, first, found)


def _keep_better(model, state, route, found):
    cost = model.route_cost(state.engineer, route)
    if cost is not None and cost - state.cost < found.cost:
        found.cost, found.route = cost - state.cost, route


def drop_needless_fetch(model: Model, engineer: int, route: list[int]) -> list[int]:
    """Return the route without its stop at the warehouse where it serves nothing."""
    if FETCH not in route or FETCH in model.fixed[engineer]:
        return route
    without = [stop for stop in route if stop != FETCH]
    if model.goods_suffice(engineer, without):
        return without
    return route
