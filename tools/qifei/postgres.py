"""The PostgreSQL of a command: the one that PG* names, else a private cluster."""

import contextlib
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from . import cache, console, debian, paths, process
from .errors import Stop

USER = "odoo"
# Nothing of a test run has to outlive a crash of the machine.
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
CLIENT_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGSERVICE")
# A path of a Unix socket may have 107 characters.
_LONGEST_HOME = 80


class Server:
    """A PostgreSQL server reached with libpq's own variables."""

    def __init__(self, variables):
        self.variables = variables

    def environment(self, base=None):
        return {**(base or os.environ), **self.variables}

    def query(self, statement, database="postgres"):
        """Run one statement and return the lines that it prints."""
        command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database]
        done = process.capture(
            [program(command[0]), *command[1:], "-c", statement], self.environment()
        )
        if done.returncode:
            raise Stop(f"PostgreSQL refused a statement: {done.stderr.strip()}")
        return done.stdout.splitlines()

    def databases(self):
        return self.query("SELECT datname FROM pg_database WHERE NOT datistemplate")

    def create(self, name, template="template0"):
        """Create a database, in place of one of that name."""
        self.drop(name)
        self.query(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def drop(self, name):
        self.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def rename(self, name, new_name):
        self.query(f'ALTER DATABASE "{name}" RENAME TO "{new_name}"')


class ExternalServer(Server):
    """The server that the PG* variables of the caller name."""

    def __init__(self):
        super().__init__({})
        if os.environ.get("PGUSER") == "postgres":
            raise Stop(
                "Odoo refuses the database user postgres: create another one that may "
                "create databases (`createuser --createdb odoo`) and set PGUSER to it."
            )
        done = process.capture(
            [program("psql"), "-XAtqd", "postgres", "-c", "SELECT 1"]
        )
        if done.returncode:
            reason = (done.stderr.strip() or "no message").splitlines()[-1]
            raise Stop(
                "The PostgreSQL that the PG* variables name does not answer "
                f"({reason}): correct them, or unset them to use a private one."
            )


@dataclass
class Cluster:
    """A private PostgreSQL cluster that listens on a socket of its own."""

    home: Path
    log: str
    settings: dict = field(default_factory=dict)

    @property
    def data(self):
        return self.home / "pg"

    @property
    def server(self):
        return Server({"PGHOST": str(self.home), "PGPORT": "5432", "PGUSER": USER})

    def start(self):
        make_home(self.home)
        if not (self.data / "PG_VERSION").exists():
            shutil.rmtree(self.data, ignore_errors=True)
            self._initialise()
        if self._control("status").returncode:
            self._start()

    def stop(self):
        self._control("stop", "-m", "fast", "-w")

    def _initialise(self):
        with console.step("Private PostgreSQL cluster"):
            process.run(
                as_owner(program("initdb"), "-D", self.data, "-U", USER, "-A", "trust")
                + ["-E", "UTF8", "--locale=C.UTF-8", "-N"],
                log=self.log,
                failure="The private PostgreSQL cluster could not be created",
                cwd="/",
            )

    def _start(self):
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.home,
            "max_connections": 200,
            "shared_buffers": "256MB",
            **self.settings,
        }
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        started = self._control("start", "-w", "-l", self.home / "log", "-o", options)
        if started.returncode:
            raise Stop(
                "The private PostgreSQL does not start: look into "
                f"{self.home / 'log'}, or remove {self.home} to begin anew."
            )

    def _control(self, action, *options):
        """Run pg_ctl; its output goes to a file, which the server keeps open."""
        command = as_owner(program("pg_ctl"), action, "-D", self.data, *options)
        with paths.log_file(self.log).open("a") as output:
            return subprocess.run(
                list(map(str, command)),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                check=False,
            )


def named_by_caller():
    """Tell whether the caller's PG* variables name a server."""
    return any(os.environ.get(name) for name in CLIENT_VARIABLES)


def program(name):
    """Return a PostgreSQL program: of the newest installed server, or on the path."""
    found = _installed(name)
    if not found:
        debian.install(["postgresql"])
        found = _installed(name)
    if not found:
        raise Stop(f"PostgreSQL's {name} is missing: install the package postgresql.")
    return found


def _installed(name):
    folders = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = sorted(folders, key=lambda path: float(path.parent.parent.name))
    return str(newest[-1]) if newest else process.find(name)


def as_owner(*command):
    """Return the command as the user who may run PostgreSQL, which root may not."""
    if os.geteuid():
        return list(command)
    return ["runuser", "-u", "postgres", "--", *command]


def make_home(home):
    """Create a cluster's folder, which belongs to whoever runs PostgreSQL."""
    if home.is_dir():
        return
    home.mkdir(parents=True, mode=0o700)
    if not os.geteuid():
        shutil.chown(home, "postgres", "postgres")


def home_for(name):
    """Return the folder for a cluster: in the clone, or where PostgreSQL can be.

    As root the cluster belongs to the user postgres, who may not reach the clone.
    """
    program("initdb")
    home = paths.RUN / "postgres" / name
    if len(str(home)) <= _LONGEST_HOME and _reachable(paths.ROOT):
        home.parent.mkdir(parents=True, exist_ok=True)
        return home
    return Path(f"/var/tmp/qifei-{os.geteuid()}-{cache.digest(str(paths.ROOT))}-{name}")


def _reachable(folder):
    if os.geteuid():
        return True
    return not process.capture(as_owner("test", "-x", folder), cwd="/").returncode


def _busy(name):
    return (
        f"Another command of this clone uses its {name} database server: "
        "wait for it, or work in a second clone."
    )


@contextlib.contextmanager
def server(name, *, settings=None, shared=False):
    """Give the server of a command and stop it afterwards if it is a private one.

    One command at a time has a private server; a `shared` one joins that command.
    """
    if named_by_caller():
        yield ExternalServer()
        return
    cluster = Cluster(home_for(name), f"postgres-{name}", settings or {})
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(cache.locked(paths.RUN / f"{name}.lock", _busy(name)))
        except Stop:
            if not shared:
                raise
        else:
            stack.callback(cluster.stop)
            cluster.start()
        yield cluster.server


def remove(name):
    """Remove a private cluster that no command uses."""
    home = home_for(name)
    with cache.locked(paths.RUN / f"{name}.lock", _busy(name)):
        Cluster(home, "clean").stop()
        shutil.rmtree(home, ignore_errors=True)
