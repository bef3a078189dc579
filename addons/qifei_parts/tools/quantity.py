"""Reading of quantities that a visitor typed. Plain Python, without Odoo."""

import re

QUANTITY_PATTERN = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,4})?", re.ASCII)


def parse_quantity(value):
    """Return what a visitor typed as a quantity.

    >>> parse_quantity(" 2,5 ")
    2.5
    >>> parse_quantity("")
    0.0
    >>> parse_quantity("-1") is None
    True

    :return: a number from 0 below one million, 0 for an empty field, None for anything
        that is no quantity
    """
    if value is None:
        return 0.0
    if not isinstance(value, str):
        return None
    text = value.strip()
    if not text:
        return 0.0
    if not QUANTITY_PATTERN.fullmatch(text):
        return None
    return float(text.replace(",", "."))
