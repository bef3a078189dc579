from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PortalCase, draw_signature


@tagged("post_install", "-at_install")
class TestPartnerOrders(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna_order.shared_partner_ids = cls.dealer_company
        cls.dealer_engineer = cls.env["qifei.engineer"].create(
            {
                "name": "Dan Dealer",
                "service_point_id": cls.dealer_company.id,
                "company_id": cls.company.id,
            }
        )
        cls.url = f"/my/shared-orders/{cls.anna_order.id}"

    def setUp(self):
        super().setUp()
        self.log_in(self.dealer_user)

    def test_list_shows_what_is_shared_only(self):
        page = self.url_open("/my/shared-orders").text
        self.assertIn(self.anna_order.name, page)
        self.assertNotIn(self.boris_order.name, page)
        page = self.url_open(self.url).text
        self.assertIn("Secret of Anna", page)
        self.assertIn("Anna Road 1", page)
        other = self.url_open(f"/my/shared-orders/{self.boris_order.id}")
        self.assertTrue(other.url.endswith("/my/shared-orders"))

    def test_accepting_assigns_the_partners_engineer(self):
        self.post(self.url + "/accept", {"engineer": self.engineer.id})
        self.assertEqual(self.anna_order.state, "accepted")
        self.assertEqual(
            self.anna_order.engineer_id,
            self.dealer_engineer,
            "An engineer of somebody else cannot be chosen.",
        )
        page = self.post(self.url + "/accept")
        self.assertIn("alert-danger", page.text)

    def test_order_of_another_engineer_is_not_accepted(self):
        self.bring_to(self.anna_order, "assigned")
        page = self.post(self.url + "/accept")
        self.assertIn("alert-danger", page.text)
        self.assertEqual(self.anna_order.state, "assigned")

    def test_note_reaches_the_staff_and_not_the_customer(self):
        page = self.post(self.url + "/note", {"note": "We need a ladder"})
        self.assertIn("We need a ladder", page.text)
        message = self.anna_order.message_ids[0]
        self.assertEqual(message.author_id, self.dealer_user.partner_id)
        self.assertTrue(message.is_internal or message.subtype_id.internal)
        self.assertIn("alert-danger", self.post(self.url + "/note", {"note": " "}).text)

    def test_trusted_partner_reports_done(self):
        self.post(self.url + "/accept")
        page = self.post(self.url + "/done", {"diagnosis": "", "result": "solved"})
        self.assertIn("alert-danger", page.text)
        page = self.post(self.url + "/done", {"diagnosis": "Done", "result": "magic"})
        self.assertIn("alert-danger", page.text)
        self.assertEqual(self.anna_order.state, "accepted")
        page = self.post(
            self.url + "/done", {"diagnosis": "Fan replaced", "result": "solved"}
        )
        self.assertIn('data-done="reported"', page.text)
        self.assertEqual(self.anna_order.state, "done")
        self.assertEqual(self.anna_order.diagnosis, "Fan replaced")

    def test_partner_without_permission_does_not_report(self):
        self.post(self.url + "/accept")
        self.dealer_company.qifei_may_report_done = False
        self.assertNotIn("o_qifei_report", self.url_open(self.url).text)
        page = self.post(
            self.url + "/done", {"diagnosis": "Fan replaced", "result": "solved"}
        )
        self.assertIn("alert-danger", page.text)
        self.assertEqual(self.anna_order.state, "accepted")

    def test_partner_does_not_act_as_the_customer(self):
        self.bring_to(self.anna_order, "done")
        url = f"/my/work-orders/{self.anna_order.id}"
        self.assertEqual(self.url_open(url).status_code, 200)
        answer = self.make_jsonrpc_request(
            url + "/verify/sign", {"name": "Dealer", "signature": draw_signature()}
        )
        self.assertIn("error", answer)
        for suffix in ("/verify/object", "/rate", "/estimate/refuse"):
            self.post(url + suffix, {"reason": "No", "stars": "1"})
        self.assertEqual(self.anna_order.state, "done")
        self.assertFalse(self.anna_order.rating_ids)
        with self.assertRaises(AccessError):
            self.anna_order.with_user(self.dealer_user).read(["access_token"])

    def test_customer_sees_no_shared_orders(self):
        self.log_in(self.anna_user)
        page = self.url_open(self.url)
        self.assertTrue(page.url.endswith("/my/shared-orders"))
        self.assertNotIn(self.anna_order.name, page.text)
