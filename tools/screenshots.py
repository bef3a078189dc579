"""`make screenshots`: the pictures of docs/screenshots, from the demo.

Each is taken in English and in Chinese.

QIFEI_URL and QIFEI_DB name a running demo to use instead of one of its own;
QIFEI_PICTURES takes some of the scenes only (back_office documents parts
booking portal).
"""

import contextlib
import os

from qifei import console, debian, environment, paths, postgres, process
from qifei.odoo import Instance, free_port
from qifei.templates import suite_template

DATABASE = "qifei_screenshots"
FOLDER = paths.ROOT / "docs/screenshots"


def main():
    missing = debian.browser_packages()
    if missing:
        debian.install(missing)
    prepared = environment.prepare()
    with contextlib.ExitStack() as stack:
        if "QIFEI_URL" not in os.environ:
            _serve(prepared, stack)
        with console.step("Pictures"):
            process.run(
                [prepared.python, paths.TOOLS / "pictures.py", FOLDER],
                log="screenshots",
                failure="The pictures could not be taken",
                env={**prepared.variables, **_target()},
            )
    count = len(list(FOLDER.glob("*/*.png")))
    console.say(f"{count} pictures are in {FOLDER.relative_to(paths.ROOT)}.")


def _serve(prepared, stack):
    """Serve a copy of the template database in both languages."""
    server = stack.enter_context(postgres.server("test", settings=postgres.FAST))
    instance = Instance("test", prepared, server)
    template = suite_template(instance)
    with console.step("Odoo server in two languages"):
        instance.copy(template, DATABASE)
        stack.callback(instance.drop, DATABASE)
        instance.script(
            DATABASE,
            paths.TOOLS / "scripts/load_chinese.py",
            log=DATABASE,
            failure="Chinese could not be loaded",
        )
        port = free_port()
        stack.enter_context(instance.serve(DATABASE, port, log=DATABASE))
    os.environ["QIFEI_URL"] = f"http://127.0.0.1:{port}"
    os.environ["QIFEI_DB"] = DATABASE


def _target():
    return {name: os.environ[name] for name in ("QIFEI_URL", "QIFEI_DB")}
