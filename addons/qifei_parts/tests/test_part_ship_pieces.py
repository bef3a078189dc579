from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common_requests import RequestCase


@tagged("post_install", "-at_install")
class TestPartShipPieces(RequestCase):
    """The parts keeper chooses which numbered pieces he ships."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request = cls.as_keeper(
            cls.prepared("approve", quantity=2, part=cls.serial_part)
        )
        cls.line = cls.request.line_ids

    def open_ship(self, request=None):
        action = (request or self.request).action_open_ship()
        wizard = self.env[action["res_model"]].with_user(self.users["parts_keeper"])
        return Form(wizard.browse(action["res_id"]))

    def get_shipped(self):
        moves = self.line.move_ids.filtered(
            lambda move: move.qifei_purpose == "ship" and move.state == "done"
        )
        return moves.move_line_ids.lot_id

    def test_what_is_reserved_is_proposed(self):
        with self.open_ship() as form, form.line_ids.edit(0) as line:
            self.assertEqual(line.lot_ids.ids, self.lots[:2].ids)
            self.assertEqual(line.choice_ids.ids, self.lots.ids)
        form.save().action_confirm()
        self.assertEqual(self.get_shipped(), self.lots[:2])

    def test_another_piece_is_chosen(self):
        with self.open_ship() as form, form.line_ids.edit(0) as line:
            line.lot_ids.remove(self.lots[0].id)
            self.assertEqual(line.quantity, 1)
            line.lot_ids.add(self.lots[2])
            self.assertEqual(line.quantity, 2)
        form.save().action_confirm()
        self.assertEqual(set(self.get_shipped()), set(self.lots[1:]))
        self.assertEqual(self.reserved(self.stock, self.serial_part), 0)
        receipt = self.request._get_open_moves("receive")
        self.assertEqual(set(receipt.move_line_ids.lot_id), set(self.lots[1:]))

    def test_fewer_pieces_follow_the_quantity(self):
        with self.open_ship() as form, form.line_ids.edit(0) as line:
            line.quantity = 1
            self.assertEqual(line.lot_ids.ids, self.lots[:1].ids)
            line.lot_ids.remove(self.lots[0].id)
            line.lot_ids.add(self.lots[2])
            self.assertEqual(line.quantity, 1)
        form.save().action_confirm()
        self.assertEqual(self.get_shipped(), self.lots[2])
        self.assertEqual(self.line.quantity_open, 1)
        self.assertEqual(self.line.quantity_reserved, 1, "The rest stays reserved.")

    def test_wrong_pieces_are_refused(self):
        other = self.create_parts(1, tracking="serial")
        foreign = self.env["stock.lot"].create(
            [
                {"name": "SN-OTHER", "product_id": other.id},
                {"name": "SN-VAN", "product_id": self.serial_part.id},
            ]
        )
        self.add_stock(other, 1, lot=foreign[0])
        self.add_stock(self.serial_part, 1, place=self.van, lot=foreign[1])
        for lot in foreign:
            with (
                self.subTest(lot=lot.name),
                self.assertRaisesRegex(
                    UserError, f"{lot.name} of Test part 0 is not free in Stock"
                ),
                self.env.cr.savepoint(),
            ):
                self.ship(self.request, 2, lots={self.line: self.lots[0] | lot})
        self.assertEqual(self.request.state, "approved")
        self.assertEqual(self.reserved(self.stock, self.serial_part), 2)

    def test_a_piece_reserved_for_others_is_refused(self):
        other = self.as_keeper(
            self.prepared("approve", quantity=1, part=self.serial_part)
        )
        self.assertEqual(other._get_open_moves("ship").lot_ids, self.lots[2])
        with self.assertRaisesRegex(UserError, "SN-2 of Test part 0 is not free"):
            self.ship(self.request, 1, lots={self.line: self.lots[2]})

    def test_a_piece_on_two_lines_is_refused(self):
        request = self.create_request(1, part=self.serial_part)
        request.line_ids = [
            Command.create({"product_id": self.serial_part.id, "quantity": 1})
        ]
        self.request.action_cancel()
        request = self.as_keeper(self.walk_request(request, "approve"))
        with self.assertRaisesRegex(UserError, "SN-0 of Test part 0 is not free"):
            request._ship(
                dict.fromkeys(request.line_ids, 1),
                lots=dict.fromkeys(request.line_ids, self.lots[0]),
            )

    def test_as_many_pieces_as_are_shipped(self):
        with self.assertRaisesRegex(
            UserError,
            f"{self.request.name}: choose as many serial numbers of .* 2 and not 1",
        ):
            self.ship(self.request, 2, lots={self.line: self.lots[0]})
