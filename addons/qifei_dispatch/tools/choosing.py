"""Who takes one more order, out of what the engine offers. Plain Python."""

import dataclasses
from datetime import datetime
from typing import NamedTuple

from ..engine.insertion import Inserter
from ..engine.problem import WAREHOUSE
from ..engine.schedule import evaluate
from .proposals import get_kilometres


class Candidate(NamedTuple):
    """An engineer for an order: with an ``option``, or with what is ``broken``."""

    engineer_id: int
    option: object | None
    broken: tuple = ()
    # The cost of the engine and what the rule adds, in seconds on the road.
    cost: float = 0.0
    # Orders of that day besides this one.
    load: int = 0
    # Whether the engineer knows the machine.
    is_known: bool = False


class Visit(NamedTuple):
    """Begin and end as naive moments in UTC, and the way before."""

    start: datetime
    end: datetime
    minutes: float
    kilometres: float


class Chooser:
    """The plan of some days, ready for questions about more orders.

    :param draft: a ``Draft`` with everything planned in its routes
    :param limits: ``{order id: changes}`` of the engine's orders, such as ``windows``
    :param load_price: cost of each order that an engineer has on the day already
    """

    def __init__(self, draft, limits=(), load_price=0.0):
        problem = draft.problem
        if limits:
            problem = dataclasses.replace(
                problem,
                orders=tuple(
                    dataclasses.replace(order, **limits.get(order.id, {}))
                    for order in problem.orders
                ),
            )
        self.problem = problem
        self.clock = draft.clock
        self.places = {place.id: place for place in problem.places}
        self.load_price = load_price
        self.inserter = Inserter(problem, draft.routes)

    def rank(self, order_id, *, soon=False):
        """Return one ``Candidate`` for each engineer, the best first.

        :param soon: whether an earlier day is better, whatever it costs
        """
        ranking = self.inserter.rank(order_id)
        knows = self.problem.order(order_id).affinity
        persons = {}
        for option in ranking.options:
            engineer = self.problem.engineer(option.engineer)
            load = len(option.stops) - 1 - (option.warehouse is not None)
            candidate = Candidate(
                engineer.person,
                option,
                cost=option.cost + load * self.load_price,
                load=load,
                is_known=knows.get(engineer.person, 0.0) >= 1.0,
            )
            best = persons.get(engineer.person)
            if not best or self._key(candidate, soon) < self._key(best, soon):
                persons[engineer.person] = candidate
        for refusal in ranking.refused:
            person = self.problem.engineer(refusal.engineer).person
            candidate = Candidate(person, None, broken=refusal.broken)
            best = persons.get(person)
            if not best or self._key(candidate, soon) < self._key(best, soon):
                persons[person] = candidate
        return sorted(persons.values(), key=lambda one: self._key(one, soon))

    def _key(self, candidate, soon):
        option = candidate.option
        if option is None:
            # The day that lacks least says best what is in the way.
            return (
                2,
                len(candidate.broken),
                sum(item.amount for item in candidate.broken),
                candidate.engineer_id,
            )
        day = self.clock.day(option.start).toordinal() if soon else 0
        return (1, day, candidate.cost, candidate.engineer_id)

    def take(self, order_id, candidate):
        """Let the next questions see the order in its place."""
        self.inserter.insert(order_id, candidate.option)

    def visit(self, order_id, candidate):
        """Return the ``Visit`` of an order as it is offered."""
        option = candidate.option
        return self._read_route(option.engineer, option.stops)[order_id]

    def visits(self, order_ids):
        """Return ``{order id: Visit}`` of orders that have been taken.

        An order may begin later than it was offered when another one goes before it.
        """
        wanted = set(order_ids)
        found = {}
        for engineer_id, stops in self.inserter.routes().items():
            if not wanted.isdisjoint(stops):
                visits = self._read_route(engineer_id, stops)
                found.update({one: visits[one] for one in wanted & visits.keys()})
        return found

    def _read_route(self, engineer_id, stops):
        """Return ``{order id: Visit}``; a detour to the warehouse is on the way."""
        place = self.problem.engineer(engineer_id).start
        visits, seconds, kilometres = {}, 0.0, 0.0
        for stop in evaluate(self.problem, engineer_id, stops).stops:
            seconds += stop.travel
            kilometres += get_kilometres(
                self.places[place], self.places[stop.place], self.problem.options
            )
            place = stop.place
            if stop.order is WAREHOUSE:
                continue
            visits[stop.order] = Visit(
                self.clock.moment(stop.start),
                self.clock.moment(stop.leave),
                seconds / 60,
                kilometres,
            )
            seconds, kilometres = 0.0, 0.0
        return visits
