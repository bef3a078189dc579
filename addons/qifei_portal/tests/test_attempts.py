from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import TransactionCase, freeze_time, tagged

from ..const import ATTEMPT_LIMITS


@tagged("post_install", "-at_install")
class TestAttempts(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.attempts = cls.env["qifei.portal.attempt"]

    def test_limit_holds_per_subject_and_span(self):
        with (
            freeze_time("2026-06-03 10:00:00"),
            patch.dict(ATTEMPT_LIMITS, {"booking_ip": (2, 3600)}),
        ):
            self.assertTrue(self.attempts._allow("booking_ip", "10.0.0.1"))
            self.assertTrue(self.attempts._allow("booking_ip", "10.0.0.1"))
            self.assertFalse(self.attempts._allow("booking_ip", "10.0.0.1"))
            self.assertTrue(self.attempts._allow("booking_ip", "10.0.0.2"))
        with (
            freeze_time("2026-06-03 11:00:01"),
            patch.dict(ATTEMPT_LIMITS, {"booking_ip": (2, 3600)}),
        ):
            self.assertTrue(self.attempts._allow("booking_ip", "10.0.0.1"))

    def test_the_table_names_nobody(self):
        self.attempts._allow("booking_ip", "203.0.113.77")
        keys = self.attempts.search([]).mapped("key")
        self.assertTrue(keys)
        self.assertFalse([key for key in keys if "203.0.113" in key])

    def test_old_windows_are_forgotten(self):
        with freeze_time(fields.Datetime.now() - timedelta(days=3)):
            self.attempts._allow("booking_ip", "198.51.100.1")
        before = self.attempts.search_count([])
        self.attempts._gc_attempts()
        self.env.invalidate_all()
        self.assertEqual(self.attempts.search_count([]), before - 1)
