"""The clock of a plan: seconds since the midnight that its first day begins with."""

from datetime import date, datetime, time, timedelta

from pytz import UTC, timezone


class Clock:
    """Turns moments into seconds and back.

    The seconds are real ones, counted between moments in UTC: a day on which the clocks
    change has 23 or 25 hours here, and a shift may go on after midnight.

    :param tz_name: time zone whose days are planned
    :param first_day: day whose midnight is second 0
    """

    def __init__(self, tz_name: str, first_day: date):
        self.tz = timezone(tz_name)
        self.first_day = first_day
        self.origin = self._midnight(first_day)

    def _midnight(self, day):
        local = self.tz.localize(datetime.combine(day, time.min))
        return local.astimezone(UTC).replace(tzinfo=None)

    def seconds(self, moment: datetime) -> float:
        """Return the seconds of a moment in UTC, with or without time zone."""
        if moment.tzinfo:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        return (moment - self.origin).total_seconds()

    def moment(self, seconds: float) -> datetime:
        """Return the naive moment in UTC, to the second."""
        moment = self.origin + timedelta(seconds=seconds)
        return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)

    def midnight(self, day: date) -> datetime:
        """Return the naive moment in UTC at which a day begins."""
        return self._midnight(day)

    def day(self, seconds: float) -> date:
        """Return the day of a second."""
        moment = (self.origin + timedelta(seconds=seconds)).replace(tzinfo=UTC)
        return moment.astimezone(self.tz).date()
