"""Records that fit together: the checks of everything that comes from outside.

Every mistake is a `ProblemError` of one sentence: which record it is, what is wrong
with it, and what would be right.
"""

import dataclasses

from . import travel
from .errors import ProblemError
from .records import (
    OBJECTIVES,
    SOLVERS,
    WAREHOUSE,
    Id,
    Options,
    Stops,
    Weights,
)

# Longer clocks lose the thousandths of a second in a double.
LARGEST_NUMBER = 1e12
MOST_WORKERS = 64


def build_problem(
    kind,
    places,
    engineers,
    orders,
    *,
    matrix: list[list[float]] | None = None,
    warehouse: Id | None = None,
    warehouse_duration: float = 0.0,
    current: dict[Id, Stops] | None = None,
    options: Options | None = None,
):
    """Return a problem of records that fit together.

    Ids that differ only in being text or a number are the same: an order may name
    place ``7`` where the place is called ``"7"``.

    :param kind: the class of the problem
    :raise ProblemError: for whatever is wrong with them
    """
    places, engineers, orders = tuple(places), tuple(engineers), tuple(orders)
    options = options or Options()
    _check_options(options)
    place_names = Names([place.id for place in places], "Place")
    engineer_names = Names([engineer.id for engineer in engineers], "Engineer")
    order_names = Names([order.id for order in orders], "Order")
    for engineer in engineers:
        _check_person(engineer)
    known = Names(
        dict.fromkeys(name for engineer in engineers for name in engineer.names)
    )
    for place in places:
        _check_place(place, matrix is not None)
    engineers = tuple(
        _fit_engineer(engineer, place_names, order_names) for engineer in engineers
    )
    orders = tuple(
        _fit_order(order, place_names, known, options.weights.preferred)
        for order in orders
    )
    _check_fixed(engineers, warehouse)
    if warehouse is not None:
        warehouse = place_names.get(warehouse, "The warehouse", "place")
    _check_amount(warehouse_duration, "The warehouse", "duration")
    remarks: tuple[str, ...] = ()
    if matrix is None:
        matrix, remarks = travel.measure(places, options)
    else:
        matrix = travel.check_matrix(matrix, len(places))
    return kind(
        places=places,
        engineers=engineers,
        orders=orders,
        matrix=matrix,
        warehouse=warehouse,
        warehouse_duration=float(warehouse_duration),
        current=_fit_current(current or {}, engineer_names, order_names),
        options=options,
        remarks=remarks,
    )


class Names:
    """The ids of one kind, found whether they are written as text or as a number."""

    def __init__(self, ids, title=None):
        self.ids = {}
        for number, name in enumerate(ids):
            if isinstance(name, bool) or not isinstance(name, int | str) or name == "":
                raise ProblemError(
                    f"{title or 'Record'} number {number + 1} has no usable id: "
                    "give it a text or a whole number."
                )
            if str(name) in self.ids:
                raise ProblemError(
                    f"{title or 'Record'} {name!r} is there twice: give each its own "
                    "id."
                )
            self.ids[str(name)] = name

    def get(self, name, subject, kind):
        """Return the id as its record writes it."""
        if isinstance(name, int | str) and not isinstance(name, bool):
            found = self.ids.get(str(name))
            if found is not None:
                return found
        raise ProblemError(
            f"{subject} names the unknown {kind} {name!r}: add it to the {kind}s or "
            "name another one."
        )


def _check_number(value, subject, name):
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not -LARGEST_NUMBER <= value <= LARGEST_NUMBER
    ):
        raise ProblemError(
            f"{subject} has {name} {value!r}: write a number up to {LARGEST_NUMBER:g}."
        )
    return float(value)


def _check_amount(value, subject, name):
    value = _check_number(value, subject, name)
    if value < 0:
        raise ProblemError(
            f"{subject} has the negative {name} {value:g}: write 0 or more."
        )
    return value


def _check_interval(value, subject, name):
    if len(value) != 2:
        raise ProblemError(f"{subject} has {name} {value!r}: write [from, to].")
    start, stop = (_check_number(item, subject, name) for item in value)
    if start > stop:
        raise ProblemError(
            f"{subject} has {name} [{start:g}, {stop:g}], which end before they begin: "
            "write the earlier time first (midnight continues with 86400)."
        )
    return start, stop


def _check_place(place, has_matrix):
    subject = f"Place {place.id!r}"
    pairs = [(place.x, place.y), (place.lat, place.lon)]
    given = [pair for pair in pairs if pair != (None, None)]
    if not given and not has_matrix:
        raise ProblemError(
            f"{subject} has no coordinates: give x, y or lat, lon, or a matrix for all."
        )
    for name, value in (
        ("x", place.x),
        ("y", place.y),
        ("lat", place.lat),
        ("lon", place.lon),
    ):
        if value is not None:
            _check_number(value, subject, name)
    if any(None in pair for pair in given):
        raise ProblemError(f"{subject} has half a position: give both coordinates.")
    if place.lat is not None and not (-90 <= place.lat <= 90):
        raise ProblemError(
            f"{subject} has the latitude {place.lat:g}: write -90 to 90 degrees."
        )


def _check_person(engineer):
    """Persons are named like records; several records may be one person."""
    if engineer.person is not None:
        Names([engineer.person], f"The person of engineer {engineer.id!r}, record")


def _check_options(options):
    if options.osrm is not None and not isinstance(options.osrm, str):
        raise ProblemError(
            f"The entry options has osrm {options.osrm!r}: write a server's address."
        )
    for name, value, choices in (
        ("objective", options.objective, OBJECTIVES),
        ("solver", options.solver, SOLVERS),
    ):
        if value not in choices:
            raise ProblemError(
                f"The options have {name} {value!r}: choose {' or '.join(choices)}."
            )
    if _check_number(options.seconds, "The entry options", "seconds") <= 0:
        raise ProblemError("The options have no time to solve: give seconds above 0.")
    for name in ("speed", "detour"):
        if _check_number(getattr(options, name), "The entry options", name) <= 0:
            raise ProblemError(f"The options have {name} 0 or less: write more than 0.")
    _check_whole(options.seed, "The entry options", "seed", 0)
    if options.workers is not None:
        _check_whole(options.workers, "The entry options", "workers", 1, MOST_WORKERS)
    for field in dataclasses.fields(Weights):
        value = getattr(options.weights, field.name)
        if value is not None:
            _check_amount(value, "The entry weights", field.name)


def _check_whole(value, subject, name, least, most=2**31):
    if (
        isinstance(value, bool)
        or not isinstance(value, int)
        or not least <= value <= most
    ):
        raise ProblemError(
            f"{subject} has {name} {value!r}: write a whole number from {least} to "
            f"{most}."
        )


def _check_parts(parts, subject):
    return {
        str(name): _check_amount(quantity, subject, f"quantity of part {name!r}")
        for name, quantity in parts.items()
    }


def _fit_engineer(engineer, places, orders):
    subject = f"Engineer {engineer.id!r}"
    if engineer.max_orders is not None:
        _check_whole(engineer.max_orders, subject, "max_orders", 0)
    return dataclasses.replace(
        engineer,
        start=places.get(engineer.start, subject, "place"),
        end=places.get(engineer.end, subject, "place"),
        shift=_check_interval(engineer.shift, subject, "shift"),
        skills=frozenset(engineer.skills),
        tools=frozenset(engineer.tools),
        parts=_check_parts(engineer.parts, subject),
        breaks=tuple(
            sorted(_check_interval(item, subject, "breaks") for item in engineer.breaks)
        ),
        fixed_cost=_check_amount(engineer.fixed_cost, subject, "fixed_cost"),
        fixed=tuple(
            stop if stop is WAREHOUSE else orders.get(stop, subject, "order")
            for stop in engineer.fixed
        ),
    )


def _fit_order(order, places, engineers, usual_bonus):
    subject = f"Order {order.id!r}"

    def known(name):
        return engineers.get(name, subject, "engineer")

    return dataclasses.replace(
        order,
        place=places.get(order.place, subject, "place"),
        duration=_check_amount(order.duration, subject, "duration"),
        windows=tuple(
            sorted(_check_interval(item, subject, "windows") for item in order.windows)
        ),
        skills=frozenset(order.skills),
        tools=frozenset(order.tools),
        parts=_check_parts(order.parts, subject),
        priority=_check_amount(order.priority, subject, "priority"),
        pinned_to=None if order.pinned_to is None else known(order.pinned_to),
        excluded=frozenset(known(name) for name in order.excluded),
        preferred={
            known(name): usual_bonus
            if value is None
            else _check_amount(value, subject, "preferred")
            for name, value in order.preferred.items()
        },
        affinity={
            known(name): 1.0
            if value is None
            else _check_amount(value, subject, "affinity")
            for name, value in order.affinity.items()
        },
        deadline=None
        if order.deadline is None
        else _check_number(order.deadline, subject, "deadline"),
        prize=None
        if order.prize is None
        else _check_amount(order.prize, subject, "prize"),
    )


def _check_fixed(engineers, warehouse):
    """No order is fixed twice, nobody fetches twice or where no warehouse is."""
    seen = set()
    for engineer in engineers:
        if warehouse is None and WAREHOUSE in engineer.fixed:
            raise ProblemError(
                f"Engineer {engineer.id!r} has a fixed stop at the warehouse, and "
                "there is none: name the warehouse or leave the stop out."
            )
        if list(engineer.fixed).count(WAREHOUSE) > 1:
            raise ProblemError(
                f"Engineer {engineer.id!r} has two fixed stops at the warehouse: keep "
                "one."
            )
        for stop in engineer.fixed:
            if stop is not WAREHOUSE and stop in seen:
                raise ProblemError(
                    f"Engineer {engineer.id!r} has the fixed order {stop!r}, which is "
                    "fixed already: keep it once."
                )
            seen.add(stop)


def _fit_current(current, engineers, orders):
    subject = "The current plan"
    seen = set()
    fitted = {}
    for engineer, stops in current.items():
        fitted[engineers.get(engineer, subject, "engineer")] = [
            stop if stop is WAREHOUSE else orders.get(stop, subject, "order")
            for stop in stops
        ]
        for stop in stops:
            if stop is not WAREHOUSE and str(stop) in seen:
                raise ProblemError(f"{subject} has order {stop!r} twice: keep it once.")
            seen.add(str(stop))
    return fitted
