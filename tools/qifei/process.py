"""Run other programs: output to a log, failures as one sentence."""

import os
import re
import shutil
import signal
import subprocess

from . import paths
from .errors import Stop, disk_full

_FULL = "No space left on device"
_TELLING = re.compile(r"Error\b|\berror:|\bERROR\b|\bCRITICAL\b|\bFATAL\b|^E: ")


def run(command, *, log, failure, env=None, cwd=None, stdin=None):
    """Run a command with its output appended to a log; stop with `failure`."""
    path = paths.log_file(log)
    with path.open("a") as output:
        position = output.tell()
        output.write("$ " + " ".join(map(str, command)) + "\n")
        output.flush()
        try:
            done = subprocess.run(
                list(map(str, command)),
                stdin=stdin or subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                check=False,
            )
        except FileNotFoundError:
            raise Stop(f"{failure} (the program {command[0]} is missing)") from None
    if done.returncode:
        raise failed(path, position, failure)


def failed(path, position, failure):
    """Return the failure of a run, with the most telling line that it left."""
    with path.open(errors="replace") as output:
        output.seek(position)
        text = output.read()
    if _FULL in text:
        return disk_full("the project")
    lines = [line.strip() for line in text.splitlines()[1:] if line.strip()]
    telling = [line for line in lines if _TELLING.search(line)] or lines
    last = telling[-1][-300:] if telling else "no message"
    return Stop(f"{failure} ({last}; all of it in {path}).")


def capture(command, env=None, cwd=None):
    """Return what a command prints; its error output with a failure."""
    return subprocess.run(
        list(map(str, command)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=env,
        cwd=cwd,
        check=False,
    )


def find(*names):
    """Return the first of the programs that is on the path, or None."""
    return next(filter(None, map(shutil.which, names)), None)


class Background:
    """A program in its own process group, ended with all that it started."""

    def __init__(self, command, *, log, env=None, cwd=None, stdin=None):
        self.log = paths.log_file(log)
        self._output = self.log.open("a")
        self.process = subprocess.Popen(
            list(map(str, command)),
            stdin=stdin or subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_details):
        self.end()

    def running(self):
        return self.process.poll() is None

    def wait(self, limit):
        """Return the status of the program, or end it when it takes too long."""
        try:
            return self.process.wait(limit)
        except subprocess.TimeoutExpired:
            minutes = int(limit // 60)
            raise Stop(f"ended after {minutes} minutes (see {self.log})") from None

    def end(self, patience=20):
        """Ask the program to end, then end whatever is left of its group."""
        try:
            if self.running():
                self.process.terminate()
                self.process.wait(patience)
        except subprocess.TimeoutExpired:
            pass
        finally:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()
            self._output.close()
