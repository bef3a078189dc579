import random

from odoo.tests import BaseCase, tagged

from ..tools.placing import (
    Day,
    Road,
    Visit,
    Wish,
    find_gap,
    find_overlap,
    judge_time,
    measure_day,
)

HOME = (31.23, 121.47)
# One degree of latitude is 111.2 km: a tenth takes 28.9 minutes with the detour.
NORTH = (31.33, 121.47)
SHIFT = ((480.0, 720.0), (780.0, 1020.0))


def day(*visits, stretches=SHIFT):
    return Day(stretches, tuple(visits), HOME, HOME)


@tagged("post_install", "-at_install")
class TestPlacing(BaseCase):
    """Where one visit fits into a day, without a database."""

    road = Road(30.0, 1.3)

    def test_road(self):
        self.assertAlmostEqual(self.road.minutes(HOME, NORTH), 28.9, delta=0.1)
        self.assertEqual(self.road.minutes(HOME, HOME), 0)
        self.assertEqual(self.road.minutes(HOME, None), 30)

    def test_an_empty_day_begins_with_the_way_there(self):
        gap, missing = find_gap(day(), Wish(60, NORTH), self.road)
        self.assertIsNone(missing)
        self.assertEqual(gap.start, 510)
        self.assertAlmostEqual(gap.added_travel, 57.8, delta=0.2)

    def test_next_to_a_neighbour_is_cheapest(self):
        full = day(Visit(1, 840, 900, NORTH))
        gap, _missing = find_gap(full, Wish(60, NORTH), self.road)
        self.assertAlmostEqual(gap.added_travel, 0, delta=0.1)
        self.assertEqual(gap.start, 510)

    def test_no_visit_over_lunch_or_after_work(self):
        wish = Wish(200, HOME)
        gap, _missing = find_gap(day(), wish, self.road)
        self.assertEqual(gap.start, 480)
        gap, _missing = find_gap(day(), wish._replace(earliest=600), self.road)
        self.assertEqual(gap.start, 780)
        gap, missing = find_gap(day(), wish._replace(earliest=900), self.road)
        self.assertEqual((gap, missing), (None, "shift"))
        gap, missing = find_gap(day(stretches=()), wish, self.road)
        self.assertEqual((gap, missing), (None, "absent"))

    def test_windows(self):
        wish = Wish(60, HOME, windows=((570.0, 600.0),))
        self.assertEqual(find_gap(day(), wish, self.road)[0].start, 570)
        taken = day(Visit(1, 480, 720, HOME))
        self.assertEqual(find_gap(taken, wish, self.road), (None, "window"))

    def test_what_stands_against_a_time(self):
        wish = Wish(60, HOME, windows=((540.0, 600.0),))
        self.assertEqual(judge_time(day(), wish, 540), [])
        self.assertEqual(
            judge_time(day(), wish, 630), [{"key": "window", "amount": 30}]
        )
        self.assertEqual(judge_time(day(), wish, 510), [{"key": "window"}])
        free = Wish(60, HOME)
        self.assertEqual(judge_time(day(), free, 690), [{"key": "break"}])
        self.assertEqual(judge_time(day(), free, 450), [{"key": "shift", "amount": 30}])
        self.assertEqual(judge_time(day(stretches=()), free, 540), [{"key": "absent"}])

    def test_a_night_shift(self):
        night = day(stretches=((1200.0, 1680.0),))
        self.assertEqual(judge_time(night, Wish(120, HOME), 1380), [])
        self.assertEqual(find_gap(night, Wish(120, HOME), self.road)[0].start, 1200)

    def test_work_day_and_night(self):
        always = day(stretches=((-720.0, 2160.0),))
        wish = Wish(60, HOME, earliest=0, latest=1439)
        self.assertEqual(find_gap(always, wish, self.road)[0].start, 0)
        taken = always._replace(visits=(Visit(1, -30, 1430, HOME),))
        self.assertEqual(find_gap(taken, wish, self.road)[0].start, 1430)
        taken = always._replace(visits=(Visit(1, -30, 1450, HOME),))
        self.assertEqual(find_gap(taken, wish, self.road)[0], None)

    def test_missing_travel(self):
        full = day(Visit(1, 480, 540, HOME), Visit(2, 550, 600, NORTH))
        measured = measure_day(full, self.road)
        self.assertEqual(measured[1], (0, 0))
        self.assertAlmostEqual(measured[2][1], 18.9, delta=0.1)

    def test_found_places_are_possible(self):
        """Whatever the day: what is offered overlaps nothing and can be reached."""
        chance = random.Random(11)
        offered = 0
        for _case in range(400):
            visits, moment = [], chance.uniform(480, 560)
            while moment < 960 and chance.random() < 0.8:
                end = moment + chance.uniform(0, 90)
                visits.append(Visit(len(visits), moment, end, self._place(chance)))
                moment = end + chance.uniform(0, 150)
            wish = Wish(
                chance.choice((0, 30, 60, 240)),
                self._place(chance),
                windows=chance.choice(((), ((600.0, 660.0), (800.0, 1000.0)))),
                earliest=chance.choice((-1e9, 700)),
            )
            full = day(*visits)
            gap, missing = find_gap(full, wish, self.road)
            self.assertNotEqual(gap is None, missing is None)
            if gap is None:
                continue
            offered += 1
            self.assertEqual(judge_time(full, wish, gap.start), [])
            self.assertGreaterEqual(gap.start, wish.earliest)
            end = gap.start + wish.duration
            self.assertFalse(find_overlap(full, gap.start, end))
            before = measure_day(full, self.road)
            mine = Visit(-1, gap.start, end, wish.place)
            visits = tuple(
                sorted((*visits, mine), key=lambda one: (one.start, one.end))
            )
            after = measure_day(full._replace(visits=visits), self.road)
            self.assertLessEqual(after[-1][1], 0 if after[-1][1] == 0 else 1)
            for visit_id, (_travel, missing_minutes) in before.items():
                self.assertLessEqual(after[visit_id][1], missing_minutes + 1.01)
        self.assertGreater(offered, 200)

    def _place(self, chance):
        return chance.choice(
            (
                None,
                HOME,
                NORTH,
                (31.23 + chance.uniform(-0.1, 0.1), 121.47 + chance.uniform(-0.1, 0.1)),
            )
        )
