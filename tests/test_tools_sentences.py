"""Whatever stops a command is told in one sentence that names the remedy."""

import errno
import os
import socket
import subprocess
import sys

import pytest
from qifei import (
    cache,
    cli,
    debian,
    environment,
    errors,
    odoo,
    paths,
    postgres,
    process,
)
from qifei.errors import Stop


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    """Keep these tests away from the logs, cache and database server of the clone."""
    monkeypatch.setattr(paths, "LOGS", tmp_path / "logs")
    monkeypatch.setattr(paths, "RUN", tmp_path / "run")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in postgres.CLIENT_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def apt(tmp_path):
    """Return a function that writes the apt sources of a machine."""

    def write(**files):
        (tmp_path / "apt/sources.list.d").mkdir(parents=True)
        for name, text in files.items():
            (tmp_path / "apt" / name.replace("__", "/")).write_text(text)
        return tmp_path / "apt"

    return write


def sentence_of(function, *arguments, **options):
    """Return the sentence that a refused call ends with."""
    with pytest.raises(Stop) as stopped:
        function(*arguments, **options)
    sentence = str(stopped.value)
    assert "\n" not in sentence
    return sentence


def test_machine_without_debian_archive_names_the_other_ways(apt):
    sentence = sentence_of(debian.find_archive, apt())
    assert "No Debian archive" in sentence
    assert "ODOO_HOME" in sentence
    assert "docker/compose.yaml" in sentence


def test_other_distribution_is_no_debian_archive(apt):
    text = "deb http://mirror.example/ubuntu noble main\n"
    assert "No Debian archive" in sentence_of(
        debian.find_archive, apt(**{"sources.list": text})
    )


def test_archive_is_read_from_deb822_sources(apt):
    text = (
        "Types: deb\nURIs: http://mirror.example/security\nSuites: stable-security\n"
        "\n# the main one\nTypes: deb deb-src\nURIs: http://mirror.example/debian/\n"
        "Suites: stable stable-updates\nComponents: main\nSigned-By: /keys/debian.gpg\n"
    )
    archive = debian.find_archive(apt(**{"sources.list.d__debian.sources": text}))
    assert archive.source("sid") == (
        "deb [signed-by=/keys/debian.gpg] http://mirror.example/debian/ sid main\n"
    )


def test_disabled_sources_do_not_count(apt):
    text = "Enabled: no\nTypes: deb\nURIs: http://mirror.example/debian\nSuites: sid\n"
    etc = apt(**{"sources.list.d__debian.sources": text})
    assert "No Debian archive" in sentence_of(debian.find_archive, etc)


def test_archive_is_read_from_one_line_sources(apt):
    text = (
        "# deb http://old.example/debian stable main\n"
        "deb [arch=amd64 signed-by=/keys/d.gpg] http://mirror.example/debian sid main\n"
    )
    archive = debian.find_archive(apt(**{"sources.list": text}))
    assert (archive.uri, archive.keyring) == (
        "http://mirror.example/debian",
        "/keys/d.gpg",
    )


def test_archive_that_does_not_answer(tmp_path):
    dead = debian.Archive(f"file://{tmp_path}/none/debian", None)
    scratch = tmp_path / "scratch"
    sentence = sentence_of(debian._download, dead, "sid", ["odoo-19"], scratch)
    assert "does not give odoo-19" in sentence
    assert "check the network" in sentence


def test_machine_without_apt(monkeypatch, tmp_path):
    monkeypatch.setattr(process, "find", lambda *_names: None)
    assert "no apt-get" in sentence_of(debian._build_odoo, tmp_path)
    assert "install wkhtmltopdf" in sentence_of(debian.install, ["wkhtmltopdf"])


def test_missing_package_without_the_right_to_install(monkeypatch):
    monkeypatch.setattr(process, "find", lambda *names: names[0])
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "sudo apt-get install chromium" in sentence_of(debian.install, ["chromium"])


def test_missing_postgresql(monkeypatch):
    monkeypatch.setattr(postgres, "_installed", lambda _name: None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    sentence = sentence_of(postgres.program, "initdb")
    assert "apt-get install postgresql" in sentence


def test_named_postgresql_that_does_not_answer(monkeypatch, tmp_path):
    monkeypatch.setenv("PGHOST", str(tmp_path))
    monkeypatch.setenv("PGUSER", "odoo")
    sentence = sentence_of(postgres.ExternalServer)
    assert "does not answer" in sentence
    assert "unset them to use a private one" in sentence


def test_user_that_odoo_refuses(monkeypatch):
    monkeypatch.setenv("PGUSER", "postgres")
    assert "createuser --createdb odoo" in sentence_of(postgres.ExternalServer)


def test_second_command_in_one_clone():
    with (
        cache.locked(paths.RUN / "test.lock"),
        pytest.raises(Stop, match="work in a second clone"),
        postgres.server("test"),
    ):
        pass


@pytest.mark.parametrize(
    "release, reason",
    [(None, "no Odoo checkout"), ("version_info = (18, 0, 0)", "not Odoo 19.0")],
)
def test_wrong_odoo_home(tmp_path, release, reason):
    if release:
        (tmp_path / "odoo").mkdir()
        (tmp_path / "odoo/release.py").write_text(release)
    assert reason in sentence_of(environment.Odoo.from_checkout, tmp_path)


def test_own_checkout_gives_its_addons_folders(tmp_path):
    for name in ("odoo/addons/base", "addons/web"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "__manifest__.py").write_text("{}")
    release = tmp_path / "odoo/release.py"
    release.write_text("version_info = (19, 0, 0, 'final', 0, '')")
    found = environment.Odoo.from_checkout(tmp_path)
    assert found.addons_path == (tmp_path / "odoo/addons", tmp_path / "addons")


def test_busy_port_gives_the_next_one():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        busy = other.getsockname()[1]
        assert odoo.free_port(busy) > busy
        assert "QIFEI_PORT" in sentence_of(odoo.free_port, busy, tries=1)


@pytest.mark.parametrize("port", ["http", "80", "70000"])
def test_impossible_port(monkeypatch, port):
    monkeypatch.setenv("QIFEI_PORT", port)
    assert "from 1024 to 65535" in sentence_of(cli.demonstration.choose_port)


def test_full_disk_is_said_as_such():
    error = OSError(errno.ENOSPC, "No space left on device", "/cache/odoo")
    assert errors.sentence(error) == (
        "The disk is full: free some space for /cache/odoo and try again."
    )
    command = [sys.executable, "-c", "raise SystemExit('No space left on device')"]
    sentence = sentence_of(process.run, command, log="full", failure="It failed")
    assert sentence.startswith("The disk is full")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOTDIR])
def test_folder_that_cannot_be_written(number):
    error = OSError(number, os.strerror(number), "/cache")
    assert "set XDG_CACHE_HOME" in errors.sentence(error)
    error = OSError(number, os.strerror(number), str(paths.ROOT / ".run"))
    assert "as the owner of the clone" in errors.sentence(error)


def test_refusal_without_a_folder_is_no_sentence():
    assert errors.sentence(PermissionError(errno.EPERM, "Not permitted")) is None


def test_failed_program_gives_its_most_telling_line():
    text = "raise SystemExit('ValueError: wrong\\nINFO done')"
    sentence = sentence_of(
        process.run, [sys.executable, "-c", text], log="x", failure="It failed"
    )
    assert sentence.startswith("It failed (ValueError: wrong; all of it in ")


def test_missing_program():
    sentence = sentence_of(process.run, ["qifei-none"], log="x", failure="It failed")
    assert sentence == "It failed (the program qifei-none is missing)"


def test_program_that_hangs_is_ended():
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with process.Background(command, log="hangs") as running:
        assert "ended after 0" in sentence_of(running.wait, 0.1)
    assert not running.running()


def test_unknown_addon_names_those_there_are():
    assert "qifei_base" in sentence_of(cli.suite.addons.named, "qifei_none")


def test_python_outside_the_range(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nsys.version_info = (3, 9)\n"
    )
    done = subprocess.run(
        [sys.executable, paths.TOOLS / "run", "demo"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: the project needs Python 3.11 to 3.13")
    assert "make demo PYTHON=" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "raised, said, status",
    [
        (Stop("No mirror: set ODOO_HOME."), "Error: No mirror: set ODOO_HOME.", 1),
        (ValueError("odd"), "Error: Unexpected ValueError: odd (details in", 1),
        (KeyboardInterrupt(), "", 130),
    ],
)
def test_command_ends_with_a_sentence(monkeypatch, capsys, raised, said, status):
    def fail(_arguments):
        raise raised

    monkeypatch.setitem(cli.COMMANDS, "demo", fail)
    monkeypatch.setattr(sys, "argv", ["run", "demo"])
    monkeypatch.setattr(cli.signal, "signal", lambda *_arguments: None)
    assert cli.main() == status
    assert capsys.readouterr().err.startswith(said)


def test_unknown_command(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["run", "dance"])
    assert cli.main() == 2
    assert "make help" in capsys.readouterr().err
