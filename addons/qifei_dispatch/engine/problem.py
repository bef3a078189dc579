"""What is to be planned: places, engineers, orders, and what may not be broken.

`Problem.from_json` reads and checks what comes from outside, `Problem.build` what a
program puts together.
"""

import math
from dataclasses import dataclass, field, replace
from functools import cached_property

from .checks import build_problem
from .errors import ProblemError
from .model import Model
from .reading import read_problem
from .records import (
    WAREHOUSE,
    Engineer,
    Id,
    Interval,
    Options,
    Order,
    Place,
    Stops,
    Weights,
)

__all__ = [
    "WAREHOUSE",
    "Engineer",
    "Id",
    "Interval",
    "Options",
    "Order",
    "Place",
    "Problem",
    "Stops",
    "Weights",
]


@dataclass(frozen=True)
class Problem:
    """Everything the engine knows. ``matrix[i][j]`` is the travel in seconds from
    the i-th place to the j-th one."""

    places: tuple[Place, ...]
    engineers: tuple[Engineer, ...]
    orders: tuple[Order, ...]
    matrix: list[list[float]]
    # Place where tools and parts can be fetched, or None.
    warehouse: Id | None = None
    # Seconds that fetching takes.
    warehouse_duration: float = 0.0
    # The plan of now, by engineer: where to begin and what counts as a change.
    current: dict[Id, Stops] = field(default_factory=dict)
    options: Options = field(default_factory=Options)
    # What the caller should know, such as a travel service that did not answer.
    remarks: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, data: dict) -> "Problem":
        """Read a problem as `schema.json` describes it.

        :raise ProblemError: one sentence that names the record and the remedy
        """
        return read_problem(cls, data)

    @classmethod
    def build(cls, *, places, engineers, orders, **other) -> "Problem":
        """Put records together, check them, and measure travel without a ``matrix``.

        :raise ProblemError: one sentence that names the record and the remedy
        """
        return build_problem(cls, places, engineers, orders, **other)

    @cached_property
    def place_index(self) -> dict[Id, int]:
        return {place.id: index for index, place in enumerate(self.places)}

    @cached_property
    def engineer_index(self) -> dict[Id, int]:
        return {engineer.id: index for index, engineer in enumerate(self.engineers)}

    @cached_property
    def order_index(self) -> dict[Id, int]:
        return {order.id: index for index, order in enumerate(self.orders)}

    @cached_property
    def model(self):
        """The same with numbers for ids, as the calculations use it."""
        return Model(self)

    def engineer(self, engineer_id: Id) -> Engineer:
        """:raise ProblemError: when there is no such engineer"""
        try:
            return self.engineers[self.engineer_index[engineer_id]]
        except KeyError:
            raise ProblemError(
                f"Engineer {engineer_id!r} is unknown: name one of the engineers."
            ) from None

    def order(self, order_id: Id) -> Order:
        """:raise ProblemError: when there is no such order"""
        try:
            return self.orders[self.order_index[order_id]]
        except KeyError:
            raise ProblemError(
                f"Order {order_id!r} is unknown: name one of the orders."
            ) from None

    def travel(self, origin: Id, destination: Id) -> float:
        """Return the seconds from one place to another."""
        index = self.place_index
        return self.matrix[index[origin]][index[destination]]

    def with_order(self, order: Order) -> "Problem":
        """Return the problem with another version of one order, or with a new one."""
        index = self.order_index.get(order.id)
        if index is None:
            return replace(self, orders=(*self.orders, order))
        return replace(
            self, orders=self.orders[:index] + (order,) + self.orders[index + 1 :]
        )

    @cached_property
    def leave_out_price(self) -> float:
        """Price of leaving out an order without a prize: above the cost of any plan."""
        options, weights = self.options, self.options.weights
        per_second = options.travel_weight + options.working_weight
        total = sum(
            (engineer.shift[1] - engineer.shift[0]) * per_second + engineer.fixed_cost
            for engineer in self.engineers
        )
        last = max((engineer.shift[1] for engineer in self.engineers), default=0.0)
        for order in self.orders:
            total += weights.change + max(order.preferred.values(), default=0.0)
            total += weights.affinity * max(order.affinity.values(), default=0.0)
            if order.deadline is not None:
                total += weights.lateness * max(0.0, last - order.deadline)
        return math.ceil(1000.0 + total)
