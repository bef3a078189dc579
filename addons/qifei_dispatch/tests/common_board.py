from odoo.fields import Command

from odoo.addons.qifei_aftersales.tests.common_orders import ServiceCase

# A Wednesday, in a company whose clocks show UTC.
DAY = "2031-03-05"
CENTRE = (31.2304, 121.4737)
# 3.3 km to the north: nine minutes at 30 km/h with a detour of 1.3.
NORTH = (31.2604, 121.4737)


class BoardCase(ServiceCase):
    """Two engineers who work from 8 to 12 and from 13 to 17 and start in the centre."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Board hours",
                "tz": "UTC",
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Board",
                                "dayofweek": str(day),
                                "hour_from": start,
                                "hour_to": end,
                                "day_period": period,
                            }
                        )
                        for day in range(5)
                        for start, end, period in (
                            (8, 12, "morning"),
                            (13, 17, "afternoon"),
                        )
                    ),
                ],
            }
        )
        cls.company.resource_calendar_id = cls.calendar
        cls.company.write(
            {"dispatch_speed": 30, "dispatch_detour": 1.3, "dispatch_osrm_url": False}
        )
        cls.engineers = cls.engineer | cls.other_engineer
        cls.engineers.write(
            {
                "resource_calendar_id": cls.calendar.id,
                "tz": "UTC",
                "start_latitude": CENTRE[0],
                "start_longitude": CENTRE[1],
            }
        )
        cls.board = cls.env["qifei.dispatch.board"].with_user(cls.users["dispatcher"])

    @classmethod
    def create_visits(cls, count=1, **values):
        """Create orders in the north that take an hour; nobody has them yet."""
        return cls.create_orders(
            count,
            **{
                "engineer_id": False,
                "planned_start": False,
                "duration": 1,
                "latitude": NORTH[0],
                "longitude": NORTH[1],
                **values,
            },
        )

    @classmethod
    def create_planned(cls, hour, engineer=None, **values):
        """Create an order that is assigned at an hour of the day."""
        order = cls.create_visits(
            engineer_id=(engineer or cls.engineer).id,
            planned_start=cls.at(hour),
            **values,
        )
        order.action_assign()
        return order

    @staticmethod
    def at(hour):
        """Return the moment of an hour of the day, such as 9.5."""
        return f"{DAY} {int(hour):02d}:{round(hour % 1 * 60):02d}:00"

    def move(self, order, engineer, hour=None, board=None, **arguments):
        board = self.board if board is None else board
        return board.move(
            order.id,
            engineer.id,
            self.at(hour) if hour is not None else False,
            order._get_board_token(),
            date=DAY,
            **arguments,
        )

    def check(self, order, engineer, hour):
        return self.board.check_move(order.id, engineer.id, self.at(hour), DAY)
