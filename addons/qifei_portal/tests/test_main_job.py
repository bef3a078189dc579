from odoo.tests import HttpCase, tagged

from .main_job_common import MainJobMixin

PHONE = "360x780"
DESK = "1366x768"


@tagged("post_install", "-at_install")
class TestMainJob(MainJobMixin, HttpCase):
    """The whole job through the real pages, by six users in one browser each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_main_job()

    def tour(self, name, url, user=None, size=DESK):
        self.browser_size = size
        self.touch_enabled = size == PHONE
        self.start_tour(url, f"qifei_portal_{name}", login=user and user.login)
        self.env.invalidate_all()

    def test_booking_to_rating(self):
        # The visitor books without login; his phone is the customer's.
        self.tour("booking", "/service", size=PHONE)
        ticket = self.env["qifei.ticket"].search(
            [("description", "=like", "It hums since Monday%")]
        )
        self.assertRecordValues(
            ticket,
            [
                {
                    "state": "new",
                    "partner_id": self.customer.id,
                    "contact_name": "Dora Customer",
                    "product_category_id": self.coolers.id,
                    "symptom_ids": self.symptom.ids,
                }
            ],
        )
        self.assertTrue(ticket.preferred_start)
        self.assertEqual(len(ticket._get_photos()), 1)

        self.tour("main_job_agent", f"/odoo/tickets/{ticket.id}", self.agent)
        order = ticket.work_order_ids
        self.assertEqual((ticket.state, order.state), ("open", "draft"))
        self.assertGreaterEqual(order.planned_start, ticket.preferred_start)
        self.assertLessEqual(order.planned_start, ticket.preferred_end)

        order_url = f"/odoo/work-orders/{order.id}"
        self.tour("main_job_dispatcher", order_url, self.dispatcher)
        self.assertEqual(order.state, "assigned")
        self.assertEqual(order.engineer_id, self.engineer)

        visit_url = f"/odoo/my-visits/{order.id}"
        self.tour("main_job_engineer", visit_url, self.engineer_user, PHONE)
        self.assertRecordValues(
            order,
            [
                {
                    "state": "on_site",
                    "checkin_latitude": 31.2304,
                    "checkin_longitude": 121.4737,
                    "checkin_accuracy": 12,
                    "result": "solved",
                    "amount_customer": 250,
                    "estimate_state": "sent",
                }
            ],
        )
        self.assertEqual(order.line_ids.coverage, "customer")
        self.assertTrue(order.line_ids.decision_id)

        self.tour("main_job_estimate", "/my/tickets", self.customer_user, PHONE)
        self.assertEqual(order.estimate_state, "accepted")

        self.tour("main_job_complete", visit_url, self.engineer_user, PHONE)
        self.assertEqual(order.state, "done")

        self.tour(
            "main_job_sign_and_rate",
            f"/my/work-orders/{order.id}",
            self.customer_user,
            PHONE,
        )
        self.assertEqual(order.state, "verified")
        self.assertEqual(ticket.state, "solved")
        self.assertTrue(order.signature)
        self.assertRecordValues(
            order.rating_ids,
            [{"rating": 5, "feedback": "Quick, friendly and clean"}],
        )
        self.assertEqual(self.engineer.rating_avg, 5)

        self.tour("main_job_invoice", order_url, self.manager)
        self.assertRecordValues(
            order.invoice_ids,
            [{"state": "posted", "amount_total": 250, "partner_id": self.customer.id}],
        )
        self.check_service_sheet(order)
