"""Progress lines: what is being done, and how long it has taken so far."""

import contextlib
import sys
import threading
import time

_started = time.monotonic()
_lock = threading.Lock()


def clock():
    """Return the time since the command started, as minutes and seconds."""
    minutes, seconds = divmod(int(time.monotonic() - _started), 60)
    return f"{minutes:>2}:{seconds:02d}"


def say(text):
    with _lock:
        sys.stdout.write(f"[{clock()}] {text}\n")
        sys.stdout.flush()


@contextlib.contextmanager
def step(text):
    """Announce a step when it starts, and say what it took when it has worked."""
    say(f"{text} ...")
    start = time.monotonic()
    yield
    say(f"{text}: done in {time.monotonic() - start:.0f} s")
