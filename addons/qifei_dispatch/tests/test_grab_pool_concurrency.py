import threading
from collections import Counter
from itertools import pairwise

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged

CROWD = 50


@tagged("post_install", "-at_install", "database_breaking")
class TestCrowd(BaseCase):
    """Many people want the same order at the same time, in real transactions."""

    def setUp(self):
        super().setUp()
        # The server holds this lock while it runs tests: the threads would wait for it.
        self.patch(Registry, "_lock", DummyRLock())
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = self.env_of(cr)
            users = env["res.users"].create(
                [
                    {
                        "name": f"Crowd {number}",
                        "login": f"qifei_crowd_{number}",
                        "group_ids": [
                            Command.link(env.ref("base.group_user").id),
                            Command.link(env.ref("qifei_base.group_engineer").id),
                        ],
                    }
                    for number in range(CROWD)
                ]
            )
            engineers = env["qifei.engineer"].create(
                [{"name": user.name, "user_id": user.id} for user in users]
            )
            customer = env["res.partner"].create(
                {"name": "Crowd customer", "qifei_notify_by": "none"}
            )
            skill = env["qifei.skill"].create({"name": "Crowd skill"})
            ticket_type = env["qifei.ticket.type"].create(
                {"name": "Crowd", "code": "crowd", "skill_ids": skill.ids}
            )
            engineers.skill_ids = skill
            orders = env["qifei.work.order"].create(
                [
                    {"partner_id": customer.id, "ticket_type_id": ticket_type.id}
                    for _number in range(4)
                ]
            )
            orders.action_offer()
            self.user_ids = users.ids
            self.engineer_ids = engineers.ids
            self.order_ids = orders.ids
            self.rest = customer, skill, ticket_type
        self.addCleanup(self._remove)

    @staticmethod
    def env_of(cr, uid=SUPERUSER_ID):
        return api.Environment(cr, uid, {"tracking_disable": True})

    def _remove(self):
        """Take away what the test has left."""
        with self.registry.cursor() as cr:
            env = self.env_of(cr)
            orders = env["qifei.work.order"].browse(self.order_ids)
            orders.filtered(lambda order: order.state == "draft").action_cancel()
            env["qifei.work.order.assign"].search(
                [("order_ids", "in", self.order_ids)]
            ).unlink()
            env.flush_all()
            ids = tuple(self.order_ids)
            for query in (
                "DELETE FROM qifei_message_request WHERE res_model = "
                "'qifei.work.order' AND res_id IN %s",
                "DELETE FROM mail_message WHERE model = 'qifei.work.order' "
                "AND res_id IN %s",
                "DELETE FROM mail_followers WHERE res_model = 'qifei.work.order' "
                "AND res_id IN %s",
                "DELETE FROM qifei_work_order WHERE id IN %s",
            ):
                cr.execute(query, (ids,))
            env.invalidate_all()
            engineers = env["qifei.engineer"].browse(self.engineer_ids)
            resources = engineers.resource_id
            engineers.unlink()
            resources.unlink()
            for record in self.rest[::-1]:
                record.with_env(env).unlink()
            users = env["res.users"].browse(self.user_ids)
            partners = users.partner_id
            users.unlink()
            partners.unlink()

    def run_together(self, jobs):
        """Run ``(user id, callable of env)`` at the same moment, each on its own.

        :return: ``{number: "done" or the sentence of the refusal}``
        """
        barrier = threading.Barrier(len(jobs))
        outcomes = {}

        def work_on(number, user_id, job):
            with self.registry.cursor() as cr:
                env = self.env_of(cr, user_id)
                first = True

                def work():
                    nonlocal first
                    # Everybody sees the order in the pool before anybody takes it.
                    cr.execute("SELECT 1 FROM qifei_work_order LIMIT 1")
                    if first:
                        first = False
                        barrier.wait(60)
                    job(env)

                try:
                    retrying(work, env)
                    # The race is about real transactions, each with its own cursor.
                    cr.commit()  # pylint: disable=invalid-commit
                    outcomes[number] = "done"
                except UserError as error:
                    outcomes[number] = str(error)
                except Exception as error:  # noqa: BLE001 - reported by the test
                    outcomes[number] = f"{type(error).__name__}: {error}"

        threads = [
            threading.Thread(target=work_on, args=(number, *job))
            for number, job in enumerate(jobs)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        return outcomes

    def read_order(self, order_id):
        with self.registry.cursor() as cr:
            order = self.env_of(cr)["qifei.work.order"].browse(order_id)
            return order.name, order.state, order.engineer_id.id, order.engineer_id.name

    def test_one_of_fifty_takers_wins(self):
        order_id = self.order_ids[0]
        with self.assertNoLogs("odoo.sql_db", "ERROR"):
            outcomes = self.run_together(
                [
                    (
                        user_id,
                        lambda env: (
                            env["qifei.work.order"].browse(order_id).action_grab()
                        ),
                    )
                    for user_id in self.user_ids
                ]
            )
        name, state, engineer_id, engineer_name = self.read_order(order_id)
        self.assertEqual(
            Counter(outcomes.values()),
            {
                "done": 1,
                f"{name} has just been taken by {engineer_name}.": CROWD - 1,
            },
        )
        (winner,) = [number for number, text in outcomes.items() if text == "done"]
        self.assertEqual(state, "accepted")
        self.assertEqual(engineer_id, self.engineer_ids[winner])

    def test_engineers_and_dispatchers_at_the_same_order(self):
        """Some take it, one withdraws it, one assigns it at once: one of them wins."""
        order_id = self.order_ids[1]
        dispatcher = SUPERUSER_ID

        def do(step):
            return lambda env: getattr(env["qifei.work.order"].browse(order_id), step)()

        with self.assertNoLogs("odoo.sql_db", "ERROR"):
            outcomes = self.run_together(
                [
                    *((user_id, do("action_grab")) for user_id in self.user_ids[:6]),
                    (dispatcher, do("action_withdraw")),
                    (dispatcher, do("action_dispatch_now")),
                ]
            )
        name, state, engineer_id, _engineer_name = self.read_order(order_id)
        self.assertNotIn("Error:", " ".join(outcomes.values()))
        takers = [number for number in range(6) if outcomes[number] == "done"]
        self.assertLessEqual(len(takers), 1, outcomes)
        if takers:
            self.assertEqual(engineer_id, self.engineer_ids[takers[0]])
            self.assertEqual(state, "accepted")
        for text in outcomes.values():
            if text != "done":
                self.assertRegex(
                    text,
                    f"^{name} (has just been taken by|is not in the grab pool|is “)"
                    "|is working on|take it back|is assigning",
                )

    def test_two_orders_at_once_do_not_meet_at_the_same_engineer(self):
        """Both look for the cheapest place at the same moment, and it is the same."""
        with self.assertNoLogs("odoo.sql_db", "ERROR"):
            outcomes = self.run_together(
                [
                    (
                        SUPERUSER_ID,
                        lambda env, order_id=order_id: (
                            env["qifei.work.order"]
                            .browse(order_id)
                            .action_dispatch_now()
                        ),
                    )
                    for order_id in self.order_ids[:2]
                ]
            )
        self.assertEqual(Counter(outcomes.values()), {"done": 2})
        with self.registry.cursor() as cr:
            orders = self.env_of(cr)["qifei.work.order"].browse(self.order_ids[:2])
            one, two = orders.sorted("planned_start")
            self.assertEqual(set(orders.mapped("state")), {"assigned"})
            if one.engineer_id == two.engineer_id:
                self.assertLessEqual(one.planned_end, two.planned_start)
            orders.action_unassign()

    def test_one_engineer_takes_several_orders_one_after_the_other(self):
        """Each finds the hours of those before it taken, however fast he taps."""
        user_id = self.user_ids[0]
        with self.assertNoLogs("odoo.sql_db", "ERROR"):
            outcomes = self.run_together(
                [
                    (
                        user_id,
                        lambda env, order_id=order_id: (
                            env["qifei.work.order"].browse(order_id).action_grab()
                        ),
                    )
                    for order_id in self.order_ids
                ]
            )
        self.assertEqual(Counter(outcomes.values()), {"done": 4})
        with self.registry.cursor() as cr:
            orders = self.env_of(cr)["qifei.work.order"].browse(self.order_ids)
            self.assertEqual(orders.engineer_id.ids, self.engineer_ids[:1])
            orders = orders.sorted("planned_start")
            for one, two in pairwise(orders):
                self.assertLessEqual(one.planned_end, two.planned_start)

    def test_two_lists_propose_the_same_hour(self):
        """Two dispatchers choose the same engineer for two orders at the same time."""
        with self.registry.cursor() as cr:
            env = self.env_of(cr)
            lists = [
                env["qifei.work.order.assign"].create({"order_ids": [order_id]})
                for order_id in self.order_ids[:2]
            ]
            one, two = (wizard.candidate_ids.sorted("sequence")[0] for wizard in lists)
            self.assertTrue(one.proposed_start)
            self.assertEqual(one.engineer_id, two.engineer_id)
            self.assertEqual(one.proposed_start, two.proposed_start)
            candidate_ids = [one.id, two.id]
            name = one.engineer_id.name
        with self.assertNoLogs("odoo.sql_db", "ERROR"):
            outcomes = self.run_together(
                [
                    (
                        SUPERUSER_ID,
                        lambda env, candidate_id=candidate_id: (
                            env["qifei.work.order.assign.candidate"]
                            .browse(candidate_id)
                            .action_choose()
                        ),
                    )
                    for candidate_id in candidate_ids
                ]
            )
        self.assertEqual(list(outcomes.values()).count("done"), 1, outcomes)
        (refusal,) = (text for text in outcomes.values() if text != "done")
        self.assertRegex(refusal, f"^{name} cannot take WO.* any more: .*“Rank again”")
        with self.registry.cursor() as cr:
            orders = self.env_of(cr)["qifei.work.order"].browse(self.order_ids[:2])
            self.assertEqual(len(orders.filtered("engineer_id")), 1)
