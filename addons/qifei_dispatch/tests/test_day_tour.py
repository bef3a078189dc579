from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestDayTour(HttpCase):
    """An engineer goes through a visit on a phone that is 360 pixels wide."""

    browser_size = "360x800"
    touch_enabled = True

    def test_accept_set_off_and_arrive(self):
        user = new_test_user(
            self.env,
            login="qifei_day_tour",
            groups="base.group_user,qifei_base.group_engineer",
        )
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Day and night",
                "tz": "UTC",
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Day",
                                "dayofweek": str(day),
                                "hour_from": 0,
                                "hour_to": 24,
                                "day_period": "morning",
                            }
                        )
                        for day in range(7)
                    ),
                ],
            }
        )
        engineer = self.env["qifei.engineer"].create(
            {
                "name": "Tour engineer",
                "user_id": user.id,
                "resource_calendar_id": calendar.id,
                "tz": "UTC",
            }
        )
        customer = self.env["res.partner"].create(
            {"name": "Tour hotel", "phone": "+86 21 0000 1", "qifei_notify_by": "none"}
        )
        order = self.env["qifei.work.order"].create(
            {
                "partner_id": customer.id,
                "ticket_type_id": self.env.ref(
                    "qifei_aftersales.qifei_ticket_type_repair"
                ).id,
                "engineer_id": engineer.id,
                "planned_start": fields.Datetime.now(),
                "latitude": 31.2604,
                "longitude": 121.4737,
            }
        )
        order.action_assign()
        self.start_tour("/odoo/my-day", "qifei_dispatch_day", login=user.login)
        self.env.invalidate_all()
        self.assertEqual(order.state, "on_site")
        self.assertEqual(order.checkin_latitude, 31.2404)
        self.assertTrue(engineer.share_position)
        position = self.env["qifei.engineer.position"].search(
            [("engineer_id", "=", engineer.id)]
        )
        self.assertEqual(position.order_id, order)
        self.assertEqual(position.accuracy, 12)
