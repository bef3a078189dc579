"""Which part may be fitted instead of another. Plain Python, without Odoo."""

from typing import NamedTuple


class Substitute(NamedTuple):
    """One substitute of a part; the best of a part come first.

    :param part: id of the part fitted instead
    :param supersedes: the old number is given up for this one
    """

    part: int
    supersedes: bool


class SubstituteGraph:
    """The substitutes of some parts and of all that follows from them.

    >>> graph = SubstituteGraph()
    >>> graph.add(1, [Substitute(2, True), Substitute(5, False)])
    >>> graph.add(2, [Substitute(3, True), Substitute(7, False)])
    >>> graph.add(5, [Substitute(6, True)])
    >>> graph.get_current(1), graph.get_current(9)
    (3, 9)
    >>> graph.get_substitutes(1)
    [2, 3, 5, 6, 7]
    """

    def __init__(self):
        self._by_part = {}

    def add(self, part, substitutes):
        """Name the substitutes of a part, the best first."""
        self._by_part[part] = substitutes

    def knows(self, part):
        """Tell whether the substitutes of the part have been named."""
        return part in self._by_part

    def get_chain(self, part):
        """Return the part and the numbers that replaced it, one after the other."""
        chain = [part]
        while following := next(
            (
                substitute.part
                for substitute in self._by_part.get(chain[-1], ())
                if substitute.supersedes and substitute.part not in chain
            ),
            None,
        ):
            chain.append(following)
        return chain

    def get_current(self, part):
        """Return the number that is valid today."""
        return self.get_chain(part)[-1]

    def get_substitutes(self, part):
        """Return what may be fitted instead, the best first, without the part."""
        chain = self.get_chain(part)
        found = dict.fromkeys(chain)
        for number in chain:
            for substitute in self._by_part.get(number, ()):
                found.update(dict.fromkeys(self.get_chain(substitute.part)))
        return [number for number in found if number != part]
