"""What is built once for all clones is never seen half-built."""

import threading
import time

import pytest
from qifei import cache


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_second_use_builds_nothing():
    built = []

    def build(folder):
        built.append(folder)

    assert cache.ensure("thing", "1", build) == cache.ensure("thing", "1", build)
    assert len(built) == 1


def test_failed_build_is_started_again():
    def fail(folder):
        (folder / "half").touch()
        raise ValueError

    with pytest.raises(ValueError):
        cache.ensure("thing", "1", fail)
    folder = cache.ensure("thing", "1", lambda _folder: None)
    assert not (folder / "half").exists()


def test_killed_build_is_started_again():
    folder = cache.ensure("thing", "1", lambda _folder: None)
    (folder / ".complete").unlink()
    (folder / "half").touch()
    cache.ensure("thing", "1", lambda _folder: None)
    assert not (folder / "half").exists()


def test_two_clones_build_once():
    built, seen = [], []

    def build(folder):
        built.append(folder)
        time.sleep(0.2)
        (folder / "content").touch()

    def use():
        folder = cache.ensure("thing", "1", build)
        seen.append((folder / "content").exists())

    clones = [threading.Thread(target=use) for _number in range(4)]
    for clone in clones:
        clone.start()
    for clone in clones:
        clone.join()
    assert (len(built), seen) == (1, [True] * 4)


def test_key_changes_with_the_content_of_a_file(tmp_path):
    pins = tmp_path / "pins.txt"
    pins.write_text("a==1")
    first = cache.digest(pins, "x")
    pins.write_text("a==2")
    assert cache.digest(pins, "x") != first
    assert cache.digest("ab", "c") != cache.digest("a", "bc")
