import threading

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged


@tagged("post_install", "-at_install", "database_breaking")
class TestTwoDispatchers(BaseCase):
    """Two people do the same thing at the same time, in real transactions."""

    def setUp(self):
        super().setUp()
        # The server holds this lock while it runs tests: the threads would wait for it.
        self.patch(Registry, "_lock", DummyRLock())
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            customer = env["res.partner"].create(
                {"name": "Concurrent customer", "qifei_notify_by": "none"}
            )
            engineers = env["qifei.engineer"].create(
                [{"name": "Concurrent A"}, {"name": "Concurrent B"}]
            )
            order = env["qifei.work.order"].create(
                {
                    "partner_id": customer.id,
                    "ticket_type_id": env.ref(
                        "qifei_aftersales.qifei_ticket_type_repair"
                    ).id,
                }
            )
            self.ids = customer.id, engineers.ids, order.id
        self.addCleanup(self._remove)

    def _remove(self):
        customer_id, engineer_ids, order_id = self.ids
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            order = env["qifei.work.order"].browse(order_id)
            if order.state == "assigned":
                order.action_unassign()
            order.unlink()
            resources = env["qifei.engineer"].browse(engineer_ids).resource_id
            env["qifei.engineer"].browse(engineer_ids).unlink()
            resources.unlink()
            env["res.partner"].browse(customer_id).unlink()

    def _assign(self, engineer_id, barrier, outcomes):
        _customer_id, _engineer_ids, order_id = self.ids
        first = True
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

            def work():
                nonlocal first
                order = env["qifei.work.order"].browse(order_id)
                order.invalidate_recordset()
                # Both look at the free order before either of them writes.
                state = order.state
                if first:
                    first = False
                    self.assertEqual(state, "draft")
                    barrier.wait(20)
                order.write({"engineer_id": engineer_id})
                order.action_assign()

            try:
                retrying(work, env)
                # The race is about two real transactions, each with its own cursor.
                cr.commit()  # pylint: disable=invalid-commit
                outcomes[engineer_id] = "assigned"
            except UserError as error:
                outcomes[engineer_id] = str(error)

    def test_one_wins_and_the_other_is_told(self):
        barrier, outcomes = threading.Barrier(2), {}
        engineer_ids = self.ids[1]
        threads = [
            threading.Thread(target=self._assign, args=(engineer_id, barrier, outcomes))
            for engineer_id in engineer_ids
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        winners = [key for key, text in outcomes.items() if text == "assigned"]
        self.assertEqual(len(winners), 1, outcomes)
        (message,) = [text for text in outcomes.values() if text != "assigned"]
        # Which of the two he is told depends on who is faster by how much.
        self.assertRegex(message, "Take it back|is assigning WO")
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            order = env["qifei.work.order"].browse(self.ids[2])
            self.assertEqual(order.engineer_id.id, winners[0])
            self.assertEqual(order.state, "assigned")


@tagged("post_install", "-at_install", "database_breaking")
class TestTwoAgents(BaseCase):
    """Two people press the same button of one ticket, in real transactions."""

    def setUp(self):
        super().setUp()
        # The server holds this lock while it runs tests: the threads would wait for it.
        self.patch(Registry, "_lock", DummyRLock())
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            ticket = env["qifei.ticket"].create(
                {
                    "partner_id": env["res.partner"]
                    .create({"name": "Wanted twice", "qifei_notify_by": "none"})
                    .id,
                    "ticket_type_id": env.ref(
                        "qifei_aftersales.qifei_ticket_type_repair"
                    ).id,
                }
            )
            self.ticket_id = ticket.id
        self.addCleanup(self._remove)

    def _remove(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            ticket = env["qifei.ticket"].browse(self.ticket_id)
            customer = ticket.partner_id
            ticket.work_order_ids.unlink()
            ticket.action_cancel()
            ticket.unlink()
            customer.unlink()

    def _press(self, button, barrier, outcomes):
        first = True
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

            def work():
                nonlocal first
                ticket = env["qifei.ticket"].browse(self.ticket_id)
                ticket.invalidate_recordset()
                self.assertTrue(ticket.state)
                if first:
                    first = False
                    barrier.wait(20)
                getattr(ticket, button)()

            try:
                retrying(work, env)
                # The race is about two real transactions, each with its own cursor.
                cr.commit()  # pylint: disable=invalid-commit
                outcomes.append("done")
            except UserError as error:
                outcomes.append(str(error))

    def _press_twice(self, button):
        barrier, outcomes = threading.Barrier(2), []
        threads = [
            threading.Thread(target=self._press, args=(button, barrier, outcomes))
            for _person in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(outcomes.count("done"), 1, outcomes)
        return next(text for text in outcomes if text != "done")

    def test_ticket_is_taken_on_and_gets_its_order_once(self):
        message = self._press_twice("action_open")
        self.assertRegex(message, "is working on|possible only from")
        # The ticket is open now: nothing else would keep the second order out.
        message = self._press_twice("action_create_work_order")
        self.assertRegex(message, "is working on|has the order")
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            ticket = env["qifei.ticket"].browse(self.ticket_id)
            self.assertEqual(len(ticket.work_order_ids), 1)
