"""Several nodes: portal reads come from a replica, writes go to the primary.

Two Odoo servers with workers share the filestore and the sessions, as the nodes of
docker/compose.scale.yaml do. Both PostgreSQL servers log every statement, so what each
of them was asked can be read.
"""

import contextlib
import re
import shutil
import subprocess
import time
import uuid

import pytest
import requests
from qifei import postgres, process
from qifei.odoo import Instance, free_port
from qifei.postgres import Cluster, Server

DATABASE = "qifei_scale"
LOGIN = "customer"
READ_ONLY_PAGES = ("/my/tickets", "/my/equipment")
LOGGED = {**postgres.FAST, "log_statement": "all", "log_line_prefix": "%d "}
WAIT = 60


class Node:
    """One Odoo server of several."""

    def __init__(self, stack, instance, name, *options):
        self.port = free_port()
        self.websocket_port = free_port()
        stack.enter_context(
            instance.serve(
                DATABASE,
                self.port,
                *("--workers=2", "--max-cron-threads=0"),
                *(f"--gevent-port={self.websocket_port}", *options),
                log=f"e2e-{name}",
            )
        )

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"


class StatementLog:
    """The statements that a PostgreSQL server was asked to run."""

    def __init__(self, cluster):
        self.path = cluster.home / "log"
        self.position = 0

    def mark(self):
        self.position = self.path.stat().st_size

    def since_mark(self):
        with self.path.open(errors="replace") as log:
            log.seek(self.position)
            text = log.read()
        return [
            statement
            for statement in re.split(r"(?m)^(?=\S* LOG:  statement: )", text)
            if statement.startswith(f"{DATABASE} LOG:  statement: ")
        ]

    def count(self, pattern):
        return sum(bool(re.search(pattern, line)) for line in self.since_mark())


@pytest.fixture(scope="module")
def primary(template):
    """A PostgreSQL server of this test's own with a copy of the template."""
    cluster = Cluster(postgres.home_for("primary"), "e2e-primary", LOGGED)
    shutil.rmtree(cluster.home, ignore_errors=True)
    cluster.start()
    try:
        cluster.server.create(DATABASE)
        copy_database(Server({}), template, cluster.server)
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(cluster.home)


def copy_database(source, name, target):
    dump = subprocess.Popen(
        [postgres.program("pg_dump"), "-Fc", "-Z0", name],
        env=source.environment(),
        stdout=subprocess.PIPE,
    )
    restored = subprocess.run(
        [postgres.program("pg_restore"), "--no-owner", "-d", DATABASE],
        env=target.environment(),
        stdin=dump.stdout,
        check=False,
    )
    assert (dump.wait(), restored.returncode) == (0, 0)


@pytest.fixture(scope="module")
def replica(primary):
    """A streaming replica of the primary."""
    cluster = Cluster(postgres.home_for("replica"), "e2e-replica", LOGGED)
    shutil.rmtree(cluster.home, ignore_errors=True)
    postgres.make_home(cluster.home)
    process.run(
        postgres.as_owner(postgres.program("pg_basebackup"), "-h", primary.home)
        + ["-U", postgres.USER, "-D", cluster.data, "-R", "-X", "stream"]
        + ["--checkpoint=fast"],
        log="e2e-replica",
        failure="The replica could not be made",
        cwd="/",
    )
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(cluster.home)


@pytest.fixture(scope="module")
def nodes(primary, replica, instance, template):
    """Two Odoo servers on the primary and the replica, with shared files."""
    scaled = Instance("scale", instance.environment, primary.server)
    scaled.adopt_files(instance, template, DATABASE)
    option = f"--db_replica_host={replica.home}"
    with contextlib.ExitStack() as stack:
        yield [Node(stack, scaled, name, option) for name in ("node1", "node2")]
    shutil.rmtree(scaled.home, ignore_errors=True)


@pytest.fixture(scope="module")
def customer(nodes):
    """The browser of a portal customer, logged in on the first node."""
    browser = requests.Session()
    page = browser.get(nodes[0].url("/web/login"), timeout=WAIT)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    values = {"login": LOGIN, "password": LOGIN, "csrf_token": token}
    answer = browser.post(nodes[0].url("/web/login"), data=values, timeout=WAIT)
    assert answer.status_code == 200
    assert "/my" in answer.url
    return browser


def test_replica_streams_from_the_primary(primary, replica):
    mark = uuid.uuid4().hex
    primary.server.query(f"CREATE TABLE replication_{mark} (id int)", DATABASE)
    deadline = time.monotonic() + WAIT
    query = f"SELECT count(*) FROM pg_tables WHERE tablename = 'replication_{mark}'"
    while replica.server.query(query, DATABASE) != ["1"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    primary.server.query(f"DROP TABLE replication_{mark}", DATABASE)


def test_session_is_shared_by_the_nodes(nodes, customer):
    for node in nodes:
        page = customer.get(node.url("/my/home"), timeout=WAIT)
        assert page.status_code == 200
        assert page.url == node.url("/my/home")


@pytest.mark.parametrize("path", READ_ONLY_PAGES)
def test_portal_page_is_read_from_the_replica(nodes, customer, primary, replica, path):
    asked, spared = StatementLog(replica), StatementLog(primary)
    for node in nodes:
        customer.get(node.url(path), timeout=WAIT)  # loads the registry of the worker
        asked.mark()
        spared.mark()
        page = customer.get(node.url(path), timeout=WAIT)
        assert page.status_code == 200
        assert page.url == node.url(path)
        assert asked.count(r'FROM "qifei_')
        assert not spared.count(r'FROM "qifei_')


def test_write_goes_to_the_primary(nodes, customer, primary, replica):
    ticket = primary.server.query(
        "SELECT min(t.id) FROM qifei_ticket t JOIN res_users u USING (partner_id)"
        f" WHERE u.login = '{LOGIN}'",
        DATABASE,
    )[0]
    written, spared = StatementLog(primary), StatementLog(replica)
    written.mark()
    spared.mark()
    remark = f"The noise is back ({uuid.uuid4().hex})"
    values = {
        "thread_model": "qifei.ticket",
        "thread_id": int(ticket),
        "post_data": {"body": remark, "message_type": "comment"},
    }
    answer = customer.post(
        nodes[1].url("/mail/message/post"), json={"params": values}, timeout=WAIT
    ).json()
    assert "error" not in answer
    assert written.count('INSERT INTO "mail_message"')
    assert not spared.count(r"(?i)statement: (INSERT|UPDATE|DELETE) ")
    query = f"SELECT count(*) FROM mail_message WHERE body LIKE '%{remark}%'"
    assert primary.server.query(query, DATABASE) == ["1"]


def test_every_node_has_its_websocket(nodes):
    for node in nodes:
        url = f"http://127.0.0.1:{node.websocket_port}/websocket/health"
        assert requests.get(url, timeout=WAIT).json() == {"status": "pass"}
