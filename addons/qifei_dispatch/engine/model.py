"""The problem in numbers: places, engineers and orders by their position.

Every calculation of the engine runs on this form. A route is a list of the positions
of its orders; `FETCH` stands for the stop at the warehouse.
"""

import math
from collections import defaultdict

from .records import WAREHOUSE, Interval

FETCH = -1
ANY_TIME: tuple[Interval, ...] = ((-math.inf, math.inf),)

# Rounding of doubles: a billionth of a second, and more for clocks with large numbers.
SMALLEST_TOLERANCE = 1e-9
RELATIVE_TOLERANCE = 1e-14


class Model:
    """One problem, prepared once for all the questions put to it."""

    def __init__(self, problem):
        self.problem = problem
        self.matrix = problem.matrix
        self.travel_weight = problem.options.travel_weight
        self.working_weight = problem.options.working_weight
        self.lateness_weight = problem.options.weights.lateness
        place = problem.place_index
        self.warehouse = None if problem.warehouse is None else place[problem.warehouse]
        self.warehouse_duration = problem.warehouse_duration
        self._read_orders(problem, place)
        self._read_engineers(problem, place)
        self.tolerance = max(
            SMALLEST_TOLERANCE, RELATIVE_TOLERANCE * self._largest_time(problem)
        )
        # Engineers with the same breaks share what is known about begins.
        shared = defaultdict(dict)
        self._starts = [
            shared[engineer.breaks, frozenset(self.fixed_orders[index])]
            for index, engineer in enumerate(problem.engineers)
        ]
        self._barred = {}
        self._soft = {}
        self.current_engineer = {
            problem.order_index[order]: problem.engineer_index[engineer]
            for engineer, stops in problem.current.items()
            for order in stops
            if order is not WAREHOUSE
        }

    def _read_orders(self, problem, place):
        orders = problem.orders
        names = sorted({name for order in orders for name in order.parts})
        self.part_names = names
        part = {name: index for index, name in enumerate(names)}
        self.order_place = [place[order.place] for order in orders]
        self.duration = [order.duration for order in orders]
        self.windows = [order.windows or ANY_TIME for order in orders]
        self.order_parts = [
            tuple(
                (part[name], quantity)
                for name, quantity in sorted(order.parts.items())
                if quantity > 0
            )
            for order in orders
        ]
        self.deadline = [order.deadline for order in orders]
        self.has_deadlines = any(value is not None for value in self.deadline)
        base = problem.leave_out_price
        factor = problem.options.weights.priority
        self.price = [
            base * (1 + factor * order.priority) if order.prize is None else order.prize
            for order in orders
        ]

    def _read_engineers(self, problem, place):
        engineers = problem.engineers
        self.start_place = [place[engineer.start] for engineer in engineers]
        self.end_place = [place[engineer.end] for engineer in engineers]
        self.shift = [engineer.shift for engineer in engineers]
        self.fixed_cost = [engineer.fixed_cost for engineer in engineers]
        self.max_orders = [
            math.inf if engineer.max_orders is None else engineer.max_orders
            for engineer in engineers
        ]
        self.van = [
            [engineer.parts.get(name, 0.0) for name in self.part_names]
            for engineer in engineers
        ]
        self.fixed = [
            [
                FETCH if stop is WAREHOUSE else problem.order_index[stop]
                for stop in engineer.fixed
            ]
            for engineer in engineers
        ]
        self.fixed_orders = [
            {stop for stop in stops if stop != FETCH} for stops in self.fixed
        ]
        self.fixed_engineer = {
            order: index
            for index, orders in enumerate(self.fixed_orders)
            for order in orders
        }

    @staticmethod
    def _largest_time(problem):
        times = [bound for engineer in problem.engineers for bound in engineer.shift]
        times += [
            bound
            for order in problem.orders
            for window in order.windows
            for bound in window
        ]
        return max(map(abs, times), default=0.0)

    # === WHO MAY DO WHAT === #

    def barred(self, engineer: int, order: int) -> tuple[tuple[str, tuple], ...]:
        """Return rules that keep an order from an engineer wherever it stands.

        :return: pairs of rule and what is missing, such as ``("skill", ("gas",))``
        """
        key = engineer, order
        found = self._barred.get(key)
        if found is None:
            found = self._barred[key] = self._find_barred(engineer, order)
        return found

    def _find_barred(self, engineer, order):
        if order in self.fixed_orders[engineer]:
            return ()
        who = self.problem.engineers[engineer]
        what = self.problem.orders[order]
        rules = []
        if not what.skills <= who.skills:
            rules.append(("skill", tuple(sorted(what.skills - who.skills))))
        if who.id in what.excluded or who.person in what.excluded:
            rules.append(("excluded", ()))
        if what.pinned_to is not None and what.pinned_to not in who.names:
            rules.append(("pinned", (what.pinned_to,)))
        if order in self.fixed_engineer:
            other = self.problem.engineers[self.fixed_engineer[order]]
            rules.append(("pinned", (other.id,)))
        if self.warehouse is None:
            missing = what.tools - who.tools
            if missing:
                rules.append(("tool", tuple(sorted(missing))))
            short = [
                self.part_names[part]
                for part, quantity in self.order_parts[order]
                if quantity > self.van[engineer][part] + self.tolerance
            ]
            if short:
                rules.append(("part", tuple(short)))
        return tuple(rules)

    def lacks_tool(self, engineer: int, order: int) -> bool:
        """Tell whether a tool for the order has to be fetched first."""
        return not (
            self.problem.orders[order].tools <= self.problem.engineers[engineer].tools
        )

    def lacks_part(self, engineer: int, order: int) -> bool:
        """Tell whether the full van has too few of a part for this order alone."""
        van = self.van[engineer]
        return any(
            quantity > van[part] + self.tolerance
            for part, quantity in self.order_parts[order]
        )

    def soft(self, engineer: int, order: int) -> float:
        """Return what it costs that this engineer is not the one wished for."""
        key = engineer, order
        found = self._soft.get(key)
        if found is None:
            found = self._soft[key] = sum(self.soft_parts(engineer, order).values())
        return found

    def soft_parts(self, engineer: int, order: int) -> dict[str, float]:
        """Return the same by wish: ``preferred``, ``affinity``, ``change``."""
        who = self.problem.engineers[engineer]
        what = self.problem.orders[order]
        weights = self.problem.options.weights
        wishes = {}
        for name, wish, factor in (
            ("preferred", what.preferred, 1.0),
            ("affinity", what.affinity, weights.affinity),
        ):
            if wish:
                own = max((wish.get(alias, 0.0) for alias in who.names), default=0.0)
                wishes[name] = factor * (max(wish.values()) - own)
        now = self.current_engineer.get(order)
        if now is not None and now != engineer:
            wishes["change"] = weights.change
        return wishes

    # === WHEN === #

    def starts(self, engineer: int, order: int) -> tuple[Interval, ...]:
        """Return the intervals in which the service may begin: windows less breaks."""
        known = self._starts[engineer]
        found = known.get(order)
        if found is None:
            found = known[order] = self._find_starts(engineer, order)
        return found

    def _find_starts(self, engineer, order):
        if order in self.fixed_orders[engineer]:
            return ANY_TIME
        duration = self.warehouse_duration if order == FETCH else self.duration[order]
        windows = ANY_TIME if order == FETCH else self.windows[order]
        return without_breaks(
            windows, self.problem.engineers[engineer].breaks, duration
        )

    def allow(self, order: int, windows: tuple[Interval, ...]):
        """Replace the windows of an order in this model alone."""
        self.windows[order] = windows
        for known in self._starts:
            known.pop(order, None)

    def earliest(self, intervals, time: float) -> float | None:
        """Return the first possible begin from ``time`` on, or None."""
        for low, high in intervals:
            if time <= high + self.tolerance:
                return time if time > low else low
        return None

    # === WHAT A ROUTE COSTS === #

    def route_cost(self, engineer: int, route: list[int]) -> float | None:
        """Return the exact cost of a route, or None when it breaks a hard rule.

        The engineer must be allowed each order (`barred`): this is not asked again.
        """
        if not route:
            return 0.0
        if not self.goods_suffice(engineer, route):
            return None
        matrix, tolerance = self.matrix, self.tolerance
        order_place, durations = self.order_place, self.duration
        time, until = self.shift[engineer]
        place = self.start_place[engineer]
        travel = soft = late = 0.0
        known = self._starts[engineer]
        begins = []
        count = 0
        for stop in route:
            if stop == FETCH:
                target, duration = self.warehouse, self.warehouse_duration
            else:
                target, duration = order_place[stop], durations[stop]
                count += 1
            seconds = matrix[place][target]
            travel += seconds
            arrive = time + seconds
            intervals = known.get(stop) or self.starts(engineer, stop)
            for low, high in intervals:
                if arrive <= high + tolerance:
                    begin = arrive if arrive > low else low
                    break
            else:
                return None
            begins.append((seconds, intervals, duration))
            if stop != FETCH:
                soft += self.soft(engineer, stop)
                if self.has_deadlines and self.deadline[stop] is not None:
                    late += max(0.0, begin - self.deadline[stop])
            time = begin + duration
            place = target
        seconds = matrix[place][self.end_place[engineer]]
        travel += seconds
        time += seconds
        if time > until + tolerance or count > self.max_orders[engineer]:
            return None
        cost = (
            self.travel_weight * travel
            + soft
            + self.lateness_weight * late
            + self.fixed_cost[engineer]
        )
        if self.working_weight:
            start = latest_start(time - seconds, begins)
            cost += self.working_weight * (time - max(start, self.shift[engineer][0]))
        return cost

    def goods_suffice(self, engineer: int, route: list[int]) -> bool:
        """Tell whether tools and parts are there when they are needed."""
        van = self.van[engineer]
        fixed = self.fixed_orders[engineer]
        used = defaultdict(float)
        for stop in route:
            if stop == FETCH:
                return self.warehouse is not None
            for part, quantity in self.order_parts[stop]:
                used[part] += quantity
                if used[part] > van[part] + self.tolerance and stop not in fixed:
                    return False
            if stop not in fixed and self.lacks_tool(engineer, stop):
                return False
        return True


def latest_start(leave: float, begins) -> float:
    """Return the latest start that still leaves the last stop at ``leave``.

    :param begins: for each stop the seconds of travel to it, the intervals in which
        it may begin, and its duration
    """
    for seconds, intervals, duration in reversed(begins):
        bound = leave - duration
        begin = -math.inf
        for low, high in reversed(intervals):
            if bound >= low:
                begin = bound if bound < high else high
                break
        else:
            # Rounding: the begin of the first interval is a hair after the bound.
            begin = bound
        leave = begin - seconds
    return leave


def without_breaks(windows, breaks, duration: float) -> tuple[Interval, ...]:
    """Return when a service may begin so that it overlaps no break.

    It may end as a break begins and begin as a break ends.
    """
    free = list(windows)
    for begin, end in breaks:
        if begin == end:
            continue
        pieces = []
        for low, high in free:
            if high <= begin - duration or low >= end:
                pieces.append((low, high))
                continue
            if low <= begin - duration:
                pieces.append((low, begin - duration))
            if high >= end:
                pieces.append((end, high))
        free = pieces
    return merged(free)


def merged(intervals) -> tuple[Interval, ...]:
    """Return sorted intervals, joined where they touch."""
    result = []
    for low, high in sorted(intervals):
        if result and low <= result[-1][1]:
            result[-1] = result[-1][0], max(high, result[-1][1])
        else:
            result.append((low, high))
    return tuple(result)
