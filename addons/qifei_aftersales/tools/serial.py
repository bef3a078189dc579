"""The one form of a serial number. Plain Python, without Odoo."""

import unicodedata

LONGEST_SERIAL = 100


def normalize_serial(text):
    """Return a serial number as it stands on the plate, "" for none.

    What is copied from a message or typed with a Chinese keyboard carries invisible
    signs, wide letters and spaces around, with which one machine would be two.

    >>> normalize_serial(" AB\\u200b-1\\u00a0")
    'AB-1'
    >>> normalize_serial("ＡＢ-1")
    'AB-1'
    >>> normalize_serial("A  B")
    'A B'
    """
    text = unicodedata.normalize("NFKC", str(text or ""))
    visible = "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character) not in ("Cc", "Cf")
    )
    return " ".join(visible.split())
