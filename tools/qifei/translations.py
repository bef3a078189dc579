"""`make i18n`: the terms to translate, and the Chinese catalogue brought up to date."""

from . import addons, console, environment, paths, postgres, process
from .odoo import Instance
from .templates import suite_template

LANGUAGE = "zh_CN"


def i18n():
    """Export the .pot of each addon and merge it into its Chinese catalogue."""
    names = list(addons.suite())
    with postgres.server("test", settings=postgres.FAST) as server:
        instance = Instance("test", environment.prepare(), server)
        template = suite_template(instance)
        with console.step("Export of the terms"):
            instance.run(
                *("export", "-d", template, "-l", "pot", "--", *names),
                log="i18n",
                failure="Odoo could not export the terms",
                subcommand="i18n",
            )
        process.run(
            [instance.environment.python, paths.TOOLS / "scripts/merge_terms.py"]
            + [addons.suite()[name].folder for name in names],
            log="i18n",
            failure="The Chinese catalogues could not be brought up to date",
            env=instance.variables,
        )
    console.say(f"See git diff for the new terms of the {LANGUAGE} catalogues.")
