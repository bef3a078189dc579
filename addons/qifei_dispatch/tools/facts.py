"""Visits whose engineer and time a plan takes as they are."""

from typing import NamedTuple

from .shifts import gaps, subtract


class Fact(NamedTuple):
    """A visit that stays: planned begin and length in seconds, and where it is."""

    order: int
    place: str
    begin: float
    duration: float


class Day(NamedTuple):
    """The day of an engineer around his facts.

    ``windows`` has for each fact the time within which it begins: exactly as planned,
    or as late as the travel before it makes it.
    """

    shift: tuple[float, float]
    breaks: tuple[tuple[float, float], ...]
    windows: dict[int, tuple[float, float]]


def arrange(stretches, facts, travel, start_place, end_place):
    """Fit facts into a day, whether it has room for them or not.

    Somebody decided them, so they may lie outside working time or too close together.
    Nothing else is planned outside working time because of them.

    :param stretches: sorted working time of the day, at least one stretch
    :param facts: list of ``Fact``
    :param travel: function of two places that returns seconds
    """
    begin, end = stretches[0][0], stretches[-1][1]
    facts = sorted(facts, key=lambda fact: fact.begin)
    windows, taken = {}, []
    if facts:
        first = facts[0]
        begin = min(begin, first.begin - travel(start_place, first.place))
    moment, place = begin, start_place
    for fact in facts:
        moment = max(fact.begin, moment + travel(place, fact.place))
        windows[fact.order] = (fact.begin, moment)
        taken.append((fact.begin, moment + fact.duration))
        moment, place = moment + fact.duration, fact.place
    if facts:
        end = max(end, moment + travel(place, end_place))
    breaks = subtract(gaps(stretches, begin, end), taken)
    return Day((begin, end), tuple(breaks), windows)
