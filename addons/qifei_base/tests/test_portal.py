from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..controllers.portal_list import MAX_SEARCH_LENGTH, PortalListMixin
from .common import QifeiCase

HOSTILE = [
    "0",
    "-1",
    "9" * 30,
    "1.5",
    "²",
    "nan",
    "'; DROP TABLE res_users; --",
    "<script>alert(1)</script>",
    "%00",
    "\0",
    "\ud800",
    "😀" * 50,
    "../../etc/passwd",
    "a" * 5000,
    "%",
    "_",
    "\\",
    "__class__",
    "",
]


@tagged("post_install", "-at_install")
class TestPortalListInput(QifeiCase):
    """The cleaning of the address bar, with any text."""

    def test_any_input_falls_back_without_error(self):
        controller = PortalListMixin()
        choices = {"first": {}, "second": {}}
        anything = (
            st.none()
            | st.text()
            | st.integers()
            | st.floats()
            | st.binary()
            | st.lists(st.text())
            | st.sampled_from(HOSTILE)
        )

        @settings(max_examples=400, deadline=None, database=None)
        @given(anything)
        def check(value):
            self.assertIn(controller._clean_choice(value, choices), choices)
            self.assertGreaterEqual(controller._clean_page(value), 1)
            term = controller._clean_search(value)
            self.assertLessEqual(len(term), MAX_SEARCH_LENGTH)
            self.assertNotIn("\0", term)
            term.encode()
            day = controller._clean_date(value)
            self.assertTrue(day is None or 1900 <= day.year <= 9000)

        check()

    def test_no_choices_give_no_choice(self):
        self.assertIsNone(PortalListMixin()._clean_choice("x", {}))


@tagged("post_install", "-at_install")
class TestPortalAnnouncements(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        announcements = cls.env["qifei.announcement"]
        announcements.search([("state", "=", "published")]).action_withdraw()
        cls.customer = new_test_user(
            cls.env, login="qifei_customer", groups="base.group_portal"
        )
        cls.other = new_test_user(
            cls.env, login="qifei_other", groups="base.group_portal"
        )
        cls.visible = announcements.create(
            [
                {"name": f"Notice {number:02d}", "audience": "portal", "body": "Text"}
                for number in range(5)
            ]
        )
        cls.internal = announcements.create({"name": "Employees only"})
        (cls.visible | cls.internal).action_publish()
        cls.draft = announcements.create({"name": "Draft", "audience": "portal"})

    def _open(self, path, **params):
        return self.url_open(f"/my/announcements{path}", params=params)

    def _post_read(self, announcement):
        return self.url_open(
            f"/my/announcements/{announcement.id}/read",
            data={"csrf_token": Request.csrf_token(self)},
        )

    def test_list_shows_own_audience_only(self):
        self.authenticate("qifei_customer", "qifei_customer")
        page = self._open("").text
        for announcement in self.visible:
            self.assertIn(announcement.name, page)
        self.assertNotIn("Employees only", page)
        self.assertNotIn(f"/my/announcements/{self.draft.id}", page)

    def test_list_sorts_filters_and_searches(self):
        self.authenticate("qifei_customer", "qifei_customer")
        page = self._open("", sortby="name", search="Notice 03").text
        self.assertIn("Notice 03", page)
        self.assertNotIn("Notice 01", page)
        self.visible[1].with_user(self.customer).action_mark_read()
        page = self._open("", filterby="unread", sortby="date").text
        self.assertNotIn("Notice 01", page)
        self.assertIn("Notice 02", page)
        today = fields.Date.to_string(fields.Date.today())
        self.assertIn("Notice 02", self._open("", date_begin=today).text)
        self.assertNotIn(
            "Notice 02",
            self._open("", date_begin="2001-01-01", date_end="2001-12-31").text,
        )

    def test_list_is_paged(self):
        self.authenticate("qifei_customer", "qifei_customer")
        with patch.object(PortalListMixin, "_items_per_page", 2):
            pages = [
                self._open(path, sortby="name").text
                for path in ("", "/page/2", "/page/3", "/page/99")
            ]
        for number, page in zip((0, 2, 4), pages[:3], strict=True):
            self.assertIn(f"Notice {number:02d}", page)
        self.assertNotIn("Notice 02", pages[0])
        self.assertIn("Notice 04", pages[3])
        self.assertIn("sortby=name", pages[0])

    def test_hostile_parameters_show_the_default_list(self):
        self.authenticate("qifei_customer", "qifei_customer")
        names = ("sortby", "filterby", "search_in", "page", "date_begin", "date_end")
        sendable = [value for value in HOSTILE if "\ud800" not in value]
        for value in sendable:
            with self.subTest(value=value[:20]):
                response = self._open("", **dict.fromkeys(names, value))
                self.assertEqual(response.status_code, 200)
                self.assertIn("Notice 00", response.text)
                response = self._open("", search=value)
                self.assertEqual(response.status_code, 200)
                self.assertNotIn("<script>alert", response.text)
        for name in names:
            with self.subTest(parameter=name):
                response = self._open("", **{name: "'; --"})
                self.assertIn("Notice 00", response.text)

    def test_page_and_confirmation(self):
        self.authenticate("qifei_customer", "qifei_customer")
        announcement = self.visible[0]
        page = self._open(f"/{announcement.id}")
        self.assertIn("I have read it", page.text)
        self.assertFalse(announcement.receipt_ids, "Looking at a page writes nothing.")
        self.assertEqual(self._post_read(announcement).status_code, 200)
        self.assertEqual(announcement.receipt_ids.user_id, self.customer)
        self.assertNotIn("I have read it", self._open(f"/{announcement.id}").text)

    def test_hidden_and_missing_ones_lead_back_to_the_list(self):
        self.authenticate("qifei_customer", "qifei_customer")
        for id_ in (self.internal.id, self.draft.id, 10**9, 10**30):
            with self.subTest(id=id_):
                response = self._open(f"/{id_}")
                self.assertEqual(response.status_code, 200)
                self.assertTrue(response.url.endswith("/my/announcements"))
                self.assertNotIn("Employees only", response.text)
        self._post_read(self.internal)
        self.assertFalse(self.internal.receipt_ids)

    def test_visitor_is_sent_to_the_login(self):
        self.authenticate(None, None)
        for path in ("", f"/{self.visible[0].id}"):
            self.assertIn("/web/login", self._open(path).url)
        self._post_read(self.visible[0])
        self.assertFalse(self.visible.receipt_ids)

    @mute_logger("odoo.http")
    def test_confirmation_needs_post_and_csrf(self):
        self.authenticate("qifei_customer", "qifei_customer")
        path = f"/my/announcements/{self.visible[0].id}/read"
        self.assertIn(self.url_open(path).status_code, (404, 405))
        self.assertEqual(self.url_open(path, data={"x": 1}).status_code, 400)
        self.assertFalse(self.visible.receipt_ids)

    def test_home_counts_what_is_for_me(self):
        self.authenticate("qifei_customer", "qifei_customer")
        self.assertIn("/my/announcements", self.url_open("/my").text)
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["announcement_count"]}
        )
        self.assertEqual(counters, {"announcement_count": 5})
        self.assertEqual(
            self.make_jsonrpc_request("/my/counters", {"counters": []}), {}
        )

    def test_receipts_of_another_customer_stay_his(self):
        self.visible[0].with_user(self.other).action_mark_read()
        self.authenticate("qifei_customer", "qifei_customer")
        self.assertIn("I have read it", self._open(f"/{self.visible[0].id}").text)

    def test_list_needs_the_same_queries_for_many(self):
        self.authenticate("qifei_customer", "qifei_customer")

        def count_queries():
            self._open("")
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._open("")
            return self.env.cr.sql_log_count - before

        (self.visible - self.visible[0]).action_withdraw()
        one = count_queries()
        (self.visible - self.visible[0]).action_publish()
        self.env["qifei.announcement"].create(
            [{"name": f"More {n}", "audience": "portal"} for n in range(20)]
        ).action_publish()
        self.assertLessEqual(count_queries(), one)
