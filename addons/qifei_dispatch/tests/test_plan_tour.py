from datetime import timedelta

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestPlanTour(HttpCase):
    """A dispatcher has a day planned, looks at the proposal and publishes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env,
            login="qifei_plan_tour",
            groups="base.group_user,qifei_base.group_dispatcher",
        )
        cls.env["qifei.work.order"].search([]).is_pinned = True
        cls.env["qifei.engineer"].search([]).active = False
        calendar = cls.env["resource.calendar"].create(
            {
                "name": "Plan tour hours",
                "tz": "UTC",
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Day",
                                "dayofweek": str(day),
                                "hour_from": 8,
                                "hour_to": 18,
                                "day_period": "morning",
                            }
                        )
                        for day in range(7)
                    ),
                ],
            }
        )
        cls.env.company.write(
            {"resource_calendar_id": calendar.id, "dispatch_seconds": 1}
        )
        cls.engineer = cls.env["qifei.engineer"].create(
            {"name": "Tour planner", "resource_calendar_id": calendar.id, "tz": "UTC"}
        )
        kind = cls.env["qifei.ticket.type"].create(
            {"name": "Tour plan", "code": "tour_plan"}
        )
        customer = cls.env["res.partner"].create(
            {"name": "Tour villa", "qifei_notify_by": "none"}
        )
        cls.order = cls.env["qifei.work.order"].create(
            {"partner_id": customer.id, "ticket_type_id": kind.id, "duration": 1}
        )

    def _run(self, size):
        self.browser_size = size
        self.start_tour(
            "/odoo/dispatch-plans", "qifei_dispatch_plan_start", login=self.user.login
        )
        runs = self.env["qifei.dispatch.run"]
        run = runs.search([("user_id", "=", self.user.id)], limit=1)
        self.assertEqual(run.state, "queued")
        # Today may be over already where the company is.
        run._as_own_step().sudo().action_cancel()
        day = self.env.company._get_dispatch_today() + timedelta(days=1)
        run = runs.with_user(self.user).create({"date_from": day, "date_to": day})
        run.action_queue()
        self.env.ref("qifei_dispatch.ir_cron_dispatch_run").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(run.state, "planned", run.message)
        self.start_tour(
            f"/odoo/dispatch-plans/{run.id}",
            "qifei_dispatch_plan_publish",
            login=self.user.login,
        )
        self.assertEqual(run.state, "published")
        self.assertEqual(self.order.state, "assigned")
        self.assertEqual(self.order.engineer_id, self.engineer)

    def test_plan_and_publish(self):
        self._run("1366x768")

    def test_plan_and_publish_on_a_phone(self):
        self._run("360x740")
