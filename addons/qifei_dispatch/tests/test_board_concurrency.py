import threading

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

DAY = "2031-03-05"
TEXT = "Concurrent board"


@tagged("post_install", "-at_install", "database_breaking")
class TestTwoBoards(BaseCase):
    """Two dispatchers move orders at the same time, in real transactions."""

    def setUp(self):
        super().setUp()
        # The server holds this lock while it runs tests: the threads would wait for it.
        self.patch(Registry, "_lock", DummyRLock())
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            customer = env["res.partner"].create(
                {"name": TEXT, "qifei_notify_by": "none"}
            )
            calendar = env["resource.calendar"].create(
                {"name": TEXT, "tz": "UTC", "flexible_hours": False}
            )
            engineers = env["qifei.engineer"].create(
                [
                    {
                        "name": f"{TEXT} {name}",
                        "resource_calendar_id": calendar.id,
                        "tz": "UTC",
                    }
                    for name in "AB"
                ]
            )
            kind = env["qifei.ticket.type"].create(
                {"name": TEXT, "code": "concurrent_board"}
            )
            orders = env["qifei.work.order"].create(
                [
                    {
                        "partner_id": customer.id,
                        "ticket_type_id": kind.id,
                        "duration": 1,
                    }
                    for _number in range(2)
                ]
            )
            self.ids = {
                "engineers": engineers.ids,
                "orders": orders.ids,
                "tokens": [order._get_board_token() for order in orders],
                "rest": (customer.id, kind.id, calendar.id),
            }
        self.addCleanup(self._remove)

    def _remove(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            orders = env["qifei.work.order"].browse(self.ids["orders"])
            orders.filtered(lambda order: order.state == "assigned").action_unassign()
            orders.unlink()
            engineers = env["qifei.engineer"].browse(self.ids["engineers"])
            resources = engineers.resource_id
            engineers.unlink()
            resources.unlink()
            customer_id, kind_id, calendar_id = self.ids["rest"]
            env["qifei.ticket.type"].browse(kind_id).unlink()
            env["res.partner"].browse(customer_id).unlink()
            env["resource.calendar"].browse(calendar_id).unlink()

    def _move(self, name, move, barrier, outcomes):
        first = True
        order_id, engineer_id, token = move
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

            def work():
                nonlocal first
                order = env["qifei.work.order"].browse(order_id)
                order.invalidate_recordset()
                # Both look at the free order before either of them moves it.
                self.assertTrue(order.state)
                if first:
                    first = False
                    barrier.wait(20)
                env["qifei.dispatch.board"].move(
                    order_id, engineer_id, f"{DAY} 09:00:00", token, date=DAY
                )

            try:
                retrying(work, env)
                # The race is about two real transactions, each with its own cursor.
                cr.commit()  # pylint: disable=invalid-commit
                outcomes[name] = "moved"
            except UserError as error:
                cr.rollback()
                outcomes[name] = str(error)

    def _race(self, moves):
        """Make all moves at once.

        :return: number of the one that was done, sentence of the other
        """
        barrier, outcomes = threading.Barrier(len(moves)), {}
        threads = [
            threading.Thread(target=self._move, args=(name, move, barrier, outcomes))
            for name, move in enumerate(moves)
        ]
        with self.assertNoLogs("odoo.sql_db", "ERROR"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        texts = list(outcomes.values())
        self.assertEqual(texts.count("moved"), 1, outcomes)
        winner = next(name for name, text in outcomes.items() if text == "moved")
        return winner, next(text for text in texts if text != "moved")

    def test_the_same_order(self):
        order_id, token = self.ids["orders"][0], self.ids["tokens"][0]
        winner, sentence = self._race(
            [(order_id, engineer_id, token) for engineer_id in self.ids["engineers"]]
        )
        self.assertRegex(sentence, f"was faster: .* with {TEXT}")
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            order = env["qifei.work.order"].browse(order_id)
            self.assertEqual(order.engineer_id.id, self.ids["engineers"][winner])
            self.assertEqual(order.state, "assigned")

    def test_the_same_hour(self):
        engineer_id = self.ids["engineers"][0]
        winner, sentence = self._race(
            [
                (order_id, engineer_id, token)
                for order_id, token in zip(
                    self.ids["orders"], self.ids["tokens"], strict=True
                )
            ]
        )
        self.assertRegex(sentence, f"{TEXT} A is at WO.* from .* to ")
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            orders = env["qifei.work.order"].browse(self.ids["orders"])
            self.assertEqual(
                orders.filtered("engineer_id"), orders[winner], "Only one was moved."
            )
