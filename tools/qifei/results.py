"""What a test run counted, read from what Odoo, pytest and pre-commit leave."""

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree

from .odoo import is_error

_TOTAL = re.compile(
    r" odoo\.tests\.(?:result|shell): .*?(\d+) failed, (\d+) error\(s\) of (\d+) tests"
)
_FAILED = re.compile(r" ERROR \S+ \S+: (?:FAIL|ERROR): (.+)")
_SKIPPED = re.compile(r" INFO \S+ odoo\.addons\.\S+: skipped (.+)")
_REPORTING = re.compile(r" odoo\.(?:tests\.(?:result|shell)|modules\.loading): ")
_HOOK = re.compile(r"^(.+?)\.{3,}.*?(Passed|Failed)$", re.MULTILINE)


@dataclass
class Tally:
    """How many checks passed, and what failed."""

    passed: int = 0
    failures: list = field(default_factory=list)

    def __add__(self, other):
        return Tally(self.passed + other.passed, self.failures + other.failures)

    def __str__(self):
        return f"{self.passed} passed, {len(self.failures)} failed"


def from_odoo(name, log, returncode):
    """Return the tally of an Odoo run.

    A skipped test has shown nothing, so it counts as failed (a browser that does not
    start skips its test); so does a run without a test, a run that ended by itself,
    and an error that was logged outside of a failed test.
    """
    totals = _TOTAL.findall(log)
    count = sum(int(total) for _failed, _errors, total in totals)
    failures = _FAILED.findall(log)
    failures += [f"skipped {title}" for title in _SKIPPED.findall(log)]
    passed = max(count - len(failures), 0)
    if not failures:
        errors = [line for line in log.splitlines() if is_error(line)]
        failures += [line for line in errors if not _REPORTING.search(line)][:1]
    if not failures and not count:
        failures.append("no test was run")
    if not failures and returncode:
        failures.append(f"Odoo ended with status {returncode}")
    return Tally(passed, [f"{name}: {failure}" for failure in failures])


def from_pytest(name, report, returncode):
    """Return the tally of a pytest run from its JUnit report (None: there is none)."""
    if report is None:
        return Tally(0, [f"{name}: pytest ended with status {returncode}"])
    passed, failures = 0, []
    for case in ElementTree.fromstring(report).iter("testcase"):
        # A skipped test has shown nothing, so it counts as failed.
        if any(case.find(tag) is not None for tag in ("failure", "error", "skipped")):
            failures.append(f"{name}: {case.get('classname')}.{case.get('name')}")
        else:
            passed += 1
    if not failures and (returncode or not passed):
        failures.append(f"{name}: pytest ended with status {returncode}")
    return Tally(passed, failures)


def from_hooks(name, output, returncode):
    """Return the tally of pre-commit; a hook without a file to check does not count."""
    hooks = _HOOK.findall(output)
    failures = [f"{name}: {hook}" for hook, state in hooks if state == "Failed"]
    if returncode and not failures:
        failures.append(f"{name}: pre-commit ended with status {returncode}")
    return Tally(sum(state == "Passed" for _hook, state in hooks), failures)
