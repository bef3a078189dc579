from odoo.tests import tagged

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestIsolation(PortalCase):
    """Two customers and two companies with the same phone stay apart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.company_ids |= cls.other_company
        cls.clara_machine = cls.env["qifei.equipment"].create(
            {
                "product_id": cls.product.id,
                "serial": "SN-CLARA-1",
                "partner_id": cls.clara.id,
                "company_id": cls.other_company.id,
            }
        )
        cls.clara_ticket = (
            cls.env["qifei.ticket"]
            .with_company(cls.other_company)
            .create(
                {
                    "ticket_type_id": cls.visit_type.id,
                    "partner_id": cls.clara.id,
                    "description": "Secret of Clara",
                    "company_id": cls.other_company.id,
                }
            )
        )

    PAGES = ("/my/tickets", "/my/equipment", "/my/warranty-cards", "/my/shared-orders")

    def get_words(self, name):
        """Return what must be seen by this customer only."""
        partner = getattr(self, name)
        records = [
            self.env[model].search([("partner_id", "=", partner.id)])
            for model in ("qifei.ticket", "qifei.work.order", "qifei.warranty.card")
        ]
        serials = self.env["qifei.equipment"].search([("partner_id", "=", partner.id)])
        return {
            *(record.name for group in records for record in group),
            *serials.mapped("serial"),
            f"Secret of {name.title()}",
        }

    def test_lists_show_own_records_only(self):
        shared = self.get_words("anna") & self.get_words("clara")
        for name, user in (("anna", self.anna_user), ("boris", self.boris_user)):
            self.log_in(user)
            text = "".join(self.url_open(page).text for page in self.PAGES)
            self.assertIn(getattr(self, f"{name}_ticket").name, text)
            for other in {"anna", "boris", "clara"} - {name}:
                # Two companies count by themselves and may give the same number.
                foreign = self.get_words(other) - self.get_words(name) - shared
                for word in foreign:
                    self.assertNotIn(word, text, f"{name} sees {word} of {other}")

    def test_website_finds_only_records_of_its_company(self):
        self.log_in(None)
        page = self.post("/service/warranty", {"number": "SN-CLARA-1", "phone": "8111"})
        self.assertIn('role="alert"', page.text)
        foreign = self.clara_ticket
        foreign.sudo().name = "TK-ONLY-CLARA"
        page = self.post("/service/track", {"number": "TK-ONLY-CLARA", "phone": "8111"})
        self.assertIn('role="alert"', page.text)

    def test_label_of_another_company_books_nothing_here(self):
        self.log_in(None)
        self.clara_machine.access_token = "label-of-clara-0001"
        page = self.url_open(
            f"/service/book?equipment={self.clara_machine.id}&token=label-of-clara-0001"
        )
        self.assertNotIn("SN-CLARA-1", page.text)

    def test_search_and_sorting_cannot_widen_a_list(self):
        self.log_in(self.anna_user)
        for query in (
            "search=Secret&search_in=text",
            "filterby=__class__",
            "sortby=partner_id",
            "date_begin=1900-01-01&date_end=2999-01-01",
        ):
            page = self.url_open(f"/my/tickets?{query}")
            self.assertEqual(page.status_code, 200)
            self.assertNotIn(self.boris_ticket.name, page.text)
