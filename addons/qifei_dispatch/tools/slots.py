"""Which times can be promised to a customer who has no order yet."""

import math
from typing import NamedTuple

from ..engine import Order, Place, Problem
from ..engine.insertion import Inserter
from ..engine.travel import EARTH_RADIUS, METRES_PER_SECOND
from .clock import Clock
from .drafting import UNKNOWN_TRAVEL, Drafting

WISH = "wish"


class Wish(NamedTuple):
    """A visit that nobody has filed yet.

    :param point: ``(latitude, longitude)``, or None when nobody knows
    :param duration: seconds
    :param skills: ids of the skills it needs, as texts
    :param tools: ids of the tools, likewise
    """

    point: tuple | None
    duration: float
    skills: frozenset
    tools: frozenset


class Promise(NamedTuple):
    """Whether a time can be promised.

    :param engineer_ids: engineers who could come
    :param reasons: for each rule how many engineers it keeps away
    """

    engineer_ids: frozenset
    reasons: dict


class SlotSearch(Drafting):
    """The plan of many days, with travel times that are worked out when asked for.

    A question about one more visit looks at the ways between neighbours only, and at
    none between the days and the engineers. Ways are estimated from the straight line,
    also where a route server is set up: it is asked when a time is reserved.
    """

    def find(self, windows, wish, order):
        """Return a ``Promise`` for each window.

        :param windows: pairs of naive moments in UTC
        :param wish: ``Wish``, or None for ``order``
        :param order: the order that is to be moved, or an empty one
        """
        draft = self._draft_days(windows)
        problem = draft.problem
        if wish is not None:
            problem = self._add_wish(problem, wish)
        inserter = Inserter(problem, draft.routes)
        spans = [tuple(map(draft.clock.seconds, window)) for window in windows]
        name = WISH if wish is not None else order.id
        person = {engineer.id: engineer.person for engineer in problem.engineers}
        return [
            Promise(frozenset(map(person.get, slot.engineers)), slot.reasons)
            for slot in inserter.slots(name, spans)
        ]

    def _draft_days(self, windows):
        clock = Clock(self.company._get_dispatch_tz(), windows[0][0].date())
        days = [clock.day(clock.seconds(moment)) for pair in windows for moment in pair]
        return self.draft(min(days), max(days))

    def _add_wish(self, problem, wish):
        """Return the problem with one more order at one more place."""
        place = Place(WISH)
        if wish.point:
            place = Place(WISH, lat=wish.point[0], lon=wish.point[1])
        self.matrix.add(wish.point)
        order = Order(
            id=WISH,
            place=WISH,
            duration=wish.duration,
            skills=wish.skills,
            tools=wish.tools,
        )
        return self._build(
            places=(*problem.places, place),
            engineers=problem.engineers,
            orders=(*problem.orders, order),
            matrix=self.matrix,
            warehouse=problem.warehouse,
            warehouse_duration=problem.warehouse_duration,
            current=problem.current,
            options=problem.options,
        )

    def _measure(self):
        self._choose_options()
        self.remarks = ()
        self.matrix = LazyMatrix(
            self.places.values(), self.options.speed, self.options.detour
        )
        self.numbers = {name: number for number, name in enumerate(self.places)}

    def _build(self, **records):
        """Return the problem as it is: its records are our own, and were checked."""
        return Problem(**records)


class LazyMatrix:
    """Seconds between places, each worked out when it is asked for.

    :param points: ``(latitude, longitude)``, or None for a place nobody knows
    """

    def __init__(self, points, speed, detour):
        self.points = [point and _make_vector(*point) for point in points]
        self.factor = 2 * EARTH_RADIUS * detour / (speed * METRES_PER_SECOND)
        self.rows = {}

    def add(self, point):
        self.points.append(point and _make_vector(*point))

    def __len__(self):
        return len(self.points)

    def __getitem__(self, number):
        row = self.rows.get(number)
        if row is None:
            row = self.rows[number] = LazyRow(self, number)
        return row

    def measure(self, one, two):
        """Return what ``engine.travel.great_circle`` gives for two places."""
        here, there = self.points[one], self.points[two]
        if one == two:
            return 0.0
        if not (here and there):
            return UNKNOWN_TRAVEL
        return self.factor * math.asin(min(1.0, math.dist(here, there) / 2))


class LazyRow(dict):
    """The seconds from one place, kept once they are known."""

    def __init__(self, matrix, number):
        super().__init__()
        self.matrix, self.number = matrix, number

    def __missing__(self, other):
        seconds = self[other] = self.matrix.measure(self.number, other)
        return seconds


def _make_vector(latitude, longitude):
    """Return the point of the unit sphere."""
    latitude, longitude = math.radians(latitude), math.radians(longitude)
    return (
        math.cos(latitude) * math.cos(longitude),
        math.cos(latitude) * math.sin(longitude),
        math.sin(latitude),
    )
