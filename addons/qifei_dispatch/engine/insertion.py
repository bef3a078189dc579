"""Where one more order fits into routes that exist, and what that costs.

For each route the earliest times from the front and the latest times from the back
are kept, so that a place in the sequence is checked with a few additions. What is
offered has been evaluated exactly; what is refused says which rules are in the way.
"""

import math
from collections import Counter
from dataclasses import dataclass, replace

from .errors import ProblemError
from .model import FETCH, Model
from .problem import WAREHOUSE, Id, Interval, Order, Problem, Stops
from .schedule import Broken, Schedule, evaluate_route


@dataclass(frozen=True)
class Option:
    """A way to place an order. ``stops`` is the whole route afterwards.

    ``cost`` is what the plan costs more, ``added_travel`` and the times are seconds.
    ``position`` is where the order stands in ``stops``, ``warehouse`` where a stop at
    the warehouse was added for it, or None.
    """

    engineer: Id
    cost: float
    added_travel: float
    arrive: float
    start: float
    leave: float
    waiting: float
    lateness: float
    position: int
    warehouse: int | None
    stops: tuple[Id | None, ...]


@dataclass(frozen=True)
class Refusal:
    """Why an engineer cannot take an order; the first rule is the main one."""

    engineer: Id
    broken: tuple[Broken, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules in the way, each once."""
        return tuple(dict.fromkeys(item.rule for item in self.broken))


@dataclass(frozen=True)
class Ranking:
    """The answer for one order: engineers who can, the cheapest first, and the rest."""

    order: Id
    options: tuple[Option, ...]
    refused: tuple[Refusal, ...]


@dataclass(frozen=True)
class Slot:
    """A window and the cheapest way to keep it; without one, ``reasons`` says for each
    rule how many engineers it keeps away. ``engineers`` are all who could come."""

    window: Interval
    option: Option | None
    reasons: dict[str, int]
    engineers: tuple[Id, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.option is not None


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


class Inserter:
    """Routes of a problem, ready for questions about one more order.

    :param routes: ids of orders by engineer (`WAREHOUSE` at the warehouse); engineers
        without an entry have an empty route
    :raise ProblemError: when an engineer or an order is unknown or there twice
    """

    def __init__(self, problem: Problem, routes: dict[Id, Stops] | None = None):
        self.problem = problem
        self.model = problem.model
        numbers = numbered_routes(problem, routes or {})
        self.states = [
            RouteState(self.model, engineer, route)
            for engineer, route in enumerate(numbers)
        ]
        self.places = {
            stop: engineer
            for engineer, route in enumerate(numbers)
            for stop in route
            if stop != FETCH
        }

    def routes(self) -> dict[Id, Stops]:
        """Return the ids by engineer, without engineers who stay at home."""
        return {
            self.problem.engineers[state.engineer].id: id_stops(
                self.problem, state.route
            )
            for state in self.states
            if state.route
        }

    def rank(self, order_id: Id, engineers=None) -> Ranking:
        """Return who can take an order, the cheapest first, and why others cannot.

        An order that stands in a route already is taken out of it first.

        :param engineers: ids to ask; all when None
        """
        order = self._find(order_id)
        states = self.without(order)
        if engineers is None:
            asked = range(len(states))
        else:
            asked = [self.problem.engineer_index[name] for name in engineers]
        options, refused = [], []
        for engineer in asked:
            found = find_best(self.model, states[engineer], order)
            if found.route is None:
                refused.append(self._refuse(states[engineer], order, found))
            else:
                options.append(offer(self.model, states[engineer], order, found))
        options.sort(key=lambda option: (option.cost, str(option.engineer)))
        return Ranking(order_id, tuple(options), tuple(refused))

    def insert(self, order_id: Id, option: Option):
        """Change the route of an engineer to what an option says."""
        order = self._find(order_id)
        old = self.places.get(order)
        if old is not None:
            self._set(old, [stop for stop in self.states[old].route if stop != order])
        index = self.problem.order_index
        self._set(
            self.problem.engineer_index[option.engineer],
            [FETCH if stop is WAREHOUSE else index[stop] for stop in option.stops],
        )
        self.places[order] = self.problem.engineer_index[option.engineer]

    def slots(
        self, order: Id | Order, windows: list[Interval], engineers=None
    ) -> list[Slot]:
        """Return for each window whether the order can be promised in it.

        :param order: an order of the problem or a new one; its own windows are
            replaced by the one that is asked
        :param engineers: ids to ask; all when None
        """
        if not isinstance(order, Order):
            order = self.problem.order(order)
        slots = []
        problem = self.problem.with_order(replace(order, windows=()))
        number = problem.order_index[order.id]
        model = Model(problem)
        states = self.without(number)
        chosen = range(len(states))
        if engineers is not None:
            chosen = [self.problem.engineer_index[name] for name in engineers]
        if model.part_names != self.model.part_names:
            states = [RouteState(model, s.engineer, s.route) for s in states]
        for window in windows:
            model.allow(number, (tuple(window),))
            slots.append(_find_slot(model, states, chosen, number, tuple(window)))
        return slots

    def _find(self, order_id):
        self.problem.order(order_id)
        return self.problem.order_index[order_id]

    def _set(self, engineer, route):
        route = drop_needless_fetch(self.model, engineer, route)
        self.states[engineer] = RouteState(self.model, engineer, route)

    def without(self, order: int) -> list[RouteState]:
        """Return the states of the routes without an order."""
        place = self.places.get(order)
        if place is None:
            return self.states
        route = [stop for stop in self.states[place].route if stop != order]
        states = list(self.states)
        route = drop_needless_fetch(self.model, place, route)
        states[place] = RouteState(self.model, place, route)
        return states

    def _refuse(self, state, order, found):
        broken = explain_refusal(self.model, state, order, found)
        return Refusal(self.problem.engineers[state.engineer].id, broken)


def rank(problem: Problem, routes: dict[Id, Stops], order_id: Id) -> Ranking:
    """Return who can take an order; see `Inserter.rank`."""
    return Inserter(problem, routes).rank(order_id)


def slots(
    problem: Problem, routes: dict[Id, Stops], order: Id | Order, windows
) -> list[Slot]:
    """Return which windows can be promised; see `Inserter.slots`."""
    return Inserter(problem, routes).slots(order, windows)


# === ONE ROUTE === #


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


# === ANSWERS === #


def offer(model: Model, state: RouteState, order: int, found: Found) -> Option:
    """Return what is found in the words of the caller."""
    schedule = evaluate_route(model, state.engineer, found.route)
    position = found.route.index(order)
    stop = schedule.stops[position]
    warehouse = None
    if FETCH in found.route and state.fetch is None:
        warehouse = found.route.index(FETCH)
    return Option(
        engineer=schedule.engineer,
        cost=found.cost,
        added_travel=schedule.travel - state.travel,
        arrive=stop.arrive,
        start=stop.start,
        leave=stop.leave,
        waiting=stop.waiting,
        lateness=stop.lateness,
        position=position,
        warehouse=warehouse,
        stops=tuple(id_stops(model.problem, found.route)),
    )


def explain_refusal(
    model: Model, state: RouteState, order: int, found: Found
) -> tuple[Broken, ...]:
    """Return the rules that the least bad place would break."""
    engineer = state.engineer
    problem = model.problem
    name, who = problem.orders[order].id, problem.engineers[engineer].id
    barred = model.barred(engineer, order)
    broken = [Broken(rule, name, who, names=names) for rule, names in barred]
    if barred:
        found = find_best(model, state, order, anyone=True)
    if found.route is None:
        position = min(found.nearest, len(state.route))
        route = state.route[:position] + [order] + state.route[position:]
        broken += [
            item
            for item in evaluate_route(model, engineer, route).broken
            if (item.rule, item.order) not in {(b.rule, b.order) for b in broken}
        ]
    return tuple(broken)


def _find_slot(model, states, engineers, order, window) -> Slot:
    """Return the cheapest way to keep a window among those who work at its time."""
    best, best_state = None, None
    reasons, able = Counter(), []
    duration = model.duration[order]
    for engineer in engineers:
        begin, end = model.shift[engineer]
        if begin > window[1] or end < window[0] + duration:
            continue
        state = states[engineer]
        found = find_best(model, state, order)
        if found.route is None:
            reasons[_main_rule(model, state, order, found)] += 1
            continue
        able.append(model.problem.engineers[engineer].id)
        if best is None or found.cost < best.cost:
            best, best_state = found, state
    if best is None and not reasons:
        reasons["shift"] = len(engineers)
    option = None if best is None else offer(model, best_state, order, best)
    return Slot(window, option, dict(reasons), tuple(able))


def _main_rule(model, state, order, found):
    """Return the rule that keeps an order from a route, the first of several."""
    barred = model.barred(state.engineer, order)
    if barred:
        return barred[0][0]
    if state.count >= model.max_orders[state.engineer]:
        return "max_orders"
    broken = explain_refusal(model, state, order, found)
    return broken[0].rule if broken else "window"


# === IDS AND NUMBERS === #


def id_stops(problem: Problem, route: list[int]) -> Stops:
    """Return the ids of a route in numbers."""
    return [WAREHOUSE if stop == FETCH else problem.orders[stop].id for stop in route]


def numbered_routes(problem: Problem, routes: dict[Id, Stops]) -> list[list[int]]:
    """Return the route of each engineer in numbers; what is fixed comes first.

    :raise ProblemError: when an engineer or an order is unknown or there twice
    """
    numbers = [list(route) for route in problem.model.fixed]
    seen = set(problem.model.fixed_engineer)
    for engineer_id, stops in routes.items():
        problem.engineer(engineer_id)
        engineer = problem.engineer_index[engineer_id]
        fixed = problem.model.fixed_orders[engineer]
        for stop in stops:
            if stop is WAREHOUSE:
                if problem.warehouse is None:
                    raise ProblemError(
                        "There is no warehouse: take its stop out of the route."
                    )
                if FETCH not in numbers[engineer]:
                    numbers[engineer].append(FETCH)
                continue
            problem.order(stop)
            order = problem.order_index[stop]
            if order in fixed:
                continue
            if order in seen:
                raise ProblemError(
                    f"Order {stop!r} is in the routes twice: keep it once."
                )
            seen.add(order)
            numbers[engineer].append(order)
    return numbers


def schedules(problem: Problem, routes: dict[Id, Stops]) -> dict[Id, Schedule]:
    """Return the times of all routes by engineer."""
    return {
        problem.engineers[engineer].id: evaluate_route(problem.model, engineer, route)
        for engineer, route in enumerate(numbered_routes(problem, routes))
        if route
    }
