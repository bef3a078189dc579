import json
import os
import signal
import threading
import time

from odoo.tests import BaseCase, tagged

from ..engine import Engineer, Options, Order, Place, Problem
from ..tools.solver_process import SolverProcess, SolverProcessError, write_problem


def make_problem(count=6, seconds=1.0):
    places = [Place("base", lat=31.2, lon=121.4)]
    places += [
        Place(f"p{number}", lat=31.2 + number / 100, lon=121.4 + number % 3 / 100)
        for number in range(count)
    ]
    return Problem.build(
        places=places,
        engineers=[
            Engineer(
                f"{number}@2031-03-03",
                "base",
                "base",
                (8 * 3600.0, 17 * 3600.0),
                breaks=((43_200.0, 46_800.0),),
                person=number,
                skills=frozenset({"1"}),
            )
            for number in (1, 2)
        ],
        orders=[
            Order(
                100 + number,
                f"p{number}",
                3600.0,
                windows=((36_000.0, 54_000.0),) if number % 2 else (),
                preferred={1: 600.0},
                affinity={2: 0.5},
                excluded=frozenset({2}) if number == 3 else frozenset(),
                skills=frozenset({"1"}),
            )
            for number in range(count)
        ],
        current={"1@2031-03-03": [100, 101]},
        options=Options(seconds=seconds),
    )


@tagged("post_install", "-at_install")
class TestSolverProcess(BaseCase):
    """The engine in its own process: what it is given, and how it can fail."""

    def assertFails(self, kind, process, report=None):
        with self.assertRaises(SolverProcessError) as caught:
            process.run(report)
        self.assertEqual(caught.exception.kind, kind)
        if process.process:
            self.assertIsNotNone(process.process.returncode)
        return caught.exception

    def test_file_says_the_same_as_the_problem(self):
        problem = make_problem()
        read = Problem.from_json(json.loads(json.dumps(write_problem(problem))))
        self.assertEqual(read.engineers, problem.engineers)
        self.assertEqual(read.orders, problem.orders)
        self.assertEqual(read.matrix, problem.matrix)
        self.assertEqual(read.current, problem.current)
        self.assertEqual(read.options.weights, problem.options.weights)

    def test_plan_comes_with_progress(self):
        seen = []
        answer = SolverProcess(make_problem()).run(lambda part: not seen.append(part))
        placed = [
            stop["order"] for route in answer["routes"] for stop in route["stops"]
        ]
        self.assertEqual(sorted(placed), [100, 101, 102, 103, 104, 105])
        self.assertFalse(answer["unplaced"])
        self.assertEqual(seen, sorted(seen))
        self.assertTrue(all(0 <= part <= 1 for part in seen))

    def test_missing_interpreter(self):
        self.assertFails("missing", SolverProcess(make_problem(), python="/no/python"))

    def test_program_that_ends_with_an_error(self):
        self.assertFails("failed", SolverProcess(make_problem(), python="/bin/false"))

    def test_program_that_answers_nothing(self):
        self.assertFails("answer", SolverProcess(make_problem(), python="/bin/true"))

    def test_engine_that_refuses_the_problem_is_quoted_for_the_log(self):
        problem = make_problem()
        object.__setattr__(problem.options, "solver", "nothing")
        error = self.assertFails("failed", SolverProcess(problem))
        self.assertIn("solver", error.detail)

    def test_process_that_takes_too_long_is_ended(self):
        begin = time.monotonic()
        self.assertFails("timeout", SolverProcess(make_problem(seconds=30), timeout=1))
        self.assertLess(time.monotonic() - begin, 5)

    def test_process_that_is_not_wanted_any_more_is_ended(self):
        begin = time.monotonic()
        self.assertFails(
            "stopped", SolverProcess(make_problem(seconds=30)), lambda part: False
        )
        self.assertLess(time.monotonic() - begin, 5)

    def test_process_that_is_killed(self):
        process = SolverProcess(make_problem(seconds=30))

        def kill():
            for _turn in range(100):
                time.sleep(0.1)
                if process.process:
                    os.kill(process.process.pid, signal.SIGKILL)
                    return

        killer = threading.Thread(target=kill)
        killer.start()
        self.assertFails("killed", process)
        killer.join(10)

    def test_passwords_of_the_server_are_kept_from_it(self):
        os.environ["PGPASSWORD"] = "secret"
        self.addCleanup(os.environ.pop, "PGPASSWORD", None)
        seen = []

        def report(_part):
            pid = process.process.pid
            with open(f"/proc/{pid}/environ", "rb") as stream:
                seen.append(stream.read())
            return False

        process = SolverProcess(make_problem(seconds=30))
        self.assertFails("stopped", process, report)
        self.assertTrue(seen[0])
        self.assertNotIn(b"PGPASSWORD", seen[0])
