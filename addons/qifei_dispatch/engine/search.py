"""Whole plans under the exact rules, in plain Python.

The search builds a plan by regret (the order that would lose most by waiting goes
first) and improves it by ruin and recreate: some orders near each other are taken out
of their routes and put back where they cost least; what is worse is kept now and then
at first, never at the end. Each route it keeps has been evaluated exactly, so that it
knows every rule of the file format, the ones of the solver PyVRP and the others.
"""

import math
import random
import time

from .fitting import RouteState, drop_needless_fetch, find_best
from .model import FETCH, Model

# Engineers whose routes an order is offered to first.
NEAREST_ENGINEERS = 12
# Orders around the first one that is taken out.
NEAREST_ORDERS = 40
MOST_TAKEN_OUT = 10
# Chance that a good place is overlooked, so that the next turn differs.
BLINK = 0.01
# The worst a plan may become at first, in parts of the cost of one route.
FIRST_TEMPERATURE = 0.02
LAST_TEMPERATURE = 0.0001


class Search:
    """A plan that is being improved: the state of each route and what is left out.

    :param engineers: numbers of the engineers whose routes may change; all when None
    :param orders: numbers of the orders to place; all when None
    """

    def __init__(
        self, model: Model, engineers=None, orders=None, *, seed=0, routes=None
    ):
        self.model = model
        self.random = random.Random(seed)
        everyone = range(len(model.shift))
        self.engineers = list(everyone if engineers is None else engineers)
        known = range(len(model.order_place)) if orders is None else orders
        fixed = model.fixed_engineer
        self.orders = [order for order in known if order not in fixed]
        self.states = {
            engineer: RouteState(model, engineer, list(model.fixed[engineer]))
            for engineer in self.engineers
        }
        self.place_of = {}
        self.unplaced = set(self.orders)
        self._nearest_engineers = {}
        self._nearest_orders = {}
        if routes:
            self.adopt(routes)

    @property
    def cost(self) -> float:
        """Cost of the routes, and the price of what is left out."""
        return sum(state.cost or 0.0 for state in self.states.values()) + math.fsum(
            self.model.price[order] for order in self.unplaced
        )

    def routes(self) -> dict[int, list[int]]:
        """Return the stops by engineer."""
        return {engineer: list(state.route) for engineer, state in self.states.items()}

    def cost_of(self, engineers, orders) -> float:
        """Return the part of the cost that some routes and orders have."""
        return sum(
            self.states[engineer].cost or 0.0 for engineer in engineers
        ) + math.fsum(
            self.model.price[order] for order in orders if order in self.unplaced
        )

    def replace(self, engineers, routes: dict[int, list[int]]):
        """Give some engineers other routes, of their own orders and unplaced ones."""
        for engineer in engineers:
            self._clear(engineer)
        for engineer in engineers:
            self._set(engineer, routes[engineer])

    # === TO BEGIN WITH === #

    def adopt(self, routes: dict[int, list[int]]):
        """Take over routes; what breaks a rule in them is left out."""
        for engineer, route in routes.items():
            if engineer not in self.states:
                continue
            wanted = [
                stop
                for stop in route
                if stop == FETCH
                or (stop in self.unplaced and not self.model.barred(engineer, stop))
            ]
            fixed = list(self.model.fixed[engineer])
            if FETCH in fixed:
                wanted = [stop for stop in wanted if stop != FETCH]
            self._set(engineer, self._keep_feasible(engineer, fixed, wanted))

    def _keep_feasible(self, engineer, fixed, wanted):
        """Return the longest beginning of a route that holds, stop after stop."""
        route = drop_needless_fetch(self.model, engineer, fixed + wanted)
        if self.model.route_cost(engineer, route) is not None:
            return route
        kept = list(fixed)
        for stop in wanted:
            if self.model.route_cost(engineer, [*kept, stop]) is not None:
                kept.append(stop)
        return drop_needless_fetch(self.model, engineer, kept)

    def build(self, deadline: float = math.inf):
        """Place what is left out, by regret; `time.monotonic` bounds the time."""
        offers = {}
        waiting = {engineer: set() for engineer in self.engineers}
        for order in sorted(self.unplaced):
            offers[order] = {}
            for engineer in self.near_engineers(order)[:NEAREST_ENGINEERS]:
                waiting[engineer].add(order)
                self._ask(offers[order], order, engineer)
        while offers and time.monotonic() < deadline:
            order = max(offers, key=lambda item: self._regret(item, offers[item]))
            if not offers[order]:
                break
            engineer = min(offers[order], key=lambda name: offers[order][name][0])
            self._set(engineer, offers[order][engineer][1])
            del offers[order]
            waiting[engineer].discard(order)
            for other in waiting[engineer]:
                if other in offers:
                    self._ask(offers[other], other, engineer)
        for order in sorted(self.unplaced, key=lambda item: -self.model.price[item]):
            if time.monotonic() >= deadline:
                break
            self._place(order, self.near_engineers(order), blink=0.0)

    def _ask(self, offers, order, engineer):
        found = find_best(self.model, self.states[engineer], order)
        if found.route is None or found.cost >= self.model.price[order]:
            offers.pop(engineer, None)
        else:
            offers[engineer] = found.cost, found.route

    def _regret(self, order, offers):
        """Return how urgent an order is: nobody can any more, few can, it costs."""
        price = self.model.price[order]
        costs = sorted(cost for cost, _route in offers.values())[:2]
        if not costs:
            return -1, 0.0, order
        second = costs[1] if len(costs) > 1 else price
        return 0, second - costs[0], order

    # === TO IMPROVE === #

    def improve(self, deadline: float, *, stop=None, on_best=None, turns=math.inf):
        """Ruin and recreate until `time.monotonic` reaches ``deadline``.

        :param stop: called now and then; true ends the search
        :param on_best: called with the cost of each better plan
        """
        if not self.orders:
            return
        started = time.monotonic()
        cost = best_cost = self.cost
        best = {name: list(state.route) for name, state in self.states.items()}
        routes = sum(bool(state.route) for state in self.states.values()) or 1
        priced = sum(self.model.price[order] for order in self.unplaced)
        scale = max(cost - priced, 1.0) / routes
        turn = 0
        while turn < turns:
            now = time.monotonic()
            if now >= deadline or (stop and turn % 16 == 0 and stop()):
                break
            turn += 1
            share = min(1.0, (now - started) / max(deadline - started, 1e-9))
            temperature = (
                scale
                * FIRST_TEMPERATURE
                * (LAST_TEMPERATURE / FIRST_TEMPERATURE) ** share
            )
            undo = self._ruin_and_recreate()
            after = self.cost
            limit = cost - temperature * math.log(1.0 - self.random.random() + 1e-12)
            if after < limit:
                cost = after
                if after < best_cost - 1e-9:
                    best_cost = after
                    best = {n: list(s.route) for n, s in self.states.items()}
                    if on_best:
                        on_best(best_cost)
            else:
                undo()
        changed = [
            engineer
            for engineer, route in best.items()
            if self.states[engineer].route != route
        ]
        self.replace(changed, best)

    def _ruin_and_recreate(self):
        """Change the plan a little and return the function that changes it back."""
        before, placed, unplaced = {}, dict(self.place_of), set(self.unplaced)
        taken = list(unplaced)
        for engineer, orders in self._choose().items():
            before[engineer] = self.states[engineer]
            taken += self.take_out(engineer, orders)
        for order in self._in_sequence(taken):
            near = self.near_engineers(order)[: 2 * NEAREST_ENGINEERS]
            touched = [name for name in before if name not in near]
            engineer, route = self._find_place(order, [*near, *touched], BLINK)
            if engineer is not None:
                before.setdefault(engineer, self.states[engineer])
                self._set(engineer, route)

        def undo():
            self.states.update(before)
            self.place_of, self.unplaced = placed, unplaced

        return undo

    def _choose(self):
        """Return orders to take out by engineer: strings of neighbours."""
        first = self.random.choice(self.orders)
        size = self.random.randint(1, MOST_TAKEN_OUT)
        chosen = {}
        count = 0
        for order in [first, *self._near_orders(first)]:
            engineer = self.place_of.get(order)
            if engineer is None or engineer in chosen:
                continue
            route = [
                stop
                for stop in self.states[engineer].route[
                    len(self.model.fixed[engineer]) :
                ]
                if stop != FETCH
            ]
            length = self.random.randint(1, min(len(route), max(1, size - count)))
            position = route.index(order)
            low = max(0, position - length + 1)
            begin = self.random.randint(low, min(position, len(route) - length))
            chosen[engineer] = route[begin : begin + length]
            count += length
            if count >= size:
                break
        return chosen

    def take_out(self, engineer, orders):
        """Take orders out of a route and return them; without them it may be that
        others are late (travel need not obey the triangle), then all of them go."""
        gone = set(orders)
        route = [stop for stop in self.states[engineer].route if stop not in gone]
        route = drop_needless_fetch(self.model, engineer, route)
        if self.model.route_cost(engineer, route) is None:
            fixed = list(self.model.fixed[engineer])
            gone |= {stop for stop in route[len(fixed) :] if stop != FETCH}
            route = fixed
        for order in gone:
            del self.place_of[order]
        self.unplaced |= gone
        self._set(engineer, route)
        return sorted(gone)

    def _in_sequence(self, orders):
        """Return orders in a random, a tight-windows-first or a long-first sequence."""
        self.random.shuffle(orders)
        kind = self.random.randrange(4)
        windows, duration = self.model.windows, self.model.duration
        if kind == 1:
            orders.sort(key=lambda o: sum(high - low for low, high in windows[o]))
        elif kind == 2:
            orders.sort(key=lambda o: -duration[o])
        elif kind == 3:
            orders.sort(key=lambda o: len(self.near_engineers(o)))
        orders.sort(key=lambda o: -self.model.price[o])
        return orders

    def _place(self, order, engineers, blink):
        engineer, route = self._find_place(order, engineers, blink)
        if engineer is not None:
            self._set(engineer, route)

    def _find_place(self, order, engineers, blink):
        """Return the cheapest engineer and route, or ``(None, None)``."""
        best, chosen, route = self.model.price[order], None, None
        for engineer in engineers:
            if blink and self.random.random() < blink:
                continue
            found = find_best(self.model, self.states[engineer], order)
            if found.route is not None and found.cost < best:
                best, chosen, route = found.cost, engineer, found.route
        return chosen, route

    # === STATE === #

    def _set(self, engineer, route):
        """Give an engineer a route; the orders in it are placed from now on."""
        self.states[engineer] = RouteState(self.model, engineer, route)
        fixed = self.model.fixed_orders[engineer]
        for stop in route:
            if stop != FETCH and stop not in fixed:
                self.place_of[stop] = engineer
                self.unplaced.discard(stop)

    def _clear(self, engineer):
        """Leave only what is fixed."""
        for stop in self.states[engineer].route:
            if self.place_of.get(stop) == engineer:
                del self.place_of[stop]
                self.unplaced.add(stop)
        fixed = list(self.model.fixed[engineer])
        self.states[engineer] = RouteState(self.model, engineer, fixed)

    # === WHO AND WHAT IS NEAR === #

    def near_engineers(self, order):
        """Return the engineers who may serve an order, those who live near first."""
        found = self._nearest_engineers.get(order)
        if found is None:
            model = self.model
            place = model.order_place[order]
            row = model.matrix[place]
            able = [
                engineer
                for engineer in self.engineers
                if not model.barred(engineer, order)
            ]
            able.sort(
                key=lambda e: (
                    model.matrix[model.start_place[e]][place]
                    + row[model.end_place[e]]
                    + model.soft(e, order)
                )
            )
            found = self._nearest_engineers[order] = able
        return found

    def _near_orders(self, order):
        found = self._nearest_orders.get(order)
        if found is None:
            place = self.model.order_place[order]
            row = self.model.matrix[place]
            places = self.model.order_place
            others = [other for other in self.orders if other != order]
            others.sort(key=lambda other: row[places[other]])
            found = self._nearest_orders[order] = others[:NEAREST_ORDERS]
        return found
