"""The closing line counts everything, and nothing that showed nothing."""

import pytest
from qifei.results import Tally, from_hooks, from_odoo, from_pytest

STAMP = "2026-01-02 03:04:05,678 99"
TOTAL = f"{STAMP} {{}} db odoo.tests.result: {{}} when loading database 'db' \n"
GREEN = TOTAL.format("INFO", "0 failed, 0 error(s) of 34 tests")
RED = (
    f"{STAMP} ERROR db odoo.addons.qifei_base.tests.test_area: FAIL: TestArea.test_a\n"
    "Traceback (most recent call last):\nAssertionError\n"
    f"{STAMP} ERROR db odoo.addons.qifei_base.tests.test_area: ERROR: TestArea.test_b\n"
    + TOTAL.format("ERROR", "1 failed, 1 error(s) of 34 tests")
)
SKIPPED = (
    f"{STAMP} INFO db odoo.addons.qifei_base.tests.test_ui: skipped TestUi.test_tour :"
    f" Chrome executable not found\n{GREEN}"
)
LOGGED = f"{STAMP} ERROR db odoo.modules.registry: Model x is declared twice\n{GREEN}"
STARTED = f"{STAMP} INFO db odoo.modules.loading: loading 1 modules...\n"
CRASHED = f"{STARTED}{STAMP} CRITICAL db odoo.service.server: Failed to initialize\n"
EMPTY = STARTED + TOTAL.format("WARNING", "0 failed, 0 error(s) of 0 tests")


@pytest.mark.parametrize(
    "log, status, expected",
    [
        (GREEN, 0, "34 passed, 0 failed"),
        (RED, 1, "32 passed, 2 failed"),
        (SKIPPED, 0, "33 passed, 1 failed"),
        (LOGGED, 0, "34 passed, 1 failed"),
        (CRASHED, 255, "0 passed, 1 failed"),
        (STARTED, 0, "0 passed, 1 failed"),
        (EMPTY, 0, "0 passed, 1 failed"),
        (GREEN, 3, "34 passed, 1 failed"),
        ("", 0, "0 passed, 1 failed"),
    ],
)
def test_tally_of_an_odoo_run(log, status, expected):
    assert str(from_odoo("qifei_base", log, status)) == expected


def test_failures_are_named():
    assert from_odoo("qifei_base", RED, 1).failures == [
        "qifei_base: TestArea.test_a",
        "qifei_base: TestArea.test_b",
    ]
    assert "declared twice" in from_odoo("qifei_base", LOGGED, 0).failures[0]


@pytest.mark.parametrize(
    "cases, status, expected",
    [
        ("<testcase classname='c' name='a'/><testcase name='b'/>", 0, "2 passed, 0 f"),
        (
            "<testcase name='a'/><testcase name='b'><failure/></testcase>",
            1,
            "1 passed, 1",
        ),
        ("<testcase name='a'><skipped/></testcase>", 0, "0 passed, 1 failed"),
        ("<testcase name='a'><error/></testcase>", 1, "0 passed, 1 failed"),
        ("<testcase name='a'/>", 2, "1 passed, 1 failed"),
        ("", 5, "0 passed, 1 failed"),
    ],
)
def test_tally_of_a_pytest_run(cases, status, expected):
    report = f"<testsuites><testsuite>{cases}</testsuite></testsuites>"
    assert str(from_pytest("tests", report, status)).startswith(expected)


def test_pytest_without_report_has_failed():
    assert str(from_pytest("tests", None, 3)) == "0 passed, 1 failed"


def test_tally_of_the_hooks():
    output = (
        "ruff.....................Passed\n"
        "prettier.................Failed\n- hook id: prettier\n"
        "hadolint...(no files to check)Skipped\n"
    )
    assert str(from_hooks("lint", output, 1)) == "1 passed, 1 failed"
    assert str(from_hooks("lint", "An error has occurred", 3)) == "0 passed, 1 failed"


def test_sum_is_the_closing_line():
    total = sum([Tally(3, ["x"]), Tally(4)], Tally())
    assert str(total) == "7 passed, 1 failed"
