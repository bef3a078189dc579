from odoo.fields import Command

from odoo.addons.qifei_aftersales.tests.common_orders import ServiceCase

# A Wednesday, eleven o'clock in Shanghai.
NOW = "2031-03-05 03:00:00"
HOME = (31.2304, 121.4737)
CUSTOMER = (31.2604, 121.4737)


class DayCase(ServiceCase):
    """An engineer who works from 9 to 18 in Shanghai, without lunch.

    The test engineer has a login and sets off from People's Square; the customer is
    3.3 km to the north of it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Nine to six",
                "tz": "Asia/Shanghai",
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Day",
                                "dayofweek": str(day),
                                "hour_from": 9,
                                "hour_to": 18,
                                "day_period": "morning",
                            }
                        )
                        for day in range(5)
                    ),
                ],
            }
        )
        (cls.engineer | cls.other_engineer).write(
            {
                "resource_calendar_id": cls.calendar.id,
                "tz": "Asia/Shanghai",
                "start_latitude": HOME[0],
                "start_longitude": HOME[1],
            }
        )
        cls.engineer.company_id.write(
            {"dispatch_speed": 30, "dispatch_detour": 1.3, "dispatch_osrm_url": False}
        )

    @classmethod
    def create_visits(cls, count=1, **values):
        return cls.create_orders(
            count,
            **{
                "latitude": CUSTOMER[0],
                "longitude": CUSTOMER[1],
                "planned_start": NOW,
                "duration": 1,
                **values,
            },
        )

    @classmethod
    def as_engineer(cls, model_name="qifei.engineer"):
        return cls.env[model_name].with_user(cls.users["engineer"])

    def set_off(self, **values):
        """Return an order whose engineer is on the way and shares his position."""
        order = self.create_visits(**values)
        self.walk(order, "depart")
        self.as_engineer().set_my_position_sharing(True)
        return order
