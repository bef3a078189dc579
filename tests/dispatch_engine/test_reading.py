"""Every wrong input is a sentence that names the record and the remedy."""

import contextlib
import copy
import dataclasses
import json
from dataclasses import replace

import jsonschema
import pytest
from engine.errors import ProblemError
from engine.problem import Engineer, Options, Order, Place, Problem, Weights
from engine.solver import solve
from hypothesis import given, settings
from hypothesis import strategies as st
from source_tree import ROOT
from test_rules import RELAXED

GOOD = {
    "places": [{"id": "a", "x": 0, "y": 0}, {"id": "b", "x": 30, "y": 40}],
    "engineers": [{"id": 1, "start": "a", "end": "b", "shift": [0, 100]}],
    "orders": [{"id": 1, "place": "b", "duration": 5, "windows": [[0, 50]]}],
    "warehouse": None,
}


def changed(path, value):
    data = copy.deepcopy(GOOD)
    target = data
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["places"], None, "no places"),
        (["places"], 7, "no places"),
        (["places", 1, "id"], "a", "Place 'a' is there twice"),
        (["places", 1, "id"], "", "no usable id"),
        (["places", 1, "x"], None, "half a position"),
        (["places", 1, "x"], "30", "Place 'b' has x '30'"),
        (["places", 1, "x"], True, "Place 'b' has x True"),
        (["places", 1, "x"], float("inf"), "Place 'b' has x inf"),
        (["places", 1], {"id": "b"}, "Place 'b' has no coordinates"),
        (["places", 1], {"id": "b", "lat": 1, "lon": 2}, "Some places have x, y"),
        (["places", 1], {"id": "b", "lat": 91, "lon": 2}, "latitude 91"),
        (["engineers"], None, "no engineers"),
        (["engineers", 0], [], "Engineer number 1 is no object"),
        (["engineers", 0, "id"], None, "Engineer number 1 is no object"),
        (["engineers", 0, "start"], "c", "Engineer 1 names the unknown place 'c'"),
        (["engineers", 0, "start"], None, "Engineer 1 has no start"),
        (["engineers", 0, "shift"], None, "Engineer 1 has no shift"),
        (["engineers", 0, "shift"], [100, 0], "which end before they begin"),
        (["engineers", 0, "shift"], [0, 1, 2], "Engineer 1 has shift"),
        (["engineers", 0, "shift"], [0, float("nan")], "Engineer 1 has shift nan"),
        (["engineers", 0, "shift"], "day", "Engineer 1 has shift 'day'"),
        (["engineers", 0, "skills"], "gas", "Engineer 1 has skills 'gas'"),
        (["engineers", 0, "parts"], {"a": -1}, "negative quantity of part 'a' -1"),
        (["engineers", 0, "parts"], 3, "Engineer 1 has parts 3"),
        (["engineers", 0, "max_orders"], -1, "Engineer 1 has max_orders -1"),
        (["engineers", 0, "max_orders"], 1.5, "Engineer 1 has max_orders 1.5"),
        (["engineers", 0, "breaks"], [[9, 8]], "Engineer 1 has breaks"),
        (["engineers", 0, "fixed"], [9], "Engineer 1 names the unknown order 9"),
        (["engineers", 0, "fixed"], [1, 1], "which is fixed already"),
        (["engineers", 0, "fixed"], [None], "and there is none"),
        (["orders"], "x", "no orders"),
        (["orders", 0, "place"], "z", "Order 1 names the unknown place 'z'"),
        (["orders", 0, "place"], None, "Order 1 has no place"),
        (["orders", 0, "place"], ["b"], "unknown place ['b']"),
        (["orders", 0, "duration"], -1, "Order 1 has the negative duration -1"),
        (["orders", 0, "duration"], float("nan"), "Order 1 has duration nan"),
        (["orders", 0, "duration"], 10**400, "Order 1 has duration 1000"),
        (["orders", 0, "windows"], [[5, 1]], "Order 1 has windows [5, 1]"),
        (["orders", 0, "windows"], [5], "Order 1 has windows 5"),
        (["orders", 0, "windows"], "now", "Order 1 has windows 'now'"),
        (["orders", 0, "pinned_to"], 9, "Order 1 names the unknown engineer 9"),
        (["orders", 0, "excluded"], [9], "Order 1 names the unknown engineer 9"),
        (["orders", 0, "excluded"], 1, "Order 1 has excluded 1"),
        (["orders", 0, "preferred"], {"1": -4}, "negative preferred -4"),
        (["orders", 0, "affinity"], {"9": 1}, "unknown engineer '9'"),
        (["orders", 0, "priority"], "high", "Order 1 has priority 'high'"),
        (["orders", 0, "prize"], -1, "Order 1 has the negative prize -1"),
        (["orders", 0, "deadline"], "soon", "Order 1 has deadline 'soon'"),
        (["warehouse"], "z", "The warehouse names the unknown place 'z'"),
        (["warehouse"], {"place": "a", "duration": -1}, "negative duration"),
        (["matrix"], [[0, 1]], "1 rows for 2 places"),
        (["matrix"], [[0, 1], [1]], "Row 2 of the matrix"),
        (["matrix"], [[0, 1], [-1, 0]], "-1 in row 2, column 1"),
        (["matrix"], [[0, 1], [None, 0]], "None in row 2, column 1"),
        (["matrix"], [[0, float("nan")], [1, 0]], "nan in row 1, column 2"),
        (["current"], {"9": []}, "unknown engineer '9'"),
        (["current"], {"1": [1, 1]}, "order 1 twice"),
        (["current"], [7], "no list of routes"),
        (["options"], [], "options are no JSON object"),
        (["options"], {"seconds": 0}, "no time to solve"),
        (["options"], {"seconds": "2"}, "entry options has seconds '2'"),
        (["options"], {"objective": "speed"}, "objective 'speed'"),
        (["options"], {"objectiv": "travel"}, "unknown entry 'objectiv'"),
        (["options"], {"solver": "other"}, "solver 'other'"),
        (["options"], {"workers": 0}, "workers 0"),
        (["options"], {"seed": -1}, "seed -1"),
        (["options"], {"speed": 0}, "speed 0 or less"),
        (["options"], {"weights": {"travel": -1}}, "negative travel -1"),
        (["options"], {"weights": 3}, "weights are no JSON object"),
    ],
)
def test_wrong_records_are_named(path, value, said):
    with pytest.raises(ProblemError) as error:
        Problem.from_json(changed(path, value))
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(".")


def test_nobody_fetches_twice():
    problem = changed(["engineers", 0, "fixed"], [None, None])
    problem["warehouse"] = problem["places"][0]["id"]
    with pytest.raises(ProblemError, match="two fixed stops"):
        Problem.from_json(problem)


def test_ids_are_found_as_text_and_as_numbers():
    data = copy.deepcopy(GOOD)
    data["places"] = {"1": {"x": 0, "y": 0}, "2": [3, 4]}
    data["engineers"][0].update(start=1, end="2")
    data["orders"][0].update(place=2, pinned_to="1")
    problem = Problem.from_json(data)
    assert problem.orders[0].place == "2"
    assert problem.orders[0].pinned_to == 1
    assert problem.travel("1", "2") == 5


def test_forms_of_places_and_matrix():
    """A matrix needs no places; places may be points, and the matrix may be theirs."""
    matrix = [[0, 7], [9, 0]]
    base = {
        "engineers": [{"id": 1, "start": 0, "shift": [0, 100]}],
        "orders": [{"id": 1, "place": 1}],
    }
    for places in (
        {"matrix": matrix},
        {"places": [0, 1], "matrix": matrix},
        {"places": [{"id": 0}, {"id": 1}], "matrix": matrix},
        {"places": {"matrix": matrix, "ids": [0, 1]}},
    ):
        problem = Problem.from_json({**base, **places})
        assert (problem.travel(0, 1), problem.travel(1, 0)) == (7, 9)
        assert problem.engineers[0].end == 0


def test_records_of_a_program_are_checked_too():
    with pytest.raises(ProblemError, match="Order 5 names the unknown place 'x'"):
        Problem.build(
            places=[Place("a", 0, 0)],
            engineers=[Engineer(1, "a", "a", (0, 1))],
            orders=[Order(5, "x")],
        )


def test_unknown_ids_in_questions():
    problem = Problem.from_json(GOOD)
    for ask in (lambda: problem.order(7), lambda: problem.engineer("x")):
        with pytest.raises(ProblemError, match="is unknown"):
            ask()


def test_the_schema_and_the_reader_agree():
    """What the schema allows is read, and the entries of the schema are all there."""
    schema = json.loads((ROOT / "addons/qifei_dispatch/engine/schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(GOOD)
    full = copy.deepcopy(GOOD)
    full["engineers"][0].update(
        skills=["gas"],
        tools=["crane"],
        parts={"pump": 2},
        max_orders=3,
        breaks=[[10, 20]],
        fixed_cost=5,
        fixed=[1, None],
        person="ann",
    )
    full["orders"][0].update(
        skills=["gas"],
        tools=["crane"],
        parts={"pump": 1.5},
        priority=2,
        pinned_to="ann",
        excluded=[],
        preferred={"ann": 60},
        affinity={"1": 0.5},
        deadline=40,
        prize=900,
    )
    full["warehouse"] = {"place": "a", "duration": 60}
    full["current"] = {"1": [1, None]}
    full["options"] = {"seconds": 1, "weights": {"lateness": 2}}
    validator.validate(full)
    Problem.from_json(full)
    for key, kind in (
        ("engineer", Engineer),
        ("order", Order),
        ("options", Options),
    ):
        fields = {field.name for field in dataclasses.fields(kind)}
        assert set(schema["$defs"][key]["properties"]) == fields
    weights = {field.name for field in dataclasses.fields(Weights)}
    assert (
        set(schema["$defs"]["options"]["properties"]["weights"]["properties"])
        == weights
    )


JUNK = st.sampled_from(
    (None, True, "", "a", 0, -1, 2.5, 1e300, float("nan"), float("inf"), [], {})
) | st.sampled_from(([[]], [{}], {"a": []}, [1, 2], [[1, 2]], [None], "x" * 50))
PATHS = [
    (kind, number, key)
    for kind, number, record in (
        ("engineers", 0, Engineer),
        ("orders", 0, Order),
        ("places", 1, Place),
    )
    for key in [field.name for field in dataclasses.fields(record)]
]
PATHS += [(key,) for key in ("places", "engineers", "orders", "warehouse", "matrix")]
PATHS += [(key,) for key in ("current", "options", "objective")]
PATHS += [("options", field.name) for field in dataclasses.fields(Options)]


@settings(max_examples=300, **RELAXED)
@given(st.lists(st.tuples(st.sampled_from(PATHS), JUNK), min_size=1, max_size=3))
def test_junk_is_read_or_refused_in_words(changes):
    """Nothing but a `ProblemError` comes out of whatever goes in."""
    data = {**copy.deepcopy(GOOD), "options": {}}
    for path, value in changes:
        target = data
        with contextlib.suppress(LookupError, TypeError):
            for key in path[:-1]:
                target = target[key]
        if isinstance(target, dict):
            target[path[-1]] = value
    with contextlib.suppress(ProblemError):
        problem = Problem.from_json(json.loads(json.dumps(data)))
        solve(replace(problem, options=Options(seconds=0.001, solver="own")))
