from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.qifei_aftersales.tests.common_orders import ServiceCase

# A Monday morning before work begins.
MONDAY = "2031-03-03 05:00:00"


class WaysCase(ServiceCase):
    """Engineers with logins around a city, who differ in one thing each.

    ``near`` and ``far`` qualify for everything, ``unskilled`` lacks the skill,
    ``elsewhere`` looks after another area, ``outside`` belongs to a service point.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Rules that come with the addon are not what is tested here.
        cls.env["qifei.dispatch.rule"].search([]).active = False
        cls.skill = cls.env["qifei.skill"].create({"name": "Ways skill"})
        cls.ticket_type.skill_ids = cls.skill
        cls.city, cls.country = cls.env["qifei.service.area"].create(
            [{"name": "Ways city"}, {"name": "Ways country"}]
        )
        cls.point = cls.env["res.partner"].create(
            {"name": "Ways point", "qifei_is_service_partner": True}
        )
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Ways hours",
                "tz": "UTC",
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": f"Day {day}",
                                "dayofweek": str(day),
                                "hour_from": 8,
                                "hour_to": 18,
                            }
                        )
                        for day in range(5)
                    ),
                ],
            }
        )
        cls.env.company.resource_calendar_id.tz = "UTC"
        (cls.engineer | cls.other_engineer).active = False
        cls.near = cls.create_engineer("near", latitude=31.20)
        cls.far = cls.create_engineer("far", latitude=31.40)
        cls.unskilled = cls.create_engineer("unskilled", skill_ids=False)
        cls.elsewhere = cls.create_engineer("elsewhere", areas=cls.country)
        cls.outside = cls.create_engineer(
            "outside", latitude=31.21, service_point_id=cls.point.id
        )

    @classmethod
    def create_engineer(cls, name, *, latitude=31.30, areas=None, **values):
        user = new_test_user(
            cls.env,
            login=f"qifei_ways_{name}",
            groups="base.group_user,qifei_base.group_engineer",
        )
        return cls.env["qifei.engineer"].create(
            {
                "name": f"Ways {name}",
                "user_id": user.id,
                "resource_calendar_id": cls.calendar.id,
                "tz": "UTC",
                "skill_ids": [Command.set(cls.skill.ids)],
                "area_ids": [Command.set((areas or cls.city).ids)],
                "start_latitude": latitude,
                "start_longitude": 121.47,
                **values,
            }
        )

    @classmethod
    def create_free(cls, count=1, **values):
        """Create orders without an engineer, in the city."""
        return cls.create_orders(
            count,
            **{
                "engineer_id": False,
                "planned_start": False,
                "area_id": cls.city.id,
                "latitude": 31.19,
                "longitude": 121.47,
                **values,
            },
        )

    @classmethod
    def create_rule(cls, **values):
        return cls.env["qifei.dispatch.rule"].create({"name": "Ways rule", **values})

    def run_job(self):
        """Run the scheduled job as the server does, and forget what was read."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("qifei_dispatch.ir_cron_dispatch").method_direct_trigger()
        self.env.invalidate_all()

    def run_messages(self):
        """Write the notices that are asked for."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("qifei_aftersales.ir_cron_messages").method_direct_trigger()
        self.env.invalidate_all()
