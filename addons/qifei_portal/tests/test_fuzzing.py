import io
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.qifei_base.tests.common import draw_picture
from odoo.addons.qifei_base.tests.fuzzing import FILES, FUZZ, LARGE, TEXT

from .common import PortalCase

BOOKING_FIELDS = (
    "booking_token",
    "ticket_type",
    "equipment",
    "token",
    "category",
    "symptoms",
    "description",
    "contact_name",
    "contact_phone",
    "contact_email",
    "street",
    "city",
    "zip",
    "country",
    "state",
    "window",
    "engineer",
    "latitude",
    "longitude",
    "consent",
    "unknown_field",
)


@tagged("post_install", "-at_install")
class TestFuzzing(PortalCase):
    """Whatever is sent to a public form: no crash, and a refusal writes nothing."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.unlimited())
        self.enterContext(mute_logger("odoo.http", "odoo.sql_db"))
        self.log_in(None)

    def send(self, url, data, files=None):
        """Post and return the answer; what no client can encode is no request."""
        with suppress(UnicodeEncodeError):
            return self.post(url, data=data, files=files)
        return None

    def assert_refused(self, answer, rows):
        if answer is None:
            return
        self.assertLess(answer.status_code, 500, answer.text[:500])
        self.assertNotIn("<script>alert(1)</script>", answer.text)
        self.env.invalidate_all()
        self.assertEqual(self.count_rows(), rows)

    # === BOOKING === #

    def test_booking_with_one_bad_field(self):
        """A good booking with one field replaced is filed whole or not at all."""
        start = self.count_rows()[0]
        filed = 0
        number = 0

        @FUZZ
        @given(st.sampled_from(BOOKING_FIELDS), TEXT)
        def check(field, value):
            nonlocal filed, number
            number += 1
            data = self.get_booking_data(booking_token=f"fuzz-{number:020d}")
            data[field] = value
            rows = self.count_rows()
            answer = self.send("/service/book", data)
            if answer is None:
                return
            self.assertLess(answer.status_code, 500, (field, value))
            self.assertNotIn("<script>alert(1)</script>", answer.text)
            self.env.invalidate_all()
            if "/service/book/done" in answer.url:
                filed += 1
            elif answer.status_code != 200:
                self.assertEqual(self.count_rows(), rows, (field, value))

        check()
        self.assertTrue(filed)
        self.assertLessEqual(self.count_rows()[0] - start, filed)

    def test_booking_with_everything_bad(self):
        rows = self.count_rows()

        @FUZZ
        @given(st.dictionaries(st.sampled_from(BOOKING_FIELDS), TEXT), FILES)
        def check(data, content):
            # A consent is never given, so nothing may be filed.
            data.pop("consent", None)
            upload = ("photo.jpg", io.BytesIO(content), "image/jpeg")
            answer = self.send("/service/book", data, files=[("photos", upload)])
            self.assert_refused(answer, rows)

        check()

    def test_booking_with_a_megabyte_in_each_field(self):
        rows = self.count_rows()

        @settings(FUZZ, max_examples=12)
        @given(st.sampled_from(BOOKING_FIELDS[1:-2]), LARGE)
        def check(field, value):
            data = self.get_booking_data(booking_token="g" * 24, consent="")
            data[field] = value
            self.assert_refused(self.send("/service/book", data), rows)

        check()

    def test_files_where_texts_belong_and_texts_where_files_belong(self):
        rows = self.count_rows()
        picture = draw_picture()
        for field in BOOKING_FIELDS:
            data = self.get_booking_data(consent="")
            data.pop(field, None)
            answer = self.send(
                "/service/book",
                data,
                files=[(field, ("a.png", io.BytesIO(picture), "image/png"))],
            )
            self.assert_refused(answer, rows)
        answer = self.send(
            "/service/book", self.get_booking_data(consent="", photos="x")
        )
        self.assert_refused(answer, rows)

    def test_booking_page_with_odd_queries(self):
        rows = self.count_rows()

        @FUZZ
        @given(
            st.dictionaries(
                st.sampled_from(("equipment", "token", "type", "category", "booking")),
                TEXT,
            )
        )
        def check(query):
            for url in ("/service/book", "/service/book/done", "/service/warranty"):
                with suppress(UnicodeEncodeError):
                    answer = self.url_open(url, params=query, method="GET")
                    self.assert_refused(answer, rows)

        check()

    # === NUMBER AND PHONE === #

    def test_tracking_and_warranty(self):
        rows = self.count_rows()

        @FUZZ
        @given(TEXT, TEXT)
        def check(number, phone):
            for url in ("/service/track", "/service/warranty"):
                data = {"number": number, "phone": phone, "name": number}
                self.assert_refused(self.send(url, data), rows)

        check()
        for url in ("/service/track", "/service/warranty"):
            data = {"number": "9" * 1024 * 1024, "phone": "8" * 1024 * 1024}
            self.assert_refused(self.send(url, data), rows)

    # === FORMS BEHIND A TOKEN === #

    def test_forms_of_ticket_and_order(self):
        self.bring_to(self.anna_order, "accepted")
        self.anna_ticket.action_open()
        self.env.flush_all()
        rows = self.count_rows()
        forms = (
            (self.anna_ticket, "/cancel"),
            (self.anna_ticket, "/reschedule"),
            (self.anna_ticket, "/reopen"),
            (self.anna_order, "/estimate/refuse"),
            (self.anna_order, "/verify/object"),
            (self.anna_order, "/rate"),
        )

        @FUZZ
        @given(st.sampled_from(forms), TEXT)
        def check(form, value):
            document, suffix = form
            data = dict.fromkeys(("reason", "window", "stars", "remark"), value)
            for token in (document.access_token, value):
                answer = self.send(
                    document.access_url + suffix, {**data, "access_token": token}
                )
                self.assert_refused(answer, rows)

        check()

    def test_signatures(self):
        self.bring_to(self.anna_order, "done")
        self.env.flush_all()
        rows = self.count_rows()
        token = self.anna_order.access_token
        value = st.one_of(
            TEXT,
            st.none(),
            st.booleans(),
            st.integers(),
            st.lists(st.integers(), max_size=3),
            st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
        )

        @FUZZ
        @given(value, value, st.sampled_from(("/verify/sign", "/estimate/accept")))
        def check(name, signature, suffix):
            with suppress(UnicodeEncodeError):
                answer = self.make_jsonrpc_request(
                    self.anna_order.access_url + suffix,
                    {"access_token": token, "name": name, "signature": signature},
                )
                self.assertIn("error", answer)
                self.env.invalidate_all()
                self.assertEqual(self.count_rows(), rows)

        check()
        self.assertEqual(self.anna_order.state, "done")

    def test_polling(self):
        value = st.one_of(TEXT, st.none(), st.integers(), st.lists(st.text(max_size=4)))

        @FUZZ
        @given(value, value)
        def check(token, stamp):
            with suppress(UnicodeEncodeError):
                answer = self.make_jsonrpc_request(
                    f"/my/work-orders/{self.anna_order.id}/live",
                    {"access_token": token, "stamp": stamp},
                )
                self.assertEqual(answer, {"gone": True})

        check()
