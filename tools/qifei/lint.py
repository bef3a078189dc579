"""`make lint`: the hooks of pre-commit, with the tools of the project's environment."""

import os
import subprocess

from . import environment, paths, process
from .results import from_hooks


def check(ready, arguments=("--all-files",)):
    """Run the hooks and return their tally; what they found is printed."""
    command = [ready.venv / "bin/pre-commit", "run", "--color=never", *arguments]
    done = process.capture(command, variables(ready), cwd=paths.ROOT)
    output = done.stdout + done.stderr
    paths.log_file("lint").write_text(output)
    if done.returncode:
        print(output)
    return from_hooks("lint", output, done.returncode)


def variables(ready):
    home = paths.cache_root() / "pre-commit"
    return {**ready.variables, "PRE_COMMIT_HOME": str(home)}


def lint():
    """Run all hooks on all files, or on those of FILES."""
    files = os.environ.get("FILES", "").split()
    arguments = ["--files", *files] if files else ["--all-files"]
    tally = check(environment.prepare(node=True), arguments)
    print(tally)
    return 1 if tally.failures else 0


def format_():
    """Let the formatters rewrite what they can, in all files or those of FILES."""
    files = os.environ.get("FILES", "").split()
    arguments = ["--files", *files] if files else ["--all-files"]
    ready = environment.prepare(node=True)
    command = [ready.venv / "bin/pre-commit", "run", "--hook-stage=manual", *arguments]
    # A hook that rewrites a file fails; what fails once more is not to be formatted.
    for _time in range(2):
        done = subprocess.run(
            command, env=variables(ready), cwd=paths.ROOT, check=False
        )
        if not done.returncode:
            break
    return done.returncode
