"""The records of a problem: places, engineers, orders, weights and options.

All times are seconds of the problem's own clock, as real numbers: the caller decides
what second 0 is (midnight, the start of the week, the epoch). All costs are in the
same unit as travel: what one second on the road costs.

They are plain data and check nothing themselves; `problem` puts them together.
"""

from dataclasses import dataclass, field

# A stop at the warehouse in a list of order ids.
WAREHOUSE = None

OBJECTIVES = ("travel", "working_time")
SOLVERS = ("auto", "pyvrp", "own")

Id = int | str
Interval = tuple[float, float]
# The orders of one engineer in their sequence; `WAREHOUSE` stands for the warehouse.
Stops = list[Id | None]


@dataclass(frozen=True)
class Place:
    """A point on a plane (``x``, ``y``) or on Earth (``lat``, ``lon`` in degrees)."""

    id: Id
    x: float | None = None
    y: float | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True)
class Engineer:
    """One shift of one engineer.

    A plan of a week has one record for each engineer and day; ``person`` says who it
    is, so that ``pinned_to``, ``excluded``, ``preferred`` and ``affinity`` of an order
    may name the person and mean each of these shifts.
    """

    id: Id
    start: Id
    end: Id
    shift: Interval
    skills: frozenset[str] = frozenset()
    tools: frozenset[str] = frozenset()
    parts: dict[str, float] = field(default_factory=dict)
    max_orders: int | None = None
    # Times at which nobody works: no service overlaps them, travel may.
    breaks: tuple[Interval, ...] = ()
    # What it costs that this engineer goes out at all.
    fixed_cost: float = 0.0
    # What has been done or begun: these stops stay first and in this sequence.
    fixed: tuple[Id | None, ...] = ()
    person: Id | None = None

    @property
    def names(self) -> tuple[Id, ...]:
        """What an order may call this engineer."""
        return (self.id,) if self.person is None else (self.id, self.person)


@dataclass(frozen=True)
class Order:
    """One visit.

    The service begins within one of the ``windows`` (no windows: at any time) and
    lasts ``duration`` seconds. ``deadline`` is soft: each second that the service
    begins later costs ``Weights.lateness``. ``prize`` is the price of leaving the
    order out; None means that it is left out only when it cannot be placed.
    """

    id: Id
    place: Id
    duration: float = 0.0
    windows: tuple[Interval, ...] = ()
    skills: frozenset[str] = frozenset()
    tools: frozenset[str] = frozenset()
    parts: dict[str, float] = field(default_factory=dict)
    # The higher, the later it is left out.
    priority: float = 0.0
    pinned_to: Id | None = None
    excluded: frozenset[Id] = frozenset()
    # Bonus, in the unit of costs, by engineer or person.
    preferred: dict[Id, float] = field(default_factory=dict)
    # How well who knows the machine (0 to 1), by engineer or person.
    affinity: dict[Id, float] = field(default_factory=dict)
    deadline: float | None = None
    prize: float | None = None


@dataclass(frozen=True)
class Weights:
    """What soft wishes cost, each in the unit of travel.

    ``travel`` and ``working_time`` are per second; None means what the objective
    says: 1 for its own and 0 for the other one.
    """

    travel: float | None = None
    working_time: float | None = None
    # Per second that a service begins after its deadline.
    lateness: float = 1.0
    # Bonus of an engineer whom an order prefers without a number.
    preferred: float = 900.0
    # Bonus of full affinity.
    affinity: float = 900.0
    # Price of an order that changes its engineer against the current plan.
    change: float = 0.0
    # By what part of its price a point of priority raises the price of leaving out.
    priority: float = 1.0


@dataclass(frozen=True)
class Options:
    """How to solve: ``seconds`` is the wall clock for the whole run."""

    seconds: float = 10.0
    objective: str = "travel"
    seed: int = 0
    # Processes that search at the same time; None: one for each core, two at most.
    workers: int | None = None
    solver: str = "auto"
    # Kilometres an hour and how much longer roads are than the great circle.
    speed: float = 40.0
    detour: float = 1.3
    # Address of an OSRM-compatible server; its times replace the great circle.
    osrm: str | None = None
    weights: Weights = field(default_factory=Weights)

    @property
    def travel_weight(self) -> float:
        """Cost of a second on the road."""
        if self.weights.travel is not None:
            return self.weights.travel
        return 1.0 if self.objective == "travel" else 0.0

    @property
    def working_weight(self) -> float:
        """Cost of a second between the latest start and the return."""
        if self.weights.working_time is not None:
            return self.weights.working_time
        return 1.0 if self.objective == "working_time" else 0.0
