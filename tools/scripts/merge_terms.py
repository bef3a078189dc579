"""Merge the exported terms of addons into their Chinese catalogues.

Translations stay, new terms come with an empty one, terms that are gone go.
"""

import sys
from pathlib import Path

import polib

LANGUAGE = "zh_CN"
VOLATILE = ("POT-Creation-Date", "PO-Revision-Date")


def merge(folder):
    template = folder / "i18n" / f"{folder.name}.pot"
    catalogue = folder / "i18n" / f"{LANGUAGE}.po"
    terms = polib.pofile(str(template), wrapwidth=78)
    for key in VOLATILE:
        terms.metadata.pop(key, None)
    terms.save()
    if catalogue.exists():
        translated = polib.pofile(str(catalogue), wrapwidth=78)
    else:
        translated = polib.POFile(wrapwidth=78)
    translated.metadata = {
        **terms.metadata,
        "Language": LANGUAGE,
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    translated.merge(terms)
    for entry in list(translated):
        if entry.obsolete:
            translated.remove(entry)
        entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
    translated.save(str(catalogue))
    print(
        f"{folder.name}: {len(translated.untranslated_entries())} terms without Chinese"
    )


for argument in sys.argv[1:]:
    merge(Path(argument))
