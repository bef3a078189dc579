"""The commands, as the Makefile calls them."""

import os
import shutil
import signal
import sys
import traceback

from . import (
    console,
    environment,
    errors,
    paths,
    postgres,
    suite,
    translations,
)
from . import demo as demonstration
from . import lint as linting
from . import wheels as wheelhouse

COMMANDS = {}


def command(function):
    """Register a command under its name; its first docstring line is its help."""
    COMMANDS[function.__name__.replace("_", "-")] = function
    return function


@command
def demo(_arguments):
    """Install the suite with demo data and serve it until Ctrl-C"""
    demonstration.demo()


@command
def test(_arguments):
    """Run the whole suite; ADDON=qifei_base [TEST=Class.method] for one addon"""
    return suite.test()


@command
def e2e(_arguments):
    """Run the end-to-end tests; TEST=... for those that it selects"""
    return suite.e2e()


@command
def test_core(_arguments):
    """Compare the tests of core addons without and with the suite (ten minutes)"""
    return suite.core()


@command
def lint(_arguments):
    """Check the sources; FILES="..." for some of them"""
    return linting.lint()


@command
def format(_arguments):
    """Let the formatters rewrite the sources; FILES="..." for some of them"""
    return linting.format_()


@command
def bench(_arguments):
    """Compare the suite's speed with its peers, in one database"""
    # Imported here: these are programs of their own, beside this package.
    from bench import main

    return main()


@command
def screenshots(_arguments):
    """Take the screenshots of docs/ from the demo, in both languages"""
    from screenshots import main

    return main()


@command
def lighthouse(_arguments):
    """Audit the public pages with Lighthouse"""
    from lighthouse import main

    return main()


@command
def shell(_arguments):
    """Open Odoo's Python shell on the demo database"""
    return demonstration.shell()


@command
def i18n(_arguments):
    """Export the terms and bring the Chinese catalogues up to date"""
    translations.i18n()


@command
def wheels(_arguments):
    """Build a wheel of every addon into dist/"""
    wheelhouse.wheels()


@command
def exec(arguments):
    """Run a program with the project's tools on its path"""
    ready = environment.prepare(node=True)
    os.chdir(os.environ.get("PWD", os.getcwd()))
    os.execvpe(arguments[0], arguments, ready.variables)


@command
def clean(_arguments):
    """Remove what the commands left in the clone; the shared cache stays"""
    for name in ("demo", "test", "bench", "primary", "replica"):
        postgres.remove(name)
    for folder in (paths.RUN, paths.DIST):
        shutil.rmtree(folder, ignore_errors=True)
    console.say("Clean. What was downloaded stays in the cache.")


@command
def help(_arguments):
    """List the commands"""
    for name, function in COMMANDS.items():
        print(f"  {name:<14}{function.__doc__.splitlines()[0]}")


def main():
    """Run one command; tell a person in one sentence what stopped it."""
    name, *arguments = sys.argv[1:] or ["help"]
    if name not in COMMANDS:
        print(f"Error: there is no command {name}: see `make help`.", file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        return COMMANDS[name](arguments) or 0
    except KeyboardInterrupt:
        console.say("Stopped.")
        return 130
    except Exception as error:  # noqa: BLE001
        sentence = errors.sentence(error)
        if sentence is None:
            log = paths.log_file("crash")
            log.write_text(traceback.format_exc())
            sentence = f"Unexpected {type(error).__name__}: {error} (details in {log})."
        print(f"Error: {sentence}", file=sys.stderr)
        return 1


def _interrupt(_number, _frame):
    raise KeyboardInterrupt
