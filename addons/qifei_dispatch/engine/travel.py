"""Travel times in seconds between all places, from four sources.

- places with ``x`` and ``y``: the straight line, one second for each unit;
- places with ``lat`` and ``lon``: the great circle, times a detour, at a speed;
- an OSRM-compatible server, which knows the roads;
- a matrix that the problem brings along.
"""

import math
import time

from .errors import ProblemError

EARTH_RADIUS = 6_371_008.8
METRES_PER_SECOND = 1 / 3.6
# OSRM's servers answer a hundred coordinates in one table, unless set up otherwise.
OSRM_CHUNK = 50
# Seconds for one table, and for all of them together.
OSRM_TIMEOUT = 10.0
OSRM_PATIENCE = 30.0


def measure(places, options) -> tuple[list[list[float]], tuple[str, ...]]:
    """Return the matrix of travel times, and remarks on how it came about.

    :raise ProblemError: when some places lie on Earth and others on a plane
    """
    if all(place.lat is not None for place in places):
        return _measure_earth(places, options)
    if all(place.x is not None for place in places):
        points = [(place.x, place.y) for place in places]
        return [[math.dist(a, b) for b in points] for a in points], ()
    raise ProblemError(
        "Some places have x, y and others lat, lon: give all of them the same kind."
    )


def _measure_earth(places, options):
    if options.osrm:
        try:
            return ask_osrm(places, options.osrm), ()
        except (OSError, ImportError) as error:
            matrix = great_circle(places, options.speed, options.detour)
            return matrix, (
                f"The travel service did not answer ({error}): times are taken from "
                "the great circle.",
            )
    return great_circle(places, options.speed, options.detour), ()


def great_circle(places, speed: float, detour: float) -> list[list[float]]:
    """Return seconds for the great circle times ``detour`` at ``speed`` km/h."""
    factor = 2 * EARTH_RADIUS * detour / (speed * METRES_PER_SECOND)
    # The chord between points of a unit sphere: one root and one arc for each pair.
    points = []
    for place in places:
        latitude, longitude = math.radians(place.lat), math.radians(place.lon)
        points.append(
            (
                math.cos(latitude) * math.cos(longitude),
                math.cos(latitude) * math.sin(longitude),
                math.sin(latitude),
            )
        )
    return [
        [factor * math.asin(min(1.0, math.dist(a, b) / 2)) for b in points]
        for a in points
    ]


def check_matrix(matrix, size: int) -> list[list[float]]:
    """Return a matrix of numbers.

    :raise ProblemError: when it is not square or has an impossible entry
    """
    if not isinstance(matrix, list | tuple) or len(matrix) != size:
        rows = len(matrix) if isinstance(matrix, list | tuple) else 0
        raise ProblemError(
            f"The matrix has {rows} rows for {size} places: give one row and one "
            "column for each place."
        )
    checked = []
    for number, row in enumerate(matrix):
        if not isinstance(row, list | tuple) or len(row) != size:
            raise ProblemError(
                f"Row {number + 1} of the matrix has not {size} entries: give one for "
                "each place."
            )
        for column, value in enumerate(row):
            if (
                isinstance(value, bool)
                or not isinstance(value, int | float)
                or not 0 <= value <= 1e12
            ):
                raise ProblemError(
                    f"The matrix has {value!r} in row {number + 1}, column "
                    f"{column + 1}: write the seconds of travel, 0 or more."
                )
        checked.append([float(value) for value in row])
    return checked


def ask_osrm(places, address: str, timeout: float = OSRM_TIMEOUT) -> list[list[float]]:
    """Return the seconds that an OSRM-compatible server gives, in blocks.

    :raise OSError: when it does not answer, or not for every pair
    """
    import requests

    base = address.rstrip("/")
    if "/table/" not in base:
        base += "/table/v1/driving"
    size = len(places)
    starts = range(0, size, OSRM_CHUNK)
    matrix = [[0.0] * size for _place in places]
    end = time.monotonic() + OSRM_PATIENCE
    with requests.Session() as session:
        for row in starts:
            for column in starts:
                rows = list(range(row, min(row + OSRM_CHUNK, size)))
                columns = list(range(column, min(column + OSRM_CHUNK, size)))
                if time.monotonic() > end:
                    raise OSError(f"not all of it within {OSRM_PATIENCE:g} seconds")
                block = _ask_block(session, base, places, rows, columns, timeout)
                for i, seconds in zip(rows, block, strict=True):
                    matrix[i][column : column + len(columns)] = seconds
    for index in range(size):
        matrix[index][index] = 0.0
    return matrix


def _ask_block(session, base, places, rows, columns, timeout):
    """Return the times from the places ``rows`` to the places ``columns``."""
    asked = rows + columns
    points = ";".join(f"{places[i].lon:.6f},{places[i].lat:.6f}" for i in asked)
    try:
        response = session.get(
            f"{base}/{points}",
            params={
                "sources": ";".join(str(i) for i in range(len(rows))),
                "destinations": ";".join(str(i) for i in range(len(rows), len(asked))),
                "annotations": "duration",
            },
            timeout=timeout,
            # Whoever sets the address up has not agreed to another one.
            allow_redirects=False,
        )
    except ValueError as error:
        raise OSError("an address that nobody can ask") from error
    response.raise_for_status()
    try:
        durations = response.json()["durations"]
        block = [[float(value) for value in row] for row in durations]
    except (ValueError, TypeError, KeyError) as error:
        raise OSError("no time for a pair of places") from error
    if len(block) != len(rows) or any(len(row) != len(columns) for row in block):
        raise OSError("a table of another size")
    if any(not 0 <= value < math.inf for row in block for value in row):
        raise OSError("an impossible time")
    return block
