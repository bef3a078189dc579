"""The one exception a person is meant to read."""

import errno


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
    if isinstance(error, PermissionError):
        return (
            f"No permission to write {error.filename}: run the command as the owner "
            "of the clone, or set XDG_CACHE_HOME to a folder of your own."
        )
    return None
