"""The addons of the suite, read from their manifests without Odoo."""

import ast
from dataclasses import dataclass
from pathlib import Path

from . import cache, paths
from .errors import Stop

# What an installed database does not depend on.
_NOT_INSTALLED = {"tests", "static", "readme", "i18n", "__pycache__"}


@dataclass(frozen=True)
class Addon:
    """One addon of the suite."""

    folder: Path
    manifest: dict

    @property
    def name(self):
        return self.folder.name

    @property
    def depends(self):
        return self.manifest.get("depends", [])

    def installed_files(self):
        """Return the files that decide what an installation writes to a database."""
        for path in sorted(self.folder.rglob("*")):
            relative = path.relative_to(self.folder)
            if path.is_file() and not _NOT_INSTALLED.intersection(relative.parts):
                yield path


def suite():
    """Return the addons of the suite by name."""
    found = {}
    for manifest in sorted(paths.ADDONS.glob("*/__manifest__.py")):
        values = ast.literal_eval(manifest.read_text())
        if values.get("installable", True):
            found[manifest.parent.name] = Addon(manifest.parent, values)
    if not found:
        raise Stop(f"There is no addon in {paths.ADDONS}: is the clone complete?")
    return found


def named(name):
    """Return one addon of the suite."""
    addons = suite()
    if name not in addons:
        raise Stop(f"There is no addon {name}: the suite has {', '.join(addons)}.")
    return addons[name]


def closure(names):
    """Return the addons with those of the suite that they need, and what is outside."""
    addons = suite()
    inside, outside, waiting = {}, set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in addons:
            outside.add(name)
        elif name not in inside:
            inside[name] = addons[name]
            waiting += addons[name].depends
    return [inside[name] for name in sorted(inside)], sorted(outside)


def fingerprint(addons):
    """Return a key that changes with anything that an installation depends on."""
    parts = []
    for addon in addons:
        for path in addon.installed_files():
            parts += [str(path.relative_to(paths.ADDONS)), path]
    return cache.digest(*parts)
