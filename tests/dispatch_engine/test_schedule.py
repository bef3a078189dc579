"""The times of one route, second by second."""

import pytest
from engine import schedule
from engine.errors import ProblemError
from engine.problem import WAREHOUSE, Engineer, Options, Order, Place, Problem

HOUR = 3600
NIGHT = 86400


def build(orders, *, objective="travel", warehouse=None, **engineer):
    places = [Place("home", 0, 0), Place("near", 100, 0), Place("far", 1000, 0)]
    engineer = {"start": "home", "end": "home", "shift": (0, 10_000), **engineer}
    return Problem.build(
        places=places,
        engineers=[Engineer("ann", **engineer)],
        orders=orders,
        warehouse=warehouse,
        warehouse_duration=60 if warehouse else 0,
        options=Options(objective=objective),
    )


def rules(found):
    return [(item.rule, item.order, item.amount) for item in found.broken]


def test_an_empty_route_costs_nothing():
    found = schedule.evaluate(build([], fixed_cost=500), "ann", [])
    assert (found.cost, found.travel, found.working_time, found.broken) == (0, 0, 0, ())


def test_nobody_leaves_home_to_wait():
    """Working time counts from the latest start with the same return."""
    orders = [
        Order(1, "near", 50, ((1000, 4000),)),
        Order(2, "far", 50, ((5000, 6000),)),
    ]
    found = schedule.evaluate(build(orders), "ann", [1, 2])
    first, second = found.stops
    assert (found.start, first.arrive, first.start, first.leave) == (
        900,
        1000,
        1000,
        1050,
    )
    assert (second.arrive, second.waiting, second.start) == (1950, 3050, 5000)
    assert (found.end, found.travel, found.waiting) == (6050, 2000, 3050)
    assert found.latest_start == 3900
    assert found.working_time == 2150
    assert found.cost == 2000
    late = schedule.evaluate(build(orders, objective="working_time"), "ann", [1, 2])
    assert (late.start, late.end, late.cost) == (3900, 6050, 2150)
    assert late.stops[0].start == 4000


def test_several_windows_take_the_first_that_is_reached():
    orders = [Order(1, "far", 50, ((0, 900), (1500, 1500), (3000, 4000)))]
    found = schedule.evaluate(build(orders), "ann", [1])
    assert (found.stops[0].start, found.broken) == (1500, ())
    found = schedule.evaluate(build(orders, shift=(501, 9000)), "ann", [1])
    assert found.stops[0].start == 3000


def test_what_is_too_late_is_named_with_its_seconds():
    orders = [Order(1, "far", 50, ((0, 900),)), Order(2, "far", 9000)]
    found = schedule.evaluate(build(orders), "ann", [1, 2])
    assert rules(found) == [("window", 1, 100), ("shift", None, 1050)]


def test_no_service_overlaps_a_break_but_travel_may():
    """A leave in the middle of the day is such a break."""
    orders = [Order(1, "far", 600), Order(2, "near", 600)]
    problem = build(orders, breaks=((1200, 3000),))
    found = schedule.evaluate(problem, "ann", [1, 2])
    assert [stop.start for stop in found.stops] == [3000, 4500]
    assert found.broken == ()
    problem = build([Order(1, "far", 600)], breaks=((1600, 3000),))
    assert schedule.evaluate(problem, "ann", [1]).stops[0].leave == 1600
    problem = build([Order(1, "far", 600, ((0, 1500),))], breaks=((1200, 3000),))
    found = schedule.evaluate(problem, "ann", [1])
    assert rules(found) == [("break", 1, 400)]


def test_a_shift_over_midnight_is_one_shift():
    orders = [Order(1, "near", 50, ((NIGHT - 60, NIGHT + 60),))]
    problem = build(orders, shift=(NIGHT - 2 * HOUR, NIGHT + 6 * HOUR))
    found = schedule.evaluate(problem, "ann", [1])
    assert (found.start, found.end, found.broken) == (NIGHT - 160, NIGHT + 90, ())


def test_a_day_of_23_hours_is_a_shorter_shift():
    """Clocks that jump are the caller's: real seconds are what is left of the day."""
    orders = [Order(1, "far", 6 * HOUR)]
    summer = schedule.evaluate(build(orders, shift=(0, 6 * HOUR)), "ann", [1])
    assert rules(summer) == [("shift", None, 2000)]
    winter = schedule.evaluate(build(orders, shift=(0, 7 * HOUR)), "ann", [1])
    assert winter.broken == ()


def test_goods_last_until_the_warehouse():
    orders = [
        Order(1, "near", parts={"pump": 2}),
        Order(2, "far", parts={"pump": 2}, tools=frozenset({"crane"})),
    ]
    problem = build(orders, warehouse="near", parts={"pump": 3})
    found = schedule.evaluate(problem, "ann", [1, 2])
    assert rules(found) == [("tool", 2, 1), ("part", 2, 1)]
    assert [item.names for item in found.broken] == [("crane",), ("pump",)]
    found = schedule.evaluate(problem, "ann", [1, WAREHOUSE, 2])
    assert found.broken == ()
    assert [stop.place for stop in found.stops] == ["near", "near", "far"]
    assert found.stops[1].leave - found.stops[1].start == 60
    assert found.travel == 2000
    found = schedule.evaluate(problem, "ann", [2, WAREHOUSE, 1])
    assert rules(found) == [("tool", 2, 1)]


def test_who_may_not_is_named():
    orders = [
        Order(1, "near", skills=frozenset({"gas"})),
        Order(2, "near", excluded=frozenset({"ann"})),
        Order(3, "near"),
    ]
    found = schedule.evaluate(build(orders, max_orders=2), "ann", [1, 2, 3])
    assert rules(found) == [
        ("skill", 1, 1),
        ("excluded", 2, 1),
        ("max_orders", None, 1),
    ]


def test_a_person_has_several_shifts():
    days = [
        Engineer(
            f"ann {day}", "a", "a", (day * NIGHT, day * NIGHT + HOUR), person="ann"
        )
        for day in range(2)
    ]
    problem = Problem.build(
        places=[Place("a", 0, 0)],
        engineers=[*days, Engineer("bob", "a", "a", (0, HOUR))],
        orders=[Order(1, "a", pinned_to="ann"), Order(2, "a", pinned_to="ann 1")],
    )
    for engineer, orders, broken in (
        ("ann 0", [1], []),
        ("ann 1", [1, 2], []),
        ("ann 0", [2], [("pinned", 2, 1)]),
        ("bob", [1], [("pinned", 1, 1)]),
    ):
        assert rules(schedule.evaluate(problem, engineer, orders)) == broken


def test_what_is_fixed_is_a_fact():
    """Its rules are not asked any more, but its times count for what follows."""
    orders = [
        Order(1, "far", 50, ((0, 10),), skills=frozenset({"gas"})),
        Order(2, "near", 50, ((0, 1000),)),
    ]
    found = schedule.evaluate(build(orders, fixed=(1,)), "ann", [1, 2])
    assert rules(found) == [("window", 2, 950)]


def test_lateness_is_a_cost_and_no_rule():
    orders = [Order(1, "far", 50, deadline=400)]
    found = schedule.evaluate(build(orders), "ann", [1])
    assert (found.lateness, found.cost, found.broken) == (600, 2600, ())


def test_routes_that_make_no_sense():
    problem = build([Order(1, "near")])
    with pytest.raises(ProblemError, match="There is no warehouse"):
        schedule.evaluate(problem, "ann", [WAREHOUSE])
    problem = build([Order(1, "near")], warehouse="near")
    with pytest.raises(ProblemError, match="two stops at the warehouse"):
        schedule.evaluate(problem, "ann", [WAREHOUSE, WAREHOUSE])
    with pytest.raises(ProblemError, match="'bob' is unknown"):
        schedule.evaluate(problem, "bob", [])
