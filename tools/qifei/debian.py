"""Odoo 19 out of the Debian archive, and the programs that Debian provides.

Debian carries the whole of Odoo 19 Community as one package. It is downloaded and
unpacked into a folder, not installed: no privilege is needed and the machine stays
as it is. The archive and its keyring are those the machine already uses.
"""

import contextlib
import os
import re
import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import cache, console, process
from .errors import Stop

RECIPE = "1"
ODOO_PACKAGE = "odoo-19"
# What the Odoo package links to; the older suite still has the names it expects.
LINKED_SUITE = "trixie"
LINKED_PACKAGES = (
    "fonts-font-awesome",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
# Debian strips this file from the Odoo package because it comes minified.
STRIPPED_NPM = "@mediapipe/selfie_segmentation@0.1.1675465747"
STRIPPED_FILE = "selfie_segmentation.js"
STRIPPED_TARGET = f"odoo/addons/mail/static/lib/selfie_segmentation/{STRIPPED_FILE}"

PYTHON_FOLDER = "usr/lib/python3/dist-packages"

_ELSEWHERE = (
    "set ODOO_HOME to an Odoo 19 checkout, or use the containers in docker/compose.yaml"
)
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


@dataclass(frozen=True)
class Archive:
    """A Debian mirror that the machine is configured with."""

    uri: str
    keyring: str | None

    def source(self, suite):
        options = f"[signed-by={self.keyring}] " if self.keyring else ""
        return f"deb {options}{self.uri} {suite} main\n"


def find_archive(etc=Path("/etc/apt")):
    """Return the machine's Debian mirror, read from its own apt sources."""
    files = sorted((etc / "sources.list.d").glob("*.sources"))
    for path in files:
        for archive in _deb822_archives(path.read_text(errors="replace")):
            return archive
    for path in [
        etc / "sources.list",
        *sorted((etc / "sources.list.d").glob("*.list")),
    ]:
        if path.is_file():
            for archive in _one_line_archives(path.read_text(errors="replace")):
                return archive
    raise Stop(
        "No Debian archive is configured in /etc/apt, so Odoo 19 cannot be fetched: "
        f"{_ELSEWHERE}."
    )


def _deb822_archives(text):
    for stanza in re.split(r"\n\s*\n", re.sub(r"(?m)^#.*\n?", "", text)):
        values = {}
        for match in re.finditer(r"(?m)^([\w-]+):[ \t]*(.*(?:\n[ \t].*)*)", stanza):
            values[match[1].lower()] = match[2].strip()
        if (
            values.get("enabled", "yes") == "no"
            or "deb" not in values.get("types", "").split()
        ):
            continue
        for uri in values.get("uris", "").split():
            if uri.rstrip("/").endswith("/debian"):
                yield Archive(uri, _keyring(values.get("signed-by", "")))


def _one_line_archives(text):
    pattern = r"(?m)^[ \t]*deb[ \t]+(?:\[([^\]]*)\][ \t]+)?(\S+)[ \t]"
    for options, uri in re.findall(pattern, text):
        if uri.rstrip("/").endswith("/debian"):
            signed = re.search(r"signed-by=(\S+)", options)
            yield Archive(uri, _keyring(signed[1] if signed else ""))


def _keyring(signed_by):
    """Return the named keyring file, or Debian's own when none or a text is given."""
    if signed_by.startswith("/"):
        return signed_by.split()[0]
    return str(_KEYRING) if _KEYRING.exists() else None


def odoo():
    """Return the folder from which Odoo 19 can be imported, fetched once."""
    key = cache.digest(RECIPE, ODOO_PACKAGE, *LINKED_PACKAGES, STRIPPED_NPM)
    return cache.ensure("odoo-19.0", key, _build_odoo) / PYTHON_FOLDER


def _build_odoo(prefix):
    if not process.find("apt-get"):
        raise Stop(
            "This machine has no apt-get, so Odoo 19 cannot be fetched from Debian: "
            f"{_ELSEWHERE}."
        )
    archive = find_archive()
    with (
        console.step("Odoo 19 from the Debian archive"),
        tempfile.TemporaryDirectory(dir=prefix.parent) as scratch,
    ):
        scratch = Path(scratch)
        _download(archive, "sid", [ODOO_PACKAGE], scratch)
        _download(archive, LINKED_SUITE, LINKED_PACKAGES, scratch)
        for package in sorted(scratch.glob("*/packages/*.deb")):
            process.run(
                ["dpkg-deb", "-x", package, prefix],
                log="odoo",
                failure=f"The package {package.name} could not be unpacked",
            )
        _add_stripped_file(prefix, scratch)
    dangling = [path for path in prefix.rglob("*") if _dangles(path)]
    if dangling:
        raise Stop(
            f"The Debian package of Odoo 19 links to a file that is missing, "
            f"{dangling[0].relative_to(prefix)}: {_ELSEWHERE}."
        )


def _dangles(path):
    return path.is_symlink() and not path.exists()


def _download(archive, suite, packages, scratch):
    """Download packages of a suite with package lists of our own."""
    home = scratch / suite
    for folder in ("lists/partial", "cache/archives/partial", "packages"):
        (home / folder).mkdir(parents=True)
    source = home / "source.list"
    source.write_text(archive.source(suite))
    apt = [
        "apt-get",
        "-q",
        "-oDir::Etc::SourceList=/dev/null",
        "-oDir::Etc::SourceParts=/dev/null",
        f"-oDir::Etc::sourcelist={source}",
        f"-oDir::State::Lists={home}/lists",
        f"-oDir::Cache={home}/cache",
        "-oAcquire::Languages=none",
        "-oAcquire::Retries=3",
        "-oAPT::Sandbox::User=",
    ]
    failure = (
        f"The Debian archive does not give {', '.join(packages)} of {suite}: check the "
        f"network and the archive in /etc/apt, or {_ELSEWHERE}"
    )
    process.run(
        [*apt, "-oAPT::Update::Error-Mode=any", "update"], log="odoo", failure=failure
    )
    process.run(
        [*apt, "download", *packages],
        log="odoo",
        failure=failure,
        cwd=home / "packages",
    )


def _add_stripped_file(prefix, scratch):
    system_program("npm", "npm")
    process.run(
        ["npm", "pack", "--silent", STRIPPED_NPM],
        log="odoo",
        failure=f"npm does not give {STRIPPED_NPM}: check the network",
        cwd=scratch,
    )
    archive = next(scratch.glob("*.tgz"))
    with tarfile.open(archive) as content:
        source = content.extractfile(f"package/{STRIPPED_FILE}")
        target = prefix / PYTHON_FOLDER / STRIPPED_TARGET
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as copy:
            shutil.copyfileobj(source, copy)


def system_program(program, package):
    """Make sure of a program of the machine; install its Debian package when root."""
    if process.find(program):
        return
    install([package])
    if not process.find(program):
        raise Stop(f"{program} is missing: install the package {package}.")


def install(packages):
    """Install Debian packages, or say how to when that needs another user."""
    names = " ".join(packages)
    if not process.find("apt-get"):
        raise Stop(
            f"Missing on this machine: install {names} with its package manager."
        )
    if os.geteuid():
        raise Stop(f"Missing on this machine: run `sudo apt-get install {names}`.")
    failure = f"The packages {names} could not be installed: check the network"
    with console.step(f"Debian packages {names}"):
        with contextlib.suppress(Stop):
            # A third-party source that does not answer must not be in the way.
            _apt_get("update", failure=failure)
        _apt_get("install", "-y", "--no-install-recommends", *packages, failure=failure)


def _apt_get(*arguments, failure):
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_SUSPEND": "1"}
    process.run(
        ["apt-get", "-q", *arguments],
        log="packages",
        failure=failure,
        env={**os.environ, **quiet},
    )


def fonts_for_chinese():
    """Tell whether a Noto CJK font is installed."""
    return any(Path("/usr/share/fonts").glob("**/NotoSansCJK*"))


def browser():
    """Return the browser that tests, pictures and audits use, or None."""
    return process.find("chromium", "chromium-browser", "google-chrome")


def browser_packages():
    """Return the packages that browser and PDF tests still need on this machine."""
    missing = []
    if not browser():
        missing.append("chromium")
    return missing + print_packages()


def print_packages():
    """Return the packages that PDF documents still need on this machine."""
    missing = []
    if not process.find("wkhtmltopdf"):
        missing.append("wkhtmltopdf")
    if not fonts_for_chinese():
        missing.append("fonts-noto-cjk")
    return missing
