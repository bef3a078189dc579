"""Days of dispatch by seed: areas, homes, shifts, skills, tools, parts, a warehouse.

And what a dispatcher without a plan would do with them: the nearest free engineer.
"""

import math
import random

SIDE = 7200
AREA = 700
HOUR = 3600
SKILLS = ("gas", "power", "water", "climate", "lift")
TOOLS = ("crane", "scope", "pump")
PARTS = ("filter", "valve", "motor", "board", "seal")
SHIFTS = ((7, 16), (8, 17), (9, 18))
# Windows as begins of service, in hours.
WINDOWS = (
    ((8, 12),),
    ((13, 17),),
    ((8, 10), (14, 16)),
    ((9, 11),),
    ((15, 17),),
    (),
)


def make_case(orders: int, engineers: int, areas: int, *, seed: int, seconds: float):
    """Return a problem in JSON: a working day around a warehouse, in seconds."""
    chance = random.Random(seed)
    centres = [
        (chance.uniform(0, SIDE), chance.uniform(0, SIDE)) for _area in range(areas)
    ]

    def point(number):
        x, y = centres[number % areas]
        return {"x": round(chance.gauss(x, AREA)), "y": round(chance.gauss(y, AREA))}

    places = [{"id": "warehouse", "x": SIDE // 2, "y": SIDE // 2}]
    crew, work = [], []
    for number in range(engineers):
        places.append({"id": f"home {number}", **point(number)})
        crew.append(_engineer(chance, number))
    for number in range(orders):
        places.append({"id": f"place {number}", **point(number)})
        work.append(_order(chance, number))
    return {
        "places": places,
        "engineers": crew,
        "orders": work,
        "warehouse": "warehouse",
        "options": {"seconds": seconds, "objective": "travel", "seed": seed},
    }


def _engineer(chance, number):
    begin, end = chance.choice(SHIFTS)
    return {
        "id": number,
        "start": f"home {number}",
        "end": f"home {number}",
        "shift": [begin * HOUR, end * HOUR],
        "skills": chance.sample(SKILLS, chance.randint(2, 4)),
        "tools": [tool for tool in TOOLS if chance.random() < 0.5],
        "parts": {part: chance.randint(0, 4) for part in PARTS},
        "max_orders": 16,
    }


def _order(chance, number):
    needed = chance.sample(PARTS, chance.choice((0, 0, 0, 1, 1, 2)))
    return {
        "id": number,
        "place": f"place {number}",
        "duration": 60 * chance.choice((10, 15, 20, 25, 30)),
        "windows": [[low * HOUR, high * HOUR] for low, high in chance.choice(WINDOWS)],
        "skills": chance.sample(SKILLS, chance.choice((0, 1, 1, 1))),
        "tools": [chance.choice(TOOLS)] if chance.random() < 0.12 else [],
        "parts": {part: chance.randint(1, 2) for part in needed},
    }


class NearestFree:
    """Each order in the sequence of its window to the nearest engineer who can.

    He is qualified and free, carries what is needed or fetches it (once) on the way,
    arrives before a window ends and is home before his shift ends.
    """

    def __init__(self, problem):
        self.problem = problem
        self.points = {
            place["id"]: (place["x"], place["y"]) for place in problem["places"]
        }
        self.states = [
            {
                "who": who,
                "place": who["start"],
                "time": who["shift"][0],
                "travel": 0.0,
                "parts": dict(who["parts"]),
                "fetched": False,
                "count": 0,
            }
            for who in problem["engineers"]
        ]

    def run(self):
        """Return ``(orders placed, seconds of travel)``."""
        placed = 0
        for order in sorted(self.problem["orders"], key=self._window):
            ways = [
                way
                for state in self.states
                if (way := self._way(state, order)) is not None
            ]
            if ways:
                _travel, _name, state, changes = min(ways, key=lambda way: way[:2])
                state.update(changes)
                placed += 1
        travel = sum(
            state["travel"] + self._seconds(state["place"], state["who"]["end"])
            for state in self.states
            if state["count"]
        )
        return placed, travel

    @staticmethod
    def _window(order):
        windows = order["windows"] or [[0, 24 * HOUR]]
        return windows[0][1], windows[0][0], order["id"]

    def _seconds(self, one, two):
        return math.dist(self.points[one], self.points[two])

    def _way(self, state, order):
        """Return ``(travel, id, state, state afterwards)``, or None."""
        who = state["who"]
        if not set(order["skills"]) <= set(who["skills"]):
            return None
        if state["count"] >= who["max_orders"]:
            return None
        stops, fetched = [order["place"]], state["fetched"]
        carries = set(order["tools"]) <= set(who["tools"]) and all(
            state["parts"].get(part, 0) >= quantity
            for part, quantity in order["parts"].items()
        )
        if not fetched and not carries:
            stops, fetched = [self.problem["warehouse"], *stops], True
        travel, place = 0.0, state["place"]
        for stop in stops:
            travel += self._seconds(place, stop)
            place = stop
        begin = self._begin(state["time"] + travel, order["windows"])
        if begin is None:
            return None
        leave = begin + order["duration"]
        if leave + self._seconds(place, who["end"]) > who["shift"][1]:
            return None
        parts = state["parts"]
        if not fetched:
            parts = {
                part: quantity - order["parts"].get(part, 0)
                for part, quantity in parts.items()
            }
        changes = {
            "place": place,
            "time": leave,
            "travel": state["travel"] + travel,
            "parts": parts,
            "fetched": fetched,
            "count": state["count"] + 1,
        }
        return travel, who["id"], state, changes

    @staticmethod
    def _begin(arrive, windows):
        if not windows:
            return arrive
        return next((max(arrive, low) for low, high in windows if arrive <= high), None)
