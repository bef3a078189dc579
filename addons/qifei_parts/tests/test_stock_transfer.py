from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common_stock import StockCase


@tagged("post_install", "-at_install")
class TestStockTransfer(StockCase):
    """Parts go where documents send them, and nowhere is less than nothing."""

    def core_picking(self, source, destination, product, quantity, picking_type=None):
        picking_type = picking_type or self.warehouse.out_type_id
        return self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "location_id": source.id,
                "location_dest_id": destination.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "location_id": source.id,
                            "location_dest_id": destination.id,
                        }
                    )
                ],
            }
        )

    # === TRANSFER === #

    def test_a_transfer_is_one_done_picking(self):
        picking = self.transfer(
            "issue", self.stock, self.van, (self.part, 3), (self.serial_part, 1)
        )
        self.assertEqual(picking.state, "done")
        self.assertEqual(picking.picking_type_id, self.warehouse.qifei_issue_type_id)
        self.assertEqual(picking.qifei_purpose, "issue")
        self.assertEqual(set(picking.move_ids.mapped("qifei_purpose")), {"issue"})
        self.assertEqual(picking.origin, "Test")
        self.assertEqual(self.held(self.van, self.part), 3)
        self.assertEqual(self.held(self.stock, self.part), 7)
        self.assertEqual(self.held(self.van, self.serial_part), 1)

    def test_pickings_come_in_the_order_of_the_transfers(self):
        pickings = self.env["stock.move"]._qifei_transfer(
            "issue",
            [
                {
                    "source": self.stock,
                    "destination": destination,
                    "moves": [{"product": self.part, "quantity": quantity}],
                }
                for destination, quantity in ((self.other_van, 2), (self.van, 1))
            ],
        )
        self.assertEqual(pickings.location_dest_id.ids, (self.other_van | self.van).ids)
        self.assertEqual(
            [picking.location_dest_id for picking in pickings],
            [self.other_van, self.van],
        )

    def test_defaults_of_the_caller_do_not_reach_the_picking(self):
        stock_move = self.env["stock.move"].with_context(
            default_priority="1", default_note="Not meant for it"
        )
        picking = stock_move._qifei_transfer(
            "issue",
            [
                {
                    "source": self.stock,
                    "destination": self.van,
                    "moves": [{"product": self.part, "quantity": 1}],
                }
            ],
        )
        self.assertEqual(picking.priority, "0")
        self.assertFalse(picking.note)

    def test_values_reach_picking_and_move(self):
        picking = self.transfer(
            "issue",
            self.stock,
            self.van,
            (self.part, 1),
            partner=self.point_partner,
            picking_values={"note": "By hand"},
        )
        self.assertEqual(picking.partner_id, self.point_partner)
        self.assertIn("By hand", picking.note)

    def test_wanted_number_is_the_one_that_goes(self):
        lot = self.lots[2]
        picking = self.transfer(
            "issue", self.stock, self.van, (self.serial_part, 1, lot)
        )
        self.assertEqual(picking.move_ids.lot_ids, lot)
        self.assertEqual(self.held(self.van, self.serial_part, lot), 1)

    def test_too_much_is_refused_and_changes_nothing(self):
        self.transfer("issue", self.stock, self.van, (self.part, 2))
        pickings = self.env["stock.picking"].search_count([])
        message = (
            f"Of {self.part.display_name}, Van Van Keeper has 2 Units free, 3 are "
            "wanted: take less, or request more."
        )
        with self.assertRaises(UserError) as refusal, self.cr.savepoint():
            self.transfer(
                "use", self.van, self.customers, (self.part, 2), (self.part, 1)
            )
        self.assertEqual(str(refusal.exception), message)
        self.assertEqual(self.held(self.van, self.part), 2)
        self.assertEqual(self.env["stock.picking"].search_count([]), pickings)

    def test_wrong_number_is_refused(self):
        self.transfer(
            "issue", self.stock, self.van, (self.serial_part, 1, self.lots[0])
        )
        message = "C-1 of Compressor is not free in Van Van Keeper: choose a piece"
        with self.assertRaisesRegex(UserError, message):
            self.transfer(
                "use", self.van, self.customers, (self.serial_part, 1, self.lots[1])
            )

    def test_a_number_goes_once(self):
        lot = self.lots[0]
        with self.assertRaisesRegex(UserError, "C-0 of Compressor is not free"):
            self.transfer(
                "issue",
                self.stock,
                self.van,
                (self.serial_part, 1, lot),
                (self.serial_part, 1, lot),
            )

    def test_nothing_and_less_are_refused(self):
        for quantity in (0, -1):
            with self.assertRaisesRegex(UserError, "more than zero"):
                self.transfer("issue", self.stock, self.van, (self.part, quantity))

    def test_reserved_pieces_are_not_free(self):
        self.transfer("issue", self.stock, self.van, (self.part, 1))
        reserved = self.env["stock.move"]._qifei_reserve(
            "return",
            [
                {
                    "source": self.van,
                    "destination": self.stock,
                    "moves": [{"product": self.part, "quantity": 1}],
                }
            ],
        )
        self.assertEqual(reserved.state, "assigned")
        with self.assertRaisesRegex(UserError, "has 0 Units free"):
            self.transfer("use", self.van, self.customers, (self.part, 1))
        reserved.move_ids._qifei_cancel()
        self.transfer("use", self.van, self.customers, (self.part, 1))

    def test_a_shelf_inside_the_warehouse_counts(self):
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.stock.id}
        )
        part = self.create_part("Shelved")
        self.put(shelf, part, 2)
        self.put(self.stock, part, 1)
        self.transfer("issue", self.stock, self.van, (part, 3))
        self.assertEqual(self.held(self.van, part), 3)

    def test_parts_in_a_package_can_be_taken(self):
        part = self.create_part("Packed")
        package = self.env["stock.package"].create({"name": "Box"})
        self.env["stock.quant"]._update_available_quantity(
            part, self.van, 2, package_id=package
        )
        self.transfer("use", self.van, self.customers, (part, 1))
        self.assertEqual(self.held(self.van, part), 1)

    def test_a_piece_comes_from_a_customer_with_its_number(self):
        held = self.engineer._get_old_location()
        picking = self.env["stock.move"]._qifei_transfer(
            "old",
            [
                {
                    "source": self.customers,
                    "destination": held,
                    "moves": [
                        {
                            "product": self.serial_part,
                            "quantity": 1,
                            "lot_name": "SEEN-FIRST",
                        }
                    ],
                }
            ],
        )
        self.assertEqual(picking.move_ids.lot_ids.name, "SEEN-FIRST")
        self.assertEqual(self.held(held, self.serial_part), 1)

    def test_a_used_part_sends_no_delivery_note(self):
        self.company.stock_move_email_validation = True
        self.transfer("issue", self.stock, self.van, (self.part, 1))
        picking = self.transfer(
            "use",
            self.van,
            self.customers,
            (self.part, 1),
            partner=self.point_partner,
        )
        self.assertFalse(
            picking.message_ids.filtered(lambda message: message.partner_ids)
        )
        self.assertFalse(
            picking.message_ids.filtered(
                lambda message: message.subtype_id == self.env.ref("mail.mt_comment")
            )
        )

    # === RESERVATION === #

    def test_reserving_waits_for_what_is_missing(self):
        picking = self.env["stock.move"]._qifei_reserve(
            "ship",
            [
                {
                    "source": self.stock,
                    "destination": self.transit,
                    "moves": [{"product": self.part, "quantity": 12}],
                }
            ],
        )
        self.assertEqual(picking.move_ids.quantity, 10)
        self.put(self.stock, self.part, 5)
        picking.action_assign()
        self.assertEqual(picking.move_ids.quantity, 12)

    def test_doing_a_part_leaves_the_rest_open(self):
        picking = self.env["stock.move"]._qifei_reserve(
            "ship",
            [
                {
                    "source": self.stock,
                    "destination": self.transit,
                    "moves": [
                        {"product": self.part, "quantity": 3},
                        {"product": self.serial_part, "quantity": 1},
                    ],
                }
            ],
        )
        move, serial_move = picking.move_ids
        done = move._qifei_validate({move: 2})
        self.assertEqual(done, picking)
        self.assertEqual(done.state, "done")
        self.assertEqual(self.held(self.transit, self.part), 2)
        rest = done.backorder_ids
        self.assertEqual(
            {line.product_id: line.product_uom_qty for line in rest.move_ids},
            {self.part: 1, self.serial_part: 1},
        )
        self.assertEqual(self.held(self.transit, self.serial_part), 0)
        self.assertIn(serial_move, rest.move_ids)

    def test_doing_more_than_reserved_takes_what_is_free(self):
        picking = self.env["stock.move"]._qifei_reserve(
            "ship",
            [
                {
                    "source": self.stock,
                    "destination": self.transit,
                    "moves": [{"product": self.part, "quantity": 2}],
                }
            ],
        )
        with self.assertRaisesRegex(UserError, "has 8 Units free, 9 are wanted"):
            picking.move_ids._qifei_validate({picking.move_ids: 11})
        picking.move_ids._qifei_validate({picking.move_ids: 5})
        self.assertEqual(self.held(self.transit, self.part), 5)
        self.assertEqual(self.held(self.stock, self.part), 5)

    # === CORE OPERATIONS === #

    def test_core_delivery_cannot_take_more_than_the_van_has(self):
        self.transfer("issue", self.stock, self.van, (self.part, 1))
        picking = self.core_picking(self.van, self.customers, self.part, 5)
        picking.action_confirm()
        picking.move_ids.quantity = 5
        picking.move_ids.picked = True
        message = "Van Van Keeper would be left with -4 Units of Pump"
        with self.assertRaisesRegex(UserError, message), self.cr.savepoint():
            picking._action_done()
        picking.move_ids.quantity = 1
        picking.move_ids.picked = True
        picking._action_done()
        self.assertEqual(self.held(self.van, self.part), 0)

    def test_scrapping_more_than_there_is_is_refused(self):
        self.transfer("issue", self.stock, self.van, (self.part, 1))
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.part.id,
                "scrap_qty": 2,
                "location_id": self.van.id,
            }
        )
        with self.assertRaisesRegex(UserError, "would be left with -1"):
            scrap.do_scrap()

    def test_a_done_receipt_cannot_be_lowered_below_what_was_used(self):
        receipt = self.transfer("issue", self.stock, self.van, (self.part, 3))
        self.transfer("use", self.van, self.customers, (self.part, 2))
        with self.assertRaisesRegex(UserError, "would be left with -1"):
            receipt.move_line_ids.quantity = 1

    def test_a_done_transfer_cannot_be_raised_beyond_the_van(self):
        self.transfer("issue", self.stock, self.van, (self.part, 2))
        used = self.transfer("use", self.van, self.customers, (self.part, 1))
        with self.assertRaisesRegex(UserError, "would be left with -1"):
            used.move_line_ids.quantity = 3

    def test_a_box_inside_a_point_is_guarded_too(self):
        box = self.env["stock.location"].create(
            {"name": "Box", "location_id": self.point.id}
        )
        self.assertEqual(box.qifei_place_id, self.point)
        self.put(box, self.part, 1)
        picking = self.core_picking(box, self.customers, self.part, 2)
        picking.action_confirm()
        picking.move_ids.quantity = 2
        picking.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "would be left with -1"):
            picking._action_done()

    def test_counting_down_to_nothing_is_possible(self):
        self.transfer("issue", self.stock, self.van, (self.part, 3))
        self.put(self.van, self.part, -3)
        self.assertEqual(self.held(self.van, self.part), 0)

    def test_the_warehouse_itself_stays_as_core_has_it(self):
        picking = self.core_picking(self.stock, self.customers, self.part, 12)
        picking.action_confirm()
        picking.move_ids.quantity = 12
        picking.move_ids.picked = True
        picking._action_done()
        self.assertEqual(self.held(self.stock, self.part), -2)

    def test_moves_of_different_needs_are_not_merged(self):
        picking = self.core_picking(
            self.stock, self.van, self.part, 1, self.warehouse.qifei_issue_type_id
        )
        fields = picking.move_ids._prepare_merge_moves_distinct_fields()
        self.assertLessEqual(
            {
                "qifei_request_line_id",
                "qifei_order_part_id",
                "qifei_old_part_id",
                "qifei_discrepancy_id",
            },
            set(fields),
        )

    # === VALUE === #

    def test_value_goes_with_the_part_and_ends_with_its_defect(self):
        part = self.part.with_company(self.company)
        self.assertEqual(part.total_value, 100)
        to_van = self.transfer("issue", self.stock, self.van, (part, 2))
        to_transit = self.transfer("ship", self.stock, self.transit, (part, 1))
        part.invalidate_recordset()
        self.assertEqual(part.total_value, 100)
        self.assertFalse((to_van | to_transit).move_ids.filtered("is_valued"))
        broken = self.transfer("old", self.transit, self.defective, (part, 1))
        part.invalidate_recordset()
        self.assertEqual(part.total_value, 90)
        self.assertTrue(broken.move_ids.is_out)
        self.assertEqual(broken.move_ids.value, 10)
        used = self.transfer("use", self.van, self.customers, (part, 1))
        part.invalidate_recordset()
        self.assertEqual(used.move_ids.value, 10)
        self.assertEqual(part.total_value, 80)

    def test_old_parts_are_worth_nothing(self):
        held = self.engineer._get_old_location()
        picking = self.transfer("old", self.customers, held, (self.part, 1))
        self.transfer("old", held, self.defective, (self.part, 1))
        self.part.invalidate_recordset()
        self.assertEqual(self.part.with_company(self.company).total_value, 100)
        self.assertFalse(picking.move_ids.is_valued)
        places = held | self.defective | self.van | self.point | self.transit
        valued = self.env["stock.location"].search(
            [("id", "in", places.ids), ("is_valued_internal", "=", True)]
        )
        self.assertEqual(valued, self.van | self.point | self.transit)
        worthless = self.env["stock.location"].search(
            [("id", "in", places.ids), ("is_valued_internal", "=", False)]
        )
        self.assertEqual(worthless, held | self.defective)

    # === GROWTH AND SCREENS === #

    def test_queries_of_the_guards_do_not_grow(self):
        self.put(self.stock, self.part, 100)
        quants = self.env["stock.quant"]
        parts = self.env["product.product"].concat(
            *(self.create_part(f"Part {number}") for number in range(20))
        )
        for part in parts:
            self.put(self.van, part, 1)

        def check(products):
            quants._qifei_get_shelves([(product, self.van) for product in products])
            quants._qifei_check_not_negative(self.van, products)

        self.assertFlatQueries(check, parts[:1], parts)

    def test_picking_form_shows_the_places(self):
        picking = self.transfer("issue", self.stock, self.van, (self.part, 1))
        with Form(picking.with_user(self.users["parts_keeper"])) as form:
            self.assertEqual(form.location_dest_id, self.van)
