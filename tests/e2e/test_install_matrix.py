"""Each addon alone: it installs, an update changes nothing, nothing of it stays."""

from dataclasses import dataclass

import pytest
from qifei import addons
from snapshot import Snapshot


@dataclass
class Stages:
    """One database before, during and after the life of an addon in it."""

    before: Snapshot
    installed: Snapshot
    updated: Snapshot
    removed: Snapshot


@pytest.fixture(scope="module", params=addons.suite())
def stages(request, instance, database):
    """Install an addon where only its dependencies are, update it, uninstall it."""
    addon = addons.named(request.param)
    name = database(f"matrix_{addon.name}")
    log = f"e2e-matrix-{addon.name}"
    # A bridge would come with what it joins, and there would be no state before it.
    options = ["--skip-auto-install"] if addon.manifest.get("auto_install") else []
    instance.install(name, addon.depends, log=log, options=options)
    before = Snapshot(name)
    instance.install(name, [addon.name], log=log, options=options)
    installed = Snapshot(name)
    instance.install(name, [addon.name], log=log, options=options, action="-u")
    updated = Snapshot(name)
    instance.run(
        *("uninstall", "-d", name, addon.name),
        log=log,
        failure=f"{addon.name} could not be uninstalled",
        subcommand="module",
    )
    yield Stages(before, installed, updated, Snapshot(name))
    instance.drop(name)


def refuse(changes):
    """Fail with one line per change."""
    changes = list(changes)
    if changes:
        pytest.fail("\n".join(changes), pytrace=False)


def test_addon_alone_brings_its_models(stages):
    assert stages.installed.names["XML id"] > stages.before.names["XML id"]


def test_update_changes_no_schema(stages):
    refuse(stages.updated.schema_changes(stages.installed))


def test_update_changes_no_configuration(stages):
    refuse(stages.updated.name_changes(stages.installed))


def test_update_changes_no_row(stages):
    refuse(stages.updated.row_changes(stages.installed))


def test_uninstall_leaves_the_schema_as_it_was(stages):
    refuse(stages.removed.schema_changes(stages.before))


def test_uninstall_leaves_the_configuration_as_it_was(stages):
    refuse(stages.removed.name_changes(stages.before))


def test_uninstall_leaves_the_rows_as_they_were(stages):
    refuse(stages.removed.row_changes(stages.before))
