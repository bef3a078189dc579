from unittest.mock import patch

from lxml.html import fromstring

from odoo.tests import tagged

from ..const import ATTEMPT_LIMITS
from .common import PortalCase, draw_signature


@tagged("post_install", "-at_install")
class TestTracking(PortalCase):
    def setUp(self):
        super().setUp()
        self.log_in(None)

    def track(self, number, phone):
        return self.post("/service/track", {"number": number, "phone": phone})

    def order_url(self, suffix="", order=None):
        return f"/my/work-orders/{(order or self.anna_order).id}{suffix}"

    # === PRIVATE === #

    def test_private_pages_are_kept_in_no_cache(self):
        token = self.anna_order.access_token
        for url in (
            f"{self.order_url()}?access_token={token}",
            self.order_url(),
            "/service/track",
        ):
            page = self.url_open(url, allow_redirects=False)
            self.assertIn("no-store", page.headers["Cache-Control"], url)
        self.assertNotIn(
            "no-store", self.url_open("/service").headers.get("Cache-Control", "")
        )

    def test_token_of_a_request_opens_no_order_of_somebody_else(self):
        self.anna_order.sudo().partner_id = self.env.company.partner_id
        page = self.url_open(
            f"/my/tickets/{self.anna_ticket.id}"
            f"?access_token={self.anna_ticket.access_token}"
        )
        self.assertIn(self.anna_ticket.name, page.text)
        self.assertNotIn(self.anna_order.access_token, page.text)

    # === BY NUMBER === #

    def test_number_and_phone_digits_open_the_request(self):
        page = self.track(self.anna_ticket.name.lower(), "8111")
        self.assertIn(f"/my/tickets/{self.anna_ticket.id}", page.url)
        self.assertIn(self.anna_ticket.name, page.text)

    def test_wrong_digits_and_absent_numbers_get_the_same_answer(self):
        def answer(number, phone):
            text = self.track(number, phone).text
            start = text.index('role="alert"')
            return text[start : start + 400].split("</div>")[0]

        self.assertEqual(
            answer(self.anna_ticket.name, "0000"), answer("TK99999999", "8111")
        )

    def test_guessing_ends_soon(self):
        with patch.dict(ATTEMPT_LIMITS, {"tracking_number": (2, 3600)}):
            for digits in ("0001", "0002"):
                self.track(self.anna_ticket.name, digits)
            page = self.track(self.anna_ticket.name, "8111")
            self.assertEqual(page.status_code, 429)

    # === REQUEST === #

    def test_list_shows_own_requests_and_prompts_without_any(self):
        self.log_in(self.anna_user)
        page = self.url_open("/my/tickets").text
        self.assertIn(self.anna_ticket.name, page)
        self.assertNotIn(self.boris_ticket.name, page)
        page = self.url_open("/my/tickets?filterby=past").text
        self.assertIn("/service/book", page)
        self.assertIn("o_qifei_empty", page)

    def test_home_shows_counters(self):
        self.log_in(self.anna_user)
        page = self.url_open("/my").text
        for counter in ("qifei_ticket_count", "qifei_equipment_count"):
            self.assertIn(counter, page)
        answer = self.make_jsonrpc_request(
            "/my/counters",
            {
                "counters": [
                    "qifei_ticket_count",
                    "qifei_equipment_count",
                    "qifei_card_count",
                    "qifei_shared_order_count",
                ]
            },
        )
        self.assertEqual(
            answer,
            {
                "qifei_ticket_count": 1,
                "qifei_equipment_count": 1,
                "qifei_card_count": 1,
                "qifei_shared_order_count": 0,
            },
        )

    def test_customer_cancels_while_new(self):
        self.log_in(self.anna_user)
        new = self.create_ticket(self.anna, self.anna_machine)
        page = self.post(f"/my/tickets/{new.id}/cancel", {"reason": "It works again"})
        self.assertIn('data-done="cancelled"', page.text)
        self.assertEqual(new.state, "cancelled")
        self.assertEqual(new.cancel_reason, "It works again")
        # What is worked on stays.
        self.anna_ticket.action_open()
        page = self.post(f"/my/tickets/{self.anna_ticket.id}/cancel")
        self.assertIn("alert-danger", page.text)
        self.assertEqual(self.anna_ticket.state, "open")

    def test_customer_wishes_for_another_time(self):
        self.log_in(self.anna_user)
        page = self.url_open(f"/my/tickets/{self.anna_ticket.id}")
        times = fromstring(page.text).xpath("//input[@name='window'][not(@disabled)]")
        key = times[-1].get("value")
        url = f"/my/tickets/{self.anna_ticket.id}/reschedule"
        page = self.post(url, {"window": "20200101T0000"})
        self.assertIn("alert-danger", page.text)
        self.assertFalse(self.anna_ticket.preferred_start)
        page = self.post(url, {"window": key})
        self.assertIn('data-done="moved"', page.text)
        self.assertEqual(f"{self.anna_ticket.preferred_start:%Y%m%dT%H%M}", key)

    def test_customer_reopens_a_solved_request(self):
        self.anna_ticket.action_open()
        self.anna_order.action_cancel()
        self.anna_ticket.action_solve()
        url = f"/my/tickets/{self.anna_ticket.id}/reopen"
        token = self.anna_ticket.access_token
        page = self.post(url, {"access_token": token, "reason": "  "})
        self.assertEqual(self.anna_ticket.state, "solved")
        self.assertIn("alert-danger", page.text)
        self.post(url, {"access_token": token, "reason": "It hums again"})
        self.assertEqual(self.anna_ticket.state, "open")
        self.assertIn("It hums again", str(self.anna_ticket.message_ids.mapped("body")))

    def test_visitor_with_token_writes_a_message(self):
        answer = self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "qifei.ticket",
                "thread_id": self.anna_ticket.id,
                "post_data": {
                    "body": "Please ring twice",
                    "message_type": "comment",
                    "subtype_xmlid": "mail.mt_comment",
                },
                "token": self.anna_ticket.access_token,
            },
        )
        self.assertTrue(answer)
        self.assertIn("Please ring twice", self.anna_ticket.message_ids[0].body)
        self.assertEqual(self.anna_ticket.message_ids[0].author_id, self.anna)

    # === VISIT === #

    def test_timeline_follows_the_order(self):
        self.log_in(self.anna_user)
        page = self.url_open(self.order_url()).text
        self.assertNotIn("Edith Miller", page)
        self.bring_to(self.anna_order, "en_route")
        page = self.url_open(self.order_url()).text
        self.assertIn("On the way to you", page)
        self.assertIn("Edith Miller", page)
        self.assertIn("tel:+86 139 0013 9000", page)
        self.assertRegex(
            page, r'o_qifei_step_now" aria-current="step" data-step="en_route"'
        )

    def test_paused_and_cancelled_visits_say_so(self):
        self.bring_to(self.anna_order, "accepted")
        self.anna_order.action_hold(reason="Part missing")
        steps = self.anna_order._get_tracking_steps()
        self.assertEqual(
            [(step["key"], step["status"]) for step in steps[:4]],
            [
                ("draft", "past"),
                ("assigned", "past"),
                ("accepted", "past"),
                ("on_hold", "now"),
            ],
        )
        self.anna_order.action_cancel()
        steps = self.anna_order._get_tracking_steps()
        self.assertEqual(steps[-1]["key"], "cancelled")
        self.assertFalse([step for step in steps if step["status"] == "next"])

    def test_polling_sends_what_changed_only(self):
        token = self.anna_order.access_token
        url = self.order_url("/live")
        first = self.make_jsonrpc_request(url, {"access_token": token})
        self.assertIn("o_qifei_steps", first["html"])
        again = self.make_jsonrpc_request(
            url, {"access_token": token, "stamp": first["stamp"]}
        )
        self.assertEqual(again, {"stamp": first["stamp"]})
        self.bring_to(self.anna_order, "accepted")
        changed = self.make_jsonrpc_request(
            url, {"access_token": token, "stamp": first["stamp"]}
        )
        self.assertIn("Appointment confirmed", changed["html"])
        self.assertEqual(
            self.make_jsonrpc_request(url, {"access_token": "wrong-token-wrong"}),
            {"gone": True},
        )

    # === ESTIMATE === #

    def send_estimate(self):
        self.bring_to(self.anna_order, "on_site")
        self.env["qifei.work.order.line"].create(
            {
                "order_id": self.anna_order.id,
                "product_id": self.product.id,
                "kind": "other",
                "name": "Special cleaning",
                "quantity": 1,
                "price_unit": 100,
                "tax_ids": [(5, 0, 0)],
            }
        )
        self.anna_order.action_send_estimate()

    def test_estimate_is_shown_and_accepted_with_a_signature(self):
        self.send_estimate()
        token = self.anna_order.access_token
        page = self.url_open(f"{self.order_url()}?access_token={token}").text
        self.assertIn("Special cleaning", page)
        self.assertIn("portal.signature_form", page)
        url = self.order_url(f"/estimate/accept?access_token={token}")
        for signature in (None, "", "no picture", "aGVsbG8="):
            answer = self.make_jsonrpc_request(
                url, {"name": "Anna", "signature": signature}
            )
            self.assertIn("error", answer)
        for amount in ("99.5", "nan", "much"):
            answer = self.make_jsonrpc_request(
                f"{url}&amount={amount}",
                {"name": "Anna", "signature": draw_signature()},
            )
            self.assertIn("read it once more", answer["error"])
        self.assertEqual(self.anna_order.estimate_state, "sent")
        self.assertIn("&amp;amount=100.0", page)
        answer = self.make_jsonrpc_request(
            f"{url}&amount=100.0", {"name": "Anna", "signature": draw_signature()}
        )
        self.assertTrue(answer.get("force_refresh"), answer)
        self.assertEqual(self.anna_order.estimate_state, "accepted")
        self.assertEqual(self.anna_order.estimate_signed_by, "Anna")
        answer = self.make_jsonrpc_request(
            url, {"name": "Anna", "signature": draw_signature()}
        )
        self.assertIn("error", answer)

    def test_estimate_is_refused_with_a_reason(self):
        self.send_estimate()
        self.log_in(self.anna_user)
        url = self.order_url("/estimate/refuse")
        self.assertIn("alert-danger", self.post(url, {"reason": ""}).text)
        self.assertIn('data-done="refused"', self.post(url, {"reason": "Dear"}).text)
        self.assertEqual(self.anna_order.estimate_state, "refused")
        self.assertEqual(self.anna_order.estimate_refusal, "Dear")

    # === SIGNATURE AND RATING === #

    def test_customer_signs_then_rates_once(self):
        self.bring_to(self.anna_order, "done")
        self.log_in(self.anna_user)
        page = self.url_open(self.order_url("/verify")).text
        self.assertIn("Fan worn", page)
        answer = self.make_jsonrpc_request(
            self.order_url("/verify/sign"),
            {"name": "Anna", "signature": draw_signature()},
        )
        self.assertIn("/rate?done=signed", answer["redirect_url"])
        self.assertEqual(self.anna_order.state, "verified")
        self.assertEqual(self.anna_order.signed_by, "Anna")
        url = self.order_url("/rate")
        for stars in ("", "0", "6", "5.5", "five"):
            self.assertIn("alert-danger", self.post(url, {"stars": stars}).text)
        page = self.post(url, {"stars": "4", "remark": "Quick and clean"})
        self.assertIn('data-done="rated"', page.text)
        rating = self.anna_order.rating_ids
        self.assertRecordValues(
            rating,
            [{"rating": 4, "feedback": "Quick and clean", "partner_id": self.anna.id}],
        )
        self.assertIn("alert-danger", self.post(url, {"stars": "1"}).text)
        self.assertEqual(self.anna_order.rating_ids.rating, 4)

    def test_objection_sends_the_order_back(self):
        self.bring_to(self.anna_order, "done")
        token = self.anna_order.access_token
        url = self.order_url("/verify/object")
        self.post(url, {"access_token": token, "reason": ""})
        self.assertEqual(self.anna_order.state, "done")
        page = self.post(url, {"access_token": token, "reason": "Still hums"})
        self.assertIn('data-done="objected"', page.text)
        self.assertEqual(self.anna_order.state, "accepted")
        self.assertEqual(self.anna_order.rework_reason, "Still hums")

    def test_reading_pages_changes_nothing(self):
        self.bring_to(self.anna_order, "done")
        self.log_in(self.anna_user)
        self.env.flush_all()
        rows = self.count_rows()
        stamps = (self.anna_order.write_date, self.anna_ticket.write_date)
        for suffix in ("", "/verify", "/rate"):
            self.url_open(self.order_url(suffix))
        self.url_open(f"/my/tickets/{self.anna_ticket.id}")
        for suffix in ("/verify/object", "/estimate/refuse"):
            answer = self.url_open(self.order_url(suffix))
            self.assertEqual(answer.status_code, 405)
        self.env.invalidate_all()
        self.assertEqual(self.count_rows(), rows)
        self.assertEqual(
            (self.anna_order.write_date, self.anna_ticket.write_date), stamps
        )
