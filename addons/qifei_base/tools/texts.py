"""Cleaning of what a visitor typed. Plain Python, without Odoo."""

import re

ID_PATTERN = re.compile(r"[0-9]{1,10}", re.ASCII)
CONTROL_PATTERN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
TOKEN_PATTERN = re.compile(r"[A-Za-z0-9_-]{8,128}", re.ASCII)
MAX_ID = 2**31 - 1


def clean_text(value):
    """Return a text PostgreSQL takes, without control characters; "" for anything else.

    Line ends become plain newlines.
    """
    if not isinstance(value, str):
        return ""
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    text = CONTROL_PATTERN.sub("", text)
    return text.encode(errors="ignore").decode().strip()


def clean_line(value, length):
    """Return a one-line text of at most ``length`` characters."""
    return " ".join(clean_text(value).split())[:length]


def parse_id(value):
    """Return a positive database id, or None."""
    if isinstance(value, bool):
        return None
    text = str(value) if isinstance(value, int) else value
    if not isinstance(text, str) or not ID_PATTERN.fullmatch(text):
        return None
    number = int(text)
    return number if 0 < number <= MAX_ID else None


def parse_token(value):
    """Return a token that can be compared safely, or None."""
    if isinstance(value, str) and TOKEN_PATTERN.fullmatch(value):
        return value
    return None


def parse_coordinate(value, limit):
    """Return a finite number within ±limit, or None."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    try:
        number = float(str(value)[:40])
    except ValueError:
        return None
    # A comparison with NaN is false, so NaN falls through here too.
    return number if -limit <= number <= limit else None


def last_digits(phone, count=4):
    """Return the last digits of a phone number, "" when it has fewer."""
    digits = re.sub(r"[^0-9]", "", phone or "")
    return digits[-count:] if len(digits) >= count else ""
