from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_orders import PartsCase


@tagged("post_install", "-at_install")
class TestOrderParts(PartsCase):
    def test_a_part_passes_from_the_warehouse_to_the_machine(self):
        self.put(self.seal, self.stock, 5)
        order = self.create_visit()
        part = self.plan(order, quantity=3)
        self.assertEqual(part.state, "missing")
        self.assertEqual(part.free_warehouse, 5)
        self.assertEqual(part.quantity_missing, 3)
        part.with_user(self.engineer_user)._reserve()
        self.assertEqual((part.state, part.quantity_reserved), ("reserved", 3))
        self.assertEqual(part.quantity_to_issue, 3)
        part.with_user(self.keeper)._issue()
        part.invalidate_recordset()
        self.assertEqual((part.state, part.quantity_open), ("issued", 3))
        self.assertEqual(self.get_quantity(self.seal, self.van), 3)
        part.with_user(self.engineer_user)._use({part: [{"quantity": 2}]})
        self.assertEqual(part.quantity_used, 2)
        self.assertEqual(part.quantity_open, 1)
        self.assertEqual(part.line_id.quantity, 2)
        part.with_user(self.engineer_user)._return()
        self.assertEqual((part.state, part.quantity_open), ("used", 0))
        self.assertEqual(self.get_quantity(self.seal, self.stock), 3)
        self.assertEqual(self.get_quantity(self.seal, self.van), 0)
        self.assertEqual(self.get_quantity(self.seal, self.customers), 2)
        pickings = part.move_ids.picking_id
        self.assertEqual(
            set(pickings.mapped("qifei_purpose")), {"issue", "use", "return"}
        )
        self.assertEqual(pickings.qifei_work_order_id, order)
        self.report(order)
        order.with_user(self.engineer_user).action_complete()
        self.assertEqual(order.state, "done")

    def test_state_is_found_as_it_is_shown(self):
        self.put(self.seal, self.stock, 20)
        orders = self.create_visit(6)
        parts = self.env["qifei.work.order.part"].union(
            *(self.plan(order, quantity=2) for order in orders)
        )
        parts[1]._reserve()
        parts[2:]._issue()
        parts[3]._use()
        parts[4]._return()
        parts[5]._use({parts[5]: [{"quantity": 1}]})
        parts[5]._return()
        states = parts.mapped("state")
        self.assertEqual(
            states, ["missing", "reserved", "issued", "used", "returned", "used"]
        )
        for state in set(states):
            found = parts.search([("state", "=", state), ("id", "in", parts.ids)])
            self.assertEqual(found, parts.grouped("state")[state])
        self.assertEqual(
            parts.search([("state", "!=", "used"), ("id", "in", parts.ids)]),
            parts.filtered(lambda part: part.state != "used"),
        )

    def test_reserving_takes_from_the_van_first(self):
        self.put(self.seal, self.stock, 5)
        self.put(self.seal, self.van, 1)
        part = self.plan(self.create_visit(), quantity=3)
        part._reserve()
        self.assertEqual(part.quantity_reserved, 3)
        self.assertEqual(part.quantity_reserved_warehouse, 2)
        part._issue()
        self.assertEqual(part.quantity_issued, 2)
        part._use()
        self.assertEqual(part.quantity_used, 3)
        self.assertEqual(self.get_quantity(self.seal, self.van), 0)

    def test_nothing_free_is_said(self):
        part = self.plan(self.create_visit())
        with self.assertRaisesRegex(UserError, "Nothing is free for WO.*Door seal"):
            part.action_reserve()

    def test_service_point_lends_its_stock(self):
        point = self.env["res.partner"].create(
            {"name": "Point", "is_company": True, "qifei_is_service_partner": True}
        )
        self.engineer.service_point_id = point
        place = point._get_point_location(self.company)
        self.put(self.seal, place, 2)
        part = self.plan(self.create_visit(), quantity=2)
        self.assertEqual((part.free_van, part.quantity_missing), (2, 0))
        part.with_user(self.engineer_user)._use()
        self.assertEqual(self.get_quantity(self.seal, place), 0)
        self.assertEqual(part.move_ids.location_id, place)

    # === Charges === #

    def test_need_brings_its_charge_and_takes_it_away(self):
        order = self.create_visit()
        part = self.plan(order, quantity=2)
        line = part.line_id
        self.assertEqual(
            (line.product_id, line.quantity, line.kind), (self.seal, 2, "part")
        )
        part.quantity = 4
        self.assertEqual(line.quantity, 4)
        part.unlink()
        self.assertFalse(order.line_ids)

    def test_charge_by_hand_brings_its_need(self):
        order = self.create_visit()
        line = self.add_charge(order, product_id=self.seal.id, quantity=2)
        part = order.part_ids
        self.assertEqual((part.product_id, part.quantity), (self.seal, 2))
        self.assertEqual(part.line_id, line)
        line.quantity = 3
        self.assertEqual(part.quantity, 3)
        line.product_id = self.board
        self.assertEqual(part.product_id, self.board)
        line.unlink()
        self.assertFalse(order.part_ids.exists())

    def test_labour_brings_no_need(self):
        order = self.create_visit()
        self.add_charge(order)
        self.assertFalse(order.part_ids)

    def test_charge_follows_the_use(self):
        self.put(self.seal, self.van, 5)
        part = self.plan(self.create_visit(), quantity=2)
        part._use({part: [{"quantity": 3}]})
        self.assertEqual(part.line_id.quantity, 3)
        with self.assertRaisesRegex(UserError, "its charge follows the part"):
            part.line_id.quantity = 1
        with self.assertRaisesRegex(UserError, "stays on the order"):
            part.line_id.unlink()
        part.line_id.price_unit = 1.0
        self.assertEqual(part.line_id.price_subtotal, 3)

    def test_returned_part_is_not_charged(self):
        self.put(self.seal, self.stock, 2)
        part = self.plan(self.create_visit(), quantity=2)
        part._issue()
        part._return()
        self.assertEqual(part.line_id.quantity, 0)
        self.assertFalse(part.order_id._get_completion_blockers()[2:])

    # === Pieces with numbers === #

    def test_serial_is_written_to_the_machine(self):
        lot = self.put_piece(self.board, self.van, "SN-1")
        self.board.qifei_part_warranty_months = 12
        order = self.create_visit()
        part = self.plan(order, self.board)
        part.with_user(self.engineer_user)._use(
            {part: [{"quantity": 1, "serial": "SN-1", "old_serial": "OLD-7"}]}
        )
        fitted = order.fitted_part_ids
        self.assertEqual(fitted.lot_id, lot)
        self.assertEqual((fitted.serial, fitted.is_fitted), ("SN-1", True))
        self.assertEqual(fitted.move_line_id.lot_id, lot)
        self.assertTrue(fitted.warranty_end)
        old = self.equipment.part_ids - fitted
        self.assertEqual((old.serial, old.is_fitted), ("OLD-7", False))
        self.assertEqual(old.replaced_by_id, fitted)

    def test_next_piece_ends_the_one_before(self):
        self.put_piece(self.board, self.van, "SN-1")
        self.put_piece(self.board, self.van, "SN-2")
        for serial in ("SN-1", "SN-2"):
            part = self.plan(self.create_visit(), self.board)
            part._use({part: [{"quantity": 1, "serial": serial}]})
        first, second = self.equipment.part_ids.sorted("id")
        self.assertEqual(first.replaced_by_id, second)
        self.assertFalse(first.is_fitted)
        self.assertTrue(second.is_fitted)
        titles = [event["title"] for event in self.equipment.get_history()]
        self.assertIn("Fitted: Control board [SN-2]", titles)
        self.assertIn("Taken out: Control board [SN-1]", titles)

    def test_several_of_a_kind_stay_side_by_side(self):
        self.env["qifei.part.fit"].create(
            {
                "product_id": self.seal.id,
                "model_id": self.product.id,
                "quantity": 3,
            }
        )
        self.put(self.seal, self.van, 9)
        for quantity in (2, 2):
            part = self.plan(self.create_visit(), quantity=quantity)
            part._use()
        fitted = self.equipment.part_ids.filtered("is_fitted")
        self.assertEqual(sum(fitted.mapped("quantity")), 3)
        self.assertEqual(sum((self.equipment.part_ids - fitted).mapped("quantity")), 1)

    def test_fitted_parts_are_written_by_nobody(self):
        for operation in (
            lambda model: model.create(
                {"equipment_id": self.equipment.id, "product_id": self.seal.id}
            ),
        ):
            with self.assertRaisesRegex(UserError, "written by the orders"):
                operation(self.env["qifei.equipment.part"])

    # === Substitutes === #

    def test_substitute_takes_the_place_of_the_planned_part(self):
        other = self.create_part("Door seal B", list_price=80.0)
        part = self.plan(self.create_visit(), quantity=2)
        self.put(other, self.van, 5)
        with self.assertRaisesRegex(UserError, "is no substitute of .SEAL. Door seal"):
            part._use({part: [{"quantity": 2, "product": other}]})
        self.env["qifei.part.substitute"].create(
            {"product_id": self.seal.id, "substitute_id": other.id}
        )
        part._use({part: [{"quantity": 2, "product": other}]})
        self.assertEqual(part.product_id, other)
        self.assertEqual(part.substitute_for_id, self.seal)
        self.assertEqual(part.line_id.product_id, other)
        self.assertEqual(part.line_id.price_unit, 80)

    def test_substitute_for_a_part_of_the_quantity(self):
        other = self.create_part("Door seal B")
        self.env["qifei.part.substitute"].create(
            {"product_id": self.seal.id, "substitute_id": other.id}
        )
        self.put(self.seal, self.van, 1)
        self.put(other, self.van, 1)
        order = self.create_visit()
        part = self.plan(order, quantity=2)
        part._use({part: [{"quantity": 1}, {"quantity": 1, "product": other}]})
        self.assertEqual(len(order.part_ids), 2)
        self.assertEqual(order.part_ids.mapped("quantity_used"), [1, 1])
        self.assertEqual(order.line_ids.mapped("quantity"), [1, 1])
        self.assertEqual(set(order.part_ids.mapped("state")), {"used"})

    # === Steps of the order === #

    def test_missing_part_holds_the_order_until_it_comes(self):
        order = self.create_visit()
        part = self.plan(order, quantity=2)
        order.with_user(self.engineer_user).action_request_parts()
        self.assertEqual((order.state, order.held_for_parts), ("on_hold", True))
        self.assertIn("2 × [SEAL] Door seal", order.hold_reason)
        request = order.part_request_ids
        self.assertEqual(request.state, "submitted")
        self.assertEqual(request.line_ids.order_part_id, part)
        self.assertEqual(part.quantity_requested, 2)
        with self.assertRaisesRegex(UserError, "lacks no part that is not requested"):
            order.action_request_parts()
        self.put(self.seal, self.stock, 2)
        request.with_user(self.keeper).action_approve()
        request.with_user(self.keeper)._ship()
        self.assertEqual(order.state, "on_hold")
        request.with_user(self.engineer_user)._receive_all()
        self.assertEqual((order.state, order.held_for_parts), ("accepted", False))
        self.assertEqual((part.state, part.quantity_reserved), ("reserved", 2))
        order.action_depart()
        order.action_arrive()
        part.with_user(self.engineer_user)._use()
        self.report(order)
        order.action_complete()
        self.assertEqual(order.state, "done")

    def test_issuing_lets_the_order_go_on(self):
        order = self.create_visit()
        part = self.plan(order)
        order.action_request_parts()
        self.put(self.seal, self.stock, 1)
        order.part_request_ids.with_user(self.keeper).action_reject("There is one")
        part.with_user(self.keeper)._issue({part: [{"quantity": 1}]})
        self.assertEqual(order.state, "accepted")

    def test_resuming_by_hand_ends_the_waiting(self):
        order = self.create_visit()
        self.plan(order)
        order.action_request_parts()
        order.action_resume()
        self.assertFalse(order.held_for_parts)

    def test_cancel_frees_and_asks_for_the_return(self):
        self.put(self.seal, self.stock, 5)
        order = self.create_visit()
        reserved = self.plan(order, quantity=2)
        issued = self.plan(order, quantity=1)
        reserved._reserve()
        issued._issue()
        order.action_hold("Customer away")
        order.action_cancel()
        self.assertEqual(reserved.quantity_reserved, 0)
        self.assertEqual(issued.state, "issued")
        (activity,) = order.activity_ids
        self.assertEqual(activity.user_id, self.engineer_user)
        self.assertIn("Return 1 × [SEAL] Door seal", activity.summary)
        issued.with_user(self.engineer_user)._return()
        self.assertEqual(issued.state, "returned")

    def test_completing_frees_what_is_left(self):
        self.put(self.seal, self.van, 5)
        order = self.create_visit()
        part = self.plan(order, quantity=3)
        part._reserve()
        part._use({part: [{"quantity": 1}]})
        self.assertEqual(part.quantity_reserved, 2)
        self.report(order)
        order.action_complete()
        self.assertEqual(part.quantity_reserved, 0)
        self.assertEqual(part.line_id.quantity, 1)

    def test_engineer_who_carries_parts_keeps_the_order(self):
        self.put(self.seal, self.stock, 5)
        order = self.walk(self.create_orders(), "accept")
        part = self.plan(order)
        part._issue()
        with self.assertRaisesRegex(UserError, "carries 1 × .*have them returned"):
            order.action_unassign()
        part._return()
        order.action_unassign()
        self.assertEqual(order.state, "draft")

    # === Picker === #

    def test_picker_offers_what_fits_and_is_carried_first(self):
        names = {}
        for name in ("Part A", "Part B", "Part C", "Part D"):
            names[name] = self.create_part(name)
        self.env["qifei.part.fit"].create(
            [
                {"product_id": names[name].id, "model_id": self.product.id}
                for name in ("Part C", "Part D")
            ]
        )
        self.put(names["Part B"], self.van)
        self.put(names["Part D"], self.van)
        order = self.create_visit()
        found = (
            self.env["product.product"]
            .with_user(self.engineer_user)
            .with_context(qifei_parts_order_id=order.id)
            .name_search("Part ", [("qifei_is_part", "=", True)], limit=4)
        )
        self.assertEqual(
            [label for _id, label in found], ["Part D", "Part C", "Part B", "Part A"]
        )

    def test_picker_of_a_foreign_order_tells_nothing(self):
        order = self.create_orders(engineer_id=self.other_engineer.id)
        self.create_part("Part Z")
        found = (
            self.env["product.product"]
            .with_user(self.engineer_user)
            .with_context(qifei_parts_order_id=order.id)
            .name_search("Part Z")
        )
        self.assertEqual(len(found), 1)

    # === The list to confirm === #

    def test_two_taps_say_used(self):
        self.put(self.seal, self.van, 5)
        self.put_piece(self.board, self.van, "SN-1")
        order = self.create_visit()
        self.plan(order, quantity=2)
        self.plan(order, self.board)
        order = order.with_user(self.engineer_user)
        action = order.action_use_parts()
        book = self.env[action["res_model"]].with_user(self.engineer_user)
        book = book.browse(action["res_id"])
        self.assertEqual(book.line_ids.mapped("quantity"), [2, 1])
        self.assertEqual(book.line_ids[1].serial, "SN-1")
        book.action_book()
        self.assertEqual(order.part_ids.mapped("state"), ["used", "used"])

    def test_scanning_fills_in_the_line(self):
        for serial in ("SN-1", "SN-2", "SN-3"):
            self.put_piece(self.board, self.van, serial)
        self.put(self.seal, self.van, 5)
        self.seal.barcode = "6901234567892"
        order = self.create_visit()
        self.plan(order, self.board, quantity=2)
        self.plan(order, quantity=3)
        action = order.with_user(self.engineer_user).action_use_parts()
        book = (
            self.env[action["res_model"]]
            .with_user(self.engineer_user)
            .browse(action["res_id"])
        )
        self.assertEqual(book.line_ids.mapped("serial"), ["", "", False])
        book.scan("SN-3")
        book.scan("SN-1")
        self.assertEqual(book.line_ids[:2].mapped("serial"), ["SN-3", "SN-1"])
        book.scan("SN-3")
        self.assertEqual(book.line_ids[:2].mapped("serial"), ["SN-3", "SN-1"])
        with self.assertRaisesRegex(UserError, "are named already"):
            book.scan("SN-2")
        book.scan("6901234567892")
        book.scan("6901234567892")
        self.assertEqual(book.line_ids[2].quantity, 2)
        with self.assertRaisesRegex(UserError, "“NO-PART” is neither a part"):
            book.scan("NO-PART")
        book.action_book()
        self.assertEqual(
            set(order.fitted_part_ids.mapped("serial")), {"SN-3", "SN-1", False}
        )

    def test_keeper_issues_pieces_by_their_numbers(self):
        self.put_piece(self.board, self.stock, "SN-1")
        self.put_piece(self.board, self.stock, "SN-2")
        order = self.create_visit()
        part = self.plan(order, self.board)
        action = part.with_user(self.keeper).action_issue()
        book = (
            self.env[action["res_model"]]
            .with_user(self.keeper)
            .browse(action["res_id"])
        )
        with self.assertRaisesRegex(UserError, "Scan or enter the serial number"):
            book.action_book()
        book.line_ids.serial = "SN-9"
        with self.assertRaisesRegex(UserError, "SN-9 is not there. There are: SN-1"):
            book.action_book()
        book.line_ids.serial = "SN-2"
        book.action_book()
        self.assertEqual(part._get_open_lots().name, "SN-2")
        action = part.with_user(self.engineer_user).action_use()
        book = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(book.line_ids.serial, "SN-2")

    def test_foreign_list_is_refused(self):
        self.put(self.seal, self.van, 5)
        order = self.create_visit()
        self.plan(order)
        action = order.with_user(self.engineer_user).action_use_parts()
        book = self.env[action["res_model"]].browse(action["res_id"])
        other = book.with_user(self.users["agent"])
        with self.assertRaises(AccessError):
            other.action_book()

    def test_what_was_issued_is_held_for_its_order(self):
        self.put(self.seal, self.stock, 5)
        part = self.plan(self.create_visit(), quantity=2)
        other = self.plan(self.create_visit(), quantity=1)
        part._issue({part: [{"quantity": 1}]})
        self.assertEqual((part.quantity_open, part.quantity_reserved), (1, 0))
        self.assertEqual((part.quantity_held, part.free_van), (1, 0))
        self.assertEqual(other.quantity_missing, 1)
        with self.assertRaisesRegex(UserError, "has 0 Units free, 1 are wanted"):
            other._use()
        part._issue()
        self.assertEqual((part.quantity_open, part.quantity_held), (2, 2))
        part._return({part: [{"quantity": 1}]})
        self.assertEqual((part.quantity_open, part.quantity_held), (1, 1))
        part._use({part: [{"quantity": 1}]})
        self.assertEqual((part.quantity_open, part.quantity_held), (0, 0))

    def test_issued_pieces_are_held_by_their_numbers(self):
        for serial in ("SN-1", "SN-2"):
            self.put_piece(self.board, self.stock, serial)
        part = self.plan(self.create_visit(), self.board, quantity=2)
        part._issue()
        part._return({part: [{"quantity": 1, "lot": part._get_open_lots()[0]}]})
        (held,) = part._get_reservations(("use",)).move_line_ids
        self.assertEqual(held.lot_id, part._get_open_lots())

    def test_return_in_the_inventory_app_undoes_the_use(self):
        self.put(self.seal, self.van, 2)
        part = self.plan(self.create_visit(), quantity=2)
        picking = part._use()
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves.quantity = 1
        action = wizard.action_create_returns()
        back = self.env["stock.picking"].browse(action["res_id"])
        back.move_ids.picked = True
        back._action_done()
        part.invalidate_recordset()
        self.assertEqual(self.get_quantity(self.seal, self.van), 1)
        self.assertEqual((part.quantity_used, part.state), (1, "used"))
        self.assertIn(part, part.search([("state", "=", "used")]))

    def test_other_engineer_frees_the_van(self):
        self.put(self.seal, self.van, 1)
        order = self.create_orders()
        part = self.plan(order)
        part._reserve()
        self.assertEqual(part.quantity_held, 1)
        order.engineer_id = self.other_engineer
        self.assertEqual(part.quantity_held, 0)
