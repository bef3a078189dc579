"""Why this engineer, why nobody: what is said is checked by doing it."""

import pytest
from cases import problems
from engine.explain import relaxed, why_engineer, why_unplaced
from engine.insertion import Inserter
from engine.plan import make_plan
from engine.problem import Engineer, Options, Order, Place, Problem, Weights
from engine.solver import solve
from hypothesis import given, settings
from test_rules import RELAXED


def build(orders, **crew):
    """Engineers at 0 on a line of places at 0, 100, ... 900."""
    crew = crew or {"ann": {}}
    return Problem.build(
        places=[Place(100 * n, 100 * n, 0) for n in range(10)],
        engineers=[
            Engineer(name, 0, 0, **{"shift": (0, 2000), **values})
            for name, values in crew.items()
        ],
        orders=orders,
        options=Options(seconds=0.1, workers=1, weights=Weights(preferred=77)),
    )


@pytest.mark.parametrize(
    ("order", "engineer", "rules"),
    [
        ({"skills": frozenset({"gas"})}, {}, ["skill"]),
        ({"tools": frozenset({"crane"})}, {}, ["tool"]),
        ({"parts": {"pump": 1}}, {}, ["part"]),
        ({"windows": ((0, 99),)}, {}, ["window"]),
        ({"excluded": frozenset({"ann"})}, {}, ["excluded"]),
        ({"duration": 1900}, {}, ["shift"]),
        ({"windows": ((100, 150),)}, {"breaks": ((90, 500),)}, ["break"]),
        ({}, {"max_orders": 0}, ["max_orders"]),
    ],
)
def test_one_rule_in_the_way_is_found(order, engineer, rules):
    problem = build([Order(1, 100, **{"duration": 60, **order})], ann=engineer)
    plan = solve(problem)
    assert [(item.order, item.reasons) for item in plan.unplaced] == [(1, tuple(rules))]
    found = why_unplaced(problem, plan, 1)
    assert found["sets"][0]["rules"] == rules
    assert all(len(item["rules"]) == 1 for item in found["sets"])
    assert found["rules"] == dict.fromkeys(rules, 1)


def test_pinned_to_one_who_lacks_the_skill():
    order = Order(1, 100, skills=frozenset({"gas"}), pinned_to="ann")
    problem = build([order], ann={}, bob={"skills": frozenset({"gas"})})
    found = why_unplaced(problem, solve(problem), 1)
    # Either the skill or the pin: one of them is enough.
    assert sorted(item["rules"] for item in found["sets"]) == [["pinned"], ["skill"]]


def test_two_rules_at_once():
    order = Order(1, 100, skills=frozenset({"gas"}), windows=((0, 50),))
    found = why_unplaced(build([order]), solve(build([order])), 1)
    # To begin before the shift would do as well, but nobody was refused for it.
    assert [item["rules"] for item in found["sets"]] == [
        ["skill", "window"],
        ["skill", "shift"],
    ]


def test_an_order_that_only_has_to_be_put_in():
    problem = build([Order(1, 100)])
    found = why_unplaced(problem, make_plan(problem, {}), 1)
    assert found["sets"][0]["rules"] == []
    assert found["sets"][0]["checked"] == "insertion"
    assert found["worth"]


def test_an_order_that_is_not_worth_the_way():
    problem = build([Order(1, 900, prize=50)])
    plan = solve(problem)
    assert plan.unplaced[0].reasons == ("prize",)
    assert plan.cost == 50
    found = why_unplaced(problem, plan, 1)
    assert (found["sets"][0]["rules"], found["worth"], found["price"]) == (
        [],
        False,
        50,
    )


def test_solving_again_finds_what_inserting_does_not():
    """The one who could serve both is taken; two have to change their places."""
    orders = [
        Order("any", 100, 1000, ((0, 500),)),
        Order("gas", 100, 1000, ((0, 500),), skills=frozenset({"gas"})),
    ]
    problem = build(orders, ann={"skills": frozenset({"gas"})}, bob={})
    plan = make_plan(problem, {"ann": ["any"]})
    (found,) = why_unplaced(problem, plan, "gas")["sets"]
    assert (found["rules"], found["checked"], found["engineer"]) == (
        [],
        "solving",
        "ann",
    )


def test_why_this_engineer():
    order = Order(
        1,
        200,
        60,
        ((0, 500), (900, 1000)),
        skills=frozenset({"gas"}),
        parts={"pump": 1},
        preferred={"ann": None},
        affinity={"bob": 1},
    )
    gas = frozenset({"gas"})
    pump = {"pump": 2.0}
    problem = build(
        [order, Order(2, 300, 60)],
        ann={"skills": gas, "max_orders": 3, "parts": pump},
        bob={"skills": gas, "parts": pump},
        cem={},
    )
    plan = make_plan(problem, {"ann": [1, 2]})
    found = why_engineer(problem, plan, 1)
    assert (found["engineer"], found["arrive"], found["leave"]) == ("ann", 200, 260)
    assert {item["rule"]: item for item in found["met"]} == {
        "skill": {"rule": "skill", "names": ["gas"]},
        "part": {"rule": "part", "names": ["pump"], "fetched": False},
        "window": {"rule": "window", "from": 0, "to": 500},
        "shift": {"rule": "shift", "from": 0, "to": 2000, "end": 720},
        "max_orders": {"rule": "max_orders", "count": 2, "most": 3},
    }
    # It lies on the way; the one who knows the machine would have been bob.
    assert found["costs"] == {
        "total": 900,
        "added_travel": 0,
        "waiting": 0,
        "lateness": 0,
        "preferred": 0,
        "affinity": 900,
    }
    assert found["wishes"] == ["preferred"]
    assert found["alternatives"] == [
        {
            "engineer": "bob",
            "extra_cost": 400 + 77 - 900,
            "added_travel": 400,
            "arrive": 200,
        }
    ]
    assert found["refused"] == {"cem": ["skill", "part"]}
    assert why_engineer(problem, make_plan(problem, {}), 1)["engineer"] is None


@settings(max_examples=25, **RELAXED)
@given(problems(most_orders=6, most_engineers=2))
def test_relaxing_places_what_was_left_out(data):
    """Each set that is named places the order when it is relaxed, and none smaller
    does by inserting."""
    data["options"].update(seconds=0.03, solver="own", workers=1)
    problem = Problem.from_json(data)
    plan = solve(problem)
    for item in plan.unplaced[:2]:
        sets = why_unplaced(problem, plan, item.order, seconds=0.1)["sets"]
        assert sets or not problem.engineers
        for found in sets:
            loose = relaxed(problem, item.order, found["rules"])
            if found["checked"] == "insertion":
                assert Inserter(loose, plan.stops).rank(item.order).options
            for rule in found["rules"]:
                rest = [other for other in found["rules"] if other != rule]
                less = relaxed(problem, item.order, rest)
                assert not Inserter(less, plan.stops).rank(item.order).options
