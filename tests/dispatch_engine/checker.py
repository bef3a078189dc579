"""A second opinion on plans, written from the rules of the file format.

Nothing here comes from the engine: problems and plans are plain JSON, times are
calculated anew, and every rule has its own few lines.
"""

import itertools
import math

# Seconds (or pieces) by which sums of doubles may differ.
TOLERANCE = 1e-6
FETCH = "the warehouse"


class Checker:
    """The rules of one problem in JSON."""

    def __init__(self, problem):
        self.problem = problem
        self.engineers = {item["id"]: item for item in problem["engineers"]}
        self.orders = {item["id"]: item for item in problem["orders"]}
        self.places = {item["id"]: n for n, item in enumerate(problem["places"])}
        warehouse = problem.get("warehouse")
        self.loading = 0
        if isinstance(warehouse, dict):
            self.loading = warehouse.get("duration", 0)
            warehouse = warehouse["place"]
        self.warehouse = warehouse

    def travel(self, origin, destination):
        """Return the seconds between two places."""
        one, two = self.places[origin], self.places[destination]
        if "matrix" in self.problem:
            return self.problem["matrix"][one][two]
        one, two = self.problem["places"][one], self.problem["places"][two]
        if "lat" in one:
            return self._drive(one, two)
        return math.sqrt((one["x"] - two["x"]) ** 2 + (one["y"] - two["y"]) ** 2)

    def _drive(self, one, two):
        """Return seconds by the haversine formula, a detour and a speed."""
        options = self.problem.get("options", {})
        metres_a_second = options.get("speed", 40) * 1000 / 3600
        a, b = math.radians(one["lat"]), math.radians(two["lat"])
        half = math.radians(two["lon"] - one["lon"]) / 2
        h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(half) ** 2
        metres = 2 * 6371008.8 * math.asin(math.sqrt(h))
        return metres * options.get("detour", 1.3) / metres_a_second

    # === A PLAN === #

    def check(self, plan):
        """Return what is wrong with a plan, as sentences."""
        problems = []
        seen = []
        people = [route["engineer"] for route in plan["routes"]]
        if len(set(people)) != len(people):
            problems.append("an engineer has two routes")
        for route in plan["routes"]:
            problems += self._check_route(route)
            seen += [stop["order"] for stop in route["stops"] if "order" in stop]
        left_out = [item["order"] for item in plan["unplaced"]]
        if sorted(map(str, seen + left_out)) != sorted(map(str, self.orders)):
            problems.append("the orders of the plan are not those of the problem")
        for item in plan["unplaced"]:
            if not item["reasons"]:
                problems.append(f"{item['order']} is left out for no reason")
        return problems

    def _check_route(self, route):
        who = self.engineers[route["engineer"]]
        stops = [stop.get("order", FETCH) for stop in route["stops"]]
        problems = self.check_goods(who, stops)
        problems += self.check_people(who, stops)
        place, time = who["start"], route["start"]
        if time < who["shift"][0] - TOLERANCE:
            problems.append("leaves before the shift")
        travel = 0.0
        for stop, name in zip(route["stops"], stops, strict=True):
            target, lasts, windows = self._about(name)
            seconds = self.travel(place, target)
            travel += seconds
            if abs(stop["arrive"] - (time + seconds)) > TOLERANCE:
                problems.append(f"{name}: arrives at an impossible time")
            if stop["start"] < stop["arrive"] - TOLERANCE:
                problems.append(f"{name}: begins before the arrival")
            if abs(stop["leave"] - stop["start"] - lasts) > TOLERANCE:
                problems.append(f"{name}: lasts too long or too short")
            if not _within(stop["start"], windows):
                problems.append(f"{name}: begins outside its windows")
            if _overlaps(stop["start"], lasts, who.get("breaks", [])):
                problems.append(f"{name}: overlaps a break")
            place, time = target, stop["leave"]
        if stops:
            back = self.travel(place, who["end"])
            time += back
            travel += back
        if abs(route["end"] - time) > TOLERANCE:
            problems.append("comes back at an impossible time")
        if time > who["shift"][1] + TOLERANCE:
            problems.append("comes back after the shift")
        if abs(route["travel"] - travel) > TOLERANCE * (1 + len(stops)):
            problems.append("the travel does not add up")
        return [f"{who['id']}: {problem}" for problem in problems]

    def _about(self, name):
        """Return place, duration and windows of a stop."""
        if name == FETCH:
            return self.warehouse, self.loading, []
        order = self.orders[name]
        return order["place"], order.get("duration", 0), order.get("windows") or []

    def check_people(self, who, stops):
        """Return what is wrong whatever the times are."""
        orders = [self.orders[stop] for stop in stops if stop != FETCH]
        names = {who["id"], who.get("person", who["id"])}
        problems = []
        if who.get("max_orders") is not None and len(orders) > who["max_orders"]:
            problems.append("serves too many orders")
        for order in orders:
            if not set(order.get("skills", [])) <= set(who.get("skills", [])):
                problems.append(f"{order['id']}: lacks a skill")
            if names & set(order.get("excluded", [])):
                problems.append(f"{order['id']}: is excluded")
            if order.get("pinned_to") is not None and order["pinned_to"] not in names:
                problems.append(f"{order['id']}: is pinned to another one")
        return problems

    def check_goods(self, who, stops):
        """Return where a tool or a part is missing."""
        problems = []
        if stops.count(FETCH) > (0 if self.warehouse is None else 1):
            problems.append("stops at the warehouse too often")
        left = dict(who.get("parts", {}))
        for stop in stops:
            if stop == FETCH:
                break
            order = self.orders[stop]
            if not set(order.get("tools", [])) <= set(who.get("tools", [])):
                problems.append(f"{stop}: lacks a tool")
            for part, quantity in order.get("parts", {}).items():
                left[part] = left.get(part, 0) - quantity
                if quantity > 0 and left[part] < -TOLERANCE:
                    problems.append(f"{stop}: lacks {part}")
        return problems

    # === WHAT IS BEST === #

    def time_route(self, who, stops, start):
        """Return the end and the travel of a route begun at ``start``, or None."""
        place, time, travel = who["start"], start, 0.0
        for stop in stops:
            target, lasts, windows = self._about(stop)
            seconds = self.travel(place, target)
            travel += seconds
            time = _first_begin(time + seconds, lasts, windows, who.get("breaks", []))
            if time is None:
                return None
            time += lasts
            place = target
        back = self.travel(place, who["end"])
        if time + back > who["shift"][1] + TOLERANCE:
            return None
        return time + back, travel + back

    def route_cost(self, who, stops, objective):
        """Return the cost of a route without soft wishes, or None: a rule is broken."""
        if not stops:
            return 0.0
        if self.check_goods(who, stops) or self.check_people(who, stops):
            return None
        timed = self.time_route(who, stops, who["shift"][0])
        if timed is None:
            return None
        end, travel = timed
        if objective == "travel":
            return travel
        # The latest start with the same return, by halving.
        low, high = who["shift"][0], end
        for _turn in range(60):
            middle = (low + high) / 2
            later = self.time_route(who, stops, middle)
            if later is not None and later[0] <= end + TOLERANCE / 10:
                low = middle
            else:
                high = middle
        return end - low

    def best_cost(self, objective, left_out=1e6):
        """Return the least cost of all plans, by trying each of them.

        :param left_out: price of an order without a prize
        """
        names = list(self.orders)
        every = range(1 << len(names))
        best = [0.0] + [math.inf] * (len(every) - 1)
        for who in self.engineers.values():
            own = [self._best_route(who, names, chosen, objective) for chosen in every]
            best = [
                min(
                    best[chosen & ~part] + own[part]
                    for part in every
                    if part & ~chosen == 0
                )
                for chosen in every
            ]
        prices = [
            left_out
            if self.orders[name].get("prize") is None
            else self.orders[name]["prize"]
            for name in names
        ]
        return min(
            best[chosen] + sum(p for n, p in enumerate(prices) if not chosen >> n & 1)
            for chosen in every
        )

    def _best_route(self, who, names, chosen, objective):
        orders = [name for number, name in enumerate(names) if chosen >> number & 1]
        best = 0.0 if not orders else math.inf
        for route in itertools.permutations(orders):
            variants = [list(route)]
            if self.warehouse is not None and orders:
                variants += [
                    [*route[:at], FETCH, *route[at:]] for at in range(len(route))
                ]
            for variant in variants:
                cost = self.route_cost(who, variant, objective)
                if cost is not None and cost < best:
                    best = cost
        return best


def _within(start, windows):
    return not windows or any(
        low - TOLERANCE <= start <= high + TOLERANCE for low, high in windows
    )


def _overlaps(start, lasts, breaks):
    return any(
        begin < end and start + lasts > begin + TOLERANCE and start < end - TOLERANCE
        for begin, end in breaks
    )


def _first_begin(arrive, lasts, windows, breaks):
    """Return the first begin from ``arrive`` on, trying each bound in turn."""
    candidates = [arrive]
    candidates += [low for low, _high in windows if low > arrive]
    candidates += [end for begin, end in breaks if end > arrive]
    for begin in sorted(candidates):
        if _within(begin, windows) and not _overlaps(begin, lasts, breaks):
            return begin
    return None
