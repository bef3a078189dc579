"""Run an addon's tests with every installed addon loaded (run in Odoo's shell)."""

import os

from odoo.tests.shell import run_tests

addon = os.environ["QIFEI_TEST_ADDON"]
run_tests(env, f"/{addon}", modules=[addon])
