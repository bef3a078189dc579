"""The tasks that are measured, in rounds that take every subject in turn."""

import statistics
import threading
import time
from contextlib import contextmanager
from unittest.mock import patch

from lxml import etree
from werkzeug.test import Client

import odoo.http
from odoo.service import security

from .subjects import customer

BATCH = 500
PAGE = 80


class Meter:
    """Time and queries of what runs inside `with meter:`."""

    def __init__(self, env):
        self.cr = env.cr

    def __enter__(self):
        self.queries = self.cr.sql_log_count
        self.start = time.perf_counter()
        return self

    def __exit__(self, *_details):
        self.seconds = time.perf_counter() - self.start
        self.queries = self.cr.sql_log_count - self.queries

    def per(self, count):
        """Return milliseconds and queries for each of `count`."""
        return 1000 * self.seconds / count, self.queries / count


@contextmanager
def undone(env):
    """Undo what a round has written; each round finds the same database."""
    try:
        yield
    finally:
        env.cr.rollback()
        env.invalidate_all()


def batch_create(env, subject):
    values = [subject.values(number) for number in range(BATCH)]
    with undone(env), Meter(env) as meter:
        env[subject.model].create(values)
        env.cr.flush()
    return meter.per(BATCH)


def single_create(env, subject):
    with undone(env):
        env.invalidate_all()
        with Meter(env) as meter:
            env[subject.model].create(subject.values(1))
            env.cr.flush()
    return meter.per(1)


def state_walk(env, subject):
    """Take a record from new to finished; the figures are those of one step.

    A step is a request of its own, so each starts with an empty cache. No peer tells
    the customer about the steps, so ours keeps silent here.
    """
    return _walk(env, subject, "none")


def told_walk(env, subject):
    """Walk once more, with an e-mail for the customer at each turn."""
    return _walk(env, subject, "email")


def _walk(env, subject, preference):
    with undone(env):
        if subject.ours:
            customer(env).partner_id.qifei_notify_by = preference
        record = env[subject.model].create(subject.values(1))
        env.cr.flush()
        figures = []
        for step in subject.walk(record):
            env.invalidate_all()
            with Meter(env) as meter:
                step()
                env.cr.flush()
            figures.append(meter.per(1))
    return tuple(statistics.mean(column) for column in zip(*figures, strict=True))


def list_read(env, subject):
    """Read the first page as the web client does: the fields of the real list."""
    return _read_page(env, subject).per(1)


def column_read(env, subject):
    """Read the same page; the lists show from 6 to 20 columns, so for each of them."""
    columns = len(list_specification(env, subject.model)[0])
    return _read_page(env, subject).per(columns)


def _read_page(env, subject):
    specification, order = list_specification(env, subject.model)
    env.invalidate_all()
    with Meter(env) as meter:
        env[subject.model].web_search_read(
            domain=[],
            specification=specification,
            limit=PAGE,
            order=order,
            count_limit=10001,
        )
    return meter


# What the column of planned activities reads besides the activities.
ACTIVITY_FIELDS = (
    "activity_exception_decoration",
    "activity_exception_icon",
    "activity_state",
    "activity_summary",
    "activity_type_icon",
    "activity_type_id",
)


def list_specification(env, model):
    """Return what the web client asks for when it shows the list view of a model.

    It reads optional columns, too, hidden or not; of an invisible relation it reads
    the id alone.
    """
    arch = etree.fromstring(
        env[model].get_views([(False, "list")])["views"]["list"]["arch"]
    )
    specification = {}
    for node in arch.iter("field"):
        if any(parent.tag == "field" for parent in node.iterancestors()):
            continue
        name, widget = node.get("name"), node.get("widget")
        shown = node.get("column_invisible") not in ("1", "True")
        specification[name] = _column_specification(env[model], name, widget, shown)
        if widget == "list_activity":
            for extra in ACTIVITY_FIELDS:
                specification[extra] = _column_specification(env[model], extra)
    return specification, arch.get("default_order") or ""


def _column_specification(model, name, widget=None, shown=True):
    column = model._fields[name]
    if not column.relational:
        return {}
    if column.type == "many2one":
        return {"fields": {"display_name": {}} if shown else {}}
    if widget != "many2many_tags":
        return {}
    fields = {"display_name": {}}
    if "color" in model.env[column.comodel_name]._fields:
        fields["color"] = {}
    return {"fields": fields}


def portal_list(env, subject):
    """Open the customer's list in the portal, through Odoo's whole HTTP stack."""
    return _portal_client(env, subject)()


def _portal_client(env, subject):
    user = env["res.users"].sudo().search([("login", "=", "bench-customer")])
    root = odoo.http.root
    session = root.session_store.new()
    session.update(odoo.http.get_default_session(), db=env.cr.dbname)
    session.update(uid=user.id, login=user.login)
    session.session_token = security.compute_session_token(session, env(user=user.id))
    root.session_store.save(session)
    client = Client(root)
    client.set_cookie("session_id", session.sid, domain="localhost")

    def request():
        with routes_without(env, subject.shadow):
            client.get(subject.portal)
            thread = threading.current_thread()
            start = time.perf_counter()
            response = client.get(subject.portal)
            seconds = time.perf_counter() - start
            if response.status_code != 200:
                raise RuntimeError(f"{subject.portal} answers {response.status}")
            return 1000 * seconds, thread.query_count

    return request


@contextmanager
def routes_without(env, addon):
    """Answer requests as if an addon of the database were not installed.

    Ours and a peer use the same address for their lists.
    """
    original = odoo.http._generate_routing_rules

    def generate(modules, *args, **kwargs):
        return original([name for name in modules if name != addon], *args, **kwargs)

    env.registry.clear_cache("routing")
    with patch.object(odoo.http, "_generate_routing_rules", generate):
        yield
    env.registry.clear_cache("routing")


def median(figures):
    """Return the median of each figure on its own."""
    return tuple(statistics.median(column) for column in zip(*figures, strict=True))


# Title, task, and how often it is measured in a round.
TASKS = (
    ("batch create of 500, per record", batch_create, 1),
    ("single create", single_create, 10),
    ("state walk, per step", state_walk, 5),
    ("state walk with messages, per step", told_walk, 5),
    ("list read of 80 out of 20,000, per column", column_read, 10),
    ("list read of 80 out of 20,000, whole view", list_read, 10),
    ("portal list of 5,000", portal_list, 5),
)


def _takes_part(subject, task):
    if task is portal_list:
        return bool(subject.portal)
    return task is not told_walk or subject.ours


def measure(env, subjects, rounds, say):
    """Return `{task: {subject name: (milliseconds, queries)}}`.

    The subjects take turns, each turn begun by another one, so that a slow moment of
    the machine falls on all of them; the first two turns only warm the caches.
    """
    results = {}
    for title, task, times in TASKS:
        say(title)
        turns = [subject for subject in subjects if _takes_part(subject, task)]
        figures = {subject.name: [] for subject in turns}
        for number in range(2 + rounds * times):
            for subject in turns:
                figure = task(env, subject)
                if number >= 2:
                    figures[subject.name].append(figure)
            turns = turns[1:] + turns[:1]
        results[title] = {
            subject.name: median(figures[subject.name])
            for subject in subjects
            if figures.get(subject.name)
        }
    return results
