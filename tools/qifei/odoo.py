"""Odoo itself: its configuration, its commands, its server."""

import configparser
import os
import shutil
import socket
import time
import urllib.error
import urllib.request

from . import paths, process
from .errors import Stop

ODOO_BIN = paths.TOOLS / "odoo-bin"
# The demo's telephone numbers may be somebody's: text messages end on this machine.
NO_SMS = """
    INSERT INTO ir_config_parameter (key, value)
         VALUES ('sms.endpoint', 'http://127.0.0.1:9')
    ON CONFLICT (key) DO NOTHING
"""


class Instance:
    """Odoo as one command uses it: an environment, a server, a data folder."""

    def __init__(self, name, environment, server):
        self.name = name
        self.environment = environment
        self.server = server
        self.home = paths.RUN / name
        self.config = self.home / "odoo.conf"
        self._write_config()

    def _write_config(self):
        """Complete the development defaults with this machine's folders."""
        self.home.mkdir(parents=True, exist_ok=True)
        config = configparser.ConfigParser(interpolation=None)
        config.read(paths.ROOT / "odoo.conf")
        config["options"]["addons_path"] = self.environment.addons_path
        config["options"]["data_dir"] = str(self.home / "data")
        # Another process may be reading it.
        draft = self.home / f"odoo.conf.{os.getpid()}"
        with draft.open("w") as target:
            config.write(target)
        draft.replace(self.config)

    @property
    def variables(self):
        values = self.server.environment(self.environment.variables)
        return {**values, "ODOO_RC": str(self.config)}

    def command(self, *arguments, subcommand="server"):
        """Return an Odoo command line; the configuration goes where all accept it."""
        return [
            *(self.environment.python, ODOO_BIN, subcommand),
            *(*arguments, "-c", self.config),
        ]

    def run(self, *arguments, log, failure, subcommand="server", stdin=None):
        """Run an Odoo command to its end, away from any folder named like a module."""
        process.run(
            self.command(*arguments, subcommand=subcommand),
            log=log,
            failure=failure,
            env=self.variables,
            cwd=self.home,
            stdin=stdin,
        )

    def install(self, database, modules, *, log, options=(), action="-i"):
        """Install or update modules; any error that Odoo logs is a failure."""
        path = paths.log_file(log)
        start = path.stat().st_size if path.exists() else 0
        failure = f"Odoo could not install {', '.join(modules)}"
        self.run(
            *("-d", database, action, ",".join(modules)),
            *("--stop-after-init", "--no-http", *options),
            log=log,
            failure=failure,
        )
        with path.open(errors="replace") as output:
            output.seek(start)
            errors = [line for line in output if is_error(line)]
        if errors:
            raise Stop(f"{failure}: {errors[0].strip()} (all of it in {path})")

    def script(self, database, path, *, log, failure):
        """Run a Python file in Odoo's shell."""
        with path.open() as source:
            self.run(
                *("-d", database, "--no-http", "--shell-interface=python"),
                log=log,
                failure=failure,
                subcommand="shell",
                stdin=source,
            )

    def filestore(self, database):
        return self.home / "data/filestore" / database

    def copy(self, source, target):
        """Copy a database with its files, which never change and so can be shared."""
        self.server.create(target, source)
        self.adopt_files(self, source, target)

    def adopt_files(self, other, database, target=None):
        """Take over the files that another instance has of a database."""
        source, target = other.filestore(database), self.filestore(target or database)
        shutil.rmtree(target, ignore_errors=True)
        if source.is_dir():
            shutil.copytree(source, target, copy_function=_link)

    def drop(self, database):
        self.server.drop(database)
        self.drop_files(database)

    def drop_files(self, database):
        shutil.rmtree(self.filestore(database), ignore_errors=True)

    def serve(self, database, port, *options, log):
        """Start the server in the background and return it once it answers."""
        self.server.query(NO_SMS, database)
        running = process.Background(
            self.command(
                *("-d", database, f"--db-filter=^{database}$"),
                *("--http-interface=127.0.0.1", f"--http-port={port}"),
                *(f"--gevent-port={free_port()}", *options),
            ),
            log=log,
            env=self.variables,
            cwd=self.home,
        )
        try:
            wait_until_ready(running, port)
        except BaseException:
            running.end()
            raise
        return running


def _link(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def is_error(line):
    """Tell whether a line of an Odoo log reports an error."""
    return " ERROR " in line[:60] or " CRITICAL " in line[:60]


def wait_until_ready(running, port, patience=120):
    deadline = time.monotonic() + patience
    url = f"http://127.0.0.1:{port}/web/health"
    while time.monotonic() < deadline:
        if not running.running():
            raise process.failed(running.log, 0, "The Odoo server ended while starting")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise Stop(
        f"The Odoo server does not answer on port {port}: look into {running.log}."
    )


def port_is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(first=None, tries=100):
    """Return a free port: the first from `first` on, or any."""
    if first is None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]
    for port in range(first, min(first + tries, 65536)):
        if port_is_free(port):
            return port
    raise Stop(
        f"The ports {first} to {port} are all busy: end a program that uses one, or "
        "name another with QIFEI_PORT."
    )
