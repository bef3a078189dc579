from datetime import UTC, date, datetime

import pytz

from odoo.tests import BaseCase, TransactionCase, tagged

from ..tools.windows import build_windows

SHANGHAI = pytz.timezone("Asia/Shanghai")


class TestBuildWindows(BaseCase):
    def build(self, free, days=1, not_before=datetime(2026, 6, 1, tzinfo=UTC)):
        return build_windows(
            date(2026, 6, 3),
            days,
            ((8, 10), (10, 12)),
            SHANGHAI,
            not_before=not_before,
            free=free,
        )

    def test_windows_stand_in_the_zone_and_are_stored_in_utc(self):
        first, second = self.build({})
        self.assertEqual(first.key, "20260603T0000")
        self.assertEqual(
            first.get_utc(), (datetime(2026, 6, 3, 0), datetime(2026, 6, 3, 2))
        )
        self.assertEqual(second.start.hour, 10)

    def test_an_engineer_counts_when_an_hour_is_free_in_one_piece(self):
        def at(hour, minute=0):
            return SHANGHAI.localize(datetime(2026, 6, 3, hour, minute))

        windows = self.build(
            {
                1: [(at(8), at(12))],
                2: [(at(8), at(8, 40)), (at(9), at(9, 40))],
                3: [(at(9), at(10))],
            }
        )
        self.assertEqual(windows[0].engineer_ids, {1, 3})
        self.assertEqual(windows[1].engineer_ids, {1})

    def test_windows_that_start_too_soon_are_left_out(self):
        windows = self.build({}, not_before=datetime(2026, 6, 3, 1, tzinfo=UTC))
        self.assertEqual([window.start.hour for window in windows], [10])

    def test_days_follow_each_other(self):
        self.assertEqual(len(self.build({}, days=3)), 6)


@tagged("post_install", "-at_install")
class TestEngineerCards(TransactionCase):
    def test_strangers_see_the_first_name_only(self):
        engineers = self.env["qifei.engineer"].create(
            [{"name": "Li Qiang"}, {"name": "Otto"}, {"name": "王小明"}]
        )
        names = [engineer._get_public_name() for engineer in engineers]
        self.assertEqual(names[:2], ["Li", "Otto"])
        self.assertIn("王", names[2])
        self.assertNotIn("小明", names[2])

    def test_without_engineers_every_day_is_offered(self):
        company = self.env["res.company"].create({"name": "Nobody works here yet"})
        windows, engineers = self.env["qifei.engineer"]._get_booking_windows(company)
        self.assertFalse(engineers)
        self.assertTrue(windows)
