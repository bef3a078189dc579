"""Folders built once and shared: keyed by their recipe, safe for parallel clones."""

import contextlib
import fcntl
import hashlib
import shutil

from . import paths
from .errors import Stop

_COMPLETE = ".complete"


def digest(*parts):
    """Return a short key for texts, bytes and files (a file counts by its content)."""
    total = hashlib.sha256()
    for part in parts:
        if hasattr(part, "read_bytes"):
            part = part.read_bytes()
        elif not isinstance(part, bytes):
            part = str(part).encode()
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()[:12]


@contextlib.contextmanager
def locked(path, busy=None):
    """Hold a lock file; wait for it, or stop with the sentence `busy` when taken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (fcntl.LOCK_NB if busy else 0))
        except BlockingIOError:
            raise Stop(busy) from None
        yield


def ensure(name, key, build):
    """Return the folder `name-key` of the cache, built by `build(folder)` if new.

    A folder counts once its completion mark is written, which is the last thing
    done under the lock: an interrupted build is started again, and a second clone
    waits for the first. It is built in place because a virtual environment cannot
    be moved.
    """
    folder = paths.cache_root() / f"{name}-{key}"
    mark = folder / _COMPLETE
    if mark.exists():
        return folder
    with locked(folder.with_name(folder.name + ".lock")):
        if not mark.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            try:
                build(folder)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            mark.touch()
    return folder
