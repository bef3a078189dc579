from odoo.tests import tagged

from .test_booking_slots import SlotCase


@tagged("post_install", "-at_install")
class TestBookingTour(SlotCase):
    """A customer books on his phone what can be kept."""

    browser_size = "360x800"
    touch_enabled = True

    def test_times_follow_the_visit_and_are_reserved(self):
        # The page opens with the first day.
        first = next(one for one in self.get_windows() if one.engineer_ids)
        self.fill(first, hours=0)
        self.start_tour("/service/book", "qifei_portal_dispatch_booking")
        self.env.invalidate_all()
        order = self.find_tickets("Booked with its route").work_order_ids
        self.assertEqual(order.engineer_id, self.engineer)
        self.assertTrue(order.planned_start)
        self.assertEqual(len(order.window_ids), 1)
