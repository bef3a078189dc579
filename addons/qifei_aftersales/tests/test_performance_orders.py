from odoo.tests import tagged

from .common_orders import STEPS, ServiceCase

BATCH = 200


@tagged("post_install", "-at_install")
class TestPerformance(ServiceCase):
    """The cost of lists, batches and steps does not grow with the records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As it is in use: with the log of changes and the chatter.
        cls.env = cls.env(context={})
        cls.customers = cls.env["res.partner"].create(
            [
                {"name": f"Customer {n}", "phone": f"+86 138 0000 1{n:03d}"}
                for n in range(BATCH)
            ]
        )

    def _ticket_values(self, count):
        return [
            {
                "partner_id": partner.id,
                "ticket_type_id": self.ticket_type.id,
                "product_id": self.product.id,
                "description": "Does not cool",
                "user_id": self.users["agent"].id,
            }
            for partner in self.customers[:count]
        ]

    def _order_values(self, count):
        return [
            {
                "partner_id": partner.id,
                "ticket_type_id": self.ticket_type.id,
                "product_id": self.product.id,
                "engineer_id": self.engineer.id,
                "planned_start": f"2031-03-{number % 28 + 1:02d} 09:00:00",
            }
            for number, partner in enumerate(self.customers[:count])
        ]

    def test_creating_tickets(self):
        create = self.env["qifei.ticket"].create
        self.assertFlatQueries(
            create, self._ticket_values(1), self._ticket_values(20), margin=2
        )

    def test_creating_orders(self):
        create = self.env["qifei.work.order"].create
        self.assertFlatQueries(
            create, self._order_values(1), self._order_values(20), margin=2
        )

    def test_batch_needs_less_than_half_a_query_for_each(self):
        for model, values in (
            ("qifei.ticket", self._ticket_values(BATCH)),
            ("qifei.work.order", self._order_values(BATCH)),
        ):
            with self.subTest(model=model):
                queries = self._count_queries(self.env[model].create, values)
                self.assertLess(queries / BATCH, 0.5)

    def test_orders_from_tickets(self):
        tickets = self.env["qifei.ticket"].create(self._ticket_values(21))
        self.assertFlatQueries(
            lambda records: records._create_work_orders(),
            tickets[:1],
            tickets[1:],
            margin=2,
        )

    def test_every_step(self):
        self.customers.qifei_notify_by = "none"
        orders = self.env["qifei.work.order"].create(self._order_values(21))
        for step in STEPS:
            if step == "complete":
                orders.write({"diagnosis": "Blown fuse", "result": "solved"})
            with self.subTest(step=step):
                self.assertFlatQueries(
                    lambda records, step=step: getattr(records, f"action_{step}")(),
                    orders[:1],
                    orders[1:],
                )
            getattr(orders, f"action_{step}")()

    def test_lists(self):
        tickets = self.env["qifei.ticket"].create(self._ticket_values(20))
        orders = self.env["qifei.work.order"].create(self._order_values(20))
        for records, user in ((tickets, "agent"), (orders, "dispatcher")):
            for view in ("list", "kanban"):
                self._check_list(records, view, self.users[user])

    def _check_list(self, records, view, user):
        model = records.with_user(user)
        fields_get = model.get_views([(False, view)])["models"][model._name]["fields"]
        names = [name for name in fields_get if name in model._fields]
        domain = [("id", "in", records.ids)]
        with self.subTest(model=model._name, view=view):
            self.assertFlatQueries(
                lambda limit: model.web_search_read(
                    domain, {name: {} for name in names}, limit=limit
                ),
                1,
                20,
            )

    def test_charges(self):
        orders = self.env["qifei.work.order"].create(self._order_values(20))
        values = [
            {"order_id": order.id, "product_id": self.labour.id} for order in orders
        ]
        self.assertFlatQueries(
            self.env["qifei.work.order.line"].create, values[:1], values, margin=2
        )

    def test_invoices(self):
        orders = self.env["qifei.work.order"].create(self._order_values(6))
        self.env["qifei.work.order.line"].create(
            [{"order_id": order.id, "product_id": self.labour.id} for order in orders]
        )
        few = self._count_queries(lambda records: records._get_unbilled_lines(), orders)
        self.assertLess(few, 12)

    def test_assignment_list(self):
        engineers = self.env["qifei.engineer"]
        orders = self.env["qifei.work.order"].create(self._order_values(1))
        user = self.users["dispatcher"]
        wizards = self.env["qifei.work.order.assign"].with_user(user)

        def rank(count):
            engineers.create([{"name": f"Engineer {n}"} for n in range(count)])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizards.create({"order_ids": orders.ids, "planned_start": "2031-03-03"})
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        rank(1)
        few = rank(1)
        self.assertLessEqual(rank(20), few + 2)

    def test_workbench(self):
        workbench = self.env["qifei.workbench"].with_user(self.users["manager"])

        def show(count):
            self.env["qifei.ticket"].create(self._ticket_values(count))
            self.env["qifei.work.order"].create(self._order_values(count))
            self.env.flush_all()
            # Creating may empty what the server keeps in memory, which is read once.
            workbench.get_cards()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            cards = workbench.get_cards()
            return self.env.cr.sql_log_count - before, cards

        # More days of visits are more to read, more visits on them are not.
        show(40)
        few, _cards = show(5)
        many, cards = show(40)
        self.assertLessEqual(many, few)
        by_id = {card["id"]: card for card in cards}
        self.assertGreaterEqual(by_id["aftersales_unassigned_orders"]["count"], 50)
