"""Where things are: the clone, its run folder, and the cache outside the clone."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "addons"
TOOLS = ROOT / "tools"
DIST = ROOT / "dist"
RUN = ROOT / ".run"
LOGS = RUN / "logs"


def cache_root():
    """Return the folder that all clones of this user share."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "qifei"


def log_file(name):
    LOGS.mkdir(parents=True, exist_ok=True)
    return LOGS / f"{name}.log"
