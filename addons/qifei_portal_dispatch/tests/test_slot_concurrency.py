import threading
from datetime import timedelta
from uuid import uuid4

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged


@tagged("post_install", "-at_install", "database_breaking")
class TestLastSlot(BaseCase):
    """Two customers book the last time of an engineer, in real transactions."""

    def setUp(self):
        super().setUp()
        # The server holds this lock while it runs tests: the threads would wait for it.
        self.patch(Registry, "_lock", DummyRLock())
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = self.get_env(cr)
            # A company stays on file, so each run has one of its own.
            company = env["res.company"].create({"name": f"Concurrent {uuid4()}"})
            calendar = env["resource.calendar"].create(
                {
                    "name": "Concurrent days",
                    "tz": "UTC",
                    "company_id": company.id,
                    "attendance_ids": [
                        Command.clear(),
                        *(
                            Command.create(
                                {
                                    "name": "Morning",
                                    "dayofweek": str(day),
                                    "hour_from": 8,
                                    "hour_to": 11,
                                    "day_period": "morning",
                                }
                            )
                            for day in range(7)
                        ),
                    ],
                }
            )
            engineer = env["qifei.engineer"].create(
                {
                    "name": "Concurrent engineer",
                    "company_id": company.id,
                    "resource_calendar_id": calendar.id,
                    "tz": "UTC",
                    "start_latitude": 31.2304,
                    "start_longitude": 121.4737,
                }
            )
            customers = env["res.partner"].create(
                [
                    {"name": f"Concurrent {number}", "qifei_notify_by": "none"}
                    for number in range(2)
                ]
            )
            self.ids = company.id, calendar.id, engineer.id, customers.ids
        self.addCleanup(self.remove)

    @staticmethod
    def get_env(cr):
        return api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def remove(self):
        company_id, calendar_id, engineer_id, customer_ids = self.ids
        with self.registry.cursor() as cr:
            env = self.get_env(cr)
            tickets = env["qifei.ticket"].search([("company_id", "=", company_id)])
            tickets.work_order_ids.unlink()
            tickets.unlink()
            engineer = env["qifei.engineer"].browse(engineer_id)
            resource = engineer.resource_id
            engineer.unlink()
            resource.unlink()
            env["res.partner"].browse(customer_ids).unlink()
            env["resource.calendar"].browse(calendar_id).unlink()
            env["res.company"].browse(company_id).active = False

    def book(self, customer_id, barrier, outcomes):
        company_id, _calendar_id, engineer_id, _customer_ids = self.ids
        day = fields.Datetime.today() + timedelta(days=2)
        first = True
        with self.registry.cursor() as cr:
            env = self.get_env(cr)

            def work():
                nonlocal first
                # Both look at the free day before either of them writes.
                env["qifei.engineer"].browse(engineer_id).name  # noqa: B018
                if first:
                    first = False
                    barrier.wait(20)
                ticket = env["qifei.ticket"].create(
                    {
                        "ticket_type_id": env.ref(
                            "qifei_aftersales.qifei_ticket_type_repair"
                        ).id,
                        "partner_id": customer_id,
                        "company_id": company_id,
                        "description": "Concurrent",
                        "latitude": 31.2304,
                        "longitude": 121.4737,
                        "preferred_start": day + timedelta(hours=8),
                        "preferred_end": day + timedelta(hours=10),
                    }
                )
                ticket._reserve_visit()

            try:
                retrying(work, env)
                # The race is about two real transactions, each with its own cursor.
                cr.commit()  # pylint: disable=invalid-commit
                outcomes[customer_id] = "reserved"
            except UserError as error:
                cr.rollback()  # pylint: disable=invalid-commit
                outcomes[customer_id] = str(error)

    def test_one_gets_it_and_the_other_one_sentence(self):
        barrier, outcomes = threading.Barrier(2), {}
        threads = [
            threading.Thread(target=self.book, args=(customer_id, barrier, outcomes))
            for customer_id in self.ids[3]
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(
            sorted(outcomes.values()),
            [
                "This time has just been taken by somebody else. Choose another one, "
                "or let us call you.",
                "reserved",
            ],
        )
        with self.registry.cursor() as cr:
            env = self.get_env(cr)
            orders = env["qifei.work.order"].search([("company_id", "=", self.ids[0])])
            self.assertEqual(len(orders), 1)
            self.assertEqual(orders.engineer_id.id, self.ids[2])
