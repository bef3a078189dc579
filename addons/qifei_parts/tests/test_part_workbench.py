from odoo.tests import tagged

from .common_planning import PlanningCase

KEEPER_CARDS = {
    "parts_to_approve",
    "parts_to_ship",
    "parts_discrepancies",
    "parts_old_to_inspect",
    "parts_old_overdue",
    "parts_suggestions",
}
ENGINEER_CARDS = {"parts_to_receive", "parts_to_use", "parts_old_owed"}


@tagged("post_install", "-at_install")
class TestPartWorkbench(PlanningCase):
    def cards(self, role):
        self.env.flush_all()
        self.env.invalidate_all()
        cards = self.env["qifei.workbench"].with_user(self.users[role]).get_cards()
        return {card["id"]: card for card in cards if card["id"].startswith("parts_")}

    def owe(self, count=1, engineer=None, **values):
        engineer = engineer or self.engineer
        return (
            self.env["qifei.old.part"]
            .sudo()
            ._as_own_step()
            .create(
                [
                    {
                        "product_id": self.part.id,
                        "engineer_id": engineer.id,
                        "location_id": engineer._get_old_location().id,
                        **values,
                    }
                    for _number in range(count)
                ]
            )
        )

    def test_each_role_sees_its_cards(self):
        self.assertEqual(self.cards("parts_keeper").keys(), KEEPER_CARDS)
        self.assertEqual(self.cards("engineer").keys(), ENGINEER_CARDS)
        self.assertEqual(self.cards("manager").keys(), KEEPER_CARDS)
        for role in ("agent", "dispatcher"):
            self.assertFalse(self.cards(role))

    def test_every_card_opens_an_action(self):
        for role in ("parts_keeper", "engineer"):
            for card in self.cards(role).values():
                with self.subTest(card=card["id"]):
                    action = self.env.ref(card["action"])
                    self.assertTrue(
                        self.env[action.res_model]
                        .with_user(self.users[role])
                        .search_count(card["domain"])
                        >= card["count"]
                    )

    def test_requests_walk_from_card_to_card(self):
        before = {
            card: values["count"]
            for role in ("parts_keeper", "engineer")
            for card, values in self.cards(role).items()
        }

        def news():
            return {
                card
                for role in ("parts_keeper", "engineer")
                for card, values in self.cards(role).items()
                if values["count"] > before[card]
            }

        request = self.create_request(3)
        self.assertFalse(news())
        self.walk_request(request, "submit")
        self.assertEqual(news(), {"parts_to_approve"})
        self.as_keeper(request).action_approve()
        self.assertEqual(news(), {"parts_to_ship"})
        self.ship(request, 2)
        self.assertEqual(news(), {"parts_to_ship", "parts_to_receive"})
        self.ship(request, 1)
        self.assertEqual(news(), {"parts_to_receive"})
        self.receive(request, good=2)
        self.assertIn("parts_discrepancies", news())

    def test_engineer_sees_what_comes_to_his_point(self):
        self.engineer.service_point_id = self.point_partner
        self.prepared("ship", engineer_id=False, partner_id=self.point_partner.id)
        self.assertEqual(self.cards("engineer")["parts_to_receive"]["count"], 1)
        self.engineer.service_point_id = False
        self.assertEqual(self.cards("engineer")["parts_to_receive"]["count"], 0)

    def test_issued_part_is_to_use_or_return(self):
        order = self.walk(self.create_orders(), "arrive")
        self.env["qifei.work.order.part"].create(
            {"order_id": order.id, "product_id": self.part.id, "quantity": 2}
        )._issue()
        card = self.cards("engineer")["parts_to_use"]
        self.assertEqual(card["count"], 1)
        self.assertIn("2 ×", card["items"][0]["title"])
        self.assertEqual(card["items"][0]["model"], "qifei.work.order")

    def test_old_parts_owed_and_overdue(self):
        # Others, such as those of the demo, may be overdue already.
        before = self.cards("parts_keeper")["parts_old_overdue"]["count"]
        self.owe(due_on="2020-01-01")
        self.owe(engineer=self.other_engineer)
        owed = self.cards("engineer")["parts_old_owed"]
        self.assertEqual(owed["count"], 1)
        self.assertEqual(owed["items"][0]["badge_color"], "danger")
        overdue = self.cards("parts_keeper")["parts_old_overdue"]
        self.assertEqual(overdue["count"], before + 1)

    def test_suggestions_to_decide_on(self):
        before = self.cards("parts_keeper")["parts_suggestions"]["count"]
        suggestion = self.suggest((self.part, self.van))
        suggestion._as_own_step().write({"suggested_min": 1, "suggested_max": 3})
        card = self.cards("parts_keeper")["parts_suggestions"]
        self.assertEqual(card["count"], before + 1)

    def test_queries_do_not_grow_with_the_documents(self):
        workbench = self.env["qifei.workbench"]

        def show(role):
            return lambda _records: workbench.with_user(self.users[role]).get_cards()

        def fill(count):
            for _number in range(count):
                self.create_request(1)
            requests = self.env["qifei.part.request"].search(
                [("engineer_id", "=", self.engineer.id), ("state", "=", "draft")]
            )
            self.add_stock(self.part, 100)
            for request in requests:
                self.walk_request(request, "ship")
            for request in [self.create_request(1) for _number in range(count)]:
                self.walk_request(request, "submit")
            self.owe(count, due_on="2020-01-01")
            order = self.walk(self.create_orders(), "arrive")
            for part in self.create_parts(count):
                self.add_stock(part, 1)
                self.env["qifei.work.order.part"].create(
                    {"order_id": order.id, "product_id": part.id}
                )._issue()
                self.suggest((part, self.van))._as_own_step().write(
                    {"suggested_min": 1, "suggested_max": 3}
                )
            self.env.flush_all()

        roles = ("parts_keeper", "engineer")
        fill(1)
        few = {role: self._warm_count(show(role)) for role in roles}
        fill(6)
        for role in roles:
            with self.subTest(role=role):
                # Two more: a full card is counted by a query of its own.
                self.assertLessEqual(
                    self._warm_count(show(role)), few[role] + len(KEEPER_CARDS)
                )

    def _warm_count(self, func):
        self._count_queries(func, None)
        return self._count_queries(func, None)
