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

    def return_there(self, picking, quantity):
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
        back.button_validate()
        return back

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
