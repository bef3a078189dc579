"""A second process that solves tasks: on another core, with memory of its own.

The process reads tasks from its input and writes answers to its output, each as a
pickle; both ends are this package. It ends when its input does.
"""

import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

from .errors import SolverError

PACKAGE = Path(__file__).resolve().parent
# What an answer may take longer than the time given to a task.
GRACE = 2.0


class Helper:
    """One such process and the thread that listens to it.

    :raise SolverError: when the process cannot be started
    """

    def __init__(self):
        path = [str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, path)),
            # One core each: no threads of its own in the matrix library.
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-m", f"{PACKAGE.name}.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # Nothing that lies about where we were started is imported.
                cwd=PACKAGE.parent,
                env=environment,
            )
        except OSError as error:
            raise SolverError(f"No second process could be started: {error}") from error
        self.answers = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def send(self, number: int, data: dict):
        """Hand over a task; its ``seconds`` count from now.

        :raise SolverError: when the process has ended
        """
        try:
            pickle.dump((number, time.time(), data), self.process.stdin)
            self.process.stdin.flush()
        except OSError as error:
            raise SolverError("The second process has ended") from error

    def receive(self, timeout: float):
        """Return ``(number, answer)``, or None when there is nothing in time.

        :raise SolverError: when the process has ended
        """
        try:
            found = self.answers.get(timeout=max(0.0, timeout))
        except queue.Empty:
            return None
        if found is None:
            self.answers.put(None)
            raise SolverError("The second process has ended")
        return found

    def close(self):
        """End the process, whatever it does."""
        self.process.kill()
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        self.process.wait()

    def _listen(self):
        try:
            while True:
                self.answers.put(pickle.load(self.process.stdout))
        except (EOFError, OSError, pickle.UnpicklingError, ValueError):
            self.answers.put(None)


def main():
    """Answer tasks until the input ends."""
    from .vrp_run import run_task

    source, target = sys.stdin.buffer, sys.stdout.buffer
    # Whoever prints must not disturb the answers.
    sys.stdout = sys.stderr
    while True:
        try:
            number, sent, data = pickle.load(source)
        except EOFError:
            return
        late = max(0.0, time.time() - sent)
        try:
            answer = run_task({**data, "seconds": data["seconds"] - late})
        except SolverError as error:
            answer = {"error": str(error)}
        pickle.dump((number, answer), target)
        target.flush()


if __name__ == "__main__":
    main()
