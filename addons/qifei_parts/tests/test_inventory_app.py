from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common_orders import PartsCase
from .common_requests import RequestCase


class InventoryAppMixin:
    """Does in the Inventory app what a parts keeper can do there."""

    def get_picking(self, moves, purpose, *, done):
        return (
            moves.sudo()
            .filtered(
                lambda move: (
                    move.qifei_purpose == purpose and (move.state == "done") == done
                )
            )
            .picking_id.with_user(self.users["parts_keeper"])
        )

    def return_there(self, picking, quantity, **line_values):
        """Return a done transfer, and validate that."""
        wizard = (
            self.env["stock.return.picking"]
            .with_user(picking.env.user)
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves.quantity = quantity
        back = picking.browse(wizard.action_create_returns()["res_id"])
        back.move_ids.quantity = quantity
        back.move_ids.move_line_ids.write(line_values)
        back.button_validate()
        return back

    def count_there(self, place, product, quantity):
        """Count what lies in a place, as a manager does in the Inventory app."""
        quant = (
            self.env["stock.quant"]
            .search([("location_id", "=", place.id), ("product_id", "=", product.id)])
            .with_user(self.users["manager"])
            .with_context(inventory_mode=True)
        )
        quant.inventory_quantity = quantity
        quant.action_apply_inventory()

    def assertRefused(self, pattern, function, *args, **kwargs):
        with (
            self.assertRaisesRegex(UserError, pattern),
            self.env.cr.savepoint(),
        ):
            function(*args, **kwargs)


@tagged("post_install", "-at_install")
class TestRequestInInventoryApp(InventoryAppMixin, RequestCase):
    """Transfers of requests move what was granted, between the places named."""

    def get_request_picking(self, request, purpose, *, done=False):
        return self.get_picking(request.sudo().line_ids.move_ids, purpose, done=done)

    def test_not_to_another_place(self):
        for purpose, last in (("ship", "approve"), ("receive", "ship")):
            for records in ("picking", "move_ids", "move_line_ids"):
                with self.subTest(purpose=purpose, records=records):
                    picking = self.get_request_picking(self.prepared(last, 1), purpose)
                    changed = picking if records == "picking" else picking[records]
                    changed.location_dest_id = self.other_van
                    self.assertRefused("cannot move them", picking.button_validate)

    def test_not_from_another_place(self):
        self.add_stock(self.part, 5, place=self.other_van)
        picking = self.get_request_picking(self.prepared("approve"), "ship")
        picking.do_unreserve()
        picking.location_id = self.other_van
        picking.action_assign()
        self.assertRefused("cannot move them", picking.button_validate)

    def test_not_another_part(self):
        picking = self.get_request_picking(self.prepared("approve"), "ship")
        picking.move_ids.product_id = self.other_part
        picking.action_assign()
        self.assertRefused("was not asked for", picking.button_validate)

    def test_not_more_than_granted(self):
        picking = self.get_request_picking(self.prepared("approve"), "ship")
        picking.move_ids.product_uom_qty = 9
        picking.move_ids.quantity = 9
        self.assertRefused("3 of .* are granted, not 9", picking.button_validate)

    def test_what_is_replaced_may_be_shipped(self):
        request = self.prepared("ship")
        self.as_keeper(self.receive(request, good=1)).action_settle("lost", True)
        self.get_request_picking(request, "ship").button_validate()
        self.get_request_picking(request, "receive").button_validate()
        self.assertEqual(request.state, "done")
        self.assertEqual(self.on_hand(self.van), 3)

    def test_not_finished_before_it_is_replaced(self):
        request = self.prepared("ship")
        discrepancy = self.as_keeper(self.receive(request, good=2, damaged=1))
        discrepancy.action_settle("defective", True)
        self.assertEqual(request.state, "received")
        self.assertRefused("still to be shipped", self.as_keeper(request).action_finish)
        self.get_request_picking(request, "ship").action_cancel()
        self.assertEqual(request.state, "done")

    def test_not_returned_there(self):
        request = self.prepared("ship")
        shipped = self.get_request_picking(request, "ship", done=True)
        self.assertRefused("does not know of", self.return_there, shipped, 2)
        request.action_receive()
        received = self.get_request_picking(request, "receive", done=True)
        self.assertRefused("does not know of", self.return_there, received, 2)

    def test_not_changed_later(self):
        picking = self.get_request_picking(self.prepared("ship"), "ship", done=True)
        line = picking.move_line_ids
        self.assertRefused("stays as it is", line.write, {"quantity": 1})
        self.assertRefused(
            "stays as it is", line.write, {"location_dest_id": self.other_van.id}
        )

    def test_links_are_not_written(self):
        request, other = self.prepared("ship"), self.create_request(2)
        picking = self.get_request_picking(request, "ship", done=True)
        for records, values in (
            (picking.move_ids, {"qifei_request_line_id": other.line_ids.id}),
            (picking.move_ids, {"qifei_request_line_id": False}),
            (picking.move_ids, {"qifei_purpose": "use"}),
            (picking, {"qifei_request_id": other.id}),
        ):
            with self.subTest(values=values):
                self.assertRefused("by (its|the) document", records.write, values)

    def test_no_receipt_out_of_nothing(self):
        request = self.prepared("ship")
        values = {
            "picking_type_id": (
                self.company._get_parts_warehouse().qifei_issue_type_id.id
            ),
            "location_id": self.stock.id,
            "location_dest_id": self.van.id,
        }
        picking = (
            self.env["stock.picking"]
            .with_user(self.users["parts_keeper"])
            .create(
                {
                    **values,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": self.part.id,
                                "product_uom_qty": 5,
                                "qifei_request_line_id": request.line_ids.id,
                                **values,
                            }
                        )
                    ],
                }
            )
        )
        picking.action_confirm()
        self.assertRefused("does not know of", picking.button_validate)
        self.assertRefused(
            "by the document only",
            picking.create,
            {**values, "qifei_request_id": request.id},
        )

    def test_source_holds_parts(self):
        for place in (
            self.env.ref("stock.stock_location_suppliers"),
            self.env.ref("stock.stock_location_customers"),
            self.part.property_stock_inventory,
            self.transit,
            self.defective,
            self.engineer._get_old_location(),
            self.company._get_parts_location("field"),
        ):
            with self.subTest(place=place.display_name):
                self.assertRefused(
                    "cannot take parts from", self.create_request, source_id=place.id
                )

    def test_places_stay_what_they_are(self):
        manager = self.users["manager"]
        van = self.van.with_user(manager)
        for values in (
            {"qifei_kind": "old"},
            {"qifei_kind": False},
            {"qifei_engineer_id": self.other_engineer.id},
            {"qifei_partner_id": self.point_partner.id},
            {"usage": "customer"},
            {"location_id": self.stock.id},
        ):
            with self.subTest(values=values):
                self.assertRefused("is set by the suite", van.write, values)
        self.assertRefused(
            "is set by the suite",
            van.create,
            {"name": "Another van", "qifei_kind": "van"},
        )
        van.write({"name": "Blue van", "usage": "internal"})
        shelf = van.create({"name": "Shelf", "location_id": van.id})
        self.assertEqual(shelf.qifei_place_id, van)

    def test_archived_place_is_taken_up_again(self):
        self.van.with_user(self.users["manager"]).active = False
        self.assertEqual(self.engineer._get_van(), self.van)
        self.assertTrue(self.van.active)

    def test_rows_of_one_part_are_booked_together(self):
        self.prepared("receive")
        statement = (
            self.env["qifei.part.statement"]
            .with_user(self.users["parts_keeper"])
            .create({"location_id": self.van.id, "month": fields.Date.today()})
        )
        statement.action_send()
        line = statement.line_ids
        line.write({"counted": 2, "is_counted": True})
        no_lot = self.env["stock.lot"]
        statement._book_differences([(line, no_lot, -3), (line, no_lot, 2)], "Counted")
        self.assertEqual(line.closing, 2)
        self.assertEqual(self.on_hand(self.van), 2)

    def test_others_stock_is_not_shown(self):
        self.add_stock(self.part, 7, place=self.other_van)
        request = self.create_request(2, source_id=self.other_van.id)
        self.assertEqual(request.line_ids.free_at_source, 0)
        self.assertEqual(self.as_keeper(request).line_ids.free_at_source, 7)
        from_stock = self.create_request(2).line_ids
        self.assertEqual(from_stock.free_at_source, 10)
        self.assertEqual(
            from_stock.with_user(self.portal_user).sudo().free_at_source, 0
        )

    def test_reservation_freed_on_another_quant(self):
        request = self.prepared("ship", 2)
        # Core leaves such a row when the quant was locked by somebody else.
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO stock_quant
                (product_id, location_id, company_id, in_date, reserved_quantity)
            VALUES (%s, %s, %s, now(), -2)
            """,
            (self.part.id, self.transit.id, self.company.id),
        )
        self.env["stock.quant"].invalidate_model()
        request.action_receive()
        self.assertEqual(request.state, "done")
        self.assertEqual(self.on_hand(self.van), 2)

    def test_lowered_demand_is_told(self):
        request = self.prepared("approve")
        move = self.get_request_picking(request, "ship").move_ids
        move.product_uom_qty = 2
        self.assertIn(
            "moves 2 of Test part 0 instead of 3", request.message_ids[0].body
        )
        self.assertEqual(request.message_ids[0].author_id, move.env.user.partner_id)
        self.assertEqual(request.line_ids.quantity_approved, 3)
        self.assertEqual(request.line_ids.quantity_open, 2)
        self.assertEqual(request.line_ids.quantity_reserved, 2)
        told = len(request.message_ids)
        move.product_uom_qty = 3
        self.assertEqual(request.line_ids.quantity_open, 3)
        self.assertEqual(len(request.message_ids), told)

    def test_split_demand_is_no_lowered_one(self):
        request = self.prepared("approve")
        picking = self.get_request_picking(request, "ship")
        picking.move_ids.quantity = 1
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(request.line_ids.quantity_open, 2)
        self.assertNotIn("instead of", "".join(request.message_ids.mapped("body")))

    def test_demand_of_nothing_is_cancelled(self):
        request = self.prepared("approve")
        self.get_request_picking(request, "ship").move_ids.product_uom_qty = 0
        self.assertEqual(request.state, "cancelled")
        self.assertEqual(self.reserved(self.stock), 0)
        self.assertIn("moves 0 of", "".join(request.message_ids.mapped("body")))

    def test_lowered_receipt_is_short(self):
        request = self.prepared("ship")
        self.get_request_picking(request, "receive").move_ids.product_uom_qty = 1
        self.assertRecordValues(
            request.discrepancy_ids, [{"kind": "short", "quantity": 2}]
        )
        request.action_receive()
        self.assertEqual(self.on_hand(self.van), 1)

    def test_parts_on_their_way_are_not_counted_away(self):
        request = self.prepared("ship")
        self.assertRefused(
            f"keeps 3 .* for {request.name}",
            self.count_there,
            self.transit,
            self.part,
            1,
        )
        self.count_there(self.transit, self.part, 4)
        request.action_receive()
        self.assertEqual(request.state, "done")
        self.count_there(self.transit, self.part, 0)

    def test_damaged_parts_are_nobodys(self):
        request = self.prepared("ship")
        discrepancy = self.as_keeper(self.receive(request, good=2, damaged=1))
        discrepancy.action_settle("defective")
        self.count_there(self.defective, self.part, 0)
        self.assertEqual(self.on_hand(self.defective), 0)

    def test_counts_that_are_none(self):
        request = self.prepared("ship")
        for value in (float("nan"), float("inf")):
            for name in ("good", "over"):
                with self.subTest(value=value, name=name):
                    with self.assertRaises(ValidationError):
                        self.receive(request, **{name: value})
        other = self.prepared("approve")
        with self.assertRaises(ValidationError):
            self.ship(other, float("nan"))

    def test_lines_of_another_request(self):
        request, other = self.prepared("ship"), self.create_request(1)
        self.assertRefused(
            "belongs to another request",
            request._receive,
            [{"line": other.line_ids, "over": 1}],
        )


@tagged("post_install", "-at_install")
class TestOrderInInventoryApp(InventoryAppMixin, PartsCase):
    """Parts of orders and old parts are moved by their documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seal.qifei_old_part_return = True
        cls.put(cls.seal, cls.stock, 10)
        cls.put(cls.seal, cls.van, 2)
        cls.part = cls.plan(cls.create_visit(), quantity=2).with_user(cls.engineer_user)

    def get_part_picking(self, purpose, *, done):
        return self.get_picking(self.part.sudo().move_ids, purpose, done=done)

    def get_old_parts(self):
        return self.env["qifei.old.part"].search([("order_part_id", "=", self.part.id)])

    def test_not_used_there(self):
        self.part._reserve()
        picking = self.get_part_picking("use", done=False)
        self.assertRefused("do this step there", picking.button_validate)
        self.assertEqual(self.part.quantity_used, 0)

    def test_issued_there(self):
        self.part.quantity = 6
        self.part._reserve()
        self.get_part_picking("issue", done=False).button_validate()
        self.assertEqual(self.part.quantity_issued, 4)

    def test_not_issued_to_somebody_else(self):
        self.part.quantity = 6
        self.part._reserve()
        picking = self.get_part_picking("issue", done=False)
        picking.location_dest_id = self.other_van
        self.assertRefused("do this step there", picking.button_validate)

    def test_use_is_not_changed_later(self):
        self.part._use()
        line = self.get_part_picking("use", done=True).move_line_ids
        self.assertRefused("stays as it is", line.write, {"quantity": 1})
        self.assertRefused(
            "by its document", line.move_id.write, {"qifei_order_part_id": False}
        )

    def test_undone_use_is_not_charged(self):
        self.part._use()
        self.assertEqual(self.part.line_id.quantity, 2)
        self.return_there(self.get_part_picking("use", done=True), 1)
        self.assertEqual(self.part.quantity_used, 1)
        self.assertEqual(self.part.line_id.quantity, 1)

    def get_fitted(self):
        """Return ``[(serial, quantity, is fitted)]`` of the machine, oldest first."""
        parts = self.env["qifei.equipment.part"].search(
            [("equipment_id", "=", self.equipment.id)], order="id"
        )
        return [(part.serial, part.quantity, part.is_fitted) for part in parts]

    def test_undone_use_is_undone_everywhere(self):
        self.part._use()
        old_parts = self.get_old_parts()
        place = old_parts.location_id
        use = self.get_part_picking("use", done=True)
        self.return_there(use, 1)
        self.assertEqual(sorted(old_parts.mapped("state")), ["owed", "waived"])
        self.assertIn(
            "has undone the use",
            "".join(old_parts.mapped(lambda old_part: old_part.waive_reason or "")),
        )
        self.assertEqual(self.get_quantity(self.seal, place), 1)
        self.assertEqual(self.get_fitted(), [(False, 1, True), (False, 1, False)])
        self.return_there(use, 1)
        self.assertEqual(set(old_parts.mapped("state")), {"waived"})
        self.assertEqual(self.get_quantity(self.seal, place), 0)
        self.assertFalse([row for row in self.get_fitted() if row[2]])
        self.assertEqual(self.part.state, "missing")
        self.assertEqual(self.get_quantity(self.seal, self.van), 2)
        self.report(self.part.order_id.sudo())
        self.assertRefused(
            "charged but was not taken from stock",
            self.part.order_id.action_complete,
        )
        self.part._use()
        self.assertEqual(len(self.get_old_parts()), 4)
        self.part.order_id.action_complete()

    def test_undone_use_is_no_use_in_the_reports(self):
        self.part._use()
        self.return_there(self.get_part_picking("use", done=True), 1)
        self.env.flush_all()
        order = self.part.order_id
        rows = self.env["qifei.part.usage"].search([("order_id", "=", order.id)])
        self.assertEqual(sorted(rows.mapped("quantity")), [-1, 2])
        self.assertEqual(rows.location_id, self.van)
        turnover = self.env["qifei.part.turnover"].search(
            [("product_id", "=", self.seal.id), ("location_id", "=", self.van.id)]
        )
        self.assertEqual(turnover.used_quantity, 1)

    def test_undone_use_brings_the_old_piece_back(self):
        self.board.qifei_old_part_return = True
        for serial in ("B-1", "B-2", "B-3"):
            self.put_piece(self.board, self.van, serial)
        earlier = self.plan(self.create_visit(), self.board)
        earlier._use({earlier: [{"quantity": 1, "serial": "B-1"}]})
        part = self.plan(self.create_visit(), self.board, 2)
        part._use(
            {
                part: [
                    {"quantity": 1, "serial": "B-2", "old_serial": "B-1"},
                    {"quantity": 1, "serial": "B-3", "old_serial": "X-9"},
                ]
            }
        )
        use = self.get_picking(part.move_ids, "use", done=True)
        wizard = (
            self.env["stock.return.picking"]
            .with_user(self.keeper)
            .with_context(active_id=use.id, active_model="stock.picking")
            .create({"picking_id": use.id})
        )
        first = use.move_ids.filtered(lambda move: move.lot_ids.name == "B-2")
        wizard.product_return_moves.filtered(
            lambda line: line.move_id == first
        ).quantity = 1
        back = use.browse(wizard.action_create_returns()["res_id"])
        back.move_ids.move_line_ids.lot_id = first.lot_ids
        back.move_ids.quantity = 1
        back.button_validate()
        self.assertEqual(
            self.get_fitted(),
            [("B-1", 1, True), ("B-2", 1, False), ("B-3", 1, True), ("X-9", 1, False)],
        )
        old_parts = self.env["qifei.old.part"].search([("order_part_id", "=", part.id)])
        self.assertEqual(
            {(one.serial, one.state) for one in old_parts},
            {("B-1", "waived"), ("X-9", "owed")},
        )

    def test_measured_old_part_is_owed_for_the_rest(self):
        cable = self.create_part(
            "Cable",
            uom_id=self.env.ref("uom.product_uom_meter").id,
            qifei_old_part_return=True,
        )
        self.put(cable, self.van, 5)
        part = self.plan(self.part.order_id, cable, 5)
        part._use()
        self.return_there(self.get_picking(part.move_ids, "use", done=True), 2)
        old_part = self.env["qifei.old.part"].search([("order_part_id", "=", part.id)])
        self.assertRecordValues(old_part, [{"quantity": 3, "state": "owed"}])
        self.assertEqual(self.get_quantity(cable, old_part.location_id), 3)

    def test_open_return_changes_nothing_yet(self):
        self.part._use()
        picking = self.get_part_picking("use", done=True)
        wizard = (
            self.env["stock.return.picking"]
            .with_user(self.keeper)
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves.quantity = 2
        back = picking.browse(wizard.action_create_returns()["res_id"])
        self.assertEqual((self.part.quantity_used, self.part.quantity_held), (2, 0))
        self.assertIn(self.part, self.part.search([("state", "=", "used")]))
        self.part._release()
        self.assertEqual(back.state, "assigned")

    def test_use_is_undone_as_it_was(self):
        self.part._use()
        use = self.get_part_picking("use", done=True)
        self.assertRefused("returns more of", self.return_there, use, 3)
        for elsewhere in (
            {"location_dest_id": self.stock.id},
            {"location_id": self.stock.id},
        ):
            with self.subTest(elsewhere=elsewhere):
                self.assertRefused(
                    f"from {self.customers.display_name} to .*, where they came from",
                    self.return_there,
                    use,
                    1,
                    **elsewhere,
                )
        back = self.return_there(use, 1)
        self.assertRefused("where they came from", self.return_there, back, 1)

    def test_undone_issue_leaves_the_rest_in_the_van(self):
        self.part.quantity = 6
        self.part.with_user(self.keeper)._issue({self.part: [{"quantity": 4}]})
        self.return_there(self.get_part_picking("issue", done=True), 1)
        self.assertEqual(self.part.quantity_open, 3)
        self.part._return()
        self.assertEqual(self.get_quantity(self.seal, self.van), 2)
        self.assertEqual(self.get_quantity(self.seal, self.stock), 10)

    def test_undone_use_leaves_the_piece_with_the_engineer(self):
        piece = self.put_piece(self.board, self.stock, "B-1")
        part = self.plan(self.part.order_id, self.board)
        use = {part: [{"quantity": 1, "serial": "B-1"}]}
        part._issue()
        part._use(use)
        self.assertFalse(part._get_open_lots())
        self.return_there(
            self.get_picking(part.move_ids, "use", done=True), 1, lot_id=piece.id
        )
        self.assertEqual(part._get_open_lots(), piece)
        part._return()
        self.assertFalse(part._get_open_lots())
        self.assertEqual(self.get_quantity(self.board, self.stock), 1)
        self.assertRefused("does not have", part._use, use)

    def test_guard_costs_no_more_for_many_pieces(self):
        place = self.company._get_old_transit_location()
        other = self.create_part("Other seal", qifei_old_part_return=True)
        for product, quantity in ((other, 1), (self.seal, 6)):
            self.put(product, self.van, quantity)
            part = self.plan(self.create_visit(), product, quantity)
            part._use()
            self.env["qifei.old.part"].search(
                [("order_part_id", "=", part.id)]
            ).with_user(self.engineer_user).action_return()
        self.assertFlatQueries(
            lambda product: self.env["stock.quant"]._qifei_check_kept(place, product),
            other,
            self.seal,
        )

    def test_use_of_a_completed_order_stays(self):
        self.part._use()
        order = self.part.order_id
        self.report(order.sudo())
        order.action_complete()
        use = self.get_part_picking("use", done=True)
        self.assertRefused("Send it back to work first", self.return_there, use, 1)
        order.with_user(self.users["dispatcher"]).action_rework("Wrong part")
        self.return_there(use, 1)
        self.assertEqual(self.part.quantity_used, 1)

    def test_use_stays_when_the_old_part_has_come(self):
        self.part._use()
        old_parts = self.get_old_parts()
        old_parts[0].with_user(self.engineer_user).action_return()
        old_parts[0].with_user(self.keeper).action_receive()
        use = self.get_part_picking("use", done=True)
        self.assertRefused(
            f"old piece {old_parts[0].name} is “To inspect”", self.return_there, use, 2
        )
        self.return_there(use, 1)
        self.assertEqual(old_parts.mapped("state"), ["received", "waived"])

    def test_old_parts_are_not_counted_away(self):
        self.part._use()
        old_part, other = self.get_old_parts()
        places = {
            "owed": old_part.location_id,
            "returned": self.company._get_old_transit_location(),
            "received": self.company._get_parts_location("defective"),
        }
        steps = {
            "return": self.engineer_user,
            "receive": self.keeper,
        }
        for (state, place), step in zip(
            places.items(), [*steps.items(), None], strict=True
        ):
            with self.subTest(state=state):
                self.assertEqual(old_part.state, state)
                self.assertRefused(
                    f"keeps .* for .*{old_part.name}.* would be left",
                    self.count_there,
                    place,
                    self.seal,
                    0,
                )
            if step:
                action, user = step
                getattr(old_part.with_user(user), f"action_{action}")()
        self.count_there(places["received"], self.seal, 3)
        self.count_there(places["received"], self.seal, 1)
        old_part.with_user(self.keeper).action_inspect("scrap")
        old_part.with_user(self.keeper).action_settle()
        other.with_user(self.users["manager"]).action_waive("Lost")
        self.assertEqual(self.get_quantity(self.seal, places["received"]), 0)

    def test_old_part_is_not_scrapped_there(self):
        self.part._use()
        scrap = (
            self.env["stock.scrap"]
            .with_user(self.keeper)
            .create(
                {
                    "product_id": self.seal.id,
                    "scrap_qty": 1,
                    "location_id": self.get_old_parts().location_id.id,
                }
            )
        )
        self.assertRefused("receive, settle or waive them", scrap.action_validate)

    def test_numbered_old_part_is_not_exchanged(self):
        self.board.qifei_old_part_return = True
        self.put_piece(self.board, self.van, "B-1")
        part = self.plan(self.part.order_id, self.board)
        part._use({part: [{"quantity": 1, "serial": "B-1", "old_serial": "X-1"}]})
        place = self.engineer._get_old_location()
        self.put_piece(self.board, place, "X-2")
        quant = self.env["stock.quant"].search(
            [("location_id", "=", place.id), ("lot_id.name", "=", "X-1")]
        )
        self.assertRefused(
            "keeps 1 .* of X-1 for",
            quant.with_context(inventory_mode=True).write,
            {"inventory_quantity_auto_apply": 0},
        )

    def test_collected_piece_is_not_returned_there(self):
        self.part._use()
        picking = self.get_old_parts().move_ids.picking_id.with_user(self.keeper)
        self.assertRefused("do this step there", self.return_there, picking, 1)

    def test_repair_of_another_piece(self):
        self.part._use()
        old_part = self.get_old_parts()[:1]
        old_part.with_user(self.engineer_user).action_return()
        old_part.with_user(self.keeper).action_receive()
        old_part.with_user(self.keeper).action_inspect("repair")
        repair = old_part.repair_id.with_user(self.keeper)
        repair.action_repair_start()
        for name, place in (
            ("product_location_src_id", self.stock),
            ("product_location_dest_id", self.customers),
        ):
            with self.subTest(field=name):
                before = repair[name]
                repair[name] = place
                self.assertRefused("from the defective parts", repair.action_repair_end)
                repair[name] = before
        repair.action_repair_end()
        self.assertEqual(old_part.state, "settled")

    def test_numbers_that_are_none(self):
        self.put_piece(self.board, self.van, "B-1")
        part = self.plan(self.part.order_id, self.board).with_user(self.engineer_user)
        self.board.qifei_old_part_return = True
        with self.assertRaises(ValidationError):
            part._use({part: [{"quantity": float("nan"), "serial": "B-1"}]})
        values = {"quantity": 1, "serial": "B-1", "old_serial": "x\x00" * 100000}
        part._use({part: [values]})
        old_part = self.env["qifei.old.part"].search([("order_part_id", "=", part.id)])
        self.assertEqual(old_part.serial, "x" * 64)
