"""The one exception a person is meant to read."""

import errno
from pathlib import Path

from . import paths

_NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)


class Stop(Exception):
    """End the command with one sentence that says what is wrong and the remedy."""


def disk_full(place):
    return Stop(f"The disk is full: free some space for {place} and try again.")


def sentence(error):
    """Return the sentence that tells a person what stopped the command."""
    if isinstance(error, Stop):
        return str(error)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return str(disk_full(error.filename or "the project"))
    if isinstance(error, OSError) and error.filename and error.errno in _NOT_WRITABLE:
        place = Path(str(error.filename))
        if place.is_relative_to(paths.ROOT):
            remedy = "run the command as the owner of the clone, or in a clone of yours"
        else:
            remedy = "set XDG_CACHE_HOME to a folder of your own"
        return f"{place} cannot be written: {remedy}."
    return None
