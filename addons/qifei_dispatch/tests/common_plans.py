from datetime import date

from odoo.fields import Command

from odoo.addons.qifei_aftersales.tests.common_orders import ServiceCase

# A Monday, in a company whose clocks show UTC.
DAY = date(2031, 3, 3)
CENTRE = (31.2304, 121.4737)
# About three kilometres apart, on one line.
NORTH = (31.2604, 121.4737)
FAR_NORTH = (31.2904, 121.4737)


class PlanCase(ServiceCase):
    """Two engineers who work from 8 to 12 and from 13 to 17 and start in the centre.

    Whatever else there is in the database is out of the way of plans.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engineers = cls.engineer | cls.other_engineer
        others = cls.env["qifei.engineer"].search([]) - cls.engineers
        others.active = False
        cls.env["qifei.work.order"].search([]).is_pinned = True
        cls.company = cls.env.company
        cls.calendar = cls.create_calendar("UTC", (8, 12), (13, 17))
        cls.company.write(
            {
                "resource_calendar_id": cls.calendar.id,
                "dispatch_speed": 30,
                "dispatch_detour": 1.3,
                "dispatch_osrm_url": False,
                "dispatch_seconds": 1,
            }
        )
        cls.engineers.write(
            {
                "resource_calendar_id": cls.calendar.id,
                "tz": "UTC",
                "start_latitude": CENTRE[0],
                "start_longitude": CENTRE[1],
            }
        )
        cls.runs = cls.env["qifei.dispatch.run"]
        cls.dispatcher = cls.users["dispatcher"]

    @classmethod
    def create_calendar(cls, tz, *hours, days=range(5)):
        return cls.env["resource.calendar"].create(
            {
                "name": f"Hours in {tz}",
                "tz": tz,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Work",
                                "dayofweek": str(day),
                                "hour_from": start,
                                "hour_to": end,
                                "day_period": "morning" if start < 12 else "afternoon",
                            }
                        )
                        for day in days
                        for start, end in hours
                    ),
                ],
            }
        )

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
            planned_start=f"{DAY} {hour:02}:00:00",
            **values,
        )
        order.action_assign()
        return order

    @classmethod
    def create_leave(cls, engineer, start, end):
        return cls.env["resource.calendar.leaves"].create(
            {
                "name": "Absent",
                "resource_id": engineer.resource_id.id,
                "calendar_id": engineer.resource_calendar_id.id,
                "date_from": start,
                "date_to": end,
            }
        )

    @classmethod
    def draft(cls, orders, engineers=None, day_to=DAY, **options):
        return cls.env["qifei.dispatch.problem"]._draft(
            cls.company,
            cls.engineers if engineers is None else engineers,
            orders,
            DAY,
            day_to,
            **options,
        )

    def make_plan(self, **values):
        """Have a plan made by the scheduled job, with the real engine."""
        run = self.runs.with_user(self.dispatcher).create(
            {"date_from": DAY, "date_to": DAY, **values}
        )
        run.action_queue()
        self.run_job()
        return run

    def run_job(self):
        with self.enter_registry_test_mode():
            self.env.ref("qifei_dispatch.ir_cron_dispatch_run").method_direct_trigger()
        self.env.invalidate_all()
