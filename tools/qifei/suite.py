"""`make test`: everything that can be checked, in one run with one closing line.

The order is lint, repository tests, addon tests, end-to-end tests. While the first two
run on one core, the other one installs the template database. The rest are jobs that
two lanes take one after the other, each on a database of its own.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from . import addons, console, debian, environment, paths, postgres, process
from . import lint as linting
from .demo import LOGINS
from .errors import sentence
from .odoo import Instance, free_port
from .results import Tally, from_odoo, from_pytest
from .templates import lower_layer, suite_template

LANES = 2
# Seconds after which a job has hung; no job is meant to take a third of it.
LIMIT = 1500
E2E = paths.ROOT / "tests/e2e"
# Core addons that the suite builds on.
CORE = ("stock", "repair", "portal", "rating", "hr")


@dataclass(frozen=True)
class Job:
    """A named part of the run."""

    name: str
    work: Callable

    def run(self):
        start = time.monotonic()
        try:
            tally = self.work(self.name)
        except Exception as error:  # noqa: BLE001
            reason = sentence(error) or f"{type(error).__name__}: {error}"
            tally = Tally(0, [f"{self.name}: {reason}"])
        console.say(f"{self.name}: {tally} in {time.monotonic() - start:.0f} s")
        return tally


class Suite:
    """The jobs of one run, on one environment and one database server."""

    def __init__(self, instance, names=None):
        self.instance = instance
        self.names = names
        self.template = None

    def prepare(self, _name="template"):
        self.template = suite_template(self.instance, self.names)
        return Tally()

    def addon(self, name, tags=None):
        """Run the tests of an addon on its own copy of the template database."""
        database = f"qifei_test_{name}"
        self.instance.copy(self.template, database)
        log = paths.log_file(f"test-{name}")
        log.unlink(missing_ok=True)
        command = self.instance.command(
            *("-d", database, f"--test-tags={tags or '/' + name}"),
            *("--stop-after-init", "--http-interface=127.0.0.1"),
            # Fifty people who want the same order have a connection each.
            *(f"--http-port={free_port()}", "--db_maxconn=128"),
        )
        variables = self.instance.variables
        with process.Background(
            command, log=log.stem, env=variables, cwd=self.instance.home
        ) as odoo:
            status = odoo.wait(LIMIT)
        tally = from_odoo(name, log.read_text(errors="replace"), status)
        if not tally.failures:
            self.instance.drop(database)
        return tally

    def e2e(self, path, options=()):
        """Run a file of end-to-end tests; it makes its databases from the template."""
        variables = {**self.instance.variables, "QIFEI_TEMPLATE": self.template}
        name = f"e2e-{path.stem.removeprefix('test_')}"
        return pytest(name, [path, *options], variables)


def pytest(name, arguments, variables):
    """Run pytest in a process of its own and read its report."""
    log, report = paths.log_file(name), paths.LOGS / f"{name}.xml"
    for path in (log, report):
        path.unlink(missing_ok=True)
    command = ["python", "-m", "pytest", "-q", "-ra", *arguments]
    with process.Background(
        [*command, f"--junitxml={report}"], log=name, env=variables, cwd=paths.ROOT
    ) as running:
        status = running.wait(LIMIT)
    content = report.read_text() if report.exists() else None
    return from_pytest(name, content, status)


def test():
    """Run the whole suite, or the tests of one addon (ADDON, TEST)."""
    addon, title = os.environ.get("ADDON"), os.environ.get("TEST")
    ready = equip()
    with postgres.server("test", settings=postgres.FAST) as server:
        instance = Instance("test", ready, server)
        return report(one(instance, addon, title) if addon else everything(instance))


def one(instance, addon, title):
    """Run the tests of one addon, or the one named by class or class.method."""
    addons.named(addon)
    suite = Suite(instance, [addon])
    suite.prepare()
    tags = f"/{addon}:{title}" if title else None
    return Job(addon, lambda name: suite.addon(name, tags)).run()


def everything(instance):
    suite = Suite(instance)
    variables = instance.environment.variables
    with ThreadPoolExecutor(LANES) as lanes:
        template = lanes.submit(Job("template", suite.prepare).run)
        tally = Job("lint", lambda _name: linting.check(instance.environment)).run()
        tally += Job("repository", lambda name: repository(name, variables)).run()
        tally += template.result()
        if suite.template:
            jobs = [Job(name, suite.addon) for name in by_size(addons.suite())]
            jobs += [
                Job(f"e2e {path.stem}", lambda _name, path=path: suite.e2e(path))
                for path in sorted(E2E.glob("test_*.py"))
            ]
            tally = sum(lanes.map(Job.run, jobs), tally)
    return tally


def repository(name, variables):
    return pytest(name, [paths.ROOT / "tests", f"--ignore={E2E}"], variables)


def by_size(suite):
    """Return the addons with the most to test first, so that the lanes end together."""

    def size(name):
        return sum(
            path.stat().st_size for path in suite[name].folder.glob("tests/**/*")
        )

    return sorted(suite, key=size, reverse=True)


def e2e():
    """Run the end-to-end tests, or those that TEST selects."""
    title = os.environ.get("TEST")
    ready = equip()
    with postgres.server("test", settings=postgres.FAST) as server:
        suite = Suite(Instance("test", ready, server))
        suite.prepare()
        options = ["-k", title] if title else []
        return report(Job("e2e", lambda _name: suite.e2e(E2E, options)).run())


def core():
    """Run the tests of the core addons below the suite, without it and with it.

    With other addons about, some of Odoo's tests fail of themselves: a failure counts
    when the same test does not fail without the suite.
    """
    ready = equip()
    with postgres.server("test", settings=postgres.FAST) as server:
        instance = Instance("test", ready, server)
        template = suite_template(instance)
        sources = {"without": lower_layer(template), "with": template}
        for kind, source in sources.items():
            with console.step(f"Database {kind} the suite, with {', '.join(CORE)}"):
                instance.copy(source, f"qifei_core_{kind}")
                instance.install(
                    f"qifei_core_{kind}", CORE, log="core", options=["--with-demo"]
                )
        # Odoo's tests make users of their own who have the names of the demo's.
        names = ", ".join(f"'{login}'" for login, _role in LOGINS)
        server.query(
            f"UPDATE res_users SET login = 'demo_' || login WHERE login IN ({names})",
            "qifei_core_with",
        )
        addon = os.environ.get("ADDON")
        tally = Tally()
        with ThreadPoolExecutor(LANES) as lanes:
            for name in [addon] if addon else CORE:
                without, with_suite = lanes.map(
                    lambda kind, name=name: core_job(instance, kind, name).run(),
                    sources,
                )
                known = {failure.partition(": ")[2] for failure in without.failures}
                new = [
                    failure
                    for failure in with_suite.failures
                    if failure.partition(": ")[2] not in known
                ]
                tally += Tally(with_suite.passed, new)
    return report(tally)


def core_job(instance, kind, addon):
    """Return the job that runs a core addon's tests in a copy of one database."""
    name = f"core-{addon}-{kind}"

    def work(_name):
        database = f"qifei_test_{name}"
        instance.copy(f"qifei_core_{kind}", database)
        log = paths.log_file(f"test-{name}")
        log.unlink(missing_ok=True)
        command = instance.command(
            *("-d", database, "--http-interface=127.0.0.1"),
            *(f"--http-port={free_port()}", "--shell-interface=python"),
            subcommand="shell",
        )
        variables = {**instance.variables, "QIFEI_TEST_ADDON": addon}
        with (
            (paths.TOOLS / "scripts/run_tests.py").open() as script,
            process.Background(
                command, log=log.stem, env=variables, cwd=instance.home, stdin=script
            ) as odoo,
        ):
            status = odoo.wait(LIMIT)
        instance.drop(database)
        return from_odoo(name, log.read_text(errors="replace"), status)

    return Job(name, work)


def equip():
    """Return the environment, with the programs of the machine that tests need."""
    missing = debian.browser_packages()
    if missing:
        debian.install(missing)
    return environment.prepare(node=True)


def report(tally):
    """Print what failed and the closing line; return the status of the command."""
    for failure in tally.failures:
        print(f"FAILED {failure}")
    if tally.failures:
        print(f"The logs are in {paths.LOGS}.")
    print(tally, flush=True)
    return 1 if tally.failures else 0
