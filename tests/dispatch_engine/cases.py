"""Random problems in JSON, small and strange."""

from hypothesis import strategies as st

DAY = 86400
SKILLS = ("gas", "power", "lift")
TOOLS = ("crane", "scope")
PARTS = ("pump", "valve")


def subset(names):
    return st.lists(st.sampled_from(names), unique=True, max_size=len(names))


@st.composite
def places(draw, count):
    """Points of a grid: many are the same, many ways are whole numbers."""
    grid = st.integers(0, 6)
    return [
        {"id": f"p{number}", "x": 300 * draw(grid), "y": 400 * draw(grid)}
        for number in range(count)
    ]


@st.composite
def intervals(draw, shift, most=3):
    """Windows around a shift: zero long, before it, after it, over midnight."""
    begin, end = shift
    result = []
    for _number in range(draw(st.integers(0, most))):
        low = draw(st.integers(begin - 1800, end + 600))
        length = draw(st.sampled_from((0, 600, 3600, 14400)))
        result.append([low, low + length])
    return result


@st.composite
def engineers(draw, number, shift, count):
    begin, end = shift
    who = {
        "id": f"e{number}",
        "start": f"p{draw(st.integers(0, count - 1))}",
        "end": f"p{draw(st.integers(0, count - 1))}",
        "shift": [begin + 600 * draw(st.integers(0, 3)), end],
        "skills": draw(subset(SKILLS)),
        "tools": draw(subset(TOOLS)),
        "parts": {name: draw(st.integers(0, 3)) for name in draw(subset(PARTS))},
    }
    if draw(st.booleans()):
        who["max_orders"] = draw(st.integers(0, 4))
    if draw(st.integers(0, 3)) == 0:
        pause = draw(st.integers(begin, end))
        who["breaks"] = [[pause, pause + draw(st.sampled_from((0, 1800, 3600)))]]
    return who


@st.composite
def orders(draw, number, shift, count, people):
    what = {
        "id": number,
        "place": f"p{draw(st.integers(0, count - 1))}",
        "duration": draw(st.sampled_from((0, 300, 1800, 5400))),
        "windows": draw(intervals(shift)),
        "skills": draw(subset(SKILLS[:1])) if draw(st.booleans()) else [],
        "tools": draw(subset(TOOLS)) if draw(st.integers(0, 2)) == 0 else [],
        "parts": {name: draw(st.integers(0, 2)) for name in draw(subset(PARTS))},
    }
    if people and draw(st.integers(0, 5)) == 0:
        what["pinned_to"] = draw(st.sampled_from(people))
    if people and draw(st.integers(0, 4)) == 0:
        what["excluded"] = draw(st.lists(st.sampled_from(people), max_size=1))
    if draw(st.integers(0, 4)) == 0:
        what["prize"] = draw(st.integers(0, 4000))
    if draw(st.integers(0, 4)) == 0:
        what["priority"] = draw(st.integers(0, 3))
    if draw(st.integers(0, 4)) == 0:
        what["deadline"] = draw(st.integers(*shift))
    return what


@st.composite
def problems(draw, most_orders=9, most_engineers=4):
    """A whole problem; the shift of the night crosses midnight."""
    begin = draw(st.sampled_from((0, 8 * 3600, 20 * 3600, -7200, 7 * DAY)))
    shift = begin, begin + draw(st.sampled_from((1800, 4 * 3600, 10 * 3600)))
    count = draw(st.integers(1, 8))
    crew = [
        draw(engineers(number, shift, count))
        for number in range(draw(st.integers(0, most_engineers)))
    ]
    people = [who["id"] for who in crew]
    work = [
        draw(orders(number, shift, count, people))
        for number in range(draw(st.integers(0, most_orders)))
    ]
    problem = {
        "places": draw(places(count)),
        "engineers": crew,
        "orders": work,
        "warehouse": draw(st.sampled_from((None, "p0", {"place": "p0"}))),
        "options": {"objective": draw(st.sampled_from(("travel", "working_time")))},
    }
    if isinstance(problem["warehouse"], dict):
        problem["warehouse"]["duration"] = 300
    if draw(st.booleans()):
        # One-way streets: neither symmetric nor along the shortest way.
        problem["matrix"] = [
            [0 if i == j else draw(st.integers(0, 2400)) for j in range(count)]
            for i in range(count)
        ]
    return problem
