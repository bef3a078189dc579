"""Whole runs: time, progress, what happens when something fails, and large problems."""

import json
import time

import pytest
from checker import Checker
from engine import solver, vrp, worker
from engine.errors import SolverError
from engine.problem import Engineer, Options, Order, Place, Problem, Weights
from engine.search import Search
from measure.dispatch_cases import NearestFree, make_case

SOLVERS = ("own", "pyvrp")


def build(orders, crew, current=None, **options):
    options = {"seconds": 0.2, "workers": 1, **options}
    return Problem.build(
        places=[Place(100 * n, 100 * n, 0) for n in range(10)],
        engineers=crew,
        orders=orders,
        current=current,
        options=Options(**options),
    )


def engineer(name, **values):
    return Engineer(name, **{"start": 0, "end": 0, "shift": (0, 5000), **values})


@pytest.mark.parametrize("name", SOLVERS)
def test_nothing_to_do(name):
    for orders, crew in (
        ([], []),
        ([], [engineer("ann")]),
        ([Order(1, 100)], []),
        ([Order(1, 100, skills=frozenset({"gas"}))], [engineer("ann")]),
    ):
        plan = solver.solve(build(orders, crew, solver=name))
        assert plan.routes == {}
        assert [item.order for item in plan.unplaced] == [item.id for item in orders]
        assert all(item.reasons for item in plan.unplaced)


@pytest.mark.parametrize("name", SOLVERS)
def test_the_one_who_is_preferred(name):
    orders = [Order(1, 100, preferred={"bob": 50}), Order(2, 900)]
    crew = [engineer("ann"), engineer("bob", start=100, end=100, fixed_cost=40)]
    plan = solver.solve(build(orders, crew, solver=name))
    # bob alone: 1600 on the road and 40 for going out; ann would be 1800 and 50.
    assert plan.engineer_of(1) == plan.engineer_of(2) == "bob"
    assert plan.cost == 1640


@pytest.mark.parametrize("name", SOLVERS)
def test_changes_have_a_price(name):
    orders = [Order(1, 100), Order(2, 200)]
    crew = [engineer("ann"), engineer("bob", start=100, end=100)]
    current = {"ann": [1], "bob": [2]}
    kept = build(orders, crew, current, solver=name, weights=Weights(change=500))
    assert solver.solve(kept).stops == current
    free = build(orders, crew, current, solver=name)
    assert solver.solve(free).stops == {"bob": [1, 2]} or solver.solve(free).cost == 200


@pytest.mark.parametrize("name", SOLVERS)
def test_what_is_fixed_stays_first(name):
    orders = [Order(n, 100 * n, 10) for n in range(1, 5)]
    crew = [engineer("ann", fixed=(4, 2)), engineer("bob")]
    plan = solver.solve(build(orders, crew, solver=name))
    assert [stop.order for stop in plan.routes["ann"].stops][:2] == [4, 2]
    assert sorted(order for stops in plan.stops.values() for order in stops) == [
        *(1, 2, 3, 4)
    ]
    assert plan.broken == ()


@pytest.mark.parametrize("name", SOLVERS)
def test_deadlines_decide_the_sequence(name):
    orders = [Order(1, 100, 10), Order(2, 200, 10, deadline=200)]
    plan = solver.solve(
        build(orders, [engineer("ann")], solver=name, weights=Weights(lateness=100))
    )
    # Passing 1 on the way costs its 10 seconds of lateness at 2.
    assert plan.stops == {"ann": [2, 1]}
    assert plan.cost == 400


@pytest.mark.parametrize("name", SOLVERS)
def test_priority_decides_who_is_left_out(name):
    orders = [
        Order(n, 100, 4000, priority=priority)
        for n, priority in ((1, 0), (2, 3), (3, 1))
    ]
    plan = solver.solve(build(orders, [engineer("ann")], solver=name))
    assert plan.stops == {"ann": [2]}
    assert [item.reasons[0] for item in plan.unplaced] == ["shift", "shift"]


@pytest.mark.parametrize("name", SOLVERS)
def test_a_leave_in_the_middle_of_the_day(name):
    """The engineer is away from 1000 to 3000: the order before it and the one after
    it stay his, the one in between goes to somebody else."""
    orders = [
        Order("before", 100, 500, ((0, 600),)),
        Order("between", 100, 500, ((1200, 2400),)),
        Order("after", 100, 500, ((2000, 4000),), pinned_to="ann"),
    ]
    crew = [
        engineer("ann", breaks=((1000, 3000),)),
        engineer("bob", start=900, end=900),
    ]
    plan = solver.solve(build(orders, crew, solver=name))
    assert plan.unplaced == ()
    assert plan.engineer_of("between") == "bob"
    after = next(s for s in plan.routes["ann"].stops if s.order == "after")
    assert after.start >= 3000


def test_progress_is_told_and_stopping_is_quick():
    told = []
    begun = time.monotonic()
    problem = Problem.from_json(make_case(60, 12, 2, seed=5, seconds=30))
    plan = solver.solve(
        problem,
        progress=lambda share, cost: told.append((share, cost)),
        stop=lambda: time.monotonic() - begun > 1,
    )
    assert time.monotonic() - begun < 8
    assert plan.solver["stopped"]
    shares = [share for share, _cost in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert told[-1][1] == plan.cost <= told[0][1]


def test_a_solver_that_fails_is_a_remark(monkeypatch):
    def fail(*_arguments, **_named):
        raise SolverError("PyVRP refused the task: no")

    monkeypatch.setattr(solver, "run_task", fail)
    plan = solver.solve(build([Order(1, 100)], [engineer("ann")]))
    assert plan.stops == {"ann": [1]}
    assert plan.solver["name"] == "own"
    assert "refused" in plan.solver["remarks"][0]


def test_a_second_process_that_cannot_start_is_a_remark(monkeypatch):
    monkeypatch.setattr(worker.sys, "executable", "/no/such/python")
    plan = solver.solve(build([Order(1, 100)], [engineer("ann")], workers=2))
    assert plan.stops == {"ann": [1]}
    assert "one core works alone" in plan.solver["remarks"][0]


def test_a_second_process_that_dies_is_no_harm(monkeypatch):
    monkeypatch.setattr(worker, "PACKAGE", worker.PACKAGE / "missing")
    problem = build([Order(1, 100)], [engineer("ann")], workers=2, seconds=1.0)
    assert solver.solve(problem).stops == {"ann": [1]}


def test_two_processes_keep_the_rules():
    data = make_case(60, 12, 2, seed=3, seconds=2.5)
    data["options"]["workers"] = 2
    plan = solver.solve(Problem.from_json(data))
    assert Checker(data).check(json.loads(json.dumps(plan.to_json()))) == []
    assert plan.solver["processes"] == 2


def test_the_second_process_answers_each_task():
    model = Problem.from_json(make_case(20, 5, 1, seed=3, seconds=1)).model
    task = vrp.make_task(model, range(5), range(20), seconds=0.3, seed=1)
    helper = worker.Helper()
    try:
        for number in (7, 8):
            helper.send(number, task.data)
            found, answer = helper.receive(60)
            assert found == number
            assert vrp.read_answer(task, model, answer)
        helper.send(9, {**task.data, "seconds": 60, "vehicles": [{"profile": 99}]})
        assert "PyVRP refused" in helper.receive(60)[1]["error"]
        helper.send(10, {**task.data, "seconds": 60})
        assert helper.receive(0.0) is None
    finally:
        helper.close()
    with pytest.raises(SolverError):
        helper.receive(60)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_large_problem_is_planned_in_groups(monkeypatch, workers):
    monkeypatch.setattr(solver, "MOST_ORDERS_AT_ONCE", 40)
    monkeypatch.setattr(solver, "ORDERS_OF_A_GROUP", 25)
    data = make_case(100, 16, 3, seed=7, seconds=4)
    data["options"]["workers"] = workers
    begun = time.monotonic()
    plan = solver.solve(Problem.from_json(data))
    assert time.monotonic() - begun < 6
    assert Checker(data).check(json.loads(json.dumps(plan.to_json()))) == []
    assert plan.solver["tasks"] > 4
    placed, travel = NearestFree(data).run()
    assert 100 - len(plan.unplaced) >= placed
    assert plan.travel < 0.8 * travel


def test_groups_have_each_route_and_order_once():
    problem = Problem.from_json(make_case(90, 18, 3, seed=2, seconds=1))
    search = Search(problem.model)
    search.build()
    taken = sorted(search.place_of)[:3]
    for order in taken:
        search.take_out(search.place_of[order], [order])
    chance = solver.random.Random(1)
    for size in (10, 40, 1000):
        solver.ORDERS_OF_A_GROUP, before = size, solver.ORDERS_OF_A_GROUP
        groups = solver.group_routes(search, chance)
        solver.ORDERS_OF_A_GROUP = before
        assert sorted(e for crew, _orders in groups for e in crew) == [*range(18)]
        assert sorted(o for _crew, orders in groups for o in orders) == [*range(90)]
