"""The bounds of a calendar month in a time zone."""

from datetime import datetime, time

from dateutil.relativedelta import relativedelta
from pytz import UTC, timezone


def first_day(day):
    """Return the first day of the month of ``day``."""
    return day.replace(day=1)


def last_day(day):
    """Return the last day of the month of ``day``."""
    return first_day(day) + relativedelta(months=1, days=-1)


def month_bounds(day, tz_name):
    """Return when the month of ``day`` begins and ends where ``tz_name`` is kept.

    :param datetime.date day: any day of the month
    :param str tz_name: a time zone of the tz database
    :return: ``(begin, end)``, naive UTC; the end is the begin of the next month

    >>> from datetime import date
    >>> month_bounds(date(2026, 3, 14), "Asia/Shanghai")
    (datetime.datetime(2026, 2, 28, 16, 0), datetime.datetime(2026, 3, 31, 16, 0))
    >>> month_bounds(date(2026, 3, 1), "Europe/Berlin")
    (datetime.datetime(2026, 2, 28, 23, 0), datetime.datetime(2026, 3, 31, 22, 0))
    """
    zone = timezone(tz_name)
    begin = first_day(day)
    return tuple(
        zone.localize(datetime.combine(bound, time.min))
        .astimezone(UTC)
        .replace(tzinfo=None)
        for bound in (begin, begin + relativedelta(months=1))
    )
