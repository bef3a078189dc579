from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_orders import PartsCase


@tagged("post_install", "-at_install")
class TestOrderPartSupply(PartsCase):
    """Where the parts of an order go, whether they come, and what is done next."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.point = cls.env["res.partner"].create(
            {"name": "Point", "is_company": True, "qifei_is_service_partner": True}
        )
        cls.dispatcher = cls.users["dispatcher"]

    def ask(self, quantity=1):
        """Return an order that waits for a part, and its request."""
        order = self.create_visit()
        self.plan(order, quantity=quantity)
        order.action_request_parts()
        return order, order.part_request_ids

    # === Where they go === #

    def test_engineer_of_a_point_fetches_parts_there(self):
        self.engineer.service_point_id = self.point
        request = self.ask()[1]
        self.assertEqual(request.destination_id.qifei_partner_id, self.point)
        self.assertEqual(request.partner_id, self.point)
        self.assertFalse(request.engineer_id)
        self.put(self.seal, self.stock, 1)
        request.with_user(self.keeper).action_approve()
        request.with_user(self.keeper)._ship()
        request.with_user(self.engineer_user)._receive_all()
        order = request.work_order_id
        self.assertEqual((order.state, order.held_for_parts), ("accepted", False))
        self.assertEqual(order.part_ids.state, "reserved")

    def test_engineer_of_a_point_with_stock_of_his_own_gets_them_in_his_van(self):
        self.engineer.service_point_id = self.point
        self.put(self.board, self.van, 1)
        self.assertEqual(self.ask()[1].destination_id, self.van)

    def test_a_minimum_in_the_van_is_stock_of_his_own(self):
        self.engineer.service_point_id = self.point
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.seal.id,
                "location_id": self.van.id,
                "product_min_qty": 1,
                "product_max_qty": 2,
            }
        )
        self.assertEqual(
            self.engineer._get_delivery_place(self.company),
            self.van,
        )

    def test_engineer_without_a_point_gets_them_in_his_van(self):
        self.assertEqual(self.ask()[1].destination_id, self.van)

    # === Whether they come === #

    def get_to_do(self, order):
        self.env.invalidate_all()
        return order.activity_search(["qifei_parts.mail_activity_type_parts_missing"])

    def lose(self, request, *, replace):
        """Ship one piece that never arrives."""
        self.put(self.seal, self.stock, 2)
        keeper = request.with_user(self.keeper)
        keeper.action_approve()
        keeper._ship()
        request.with_user(self.engineer_user)._receive(
            [{"line": request.line_ids, "good": 0}]
        )
        self.assertFalse(self.get_to_do(request.work_order_id), "Not settled yet.")
        keeper.discrepancy_ids._settle("lost", replace=replace)

    def test_a_lost_part_is_told_to_the_dispatcher(self):
        order, request = self.ask()
        order.user_id = self.dispatcher
        self.lose(request, replace=False)
        self.assertEqual(request.state, "done")
        to_do = self.get_to_do(order)
        self.assertEqual(to_do.user_id, self.dispatcher)
        self.assertIn("1 × [SEAL] Door seal will not come", to_do.summary)
        self.assertEqual((order.state, order.held_for_parts), ("on_hold", True))
        order.with_user(self.dispatcher).action_request_parts()
        self.assertFalse(self.get_to_do(order), "It is asked for again.")
        self.assertEqual(len(order.part_request_ids), 2)

    def test_somebody_is_told_where_the_program_has_planned(self):
        order = self.create_visit()
        order.user_id = self.env.ref("base.user_root")
        self.plan(order)
        order.with_user(self.engineer_user).action_request_parts()
        order.part_request_ids.with_user(self.keeper).action_reject("None left")
        self.assertEqual(self.get_to_do(order).user_id, self.engineer_user)

    def test_nobody_is_told_when_it_is_shipped_again(self):
        order, request = self.ask()
        self.lose(request, replace=True)
        self.assertFalse(self.get_to_do(order))
        request.with_user(self.keeper)._ship()
        request.with_user(self.engineer_user)._receive_all()
        self.assertEqual(order.state, "accepted")

    def test_a_rejected_or_cancelled_request_is_told(self):
        for step in ("reject", "cancel"):
            order, request = self.ask()
            with self.subTest(step=step):
                if step == "reject":
                    request.with_user(self.keeper).action_reject("None left")
                else:
                    request.with_user(self.keeper).action_cancel()
                self.assertEqual(len(self.get_to_do(order)), 1)

    def test_what_is_not_granted_is_told(self):
        order, request = self.ask(2)
        self.put(self.seal, self.stock, 2)
        keeper = request.with_user(self.keeper)
        keeper.line_ids.quantity_approved = 1
        keeper.action_approve()
        self.assertIn("1 × [SEAL]", self.get_to_do(order).summary)

    def test_granting_all_is_no_bad_news(self):
        order, request = self.ask()
        request.with_user(self.keeper).action_approve()
        self.assertFalse(self.get_to_do(order))

    def test_going_on_without_it_ends_the_to_do(self):
        order, request = self.ask()
        request.with_user(self.keeper).action_reject("None left")
        order.with_user(self.dispatcher).action_resume()
        self.assertFalse(self.get_to_do(order))

    # === What is done next === #

    def next_step(self, order, user=None):
        self.env.invalidate_all()
        return order.with_user(user or self.engineer_user).next_part_step

    def test_next_step_follows_the_parts(self):
        order = self.create_visit()
        part = self.plan(order, quantity=2)
        self.assertEqual(self.next_step(order), "request")
        self.put(self.seal, self.stock, 2)
        self.assertEqual(self.next_step(order, self.keeper), "issue")
        self.assertEqual(self.next_step(order), "request")
        part.with_user(self.keeper)._issue({part: [{"quantity": 1}]})
        self.assertEqual(self.next_step(order), "use", "On site with one at hand.")
        part.with_user(self.engineer_user)._use({part: [{"quantity": 1}]})
        self.assertEqual(self.next_step(order), "request")
        self.put(self.seal, self.van, 1)
        part.with_user(self.engineer_user)._use({part: [{"quantity": 1}]})
        self.assertEqual(self.next_step(order), "")

    def test_before_the_visit_parts_are_brought_together(self):
        order = self.walk(self.create_orders(equipment_id=self.equipment.id), "accept")
        part = self.plan(order)
        self.assertEqual(self.next_step(order), "request")
        self.put(self.seal, self.van, 1)
        self.assertEqual(self.next_step(order), "reserve")
        part.with_user(self.engineer_user)._reserve()
        self.assertEqual(self.next_step(order), "use")

    # === Who may use them === #

    def test_keeper_is_told_who_uses_the_parts(self):
        order = self.create_visit()
        self.put(self.seal, self.van, 1)
        part = self.plan(order)
        refusal = f"parts of {order.name} are used by {self.engineer.name}.*a manager"
        for action in (
            part.with_user(self.keeper).action_use,
            part.with_user(self.keeper)._use,
        ):
            with self.assertRaisesRegex(AccessError, refusal):
                action()
        self.assertEqual(part.quantity_used, 0)

    def test_foreign_orders_stay_unknown(self):
        part = self.plan(self.create_visit(engineer_id=self.other_engineer.id))
        with self.assertRaises(AccessError) as refusal:
            part.with_user(self.engineer_user).action_use()
        self.assertNotIn(part.order_id.name, str(refusal.exception))
