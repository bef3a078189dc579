"""The answer: who goes where and when, what stays undone, and what all of it costs."""

from dataclasses import dataclass, field

from .insertion import numbered_routes
from .problem import WAREHOUSE, Id, Problem, Stops
from .schedule import Broken, Schedule, evaluate_route


@dataclass(frozen=True)
class Unplaced:
    """An order without an engineer.

    ``reasons`` is a smallest set of rules that keep it out; `explain.why_unplaced` says
    more, and solves again to make sure.
    """

    order: Id
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Routes by engineer; engineers who stay at home are not in it.

    ``cost`` is the sum of the routes and of the prices of what is left out;
    ``solver`` says how the plan came about (``name``, ``seconds``, ``remarks``).
    """

    routes: dict[Id, Schedule]
    unplaced: tuple[Unplaced, ...]
    cost: float
    solver: dict = field(default_factory=dict)

    @property
    def stops(self) -> dict[Id, Stops]:
        """The ids of the orders by engineer, `WAREHOUSE` at the warehouse."""
        return {
            engineer: [stop.order for stop in schedule.stops]
            for engineer, schedule in self.routes.items()
        }

    @property
    def travel(self) -> float:
        """Seconds on the road of all engineers."""
        return sum(schedule.travel for schedule in self.routes.values())

    @property
    def working_time(self) -> float:
        """Seconds between latest start and return of all engineers."""
        return sum(schedule.working_time for schedule in self.routes.values())

    @property
    def broken(self) -> tuple[Broken, ...]:
        """The hard rules that the routes break; none in a plan of the solver."""
        return tuple(
            item for schedule in self.routes.values() for item in schedule.broken
        )

    def engineer_of(self, order_id: Id) -> Id | None:
        """Return who serves an order, or None."""
        for engineer, schedule in self.routes.items():
            if any(stop.order == order_id for stop in schedule.stops):
                return engineer
        return None

    def to_json(self) -> dict:
        """Return the answer of the file format."""
        return {
            "routes": [_route_json(route) for route in self.routes.values()],
            "unplaced": [
                {"order": item.order, "reasons": list(item.reasons)}
                for item in self.unplaced
            ],
            "cost": self.cost,
            "travel": self.travel,
            "working_time": self.working_time,
            "solver": self.solver,
        }


def make_plan(
    problem: Problem,
    routes: dict[Id, Stops],
    *,
    reasons: dict[Id, tuple[str, ...]] | None = None,
    solver: dict | None = None,
) -> Plan:
    """Return the plan of given routes, whether they keep the rules or not.

    :raise ProblemError: when an engineer or an order is unknown or there twice
    """
    return numbered_plan(
        problem, numbered_routes(problem, routes), reasons=reasons, solver=solver
    )


def numbered_plan(problem, numbers, *, reasons=None, solver=None) -> Plan:
    """Return the same for routes in numbers."""
    model = problem.model
    schedules = {
        problem.engineers[engineer].id: evaluate_route(model, engineer, route)
        for engineer, route in enumerate(numbers)
        if route
    }
    placed = {stop for route in numbers for stop in route}
    left_out = [order for order in range(len(problem.orders)) if order not in placed]
    cost = sum(schedule.cost for schedule in schedules.values())
    cost += sum(model.price[order] for order in left_out)
    names = [problem.orders[order].id for order in left_out]
    return Plan(
        routes=schedules,
        unplaced=tuple(Unplaced(name, (reasons or {}).get(name, ())) for name in names),
        cost=cost,
        solver=solver or {},
    )


def _route_json(schedule):
    return {
        "engineer": schedule.engineer,
        "stops": [
            {
                **(
                    {"warehouse": stop.place}
                    if stop.order is WAREHOUSE
                    else {"order": stop.order}
                ),
                "arrive": stop.arrive,
                "start": stop.start,
                "leave": stop.leave,
                "waiting": stop.waiting,
                "lateness": stop.lateness,
            }
            for stop in schedule.stops
        ],
        "start": schedule.start,
        "end": schedule.end,
        "latest_start": schedule.latest_start,
        "travel": schedule.travel,
        "waiting": schedule.waiting,
        "lateness": schedule.lateness,
        "working_time": schedule.working_time,
        "cost": schedule.cost,
    }
