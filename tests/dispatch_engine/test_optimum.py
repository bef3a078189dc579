"""On tiny problems the plan is the best of all plans, which can still be counted."""

import json

import pytest
from cases import problems
from checker import Checker
from engine.problem import Problem
from engine.solver import solve
from hypothesis import given, settings
from test_rules import RELAXED

LEFT_OUT = 1e6


def gap(data, solver, seconds):
    """Return by how much a plan is dearer than the best one."""
    for order in data["orders"]:
        order.pop("deadline", None)
        order.pop("priority", None)
    objective = data["options"]["objective"]
    data["options"].update(solver=solver, seconds=seconds, workers=1)
    plan = json.loads(json.dumps(solve(Problem.from_json(data)).to_json()))
    checker = Checker(data)
    assert checker.check(plan) == []
    cost = 0.0
    for route in plan["routes"]:
        stops = [stop.get("order", "the warehouse") for stop in route["stops"]]
        who = checker.engineers[route["engineer"]]
        cost += checker.route_cost(who, stops, objective)
        assert route[objective] == pytest.approx(
            checker.route_cost(who, stops, objective), abs=1e-3
        )
    for item in plan["unplaced"]:
        prize = checker.orders[item["order"]].get("prize")
        cost += LEFT_OUT if prize is None else prize
    return cost - checker.best_cost(objective, LEFT_OUT)


@settings(max_examples=50, **RELAXED)
@given(problems(most_orders=5, most_engineers=2))
def test_own_search_finds_the_best_plan(data):
    assert gap(data, "own", 0.1) == pytest.approx(0.0, abs=1e-3)


@settings(max_examples=30, **RELAXED)
@given(problems(most_orders=5, most_engineers=2))
def test_pyvrp_finds_the_best_plan(data):
    assert gap(data, "pyvrp", 0.2) == pytest.approx(0.0, abs=1e-3)


def _fetching(objective, **changes):
    """Two engineers on a line: one lacks the crane, the other lives far away."""
    order = {
        "id": "lift",
        "place": "site",
        "duration": 600,
        "tools": ["crane"],
        "parts": {"pump": 2},
        "windows": [[0, 20000]],
    }
    near = {"id": "near", "start": "home", "end": "home", "shift": [0, 40000]}
    far = {
        "id": "far",
        "start": "away",
        "end": "away",
        "shift": [0, 40000],
        "tools": ["crane"],
        "parts": {"pump": 2},
    }
    return {
        "places": [
            {"id": "home", "x": 0, "y": 0},
            {"id": "depot", "x": 300, "y": 0},
            {"id": "site", "x": 1000, "y": 0},
            {"id": "away", "x": changes.pop("away", 9000), "y": 0},
        ],
        "engineers": [near, far],
        "orders": [order],
        "warehouse": "depot",
        "options": {"objective": objective, "seconds": 0.2},
        **changes,
    }


@pytest.mark.parametrize("solver", ["own", "pyvrp"])
@pytest.mark.parametrize("objective", ["travel", "working_time"])
def test_fetching_when_it_is_cheaper_than_another_engineer(solver, objective):
    assert gap(_fetching(objective), solver, 0.3) == pytest.approx(0.0, abs=1e-6)
    near = solve(Problem.from_json(_fetching(objective)))
    assert near.stops == {"near": [None, "lift"]}
    data = _fetching(objective, away=1200)
    assert gap(data, solver, 0.3) == pytest.approx(0.0, abs=1e-6)
    assert solve(Problem.from_json(data)).stops == {"far": ["lift"]}


@pytest.mark.parametrize("solver", ["own", "pyvrp"])
def test_waiting_is_working_time(solver):
    """A detour that saves waiting is worth it where working time counts."""
    data = {
        "places": [{"id": n, "x": x, "y": 0} for n, x in (("a", 0), ("b", 100))],
        "engineers": [{"id": 1, "start": "a", "end": "a", "shift": [0, 9000]}],
        "orders": [
            {
                "id": 1,
                "place": "b",
                "duration": 60,
                "windows": [[0, 100], [4000, 4100]],
            },
            {"id": 2, "place": "b", "duration": 60, "windows": [[4100, 4100]]},
        ],
        "options": {"objective": "working_time"},
    }
    assert gap(data, solver, 0.3) == pytest.approx(0.0, abs=1e-6)
