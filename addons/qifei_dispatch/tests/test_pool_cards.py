from odoo.tests import tagged

from .common_ways import WaysCase


@tagged("post_install", "-at_install")
class TestPoolCards(WaysCase):
    def get_card(self, user, card_id):
        cards = self.env["qifei.workbench"].with_user(user).get_cards()
        return next((card for card in cards if card["id"] == card_id), None)

    def test_engineer_sees_what_he_can_take(self):
        orders = self.create_free(2)
        orders.with_user(self.users["dispatcher"]).action_offer()
        card = self.get_card(self.near.user_id, "dispatch_pool")
        self.assertEqual(card["count"], 2)
        self.assertEqual({item["id"] for item in card["items"]}, set(orders.ids))
        self.env.invalidate_all()
        card = self.get_card(self.unskilled.user_id, "dispatch_pool")
        self.assertEqual(card["count"], 0)
        self.assertIsNone(self.get_card(self.users["dispatcher"], "dispatch_pool"))

    def test_dispatcher_sees_what_the_rules_could_not_dispatch(self):
        user = self.users["dispatcher"]
        self.assertIsNone(self.get_card(user, "dispatch_failed"))
        order = self.create_free()
        order._as_own_step().dispatch_error = "The route server is on fire."
        card = self.get_card(user, "dispatch_failed")
        self.assertEqual([item["id"] for item in card["items"]], order.ids)
        order.with_user(user).action_retry_dispatch()
        self.assertIsNone(self.get_card(user, "dispatch_failed"))

    def test_cards_need_the_same_queries_for_many(self):
        orders = self.create_free(20)
        orders[:5].with_user(self.users["dispatcher"]).action_offer()
        workbench = self.env["qifei.workbench"].with_user(self.near.user_id)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            workbench.get_cards()
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        orders[5:].with_user(self.users["dispatcher"]).action_offer()
        self.assertLessEqual(count(), few)
