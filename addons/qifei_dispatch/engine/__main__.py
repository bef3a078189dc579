"""Solve a problem from a file: ``python3 -m engine problem.json plan.json``.

``-`` stands for the standard input or output. Wrong input is one sentence on the
standard error and exit code 2.
"""

import argparse
import json
import sys
import time

from .errors import EngineError, ProblemError
from .problem import Problem
from .solver import solve

WRONG_INPUT = 2


def main(arguments: list[str] | None = None) -> int:
    """Read, solve and write; return the exit code."""
    started = time.monotonic()
    parser = argparse.ArgumentParser(
        prog="engine", description="Plan the routes of service engineers."
    )
    parser.add_argument("problem", help="file with the problem in JSON, - for stdin")
    parser.add_argument("plan", help="file for the plan in JSON, - for stdout")
    parser.add_argument("--seconds", type=float, help="seconds to solve")
    parser.add_argument(
        "--progress",
        action="store_true",
        help="tell the progress (0 to 1) in lines of JSON on the standard error",
    )
    chosen = parser.parse_args(arguments)
    try:
        data = _read(chosen.problem)
        if chosen.seconds is not None and isinstance(data, dict):
            data["options"] = {
                **(data.get("options") or {}),
                "seconds": chosen.seconds,
            }
        plan = solve(
            Problem.from_json(data),
            progress=_tell if chosen.progress else None,
            started=started,
        )
        _write(chosen.plan, json.dumps(plan.to_json(), ensure_ascii=False, indent=1))
    except EngineError as error:
        sys.stderr.write(f"{error}\n")
        return WRONG_INPUT
    except MemoryError:
        sys.stderr.write("The problem is too large for this machine: divide it.\n")
        return WRONG_INPUT
    return 0


def _tell(share, cost):
    sys.stderr.write(json.dumps({"progress": round(share, 3), "cost": cost}) + "\n")
    sys.stderr.flush()


def _read(name):
    """:raise ProblemError: when the file cannot be read or is no JSON"""
    try:
        if name == "-":
            return json.load(sys.stdin)
        with open(name, encoding="utf-8") as file:
            return json.load(file)
    except OSError as error:
        raise ProblemError(
            f"The file {name} cannot be read ({error.strerror}): name a file that is "
            "there."
        ) from error
    except ValueError as error:
        raise ProblemError(f"The file {name} is no JSON: {error}.") from error
    except RecursionError as error:
        raise ProblemError(
            f"The file {name} is nested too deeply: write what the schema describes."
        ) from error


def _write(name, text):
    """:raise ProblemError: when the file cannot be written"""
    # An id may hold half a character, which JSON writes as an escape.
    if name == "-":
        sys.stdout.reconfigure(errors="backslashreplace")
        sys.stdout.write(f"{text}\n")
        return
    try:
        with open(name, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{text}\n")
    except OSError as error:
        raise ProblemError(
            f"The file {name} cannot be written ({error.strerror}): name another one."
        ) from error


if __name__ == "__main__":
    sys.exit(main())
