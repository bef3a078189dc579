"""Where one more order fits into routes that exist, and what that costs.

What is offered has been evaluated exactly; what is refused says which rules are in the
way. `fitting` looks at one route, this module at all of them.
"""

from collections import Counter
from dataclasses import dataclass, replace

from .errors import ProblemError
from .fitting import Found, RouteState, drop_needless_fetch, find_best
from .model import FETCH, Model
from .problem import WAREHOUSE, Id, Interval, Order, Problem, Stops
from .schedule import Broken, Schedule, evaluate_route, find_broken


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
            for item in find_broken(model, engineer, route)
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
