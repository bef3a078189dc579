"""A whole plan in a given time.

First the engine's own search builds a plan, which is kept as long as nothing better is
found. Then PyVRP works on it: on a small problem once in each process with different
random numbers, on a large one in groups of neighbouring routes, cut differently in
each round. Whatever comes back is checked by the exact rules; what breaks one is taken
out and placed again by the engine's own search, which has the last word. Without PyVRP
the own search takes all the time.
"""

import importlib.util
import math
import os
import random
import time

from .errors import SolverError
from .explain import find_reasons
from .model import FETCH
from .plan import Plan, numbered_plan
from .problem import Problem
from .search import Search
from .vrp import make_task, read_answer
from .vrp_run import LONG, SHORT, run_task
from .worker import GRACE, Helper

# More orders than this are planned in groups.
MOST_ORDERS_AT_ONCE = 250
# So do more ways in the matrices of all engineers (16 bytes each).
MOST_ENTRIES_AT_ONCE = 12_000_000
ORDERS_OF_A_GROUP = 110
ROUNDS = 4
# Shares of the time: what the first plan may take, and what the last search takes where
# PyVRP does not know all the rules, where it knows them but is slow with them, and
# where it knows nothing better.
FIRST_SHARE = 0.5
# However short the time is, each order is offered around once.
FIRST_SECONDS = 0.005
LAST_SHARE_OPEN = 0.2
LAST_SHARE_SLOW = 0.12
LAST_SHARE_EXACT = 0.03
# What remains for writing the answer, in parts of the time and in seconds at most.
END_SHARE = 0.02
END_SECONDS = 0.5
# The same for the reasons of what is left out.
REASON_SHARE = 0.05
REASON_SECONDS = 2.0
LEAST_SECONDS_OF_A_TASK = 0.15
# What the answer of another process needs to arrive.
SENDING_SECONDS = 0.05
MOST_PROCESSES = 2


def solve(problem: Problem, progress=None, stop=None, *, started=None) -> Plan:
    """Return the best plan found in ``options.seconds`` of wall clock.

    No hard rule is broken in it. A solver that is missing or fails is no error: the
    plan says so in ``solver["remarks"]``.

    :param progress: called with the share of the time that is over (0 to 1) and the
        cost of the best plan so far, from the calling thread
    :param stop: called now and then; when it returns true the search ends early
    :param started: `time.monotonic` when the clock began to run; now when None
    """
    return _Run(problem, progress, stop, started).solve()


class _Run:
    """One run of the solver."""

    def __init__(self, problem, progress, stop, started):
        self.problem = problem
        self.options = problem.options
        self.progress = progress
        self.started = time.monotonic() if started is None else started
        end = min(END_SECONDS, END_SHARE * self.options.seconds)
        self.deadline = self.started + self.options.seconds - end
        self.model = problem.model
        self.stop_asked = stop
        self.stopped = False
        self.remarks = list(problem.remarks)
        self.helpers = []
        self.iterations = 0
        self.tasks = 0
        self.said = 0.0
        self.used = "own"

    def solve(self):
        try:
            # The processes load their libraries while the first plan is made.
            use_pyvrp = self._can_use_pyvrp()
            if use_pyvrp:
                self._start_helpers()
            self.search = Search(self.model, seed=self.options.seed)
            self.search.adopt(self._current())
            least = time.monotonic() + FIRST_SECONDS * len(self.search.orders)
            self.search.build(max(least, self._share(FIRST_SHARE)))
            self._say()
            if use_pyvrp and self.search.orders and self.search.engineers:
                self._solve_with_pyvrp()
            self._search_on()
        finally:
            for helper in self.helpers:
                helper.close()
        return self._plan()

    # === TIME AND PROGRESS === #

    def _share(self, share):
        """Return the time at which a share of the whole is over."""
        return self.started + share * (self.deadline - self.started)

    def _left(self):
        return self.deadline - time.monotonic()

    def _stop(self):
        """Tell whether to end, and say how far it is; called often."""
        if time.monotonic() - self.said > 0.2:
            self._say()
            if self.stop_asked and self.stop_asked():
                self.stopped = True
        return self.stopped

    def _say(self):
        self.said = time.monotonic()
        if self.progress:
            total = self.deadline - self.started
            share = min(1.0, (self.said - self.started) / total)
            self.progress(share, self.search.cost)

    # === PYVRP === #

    def _can_use_pyvrp(self):
        if self.options.solver == "own":
            return False
        if importlib.util.find_spec("pyvrp") is None:
            self.remarks.append(
                "PyVRP is not installed: the plan comes from the own search."
            )
            return False
        return True

    def _start_helpers(self):
        count = self.options.workers
        if count is None:
            count = min(MOST_PROCESSES, os.cpu_count() or 1)
        for _number in range(count - 1):
            try:
                self.helpers.append(Helper())
            except SolverError as error:
                self.remarks.append(f"{error}: one core works alone.")
                return

    def _current(self):
        routes = {}
        index = self.problem.order_index
        for engineer, stops in self.problem.current.items():
            number = self.problem.engineer_index[engineer]
            route = [FETCH if stop is None else index[stop] for stop in stops]
            fixed = self.model.fixed[number]
            routes[number] = [stop for stop in route if stop not in fixed]
            if self.model.warehouse is None:
                routes[number] = [stop for stop in routes[number] if stop != FETCH]
        return routes

    def _solve_with_pyvrp(self):
        """Improve the plan with PyVRP; a failure is a remark."""
        deadline = self._share(1 - self._last_share())
        try:
            if self._fits_at_once():
                self._solve_at_once(deadline)
            else:
                self._solve_in_groups(deadline)
            self.used = "pyvrp"
        except SolverError as error:
            self.remarks.append(f"{error}: the plan comes from the own search.")

    def _fits_at_once(self):
        """Tell whether the problem is small enough for one task: each kind of engineer
        has a matrix of its own."""
        orders = [self.problem.orders[order] for order in self.search.orders]
        sites = sum(max(1, len(order.windows)) for order in orders)
        size = (
            len(self.search.engineers) * (sites + 2 * len(self.search.engineers)) ** 2
        )
        return len(orders) <= MOST_ORDERS_AT_ONCE and size <= MOST_ENTRIES_AT_ONCE

    def _last_share(self):
        """Return the share of the time for the own search after PyVRP."""
        model, problem = self.model, self.problem
        if (
            self.search.unplaced
            or model.has_deadlines
            or any(model.fixed)
            or any(engineer.breaks for engineer in problem.engineers)
        ):
            return LAST_SHARE_OPEN
        if (
            model.warehouse is not None
            or model.working_weight
            or any(len(order.windows) > 1 for order in problem.orders)
        ):
            return LAST_SHARE_SLOW
        return LAST_SHARE_EXACT

    def _solve_at_once(self, deadline):
        """Let each process solve the whole problem with its own random numbers."""
        routes = self.search.routes()
        seconds = deadline - time.monotonic()
        if seconds < LEAST_SECONDS_OF_A_TASK:
            return
        task = make_task(
            self.model,
            self.search.engineers,
            self.search.orders,
            seconds=seconds,
            seed=self.options.seed,
            routes=routes,
            optional=bool(self.search.unplaced),
        )
        if task is None:
            return
        for number, helper in enumerate(self.helpers, start=1):
            other = {
                **task.data,
                "seed": self.options.seed + number,
                "seconds": deadline - time.monotonic() - SENDING_SECONDS,
                "memory": SHORT,
            }
            self._send(helper, number, other)
        task.data["seconds"] = deadline - time.monotonic()
        if self.helpers:
            task.data["memory"] = LONG
        answers = [run_task(task.data, stop=self._stop)]
        for helper in self.helpers:
            left = 0.0 if self.stopped else self._left()
            found = self._answer_of(helper, left)
            if found is not None:
                answers.append(found[1])
        for answer in answers:
            self._keep_answer(task, answer, self.search.engineers, self.search.orders)

    def _send(self, helper, number, data):
        try:
            helper.send(number, data)
        except SolverError as error:
            self.remarks.append(f"{error}: one core works alone.")

    def _answer_of(self, helper, timeout):
        try:
            return helper.receive(timeout)
        except SolverError:
            return None

    def _keep_answer(self, task, answer, engineers, orders):
        """Keep an answer where it costs less than what is there, by the exact rules."""
        if "error" in answer:
            raise SolverError(answer["error"])
        self.iterations += answer["iterations"]
        self.tasks += 1
        if not answer["routes"]:
            return
        routes = read_answer(task, self.model, answer)
        other = Search(self.model, engineers, orders, seed=self.options.seed)
        other.adopt(routes)
        if other.unplaced:
            other.build(time.monotonic() + 0.2)
        if other.cost < self.search.cost_of(engineers, orders) - 1e-9:
            self.search.replace(engineers, other.routes())

    # === LARGE PROBLEMS === #

    def _solve_in_groups(self, deadline):
        """Improve groups of neighbouring routes, cut anew in each round."""
        chance = random.Random(self.options.seed)
        begin = time.monotonic()
        for number in range(ROUNDS):
            if self._stop():
                return
            end = begin + (deadline - begin) * (number + 1) / ROUNDS
            groups = group_routes(self.search, chance)
            self._run_groups(groups, end, number)

    def _run_groups(self, groups, end, turn):
        """Solve groups in all processes until a time."""
        processes = 1 + len(self.helpers)
        waiting = list(enumerate(groups))
        busy = {}
        while waiting or busy:
            for helper in self.helpers:
                if helper not in busy and waiting:
                    number, group = waiting.pop(0)
                    task = self._group_task(group, waiting, processes, end, turn)
                    if task is not None:
                        self._send(helper, number, task.data)
                        until = time.monotonic() + task.data["seconds"] + GRACE
                        busy[helper] = group, task, until
            if waiting:
                _number, group = waiting.pop(0)
                task = self._group_task(group, waiting, processes, end, turn)
                if task is not None and not self.stopped:
                    answer = run_task(task.data, stop=self._stop)
                    self._keep_answer(task, answer, *group)
            self._gather_answers(busy, wait=not waiting)
            if self.stopped:
                return

    def _gather_answers(self, busy, wait):
        """Take over what helpers have finished."""
        for helper, (group, task, until) in list(busy.items()):
            while True:
                found = self._answer_of(helper, 0.1 if wait else 0.0)
                over = time.monotonic() > until or helper.process.poll() is not None
                if found is not None or over or not wait or self._stop():
                    break
            if found is not None:
                self._keep_answer(task, found[1], *group)
            if found is not None or over:
                del busy[helper]
            if over and found is None and helper in self.helpers:
                self.helpers.remove(helper)
                helper.close()
                self.remarks.append("The second process has ended.")
            if self.stopped:
                return

    def _group_task(self, group, waiting, processes, end, turn):
        """Return the task of a group with its part of the time that is left."""
        engineers, orders = group
        orders_left = len(orders) + sum(len(other[1]) for _n, other in waiting)
        left = end - time.monotonic()
        seconds = left * processes * len(orders) / max(orders_left, 1)
        seconds = min(seconds, left)
        if seconds < LEAST_SECONDS_OF_A_TASK or not orders:
            return None
        task = make_task(
            self.model,
            engineers,
            orders,
            seconds=seconds,
            seed=self.options.seed + 1000 * turn + engineers[0],
            routes={name: self.search.states[name].route for name in engineers},
            optional=any(order in self.search.unplaced for order in orders),
        )
        if task is not None:
            task.data["memory"] = SHORT
        return task

    # === THE END === #

    def _search_on(self):
        """Use the rest of the time for the own search under all rules."""
        if self.search.unplaced and not self.stopped:
            least = time.monotonic() + FIRST_SECONDS * len(self.search.unplaced)
            self.search.build(max(least, self.deadline))
        if not self.stopped:
            left = bool(self.search.unplaced) * self._reason_seconds()
            self.search.improve(self.deadline - left, stop=self._stop)

    def _reason_seconds(self):
        """Return the time for saying why orders are left out."""
        return min(REASON_SECONDS, REASON_SHARE * self.options.seconds)

    def _plan(self):
        routes = self.search.routes()
        numbers = [routes.get(number, []) for number in range(len(self.model.shift))]
        reasons = find_reasons(self.problem, self.search, self._reason_seconds())
        seconds = time.monotonic() - self.started
        plan = numbered_plan(
            self.problem,
            numbers,
            reasons=reasons,
            solver={
                "name": self.used,
                "seconds": round(seconds, 3),
                "objective": self.options.objective,
                "processes": 1 + len(self.helpers),
                "iterations": self.iterations,
                "tasks": self.tasks,
                "stopped": self.stopped,
                "remarks": self.remarks,
            },
        )
        if self.progress:
            self.progress(1.0, plan.cost)
        return plan


def group_routes(search: Search, chance: random.Random):
    """Return ``(engineers, orders)`` of groups of neighbouring routes.

    A group begins at a route far from a random one and takes the nearest routes until
    it has enough orders; orders without a place go with the nearest engineer who may
    serve them.
    """
    model = search.model
    anchors = {
        engineer: _anchor(model, search.states[engineer].route, engineer)
        for engineer in search.engineers
    }
    sizes = {
        engineer: sum(stop != FETCH for stop in search.states[engineer].route)
        for engineer in search.engineers
    }
    extra = {}
    for order in sorted(search.unplaced):
        able = search.near_engineers(order)
        if able:
            place = model.order_place[order]
            near = min(able, key=lambda e: model.matrix[anchors[e]][place])
            extra.setdefault(near, []).append(order)
            sizes[near] += 1
    left = sorted(search.engineers)
    count = max(1, round(sum(sizes.values()) / ORDERS_OF_A_GROUP))
    goal = sum(sizes.values()) / count
    groups = []
    pivot = anchors[chance.choice(left)]
    while left:
        first = max(left, key=lambda e: model.matrix[pivot][anchors[e]])
        row = model.matrix[anchors[first]]
        left.sort(key=lambda e: row[anchors[e]])
        taken, total = [], 0
        while left and (total < goal or not taken):
            taken.append(left.pop(0))
            total += sizes[taken[-1]]
        if sum(sizes[name] for name in left) < goal / 3:
            taken += left
            left = []
        orders = [
            stop
            for engineer in taken
            for stop in search.states[engineer].route[len(model.fixed[engineer]) :]
            if stop != FETCH
        ]
        orders += [order for engineer in taken for order in extra.get(engineer, ())]
        groups.append((taken, orders))
    chance.shuffle(groups)
    return groups


def _anchor(model, route, engineer):
    """Return the place in the middle of a route, or home."""
    places = [model.order_place[stop] for stop in route if stop != FETCH]
    if not places:
        return model.start_place[engineer]
    matrix = model.matrix
    return min(places, key=lambda here: math.fsum(matrix[here][p] for p in places))
