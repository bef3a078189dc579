"""Time windows a customer can choose. Plain Python, without Odoo."""

from bisect import bisect_right
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple

KEY_FORMAT = "%Y%m%dT%H%M"
# An engineer counts as free when so many seconds of the window are his in one piece.
FREE_PIECE = 3600.0


class Window(NamedTuple):
    """One selectable span of time.

    :param key: name of the window in the form
    :param start: aware, in the zone of the company
    :param stop: aware, in the zone of the company
    :param engineer_ids: engineers who have time in it
    :param reason: sentence why nobody has, as far as it is known
    """

    key: str
    start: datetime
    stop: datetime
    engineer_ids: frozenset
    reason: str = ""

    def is_closed(self, engineers):
        """Tell whether nobody can come, although somebody could be asked.

        :param engineers: those that are offered; nobody is known without any
        """
        return not self.engineer_ids and bool(engineers or self.reason)

    def get_utc(self):
        """Return start and stop as naive UTC, as the database keeps them."""
        return (
            self.start.astimezone(UTC).replace(tzinfo=None),
            self.stop.astimezone(UTC).replace(tzinfo=None),
        )


def build_windows(first_day, days, slots, zone, *, not_before, free):
    """List the windows of some days.

    :param first_day: date of the first day
    :param days: number of days
    :param slots: ``((from hour, to hour), …)`` of every day
    :param zone: tzinfo with ``localize`` (pytz)
    :param not_before: aware moment before which no window may start
    :param free: ``{engineer id: [(start, stop), …]}``, aware
    :return: list of :class:`Window` in rising order
    """
    # Plain numbers: comparing moments of different zones takes its time.
    spans = {
        engineer_id: sorted(
            (free_start.timestamp(), free_stop.timestamp())
            for free_start, free_stop in intervals
        )
        for engineer_id, intervals in free.items()
    }
    ends = {
        engineer_id: [stop for _start, stop in own]
        for engineer_id, own in spans.items()
    }
    windows = []
    for offset in range(days):
        day = first_day + timedelta(days=offset)
        for from_hour, to_hour in slots:
            start = zone.localize(datetime.combine(day, time(from_hour)))
            stop = zone.localize(datetime.combine(day, time(to_hour)))
            if start < not_before:
                continue
            begin, end = start.timestamp(), stop.timestamp()
            windows.append(
                Window(
                    start.astimezone(UTC).strftime(KEY_FORMAT),
                    start,
                    stop,
                    frozenset(
                        engineer_id
                        for engineer_id, own in spans.items()
                        if _has_free_piece(own, ends[engineer_id], begin, end)
                    ),
                )
            )
    return windows


def _has_free_piece(spans, ends, begin, end):
    """Tell whether one of the sorted spans has an hour of the window in one piece."""
    for start, stop in islice(spans, bisect_right(ends, begin), None):
        if start >= end:
            return False
        if min(stop, end) - max(start, begin) >= FREE_PIECE:
            return True
    return False
