from odoo.tests import tagged

from .common_requests import RequestCase


@tagged("post_install", "-at_install")
class TestPartRequest(RequestCase):
    """The way of a request from the warehouse into the van."""

    def test_whole_way(self):
        request = self.create_request(3)
        self.assertEqual(request.state, "draft")
        self.assertEqual(request.destination_id, self.van)
        self.assertEqual(request.source_id, self.stock)
        self.assertRegex(request.name, r"^PR")
        request.action_submit()
        self.assertEqual(request.state, "submitted")
        self.as_keeper(request).action_approve()
        self.assertEqual(request.state, "approved")
        self.assertEqual(self.reserved(self.stock), 3)
        self.as_keeper(request).action_ship()
        self.assertEqual(request.state, "shipped")
        self.assertEqual(self.on_hand(self.transit), 3)
        self.assertEqual(self.on_hand(self.stock), 7)
        request.action_receive()
        self.assertEqual(request.state, "done")
        self.assertEqual(self.on_hand(self.van), 3)
        self.assertEqual(self.on_hand(self.transit), 0)
        line = request.line_ids
        self.assertEqual(
            (line.quantity_shipped, line.quantity_received, line.quantity_open),
            (3, 3, 0),
        )
        self.assertTrue(request.submitted_on and request.approved_on)
        self.assertTrue(request.shipped_on and request.received_on and request.done_on)
        self.assertEqual(request.approved_by_id, self.users["parts_keeper"])

    def test_partial_shipping_leaves_a_back_order(self):
        request = self.prepared("approve", 3)
        first = self.ship(request, 2, tracking="SF-1")
        self.assertEqual(request.state, "shipped")
        self.assertEqual(request.line_ids.quantity_open, 1)
        self.assertIn("SF-1", request.consignment_note)
        self.assertEqual(first.carrier_tracking_ref, "SF-1")
        backorder = request.sudo().picking_ids.filtered(
            lambda picking: picking.qifei_purpose == "ship" and picking.state != "done"
        )
        self.assertEqual(backorder.backorder_id, first.sudo())
        self.receive(request, good=2)
        self.assertEqual(request.state, "shipped", "One piece is still to be shipped.")
        self.assertEqual(self.on_hand(self.van), 2)
        self.assertTrue(self.as_keeper(request).can_ship_more)
        self.ship(request, 1)
        self.receive(request, good=1)
        self.assertEqual(request.state, "done")
        self.assertEqual(self.on_hand(self.van), 3)

    def test_two_consignments_received_one_by_one(self):
        request = self.prepared("approve", 3)
        self.ship(request, 2)
        self.ship(request, 1)
        line = request.line_ids
        self.assertEqual(line.quantity_transit, 3)
        receipts = request.sudo().picking_ids.filtered(
            lambda picking: picking.qifei_purpose == "receive"
        )
        self.assertEqual(len(receipts), 2)
        second = receipts.sorted("id")[-1:]
        request._receive([{"line": line, "good": 1}], consignments=second)
        self.assertEqual(request.state, "shipped")
        request._receive([{"line": line, "good": 2}])
        self.assertEqual(request.state, "done")

    def test_short(self):
        request = self.prepared("ship", 3)
        short = self.receive(request, good=2)
        self.assertEqual(short.kind, "short")
        self.assertEqual(short.quantity, 1)
        self.assertEqual(request.state, "received")
        self.assertEqual(request.open_discrepancy_count, 1)
        self.assertEqual(self.on_hand(self.transit), 1)
        self.as_keeper(short)._settle("found")
        self.assertEqual(request.state, "done")
        self.assertEqual(self.on_hand(self.van), 3)
        self.assertEqual(self.on_hand(self.transit), 0)

    def test_short_is_lost(self):
        request = self.prepared("ship", 3)
        short = self.receive(request, good=2)
        self.as_keeper(short)._settle("lost")
        self.assertEqual(request.state, "done")
        self.assertEqual(self.on_hand(self.transit), 0)
        move = short.sudo().move_ids
        self.assertEqual(move.location_dest_id.usage, "inventory")
        self.assertEqual(move.state, "done")

    def test_short_is_back_and_shipped_again(self):
        request = self.prepared("ship", 3)
        short = self.receive(request, good=2)
        self.as_keeper(short)._settle("returned", replace=True)
        self.assertEqual(self.on_hand(self.stock), 8)
        self.assertEqual(request.state, "received")
        self.assertEqual(request.line_ids.quantity_open, 1)
        self.as_keeper(request).action_reship()
        self.assertEqual(request.state, "shipped")
        request.action_receive()
        self.assertEqual(request.state, "done")
        self.assertEqual(self.on_hand(self.van), 3)
        self.assertEqual(self.on_hand(self.stock), 7)

    def test_damaged(self):
        request = self.prepared("ship", 3)
        damaged = self.receive(request, good=2, damaged=1, note="Bent")
        self.assertEqual(damaged.kind, "damaged")
        self.assertTrue(damaged.photo_ids)
        self.assertEqual(damaged.note, "Bent")
        self.assertEqual(self.on_hand(self.van), 2)
        self.as_keeper(damaged)._settle("defective")
        self.assertEqual(self.on_hand(self.defective), 1)
        self.assertEqual(request.state, "done")
        self.assertEqual(request.line_ids.quantity_received, 2)

    def test_damaged_but_accepted(self):
        request = self.prepared("ship", 3)
        damaged = self.receive(request, good=2, damaged=1)
        self.as_keeper(damaged)._settle("accepted")
        self.assertEqual(self.on_hand(self.van), 3)
        self.assertEqual(request.line_ids.quantity_received, 3)
        self.assertEqual(request.state, "done")

    def test_wrong_part_is_kept(self):
        request = self.prepared("ship", 3)
        wrong = self.receive(request, good=2, wrong=1, product=self.wrong_part)
        self.assertEqual(wrong.product_id, self.wrong_part)
        self.as_keeper(wrong)._settle("kept")
        self.assertEqual(self.on_hand(self.van, self.wrong_part), 1)
        self.assertEqual(self.on_hand(self.stock, self.wrong_part), 9)
        self.assertEqual(self.on_hand(self.stock), 8, "The right one never left.")
        self.assertEqual(self.on_hand(self.transit), 0)
        self.assertEqual(request.state, "done")

    def test_wrong_part_is_sent_back_and_the_right_one_shipped(self):
        request = self.prepared("ship", 3)
        wrong = self.receive(request, good=2, wrong=1, product=self.wrong_part)
        self.as_keeper(wrong)._settle("sent_back", replace=True)
        self.assertEqual(self.on_hand(self.stock, self.wrong_part), 10)
        self.assertEqual(self.on_hand(self.stock), 8)
        self.as_keeper(request).action_reship()
        request.action_receive()
        self.assertEqual(self.on_hand(self.van), 3)
        self.assertEqual(request.state, "done")

    def test_too_many_are_kept(self):
        request = self.prepared("ship", 3)
        over = self.receive(request, good=3, over=1)
        self.assertEqual(over.kind, "over")
        self.assertEqual(self.on_hand(self.van), 3)
        self.as_keeper(over)._settle("kept")
        self.assertEqual(self.on_hand(self.van), 4)
        self.assertEqual(self.on_hand(self.stock), 6)
        self.assertEqual(request.line_ids.quantity_received, 4)
        self.assertEqual(request.state, "done")

    def test_too_many_are_sent_back(self):
        request = self.prepared("ship", 3)
        over = self.receive(request, good=3, over=1)
        self.as_keeper(over)._settle("sent_back")
        self.assertEqual(self.on_hand(self.van), 3)
        self.assertEqual(self.on_hand(self.stock), 7)
        self.assertFalse(over.sudo().move_ids)
        self.assertEqual(request.state, "done")

    def test_part_of_a_discrepancy_is_settled(self):
        request = self.prepared("ship", 3)
        short = self.receive(request, good=0)
        self.assertEqual(short.quantity, 3)
        self.as_keeper(short)._settle("found", quantity=2)
        self.assertEqual(short.state, "settled")
        self.assertEqual(short.quantity, 2)
        rest = request.discrepancy_ids - short
        self.assertEqual((rest.state, rest.quantity), ("open", 1))
        self.assertEqual(request.state, "received")
        self.as_keeper(rest)._settle("lost")
        self.assertEqual(request.state, "done")
        self.assertEqual(self.on_hand(self.van), 2)

    def test_serial_numbers_stay_with_their_pieces(self):
        request = self.prepared("ship", 3, part=self.serial_part)
        line = request.line_ids
        photos = self.photo.sudo()
        found = request.sudo()._receive(
            [
                {"line": line.sudo(), "lot": self.lots[0], "good": 1},
                {
                    "line": line.sudo(),
                    "lot": self.lots[1],
                    "damaged": 1,
                    "photos": photos,
                },
            ]
        )
        damaged = found.filtered(lambda one: one.kind == "damaged")
        short = found - damaged
        self.assertEqual(damaged.lot_id, self.lots[1])
        self.assertEqual(short.lot_id, self.lots[2])
        self.as_keeper(damaged)._settle("defective")
        self.as_keeper(short)._settle("lost")
        self.assertEqual(request.state, "done")
        places = {
            quant.lot_id: quant.location_id
            for quant in self.env["stock.quant"].search(
                [("product_id", "=", self.serial_part.id), ("quantity", ">", 0)]
            )
            if quant.location_id.usage == "internal"
        }
        self.assertEqual(places, {self.lots[0]: self.van, self.lots[1]: self.defective})

    def test_cancel_frees_what_was_reserved(self):
        request = self.prepared("approve", 3)
        self.assertEqual(self.reserved(self.stock), 3)
        request.action_cancel()
        self.assertEqual(request.state, "cancelled")
        self.assertEqual(self.reserved(self.stock), 0)
        self.assertEqual(set(request.sudo().picking_ids.mapped("state")), {"cancel"})

    def test_reject_tells_why(self):
        request = self.prepared("submit", 3)
        self.as_keeper(request).action_reject("Use the old ones first")
        self.assertEqual(request.state, "rejected")
        self.assertEqual(request.reject_reason, "Use the old ones first")
        self.assertIn("Use the old ones first", request.message_ids[0].body)
        self.assertFalse(request.sudo().picking_ids)

    def test_fewer_are_granted(self):
        request = self.prepared("submit", 3)
        self.as_keeper(request).line_ids.quantity_approved = 2
        self.as_keeper(request).action_approve()
        self.assertEqual(self.reserved(self.stock), 2)
        self.as_keeper(request).action_ship()
        request.action_receive()
        self.assertEqual(request.state, "done")
        self.assertEqual(self.on_hand(self.van), 2)

    def test_request_for_the_own_service_point(self):
        self.engineer.sudo().service_point_id = self.point_partner
        request = self.create_request(
            2, engineer_id=False, partner_id=self.point_partner.id
        )
        self.assertEqual(request.destination_id, self.point)
        self.assertFalse(request.engineer_id)
        self.walk_request(request, "receive")
        self.assertEqual(self.on_hand(self.point), 2)

    def test_redistribution_between_holders(self):
        self.add_stock(self.part, 4, place=self.other_van)
        request = (
            self.env["qifei.part.request"]
            .with_user(self.users["engineer"])
            ._request_transfer(self.other_van, self.van, {self.part: 2})
        )
        self.assertEqual(request.state, "submitted")
        self.as_keeper(request).action_approve()
        self.as_keeper(request).action_ship()
        request.action_receive()
        self.assertEqual(self.on_hand(self.van), 2)
        self.assertEqual(self.on_hand(self.other_van), 2)
        self.assertEqual(self.on_hand(self.stock), 10)

    def test_who_approved_has_a_to_do_until_all_is_settled(self):
        request = self.prepared("ship", 3)
        short = self.receive(request, good=1)
        activity = request.activity_ids
        self.assertEqual(activity.user_id, self.users["parts_keeper"])
        self.as_keeper(short)._settle("found", quantity=1)
        self.assertTrue(request.activity_ids)
        rest = request.discrepancy_ids.filtered(lambda one: one.state == "open")
        self.as_keeper(rest)._settle("lost")
        self.assertFalse(request.activity_ids)

    def test_follower_and_summary(self):
        request = self.create_request(3)
        self.assertIn(self.users["engineer"].partner_id, request.message_partner_ids)
        self.assertIn("3 × ", request.part_summary)
        self.assertEqual(request.access_url, f"/my/part-requests/{request.id}")

    def test_late(self):
        request = self.create_request(3, needed_on="2020-01-01")
        model = self.env["qifei.part.request"]
        self.assertTrue(request.is_late)
        self.assertIn(request, model.search([("is_late", "=", True)]))
        self.assertNotIn(request, model.search([("is_late", "=", False)]))
        request.action_cancel()
        self.assertFalse(request.is_late)
        self.assertNotIn(request, model.search([("is_late", "=", True)]))
