"""Fixtures of the end-to-end tests: a database server, Odoo commands, snapshots.

They run with `make test` and `make e2e`, which start the server that they use and
install the template database that they copy.
"""

import os

import pytest
from qifei import environment
from qifei.odoo import Instance
from qifei.postgres import Server
from snapshot import Snapshot


@pytest.fixture(scope="session")
def instance():
    """Odoo with the database server of the test run."""
    return Instance("test", environment.prepare(node=True), Server({}))


@pytest.fixture(scope="session")
def template():
    """The name of the database that has the whole suite with demo data."""
    if "QIFEI_TEMPLATE" not in os.environ:
        pytest.fail("The end-to-end tests need their servers: run `make e2e`.")
    return os.environ["QIFEI_TEMPLATE"]


@pytest.fixture(scope="module")
def database(instance, request):
    """Return a function that gives a database, dropped after the tests of the file."""
    made = []

    def make(name, source=None):
        name = f"qifei_e2e_{name}"
        if source:
            instance.copy(source, name)
        else:
            instance.server.create(name)
            instance.drop_files(name)
        made.append(name)
        return name

    yield make
    for name in made:
        instance.drop(name)


@pytest.fixture(scope="session")
def snapshot():
    return Snapshot
