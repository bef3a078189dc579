import threading
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.orm.registry import DummyRLock, Registry
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, HttpCase, get_db_name, new_test_user, tagged
from odoo.tools import mute_logger

from .common import QifeiCase


@tagged("post_install", "-at_install")
class TestAnnouncement(QifeiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["qifei.announcement"].search(
            [("state", "=", "published")]
        ).action_withdraw()
        cls.portal = new_test_user(
            cls.env, login="qifei_test_portal", groups="base.group_portal"
        )
        cls.public = cls.env.ref("base.public_user")
        cls.manager, cls.agent = cls.users["manager"], cls.users["agent"]
        cls.today = fields.Date.context_today(cls.env.user)

    @classmethod
    def _publish(cls, **vals):
        announcement = cls.env["qifei.announcement"].create({"name": "Notice", **vals})
        announcement.action_publish()
        return announcement

    def _sees(self, user, announcement):
        found = (
            self.env["qifei.announcement"]
            .with_user(user)
            .search([("id", "=", announcement.id)])
        )
        record = announcement.with_user(user)
        record.invalidate_recordset()
        self.assertEqual(bool(found), record.has_access("read"))
        return bool(found)

    # === AUDIENCE === #

    def test_audiences_see_what_is_for_them(self):
        expected = {
            "internal": {self.agent},
            "portal": {self.agent, self.portal},
            "public": {self.agent, self.portal, self.public},
        }
        for audience, seers in expected.items():
            announcement = self._publish(audience=audience)
            for user in (self.agent, self.portal, self.public):
                with self.subTest(audience=audience, user=user.login):
                    self.assertEqual(self._sees(user, announcement), user in seers)
            self.assertEqual(
                bool(
                    self.env["qifei.announcement"].search(
                        self.env["qifei.announcement"]._get_public_domain()
                        & Domain("id", "=", announcement.id)
                    )
                ),
                audience == "public",
            )

    def test_groups_narrow_the_employees(self):
        announcement = self._publish(
            group_ids=self.env.ref("qifei_base.group_agent").ids
        )
        self.assertTrue(self._sees(self.agent, announcement))
        self.assertFalse(self._sees(self.users["engineer"], announcement))
        self.assertFalse(self._sees(self.portal, announcement))
        self.assertTrue(announcement.with_user(self.manager).is_for_me)

    def test_groups_need_the_audience_employees(self):
        with self.assertRaisesRegex(ValidationError, "not only for employees"):
            self._publish(
                audience="portal", group_ids=self.env.ref("base.group_user").ids
            )

    def test_days_are_respected(self):
        day = timedelta(days=1)
        cases = [
            (self.today, False, True),
            (self.today, self.today, True),
            (self.today + day, False, False),
            (self.today - 3 * day, self.today - day, False),
        ]
        for start, end, visible in cases:
            announcement = self._publish(date_start=start, date_end=end)
            with self.subTest(start=start, end=end):
                self.assertEqual(self._sees(self.agent, announcement), visible)
                self.assertTrue(self._sees(self.manager, announcement))
                self.assertEqual(
                    announcement.with_user(self.manager).is_for_me, visible
                )

    def test_draft_and_withdrawn_are_hidden(self):
        announcement = self.env["qifei.announcement"].create({"name": "Notice"})
        self.assertFalse(self._sees(self.agent, announcement))
        announcement.action_publish()
        self.assertTrue(self._sees(self.agent, announcement))
        announcement.action_withdraw()
        self.assertFalse(self._sees(self.agent, announcement))

    @mute_logger("odoo.sql_db")
    def test_last_day_before_the_first_is_refused(self):
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            self._publish(date_end=self.today - timedelta(days=1))
        self.assertIn("dates_ordered", str(caught.exception))

    def test_other_company_does_not_see_it(self):
        company = self.env["res.company"].create({"name": "Other"})
        foreign = (
            self.env["qifei.announcement"]
            .sudo()
            .create({"name": "Notice", "company_id": company.id, "audience": "portal"})
        )
        foreign.action_publish()
        for user in (self.agent, self.manager, self.portal):
            self.assertFalse(self._sees(user, foreign))
            with self.assertRaises(AccessError):
                foreign.with_user(user).action_mark_read()
        self.assertFalse(foreign.receipt_ids)

    # === READERS === #

    def test_receipt_is_left_once(self):
        announcement = self._publish(audience="portal")
        for user in (self.agent, self.portal):
            mine = announcement.with_user(user)
            self.assertFalse(mine.is_read)
            mine.action_mark_read()
            mine.action_mark_read()
            self.assertTrue(mine.is_read)
        self.assertEqual(announcement.receipt_ids.user_id, self.agent | self.portal)
        self.assertEqual(len(announcement.receipt_ids), 2)

    def test_hidden_announcement_cannot_be_marked(self):
        announcement = self._publish()
        with self.assertRaises(AccessError):
            announcement.with_user(self.portal).action_mark_read()
        self.assertFalse(announcement.receipt_ids)

    def test_counts_are_read_and_unread_people_of_the_audience(self):
        group = self.env["res.groups"].create({"name": "Three"})
        group.user_ids = self.agent | self.manager | self.users["engineer"]
        announcement = self._publish(group_ids=group.ids)
        announcement.with_user(self.agent).action_mark_read()
        as_manager = announcement.with_user(self.manager)
        self.assertEqual(as_manager.read_count, 1)
        self.assertEqual(as_manager.unread_count, 2)
        unread = self.env["res.users"].search(as_manager.action_open_unread()["domain"])
        self.assertEqual(unread, self.manager | self.users["engineer"])
        readers = as_manager.action_open_readers()
        receipts = self.env[readers["res_model"]].search(readers["domain"])
        self.assertEqual(receipts.user_id, self.agent)

    def test_portal_users_count_only_when_addressed(self):
        internal, portal = self._publish(), self._publish(audience="portal")
        audience = (internal | portal)._get_audience_user_ids()
        self.assertNotIn(self.portal.id, audience[internal])
        self.assertIn(self.portal.id, audience[portal])
        self.assertNotIn(self.public.id, audience[portal])

    def test_form_and_list_load_for_readers(self):
        announcement = self._publish(company_id=self.env.company.id)
        for user in (self.agent, self.user_nobody, self.portal):
            self.env.invalidate_all()
            announcement.audience = "portal"
            mine = announcement.with_user(user).with_context(
                lang="en_US", allowed_company_ids=user.company_ids.ids
            )
            fields_read = {
                name: {} for name in ("name", "is_read", "group_ids", "body")
            }
            with self.subTest(user=user.login):
                self.assertEqual(mine.web_read(fields_read)[0]["name"], "Notice")

    def test_unread_is_searchable(self):
        announcement = self._publish()
        mine = announcement.with_user(self.agent)
        for value in (True, False):
            found = mine.search([("is_read", "=", value)])
            self.assertEqual(announcement in found, not value)
        mine.action_mark_read()
        self.assertIn(announcement, mine.search([("is_read", "=", True)]))
        self.assertNotIn(announcement, mine.search([("is_read", "!=", True)]))

    # === BANNER AND WORKBENCH === #

    def test_banner_shows_pinned_unread_ones(self):
        pinned = self._publish(name="Pinned", is_pinned=True, body="<p>Long text</p>")
        self._publish(name="Plain")
        announcements = self.env["qifei.announcement"].with_user(self.agent)
        self.assertEqual(
            announcements._get_banner_values(),
            [{"id": pinned.id, "title": "Pinned", "excerpt": "Long text"}],
        )
        pinned.with_user(self.agent).action_mark_read()
        self.assertEqual(announcements._get_banner_values(), [])

    def test_workbench_card_counts_unread_ones(self):
        first, second = self._publish(name="First"), self._publish(name="Second")
        first.with_user(self.agent).action_mark_read()
        cards = self.env["qifei.workbench"].with_user(self.agent).get_cards()
        card = next(card for card in cards if card["id"] == "announcements")
        self.assertEqual(card["count"], 1)
        self.assertEqual(
            {item["id"]: item["badge"] for item in card["items"]},
            {first.id: "", second.id: "New"},
        )

    # === OTHER === #

    def test_body_is_sanitised(self):
        announcement = self._publish(
            body="<p onclick='x()'>A<script>alert(1)</script></p>"
        )
        self.assertNotIn("script", announcement.body)
        self.assertNotIn("onclick", announcement.body)

    def test_excerpt_is_short_plain_text(self):
        announcement = self._publish(body=f"<h1>Head</h1><p>{'word ' * 100}</p>")
        self.assertLessEqual(len(announcement.excerpt), 161)
        self.assertTrue(announcement.excerpt.endswith("…"))
        self.assertNotIn("<", announcement.excerpt)

    def test_published_one_cannot_be_deleted(self):
        announcement = self._publish()
        with self.assertRaisesRegex(ValidationError, "withdraw it before"):
            announcement.unlink()
        announcement.action_withdraw()
        announcement.unlink()

    def test_copy_is_a_draft_without_readers(self):
        announcement = self._publish()
        announcement.with_user(self.agent).action_mark_read()
        copy = announcement.copy()
        self.assertEqual((copy.state, copy.name), ("draft", "Notice (copy)"))
        self.assertFalse(copy.receipt_ids)

    def test_lists_and_counters_are_flat(self):
        groups = self.env["res.groups"].create(
            [{"name": f"G{n}", "user_ids": self.agent.ids} for n in range(20)]
        )
        announcements = self.env["qifei.announcement"].create(
            [
                {"name": f"Notice {n}", "group_ids": group.ids, "is_pinned": True}
                for n, group in enumerate(groups)
            ]
        )
        announcements.action_publish()
        for fname in ("read_count", "is_read", "is_for_me", "excerpt"):
            with self.subTest(field=fname):
                self.assertFlatQueries(
                    lambda records, fname=fname: records.with_user(self.manager).mapped(
                        fname
                    ),
                    announcements[:1],
                    announcements,
                )
        self.assertFlatQueries(
            lambda records: records.with_user(self.agent).action_mark_read(),
            announcements[:1],
            announcements,
        )
        self.assertFlatQueries(
            lambda count: self.env["qifei.announcement"].create(
                [{"name": f"N{n}"} for n in range(count)]
            ),
            1,
            20,
        )

    def test_banner_is_flat(self):
        def show(_argument):
            self.env["qifei.announcement"].with_user(self.agent)._get_banner_values()

        self._publish(is_pinned=True)
        one = self._count_queries(show, None) and self._count_queries(show, None)
        for number in range(20):
            self._publish(is_pinned=True, name=f"Notice {number}")
        self.assertLessEqual(self._count_queries(show, None), one)


@tagged("post_install", "-at_install")
class TestBannerLanguage(HttpCase):
    def test_banner_follows_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        agent = new_test_user(
            self.env,
            login="qifei_test_reader",
            groups="base.group_user,qifei_base.group_agent",
            lang="en_US",
        )
        announcement = self.env["qifei.announcement"].create(
            {"name": "Notice", "is_pinned": True}
        )
        announcement.with_context(lang="zh_CN").name = "公告"
        announcement.action_publish()
        self.authenticate(agent.login, agent.login)
        agent.lang = "zh_CN"
        info = self.make_jsonrpc_request("/web/session/get_session_info")
        titles = {one["id"]: one["title"] for one in info["qifei_announcements"]}
        self.assertEqual(titles[announcement.id], "公告")


@tagged("post_install", "-at_install")
class TestReceiptInParallel(BaseCase):
    """Two browser tabs of one user confirm at the same moment."""

    def _run(self, func):
        with db_connect(get_db_name()).cursor() as cr:
            return func(api.Environment(cr, SUPERUSER_ID, {}))

    def _create(self, env):
        announcement = env["qifei.announcement"].create({"name": "Parallel"})
        announcement.action_publish()
        return announcement.id

    def _remove(self, env):
        announcement = env["qifei.announcement"].browse(self.announcement_id)
        announcement.action_withdraw()
        announcement.unlink()

    def setUp(self):
        super().setUp()
        # The main thread holds the lock while tests run and waits for our threads.
        self.patch(Registry, "_lock", DummyRLock())
        self.announcement_id = self._run(self._create)
        self.addCleanup(self._run, self._remove)

    @mute_logger("odoo.sql_db")
    def test_parallel_confirmations_leave_one_receipt(self):
        barrier, errors = threading.Barrier(2), []

        def work(env):
            announcement = env["qifei.announcement"].browse(self.announcement_id)
            announcement.read(["name"])
            barrier.wait(timeout=30)
            announcement.action_mark_read()

        def run():
            try:
                self._run(work)
            except Exception as error:  # noqa: BLE001 - reported by the main thread
                errors.append(error)

        threads = [threading.Thread(target=run) for _n in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        # PostgreSQL may refuse the later one under its isolation level, which the
        # server repeats; an integrity error would reach the user.
        for error in errors:
            self.assertIn("could not serialize", str(error))
        count = self._run(
            lambda env: env["qifei.announcement.receipt"].search_count(
                [("announcement_id", "=", self.announcement_id)]
            )
        )
        self.assertEqual(count, 1)
