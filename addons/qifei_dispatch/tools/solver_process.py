"""Has the engine make a plan in a process of its own.

The process gets a problem in a file, tells its progress in lines of JSON and leaves its
answer in another file. Whatever becomes of it, the server goes on.
"""

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from pathlib import Path

PYTHON = sys.executable
ADDON = Path(__file__).parents[1]
# The engine needs to start and to write its answer beside the time it solves.
GRACE_SECONDS = 30.0
POLL_SECONDS = 0.5
# What the process needs of the server's environment; passwords are not among it.
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")


class SolverProcessError(Exception):
    """No answer. ``kind`` says why, ``detail`` is for the log.

    Kinds: ``missing`` (cannot be started), ``timeout``, ``killed``, ``failed`` (ended
    with an error), ``answer`` (nobody can read it), ``stopped`` (not wanted any more).
    """

    def __init__(self, kind, detail=""):
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind = kind
        self.detail = detail


class SolverProcess:
    """One plan in the making.

    :param problem: the engine's ``Problem``
    :param python: interpreter; the one of the server when left out
    :param timeout: seconds after which nobody waits any more
    """

    def __init__(self, problem, *, python=None, timeout=None):
        self.problem = problem
        self.python = python or PYTHON
        self.timeout = timeout or problem.options.seconds + GRACE_SECONDS
        self.process = None

    def run(self, report=None):
        """Return the answer of the engine as a dict.

        :param report: function of the progress (0 to 1), called twice a second;
            returns False when the plan is not wanted any more
        :raise SolverProcessError: when there is no answer
        """
        with tempfile.TemporaryDirectory(prefix="qifei-dispatch-") as folder:
            source, target = Path(folder, "problem.json"), Path(folder, "plan.json")
            source.write_text(json.dumps(write_problem(self.problem)))
            try:
                self._start(source, target)
                self._wait(report or (lambda _progress: True))
            finally:
                self._stop_process()
            return self._read(target)

    def _start(self, source, target):
        variables = {
            name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ
        }
        command = [self.python, "-m", "engine", "--progress", str(source), str(target)]
        try:
            self.process = subprocess.Popen(
                command,
                cwd=ADDON,
                env={**variables, "PYTHONDONTWRITEBYTECODE": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            raise SolverProcessError("missing", str(error)) from error

    def _wait(self, report):
        lines, words = queue.SimpleQueue(), deque(maxlen=20)
        reader = threading.Thread(
            target=_read_lines, args=(self.process.stderr, lines), daemon=True
        )
        reader.start()
        end, progress = time.monotonic() + self.timeout, 0.0
        while self.process.poll() is None:
            time.sleep(POLL_SECONDS)
            progress = _drain(lines, words, progress)
            if not report(progress):
                raise SolverProcessError("stopped")
            if time.monotonic() > end:
                raise SolverProcessError("timeout", f"{self.timeout:g} s")
        reader.join(POLL_SECONDS)
        _drain(lines, words, progress)
        code = self.process.returncode
        if code:
            kind = "killed" if code < 0 else "failed"
            detail = "\n".join(words) or f"exit code {code}"
            raise SolverProcessError(kind, detail)

    def _stop_process(self):
        """Leave no process behind, nor one that it has started."""
        if not self.process:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            self.process.kill()
        self.process.wait()
        self.process.stderr.close()

    def _read(self, target):
        try:
            answer = json.loads(target.read_text())
        except (OSError, ValueError) as error:
            raise SolverProcessError("answer", str(error)) from error
        if not isinstance(answer, dict) or not isinstance(answer.get("routes"), list):
            raise SolverProcessError("answer", "no routes")
        return answer


def _read_lines(stream, lines):
    try:
        for line in stream:
            lines.put(line.strip())
    except ValueError:
        # The stream was closed: the process has been ended.
        return


def _drain(lines, words, progress):
    """Return the latest progress; what is no progress is kept as words."""
    while not lines.empty():
        line = lines.get()
        try:
            progress = max(progress, min(1.0, float(json.loads(line)["progress"])))
        except (ValueError, TypeError, KeyError):
            if line:
                words.append(line)
    return progress


def write_problem(problem):
    """Return a problem in the file format of the engine."""
    options = problem.options
    return {
        "places": [_without_none(vars(place)) for place in problem.places],
        "matrix": problem.matrix,
        "engineers": [_write(engineer) for engineer in problem.engineers],
        "orders": [_write(order) for order in problem.orders],
        "warehouse": (
            None
            if problem.warehouse is None
            else {"place": problem.warehouse, "duration": problem.warehouse_duration}
        ),
        "current": {str(key): list(stops) for key, stops in problem.current.items()},
        "options": {
            **_without_none(vars(options)),
            "osrm": None,
            "weights": _without_none(vars(options.weights)),
        },
    }


def _write(record):
    return {
        name: sorted(value, key=str) if isinstance(value, frozenset) else value
        for name, value in vars(record).items()
        if value is not None and not name.startswith("_")
    }


def _without_none(values):
    return {
        name: value
        for name, value in values.items()
        if value is not None and not name.startswith("_")
    }
