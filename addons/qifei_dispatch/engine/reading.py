"""Problems from JSON, and the checks of everything that comes from outside.

Every mistake is a `ProblemError` of one sentence: which record it is, what is wrong
with it, and what would be right.
"""

import dataclasses
import math

from . import travel
from .errors import ProblemError
from .problem import (
    OBJECTIVES,
    SOLVERS,
    WAREHOUSE,
    Engineer,
    Id,
    Interval,
    Options,
    Order,
    Place,
    Problem,
    Stops,
    Weights,
)

# Longer clocks lose the thousandths of a second in a double.
LARGEST_NUMBER = 1e12
MOST_WORKERS = 64


def read_problem(data: dict) -> Problem:
    """Return the problem that parsed JSON describes.

    :raise ProblemError: for whatever is wrong with it
    """
    if not isinstance(data, dict):
        raise ProblemError("The problem is no JSON object: write {...}.")
    places, matrix = _read_places(data)
    engineers = _read_records(data, "engineers", "Engineer", _read_engineer)
    orders = _read_records(data, "orders", "Order", _read_order)
    names = _Names([place.id for place in places], "Place")
    warehouse, warehouse_duration = _read_warehouse(data.get("warehouse"), names)
    options = _read_options(data.get("options"))
    if "objective" in data and "objective" not in (data.get("options") or {}):
        options = dataclasses.replace(options, objective=data["objective"])
    return build_problem(
        places,
        engineers,
        orders,
        matrix=matrix,
        warehouse=warehouse,
        warehouse_duration=warehouse_duration,
        current=_read_current(data.get("current")),
        options=options,
    )


def build_problem(
    places,
    engineers,
    orders,
    *,
    matrix: list[list[float]] | None = None,
    warehouse: Id | None = None,
    warehouse_duration: float = 0.0,
    current: dict[Id, Stops] | None = None,
    options: Options | None = None,
) -> Problem:
    """Return a problem of records that fit together.

    Ids that differ only in being text or a number are the same: an order may name
    place ``7`` where the place is called ``"7"``.

    :raise ProblemError: for whatever is wrong with them
    """
    places, engineers, orders = tuple(places), tuple(engineers), tuple(orders)
    options = options or Options()
    _check_options(options)
    place_names = _Names([place.id for place in places], "Place")
    engineer_names = _Names([engineer.id for engineer in engineers], "Engineer")
    order_names = _Names([order.id for order in orders], "Order")
    known = _Names(
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
    _check_fixed(engineers)
    if warehouse is not None:
        warehouse = place_names.get(warehouse, "The warehouse", "place")
    _check_amount(warehouse_duration, "The warehouse", "duration")
    remarks: tuple[str, ...] = ()
    if matrix is None:
        matrix, remarks = travel.measure(places, options)
    else:
        matrix = travel.check_matrix(matrix, len(places))
    return Problem(
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


class _Names:
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


# === READING === #


def _read_places(data):
    """Return the places and the matrix, which may be missing."""
    places, matrix = data.get("places"), data.get("matrix")
    if isinstance(places, dict) and isinstance(places.get("matrix"), list):
        matrix = places["matrix"]
        places = places.get("ids") or places.get("places")
    if places is None and isinstance(matrix, list):
        places = list(range(len(matrix)))
    if isinstance(places, dict):
        places = [(name, value) for name, value in places.items()]
    elif isinstance(places, list):
        places = [_named_place(number, value) for number, value in enumerate(places)]
    else:
        raise ProblemError(
            "The problem has no places: give them as a list of objects with an id and "
            "x, y or lat, lon."
        )
    return [_read_place(name, value) for name, value in places], matrix


def _named_place(number, value):
    if isinstance(value, dict):
        return value.get("id", number), value
    if isinstance(value, list):
        return number, value
    return value, {}


def _read_place(name, value):
    if isinstance(value, list | tuple) and len(value) == 2:
        value = {"x": value[0], "y": value[1]}
    if not isinstance(value, dict):
        raise ProblemError(
            f"Place {name!r} is neither an object nor a pair: give it x, y or lat, lon."
        )
    longitude = value.get("lon", value.get("lng"))
    return Place(name, value.get("x"), value.get("y"), value.get("lat"), longitude)


def _read_records(data, key, title, read):
    records = data.get(key)
    if isinstance(records, dict):
        records = [
            {"id": name, **value} if isinstance(value, dict) else value
            for name, value in records.items()
        ]
    if not isinstance(records, list):
        raise ProblemError(f"The problem has no {key}: give them as a list of objects.")
    result = []
    for number, record in enumerate(records):
        if not isinstance(record, dict) or record.get("id") is None:
            raise ProblemError(
                f"{title} number {number + 1} is no object with an id: write "
                '{"id": ...}.'
            )
        result.append(read(record, f"{title} {record['id']!r}"))
    return result


def _read_engineer(record, subject):
    if record.get("start") is None:
        raise ProblemError(f"{subject} has no start: name a place.")
    end = record.get("end")
    if record.get("shift") is None:
        raise ProblemError(f"{subject} has no shift: give it as [from, to] in seconds.")
    return Engineer(
        id=record["id"],
        start=record["start"],
        end=record["start"] if end is None else end,
        shift=_pair(record["shift"], subject, "shift"),
        skills=_texts(record.get("skills"), subject, "skills"),
        tools=_texts(record.get("tools"), subject, "tools"),
        parts=_quantities(record.get("parts"), subject),
        max_orders=record.get("max_orders"),
        breaks=_pairs(record.get("breaks"), subject, "breaks"),
        fixed_cost=_or(record.get("fixed_cost"), 0.0),
        fixed=tuple(_stops(record.get("fixed"), f"fixed of {subject}")),
        person=record.get("person"),
    )


def _read_order(record, subject):
    if record.get("place") is None:
        raise ProblemError(f"{subject} has no place: name one of the places.")
    windows = record.get("windows", record.get("window"))
    return Order(
        id=record["id"],
        place=record["place"],
        duration=_or(record.get("duration"), 0.0),
        windows=_pairs(windows, subject, "windows"),
        skills=_texts(record.get("skills"), subject, "skills"),
        tools=_texts(record.get("tools"), subject, "tools"),
        parts=_quantities(record.get("parts"), subject),
        priority=_or(record.get("priority"), 0.0),
        pinned_to=record.get("pinned_to"),
        excluded=_names(record.get("excluded"), subject, "excluded"),
        preferred=_wishes(record.get("preferred"), subject, "preferred"),
        affinity=_wishes(record.get("affinity"), subject, "affinity"),
        deadline=record.get("deadline"),
        prize=record.get("prize"),
    )


def _or(value, default):
    return default if value is None else value


def _pair(value, subject, name) -> Interval:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ProblemError(
            f"{subject} has {name} {value!r}: write [from, to] in seconds."
        )
    return tuple(value)


def _pairs(value, subject, name) -> tuple[Interval, ...]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise ProblemError(
            f"{subject} has {name} {value!r}: write [[from, to], ...] in seconds."
        )
    if len(value) == 2 and not any(isinstance(item, list | tuple) for item in value):
        value = [value]
    return tuple(_pair(item, subject, name) for item in value)


def _names(value, subject, name):
    if value is None:
        return frozenset()
    if not isinstance(value, list | tuple | set | frozenset) or any(
        isinstance(item, bool) or not isinstance(item, int | str) for item in value
    ):
        raise ProblemError(f"{subject} has {name} {value!r}: write a list of names.")
    return frozenset(value)


def _texts(value, subject, name):
    return frozenset(str(item) for item in _names(value, subject, name))


def _quantities(value, subject):
    if value is None:
        return {}
    if isinstance(value, list | tuple):
        names = [str(item) for item in value]
        return {name: float(names.count(name)) for name in names}
    if not isinstance(value, dict):
        raise ProblemError(f"{subject} has parts {value!r}: write {{name: quantity}}.")
    return dict(value)


def _wishes(value, subject, name):
    """Return a number by engineer; None stands for the usual bonus."""
    if value is None:
        return {}
    if isinstance(value, dict):
        return dict(value)
    return dict.fromkeys(sorted(_names(value, subject, name), key=str))


def _read_warehouse(value, names):
    """Return the place of the warehouse and the seconds of a stop there."""
    duration = 0.0
    if isinstance(value, dict):
        duration = _or(value.get("duration"), 0.0)
        value = value.get("place", value.get("id"))
    if value is None:
        return None, duration
    return names.get(value, "The warehouse", "place"), duration


def _read_options(value):
    if value is None:
        return Options()
    if not isinstance(value, dict):
        raise ProblemError('The options are no JSON object: write {"seconds": 10}.')
    value = {key: item for key, item in value.items() if item is not None}
    weights = value.pop("weights", {})
    if not isinstance(weights, dict):
        raise ProblemError('The weights are no JSON object: write {"lateness": 1}.')
    return Options(
        **_known(Options, value, "options"),
        weights=Weights(**_known(Weights, weights, "weights")),
    )


def _known(kind, value, title):
    fields = {field.name for field in dataclasses.fields(kind)}
    for key in value:
        if key not in fields:
            raise ProblemError(
                f"The {title} have the unknown entry {key!r}: choose among "
                f"{', '.join(sorted(fields))}."
            )
    return value


def _read_current(value):
    """Return the stops by engineer, from a mapping or from the routes of an answer."""
    if value is None:
        return {}
    if isinstance(value, list):
        if not all(isinstance(item, dict) and "engineer" in item for item in value):
            raise ProblemError(
                "The current plan is no list of routes: give each its engineer and "
                "stops."
            )
        value = {item["engineer"]: item.get("stops") for item in value}
    if not isinstance(value, dict):
        raise ProblemError(
            "The current plan is neither a list of routes nor an object: write "
            "{engineer: [orders]}."
        )
    return {
        engineer: _stops(stops, f"The current route of engineer {engineer!r}")
        for engineer, stops in value.items()
    }


def _stops(value, subject):
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise ProblemError(f"The {subject} is {value!r}: write a list of orders.")
    stops = []
    for item in value:
        if isinstance(item, dict):
            item = item.get("order")
        stops.append(WAREHOUSE if item is None else item)
    return stops


# === CHECKS === #


def _check_number(value, subject, name):
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not math.isfinite(value)
        or abs(value) > LARGEST_NUMBER
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


def _check_options(options):
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


def _check_fixed(engineers):
    """No order is fixed twice, and no engineer goes to the warehouse twice."""
    seen = set()
    for engineer in engineers:
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
