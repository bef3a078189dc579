import io
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.qifei_base.tests.common import draw_picture

from ..const import ATTEMPT_LIMITS
from ..controllers.booking import QifeiBooking
from .common import PortalCase


@tagged("post_install", "-at_install")
class TestBooking(PortalCase):
    def setUp(self):
        super().setUp()
        self.log_in(None)

    def book(self, files=None, **values):
        data = self.get_booking_data(**values)
        return self.post("/service/book", data=data, files=files)

    # === PAGES === #

    def test_public_pages_open_and_describe_themselves(self):
        for url in ("/service", "/service/book", "/service/track", "/service/warranty"):
            page = self.url_open(url)
            self.assertEqual(page.status_code, 200, url)
            self.assertIn('<meta name="description"', page.text, url)
            self.assertEqual(page.text.count("<h1"), 1, url)
        sitemap = self.url_open("/sitemap.xml").text
        for url in ("/service", "/service/book", "/service/track", "/service/warranty"):
            self.assertIn(f"{url}</loc>", sitemap)

    def test_page_offers_types_categories_symptoms_and_times(self):
        page = self.url_open("/service/book").text
        for text in ("Test visit", "Test machines", "Hums loudly"):
            self.assertIn(text, page)
        self.assertIn('name="window"', page)
        self.assertNotIn("Edith Miller", page, "Only the first name is public.")
        self.assertIn("Edith", page)

    def test_link_chooses_type_and_category(self):
        page = self.url_open(
            f"/service/book?type=test_question&category={self.category.id}"
        ).text
        self.assertRegex(
            page, rf'name="ticket_type" value="{self.desk_type.id}"[^>]*checked'
        )
        self.assertRegex(
            page, rf'name="category" value="{self.category.id}"[^>]*checked'
        )

    # === FILING === #

    def test_booking_files_customer_address_ticket_and_photo(self):
        page = self.book(
            files=[("photos", ("plate.jpg", io.BytesIO(draw_picture(form="JPEG"))))],
            description="A complete booking",
            contact_email="dora@home.example",
            latitude="31.2345678",
            longitude="121.4567890",
        )
        self.assertIn("/service/book/done", page.url)
        ticket = self.find_tickets("A complete booking")
        self.assertEqual(len(ticket), 1)
        self.assertIn(ticket.name, page.text)
        self.assertIn(f"access_token={ticket.access_token}", page.text)
        self.assertRecordValues(
            ticket,
            [
                {
                    "state": "new",
                    "channel": "web",
                    "company_id": self.company.id,
                    "contact_name": "Dora",
                    "contact_phone": "+8613800138222",
                    "product_category_id": self.category.id,
                    "symptom_ids": self.symptom.ids,
                    "latitude": 31.2345678,
                    "longitude": 121.456789,
                }
            ],
        )
        self.assertTrue(ticket.consent_on)
        self.assertRecordValues(
            ticket.partner_id,
            [
                {
                    "name": "Dora",
                    "phone_sanitized": "+8613800138222",
                    "email": "dora@home.example",
                    "street": "Long Road 5",
                    "country_id": self.china.id,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertEqual(ticket.address_id, ticket.partner_id)
        self.assertEqual(ticket._get_photos().mapped("mimetype"), ["image/jpeg"])

    def test_chosen_window_and_engineer_are_kept(self):
        windows, engineers = self.env["qifei.engineer"]._get_booking_windows(
            self.company
        )
        # Not on the first day, which may end at any of its times.
        window = next(
            one
            for one in windows
            if self.engineer.id in one.engineer_ids
            and one.start.date() > windows[0].start.date()
        )
        self.book(
            description="With a time", window=window.key, engineer=self.engineer.id
        )
        ticket = self.find_tickets("With a time")
        self.assertEqual(
            (ticket.preferred_start, ticket.preferred_end), window.get_utc()
        )
        self.assertEqual(ticket.preferred_engineer_id, self.engineer)

    def test_question_needs_no_address(self):
        self.book(
            description="Only a question",
            ticket_type=self.desk_type.id,
            street="",
            city="",
            country="",
        )
        # Without a country the number is read with the company's; here it is foreign.
        self.book(
            description="Only a question",
            ticket_type=self.desk_type.id,
            street="",
            city="",
            country="",
            contact_phone="+86 138 0013 8222",
        )
        self.assertTrue(self.find_tickets("Only a question"))

    def test_sent_twice_files_once(self):
        token = self.get_booking_token()
        first = self.book(booking_token=token, description="Twice")
        second = self.book(booking_token=token, description="Twice")
        self.assertEqual(first.url, second.url)
        self.assertEqual(len(self.find_tickets("Twice")), 1)

    @mute_logger("odoo.sql_db")
    def test_race_of_two_submissions_files_once(self):
        token = "b" * 24
        self.book(booking_token=token, description="Race")
        rows = self.count_rows()
        found = iter([self.env["qifei.ticket"]])
        real = QifeiBooking._find_booking

        def find_booking(controller, booking_token):
            # The first look comes before the other request has committed.
            early = next(found, None)
            return real(controller, booking_token) if early is None else early

        with patch.object(QifeiBooking, "_find_booking", find_booking):
            page = self.book(booking_token=token, description="Race")
        self.assertIn("/service/book/done", page.url)
        self.assertEqual(self.count_rows(), rows)

    # === CUSTOMER === #

    def test_known_phone_is_matched_and_nothing_of_it_changes(self):
        known = self.env["res.partner"].create(
            {
                "name": "Known Customer",
                "phone": "+86 138 0013 8333",
                "street": "Old Street 9",
                "city": "Suzhou",
                "country_id": self.china.id,
                "company_id": self.company.id,
            }
        )
        page = self.book(
            description="From a known phone",
            contact_name="Somebody",
            contact_phone="13800138333",
            contact_email="new@home.example",
        )
        ticket = self.find_tickets("From a known phone")
        self.assertEqual(ticket.partner_id, known)
        self.assertRecordValues(
            known,
            [{"name": "Known Customer", "street": "Old Street 9", "email": False}],
        )
        self.assertEqual(ticket.address_id.parent_id, known)
        self.assertEqual(ticket.address_id.street, "Long Road 5")
        tracking = self.url_open(ticket.get_portal_url()).text
        for secret in ("Known Customer", "Old Street 9"):
            self.assertNotIn(secret, page.text)
            self.assertNotIn(secret, tracking)
        # The same address again is not filed twice.
        self.book(
            booking_token="c" * 24,
            description="Once more",
            contact_phone="13800138333",
        )
        again = self.find_tickets("Once more")
        self.assertEqual(again.address_id, ticket.address_id)

    def test_question_from_known_phone_shows_no_stored_address(self):
        self.env["res.partner"].create(
            {
                "name": "Known Customer",
                "phone": "+86 138 0013 8444",
                "street": "Hidden Street 3",
                "country_id": self.china.id,
                "company_id": self.company.id,
            }
        )
        self.book(
            description="A question",
            ticket_type=self.desk_type.id,
            contact_phone="+86 138 0013 8444",
        )
        ticket = self.find_tickets("A question")
        self.assertNotIn("Hidden Street", self.url_open(ticket.get_portal_url()).text)

    def test_phone_of_two_customers_makes_a_third(self):
        self.book(description="Whose phone", contact_phone=self.PHONE)
        ticket = self.find_tickets("Whose phone")
        self.assertNotIn(ticket.partner_id, self.anna | self.boris | self.clara)
        for user in (self.anna_user, self.boris_user):
            self.log_in(user)
            self.assertNotIn(ticket.name, self.url_open("/my/tickets").text)

    def test_customer_of_another_company_is_not_matched(self):
        (self.anna | self.boris).phone = False
        self.book(description="Other company", contact_phone=self.PHONE)
        ticket = self.find_tickets("Other company")
        self.assertNotEqual(ticket.partner_id, self.clara)
        self.assertEqual(ticket.partner_id.company_id, self.company)

    def test_staff_is_never_the_customer(self):
        staff = self.env.ref("base.user_admin").partner_id
        staff.write({"phone": "+86 138 0013 8555", "country_id": self.china.id})
        self.book(description="Staff phone", contact_phone="13800138555")
        self.assertNotEqual(self.find_tickets("Staff phone").partner_id, staff)

    def test_with_login_the_booking_is_the_customers_own(self):
        self.log_in(self.anna_user)
        page = self.url_open("/service/book").text
        self.assertIn("SN-ANNA-1", page)
        self.assertNotIn("SN-BORIS-1", page)
        self.assertIn("Anna Road 1", page)
        self.book(
            description="Own machine",
            category="",
            equipment=self.anna_machine.id,
            contact_phone="138 0013 8999",
        )
        ticket = self.find_tickets("Own machine")
        self.assertEqual(ticket.partner_id, self.anna)
        self.assertEqual(ticket.equipment_id, self.anna_machine)

    # === MACHINE === #

    def test_label_opens_the_form_with_machine_warranty_and_requests(self):
        token = self.anna_machine.access_token
        page = self.url_open(
            f"/service/book?equipment={self.anna_machine.id}&token={token}"
        ).text
        self.assertIn("SN-ANNA-1", page)
        self.assertIn("In warranty until", page)
        self.assertIn(self.anna_ticket.name, page)
        self.assertNotIn("Secret of", page)
        self.assertNotIn("Anna Road", page)
        self.book(
            description="Scanned",
            category="",
            equipment=self.anna_machine.id,
            token=token,
        )
        ticket = self.find_tickets("Scanned")
        self.assertEqual(ticket.equipment_id, self.anna_machine)
        self.assertNotEqual(ticket.partner_id, self.anna)
        self.assertEqual(ticket.address_id.street, "Long Road 5")

    def test_machine_without_its_token_is_not_shown_nor_booked(self):
        for query in (
            f"equipment={self.anna_machine.id}",
            f"equipment={self.anna_machine.id}&token=wrong-token-wrong",
            f"equipment={self.anna_machine.id}&token={self.boris_machine.access_token}",
            f"equipment=99999999999999999999&token={self.anna_machine.access_token}",
        ):
            page = self.url_open(f"/service/book?{query}")
            self.assertEqual(page.status_code, 200)
            self.assertNotIn("SN-ANNA-1", page.text)
        rows = self.count_rows()
        page = self.book(equipment=self.anna_machine.id, token="wrong-token-wrong")
        self.assertEqual(page.status_code, 422)
        self.assertEqual(self.count_rows(), rows)

    # === REFUSAL === #

    def test_every_mistake_is_named_and_values_are_kept(self):
        rows = self.count_rows()
        page = self.post(
            "/service/book",
            data={
                "booking_token": "d" * 24,
                "ticket_type": self.visit_type.id,
                "contact_phone": "12",
                "contact_email": "dora@",
                "description": "",
                "street": "",
                "city": "Kept City",
                "country": self.env.ref("base.fr").id,
                "state": self.env.ref("base.state_cn_SH").id,
                "window": "20200101T0000",
            },
            files=[("photos", ("plate.jpg", io.BytesIO(draw_picture(form="JPEG"))))],
        )
        self.assertEqual(page.status_code, 422)
        for field in (
            "category",
            "description",
            "contact_name",
            "contact_phone",
            "contact_email",
            "street",
            "state",
            "window",
            "consent",
        ):
            self.assertIn(f'id="qifei_error_{field}"', page.text, field)
        self.assertIn('value="Kept City"', page.text)
        self.assertIn("Your photos could not be kept", page.text)
        self.assertIn(f'value="{"d" * 24}"', page.text)
        self.assertEqual(self.count_rows(), rows)

    def test_wrong_files_are_refused_by_content(self):
        rows = self.count_rows()
        for name, content in (
            ("photo.jpg", b"<script>alert(1)</script>"),
            ("photo.png", b"%PDF-1.4 not a picture"),
            ("photo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            ("photo.bmp", draw_picture(form="BMP")),
        ):
            page = self.book(
                files=[("photos", (name, io.BytesIO(content), "image/jpeg"))]
            )
            self.assertEqual(page.status_code, 422, name)
            self.assertIn('id="qifei_error_photos"', page.text)
        page = self.book(
            files=[
                ("photos", (f"{number}.png", io.BytesIO(draw_picture())))
                for number in range(7)
            ]
        )
        self.assertEqual(page.status_code, 422)
        self.assertEqual(self.count_rows(), rows)

    def test_busy_engineer_is_refused_with_a_sentence(self):
        windows, _engineers = self.env["qifei.engineer"]._get_booking_windows(
            self.company
        )
        # Not on the first day, which may end at any of its times.
        window = next(
            one
            for one in windows
            if self.engineer.id in one.engineer_ids
            and one.start.date() > windows[0].start.date()
        )
        other = next(
            (one for one in windows if self.engineer.id not in one.engineer_ids), None
        )
        start, stop = window.get_utc()
        self.anna_order.write(
            {
                "engineer_id": self.engineer.id,
                "planned_start": start,
                "planned_end": stop,
            }
        )
        self.anna_order.action_assign()
        key = other.key if other else window.key
        page = self.book(window=key, engineer=self.engineer.id)
        self.assertEqual(page.status_code, 422)
        self.assertIn('id="qifei_error_window"', page.text)

    def test_refusal_while_filing_shows_the_form_again(self):
        tickets = type(self.env["qifei.ticket"])
        file_booking = tickets._file_booking

        def refuse(ticket, *args, **kwargs):
            file_booking(ticket, *args, **kwargs)
            reason = "Somebody was faster."
            raise UserError(reason)

        with patch.object(tickets, "_file_booking", refuse):
            page = self.book(description="Just too late")
        self.assertEqual(page.status_code, 409)
        self.assertIn("Somebody was faster.", page.text)
        self.assertIn("Just too late", page.text)
        self.assertFalse(self.find_tickets("Just too late"))

    def test_program_that_fills_the_trap_files_nothing(self):
        rows = self.count_rows()
        page = self.book(company_website="http://spam.example")
        self.assertTrue(page.url.endswith("/service"))
        self.assertEqual(self.count_rows(), rows)

    def test_without_csrf_token_nothing_is_filed(self):
        rows = self.count_rows()
        page = self.url_open("/service/book", data=self.get_booking_data())
        self.assertEqual(page.status_code, 400)
        self.assertEqual(self.count_rows(), rows)

    def test_captcha_is_asked_before_anything_is_filed(self):
        rows = self.count_rows()
        asked = []

        def refuse(_ir_http, action):
            asked.append(action)
            raise UserError(action)

        name = "_verify_request_recaptcha_token"
        with (
            patch.object(self.registry["ir.http"], name, refuse),
            mute_logger("odoo.http"),
        ):
            for url in ("/service/book", "/service/track", "/service/warranty"):
                answer = self.post(url, self.get_booking_data())
                self.assertGreaterEqual(answer.status_code, 400)
        self.assertEqual(asked, ["qifei_booking", "qifei_track", "qifei_warranty"])
        self.assertEqual(self.count_rows(), rows)

    def test_limit_per_phone(self):
        with patch.dict(ATTEMPT_LIMITS, {"booking_phone": (1, 86400)}):
            self.book(booking_token="e" * 24, description="First")
            rows = self.count_rows()
            page = self.book(booking_token="f" * 24, description="Second")
            self.assertEqual(page.status_code, 429)
            self.assertIn('id="qifei_error_contact_phone"', page.text)
            self.assertEqual(self.count_rows(), rows)

    def test_limit_per_visitor(self):
        with patch.dict(ATTEMPT_LIMITS, {"booking_ip": (1, 3600)}):
            self.book(booking_token="e" * 24, contact_name="")
            rows = self.count_rows()
            page = self.book(booking_token="f" * 24, description="Flood")
            self.assertEqual(page.status_code, 429)
            self.assertIn("Flood", page.text)
            self.assertEqual(self.count_rows(), rows)
