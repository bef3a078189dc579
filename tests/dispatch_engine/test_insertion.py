"""Where one more order fits, and what is said where it does not."""

import pytest
from engine.errors import ProblemError
from engine.insertion import Inserter, rank, schedules, slots
from engine.plan import make_plan
from engine.problem import WAREHOUSE, Engineer, Options, Order, Place, Problem, Weights

HOUR = 3600


@pytest.fixture
def problem():
    """Three engineers on a line; the warehouse is at 50."""
    places = [Place(n, n, 0) for n in (0, 50, 100, 200, 300)]
    return Problem.build(
        places=places,
        engineers=[
            Engineer("ann", 0, 0, (0, 1000), frozenset({"gas"})),
            Engineer("bob", 300, 300, (0, 1000), frozenset({"gas"}), max_orders=1),
            Engineer("cem", 0, 0, (0, 1000)),
        ],
        orders=[
            Order(1, 100, 50, ((0, 400),)),
            Order(2, 200, 50),
            Order("new", 200, 60, ((0, 500),), skills=frozenset({"gas"})),
            Order("tool", 100, 60, tools=frozenset({"crane"})),
            Order("early", 300, 60, ((0, 100),)),
        ],
        warehouse=50,
    )


def test_engineers_are_ranked_and_others_are_told_why(problem):
    found = rank(problem, {"ann": [1], "bob": []}, "new")
    assert [option.engineer for option in found.options] == ["ann", "bob"]
    ann, bob = found.options
    assert (bob.added_travel, bob.arrive, bob.position) == (200, 100, 0)
    assert (ann.added_travel, ann.cost, ann.stops) == (200, 200, ("new", 1))
    assert (ann.arrive, ann.start, ann.leave) == (200, 200, 260)
    (cem,) = found.refused
    assert (cem.engineer, cem.rules, cem.broken[0].names) == (
        "cem",
        ("skill",),
        ("gas",),
    )


def test_the_full_day_is_a_reason(problem):
    found = rank(problem, {"bob": [2]}, "new")
    (bob,) = [item for item in found.refused if item.engineer == "bob"]
    assert bob.rules == ("max_orders",)


def test_too_late_is_a_reason(problem):
    found = rank(problem, {}, "early")
    assert [option.engineer for option in found.options] == ["bob"]
    assert {item.rules for item in found.refused} == {("window",)}
    assert found.refused[0].broken[0].amount == 200


def test_the_warehouse_comes_before_the_order(problem):
    found = rank(problem, {"cem": [1]}, "tool")
    cem = next(option for option in found.options if option.engineer == "cem")
    assert cem.stops[cem.warehouse] is WAREHOUSE
    assert cem.warehouse < cem.position
    assert cem.added_travel == 0


def test_an_order_that_is_planned_is_taken_out_first(problem):
    inserter = Inserter(problem, {"ann": [1, "new"]})
    (option,) = inserter.rank("new", engineers=["bob"]).options
    inserter.insert("new", option)
    assert inserter.routes() == {"ann": [1], "bob": ["new"]}
    # The stop at the warehouse goes with the order it was for.
    inserter = Inserter(problem, {"ann": [WAREHOUSE, "tool", 1]})
    inserter.insert("tool", inserter.rank("tool", engineers=["cem"]).options[0])
    assert inserter.routes() == {"ann": [1], "cem": [WAREHOUSE, "tool"]}


def test_a_route_that_is_broken_takes_nothing_more(problem):
    found = rank(problem, {"ann": [2, 1, "early"]}, "new")
    (ann,) = [item for item in found.refused if item.engineer == "ann"]
    assert ann.broken[-1].order == "early" or "window" in ann.rules


def test_soft_wishes_change_the_ranking(problem):
    places = [Place(0, 0, 0), Place(1, 100, 0)]
    crew = [Engineer(n, 0, 0, (0, 999)) for n in ("a", "b", "c")]
    order = Order(1, 1, preferred={"b": 50}, affinity={"c": 0.5})
    asked = Problem.build(
        places=places,
        engineers=crew,
        orders=[order],
        current={"a": [1]},
        options=Options(weights=Weights(affinity=60, change=20)),
    )
    costs = {option.engineer: option.cost for option in rank(asked, {}, 1).options}
    # a: neither wish (50 + 30); b: no affinity (30), a change (20); c: 50 and 20.
    assert costs == {"a": 280, "b": 250, "c": 270}


def test_windows_that_can_be_promised(problem):
    found = slots(
        problem, {"ann": [1], "bob": [2]}, "new", [(0, 90), (0, 300), (990, 1200)]
    )
    assert [slot.is_open for slot in found] == [False, True, False]
    assert found[1].option.engineer == "ann"
    assert [slot.engineers for slot in found] == [(), ("ann",), ()]
    assert found[0].reasons == {"window": 1, "max_orders": 1, "skill": 1}
    assert found[2].reasons == {"shift": 3}


def test_a_new_order_can_ask_for_windows(problem):
    new = Order("booked", 200, 60, parts={"valve": 1})
    (slot,) = Inserter(problem, {"ann": [1]}).slots(new, [(0, 600)])
    assert slot.option.stops[0] is WAREHOUSE
    assert slot.option.stops[slot.option.position] == "booked"
    assert "booked" not in problem.order_index


def test_plans_of_given_routes(problem):
    routes = {"ann": [1, 2]}
    plan = make_plan(problem, routes)
    assert plan.stops == routes
    assert plan.routes["ann"] == schedules(problem, routes)["ann"]
    assert [item.order for item in plan.unplaced] == ["new", "tool", "early"]
    assert plan.cost == 400 + 3 * problem.leave_out_price
    assert (plan.engineer_of(2), plan.engineer_of("new")) == ("ann", None)
    assert plan.broken == ()


def test_routes_that_make_no_sense(problem):
    for routes, said in (
        ({"ann": [1], "bob": [1]}, "in the routes twice"),
        ({"ann": [9]}, "Order 9 is unknown"),
        ({"zoe": []}, "Engineer 'zoe' is unknown"),
    ):
        with pytest.raises(ProblemError, match=said):
            Inserter(problem, routes)
