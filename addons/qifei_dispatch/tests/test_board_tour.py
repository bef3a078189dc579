from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

DAY = "2031-03-05"


@tagged("post_install", "-at_install")
class TestBoardTour(HttpCase):
    """A dispatcher moves an order on the board with mouse, keyboard and phone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env,
            login="qifei_board_tour",
            groups="base.group_user,qifei_base.group_dispatcher",
        )
        calendar = cls.env["resource.calendar"].create(
            {
                "name": "Tour hours",
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
        cls.env.company.resource_calendar_id = calendar
        skill = cls.env["qifei.skill"].create({"name": "Tour welding"})
        kind = cls.env["qifei.ticket.type"].create(
            {"name": "Tour visit", "code": "tour_visit", "skill_ids": skill.ids}
        )
        cls.able, cls.novice = cls.env["qifei.engineer"].create(
            [
                {"name": name, "resource_calendar_id": calendar.id, "tz": "UTC"}
                for name in ("Tour able", "Tour novice")
            ]
        )
        cls.able.skill_ids = skill
        customer = cls.env["res.partner"].create(
            {"name": "Tour hotel", "qifei_notify_by": "none"}
        )
        cls.order = cls.env["qifei.work.order"].create(
            {"partner_id": customer.id, "ticket_type_id": kind.id, "duration": 1}
        )

    def walk(self, tour, size):
        self.browser_size = size
        self.touch_enabled = size.startswith("360")
        self.start_tour(
            f"/odoo/dispatch-board?date={DAY}", tour, login="qifei_board_tour"
        )
        self.env.invalidate_all()
        self.assertEqual(self.order.engineer_id, self.able)
        self.assertEqual(self.order.state, "assigned")
        self.assertEqual(str(self.order.planned_start.date()), DAY)

    def test_desk(self):
        self.walk("qifei_dispatch_board", "1366x768")

    def test_phone(self):
        self.walk("qifei_dispatch_board_phone", "360x780")
