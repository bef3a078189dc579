from unittest.mock import patch

from odoo.tests import tagged

from ..const import ATTEMPT_LIMITS
from .common import PortalCase


@tagged("post_install", "-at_install")
class TestWarranty(PortalCase):
    def setUp(self):
        super().setUp()
        self.log_in(None)

    def ask(self, number, phone):
        return self.post("/service/warranty", {"number": number, "phone": phone})

    def test_serial_and_phone_digits_show_the_cover(self):
        page = self.ask("SN-ANNA-1", "8111").text
        for text in ("Cooler C1", "In warranty", "Whole machine", self.anna_card.name):
            self.assertIn(text, page)
        self.assertIn(
            f"/service/book?equipment={self.anna_machine.id}&amp;token="
            f"{self.anna_machine.access_token}",
            page,
        )
        for secret in ("Anna", "Shanghai"):
            self.assertNotIn(secret, page)

    def test_card_number_works_too(self):
        page = self.ask(self.anna_card.name.lower(), "8111").text
        self.assertIn("SN-ANNA-1", page)

    def test_one_serial_of_two_products_is_told_apart_by_the_phone(self):
        self.boris.phone = "+86 138 0013 8777"
        other = self.env["product.product"].create({"name": "Heater H1"})
        self.boris_machine.write({"product_id": other.id, "serial": "SN-ANNA-1"})
        self.assertIn("Heater H1", self.ask("SN-ANNA-1", "8777").text)
        self.assertIn("Cooler C1", self.ask("SN-ANNA-1", "8111").text)

    def test_wrong_number_and_wrong_phone_get_the_same_answer(self):
        def answer(number, phone):
            page = self.ask(number, phone)
            start = page.text.index('role="alert"')
            return page.status_code, page.text[start : start + 400].split("</div>")[0]

        absent = answer("SN-NOBODY", "8111")
        self.assertEqual(absent[0], 200)
        self.assertEqual(answer("SN-ANNA-1", "0000"), absent)
        # A machine without phone is found by nobody.
        self.anna.phone = False
        self.assertEqual(answer("SN-ANNA-1", "8111"), absent)

    def test_machine_of_another_company_is_not_found(self):
        self.anna_machine.sudo().flush_recordset()
        self.env.cr.execute(
            "UPDATE qifei_equipment SET company_id = %s WHERE id = %s",
            [self.other_company.id, self.anna_machine.id],
        )
        self.env.invalidate_all()
        self.assertNotIn("Cooler C1", self.ask("SN-ANNA-1", "8111").text)

    def test_label_shows_the_cover_without_asking(self):
        url = f"/service/warranty?equipment={self.anna_machine.id}&token="
        page = self.url_open(url + self.anna_machine.access_token).text
        self.assertIn("Whole machine", page)
        for token in ("wrong-token-wrong", self.boris_machine.access_token):
            self.assertNotIn("Whole machine", self.url_open(url + token).text)

    def test_guessing_ends_soon(self):
        with patch.dict(ATTEMPT_LIMITS, {"warranty_number": (3, 3600)}):
            for number in range(3):
                self.assertEqual(self.ask("SN-ANNA-1", f"000{number}").status_code, 200)
            page = self.ask("sn-anna-1", "8111")
            self.assertEqual(page.status_code, 429)
            self.assertNotIn("Cooler C1", page.text)
            # Another machine is not affected.
            self.assertIn("Cooler C1", self.ask("SN-BORIS-1", "8111").text)

    def test_query_writes_nothing_and_needs_csrf(self):
        rows = self.count_rows()
        self.ask("SN-ANNA-1", "8111")
        self.assertEqual(self.count_rows(), rows)
        page = self.url_open("/service/warranty", data={"number": "1", "phone": "1234"})
        self.assertEqual(page.status_code, 400)

    def test_card_page_and_pdf_open_with_the_token_of_the_card(self):
        url = f"/my/warranty-cards/{self.anna_card.id}"
        token = self.anna_card.access_token
        page = self.url_open(f"{url}?access_token={token}").text
        self.assertIn("Whole machine", page)
        self.assertNotIn("Anna", page, "The holder is shown to himself only.")
        answer = self.url_open(f"{url}?access_token={token}&report_type=pdf")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.log_in(self.anna_user)
        self.assertIn("Anna", self.url_open(url).text)
        self.assertIn(self.anna_card.name, self.url_open("/my/warranty-cards").text)
