"""`make wheels`: one wheel for each addon, for an Odoo that exists already."""

from . import addons, console, environment, paths, process


def build(ready, folder=paths.DIST, log="wheels"):
    """Build the wheel of every addon into a folder and return the wheels."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("odoo_addon_qifei_*.whl"):
        old.unlink()
    for addon in addons.suite().values():
        process.run(
            [ready.python, "-m", "build", "--wheel", "--no-isolation"]
            + [f"--outdir={folder}", addon.folder],
            log=log,
            failure=f"The wheel of {addon.name} could not be built",
            env=ready.variables,
        )
    return sorted(folder.glob("*.whl"))


def wheels():
    with console.step("Wheels"):
        built = build(environment.prepare())
    for wheel in built:
        console.say(str(wheel.relative_to(paths.ROOT)))
