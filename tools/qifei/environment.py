"""The project's environment: Odoo 19, a virtual environment, the npm tools."""

import functools
import importlib.util
import os
import platform
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from . import cache, console, debian, paths, process
from .errors import Stop

PYTHON_LISTS = (
    paths.TOOLS / "odoo-requirements.txt",
    paths.ROOT / "requirements.txt",
    paths.ROOT / "test-requirements.txt",
)
NPM_FILES = (paths.ROOT / "package.json", paths.ROOT / "package-lock.json")


@dataclass(frozen=True)
class Odoo:
    """An Odoo 19 on disk: what goes on the Python path, and its addons folders."""

    python_root: Path
    addons_path: tuple

    @classmethod
    def find(cls):
        own = os.environ.get("ODOO_HOME")
        return cls.from_checkout(Path(own).expanduser()) if own else cls.from_debian()

    @classmethod
    def from_debian(cls):
        root = debian.odoo()
        return cls(root, (root / "odoo/addons",))

    @classmethod
    def from_checkout(cls, home):
        release = home / "odoo/release.py"
        if not release.is_file():
            raise Stop(
                f"ODOO_HOME={home} is no Odoo checkout: it must have odoo/release.py."
            )
        if "version_info = (19, 0" not in release.read_text():
            raise Stop(f"ODOO_HOME={home} is not Odoo 19.0: check out its 19.0 branch.")
        home = home.resolve()
        folders = (home / "odoo/addons", home / "addons")
        return cls(home, tuple(f for f in folders if any(f.glob("*/__manifest__.py"))))


@dataclass(frozen=True)
class Environment:
    """Everything a command runs with."""

    odoo: Odoo
    venv: Path
    node: Path | None = None

    @property
    def python(self):
        return self.venv / "bin/python"

    @property
    def key(self):
        """Return what a database built with this environment depends on."""
        return cache.digest(str(self.odoo.python_root), self.venv.name)

    @property
    def addons_path(self):
        return ",".join(map(str, (*self.odoo.addons_path, paths.ADDONS)))

    @functools.cached_property
    def variables(self):
        """Return the process environment with the project's tools on the path."""
        values = {
            key: value
            for key, value in os.environ.items()
            if key not in ("PYTHONHOME", "PYTHONPATH", "ODOO_RC", "VIRTUAL_ENV")
        }
        path = [str(self.venv / "bin")]
        if self.node:
            path.append(str(self.node / "node_modules/.bin"))
            values["NODE_PATH"] = str(self.node / "node_modules")
        values["PATH"] = os.pathsep.join([*path, values.get("PATH", os.defpath)])
        # Odoo comes by the path and not by the virtual environment, so that one
        # environment serves every checkout; its addons are a namespace package.
        values["PYTHONPATH"] = f"{paths.TOOLS}{os.pathsep}{self.odoo.python_root}"
        values["PYTHONUNBUFFERED"] = "1"
        return values


def prepare(*, node=False):
    """Return the environment, building in parallel what is not there yet."""
    with ThreadPoolExecutor() as pool:
        odoo = pool.submit(Odoo.find)
        venv = pool.submit(virtual_environment)
        modules = pool.submit(node_modules) if node else None
        return Environment(odoo.result(), venv.result(), modules and modules.result())


def virtual_environment():
    """Return the virtual environment with the pinned packages."""
    key = cache.digest(sys.version, os.path.realpath(sys.executable), *PYTHON_LISTS)
    return cache.ensure("python", key, _build_virtual_environment)


def _build_virtual_environment(folder):
    with console.step(f"Python packages for Python {platform.python_version()}"):
        if not importlib.util.find_spec("ensurepip"):
            debian.install(["python3-venv"])
        process.run(
            [sys.executable, "-m", "venv", folder],
            log="python",
            failure="The virtual environment could not be made: install python3-venv",
        )
        # Every package is pinned and listed, so nothing is left to resolve; asked to
        # resolve, pip would build psycopg2 for the odoo that the OCA wheels require.
        process.run(
            [folder / "bin/python", "-m", "pip", "install", "--quiet", "--no-deps"]
            + ["--disable-pip-version-check"]
            + [f"--requirement={path}" for path in PYTHON_LISTS],
            log="python",
            failure="pip could not install the pinned packages: check the network",
        )


def node_modules():
    """Return the folder that holds the pinned npm tools in `node_modules`."""
    debian.system_program("npm", "npm")
    return cache.ensure("node", cache.digest(*NPM_FILES), _build_node_modules)


def _build_node_modules(folder):
    with console.step("npm tools"):
        for path in NPM_FILES:
            shutil.copy(path, folder)
        process.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            log="npm",
            failure="npm could not install the pinned tools: check the network",
            cwd=folder,
        )
