from odoo.tests import tagged

from .common_orders import PartsCase


@tagged("post_install", "-at_install")
class TestOrderPartGrowth(PartsCase):
    """The same queries for one order and for twenty, beside those of core's moves.

    Core moves each quantity with queries of its own; they are counted apart, so that
    everything around them must stay flat. What the moves cost is measured with core
    ``repair.order`` in the bench.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parts = [cls.seal, cls.create_part("Relay"), cls.create_part("Fan")]
        for product in cls.parts:
            product.qifei_part_warranty_months = 12
            cls.put(product, cls.van, 500)
            cls.put(product, cls.stock, 500)
        cls.orders = cls.create_visit(21)
        cls.env["qifei.work.order.part"].create(
            [
                {"order_id": order.id, "product_id": product.id, "quantity": 2}
                for order in cls.orders
                for product in cls.parts
            ]
        )
        cls.report(cls.orders)
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.of_core = 0
        model = self.registry["stock.move"]
        for name in ("_qifei_transfer", "_qifei_reserve"):
            self.patch(model, name, self._count_apart(getattr(model, name)))

    def _count_apart(self, method):
        def counted(*args, **kwargs):
            self.env.flush_all()
            before = self.cr.sql_log_count
            result = method(*args, **kwargs)
            self.env.flush_all()
            self.of_core += self.cr.sql_log_count - before
            return result

        return counted

    def _count_queries(self, func, argument):
        self.of_core = 0
        return super()._count_queries(func, argument) - self.of_core

    def sample(self):
        return self.orders[:1], self.orders[1:]

    def test_list(self):
        def read(orders):
            self.env["qifei.work.order.part"].web_search_read(
                [("order_id", "in", orders.ids)],
                {
                    name: {}
                    for name in (
                        "quantity",
                        "quantity_reserved",
                        "quantity_used",
                        "quantity_open",
                        "quantity_to_issue",
                        "quantity_requested",
                        "free_van",
                        "free_warehouse",
                        "state",
                        "can_use",
                        "can_issue",
                    )
                },
            )

        self.assertFlatQueries(read, *self.sample())

    def test_order_list(self):
        def read(orders):
            orders.read(["can_use_parts", "can_request_parts", "has_missing_parts"])

        self.assertFlatQueries(read, *self.sample())

    def test_use(self):
        self.assertFlatQueries(lambda orders: orders.part_ids._use(), *self.sample())

    def test_use_and_complete(self):
        def work(orders):
            orders.part_ids._use()
            orders.action_complete()

        self.assertFlatQueries(work, *self.sample())

    def test_issue(self):
        self.assertFlatQueries(
            lambda orders: orders.part_ids._issue(
                {part: [{"quantity": 1}] for part in orders.part_ids}
            ),
            *self.sample(),
        )

    def test_reserve(self):
        self.assertFlatQueries(
            lambda orders: orders.part_ids._reserve(), *self.sample()
        )

    def test_plan(self):
        def plan(orders):
            self.env["qifei.work.order.part"].create(
                [{"order_id": order.id, "product_id": self.seal.id} for order in orders]
            )
            self.env.flush_all()

        self.assertFlatQueries(plan, *self.sample())
