from odoo.tests import tagged

from odoo.addons.qifei_portal.tests.common import PortalCase


@tagged("post_install", "-at_install")
class TestApproachTour(PortalCase):
    """What the customer sees on his phone from departure to arrival."""

    browser_size = "360x800"
    touch_enabled = True

    def test_engineer_appears_and_disappears(self):
        order = self.anna_order
        order.write({"latitude": 31.2604, "longitude": 121.4737})
        self.bring_to(order, "en_route")
        self.engineer.share_position = True
        self.env["qifei.engineer.position"].create(
            {
                "engineer_id": self.engineer.id,
                "order_id": order.id,
                "latitude": 31.2404,
                "longitude": 121.4637,
                "remaining_minutes": 9,
            }
        )
        url = f"/my/work-orders/{order.id}"
        login = self.anna_user.login
        self.start_tour(url, "qifei_portal_dispatch_on_the_way", login=login)
        order.action_arrive()
        self.start_tour(url, "qifei_portal_dispatch_arrived", login=login)
