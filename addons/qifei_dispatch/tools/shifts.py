"""Shifts of engineers from stretches of working time."""

from bisect import bisect_right

# The end of a day is written as its last microsecond in working calendars.
JOIN = 1.0
DAY = 86_400.0


def group_by_day(stretches, midnights):
    """Return the stretches of working time of each day.

    A stretch that goes on after midnight belongs to the day it began on, unless the
    work goes on day and night.

    :param stretches: ``(start, end)`` pairs in seconds
    :param midnights: second at which each day begins, and at which the last one ends
    :return: ``{number of the day: [(start, end), …]}`` without days off
    """
    days = {}
    for start, end in _cut(sorted(stretches), midnights):
        number = bisect_right(midnights, start + JOIN) - 1
        if number < 0 or number >= len(midnights) - 1:
            continue
        start = max(start, midnights[number])
        before = days.get(number - 1)
        if (
            before
            and start - midnights[number] <= JOIN
            and start - before[-1][1] <= JOIN
            and end - before[-1][0] < DAY
        ):
            before[-1] = (before[-1][0], end)
        else:
            _append(days.setdefault(number, []), start, end)
    return days


def _cut(stretches, midnights):
    """Yield the parts of the stretches that lie between two midnights."""
    for start, end in stretches:
        for midnight in midnights[bisect_right(midnights, start + JOIN) :]:
            if midnight >= end - JOIN:
                break
            yield start, midnight
            start = midnight
        if end > start:
            yield start, end


def _append(stretches, start, end):
    if stretches and start - stretches[-1][1] <= JOIN:
        stretches[-1] = (stretches[-1][0], max(stretches[-1][1], end))
    else:
        stretches.append((start, end))


def subtract(stretches, taken):
    """Return the parts of sorted ``stretches`` that ``taken`` leaves free."""
    free = []
    for start, end in stretches:
        for begin, stop in sorted(taken):
            if stop <= start or begin >= end:
                continue
            if begin > start:
                free.append((start, begin))
            start = max(start, stop)
        if end > start:
            free.append((start, end))
    return free


def gaps(stretches, start, end):
    """Return what lies between ``start`` and ``end`` outside sorted ``stretches``."""
    return subtract([(start, end)], stretches)
