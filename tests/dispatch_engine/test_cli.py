"""The engine as a program: a file in, a file out, and a sentence for what is wrong."""

import json
import os
import subprocess
import sys

import pytest
from checker import Checker
from source_tree import ROOT

ADDON = ROOT / "addons/qifei_dispatch"
PROBLEM = {
    "places": [{"id": n, "x": 100 * n, "y": 0} for n in range(4)],
    "engineers": [
        {"id": "ann", "start": 0, "end": 0, "shift": [0, 5000], "skills": ["gas"]},
        {"id": "bob", "start": 3, "end": 3, "shift": [0, 5000]},
    ],
    "orders": [
        {"id": 1, "place": 1, "duration": 60, "windows": [[0, 900]], "skills": ["gas"]},
        {"id": 2, "place": 2, "duration": 60.5, "windows": [[0.25, 900.75]]},
        {"id": 3, "place": 2, "duration": 60, "skills": ["power"]},
    ],
    "warehouse": None,
    "options": {"seconds": 0.3, "workers": 1},
}


def run(tmp_path, text, *extra, folder=ADDON, **environment):
    source, target = tmp_path / "problem.json", tmp_path / "plan.json"
    source.write_text(text if isinstance(text, str) else json.dumps(text))
    done = subprocess.run(
        [sys.executable, "-m", "engine", source, target, *extra],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(folder), **environment},
        timeout=60,
    )
    plan = json.loads(target.read_text()) if target.exists() else None
    return done, plan


def test_a_problem_gives_a_plan(tmp_path):
    done, plan = run(tmp_path, PROBLEM)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert Checker(PROBLEM).check(plan) == []
    assert {route["engineer"] for route in plan["routes"]} == {"ann", "bob"}
    assert plan["unplaced"] == [{"order": 3, "reasons": ["skill"]}]
    assert plan["travel"] == pytest.approx(400)
    assert plan["solver"]["name"] == "pyvrp"


def test_the_time_given_holds_for_the_whole_run(tmp_path):
    done, plan = run(tmp_path, PROBLEM, "--seconds", "1.5")
    assert done.returncode == 0
    assert 0.5 < plan["solver"]["seconds"] < 1.7


def test_without_pyvrp_the_own_search_plans(tmp_path):
    """A library of that name that cannot be loaded stands for one that is broken."""
    broken = tmp_path / "broken"
    (broken / "pyvrp").mkdir(parents=True)
    (broken / "pyvrp/__init__.py").write_text("raise ImportError('no such machine')\n")
    done, plan = run(tmp_path, PROBLEM, folder=f"{broken}{os.pathsep}{ADDON}")
    assert done.returncode == 0
    assert Checker(PROBLEM).check(plan) == []
    assert plan["solver"]["name"] == "own"
    assert "PyVRP" in plan["solver"]["remarks"][0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no JSON"),
        ("[]", "no JSON object"),
        ("{}", "no places"),
        (
            '{"places": [{"id": 1, "x": NaN, "y": 0}], "engineers": [], "orders": []}',
            "Place 1 has x nan",
        ),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_wrong_input_is_one_sentence(tmp_path, text, said):
    done, plan = run(tmp_path, text)
    assert done.returncode == 2
    assert plan is None
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "engine", tmp_path / "none.json", "-"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ADDON)},
        timeout=60,
    )
    assert done.returncode == 2
    assert "cannot be read" in done.stderr


def test_the_answer_can_be_the_next_beginning(tmp_path):
    """The routes of a plan are the current plan of the next problem."""
    _done, plan = run(tmp_path, PROBLEM)
    weights = {"change": 10_000}
    again = {
        **PROBLEM,
        "current": plan["routes"],
        "options": {"seconds": 0.3, "workers": 1, "weights": weights},
    }
    _done, second = run(tmp_path, again)
    orders = [[stop["order"] for stop in r["stops"]] for r in plan["routes"]]
    assert [[s["order"] for s in r["stops"]] for r in second["routes"]] == orders


def test_half_a_character_in_an_id(tmp_path):
    text = json.dumps(PROBLEM).replace('"id": 1, "place"', '"id": "\\ud800", "place"')
    done, plan = run(tmp_path, text)
    assert done.returncode == 0
    planned = {stop["order"] for route in plan["routes"] for stop in route["stops"]}
    assert "\ud800" in planned
