"""Finds the service area of an address. Pure Python, no Odoo import.

An area belongs to an address when everything it states fits: the country, the state
and, when it names places, one of its cities or postcode prefixes. A state or country
the address does not give is not held against it as long as a place fits. Among the
areas that fit, the most precise reason wins (a longer postcode prefix before a shorter
one, then city, state, country); equal reasons are decided by the order of the areas.
"""

import re
from typing import NamedTuple

ZIP, CITY, STATE, COUNTRY = "zip", "city", "state", "country"
_SEPARATORS = re.compile(r"[\n,;，；、]+")
_BLANKS = re.compile(r"[\s\-]+")


class Area(NamedTuple):
    """What an area states; ids are opaque, texts are normalised on the way in."""

    id: int
    country: int | None = None
    whole_country: bool = False
    states: frozenset = frozenset()
    cities: frozenset = frozenset()
    zips: frozenset = frozenset()


class Address(NamedTuple):
    country: int | None = None
    state: int | None = None
    city: str = ""
    zip: str = ""


class Match(NamedTuple):
    """The area of an address and why: the kind of reason and the text that fitted."""

    area: int
    reason: str
    value: str | int


def split_names(text):
    """Return the entries of a text that separates them by lines, commas or 、."""
    return [part.strip() for part in _SEPARATORS.split(text or "") if part.strip()]


def normalise_city(name):
    """Return a city name in the form that is compared: 上海市 and 上海 are the same."""
    name = " ".join((name or "").casefold().split())
    return name.removesuffix("市") or name


def normalise_zip(code):
    """Return a postcode in the form that is compared: no blanks, no hyphens."""
    return _BLANKS.sub("", (code or "").upper())


def make_area(area_id, country=None, states=(), cities="", zips="", whole_country=True):
    """Return an ``Area`` from the texts a person typed.

    :param whole_country: whether the area stands for the country when it names
        nothing inside it; False for an area that only borrows the country
    """
    return Area(
        area_id,
        country or None,
        bool(country and whole_country),
        frozenset(states),
        frozenset(filter(None, map(normalise_city, split_names(cities)))),
        frozenset(filter(None, map(normalise_zip, split_names(zips)))),
    )


class AreaIndex:
    """Looks addresses up in a fixed list of areas.

    :param areas: ``Area`` tuples, the ones to prefer first
    """

    def __init__(self, areas):
        self._by_zip, self._by_city = {}, {}
        self._by_state, self._by_country = {}, {}
        for area in areas:
            for prefix in area.zips:
                self._by_zip.setdefault(prefix, []).append(area)
            for city in area.cities:
                self._by_city.setdefault(city, []).append(area)
            if area.zips or area.cities:
                continue
            for state in area.states:
                self._by_state.setdefault(state, []).append(area)
            if area.whole_country and not area.states:
                self._by_country.setdefault(area.country, []).append(area)
        self._longest_zip = max(map(len, self._by_zip), default=0)

    def match(self, address):
        """Return the ``Match`` of an ``Address``, or None."""
        return next(self._get_matches(address), None)

    def _get_matches(self, address):
        code = normalise_zip(address.zip)
        for length in range(min(len(code), self._longest_zip), 0, -1):
            prefix = code[:length]
            for area in self._by_zip.get(prefix, ()):
                if _fits(area, address):
                    yield Match(area.id, ZIP, prefix)
        city = normalise_city(address.city)
        for area in self._by_city.get(city, ()):
            if _fits(area, address):
                yield Match(area.id, CITY, city)
        for area in self._by_state.get(address.state, ()):
            if _fits(area, address):
                yield Match(area.id, STATE, address.state)
        for area in self._by_country.get(address.country, ()):
            yield Match(area.id, COUNTRY, address.country)


def _fits(area, address):
    """Tell whether country and state do not speak against the area."""
    if area.country and address.country and area.country != address.country:
        return False
    return not (area.states and address.state) or address.state in area.states
