"""A task in plain numbers, solved by PyVRP; `vrp` writes it and reads the answer."""

import math
import time
import warnings

from .errors import SolverError

# How PyVRP searches, found by trying on Solomon's instances with two seconds each.
NEIGHBOURS = 25
# With how many turns ago a plan is compared, and for what share of the time: a short
# memory goes down fast, a long one gets further.
SHORT, LONG, BOTH = ((1.0, 30),), ((1.0, 100),), ((0.4, 30), (0.6, 100))
PENALTY_TURNS = 50
LOAD_PENALTY = 1e5
TIME_PENALTY = 10.0
LARGEST_PENALTY = 1e7


def run_task(data: dict, stop=None, on_best=None) -> dict:
    """Solve a task and return ``{"routes": [(vehicle type, visits)], ...}``.

    ``seconds`` of the task include what it takes to set the solver up.

    :param stop: called now and then; true ends the search
    :raise SolverError: when PyVRP is missing or does not understand the task
    """
    started = time.monotonic()
    try:
        import pyvrp
        import pyvrp.exceptions
    except ImportError as error:
        raise SolverError("PyVRP is not installed") from error
    try:
        return _run(pyvrp, data, started, stop, on_best)
    except (ValueError, TypeError, IndexError, RuntimeError, OverflowError) as error:
        raise SolverError(f"PyVRP refused the task: {error}") from error


def _run(pyvrp, data, started, stop, on_best):
    problem = _pyvrp_data(pyvrp, data)
    criterion = _Criterion(started, data["seconds"], stop, on_best)
    with warnings.catch_warnings():
        # A problem that cannot be solved without leaving orders out is no news.
        warnings.simplefilter("ignore", pyvrp.exceptions.PenaltyBoundWarning)
        best, turns = _search(pyvrp, problem, data, criterion)
    return {
        "feasible": best.is_feasible() and best.is_complete(),
        "iterations": turns,
        "routes": [
            (route.vehicle_type(), _read_visits(route)) for route in best.routes()
        ],
    }


def _search(pyvrp, problem, data, criterion):
    """Run PyVRP's iterated local search, set up for seconds instead of minutes.

    Its own defaults change the penalties every 500 turns and compare with what was
    300 turns ago; in two seconds there are but a few thousand turns.
    """
    from pyvrp import search

    rng = pyvrp.RandomNumberGenerator(seed=data["seed"])
    neighbours = search.compute_neighbours(
        problem, search.NeighbourhoodParams(num_neighbours=NEIGHBOURS)
    )
    local = search.LocalSearch(problem, rng, neighbours, search.PerturbationManager())
    for operator in search.OPERATORS:
        if operator.supports(problem):
            local.add_operator(operator(problem))
    penalties = pyvrp.PenaltyManager(
        (
            [LOAD_PENALTY] * problem.num_load_dimensions,
            TIME_PENALTY,
            TIME_PENALTY,
        ),
        pyvrp.PenaltyParams(
            solutions_between_updates=PENALTY_TURNS, max_penalty=LARGEST_PENALTY
        ),
    )
    if data.get("routes"):
        given = _pyvrp_solution(pyvrp, problem, data["routes"])
    else:
        given = pyvrp.Solution.make_random(problem, rng)
    # Every move is looked at once: the turns that follow only look where they stir.
    first = local(given, penalties.max_cost_evaluator(), exhaustive=True)
    if given.is_feasible() and not first.is_feasible():
        first = given
    turns = 0
    for share, length in data.get("memory", BOTH):
        criterion.lengthen(share)
        result = pyvrp.IteratedLocalSearch(
            problem,
            penalties,
            local,
            first,
            pyvrp.IteratedLocalSearchParams(history_length=length),
        ).run(criterion, collect_stats=False)
        first = result.best
        turns += result.num_iterations
    return first, turns


class _Criterion:
    """Ends the search at a time of `time.monotonic`, or when someone asks for it."""

    def __init__(self, started, seconds, stop, on_best):
        self.seconds = seconds
        self.deadline = started
        self.stop = stop
        self.on_best = on_best
        self.calls = 0
        self.best = math.inf

    def lengthen(self, share):
        """Let the search go on for another share of the time."""
        self.deadline += share * self.seconds

    def __call__(self, cost):
        if cost < self.best:
            self.best = cost
            if self.on_best:
                self.on_best(cost)
        self.calls += 1
        if self.stop and self.calls % 64 == 0 and self.stop():
            return True
        return time.monotonic() >= self.deadline


def _pyvrp_data(pyvrp, data):
    depots = len(data["depots"])
    size = depots + len(data["clients"])
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _place in range(size)],
        clients=[
            pyvrp.Client(location=depots + number, **client)
            for number, client in enumerate(data["clients"])
        ],
        depots=[
            pyvrp.Depot(location=number, service_duration=duration)
            for number, duration in enumerate(data["depots"])
        ],
        vehicle_types=[pyvrp.VehicleType(**vehicle) for vehicle in data["vehicles"]],
        distance_matrices=[distance for distance, _duration in data["matrices"]],
        duration_matrices=[duration for _distance, duration in data["matrices"]],
        groups=[
            pyvrp.ClientGroup(group["clients"], required=group["required"])
            for group in data["groups"]
        ],
    )


def _pyvrp_solution(pyvrp, problem, routes):
    kinds = pyvrp.ActivityType
    return pyvrp.Solution(
        problem,
        [
            pyvrp.Route(
                problem,
                [
                    pyvrp.Activity(
                        kinds.DEPOT if what == "fetch" else kinds.CLIENT, number
                    )
                    for what, number in visits
                ],
                kind,
            )
            for kind, visits in routes
        ],
    )


def _read_visits(route):
    """Return what stands between the first and the last depot."""
    return [
        ("fetch" if stop.is_depot() else "visit", stop.idx)
        for stop in list(route)[1:-1]
    ]
