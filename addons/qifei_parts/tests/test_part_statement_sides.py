from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.qifei_base.tests.common import TransitionMatrixMixin

from .common_statement import APRIL, StatementCase

MIDDLE = "2026-03-15 02:00:00"


@tagged("post_install", "-at_install")
class TestPartStatementSides(StatementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock_up(10.0, cls.part + cls.other_part)
        cls.move((cls.part, 2.0, cls.point, cls.customers, MIDDLE))
        cls.statement = cls.draw_up().with_user(cls.users["parts_keeper"])
        cls.line = cls.statement.line_ids[0]

    def send(self):
        self.statement.action_send()
        return self.statement

    def count(self, quantity, line=None):
        self.statement._count_by_partner(
            self.portal_user.partner_id, {(line or self.line).id: quantity}
        )

    def confirm_both(self, statement=None):
        statement = statement or self.statement
        statement._confirm_by_partner(self.portal_user.partner_id)
        statement.action_confirm()
        self.assertEqual(statement.state, "confirmed")

    def book(self, reason="Counted twice", statement=None):
        statement = statement or self.statement
        action = statement.action_open_adjust()
        wizard = (
            self.env[action["res_model"]]
            .with_user(statement.env.user)
            .with_context(**action["context"])
            .create({"reason": reason})
        )
        wizard.action_book()
        return wizard

    # === Count === #

    def test_a_count_makes_a_difference_that_nobody_confirms_away(self):
        self.send()
        self.count(7.0)
        self.assertEqual(self.line.difference, -1.0)
        self.assertEqual(self.line.difference_value, -10.0)
        self.assertEqual(self.line.counted_by_id, self.portal_user.partner_id)
        self.assertEqual(self.statement.difference_count, 1)
        refusal = "Test part 0.*book the difference"
        with self.assertRefused(refusal):
            self.statement.action_confirm()
        with self.assertRefused(refusal):
            self.statement._confirm_by_partner(self.portal_user.partner_id)
        with self.assertRefused(refusal):
            self.statement.with_user(self.users["manager"])._confirm_on_paper("Boss")
        with self.assertRefused(refusal):
            self.statement.sudo().action_confirm()
        self.assertEqual(self.statement.state, "sent")

    def test_a_difference_is_booked_as_an_adjustment_of_that_month(self):
        self.send()
        self.count(7.0)
        self.book()
        self.assertEqual(self.line.adjusted, -1.0)
        self.assertEqual(self.line.closing, 7.0)
        self.assertFalse(self.line.difference)
        self.assertAddsUp(self.statement.line_ids)
        lines = self.env["stock.move.line"].search(
            self.line.with_user(self.env.user).action_open_figure("adjusted")["domain"]
        )
        self.assertEqual(lines.move_id.location_dest_id.usage, "inventory")
        self.assertTrue(lines.move_id.is_inventory)
        self.assertIn("Counted twice", lines.move_id.inventory_name)
        self.assertEqual(str(lines.date), "2026-03-31 15:59:59")
        self.assertIn("Counted twice", self.statement.message_ids[0].body)
        quants = self.env["stock.quant"]._gather(self.part, self.point, strict=True)
        self.assertEqual(sum(quants.mapped("quantity")), 7.0)
        self.confirm_both()
        self.assertEqual(
            self.get_line(self.draw_up(month=APRIL)).opening,
            7.0,
        )

    def test_more_than_expected_is_booked_too(self):
        self.send()
        self.count(11.0)
        self.book()
        self.assertEqual(self.line.adjusted, 3.0)
        self.assertEqual(self.line.closing, 11.0)
        self.assertEqual(self.line.adjusted_value, 30.0)

    def test_nothing_is_booked_below_what_is_there_now(self):
        self.move((self.part, 8.0, self.point, self.customers, "2026-04-05 00:00:00"))
        self.send()
        self.count(7.0)
        with self.assertRefused(r"holds only 0(\.0)? of .*Test part 0"):
            self.book()

    def test_booking_needs_a_reason_a_role_and_the_whole_difference(self):
        self.send()
        self.count(7.0)
        no_lot = self.env["stock.lot"]
        with self.assertRefused("Say why"):
            self.statement._book_differences([(self.line, no_lot, -1.0)], " ")
        with self.assertRefused("differs by -1.0, not by -3.0"):
            self.statement._book_differences([(self.line, no_lot, -3.0)], "x")
        engineer = self.statement.with_user(self.users["engineer"])
        with self.assertRefused("", AccessError):
            engineer._book_differences([(self.line, no_lot, -1.0)], "x")
        self.count(8.0)
        with self.assertRefused("Nothing differs"):
            self.statement.action_open_adjust()

    def test_pieces_with_serial_numbers_are_asked_for_one_by_one(self):
        serial = self.create_parts(1, tracking="serial", default_code="TPS")
        lots = self.env["stock.lot"].create(
            [{"name": f"STM{number}", "product_id": serial.id} for number in range(3)]
        )
        for lot in lots:
            self.env["stock.move"].create(
                {
                    "product_id": serial.id,
                    "product_uom_qty": 1.0,
                    "location_id": self.suppliers.id,
                    "location_dest_id": self.point.id,
                    "picked": True,
                    "move_line_ids": [
                        (
                            0,
                            0,
                            {
                                "product_id": serial.id,
                                "quantity": 1.0,
                                "lot_id": lot.id,
                                "location_id": self.suppliers.id,
                                "location_dest_id": self.point.id,
                            },
                        )
                    ],
                }
            )._action_done().date = MIDDLE
        self.statement.action_refresh()
        self.send()
        line = self.get_line(self.statement, serial)
        self.assertEqual(line.closing, 3.0)
        self.count(1.0, line)
        action = self.statement.action_open_adjust()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.users["parts_keeper"])
            .with_context(**action["context"])
            .create({"reason": "Lost"})
        )
        self.assertEqual(wizard.line_ids.mapped("difference"), [-1.0, -1.0])
        with self.assertRefused("which lot or serial number"):
            wizard.action_book()
        wizard.line_ids[0].lot_id = lots[0]
        wizard.line_ids[1].lot_id = lots[2]
        wizard.action_book()
        quants = self.env["stock.quant"].search(
            [("product_id", "=", serial.id), ("location_id", "=", self.point.id)]
        )
        self.assertEqual(quants.filtered("quantity").lot_id, lots[1])
        self.assertEqual(line.closing, 1.0)

    def test_a_found_part_gets_a_line_of_its_own(self):
        self.send()
        line = self.env["qifei.part.statement.line"].create(
            {
                "statement_id": self.statement.id,
                "product_id": self.third_part.id,
                "counted": 2.0,
            }
        )
        self.assertTrue(line.is_counted)
        self.assertEqual(line.difference, 2.0)
        self.statement.action_refresh()
        self.assertTrue(line.exists())
        self.book("Found")
        self.assertEqual(line.closing, 2.0)
        with self.assertRefused("stays on"):
            line.unlink()

    def test_hostile_counts_are_refused(self):
        self.send()
        partner = self.portal_user.partner_id
        for quantity in (-1.0, float("nan"), float("inf"), "3", 1e15, [1]):
            with self.assertRefused("in figures"):
                self.count(quantity)
        with self.assertRefused("not on"):
            self.statement._count_by_partner(partner, {0: 1.0})
        van = self.draw_up(self.van)
        with self.assertRefused("another service point", AccessError):
            van._count_by_partner(partner, {})
        self.assertFalse(self.line.is_counted)
        self.count(8.0)
        self.assertTrue(self.line.is_counted)
        self.count(None)
        self.assertFalse(self.line.is_counted)

    def test_hostile_numbers_in_the_dialogs_are_refused(self):
        self.send()
        keeper = self.users["parts_keeper"]
        for dialog, field in (("count", "counted"), ("adjust", "difference")):
            lines = self.env[f"qifei.part.statement.{dialog}.line"].with_user(keeper)
            for number in (float("nan"), float("inf"), -1e300):
                with (
                    self.subTest(dialog=dialog, number=number),
                    self.assertRefused("cannot be", ValidationError),
                ):
                    lines.create({"line_id": self.line.id, field: number})

    def test_figures_are_written_by_nobody(self):
        self.send()
        for values in ({"opening": 1.0}, {"closing": 1.0}, {"counted_by_id": 1}):
            with self.assertRefused("", UserError):
                self.line.write(values)
        with self.assertRefused("", UserError):
            self.statement.write({"holder_confirmed_on": MIDDLE})
        with self.assertRefused("", UserError):
            self.statement.write({"company_confirmed_by_id": 1})

    # === Confirm === #

    def test_both_sides_confirm_in_any_order(self):
        self.send()
        self.assertTrue(self.statement._confirm_by_partner(self.portal_user.partner_id))
        self.assertEqual(self.statement.state, "sent")
        self.statement.action_confirm()
        self.assertEqual(self.statement.state, "confirmed")
        self.assertEqual(
            self.statement.holder_confirmed_by_id, self.portal_user.partner_id
        )
        self.assertEqual(
            self.statement.company_confirmed_by_id, self.users["parts_keeper"]
        )
        second = self.draw_up(month=APRIL).with_user(self.users["parts_keeper"])
        second.action_send()
        second.action_confirm()
        self.assertEqual(second.state, "sent")
        second._confirm_by_partner(self.portal_user.partner_id)
        self.assertEqual(second.state, "confirmed")

    def test_other_partners_do_not_confirm(self):
        self.send()
        stranger = self.create_point("Other point")
        with self.assertRefused("another service point", AccessError):
            self.statement._confirm_by_partner(stranger)
        self.statement._confirm_by_partner(self.partner)
        draft = self.draw_up(month=APRIL)
        with self.assertRefused("possible only"):
            draft._confirm_by_partner(self.partner)

    def test_confirming_what_was_not_read_is_refused(self):
        self.send()
        seen = self.statement._get_fingerprint()
        self.count(8.0)
        self.assertNotEqual(seen, self.statement._get_fingerprint())
        with self.assertRefused("have changed"):
            self.statement._confirm_by_partner(self.partner, seen=seen)
        seen = self.statement._get_fingerprint()
        self.assertTrue(self.statement._confirm_by_partner(self.partner, seen=seen))

    def test_new_figures_are_confirmed_by_nobody_unseen(self):
        self.send()
        self.move((self.part, 1.0, self.point, self.customers, MIDDLE))
        self.assertFalse(self.statement._confirm_by_partner(self.partner))
        self.assertFalse(self.statement.holder_confirmed_on)
        self.assertEqual(self.line.closing, 7.0)
        self.assertTrue(self.statement._confirm_by_partner(self.partner))
        self.move((self.part, 1.0, self.point, self.customers, MIDDLE))
        action = self.statement.action_confirm()
        self.assertEqual(action["tag"], "display_notification")
        self.assertFalse(self.statement.holder_confirmed_on)
        self.assertFalse(self.statement.company_confirmed_on)

    def test_counting_again_takes_back_the_confirmation(self):
        self.send()
        self.statement.action_confirm()
        self.count(8.0)
        self.assertFalse(self.statement.company_confirmed_on)
        self.statement._confirm_by_partner(self.partner)
        self.line.counted = 8.0
        self.assertFalse(self.statement.holder_confirmed_on)

    def test_months_follow_each_other(self):
        april = self.draw_up(month=APRIL)
        april.action_send()
        with self.assertRefused("2026-03 first"):
            april.action_confirm()
        with self.assertRefused("2026-03 first"):
            april._confirm_by_partner(self.partner)
        self.send()
        self.confirm_both()
        april._refresh()
        april._confirm_by_partner(self.partner)
        april.action_confirm()
        manager = self.statement.with_user(self.users["manager"])
        with self.assertRefused("open the later one first"):
            manager.action_reopen("Wrong count")
        april.with_user(self.users["manager"]).action_reopen("Wrong count")
        manager.action_reopen("Wrong count")
        self.assertEqual(manager.state, "draft")

    def test_reopening_takes_a_manager_and_a_reason(self):
        self.send()
        self.confirm_both()
        with self.assertRefused("", AccessError):
            self.statement.action_reopen("Wrong count")
        manager = self.statement.with_user(self.users["manager"])
        with self.assertRefused("Say why"):
            manager.action_reopen()
        wizard = (
            self.env["qifei.part.statement.reason"]
            .with_user(self.users["manager"])
            .create(
                {
                    "statement_id": manager.id,
                    "action": "reopen",
                    "reason": "Wrong count",
                }
            )
        )
        wizard.action_confirm()
        self.assertEqual(manager.state, "draft")
        self.assertEqual(manager.reopen_reason, "Wrong count")
        self.assertFalse(manager.company_confirmed_on or manager.holder_confirmed_on)

    def test_paper_is_for_managers_and_another_person(self):
        self.send()
        with self.assertRefused("Ask a manager", AccessError):
            self.statement._confirm_on_paper("Ms Li")
        manager = self.statement.with_user(self.users["manager"])
        with self.assertRefused("Say who"):
            manager._confirm_on_paper(" ")
        manager.action_confirm()
        with self.assertRefused("somebody else"):
            manager._confirm_on_paper("Ms Li")
        self.statement.action_withdraw()
        self.send()
        manager._confirm_on_paper("Ms Li")
        self.assertIn("Ms Li", manager.message_ids[0].body)
        with self.assertRefused("somebody else"):
            manager.action_confirm()
        self.statement.action_confirm()
        self.assertEqual(self.statement.state, "confirmed")

    def test_nobody_confirms_both_sides_of_his_own_van(self):
        keeper = new_test_user(
            self.env,
            login="qifei_test_both",
            groups="qifei_base.group_engineer,qifei_base.group_parts_keeper",
        )
        engineer = self.env["qifei.engineer"].create(
            {"name": "Both", "user_id": keeper.id}
        )
        van = engineer._get_van()
        self.stock_up(2.0, place=van)
        statement = self.draw_up(van).with_user(keeper)
        statement.action_send()
        with self.assertRefused("You answer for the place"):
            statement.action_confirm()
        statement.action_confirm_as_holder()
        statement.with_user(self.users["parts_keeper"]).action_confirm()
        self.assertEqual(statement.state, "confirmed")

    # === Engineer === #

    def test_the_engineer_counts_and_confirms_his_van(self):
        self.stock_up(4.0, place=self.van)
        statement = self.draw_up(self.van)
        mine = statement.with_user(self.users["engineer"])
        self.assertFalse(mine.can_act_for_holder)
        statement.action_send()
        mine.invalidate_recordset()
        self.assertTrue(mine.can_act_for_holder)
        self.assertFalse(
            self.statement.with_user(self.users["manager"]).can_act_for_holder
        )
        action = mine.action_open_count()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.users["engineer"])
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(wizard.line_ids.mapped("counted"), [4.0])
        self.assertEqual(wizard.line_ids.line_id.display_name, "[TP0] Test part 0")
        wizard.line_ids.counted = 3.0
        wizard.action_count_all()
        line = self.get_line(statement)
        self.assertEqual(line.difference, -1.0)
        self.assertEqual(line.counted_by_id, self.users["engineer"].partner_id)
        with self.assertRefused("book the difference"):
            mine.action_confirm_as_holder()
        self.book("Lost", statement)
        mine.action_confirm_as_holder()
        self.assertTrue(statement.holder_confirmed_on)
        with self.assertRefused("", AccessError):
            self.statement.with_user(self.users["engineer"]).action_confirm_as_holder()

    def test_who_enters_a_number_has_counted(self):
        self.stock_up(4.0, self.part + self.other_part, self.van)
        statement = self.draw_up(self.van)
        statement.action_send()
        mine = statement.with_user(self.users["engineer"])
        action = mine.action_open_count()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.users["engineer"])
            .with_context(**action["context"])
        )
        with form.line_ids.edit(0) as row:
            self.assertFalse(row.is_counted)
            row.counted = 3.0
            self.assertTrue(row.is_counted)
        form.save().action_save()
        self.assertEqual(statement.line_ids.mapped("is_counted"), [True, False])
        self.assertEqual(self.get_line(statement).difference, -1.0)

    def test_the_keeper_counts_in_the_list(self):
        self.send()
        form = Form(self.statement)
        with form.line_ids.edit(0) as row:
            row.counted = 7.0
        form.save()
        self.assertTrue(self.line.is_counted)
        self.assertEqual(self.line.difference, -1.0)
        action = self.statement.action_open_adjust()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.users["parts_keeper"])
            .with_context(**action["context"])
        )
        form.reason = "Lost"
        form.save().action_book()
        self.assertEqual(self.line.closing, 7.0)
        self.assertFalse(self.statement.difference_count)

    # === Final === #

    def test_a_final_statement_is_frozen(self):
        self.send()
        self.confirm_both()
        for values in ({"counted": 3.0}, {"note": "x"}):
            with self.assertRefused("is final"):
                self.line.write(values)
        with self.assertRefused("is final"):
            self.line.sudo().write({"note": "x"})
        with self.assertRefused("is final"):
            self.line.unlink()
        with self.assertRefused("is final"):
            self.env["qifei.part.statement.line"].create(
                {"statement_id": self.statement.id, "product_id": self.third_part.id}
            )
        with self.assertRefused("possible only"):
            self.count(3.0)
        with self.assertRefused("stays on file"):
            self.statement.unlink()
        self.assertFalse(self.statement._refresh())

    def test_moves_are_not_dated_back_into_a_final_month(self):
        moves = self.move(
            (self.part, 1.0, self.point, self.customers, "2026-04-05 00:00:00"),
            (self.other_part, 1.0, self.point, self.customers, MIDDLE),
        )
        self.statement.action_refresh()
        self.send()
        self.confirm_both()
        refusal = "is final: the move of .*Test part"
        with self.assertRefused(refusal):
            moves[0].date = MIDDLE
        with self.assertRefused(refusal):
            moves[0].date = "2026-01-15 00:00:00"
        with self.assertRefused(refusal):
            moves[1].date = "2026-04-15 00:00:00"
        with self.assertRefused(refusal):
            moves[1].move_line_ids.quantity = 2.0
        with self.assertRefused(refusal):
            moves[1].move_line_ids.location_id = self.van
        with self.assertRefused(refusal):
            self.env["stock.move.line"].create(
                {
                    "move_id": moves[1].id,
                    "product_id": self.other_part.id,
                    "quantity": 1.0,
                    "location_id": self.point.id,
                    "location_dest_id": self.customers.id,
                    "date": MIDDLE,
                }
            )
        moves[0].date = "2026-04-06 00:00:00"
        self.move((self.part, 1.0, self.warehouse_stock, self.customers, MIDDLE))
        self.move((self.part, 1.0, self.point, self.customers, "2026-04-05 00:00:00"))
        self.statement.with_user(self.users["manager"]).action_reopen("Late paper")
        moves[0].date = MIDDLE

    def test_daily_moves_are_free_after_a_final_month(self):
        self.send()
        self.confirm_both()
        move = self.env["stock.move"].create(
            {
                "product_id": self.part.id,
                "product_uom_qty": 1.0,
                "location_id": self.point.id,
                "location_dest_id": self.customers.id,
                "date": MIDDLE,
            }
        )
        move._action_confirm()
        move._action_assign()
        move.move_line_ids.date = MIDDLE
        move.picked = True
        move._action_done()
        self.assertEqual(move.state, "done")
        self.assertGreater(move.date.date(), date(2026, 4, 1))

    def test_only_drafts_never_sent_are_deleted(self):
        self.send()
        self.statement.action_withdraw()
        with self.assertRefused("stays on file"):
            self.statement.unlink()
        self.draw_up(month=APRIL).unlink()
        with self.assertRefused("one statement a month"):
            self.statement.copy()

    def test_sending_tells_the_holders(self):
        self.send()
        message = self.statement.message_ids.filtered("partner_ids")[:1]
        self.assertIn(self.portal_user.partner_id, message.partner_ids)
        self.assertEqual(
            self.statement.access_url, f"/my/part-statements/{self.statement.id}"
        )


@tagged("post_install", "-at_install")
class TestPartStatementTransitions(TransitionMatrixMixin, StatementCase):
    matrix_roles = ("parts_keeper", "manager", "admin")

    def _matrix_record(self, role, user):
        place = self.create_point(f"Point {role}")._get_point_location(self.company)
        self.stock_up(1.0, place=place)
        return self.draw_up(place)

    def _matrix_prepare(self, record, action):
        if action == "confirm":
            record.sudo()._as_own_step().write(
                {
                    "holder_confirmed_by_id": record.partner_id.id,
                    "holder_confirmed_on": MIDDLE,
                }
            )

    def _matrix_arguments(self, record, action):
        return {"reason": "Because"} if action == "reopen" else {}

    def test_every_action_in_every_state(self):
        self.assertEqual(self.assertTransitionMatrix("qifei.part.statement"), 84)
