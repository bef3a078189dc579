from odoo.tests import tagged

from .common_orders import ServiceCase


@tagged("post_install", "-at_install")
class TestMessageRequest(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.qifei_notify_by = "email"
        cls.requests = cls.env["qifei.message.request"]
        cls.requests.search([]).unlink()

    def _run_job(self):
        with self.enter_registry_test_mode():
            self.env.ref("qifei_aftersales.ir_cron_messages").method_direct_trigger()
        self.env.invalidate_all()

    def _count_mails(self, records):
        return self.env["mail.mail"].search_count(
            [("model", "=", records._name), ("res_id", "in", records.ids)]
        )

    def test_steps_ask_and_the_job_writes(self):
        order = self.create_orders()
        order.action_assign()
        order.with_user(self.users["engineer"]).action_accept()
        kinds = self.requests.search([]).mapped("kind")
        self.assertEqual(kinds, ["assigned", "confirmed"])
        self.assertEqual(self._count_mails(order), 0)
        self._run_job()
        self.assertEqual(self._count_mails(order), 1)
        self.assertFalse(self.requests.search([]))
        self._run_job()
        self.assertEqual(self._count_mails(order), 1)

    def test_engineer_is_told_in_his_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.users["engineer"].lang = "zh_CN"
        order = self.create_orders()
        order.action_assign()
        self._run_job()
        told = self.env["mail.message"].search(
            [
                ("model", "=", order._name),
                ("res_id", "=", order.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        self.assertIn(order.name, told.subject)
        self.assertNotIn("New order", told.subject)

    def test_unplanned_visit_is_not_confirmed(self):
        order = self.create_orders(planned_start=False)
        order.action_assign()
        order.action_accept()
        self.assertNotIn("confirmed", self.requests.search([]).mapped("kind"))

    def test_deleted_document_is_passed_over(self):
        order = self.create_orders()
        self.requests._request(order, "done")
        order.unlink()
        self._run_job()
        self.assertFalse(self.requests.search([]))

    def test_documents_of_an_uninstalled_addon_are_passed_over(self):
        self.requests.create(
            {"res_model": "qifei.not.there", "res_id": 1, "kind": "done"}
        )
        self._run_job()
        self.assertFalse(self.requests.search([]))

    def test_message_that_fails_leaves_the_others_alone(self):
        bad, good = orders = self.create_orders(2)
        model = type(orders)
        notify = model._notify_customer

        def break_on_bad(records, kind):
            if bad in records:
                raise ValueError("broken record")
            return notify(records, kind)

        self.patch(model, "_notify_customer", break_on_bad)
        self.requests._request(orders, "done")
        logger = "odoo.addons.qifei_base.tools.isolation"
        with self.assertLogs(logger, level="WARNING"):
            self._run_job()
        self.assertEqual(self._count_mails(good), 1)
        self.assertEqual(self._count_mails(bad), 0)
        self.assertIn("broken record", bad.message_ids[0].body)
        self.assertFalse(self.requests.search([]))

    def test_sample_data_sends_nothing(self):
        order = self.create_orders().with_context(install_mode=True)
        self.walk(order, "close")
        self.assertFalse(self.requests.search([]))

    def test_asking_costs_one_query(self):
        orders = self.create_orders(21)
        self.assertFlatQueries(
            lambda records: self.requests._request(records, "done"),
            orders[:1],
            orders[1:],
        )
