"""Who takes one more order, out of what the engine offers. Plain Python."""

import dataclasses
from datetime import datetime
from typing import NamedTuple

from ..engine.insertion import Inserter
from ..engine.schedule import evaluate


class Candidate(NamedTuple):
    """An engineer for an order: with an ``option``, or with what is ``broken``."""

    engineer_id: int
    option: object | None
    broken: tuple = ()
    # The cost of the engine and what the rule adds, in seconds on the road.
    cost: float = 0.0
    # Orders of that day before this one.
    load: int = 0


class Visit(NamedTuple):
    """Begin and end as naive moments in UTC, and the seconds on the road before."""

    start: datetime
    end: datetime
    travel: float


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
        self.load_price = load_price
        self.inserter = Inserter(problem, draft.routes)

    def rank(self, order_id, *, soon=False):
        """Return one ``Candidate`` for each engineer, the best first.

        :param soon: whether an earlier day is better, whatever it costs
        """
        ranking = self.inserter.rank(order_id)
        persons = {}
        for option in ranking.options:
            engineer = self.problem.engineer(option.engineer)
            load = len(option.stops) - 1 - (option.warehouse is not None)
            candidate = Candidate(
                engineer.person,
                option,
                cost=option.cost + load * self.load_price,
                load=load,
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

    def visit(self, candidate):
        """Return the ``Visit`` of an order as it is offered."""
        option = candidate.option
        schedule = evaluate(self.problem, option.engineer, option.stops)
        return self._describe(schedule.stops[option.position])

    def visits(self, order_ids):
        """Return ``{order id: Visit}`` of orders that have been taken.

        An order may begin later than it was offered when another one goes before it.
        """
        routes = self.inserter.routes()
        wanted = set(order_ids)
        found = {}
        for engineer_id, stops in routes.items():
            if wanted.isdisjoint(stops):
                continue
            for stop in evaluate(self.problem, engineer_id, stops).stops:
                if stop.order in wanted:
                    found[stop.order] = self._describe(stop)
        return found

    def _describe(self, stop):
        return Visit(
            self.clock.moment(stop.start), self.clock.moment(stop.leave), stop.travel
        )
