from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.qifei_base.tests.common import TransitionMatrixMixin

from .common_old_parts import OldPartCase


@tagged("post_install", "-at_install")
class TestOldPartOpening(OldPartCase):
    def test_used_part_opens_one_obligation_for_each_piece(self):
        need = self.create_need(quantity=3)
        parts = self.open(need=need, quantity=3)
        self.assertEqual(len(parts), 3)
        self.assertEqual(parts.mapped("state"), ["owed"] * 3)
        self.assertEqual(parts.mapped("quantity"), [1.0] * 3)
        self.assertEqual(parts.engineer_id, self.engineer)
        self.assertFalse(parts.partner_id)
        self.assertEqual(parts.order_id, need.order_id)
        self.assertEqual(parts.order_part_id, need)
        self.assertEqual(len(set(parts.mapped("name"))), 3)
        self.assertEqual(
            parts.mapped("due_on"),
            [fields.Date.context_today(parts) + timedelta(days=14)] * 3,
        )

    def test_each_obligation_has_its_move_from_the_customer(self):
        parts = self.open(quantity=2)
        self.assertEqual([len(part.move_ids) for part in parts], [1, 1])
        moves = parts.move_ids
        self.assertEqual(moves.mapped("state"), ["done"] * 2)
        self.assertEqual(moves.location_id, self.customers)
        self.assertEqual(moves.location_dest_id, self.held)
        self.assertEqual(set(moves.mapped("qifei_purpose")), {"old"})
        self.assertEqual(moves.picking_id.qifei_work_order_id, parts.order_id)
        self.assertEqual(self.quantity_at(self.held), 2)

    def test_part_that_need_not_come_back_opens_nothing(self):
        self.part.qifei_old_part_return = False
        self.assertFalse(self.open())
        self.assertEqual(len(self.open(is_owed=True)), 1)
        self.part.qifei_old_part_return = True
        self.assertFalse(self.open(is_owed=False))
        self.assertFalse(self.env["qifei.old.part"]._open_for([]))

    def test_old_piece_may_be_another_product(self):
        old = self.create_part("Relay, first edition", qifei_old_part_days=3)
        part = self.open(product=self.part)
        other = self.open(need=self.create_need(), old_product=old)
        self.assertEqual(part.product_id, self.part)
        self.assertEqual(other.product_id, old)
        self.assertEqual(self.quantity_at(self.held, old), 1)

    def test_measured_part_stays_one_obligation(self):
        cable = self.create_part(
            "Cable", uom_id=self.env.ref("uom.product_uom_meter").id
        )
        part = self.open(product=cable, quantity=2.5)
        self.assertEqual(part.quantity, 2.5)
        self.assertEqual(self.quantity_at(self.held, cable), 2.5)

    def test_holder_of_a_point_is_the_point(self):
        part = self.open(source=self.point_location)
        self.assertFalse(part.engineer_id)
        self.assertEqual(part.partner_id, self.point)
        self.assertEqual(part.location_id, self.point._get_old_location(self.company))
        self.assertEqual(part.holder_name, "Test point")

    def test_engineer_of_a_point_owes_for_himself_and_counts_for_the_point(self):
        self.other_engineer.service_point_id = self.point
        part = self.open(source=self.other_van)
        self.assertEqual(part.engineer_id, self.other_engineer)
        self.assertEqual(part.partner_id, self.point)
        self.assertEqual(part.location_id, self.other_engineer._get_old_location())

    def test_part_used_from_the_warehouse_is_owed_by_the_engineer(self):
        part = self.open(source=self.stock)
        self.assertEqual(part.engineer_id, self.engineer)

    def test_nobody_to_answer_is_refused(self):
        need = self.create_need(engineer_id=False)
        with self.assertRaisesRegex(UserError, "Nobody answers .* assign the order"):
            self.open(need=need, source=self.stock)

    # === SERIAL NUMBERS === #

    def test_known_serial_is_the_lot_of_the_machine(self):
        lot = self.env["stock.lot"].create(
            {"name": "C-1", "product_id": self.serial_part.id}
        )
        part = self.open(product=self.serial_part, old_serial=" C-1 ")
        self.assertEqual(part.lot_id, lot)
        self.assertEqual(part.serial, "C-1")
        self.assertEqual(self.quantity_at(self.held, self.serial_part, lot), 1)

    def test_new_serial_becomes_a_lot(self):
        part = self.open(product=self.serial_part, old_serial="C-9")
        self.assertEqual(part.lot_id.name, "C-9")
        self.assertEqual(part.lot_id.product_id, self.serial_part)

    def test_unreadable_serial_is_the_number_of_the_obligation(self):
        parts = self.open(product=self.serial_part, quantity=2)
        self.assertEqual(parts.lot_id.mapped("name"), parts.mapped("name"))
        self.assertEqual(parts.mapped("serial"), [False, False])

    def test_serial_of_an_untracked_piece_is_kept_as_text(self):
        part = self.open(old_serial="R-1")
        self.assertEqual(part.serial, "R-1")
        self.assertFalse(part.lot_id)

    def test_serial_that_lies_in_stock_is_refused(self):
        lot = self.env["stock.lot"].create(
            {"name": "C-2", "product_id": self.serial_part.id}
        )
        self.env["stock.quant"]._update_available_quantity(
            self.serial_part, self.van, 1, lot_id=lot
        )
        with self.assertRaisesRegex(
            UserError, "Compressor with serial number C-2 lies at .*check the number"
        ):
            self.open(product=self.serial_part, old_serial="C-2")
        self.assertEqual(self.quantity_at(self.van, self.serial_part, lot), 1)

    def test_serial_owed_already_is_refused(self):
        self.open(product=self.serial_part, old_serial="C-3")
        with self.assertRaisesRegex(UserError, "C-3 lies at Old parts Test engineer"):
            self.open(product=self.serial_part, old_serial="C-3")

    def test_serial_for_several_pieces_is_refused(self):
        with self.assertRaisesRegex(UserError, "C-4 is given for 2 pieces"):
            self.open(product=self.serial_part, quantity=2, old_serial="C-4")
        need = self.create_need(self.serial_part, 2)
        use = {
            "order_part": need,
            "quantity": 1,
            "source": self.van,
            "old_serial": "C-4",
        }
        with self.assertRaisesRegex(UserError, "C-4 is given for several pieces"):
            self.env["qifei.old.part"]._open_for([use, dict(use)])

    def test_serial_of_the_new_part_is_refused(self):
        need = self.create_need(self.serial_part)
        lot = self.env["stock.lot"].create(
            {"name": "NEW-1", "product_id": self.serial_part.id}
        )
        self.env["stock.quant"]._update_available_quantity(
            self.serial_part, self.van, 1, lot_id=lot
        )
        self.env["stock.move"]._qifei_transfer(
            "use",
            [
                {
                    "source": self.van,
                    "destination": self.customers,
                    "partner": self.customer,
                    "moves": [
                        {
                            "product": self.serial_part,
                            "quantity": 1,
                            "lot": lot,
                            "values": {"qifei_order_part_id": need.id},
                        }
                    ],
                }
            ],
        )
        with self.assertRaisesRegex(UserError, "NEW-1 is the serial number of the new"):
            self.open(need=need, product=self.serial_part, old_serial="NEW-1")

    # === FROM THE ORDER === #

    def test_use_on_the_order_opens_the_obligation(self):
        quants = self.env["stock.quant"]
        lot = self.env["stock.lot"].create(
            {"name": "NEW-7", "product_id": self.serial_part.id}
        )
        quants._update_available_quantity(self.serial_part, self.van, 1, lot_id=lot)
        quants._update_available_quantity(self.part, self.van, 2)
        order = self.walk(self.create_orders(), "arrive")
        relay, compressor = self.env["qifei.work.order.part"].create(
            [
                {"order_id": order.id, "product_id": self.part.id, "quantity": 2},
                {"order_id": order.id, "product_id": self.serial_part.id},
            ]
        )
        (relay | compressor).with_user(self.users["engineer"])._use(
            {
                relay: [{"quantity": 2}],
                compressor: [{"quantity": 1, "lot": lot, "old_serial": "OLD-7"}],
            }
        )
        parts = self.env["qifei.old.part"].search([("order_id", "=", order.id)])
        self.assertEqual(len(parts), 3)
        self.assertEqual(parts.engineer_id, self.engineer)
        self.assertEqual(parts.lot_id.mapped("name"), ["OLD-7"])
        self.assertEqual(self.quantity_at(self.van), 0)
        self.assertEqual(self.quantity_at(self.held), 2)
        self.assertEqual(self.quantity_at(self.held, self.serial_part), 1)
        self.assertEqual(self.quantity_at(self.held, self.serial_part, lot), 0)


@tagged("post_install", "-at_install")
class TestOldPartSteps(OldPartCase):
    def assertPlaces(self, held=0, transit=0, defective=0, product=None, lot=None):
        self.assertEqual(
            (
                self.quantity_at(self.held, product, lot),
                self.quantity_at(self.transit, product, lot),
                self.quantity_at(self.defective, product, lot),
            ),
            (held, transit, defective),
        )

    def test_quantities_follow_each_step(self):
        for product, serial in ((self.part, False), (self.serial_part, "S-1")):
            with self.subTest(product=product.name):
                part = self.open(product=product, old_serial=serial)
                place = {"product": product, "lot": part.lot_id}
                self.assertPlaces(held=1, **place)
                part.with_user(self.users["engineer"]).action_return()
                self.assertEqual(part.state, "returned")
                self.assertPlaces(transit=1, **place)
                part.with_user(self.keeper).action_receive()
                self.assertEqual(part.state, "received")
                self.assertPlaces(defective=1, **place)
                part.with_user(self.keeper).action_inspect("scrap", note="Burnt")
                self.assertEqual(part.inspected_by_id, self.keeper)
                self.assertEqual(part.inspection_note, "Burnt")
                self.assertPlaces(defective=1, **place)
                part.with_user(self.keeper).action_settle()
                self.assertEqual(part.state, "settled")
                self.assertPlaces(**place)
                self.assertEqual(len(part.move_ids), 4)
                action = part.with_user(self.keeper).action_view_moves()
                lines = self.env[action["res_model"]].search(action["domain"])
                self.assertEqual(lines.move_id, part.move_ids)
                self.assertEqual(set(part.move_ids.mapped("state")), {"done"})

    def test_scrap_is_a_scrap_of_core(self):
        part = self.bring_to(
            self.open(old_serial="S", product=self.serial_part), "inspected"
        )
        part.with_user(self.keeper).action_settle()
        scrap = part.move_ids.scrap_id
        self.assertEqual(scrap.state, "done")
        self.assertEqual(scrap.origin, part.name)
        self.assertEqual(scrap.lot_id, part.lot_id)
        self.assertEqual(scrap.scrap_qty, 1)
        self.assertTrue(scrap.date_done)
        self.assertRegex(scrap.name, r"^SP/")
        self.assertEqual(scrap.move_ids.location_dest_id, scrap.scrap_location_id)

    def test_supplier_gets_the_piece(self):
        vendor = self.env["res.partner"].create({"name": "Relay maker"})
        self.part.seller_ids = [(0, 0, {"partner_id": vendor.id})]
        parts = self.bring_to(self.open(quantity=2), "received")
        supplier = vendor.property_stock_supplier
        before = self.quantity_at(supplier)
        parts.with_user(self.keeper).action_inspect("supplier")
        self.assertEqual(parts.vendor_id, vendor)
        parts.with_user(self.keeper).action_settle()
        self.assertPlaces()
        self.assertEqual(self.quantity_at(supplier) - before, 2)
        last = parts.move_ids.filtered(lambda move: move.location_dest_id == supplier)
        self.assertEqual(len(last.picking_id), 1)
        self.assertEqual(last.picking_id.partner_id, vendor)

    def test_supplier_that_nobody_knows_is_refused(self):
        part = self.bring_to(self.open(), "received")
        with self.assertRaisesRegex(UserError, "Relay has no supplier: choose one"):
            part.with_user(self.keeper).action_inspect("supplier")
        self.assertEqual(part.state, "received")
        vendor = self.env["res.partner"].create({"name": "Chosen"})
        part.with_user(self.keeper).action_inspect("supplier", vendor=vendor)
        self.assertEqual(part.vendor_id, vendor)

    def test_good_piece_goes_into_stock(self):
        part = self.bring_to(self.open(), "received")
        before = self.quantity_at(self.stock)
        part.with_user(self.keeper).action_inspect("stock")
        part.with_user(self.keeper).action_settle()
        self.assertPlaces()
        self.assertEqual(self.quantity_at(self.stock), before + 1)

    def test_worthless_until_it_is_stock_again(self):
        self.part.standard_price = 10
        value = self.part.total_value
        part = self.bring_to(self.open(), "received")
        self.part.invalidate_recordset()
        self.assertEqual(self.part.total_value, value)
        self.assertFalse(any(part.move_ids.mapped("is_in")))
        part.with_user(self.keeper).action_inspect("stock")
        part.with_user(self.keeper).action_settle()
        self.part.invalidate_recordset()
        self.assertEqual(self.part.total_value, value + 10)

    def test_decision_is_needed(self):
        part = self.bring_to(self.open(), "received")
        with self.assertRaisesRegex(UserError, "Say what happens to OP"):
            part.with_user(self.keeper).action_inspect()

    def test_piece_that_did_not_arrive_is_owed_again(self):
        part = self.bring_to(self.open(), "returned")
        part.with_user(self.keeper).action_reject()
        self.assertEqual(part.state, "owed")
        self.assertFalse(part.returned_on)
        self.assertPlaces(held=1)

    def test_hand_in_takes_what_is_owed_and_what_is_on_the_way(self):
        parts = self.open(quantity=3)
        parts[0].action_return()
        parts.with_user(self.keeper).action_hand_in()
        self.assertEqual(set(parts.mapped("state")), {"received"})
        self.assertPlaces(defective=3)

    def test_many_pieces_travel_in_one_picking_for_each_holder(self):
        mine = self.open(quantity=3)
        others = self.open(source=self.other_van, quantity=2)
        points = self.open(source=self.point_location, quantity=2)
        parts = mine | others | points
        for step, source in (("return", None), ("receive", self.transit)):
            before = parts.move_ids
            getattr(parts.with_user(self.keeper), f"action_{step}")()
            moves = parts.move_ids - before
            self.assertEqual(len(moves), 7)
            self.assertEqual(len(moves.picking_id), 3)
            self.assertEqual(set(moves.picking_id.mapped("state")), {"done"})
            if source:
                self.assertEqual(moves.location_id, source)

    def test_piece_taken_away_in_the_inventory_app_is_refused(self):
        part = self.open()
        self.env["stock.quant"]._update_available_quantity(self.part, self.held, -1)
        with self.assertRaisesRegex(UserError, "Relay"):
            part.action_return()
        self.assertEqual(part.state, "owed")

    # === WAIVING === #

    def test_waived_piece_is_written_off(self):
        part = self.open()
        part.with_user(self.manager).action_waive(" The customer keeps it ")
        self.assertEqual(part.state, "waived")
        self.assertEqual(part.waive_reason, "The customer keeps it")
        self.assertPlaces()
        self.assertEqual(part.move_ids.scrap_id.location_id, self.held)

    def test_piece_lost_on_the_way_is_written_off(self):
        part = self.bring_to(self.open(), "returned")
        part.with_user(self.manager).action_waive("Lost in the post")
        self.assertPlaces()
        self.assertEqual(part.move_ids.scrap_id.location_id, self.transit)

    def test_waiving_without_reason_is_refused(self):
        part = self.open()
        for reason in (None, "", "  "):
            with self.assertRaisesRegex(UserError, f"Say why {part.name} need not"):
                part.with_user(self.manager).action_waive(reason)

    # === REPAIR === #

    def test_repaired_piece_is_settled_by_itself_and_lies_in_stock(self):
        for product, serial in ((self.part, False), (self.serial_part, "R-1")):
            with self.subTest(product=product.name):
                part = self.open(product=product, old_serial=serial)
                self.bring_to(part, "received")
                before = self.quantity_at(self.stock, product)
                part.with_user(self.keeper).action_inspect("repair", note="Bearing")
                repair = part.repair_id
                self.assertEqual(repair.state, "confirmed")
                self.assertEqual(repair.product_location_src_id, self.defective)
                self.assertEqual(repair.product_location_dest_id, self.stock)
                self.assertEqual(repair.lot_id, part.lot_id)
                self.assertEqual(part.state, "inspected")
                self.assertPlaces(defective=1, product=product)
                repair.with_user(self.keeper).action_repair_start()
                repair.with_user(self.keeper).action_repair_end()
                self.assertEqual(repair.state, "done")
                self.assertEqual(part.state, "settled")
                self.assertTrue(part.settled_on)
                self.assertPlaces(product=product)
                self.assertEqual(self.quantity_at(self.stock, product), before + 1)
                self.assertIn(repair.move_id, part.move_ids)

    def test_settling_during_the_repair_is_refused(self):
        part = self.bring_to(self.open(), "received")
        part.with_user(self.keeper).action_inspect("repair")
        with self.assertRaisesRegex(
            UserError, f"{part.name} is being repaired by .* settled by itself"
        ):
            part.with_user(self.keeper).action_settle()
        with self.assertRaisesRegex(UserError, "cancel the repair before you decide"):
            part.with_user(self.keeper).action_inspect("scrap")
        self.assertEqual(part.disposition, "repair")

    def test_cancelled_repair_is_decided_anew(self):
        part = self.bring_to(self.open(), "received")
        part.with_user(self.keeper).action_inspect("repair")
        repair = part.repair_id
        repair.with_user(self.keeper).action_repair_cancel()
        with self.assertRaisesRegex(UserError, "repair of OP.* was cancelled: inspect"):
            part.with_user(self.keeper).action_settle()
        part.with_user(self.keeper).action_inspect("scrap")
        self.assertFalse(part.repair_id)
        part.with_user(self.keeper).action_settle()
        self.assertPlaces()

    def test_deleted_repair_is_decided_anew(self):
        part = self.bring_to(self.open(), "received")
        part.with_user(self.keeper).action_inspect("repair")
        repair = part.repair_id.with_user(self.manager)
        repair.action_repair_start()
        repair.unlink()
        self.assertRecordValues(part, [{"state": "inspected", "repair_id": False}])
        self.assertTrue(part.with_user(self.keeper).can_inspect)
        with self.assertRaisesRegex(UserError, "was cancelled: inspect it once more"):
            part.with_user(self.keeper).action_settle()
        part.with_user(self.keeper).action_inspect("stock")
        part.with_user(self.keeper).action_settle()
        self.assertPlaces()

    def test_second_repair_follows_a_cancelled_one(self):
        part = self.bring_to(self.open(), "received")
        part.with_user(self.keeper).action_inspect("repair")
        first = part.repair_id
        part.with_user(self.keeper).action_inspect("repair", note="Once more")
        self.assertEqual(part.repair_id, first)
        first.with_user(self.keeper).action_repair_cancel()
        part.with_user(self.keeper).action_inspect("repair")
        self.assertNotEqual(part.repair_id, first)

    def test_repair_of_something_else_is_refused(self):
        part = self.bring_to(self.open(), "received")
        part.with_user(self.keeper).action_inspect("repair")
        part.repair_id.product_qty = 2
        part.repair_id.action_repair_start()
        with self.assertRaisesRegex(UserError, f"repairs the old part {part.name}"):
            part.repair_id.action_repair_end()
        self.assertEqual(part.state, "inspected")

    # === SCREENS === #

    def test_inspection_on_screen_settles_at_once(self):
        parts = self.bring_to(self.open(quantity=2), "received")
        photo = (
            self.env["ir.attachment"]
            .with_user(self.keeper)
            .create({"name": "burnt.png", "raw": self.picture()})
        )
        as_keeper = parts.with_user(self.keeper)
        action = as_keeper.action_open_inspect()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.keeper)
            .with_context(**action["context"])
        )
        form.disposition = "scrap"
        form.note = "Burnt contact"
        form.photo_ids.add(photo)
        form.save().action_confirm()
        self.assertEqual(set(parts.mapped("state")), {"settled"})
        self.assertEqual(set(parts.mapped("inspection_note")), {"Burnt contact"})
        for part in parts:
            self.assertEqual(len(part.photo_ids), 1)
            self.assertEqual(part.photo_ids.res_id, part.id)
            self.assertTrue(
                part.photo_ids.with_user(self.users["engineer"]).has_access("read")
            )

    def test_foreign_photo_is_refused(self):
        part = self.bring_to(self.open(), "received")
        secret = self.env["ir.attachment"].create(
            {
                "name": "secret.png",
                "raw": self.picture(),
                "res_model": "res.company",
                "res_id": self.company.id,
                "res_field": "qifei_secret",
            }
        )
        with self.assertRaises(UserError):
            part.with_user(self.keeper).action_inspect(
                "scrap", photos=secret.with_user(self.keeper)
            )

    def test_waiving_on_screen_asks_for_the_reason(self):
        part = self.open()
        action = part.with_user(self.manager).action_open_waive()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.manager)
            .with_context(**action["context"])
        )
        form.reason = "Lost"
        form.save().action_confirm()
        self.assertEqual(part.state, "waived")

    def test_wizard_is_refused_in_the_wrong_state(self):
        part = self.open()
        with self.assertRaisesRegex(UserError, "is “Owed”. “Inspect” is possible only"):
            part.with_user(self.keeper).action_open_inspect()

    def test_obligation_stays_on_file(self):
        part = self.open()
        with self.assertRaisesRegex(UserError, "stands for a real piece and stays"):
            part.sudo().unlink()

    def test_overdue_is_found_by_date(self):
        late, early = self.make_overdue(self.open()), self.open()
        model = self.env["qifei.old.part"]
        both = [("id", "in", (late | early).ids)]
        self.assertTrue(late.is_overdue)
        self.assertFalse(early.is_overdue)
        self.assertEqual(model.search([*both, ("is_overdue", "=", True)]), late)
        self.assertEqual(model.search([*both, ("is_overdue", "=", False)]), early)
        late.action_return()
        self.assertFalse(late.is_overdue)
        self.assertFalse(model.search([*both, ("is_overdue", "=", True)]))


@tagged("post_install", "-at_install")
class TestOldPartTransitions(TransitionMatrixMixin, OldPartCase):
    def _matrix_record(self, role, user):
        return self.open()

    def _matrix_prepare(self, record, action):
        part = record.sudo()
        for location in (self.held, self.transit, self.defective):
            self.env["stock.quant"]._update_available_quantity(self.part, location, 1)
        part.disposition = "scrap"

    def _matrix_arguments(self, record, action):
        return {
            "inspect": {"disposition": "scrap"},
            "waive": {"reason": "Lost"},
        }.get(action, {})

    def test_transitions(self):
        self.assertEqual(self.assertTransitionMatrix("qifei.old.part"), 504)


@tagged("post_install", "-at_install")
class TestOldPartGrowth(OldPartCase):
    """Each further piece costs no more than its stock move costs in core."""

    def _move_in_core(self, product, source, count):
        """Move pieces as core does, with nothing of the suite around it."""
        if product.tracking == "serial":
            lots = self.env["stock.lot"].create(
                [
                    {"name": f"CORE-{number}", "product_id": product.id}
                    for number in range(count)
                ]
            )
            for lot in lots:
                self.env["stock.quant"]._update_available_quantity(
                    product, source, 1, lot_id=lot
                )
        else:
            self.env["stock.quant"]._update_available_quantity(product, source, count)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.company._get_parts_warehouse().int_type_id.id,
                "location_id": source.id,
                "location_dest_id": self.defective.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 1,
                            "location_id": source.id,
                            "location_dest_id": self.defective.id,
                        }
                    )
                    for _number in range(count)
                ],
            }
        )
        picking.move_ids._action_confirm(merge=False)
        picking.move_ids._action_assign()
        picking.move_ids.picked = True
        picking._action_done()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _grow_in_core(self, product, source):
        """Return how many more queries core needs for twenty moves than for one."""
        counts = []
        for count in (1, 20):
            savepoint = self.env.cr.savepoint()
            counts.append(self._move_in_core(product, source, count))
            savepoint.close(rollback=True)
        return counts[1] - counts[0]

    def assertNoGrowth(self, func, one, many, product=None, source=None):
        margin = self._grow_in_core(product or self.part, source or self.stock)
        self.assertFlatQueries(func, one, many, margin=margin)

    def test_opening(self):
        need = self.create_need(quantity=20)
        self.assertNoGrowth(lambda count: self.open(need=need, quantity=count), 1, 20)

    def test_opening_with_serials(self):
        need = self.create_need(self.serial_part, 20)

        def open_pieces(count):
            self.env["qifei.old.part"]._open_for(
                [
                    {
                        "order_part": need,
                        "quantity": 1,
                        "source": self.van,
                        "old_serial": f"G-{number}",
                    }
                    for number in range(count)
                ]
            )

        self.assertNoGrowth(open_pieces, 1, 20, self.serial_part)

    def _prepare(self, state, product=None):
        parts = self.bring_to(self.open(product=product, quantity=20), state)
        return parts[:1].with_user(self.keeper), parts.with_user(self.keeper)

    def test_returning(self):
        one, many = self._prepare("owed")
        self.assertNoGrowth(lambda parts: parts.action_return(), one, many)

    def test_receiving(self):
        one, many = self._prepare("returned")
        self.assertNoGrowth(lambda parts: parts.action_receive(), one, many)

    def test_receiving_with_serials(self):
        one, many = self._prepare("returned", self.serial_part)
        self.assertNoGrowth(
            lambda parts: parts.action_receive(), one, many, self.serial_part
        )

    def test_settling(self):
        vendor = self.env["res.partner"].create({"name": "Maker"})
        one, many = self._prepare("received")
        for disposition in ("scrap", "stock", "supplier"):
            with self.subTest(disposition=disposition):
                many.action_inspect(disposition, vendor=vendor)
                self.assertNoGrowth(lambda parts: parts.action_settle(), one, many)

    def test_waiving(self):
        one, many = self._prepare("owed")
        self.assertNoGrowth(
            lambda parts: parts.with_user(self.manager).action_waive("Lost"), one, many
        )

    def test_inspecting_is_flat(self):
        one, many = self._prepare("received")
        self.assertFlatQueries(
            lambda parts: parts.action_inspect("scrap", note="Burnt"), one, many
        )
