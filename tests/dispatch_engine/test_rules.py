"""No plan of the engine breaks a hard rule, whatever the problem looks like."""

import json

import pytest
from cases import problems
from checker import Checker
from engine.insertion import Inserter
from engine.plan import make_plan
from engine.problem import Problem
from engine.solver import solve
from hypothesis import HealthCheck, given, settings

RELAXED = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "suppress_health_check": list(HealthCheck),
}


def solved(data, solver, seconds):
    data["options"].update(solver=solver, seconds=seconds, workers=1)
    problem = Problem.from_json(json.loads(json.dumps(data)))
    return problem, json.loads(json.dumps(solve(problem).to_json()))


@settings(max_examples=160, **RELAXED)
@given(problems())
def test_own_search_keeps_the_rules(data):
    _problem, plan = solved(data, "own", 0.03)
    assert Checker(data).check(plan) == []


@settings(max_examples=90, **RELAXED)
@given(problems())
def test_pyvrp_keeps_the_rules(data):
    _problem, plan = solved(data, "pyvrp", 0.1)
    assert Checker(data).check(plan) == []
    remarks = [text for text in plan["solver"]["remarks"] if "refused" in text]
    assert remarks == []


@settings(max_examples=90, **RELAXED)
@given(problems())
def test_inserting_keeps_the_rules(data):
    """Orders put in one after the other, each at the place that was offered."""
    problem = Problem.from_json(data)
    checker = Checker(data)
    inserter = Inserter(problem)
    cost = 0.0
    for order in problem.orders:
        ranking = inserter.rank(order.id)
        assert len(ranking.options) + len(ranking.refused) == len(problem.engineers)
        assert all(refusal.broken for refusal in ranking.refused)
        if ranking.options:
            inserter.insert(order.id, ranking.options[0])
            cost += ranking.options[0].cost
    plan = make_plan(problem, inserter.routes())
    found = checker.check(json.loads(json.dumps(plan.to_json())))
    assert [text for text in found if "no reason" not in text] == []
    routes = sum(schedule.cost for schedule in plan.routes.values())
    assert routes == pytest.approx(cost, abs=1e-3)


@settings(max_examples=80, **RELAXED)
@given(problems(most_orders=4, most_engineers=2))
def test_every_place_in_a_route_is_found(data):
    """The cheapest insertion is the cheapest of all routes that hold."""
    problem = Problem.from_json(data)
    for order in data["orders"]:
        order.pop("deadline", None)
    checker = Checker(data)
    problem = Problem.from_json(data)
    inserter = Inserter(problem)
    objective = data["options"]["objective"]
    for order in problem.orders:
        stops = dict(inserter.routes())
        ranking = inserter.rank(order.id)
        offered = {option.engineer: option.cost for option in ranking.options}
        for who in data["engineers"]:
            best = _cheapest(
                checker, who, stops.get(who["id"], []), order.id, objective
            )
            assert (best is None) == (who["id"] not in offered)
            if best is not None:
                assert offered[who["id"]] == pytest.approx(best, abs=1e-3)
        if ranking.options:
            inserter.insert(order.id, ranking.options[0])


def _cheapest(checker, who, stops, order, objective):
    """Return what an order adds at least, trying each position by hand."""
    fetch = "the warehouse"
    now = [fetch if stop is None else stop for stop in stops]
    before = checker.route_cost(who, now, objective)
    costs = []
    bare = [stop for stop in now if stop != fetch]
    for at in range(len(bare) + 1):
        route = [*bare[:at], order, *bare[at:]]
        variants = [route]
        if checker.warehouse is not None:
            variants += [[*route[:n], fetch, *route[n:]] for n in range(len(route))]
        for variant in variants:
            cost = checker.route_cost(who, variant, objective)
            if cost is not None:
                costs.append(cost - before)
    return min(costs, default=None)
