from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestPoolTour(HttpCase):
    """An engineer takes an order on a phone that is 360 pixels wide."""

    browser_size = "360x800"
    touch_enabled = True

    def test_take_an_order_on_the_phone(self):
        user = new_test_user(
            self.env,
            login="qifei_pool_tour",
            groups="base.group_user,qifei_base.group_engineer",
        )
        skill = self.env["qifei.skill"].create({"name": "Tour soldering"})
        engineer = self.env["qifei.engineer"].create(
            {"name": "Tour solderer", "user_id": user.id, "skill_ids": skill.ids}
        )
        order = self.env["qifei.work.order"].create(
            {
                "partner_id": self.env["res.partner"]
                .create({"name": "Tour workshop", "qifei_notify_by": "none"})
                .id,
                "ticket_type_id": self.env["qifei.ticket.type"]
                .create({"name": "Tour", "code": "tour", "skill_ids": skill.ids})
                .id,
            }
        )
        order.action_offer()
        self.start_tour("/odoo/grab-pool", "qifei_dispatch_pool", login=user.login)
        self.env.invalidate_all()
        self.assertEqual(order.state, "accepted")
        self.assertEqual(order.engineer_id, engineer)
