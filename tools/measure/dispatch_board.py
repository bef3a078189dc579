"""The dispatch board of a large company: 200 engineers and 1,000 orders on one day."""

import random
import statistics
import time
from datetime import timedelta

ENGINEERS = 200
ORDERS = 1000
UNPLANNED = 100
# A city, and how far it reaches in degrees.
CITY = (31.23, 121.47)
REACH = 0.25
# Visits of one engineer: first begin and distance in hours, and length.
FIRST, DISTANCE, LENGTH = 8.25, 1.75, 1.25


def fill(env, seed=7):
    """Make engineers with visits on the next Wednesday, and some to be planned.

    :return: the day, the orders that are planned on it, and those that are not
    """
    chance = random.Random(seed)
    company = env.company

    def place():
        return {
            "latitude": CITY[0] + chance.uniform(-REACH, REACH),
            "longitude": CITY[1] + chance.uniform(-REACH, REACH),
        }

    skills = env["qifei.skill"].create(
        [{"name": f"Measured skill {number}"} for number in range(5)]
    )
    engineers = env["qifei.engineer"].create(
        [
            {
                "name": f"Measured engineer {number:03d}",
                "skill_ids": chance.sample(skills.ids, 3),
                **{f"start_{name}": value for name, value in place().items()},
            }
            for number in range(ENGINEERS)
        ]
    )
    kind = env["qifei.ticket.type"].create(
        {
            "name": "Measured visit",
            "code": "measured_visit",
            "skill_ids": skills[:1].ids,
        }
    )
    customers = env["res.partner"].create(
        [
            {"name": f"Measured customer {number}", "street": f"{number} Long Road"}
            for number in range(ORDERS + UNPLANNED)
        ]
    )
    today = company._get_dispatch_today()
    day = today + timedelta(days=(2 - today.weekday()) % 7 or 7)
    midnight = env["qifei.dispatch.board"]._get_clock(company, day).midnight(day)
    values = []
    for number, customer in enumerate(customers):
        hours = FIRST + DISTANCE * (number // ENGINEERS)
        start = midnight + timedelta(hours=hours)
        values.append(
            {
                "partner_id": customer.id,
                "ticket_type_id": kind.id,
                "duration": LENGTH,
                **place(),
            }
        )
        if number < ORDERS:
            values[-1].update(
                engineer_id=engineers[number % ENGINEERS].id, planned_start=start
            )
    orders = env["qifei.work.order"].create(values)
    orders[:ORDERS].action_assign()
    env.flush_all()
    return str(day), orders[:ORDERS], orders[ORDERS:]


def measure(env, say, rounds=5):
    """Ask the board some times; everything is undone afterwards.

    :return: ``{question: (milliseconds, queries)}``
    """
    try:
        say(f"plan {ORDERS} visits of {ENGINEERS} engineers for one day")
        # As superuser: dispatchers do not make working hours.
        day, planned, unplanned = fill(env(su=True))
        for table in ("qifei_work_order", "qifei_engineer", "res_partner"):
            env.cr.execute(f"ANALYZE {table}")
        return {
            name: _median(env, question, rounds)
            for name, question in questions(env, day, planned, unplanned).items()
        }
    finally:
        env.cr.rollback()
        env.invalidate_all()


def questions(env, day, planned, unplanned):
    """Return what is measured, by name."""
    board = env["qifei.dispatch.board"]
    order, engineer = planned[0], planned[1].engineer_id
    return {
        "the whole board": lambda: board.get_board(day),
        "who can take an order": lambda: board.get_candidates(unplanned[0].id, day),
        "one place while dragging": lambda: board.check_move(
            unplanned[0].id, engineer.id, planned[1].planned_end
        ),
        "what another dispatcher has changed": lambda: board.get_changes(
            day, order.ids, engineer.ids
        ),
    }


def _median(env, question, rounds):
    durations, queries = [], 0
    for _round in range(rounds + 1):
        env.invalidate_all()
        before, start = env.cr.sql_log_count, time.perf_counter()
        question()
        durations.append(1000 * (time.perf_counter() - start))
        queries = env.cr.sql_log_count - before
    # The first round plans the query and reads the tables from disk.
    return statistics.median(durations[1:]), queries
