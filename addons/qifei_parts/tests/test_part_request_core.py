from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common_requests import RequestCase


@tagged("post_install", "-at_install")
class TestPartRequestInventory(RequestCase):
    """The Inventory app moves the same parts, and the request follows."""

    def picking(self, request, purpose):
        return self.as_keeper(request).picking_ids.filtered(
            lambda picking: (
                picking.qifei_purpose == purpose
                and picking.state not in ("done", "cancel")
            )
        )

    def ask_for_back_orders(self, picking):
        """Let core ask what happens to the rest, as other picking types do."""
        picking.sudo().picking_type_id.create_backorder = "ask"
        return Form.from_action(self.env, picking.button_validate()).save()

    def test_validated_there(self):
        request = self.prepared("approve")
        self.picking(request, "ship").button_validate()
        self.assertEqual(request.state, "shipped")
        self.assertTrue(request.shipped_on)
        self.picking(request, "receive").button_validate()
        self.assertEqual(request.state, "done")
        self.assertEqual(self.on_hand(self.van), 3)

    def test_partly_validated_there(self):
        request = self.prepared("approve")
        picking = self.picking(request, "ship")
        picking.move_ids.quantity = 2
        self.ask_for_back_orders(picking).process()
        self.assertEqual(request.state, "shipped")
        self.assertEqual(request.line_ids.quantity_open, 1)
        self.picking(request, "receive").button_validate()
        self.assertEqual(request.state, "shipped")
        self.picking(request, "ship").button_validate()
        self.picking(request, "receive").button_validate()
        self.assertEqual(request.state, "done")

    def test_rest_is_given_up_there(self):
        request = self.prepared("approve")
        picking = self.picking(request, "ship")
        picking.move_ids.quantity = 2
        self.ask_for_back_orders(picking).process_cancel_backorder()
        self.assertEqual(request.line_ids.quantity_open, 0)
        request.action_receive()
        self.assertEqual(request.state, "done")
        self.assertEqual(self.on_hand(self.van), 2)

    def test_receipt_without_back_order_is_a_shortage(self):
        request = self.prepared("ship")
        picking = self.picking(request, "receive")
        picking.move_ids.quantity = 2
        self.ask_for_back_orders(picking).process_cancel_backorder()
        self.assertEqual(request.state, "received")
        short = request.discrepancy_ids
        self.assertEqual((short.kind, short.quantity), ("short", 1))
        self.as_keeper(short)._settle("found")
        self.assertEqual(request.state, "done")
        self.assertEqual(self.on_hand(self.transit), 0)

    def test_cancelled_receipt_is_a_shortage(self):
        request = self.prepared("ship", part=self.serial_part)
        self.picking(request, "receive").action_cancel()
        self.assertEqual(request.state, "received")
        found = request.sudo().discrepancy_ids
        self.assertEqual(found.mapped("quantity"), [1, 1, 1])
        self.assertEqual(found.lot_id, self.lots)
        for discrepancy in found:
            self.as_keeper(discrepancy)._settle("returned")
        self.assertEqual(request.state, "done")
        self.assertEqual(self.on_hand(self.stock, self.serial_part), 3)

    def test_cancelled_shipping_cancels_the_request(self):
        request = self.prepared("approve")
        self.picking(request, "ship").action_cancel()
        self.assertEqual(request.state, "cancelled")
        self.assertEqual(self.reserved(self.stock), 0)

    def test_what_arrives_later_is_reserved_by_core(self):
        request = self.prepared("approve", 12)
        self.assertEqual(request.line_ids.quantity_missing, 2)
        vendor = self.env.ref("stock.stock_location_suppliers")
        warehouse = self.company._get_parts_warehouse()
        receipt = self.env["stock.picking"].create(
            {
                "picking_type_id": warehouse.in_type_id.id,
                "location_id": vendor.id,
                "location_dest_id": self.stock.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.part.id,
                            "product_uom_qty": 5,
                            "location_id": vendor.id,
                            "location_dest_id": self.stock.id,
                        }
                    )
                ],
            }
        )
        receipt.action_confirm()
        receipt.button_validate()
        self.assertEqual(request.line_ids.quantity_reserved, 12)
        self.ship(request, 12)
        self.assertEqual(self.on_hand(self.transit), 12)


@tagged("post_install", "-at_install")
class TestPartRequestPurchase(RequestCase):
    """What the warehouse lacks is bought by core procurement."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.env["res.partner"].create({"name": "Part vendor"})
        cls.part.seller_ids = [
            Command.create({"partner_id": cls.vendor.id, "price": 5.0})
        ]

    def orders(self, request):
        return request.sudo().reference_id.purchase_ids

    def test_missing_parts_are_ordered_once(self):
        request = self.prepared("approve", 14)
        keeper = self.as_keeper(request)
        self.assertTrue(keeper.can_procure)
        keeper.action_procure()
        order = self.orders(request)
        self.assertEqual(order.partner_id, self.vendor)
        self.assertEqual(order.order_line.product_qty, 4)
        self.assertEqual(request.purchase_note, order.name)
        self.assertEqual(request.purchase_count, 1)
        with self.assertRaisesRegex(UserError, "Nothing is missing for .* ordered"):
            keeper.action_procure()
        order.button_confirm()
        order.picking_ids.button_validate()
        self.assertEqual(request.line_ids.quantity_reserved, 14)
        keeper.action_ship()
        request.action_receive()
        self.assertEqual(request.state, "done")
        self.assertEqual(self.on_hand(self.van), 14)

    def test_ordered_before_approval(self):
        request = self.prepared("submit", 13)
        self.as_keeper(request).action_procure()
        self.assertEqual(self.orders(request).order_line.product_qty, 3)

    def test_part_without_vendor(self):
        request = self.prepared("approve", 14, part=self.other_part)
        with self.assertRaisesRegex(UserError, "has no vendor: enter one on the part"):
            self.as_keeper(request).action_procure()

    def test_nothing_is_bought_for_a_van(self):
        request = self.prepared("approve", 2, source_id=self.other_van.id)
        with self.assertRaisesRegex(UserError, "from a warehouse that buys"):
            self.as_keeper(request).action_procure()

    def test_nothing_is_missing(self):
        request = self.prepared("approve", 2)
        self.assertFalse(self.as_keeper(request).can_procure)
        with self.assertRaisesRegex(UserError, "Nothing is missing"):
            self.as_keeper(request).action_procure()

    def test_engineer_has_nothing_bought(self):
        request = self.prepared("submit", 14)
        self.assertFalse(request.can_procure)
        with self.assertRaises(AccessError):
            request.action_procure()

    def test_nothing_is_bought_for_a_cancelled_request(self):
        request = self.prepared("submit", 14)
        request.action_cancel()
        with self.assertRaisesRegex(UserError, "nothing is bought for it any more"):
            self.as_keeper(request).action_procure()


@tagged("post_install", "-at_install")
class TestPartRequestTiers(RequestCase):
    """Where tiers are configured, they come before the approval."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tier = cls.env["tier.definition"].create(
            {
                "name": "Head of service",
                "model_id": cls.env["ir.model"]._get_id("qifei.part.request"),
                "review_type": "individual",
                "reviewer_id": cls.users["manager"].id,
                "definition_domain": "[('priority', '=', '3')]",
            }
        )

    def test_model_can_be_chosen(self):
        self.assertIn(
            "qifei.part.request",
            self.env["tier.definition"]._get_tier_validation_model_names(),
        )

    def test_approval_waits_for_the_tier(self):
        request = self.create_request(priority="3")
        request.action_submit()
        keeper = self.as_keeper(request)
        self.assertTrue(keeper.need_validation)
        with self.assertRaisesRegex(ValidationError, "needs to be validated"):
            with self.env.cr.savepoint():
                keeper.action_approve()
        keeper.invalidate_recordset()
        keeper.request_validation()
        self.assertEqual(keeper.validation_status, "pending")
        with self.assertRaisesRegex(ValidationError, "still open"):
            with self.env.cr.savepoint():
                keeper.action_approve()
        self.assertEqual(request.state, "submitted")
        self.assertEqual(self.reserved(self.stock), 0)
        request.with_user(self.users["manager"]).validate_tier()
        request.invalidate_recordset()
        self.assertEqual(keeper.validation_status, "validated")
        keeper.action_approve()
        self.assertEqual(request.state, "approved")
        self.walk_rest(request)

    def walk_rest(self, request):
        self.as_keeper(request).action_ship()
        request.action_receive()
        self.assertEqual(request.state, "done")

    def test_without_matching_tier_nothing_is_asked(self):
        request = self.create_request(priority="1")
        request.action_submit()
        self.assertFalse(self.as_keeper(request).need_validation)
        self.as_keeper(request).action_approve()
        self.assertEqual(request.state, "approved")

    def test_rejected_tier_keeps_the_request_from_being_approved(self):
        request = self.create_request(priority="3")
        request.action_submit()
        keeper = self.as_keeper(request)
        keeper.request_validation()
        request.with_user(self.users["manager"]).reject_tier()
        request.invalidate_recordset()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            keeper.action_approve()
        keeper.action_reject("The head of service says no")
        self.assertEqual(request.state, "rejected")

    def test_cancelled_request_has_no_reviews_left(self):
        request = self.create_request(priority="3")
        request.action_submit()
        self.as_keeper(request).request_validation()
        request.action_cancel()
        self.assertFalse(request.review_ids)

    def test_requester_who_reviews_does_not_approve_his_own(self):
        request = self.create_request(role="manager", priority="3")
        request.action_submit()
        request.request_validation()
        request.validate_tier()
        with self.assertRaisesRegex(AccessError, "yourself"):
            request.action_approve()

    def test_buttons_are_on_the_form(self):
        view = self.env["qifei.part.request"].get_view(view_type="form")
        arch = str(view["arch"])
        for name in ("request_validation", "restart_validation", "validate_tier"):
            self.assertIn(f'name="{name}"', arch)
        self.assertIn('widget="tier_validation"', arch)

    def test_reviews_stay_with_their_reviewers(self):
        request = self.create_request(priority="3")
        request.action_submit()
        keeper = self.as_keeper(request)
        keeper.request_validation()
        review = keeper.review_ids
        manager = self.users["manager"]
        for values in (
            {"status": "approved"},
            {"status": "approved", "done_by": manager.id},
            {"done_by": self.users["parts_keeper"].id},
            {"reviewer_ids": [Command.link(self.users["parts_keeper"].id)]},
            {"definition_id": self.tier.copy().id},
            {"res_id": 0},
            {"model": "res.partner"},
        ):
            for user in (self.users["parts_keeper"], self.users["engineer"]):
                with (
                    self.subTest(values=values, user=user.login),
                    self.assertRaisesRegex(AccessError, "is reviewed by"),
                    self.env.cr.savepoint(),
                ):
                    review.with_user(user).write(values)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            review.with_user(self.users["parts_keeper"]).create(
                {
                    "model": request._name,
                    "res_id": request.id,
                    "definition_id": self.tier.id,
                    "status": "approved",
                }
            )

    def test_tier_cannot_be_left_out(self):
        # Somebody else's tier that does not apply to this request.
        lax = self.tier.copy(
            {
                "reviewer_id": self.users["parts_keeper"].id,
                "definition_domain": "[('priority', '=', '0')]",
            }
        )
        request = self.create_request(priority="3")
        request.action_submit()
        keeper = self.as_keeper(request)
        self.env["tier.review"].with_user(self.users["parts_keeper"]).create(
            {
                "model": request._name,
                "res_id": request.id,
                "definition_id": lax.id,
                "status": "pending",
            }
        )
        keeper.invalidate_recordset()
        keeper.validate_tier()
        self.assertEqual(keeper.validation_status, "validated")
        with self.assertRaisesRegex(UserError, "has not been reviewed by"):
            keeper.action_approve()
