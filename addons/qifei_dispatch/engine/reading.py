"""Problems from JSON: the forms in which a file may write them.

What has the wrong form is a `ProblemError` of one sentence; `checks` looks at the rest.
"""

import dataclasses

from .checks import Names, build_problem
from .errors import ProblemError
from .records import (
    WAREHOUSE,
    Engineer,
    Interval,
    Options,
    Order,
    Place,
    Weights,
)


def read_problem(kind, data: dict):
    """Return the problem that parsed JSON describes.

    :param kind: the class of the problem
    :raise ProblemError: for whatever is wrong with it
    """
    if not isinstance(data, dict):
        raise ProblemError("The problem is no JSON object: write {...}.")
    places, matrix = _read_places(data)
    engineers = _read_records(data, "engineers", "Engineer", _read_engineer)
    orders = _read_records(data, "orders", "Order", _read_order)
    names = Names([place.id for place in places], "Place")
    warehouse, warehouse_duration = _read_warehouse(data.get("warehouse"), names)
    options = _read_options(data.get("options"))
    if "objective" in data and "objective" not in (data.get("options") or {}):
        options = dataclasses.replace(options, objective=data["objective"])
    return build_problem(
        kind,
        places,
        engineers,
        orders,
        matrix=matrix,
        warehouse=warehouse,
        warehouse_duration=warehouse_duration,
        current=_read_current(data.get("current")),
        options=options,
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
        value = {_key(item["engineer"]): item.get("stops") for item in value}
    if not isinstance(value, dict):
        raise ProblemError(
            "The current plan is neither a list of routes nor an object: write "
            "{engineer: [orders]}."
        )
    return {
        engineer: _stops(stops, f"The current route of engineer {engineer!r}")
        for engineer, stops in value.items()
    }


def _key(name):
    """Return an id that can be looked up, whatever it is."""
    return name if isinstance(name, int | str) else repr(name)


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
