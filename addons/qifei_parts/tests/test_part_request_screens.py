from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common_requests import RequestCase


@tagged("post_install", "-at_install")
class TestPartRequestScreens(RequestCase):
    """What is entered on the screens arrives as it was meant."""

    def form_of(self, action, role):
        return Form.from_action(self.env(user=self.users[role]), action)

    def test_engineer_asks_for_his_van(self):
        form = Form(self.env["qifei.part.request"].with_user(self.users["engineer"]))
        self.assertEqual(form.engineer_id, self.engineer)
        with form.line_ids.new() as line:
            line.product_id = self.part
            line.quantity = 2
        request = form.save()
        self.assertEqual(request.destination_id, self.van)
        self.assertEqual(request.line_ids.quantity_approved, 2)

    def test_keeper_asks_for_a_service_point(self):
        form = Form(self.env["qifei.part.request"].with_user(self.users["manager"]))
        form.engineer_id = self.other_engineer
        form.partner_id = self.point_partner
        self.assertFalse(form.engineer_id)
        with form.line_ids.new() as line:
            line.product_id = self.part
        request = form.save()
        self.assertEqual(request.destination_id, self.point)
        with Form(request) as form:
            form.partner_id = self.env["res.partner"]
            form.engineer_id = self.other_engineer
        self.assertEqual(request.destination_id, self.other_van)

    def test_keeper_grants_fewer_and_another_part(self):
        self.env["qifei.part.substitute"].create(
            {"product_id": self.part.id, "substitute_id": self.other_part.id}
        )
        request = self.as_keeper(self.prepared("submit"))
        with Form(request) as form, form.line_ids.edit(0) as line:
            line.quantity_approved = 1
            line.product_id = self.other_part
        line = request.line_ids
        self.assertEqual(line.substitute_for_id, self.part)
        self.assertEqual(line.quantity_approved, 1)
        line.product_id = self.part
        self.assertFalse(line.substitute_for_id)

    def test_ship_with_carrier_and_number(self):
        request = self.as_keeper(self.prepared("approve"))
        form = self.form_of(request.action_open_ship(), "parts_keeper")
        form.tracking = "SF-7"
        with form.line_ids.edit(0) as line:
            self.assertEqual(line.quantity, 3)
            line.quantity = 2
        form.save().action_confirm()
        self.assertEqual(request.state, "shipped")
        self.assertIn("SF-7", request.consignment_note)
        form = self.form_of(request.action_ship_more(), "parts_keeper")
        with form.line_ids.edit(0) as line:
            self.assertEqual(line.quantity, 1)
        form.save().action_confirm()
        self.assertEqual(request.line_ids.quantity_shipped, 3)

    def test_receive_with_a_photo(self):
        request = self.prepared("ship")
        form = self.form_of(request.action_open_receive(), "engineer")
        with form.line_ids.edit(0) as line:
            self.assertEqual(line.good, 3)
            line.damaged = 1
            self.assertEqual(line.good, 2)
            line.note = "Bent"
        wizard = form.save()
        with self.assertRaisesRegex(UserError, "take a photo"):
            wizard.action_confirm()
        photo = (
            self.env["ir.attachment"]
            .with_user(self.users["engineer"])
            .create(
                {
                    "name": "bent.png",
                    "raw": self.picture(),
                    "res_model": wizard.line_ids._name,
                }
            )
        )
        wizard.line_ids.photo_ids = photo
        wizard.action_confirm()
        damaged = request.discrepancy_ids
        self.assertEqual((damaged.kind, damaged.note), ("damaged", "Bent"))
        self.assertEqual(damaged.photo_ids, photo)
        self.assertEqual(photo.res_id, damaged.id)

    def test_serial_numbers_are_counted_one_by_one(self):
        request = self.prepared("ship", 2, part=self.serial_part)
        wizard = self.form_of(request.action_open_receive(), "engineer").save()
        self.assertEqual(
            wizard.line_ids.mapped("lot_name"), self.lots[:2].mapped("name")
        )
        wizard.line_ids[1].good = 0
        wizard.action_confirm()
        short = request.discrepancy_ids
        self.assertEqual(short.lot_name, self.lots[1].name)

    def test_settle(self):
        request = self.prepared("ship")
        short = self.as_keeper(self.receive(request, good=1))
        form = self.form_of(short.action_open_settle(), "parts_keeper")
        self.assertEqual(form.quantity, 2)
        self.assertFalse(form.can_replace)
        form.short_settlement = "lost"
        self.assertTrue(form.can_replace)
        form.replace = True
        form.quantity = 1
        form.save().action_confirm()
        self.assertEqual(request.line_ids.quantity_open, 1)
        self.assertEqual(request.open_discrepancy_count, 1)

    def test_reject(self):
        request = self.as_keeper(self.prepared("submit"))
        form = self.form_of(request.action_ask_reject(), "parts_keeper")
        form.reason = "Not needed"
        form.save().action_confirm()
        self.assertEqual(request.reject_reason, "Not needed")

    def test_buttons_lead_somewhere(self):
        request = self.as_keeper(self.prepared("ship"))
        self.receive(request, good=2)
        self.assertEqual(request.action_open_pickings()["res_model"], "stock.picking")
        action = request.action_open_discrepancies()
        self.assertEqual(action["res_id"], request.discrepancy_ids.id)
        self.assertEqual(request.action_open_purchases()["res_model"], "purchase.order")

    def test_saved_filters_find_what_they_say(self):
        model = self.env["qifei.part.request"].with_user(self.users["parts_keeper"])
        view = model.get_view(view_type="search")["arch"]
        for name in ("to_approve", "to_ship", "to_receive", "mine", "late"):
            self.assertIn(f'name="{name}"', str(view))
        to_approve = self.prepared("submit")
        partly = self.prepared("approve")
        self.ship(partly, 1)
        found = model.search(
            [
                ("open_discrepancy_count", "=", 0),
                ("state", "in", ("submitted", "shipped")),
            ]
        )
        self.assertLessEqual(to_approve | partly, found.with_env(to_approve.env))
        to_ship = model.search(
            [
                (
                    "line_ids.move_ids",
                    "any",
                    [
                        ("qifei_purpose", "=", "ship"),
                        ("state", "not in", ("draft", "done", "cancel")),
                    ],
                )
            ]
        )
        self.assertIn(partly.id, to_ship.ids)
        self.assertNotIn(to_approve.id, to_ship.ids)
        self.receive(partly, good=0)
        self.assertIn(partly.id, model.search([("open_discrepancy_count", ">", 0)]).ids)
