from datetime import date, datetime

from odoo.tests import BaseCase, tagged

from ..tools.clock import Clock
from ..tools.facts import Fact, arrange
from ..tools.shifts import group_by_day

HOUR = 3600.0
DAY = 86_400.0
MIDNIGHTS = [DAY * number for number in range(4)]


@tagged("post_install", "-at_install")
class TestTimes(BaseCase):
    """The clock of a plan, shifts and facts, without any record."""

    def test_clock_counts_real_seconds_when_the_clocks_change(self):
        spring = Clock("Europe/Berlin", date(2031, 3, 30))
        following = spring.seconds(spring.midnight(date(2031, 3, 31)))
        self.assertEqual(following, 23 * HOUR)
        # Ten o'clock is nine hours after midnight on that day.
        self.assertEqual(spring.seconds(datetime(2031, 3, 30, 8)), 9 * HOUR)
        self.assertEqual(spring.moment(9 * HOUR), datetime(2031, 3, 30, 8))
        autumn = Clock("Europe/Berlin", date(2031, 10, 26))
        following = autumn.seconds(autumn.midnight(date(2031, 10, 27)))
        self.assertEqual(following, 25 * HOUR)
        self.assertEqual(autumn.day(24.5 * HOUR), date(2031, 10, 26))
        self.assertEqual(autumn.day(25 * HOUR), date(2031, 10, 27))

    def test_shift_over_midnight_belongs_to_the_day_it_begins_on(self):
        # Working calendars end a day with its last microsecond.
        night = [
            (DAY + 22 * HOUR, 2 * DAY - 0.000001),
            (2 * DAY, 2 * DAY + 6 * HOUR),
            (2 * DAY + 22 * HOUR, 3 * DAY - 0.000001),
        ]
        self.assertEqual(
            group_by_day(night, MIDNIGHTS),
            {
                1: [(DAY + 22 * HOUR, 2 * DAY + 6 * HOUR)],
                2: [(2 * DAY + 22 * HOUR, 3 * DAY - 0.000001)],
            },
        )

    def test_work_day_and_night_is_cut_at_midnight(self):
        self.assertEqual(
            group_by_day([(0.0, 3 * DAY)], MIDNIGHTS),
            {number: [(DAY * number, DAY * (number + 1))] for number in range(3)},
        )

    def test_lunch_separates_stretches_of_one_day(self):
        stretches = [(8 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR)]
        self.assertEqual(group_by_day(stretches, MIDNIGHTS), {0: stretches})

    def test_facts_make_room_for_themselves_only(self):
        stretches = [(8 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR)]
        facts = [Fact(1, "b", 18 * HOUR, HOUR), Fact(2, "b", 18.5 * HOUR, HOUR)]
        day = arrange(stretches, facts, lambda a, b: 600.0 * (a != b), "a", "a")
        # The second cannot begin before the first is over.
        self.assertEqual(
            day.windows,
            {1: (18 * HOUR, 18 * HOUR), 2: (18.5 * HOUR, 19 * HOUR)},
        )
        self.assertEqual(day.shift, (8 * HOUR, 20 * HOUR + 600))
        # Between five and six in the evening nothing else is planned.
        self.assertEqual(
            day.breaks,
            (
                (12 * HOUR, 13 * HOUR),
                (17 * HOUR, 18 * HOUR),
                (20 * HOUR, 20 * HOUR + 600),
            ),
        )

    def test_day_without_facts_is_as_it_is(self):
        stretches = [(8 * HOUR, 12 * HOUR)]
        day = arrange(stretches, [], lambda a, b: 0.0, "a", "a")
        self.assertEqual(day, ((8 * HOUR, 12 * HOUR), (), {}))
