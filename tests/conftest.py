"""Fixtures of the repository tests, which need no server."""

import textwrap

import pytest
from source_tree import SourceTree


@pytest.fixture(scope="session")
def tree():
    """The addons of this repository."""
    return SourceTree()


@pytest.fixture
def make_tree(tmp_path):
    """Return a function that writes files and reads them as a tree.

    Each test shows its check a small addon with one fault, so that a check that
    finds nothing any more is noticed.
    """

    def make(files):
        for name, text in files.items():
            path = tmp_path / "addons" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        for folder in (tmp_path / "addons").iterdir():
            manifest = folder / "__manifest__.py"
            if not manifest.exists():
                manifest.write_text("{}\n")
        return SourceTree(tmp_path)

    return make
