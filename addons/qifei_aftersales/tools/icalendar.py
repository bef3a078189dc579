"""Calendar entries (RFC 5545) as files for e-mail attachments, without Odoo."""

from datetime import UTC

ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": ""})
FOLD_BYTES = 75


def build_event(event, stamp):
    """Return one calendar entry as the bytes of an ``.ics`` file.

    Importing a later file with the same ``uid`` moves the entry instead of adding a
    second one, because the sequence number (minutes since 1970) has grown.

    :param dict event: ``uid``; ``start`` and ``end``, naive datetimes in UTC;
        ``summary``; optional texts ``description``, ``location``, ``url``,
        ``organizer`` (e-mail address) and ``product`` (who wrote the file)
    :param datetime stamp: now, naive in UTC
    :rtype: bytes
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{_escape(event.get('product') or 'Qifei')}//After-sales//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{event['uid']}",
        f"SEQUENCE:{int(stamp.replace(tzinfo=UTC).timestamp() // 60)}",
        f"DTSTAMP:{_format_moment(stamp)}",
        f"DTSTART:{_format_moment(event['start'])}",
        f"DTEND:{_format_moment(event['end'])}",
        f"SUMMARY:{_escape(event['summary'])}",
    ]
    if event.get("description"):
        lines.append(f"DESCRIPTION:{_escape(event['description'])}")
    if event.get("location"):
        lines.append(f"LOCATION:{_escape(event['location'])}")
    if event.get("url"):
        lines.append(f"URL:{event['url']}")
    if event.get("organizer"):
        lines.append(f"ORGANIZER:mailto:{event['organizer']}")
    lines += [
        "STATUS:CONFIRMED",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escape(event['summary'])}",
        "TRIGGER:-PT1H",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_fold(line) for line in lines)


def _format_moment(moment):
    return moment.strftime("%Y%m%dT%H%M%SZ")


def _escape(text):
    return text.translate(ESCAPES)


def _fold(line):
    """Break a line after 75 bytes, never inside a character."""
    folded = b""
    width = 0
    for char in line:
        raw = char.encode()
        if width + len(raw) > FOLD_BYTES:
            folded += b"\r\n "
            width = 1
        folded += raw
        width += len(raw)
    return folded + b"\r\n"
