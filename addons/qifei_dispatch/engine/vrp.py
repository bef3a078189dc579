"""The task in the terms of the solver PyVRP, and its answer back.

PyVRP counts in whole numbers, knows one window for each client and no breaks. What it
is given is a little narrower than the problem (travel is rounded up, windows inwards),
so that its routes hold in real numbers; what it cannot be told is checked afterwards
by whoever asks.

- Several windows, breaks and deadlines become alternatives of a client, of which one
  is visited.
- Who may serve whom, and every soft wish, lies in the way to a client: each kind of
  engineer has its own matrix.
- Tools and parts are loads. The van begins with so much ballast that what it carries
  fits on top; the warehouse is a depot at which the ballast stays behind, once.

`make_task` and `read_answer` speak of the model; what is between them is plain numbers,
so that it can be sent to another process (`vrp_run`).
"""

import math
from dataclasses import dataclass

from .fitting import RouteState
from .model import FETCH, merged

# Times are multiplied so that a shift has about so many units: fine enough for
# thousandths of a second, far from the end of the solver's numbers.
UNITS_OF_A_SHIFT = 2e7
MOST_ALTERNATIVES = 5
# A deadline that can be missed splits what comes after it into so many steps.
STEPS_OF_LATENESS = 3
# Ways nobody may go take this many times the whole clock.
CLOSED = 4
ROUNDING = 1e-6


@dataclass
class Alternative:
    """One way to visit an order: when it may begin, for whom, and what it costs."""

    order: int
    low: float
    high: float
    engineers: frozenset
    late: float = 0.0


@dataclass
class Task:
    """What is sent to `run_task` (``data``), and what reads its answer."""

    data: dict
    alternatives: list[Alternative]
    # Engineers of each vehicle type, and the depot that is the warehouse.
    crews: list[list[int]]
    warehouse: int | None


def make_task(
    model,
    engineers: list[int],
    orders: list[int],
    *,
    seconds: float,
    seed: int,
    routes: dict[int, list[int]] | None = None,
    optional: bool = True,
) -> Task | None:
    """Return the task of placing some orders on some engineers.

    :param routes: where the search begins
    :param optional: whether orders without a prize may be left out, at their price
    :return: None when no order can be given to anyone
    """
    return _Writer(model, engineers, orders, optional).solve(seconds, seed, routes)


class _Writer:
    """Puts the numbers of one task together."""

    def __init__(self, model, engineers, orders, optional):
        self.model = model
        self.engineers = engineers
        self.orders = orders
        self.optional = optional
        shifts = [model.shift[engineer] for engineer in engineers]
        self.begin = min((shift[0] for shift in shifts), default=0.0)
        self.end = max((shift[1] for shift in shifts), default=0.0)
        length = max(self.end - self.begin, 1e-3)
        self.scale = 10.0 ** math.floor(math.log10(UNITS_OF_A_SHIFT / length))
        # Durations cost 1 a unit where working time counts at all; the rest follows.
        weight = model.working_weight
        self.unit = self.scale / weight if weight else self.scale

    # === UNITS === #

    def _up(self, seconds):
        return math.ceil(seconds * self.scale - ROUNDING)

    def _down(self, seconds):
        return math.floor(seconds * self.scale + ROUNDING)

    def _price(self, cost):
        return round(cost * self.unit)

    # === THE TASK === #

    def solve(self, seconds, seed, routes):
        self.alternatives = []
        for order in self.orders:
            self.alternatives += self._alternatives(order)
        if not self.alternatives:
            return None
        self.count_by_way = self._must_count_by_way()
        self._collect_depots()
        self._collect_goods()
        crews = self._crews()
        clients, groups = self._clients()
        data = {
            "depots": self.depot_durations,
            "clients": clients,
            "groups": groups,
            "matrices": self._matrices(crews),
            "vehicles": [self._vehicle(crew, k) for k, crew in enumerate(crews)],
            "seconds": seconds,
            "seed": seed,
        }
        task = Task(data, self.alternatives, crews, self.fetch_depot)
        if routes:
            data["routes"] = self._start(task, routes)
        return task

    def _alternatives(self, order):
        """Return the ways to visit an order, cut at breaks and at the deadline."""
        model = self.model
        allowed = {}
        for engineer in self.engineers:
            if not model.barred(engineer, order):
                allowed.setdefault(model.starts(engineer, order), set()).add(engineer)
        pieces = _cut(allowed, self.begin, self.end)
        if len(pieces) > MOST_ALTERNATIVES:
            pieces = self._roughly(allowed)
        deadline = model.deadline[order]
        if deadline is None or not model.lateness_weight:
            return [Alternative(order, low, high, who) for low, high, who in pieces]
        result = []
        for low, high, who in pieces:
            if low <= deadline:
                result.append(Alternative(order, low, min(high, deadline), who))
            if high <= deadline:
                continue
            begin = max(low, deadline)
            step = (high - begin) / STEPS_OF_LATENESS
            for number in range(STEPS_OF_LATENESS if step > 0 else 1):
                late = begin + (number + 0.5) * step - deadline
                result.append(
                    Alternative(
                        order,
                        begin + number * step,
                        begin + (number + 1) * step,
                        who,
                        late * model.lateness_weight,
                    )
                )
        return result

    def _roughly(self, allowed):
        """Return the times at which anyone may begin: breaks of single engineers are
        left to those who check the answer."""
        times = merged(interval for starts in allowed for interval in starts)
        everyone = frozenset().union(*allowed.values())
        return [
            (max(low, self.begin), min(high, self.end), everyone)
            for low, high in times
            if high >= self.begin and low <= self.end
        ]

    def _must_count_by_way(self):
        """Tell whether orders are counted as a distance: a load would begin anew at
        the warehouse."""
        most = min(self.model.max_orders[engineer] for engineer in self.engineers)
        return self.model.warehouse is not None and most < len(self.orders)

    def _collect_depots(self):
        """Number the places where engineers start and end, and the warehouse."""
        model = self.model
        self.depots, self.depot_durations = {}, []
        for engineer in self.engineers:
            for place in (self._start_place(engineer), model.end_place[engineer]):
                if place not in self.depots:
                    self.depots[place] = len(self.depots)
                    self.depot_durations.append(0)
        self.fetch_depot = None
        self.places = list(self.depots)
        if model.warehouse is not None:
            # Its own depot: fetching takes time, setting out there does not.
            self.fetch_depot = len(self.places)
            self.places.append(model.warehouse)
            self.depot_durations.append(self._up(model.warehouse_duration))

    def _start_place(self, engineer):
        fixed = self.model.fixed[engineer]
        if not fixed:
            return self.model.start_place[engineer]
        if fixed[-1] == FETCH:
            return self.model.warehouse
        return self.model.order_place[fixed[-1]]

    def _start_time(self, engineer):
        """Return when the engineer is free: after what is fixed."""
        model = self.model
        fixed = model.fixed[engineer]
        if not fixed:
            return model.shift[engineer][0]
        return RouteState(model, engineer, list(fixed)).leave[-1]

    def _collect_goods(self):
        """Find the loads that can be short: parts, tools, and the count of orders."""
        model, problem = self.model, self.model.problem
        needs, limits = [], []
        ordered = {order for order in self.orders}
        for part in range(len(model.part_names)):
            need = {
                order: quantity
                for order in ordered
                for index, quantity in model.order_parts[order]
                if index == part
            }
            total = sum(need.values())
            limit = [self._left(engineer, part) for engineer in self.engineers]
            if need and min(limit) < total:
                factor = _whole_factor([*need.values(), *limit])
                needs.append(
                    {o: math.ceil(q * factor - ROUNDING) for o, q in need.items()}
                )
                limits.append([math.floor(q * factor + ROUNDING) for q in limit])
        tools = {tool for order in ordered for tool in problem.orders[order].tools}
        columns = {}
        for tool in sorted(tools) if model.warehouse is not None else ():
            carried = tuple(self._has_tool(e, tool) for e in self.engineers)
            if not all(carried):
                columns.setdefault(carried, set()).update(
                    o for o in ordered if tool in problem.orders[o].tools
                )
        for carried, need in columns.items():
            needs.append(dict.fromkeys(need, 1))
            limits.append([len(need) if has else 0 for has in carried])
        self.fetching = len(needs)
        most = [self._most(engineer) for engineer in self.engineers]
        if min(most) < len(ordered) and not self.count_by_way:
            needs.append(dict.fromkeys(ordered, 1))
            limits.append([min(limit, len(ordered)) for limit in most])
        self.needs = needs
        self.totals = [sum(need.values()) for need in needs]
        self.limits = {
            engineer: tuple(
                min(limit[row], total)
                for limit, total in zip(limits, self.totals, strict=True)
            )
            for row, engineer in enumerate(self.engineers)
        }

    def _most(self, engineer):
        return max(
            0,
            self.model.max_orders[engineer] - len(self.model.fixed_orders[engineer]),
        )

    def _fetched(self, engineer):
        return FETCH in self.model.fixed[engineer]

    def _left(self, engineer, part):
        """Return what the van still has of a part after what is fixed."""
        if self._fetched(engineer):
            return 1e9
        used = sum(
            quantity
            for order in self.model.fixed_orders[engineer]
            for index, quantity in self.model.order_parts[order]
            if index == part
        )
        return max(0.0, self.model.van[engineer][part] - used)

    def _has_tool(self, engineer, tool):
        return tool in self.model.problem.engineers[engineer].tools or self._fetched(
            engineer
        )

    def _crews(self):
        """Return engineers who are alike: one vehicle type for each group."""
        model = self.model
        self.kinds, crews = {}, {}
        for engineer in self.engineers:
            ways = tuple(
                self._price(model.soft(engineer, item.order) + item.late)
                if engineer in item.engineers
                else None
                for item in self.alternatives
            )
            kind = self.kinds.setdefault(ways, len(self.kinds))
            key = (
                self._start_place(engineer),
                model.end_place[engineer],
                self._start_time(engineer),
                model.shift[engineer][1],
                kind,
                self.limits[engineer],
                model.max_orders[engineer],
                model.fixed_cost[engineer],
                # What is fixed belongs to one person.
                engineer if model.fixed[engineer] else None,
            )
            crews.setdefault(key, []).append(engineer)
        self.keys = list(crews)
        return list(crews.values())

    def _vehicle(self, crew, number):
        model = self.model
        engineer = crew[0]
        start, end, free, until, kind, limits, _most, cost, _own = self.keys[number]
        # At the warehouse a load begins anew: all of it fits afterwards.
        ballast = [
            total - limit for total, limit in zip(self.totals, limits, strict=True)
        ]
        can_fetch = self.fetch_depot is not None and any(ballast[: self.fetching])
        vehicle = {
            "num_available": len(crew),
            "start_depot": self.depots[start],
            "end_depot": self.depots[end],
            "capacity": self.totals,
            "initial_load": ballast,
            "tw_early": self._up(free - self.begin),
            "tw_late": max(self._up(free - self.begin), self._down(until - self.begin)),
            "profile": kind,
            "fixed_cost": 0 if model.fixed[engineer] else self._price(cost),
            "unit_distance_cost": 1,
            "unit_duration_cost": 1 if model.working_weight else 0,
            "max_reloads": 1 if can_fetch else 0,
            "reload_depots": [self.fetch_depot] if can_fetch else [],
        }
        if self.count_by_way and self._most(engineer) < len(self.orders):
            most = int(self._most(engineer))
            vehicle["max_distance"] = self.way_unit * (most + 1) - 1
        return vehicle

    def _clients(self):
        model = self.model
        by_order = {}
        for number, item in enumerate(self.alternatives):
            by_order.setdefault(item.order, []).append(number)
        self._measure_ways()
        clients, groups = [], []
        for number, item in enumerate(self.alternatives):
            low = max(0, self._up(item.low - self.begin))
            high = max(low, self._down(item.high - self.begin))
            numbers = by_order[item.order]
            required = (
                not self.optional and model.problem.orders[item.order].prize is None
            )
            alone = len(numbers) == 1
            if not alone and number == numbers[0]:
                groups.append({"clients": numbers, "required": required})
            clients.append(
                {
                    "delivery": [need.get(item.order, 0) for need in self.needs],
                    "service_duration": self._up(model.duration[item.order]),
                    "tw_early": low,
                    "tw_late": high,
                    "required": required and alone,
                    "prize": 0
                    if required
                    else self._price(model.price[item.order]) + self.way_unit,
                    "group": None if alone else len(groups) - 1,
                }
            )
        return clients, groups

    def _measure_ways(self):
        """Choose the unit in which orders are counted: longer than any way costs."""
        self.way_unit = 0
        if self.count_by_way:
            model = self.model
            most = model.travel_weight * (self.end - self.begin)
            soft = max(
                (
                    model.soft(engineer, item.order) + item.late
                    for item in self.alternatives
                    for engineer in item.engineers
                ),
                default=0.0,
            )
            self.way_unit = 2 * self._price(most + soft * len(self.orders)) + 1

    def _matrices(self, crews):
        """Return distances (costs) and durations for each kind of engineer."""
        import numpy

        model = self.model
        places = self.places + [
            model.order_place[item.order] for item in self.alternatives
        ]
        offset = len(self.places)
        seconds = numpy.array(
            [[model.matrix[i][j] for j in places] for i in places], dtype=float
        )
        durations = numpy.ceil(seconds * self.scale - ROUNDING).astype(numpy.int64)
        distances = numpy.rint(seconds * (model.travel_weight * self.unit)).astype(
            numpy.int64
        )
        distances[:, offset:] += self.way_unit
        numpy.fill_diagonal(distances, 0)
        closed = CLOSED * (self._up(self.end - self.begin) + 1)
        matrices = []
        for ways in self.kinds:
            distance, duration = distances.copy(), durations.copy()
            for number, cost in enumerate(ways):
                column = offset + number
                if cost is None:
                    distance[:, column] += closed
                    duration[:, column] = closed
                else:
                    distance[:, column] += cost
                distance[column, column] = duration[column, column] = 0
            matrices.append((distance, duration))
        return matrices

    # === WHERE TO BEGIN === #

    def _start(self, task, routes):
        """Return the routes of now as ``(vehicle type, visits)``."""
        numbers = {}
        for number, item in enumerate(self.alternatives):
            numbers.setdefault(item.order, []).append(number)
        start = []
        for kind, crew in enumerate(task.crews):
            for engineer in crew:
                visits = self._visits(engineer, routes.get(engineer, ()), numbers)
                if visits:
                    start.append((kind, visits))
        return start

    def _visits(self, engineer, route, numbers):
        model = self.model
        state = RouteState(model, engineer, list(route))
        visits = []
        for position, stop in enumerate(route):
            if position < len(model.fixed[engineer]):
                continue
            if stop == FETCH:
                visits.append(("fetch", self.fetch_depot))
                continue
            begin = state.leave[position + 1] - model.duration[stop]
            fitting = [
                number
                for number in numbers.get(stop, ())
                if engineer in self.alternatives[number].engineers
            ]
            if fitting:
                item = self.alternatives
                visits.append(
                    (
                        "visit",
                        min(
                            fitting,
                            key=lambda n: max(
                                item[n].low - begin, begin - item[n].high
                            ),
                        ),
                    )
                )
        return visits


def _cut(allowed, begin, end):
    """Return ``(low, high, engineers)``: intervals cut wherever someone's ends.

    :param allowed: engineers by the intervals in which they may begin
    """
    if len(allowed) == 1:
        ((starts, who),) = allowed.items()
        return [
            (max(low, begin), min(high, end), frozenset(who))
            for low, high in starts
            if high >= begin and low <= end
        ]
    bounds = sorted(
        {
            min(max(bound, begin), end)
            for starts in allowed
            for interval in starts
            for bound in interval
        }
    )
    single = {low for starts in allowed for low, high in starts if low == high}
    candidates = list(zip(bounds, bounds[1:], strict=False))
    candidates += [(bound, bound) for bound in single if begin <= bound <= end]
    pieces = []
    for low, high in candidates:
        who = frozenset(
            engineer
            for starts, engineers in allowed.items()
            if any(first <= low and high <= last for first, last in starts)
            for engineer in engineers
        )
        if who:
            if pieces and pieces[-1][2] == who and pieces[-1][1] == low < high:
                pieces[-1] = pieces[-1][0], high, who
            else:
                pieces.append((low, high, who))
    return pieces


def _whole_factor(quantities):
    """Return what makes quantities whole, or a fine grain when nothing does."""
    for factor in (1, 2, 4, 10, 100, 1000):
        if all(abs(q * factor - round(q * factor)) < ROUNDING for q in quantities):
            return factor
    return 1000


def read_answer(task: Task, model, answer: dict) -> dict[int, list[int]]:
    """Return the stops by engineer, with what is fixed before them."""
    routes = {}
    free = [list(crew) for crew in task.crews]
    for kind, visits in answer["routes"]:
        engineer = free[kind].pop(0)
        stops = list(model.fixed[engineer])
        for what, number in visits:
            if what == "visit":
                stops.append(task.alternatives[number].order)
            elif FETCH not in stops:
                stops.append(FETCH)
        routes[engineer] = stops
    return routes
