"""Where one visit fits into days whose other visits stay where they are.

The engine plans whole routes and may move everything in them; the dispatch board asks
about one visit while a dispatcher holds it, and moves nothing else. All times are
minutes since midnight of the day, places are ``(latitude, longitude)`` or None.
"""

import math
from typing import NamedTuple

from ..engine.travel import EARTH_RADIUS, METRES_PER_SECOND

# Travel to and from a place nobody knows.
UNKNOWN_TRAVEL = 30.0
# Fetching at the warehouse what is missing.
FETCH_MINUTES = 15.0
# Proposed times are round ones.
STEP = 5.0
# A minute is lost to rounding, not to the road.
TOLERANCE = 1.0


class Visit(NamedTuple):
    """One visit of a day."""

    id: int
    start: float
    end: float
    place: tuple | None


class Day(NamedTuple):
    """One engineer's day.

    :param stretches: sorted pairs between which he works
    :param visits: sorted by their start
    :param home: where he sets off
    :param end: where he ends
    """

    stretches: tuple
    visits: tuple
    home: tuple | None
    end: tuple | None


class Wish(NamedTuple):
    """What a visit asks of a time.

    :param windows: pairs within one of which it begins, none for any time
    :param earliest: not before, such as now
    :param latest: it begins not later, such as before the end of the day
    :param deadline: by when it should have begun, or None
    :param fetch: where what the van lacks is fetched on the way, or None
    """

    duration: float
    place: tuple | None
    windows: tuple = ()
    earliest: float = -math.inf
    latest: float = math.inf
    deadline: float | None = None
    fetch: tuple | None = None


class Gap(NamedTuple):
    """A place in a day: when the visit begins, and what the way there costs."""

    start: float
    travel: float
    added_travel: float
    late: float


class Road:
    """Minutes between two places by the great circle, a speed and a detour."""

    def __init__(self, speed, detour):
        self.factor = 2 * EARTH_RADIUS * detour / (speed * METRES_PER_SECOND) / 60
        self.kilometres = speed / 60

    def minutes(self, one, two):
        """Return the minutes; those to a place nobody knows are the usual ones."""
        if one is None or two is None:
            return UNKNOWN_TRAVEL
        if one == two:
            return 0.0
        latitude, other = math.radians(one[0]), math.radians(two[0])
        haversine = (
            math.sin((other - latitude) / 2) ** 2
            + math.cos(latitude)
            * math.cos(other)
            * math.sin(math.radians(two[1] - one[1]) / 2) ** 2
        )
        return self.factor * math.asin(min(1.0, math.sqrt(haversine)))

    def minutes_by(self, one, fetch, two):
        """Return the minutes of a way that leads past the warehouse, if it is given."""
        if fetch is None:
            return self.minutes(one, two)
        return self.minutes(one, fetch) + FETCH_MINUTES + self.minutes(fetch, two)


def measure_day(day, road, fetches=None):
    """Return ``{visit id: (travel before it, minutes missing for that)}``.

    :param fetches: ``{visit id: place}`` where something is fetched before a visit
    """
    fetches = fetches or {}
    measured = {}
    place, free = day.home, day.stretches[0][0] if day.stretches else None
    for visit in day.visits:
        travel = road.minutes_by(place, fetches.get(visit.id), visit.place)
        missing = 0.0 if free is None else free + travel - visit.start
        measured[visit.id] = (travel, missing if missing > TOLERANCE else 0.0)
        place, free = visit.place, max(free or visit.end, visit.end)
    return measured


def find_stretch(stretches, start, end):
    """Return the working time that holds a visit, or None."""
    return next(
        (one for one in stretches if one[0] <= start + 0.5 and end <= one[1] + 0.5),
        None,
    )


def find_overlap(day, start, end):
    """Return the first visit that a time overlaps, or None."""
    return next(
        (one for one in day.visits if one.start < end - 0.5 and start < one.end - 0.5),
        None,
    )


def judge_time(day, wish, start):
    """Return what stands against beginning a visit at a time, as items of a reason."""
    end = start + wish.duration
    items = []
    if wish.windows and not any(
        low - 0.5 <= start <= high + 0.5 for low, high in wish.windows
    ):
        last = max(high for _low, high in wish.windows)
        late = math.ceil(start - last)
        items.append({"key": "window", **({"amount": late} if late > 0 else {})})
    if not day.stretches:
        items.append({"key": "absent"})
    elif not find_stretch(day.stretches, start, end):
        first, last = day.stretches[0][0], day.stretches[-1][1]
        if start < first - 0.5 or end > last + 0.5:
            over = max(first - start, 0) + max(end - last, 0)
            items.append(
                {"key": "shift", "amount": math.ceil(min(over, wish.duration))}
            )
        else:
            items.append({"key": "break"})
    return items


def find_gap(day, wish, road):
    """Return the cheapest place of a visit in a day.

    :return: ``(Gap, None)``, or ``(None, key)`` of the rule that is in the way
    """
    if not day.stretches:
        return None, "absent"
    starts = _allowed_starts(day, wish)
    if not starts:
        return None, "window" if wish.windows else "shift"
    best, missed = None, "shift"
    for index in range(len(day.visits) + 1):
        gap = _try_gap(day, wish, road, starts, index)
        if gap and (best is None or _price(gap) < _price(best)):
            best = gap
    if best is None and wish.windows:
        missed = "window"
    return best, None if best else missed


def _price(gap):
    """Compare gaps: by travel and lateness, then by time."""
    return gap.added_travel + 4 * gap.late, gap.start


def _allowed_starts(day, wish):
    """Return when a visit may begin: at work, in a window and not in the past."""
    windows = wish.windows or ((-math.inf, math.inf),)
    return sorted(
        (low, high)
        for begin, end in day.stretches
        for low, high in (
            (
                max(begin, one, wish.earliest),
                min(end - wish.duration, two, wish.latest),
            )
            for one, two in windows
        )
        if low <= high
    )


def _try_gap(day, wish, road, starts, index):
    """Return the first round time between two visits, or None."""
    before = day.visits[index - 1] if index else None
    after = day.visits[index] if index < len(day.visits) else None
    place = before.place if before else day.home
    target = after.place if after else day.end
    there = road.minutes_by(place, wish.fetch, wish.place)
    onward = road.minutes(wish.place, target)
    # A stretch of work begins at home: the way to the first visit is part of it.
    free = (before.end if before else day.stretches[0][0]) + there
    bound = (after.start if after else day.stretches[-1][1]) - onward - wish.duration
    for low, high in starts:
        begin = _round_up(max(low, free), min(high, bound))
        if begin is not None:
            instead = road.minutes(place, target) if before or after else 0.0
            late = 0.0 if wish.deadline is None else max(begin - wish.deadline, 0.0)
            return Gap(begin, there, there + onward - instead, late)
    return None


def _round_up(moment, bound):
    """Return the next round time, or the time itself when only that one is left."""
    if moment > bound + TOLERANCE:
        return None
    rounded = math.ceil(moment / STEP) * STEP
    return rounded if rounded <= bound else min(moment, bound)
