"""Why this engineer, and why an order found no place: data for sentences.

Rules and costs are named by stable keys, so that whoever shows them can put them into
words of any language.
"""

import dataclasses
import itertools
import time
from collections import Counter

from .fitting import find_best
from .insertion import Inserter, Option, explain_refusal, id_stops
from .model import FETCH
from .problem import Id, Problem
from .schedule import evaluate_route
from .search import Search

# What can be relaxed at the order, and what for all engineers.
ORDER_RULES = ("skill", "tool", "part", "window", "excluded", "pinned")
ENGINEER_RULES = ("shift", "break", "max_orders")
# A relaxed shift is longer by so much on both sides: ten days.
LONGER_SHIFT = 864_000.0
MOST_ALTERNATIVES = 5
MOST_RULES_AT_ONCE = 3


def why_engineer(problem: Problem, plan, order_id: Id) -> dict:
    """Return why an engineer serves an order.

    - ``engineer``, ``arrive``, ``start``, ``leave`` (seconds of the problem's clock);
    - ``met``: the hard rules that were at stake, each ``{"rule", ...}`` with numbers:
      ``names`` (skills, tools, parts), ``fetched`` (brought from the warehouse),
      ``from`` and ``to`` (window or shift), ``count`` and ``most`` (orders);
    - ``costs``: what the order adds to the plan there (``total``, and of it
      ``added_travel``, ``waiting``, ``lateness`` in seconds, and the price of wishes
      that are not met: ``preferred``, ``affinity``, ``change``);
    - ``wishes``: those met, of ``preferred``, ``affinity``, ``change``;
    - ``alternatives``: other engineers with ``extra_cost`` and ``added_travel``, the
      cheapest first, five at most; ``more_alternatives`` counts the others;
    - ``refused``: the rules in the way of each engineer who cannot.

    :raise ProblemError: when there is no such order
    :return: ``{"engineer": None}`` when nobody serves it
    """
    problem.order(order_id)
    engineer_id = plan.engineer_of(order_id)
    if engineer_id is None:
        return {"order": order_id, "engineer": None}
    model = problem.model
    inserter = Inserter(problem, plan.stops)
    engineer = problem.engineer_index[engineer_id]
    order = problem.order_index[order_id]
    with_order = inserter.states[engineer]
    schedule = evaluate_route(model, engineer, with_order.route)
    position = with_order.route.index(order)
    stop = schedule.stops[position]
    without = inserter.without(order)[engineer]
    bare = evaluate_route(model, engineer, without.route)
    total = schedule.cost - bare.cost
    ranking = inserter.rank(order_id)
    others = [option for option in ranking.options if option.engineer != engineer_id]
    wishes = model.soft_parts(engineer, order)
    return {
        "order": order_id,
        "engineer": engineer_id,
        "arrive": stop.arrive,
        "start": stop.start,
        "leave": stop.leave,
        "met": _rules_met(model, engineer, order, with_order.route, schedule),
        "costs": {
            "total": total,
            "added_travel": schedule.travel - bare.travel,
            "waiting": schedule.waiting - bare.waiting,
            "lateness": stop.lateness,
            **wishes,
        },
        "wishes": [name for name, price in wishes.items() if not price],
        "alternatives": [
            {
                "engineer": option.engineer,
                "extra_cost": option.cost - total,
                "added_travel": option.added_travel,
                "arrive": option.arrive,
            }
            for option in others[:MOST_ALTERNATIVES]
        ],
        "more_alternatives": max(0, len(others) - MOST_ALTERNATIVES),
        "refused": {item.engineer: list(item.rules) for item in ranking.refused},
    }


def _rules_met(model, engineer, order, route, schedule):
    """Return the rules that were at stake for an order, with their numbers."""
    who = model.problem.engineers[engineer]
    what = model.problem.orders[order]
    position = route.index(order)
    fetched = FETCH in route[:position]
    start = schedule.stops[position].start
    met = []
    if what.pinned_to is not None:
        met.append({"rule": "pinned"})
    if what.skills:
        met.append({"rule": "skill", "names": sorted(what.skills)})
    if what.tools:
        missing = what.tools - who.tools
        met.append(
            {
                "rule": "tool",
                "names": sorted(what.tools),
                "fetched": sorted(missing) if fetched else [],
            }
        )
    if any(quantity > 0 for quantity in what.parts.values()):
        met.append(
            {
                "rule": "part",
                "names": sorted(name for name, q in what.parts.items() if q > 0),
                "fetched": fetched,
            }
        )
    for low, high in what.windows:
        if low - model.tolerance <= start <= high + model.tolerance:
            met.append({"rule": "window", "from": low, "to": high})
            break
    met.append(
        {
            "rule": "shift",
            "from": who.shift[0],
            "to": who.shift[1],
            "end": schedule.end,
        }
    )
    if who.breaks:
        met.append({"rule": "break"})
    if who.max_orders is not None:
        met.append(
            {
                "rule": "max_orders",
                "count": len(schedule.orders),
                "most": who.max_orders,
            }
        )
    return met


def why_unplaced(problem: Problem, plan, order_id: Id, *, seconds: float = 2.0) -> dict:
    """Return the smallest sets of rules whose relaxing would place an order.

    Each set has been checked: the order was placed under the relaxed rules, into the
    routes as they are (``"checked": "insertion"``) or after solving again with every
    other order kept (``"solving"``).

    - ``sets``: the sets of the smallest size, the likeliest first, each with
      ``rules``, ``checked``, ``engineer``, ``cost`` and ``added_travel``; an empty set
      of rules says that the order fits without relaxing anything;
    - ``price``: what leaving it out costs; ``worth`` is false when the order fits but
      costs more than that;
    - ``rules``: for each rule the number of engineers it keeps away.

    :param seconds: wall clock for solving again
    :raise ProblemError: when there is no such order
    """
    problem.order(order_id)
    finder = _Relaxer(problem, plan.stops)
    deadline = time.monotonic() + seconds
    sets = finder.find(order_id, deadline, solve=True)
    price = problem.model.price[problem.order_index[order_id]]
    fits = bool(sets) and not sets[0]["rules"]
    return {
        "order": order_id,
        "sets": sets,
        "price": price,
        "worth": not (fits and sets[0]["cost"] >= price),
        "rules": dict(finder.count(order_id)),
    }


def relaxed(problem: Problem, order_id: Id, rules) -> Problem:
    """Return the problem with some rules relaxed for one order.

    What concerns the order (its skills, window, ...) is relaxed at the order; the
    shift, the breaks and the number of orders are relaxed for every engineer.
    """
    order = problem.order(order_id)
    empty = {
        "skill": {"skills": frozenset()},
        "tool": {"tools": frozenset()},
        "part": {"parts": {}},
        "window": {"windows": ()},
        "excluded": {"excluded": frozenset()},
        "pinned": {"pinned_to": None},
    }
    changes = {}
    for rule in rules:
        changes.update(empty.get(rule, {}))
    result = problem.with_order(dataclasses.replace(order, **changes))
    if not set(rules) & set(ENGINEER_RULES):
        return result
    return dataclasses.replace(
        result,
        engineers=tuple(_relaxed_engineer(who, rules) for who in problem.engineers),
    )


def _relaxed_engineer(who, rules):
    begin, end = who.shift
    if "shift" in rules:
        begin, end = begin - LONGER_SHIFT, end + LONGER_SHIFT
    return dataclasses.replace(
        who,
        shift=(begin, end),
        breaks=() if "break" in rules else who.breaks,
        max_orders=None if "max_orders" in rules else who.max_orders,
    )


class _Relaxer:
    """Looks for the smallest sets of rules in the way of orders."""

    def __init__(self, problem, routes):
        self.problem = problem
        self.routes = routes
        self.inserter = Inserter(problem, routes)

    def count(self, order_id):
        """Return for each rule how many engineers it keeps away."""
        return Counter(
            rule
            for refusal in self.inserter.rank(order_id).refused
            for rule in refusal.rules
        )

    def find(self, order_id, deadline, *, solve):
        """Return the sets of the smallest size that place the order."""
        found = self._check(order_id, (), deadline, solve)
        if found:
            return [found]
        rules = self._candidates(order_id)
        for size in range(1, len(rules) + 1):
            sets = [
                found
                for chosen in itertools.combinations(rules, size)
                if (solve or time.monotonic() < deadline)
                and (found := self._check(order_id, chosen, deadline, solve))
            ]
            if sets:
                return sorted(sets, key=self._by_evidence(order_id))
            if size >= MOST_RULES_AT_ONCE and time.monotonic() > deadline:
                break
        found = self._check(order_id, tuple(rules), deadline, False)
        return [found] if found else []

    def _by_evidence(self, order_id):
        """Return a key: what engineers are refused for comes first, then the cost."""
        seen = self.count(order_id)

        def key(item):
            unseen = sum(rule not in seen for rule in item["rules"])
            return unseen, item["cost"], item["rules"]

        return key

    def _candidates(self, order_id):
        """Return the rules at stake; time can always be lengthened."""
        at_stake = {*self.count(order_id), "window", "shift"}
        if not self.problem.order(order_id).windows:
            at_stake.discard("window")
        return [rule for rule in (*ORDER_RULES, *ENGINEER_RULES) if rule in at_stake]

    def _check(self, order_id, rules, deadline, solve):
        """Place the order under relaxed rules; None when it cannot be placed."""
        problem = relaxed(self.problem, order_id, rules) if rules else self.problem
        options = Inserter(problem, self.routes).rank(order_id).options
        if options:
            return _found(rules, "insertion", options[0])
        if solve and len(rules) <= 1 and time.monotonic() < deadline:
            return self._solve_again(problem, order_id, rules, deadline)
        return None

    def _solve_again(self, problem, order_id, rules, deadline):
        """Rearrange everything so that the order finds a place and no other loses its
        own."""
        model = problem.model
        order = problem.order_index[order_id]
        search = Search(model, seed=problem.options.seed)
        search.adopt(
            {
                state.engineer: [
                    stop
                    for stop in state.route
                    if stop not in model.fixed[state.engineer]
                ]
                for state in self.inserter.states
            }
        )
        search.orders = [o for o in search.orders if o in search.place_of or o == order]
        search.unplaced &= {order}
        now = time.monotonic()
        before = search.cost - model.price[order]
        search.improve(
            min(deadline, now + max(0.2, (deadline - now) / 4)),
            stop=lambda: not search.unplaced,
        )
        if search.unplaced:
            return None
        engineer = search.place_of[order]
        return {
            "rules": list(rules),
            "checked": "solving",
            "engineer": problem.engineers[engineer].id,
            "cost": search.cost - before,
            "added_travel": None,
        }


def _found(rules, how, option: Option):
    return {
        "rules": list(rules),
        "checked": how,
        "engineer": option.engineer,
        "cost": option.cost,
        "added_travel": option.added_travel,
    }


def find_reasons(problem: Problem, search, seconds: float) -> dict[Id, tuple[str, ...]]:
    """Return for each order without a place a smallest set of rules whose relaxing
    would place it into the routes; ``prize`` where it fits but is not worth it.

    When the seconds are over, the others are given the rules in their way, the one
    that keeps most engineers away first.
    """
    if not search.unplaced:
        return {}
    deadline = time.monotonic() + seconds
    stops = {
        problem.engineers[engineer].id: id_stops(problem, route)
        for engineer, route in search.routes().items()
    }
    finder = _Relaxer(problem, stops)
    reasons = {}
    for order in sorted(search.unplaced):
        name = problem.orders[order].id
        sets = []
        if problem.engineers and time.monotonic() < deadline:
            sets = finder.find(name, deadline, solve=False)
        if sets:
            reasons[name] = tuple(sets[0]["rules"]) or ("prize",)
        else:
            reasons[name] = _rules_in_the_way(search, order, deadline)
    return reasons


def _rules_in_the_way(search, order, deadline):
    """Return the rules of all engineers; times are looked at until the deadline."""
    model = search.model
    count = Counter()
    for state in search.states.values():
        rules = [rule for rule, _names in model.barred(state.engineer, order)]
        if not rules and time.monotonic() < deadline:
            found = find_best(model, state, order)
            broken = explain_refusal(model, state, order, found)
            rules = list(dict.fromkeys(item.rule for item in broken))
        count.update(rules or ["window"])
    return tuple(rule for rule, _number in count.most_common()) or ("engineer",)
