from freezegun import freeze_time

from odoo.tests import tagged

from .common_ways import MONDAY, WaysCase


@tagged("post_install", "-at_install")
class TestDispatchGrowth(WaysCase):
    """The cost of the job, of offers and of lists does not grow with the orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As it is in use: with the log of changes and the chatter.
        cls.env = cls.env(context={})

    def setUp(self):
        super().setUp()
        clock = freeze_time(MONDAY)
        clock.start()
        self.addCleanup(clock.stop)
        self.dispatcher = self.users["dispatcher"]

    def test_creating_orders(self):
        values = [
            {
                "partner_id": self.customer.id,
                "ticket_type_id": self.ticket_type.id,
                "area_id": self.city.id,
            }
            for _number in range(20)
        ]
        self.assertFlatQueries(
            self.env["qifei.work.order"].create, values[:1], values, margin=2
        )

    def test_job(self):
        orders = self.create_free(21)
        for rules in (
            {"way": "once"},
            {"way": "pool"},
            {"way": "plan"},
            {"way": "hand", "fallback_way": "pool"},
        ):
            self.create_rule(sequence=1, **rules)
            with self.subTest(rules=rules):
                self.assertFlatQueries(
                    lambda some: some._dispatch_in_turn(), orders[:1], orders[1:], 6
                )
            self.env["qifei.dispatch.rule"].search([("sequence", "=", 1)]).unlink()

    def test_next_way(self):
        self.create_rule(way="pool")
        orders = self.create_free(21)
        orders._dispatch_in_turn()
        self.assertFlatQueries(
            lambda some: some._dispatch_in_turn(), orders[:1], orders[1:], margin=6
        )

    def test_offering_and_withdrawing(self):
        orders = self.create_free(21).with_user(self.dispatcher)
        self.assertFlatQueries(
            lambda some: some.action_offer(), orders[:1], orders[1:], margin=3
        )
        orders.action_offer()
        self.assertFlatQueries(
            lambda some: some.action_withdraw(), orders[:1], orders[1:], margin=3
        )

    def test_notices(self):
        orders = self.create_free(21)
        orders.with_user(self.dispatcher).action_offer()
        self.assertFlatQueries(
            lambda some: some._notify_pool(), orders[:1], orders[1:], margin=3
        )

    def test_pool_list(self):
        orders = self.create_free(20)
        orders.with_user(self.dispatcher).action_offer()
        model = self.env["qifei.work.order"].with_user(self.near.user_id)
        for view in ("kanban", "list"):
            xml_id = f"qifei_dispatch.qifei_work_order_view_{view}_pool"
            views = model.get_views([(self.env.ref(xml_id).id, view)])
            names = views["models"]["qifei.work.order"]["fields"]
            with self.subTest(view=view):
                self.assertFlatQueries(
                    lambda limit, names=names: model.web_search_read(
                        [("can_grab", "=", True)],
                        {name: {} for name in names if name in model._fields},
                        limit=limit,
                    ),
                    1,
                    20,
                )

    def test_candidates(self):
        order = self.create_free().with_user(self.dispatcher)
        order.action_choose_engineer()

        def choose(count):
            self.env["qifei.engineer"].create(
                [
                    {
                        "name": f"Growth {number}",
                        "skill_ids": self.skill.ids,
                        "resource_calendar_id": self.calendar.id,
                    }
                    for number in range(count)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order.action_choose_engineer()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        choose(1)
        few = choose(1)
        self.assertLessEqual(choose(20), few + 2)
