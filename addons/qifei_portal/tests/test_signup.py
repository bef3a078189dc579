from odoo.tests import tagged

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestSignup(PortalCase):
    def test_registration_keeps_the_phone_and_links_the_portal(self):
        self.website.auth_signup_uninvited = "b2c"
        self.log_in(None)
        page = self.url_open("/web/signup").text
        self.assertIn('name="phone"', page)
        self.post(
            "/web/signup",
            {
                "name": "Newcomer",
                "login": "newcomer@home.example",
                "phone": "+86 138 0013 8666",
                "password": "newcomer-secret",
                "confirm_password": "newcomer-secret",
            },
        )
        user = self.env["res.users"].search([("login", "=", "newcomer@home.example")])
        self.assertTrue(user.share)
        self.assertEqual(user.partner_id.phone, "+86 138 0013 8666")
        page = self.url_open("/my/tickets").text
        self.assertIn("o_qifei_empty", page)
        page = self.url_open("/service/book").text
        self.assertIn("+86 138 0013 8666", page)
