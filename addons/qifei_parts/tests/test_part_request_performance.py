from odoo.fields import Command
from odoo.tests import tagged

from .common_requests import RequestCase


@tagged("post_install", "-at_install")
class TestPartRequestPerformance(RequestCase):
    """What is done with many requests takes no more queries than with one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for part in cls.part | cls.other_part:
            cls.add_stock(part, 500)

    def make(self, count, last=None):
        requests = self.env["qifei.part.request"].create(
            [self.values() for _number in range(count)]
        )
        # Somebody else asks, so that the superuser of the test may approve.
        requests._write({"requester_id": self.users["engineer"].id})
        self.env.cr.execute(
            "UPDATE qifei_part_request SET create_uid = %s WHERE id IN %s",
            (self.users["engineer"].id, requests._ids),
        )
        requests.invalidate_recordset()
        for step in ("submit", "approve", "ship", "receive"):
            if last:
                getattr(requests, f"action_{step}")()
            if step == last:
                break
        return requests

    def values(self):
        return {
            "engineer_id": self.engineer.id,
            "line_ids": [
                Command.create({"product_id": part.id, "quantity": 2})
                for part in self.part | self.other_part
            ],
        }

    def test_list_is_flat(self):
        requests = self.make(20, last="ship")
        names = [
            "name",
            "state",
            "part_summary",
            "is_late",
            "open_discrepancy_count",
            "consignment_note",
            "picking_count",
            "purchase_note",
            "can_approve",
            "can_procure",
            "can_ship_more",
            "is_on_the_way",
            "need_validation",
            "validation_status",
        ]

        def read(records):
            records.with_user(self.users["parts_keeper"]).read(names)

        self.assertFlatQueries(read, requests[:1], requests)

    def test_lines_are_flat(self):
        requests = self.make(20, last="ship")
        names = [
            "quantity_open",
            "quantity_reserved",
            "quantity_shipped",
            "quantity_transit",
            "quantity_received",
            "quantity_missing",
            "free_at_source",
        ]

        def read(records):
            records.line_ids.with_user(self.users["engineer"]).sudo().read(names)

        self.assertFlatQueries(read, requests[:1], requests)

    def test_submitting_is_flat(self):
        requests = self.make(20)
        self.assertFlatQueries(
            lambda records: records.action_submit(), requests[:1], requests
        )

    def test_growth_of_the_steps_that_move_parts(self):
        """Core writes and validates pickings one by one: the growth is kept small."""
        cost = {}
        for count in (1, 11):
            requests = self.make(count, last="submit")
            cost[count] = self._count_queries(
                lambda records: records.action_approve(), requests
            )
        each = (cost[11] - cost[1]) / 10
        self.assertLessEqual(each, 25, cost)
