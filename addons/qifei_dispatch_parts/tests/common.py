from odoo.fields import Command

from odoo.addons.qifei_parts.tests.common_orders import PartsCase

# A Wednesday, eleven o'clock in Shanghai.
NOW = "2031-03-05 03:00:00"
HOME = (31.2304, 121.4737)
CUSTOMER = (31.2604, 121.4737)
WAREHOUSE = (31.2404, 121.4737)


class DispatchPartsCase(PartsCase):
    """Two engineers of the same home and hours, a warehouse on the way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        calendar = cls.env["resource.calendar"].create(
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
        cls.both = cls.engineer | cls.other_engineer
        cls.both.write(
            {
                "resource_calendar_id": calendar.id,
                "tz": "Asia/Shanghai",
                "start_latitude": HOME[0],
                "start_longitude": HOME[1],
            }
        )
        cls.warehouse = cls.company._get_parts_warehouse()
        cls.warehouse.partner_id = cls.env["res.partner"].create(
            {
                "name": "Test warehouse",
                "partner_latitude": WAREHOUSE[0],
                "partner_longitude": WAREHOUSE[1],
            }
        )
        cls.problems = cls.env["qifei.dispatch.problem"]

    @classmethod
    def create_job(cls, quantity=1.0, **values):
        """Return an order that needs door seals."""
        order = cls.create_orders(
            **{
                "engineer_id": False,
                "planned_start": False,
                "latitude": CUSTOMER[0],
                "longitude": CUSTOMER[1],
                "duration": 1,
                **values,
            }
        )
        cls.plan(order, quantity=quantity)
        return order

    def get_need(self, order):
        self.env.invalidate_all()
        return self.problems._get_needed_parts(order).get(order.id, {})

    def get_van(self, engineer):
        self.env.invalidate_all()
        carried = self.problems._get_van_parts(self.both)
        return carried[engineer.id].get(str(self.seal.id), 0.0)
