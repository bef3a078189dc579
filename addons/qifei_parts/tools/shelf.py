"""What is free in the places of one transfer. Plain Python, without Odoo."""

from collections import defaultdict
from typing import NamedTuple


class Pile(NamedTuple):
    """Pieces of one product that lie together.

    :param place: id of the location
    :param lot: id of the lot, 0 for none
    :param package: id of the package, 0 for none
    :param owner: id of the owner, 0 for none
    """

    place: int
    lot: int = 0
    package: int = 0
    owner: int = 0


class Shelf:
    """The piles of one product in one place and what lies inside of it.

    >>> shelf = Shelf()
    >>> shelf.add(Pile(8, lot=1), 2.0)
    >>> shelf.add(Pile(8, lot=2), 1.0)
    >>> shelf.free(), shelf.free(2)
    (3.0, 1.0)
    >>> shelf.take(1.0, lot=2)
    [(Pile(place=8, lot=2, package=0, owner=0), 1.0)]
    >>> shelf.free(), shelf.free(2)
    (2.0, 0.0)
    """

    def __init__(self):
        self._piles = defaultdict(float)

    def add(self, pile, free):
        """Put ``free`` pieces on a pile; less than nothing when too many are taken."""
        self._piles[pile] += free

    def free(self, lot=0):
        """Return how many pieces are free, of any lot or of this one."""
        return sum(
            max(free, 0.0)
            for pile, free in self._piles.items()
            if not lot or pile.lot == lot
        )

    def is_plain(self):
        """Tell whether all pieces are alike, so it is no matter which are taken."""
        return len(self._piles) <= 1 and not any(
            pile.lot or pile.package or pile.owner for pile in self._piles
        )

    def take(self, quantity, lot=0):
        """Take pieces, from the piles in the order they were added.

        :return: ``[(pile, quantity)]``, together at most ``quantity``
        """
        taken = []
        for pile, free in self._piles.items():
            if quantity <= 0:
                break
            if free <= 0 or (lot and pile.lot != lot):
                continue
            part = min(free, quantity)
            taken.append((pile, part))
            quantity -= part
        for pile, part in taken:
            self._piles[pile] -= part
        return taken
