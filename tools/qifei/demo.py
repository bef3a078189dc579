"""`make demo`: the suite with demo data on a server of one's own."""

import contextlib
import os
import subprocess
import time

from . import addons, cache, console, debian, environment, paths, postgres
from .errors import Stop
from .odoo import Instance, free_port

DATABASE = "qifei_demo"
FIRST_PORT = 8069
LOGINS = (
    ("manager", "after-sales manager"),
    ("agent", "customer-service agent"),
    ("dispatcher", "dispatcher"),
    ("engineer", "engineer"),
    ("keeper", "parts keeper"),
    ("customer", "customer, in the portal"),
    ("partner", "service partner, in the portal"),
)


def demo():
    """Install the suite with demo data when it changed, and serve it until Ctrl-C."""
    port = choose_port()
    missing = debian.print_packages()
    if missing:
        try:
            debian.install(missing)
        except Stop as reason:
            console.say(f"PDF documents will be incomplete. {reason}")
    with postgres.server("demo") as server:
        instance = Instance("demo", environment.prepare(), server)
        refresh(instance)
        with console.step("Odoo server"):
            running = instance.serve(DATABASE, port, log="demo-server")
        with running, contextlib.suppress(KeyboardInterrupt):
            console.say(welcome(port))
            while running.running():
                time.sleep(1)
            raise Stop(f"The Odoo server has ended by itself: look into {running.log}.")
    console.say("Stopped.")


def choose_port():
    """Return the port to serve on, and say so when it is not the usual one."""
    wanted = os.environ.get("QIFEI_PORT", str(FIRST_PORT))
    if not wanted.isdigit() or not 1024 <= int(wanted) <= 65535:
        raise Stop(f"QIFEI_PORT={wanted} is no port: name one from 1024 to 65535.")
    port = free_port(int(wanted))
    if port != int(wanted):
        console.say(f"Port {wanted} is busy: the demo will be on port {port} instead.")
    return port


def refresh(instance):
    """Install the demo database, anew when the addons are no longer those it has."""
    suite = list(addons.suite().values())
    mark = instance.home / "installed"
    key = cache.digest(instance.environment.key, addons.fingerprint(suite))
    known = mark.read_text() if mark.exists() else None
    if known == key and DATABASE in instance.server.databases():
        return
    mark.unlink(missing_ok=True)
    names = [addon.name for addon in suite]
    instance.drop(DATABASE)
    instance.server.create(DATABASE)
    with console.step(f"Demo database with {', '.join(names)}"):
        instance.install(DATABASE, names, log="demo-install", options=["--with-demo"])
    for script, text in (
        ("load_chinese", "Chinese as second language"),
        ("warm_pages", "Style sheets and scripts of the pages"),
    ):
        with console.step(text):
            instance.script(
                DATABASE,
                paths.TOOLS / f"scripts/{script}.py",
                log="demo-install",
                failure=f"{text}: this step of the demo failed",
            )
    mark.write_text(key)


def welcome(port):
    """Return what a visitor needs to know."""
    logins = "\n".join(f"    {name:<12}{name:<12}{role}" for name, role in LOGINS)
    return f"""Ready.

  Back office   http://127.0.0.1:{port}/odoo
  Website       http://127.0.0.1:{port}/

    login       password    who it is
{logins}
    admin       admin       system administrator

  Ctrl-C ends the server and its database.
"""


def shell():
    """Open Odoo's Python shell on the demo database, whether it is served or not."""
    with postgres.server("demo", shared=True) as server:
        instance = Instance("demo", environment.prepare(), server)
        if DATABASE not in server.databases():
            raise Stop("There is no demo database yet: start `make demo` once.")
        command = instance.command(
            *("-d", DATABASE, "--no-http", "--log-level=warn"), subcommand="shell"
        )
        return subprocess.run(
            list(map(str, command)),
            env=instance.variables,
            cwd=instance.home,
            check=False,
        ).returncode
