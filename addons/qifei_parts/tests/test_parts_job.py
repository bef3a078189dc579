from odoo.tests import HttpCase, tagged

from .parts_job_common import PartsJobMixin

PHONE = "360x780"
DESK = "1366x768"


@tagged("post_install", "-at_install")
class TestPartsJob(PartsJobMixin, HttpCase):
    """A part from the shelf into the machine, by four roles in the real screens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_parts_job()

    def tour(self, name, url, user, size=DESK):
        self.browser_size = size
        self.touch_enabled = size == PHONE
        self.start_tour(url, f"qifei_parts_job_{name}", login=user.login)
        self.env.invalidate_all()

    def test_from_shelf_to_machine(self):
        request = self.check_hold_and_request()
        self.check_first_consignment(request)
        self.check_replacement(request)
        self.check_use()
        self.check_old_parts()
        self.check_partner()
        self.check_month()

    def check_hold_and_request(self):
        """The order lacks three motors: it waits, and they are asked for."""
        visit_url = f"/odoo/my-visits/{self.order.id}"
        self.tour("ask", visit_url, self.engineer_user, PHONE)
        self.assertRecordValues(
            self.order, [{"state": "on_hold", "held_for_parts": True}]
        )
        self.assertIn("3 × [MZX7] Motor ZX7", self.order.hold_reason)
        request = self.order.part_request_ids
        self.assertRecordValues(
            request,
            [
                {
                    "state": "submitted",
                    "requester_id": self.engineer_user.id,
                    "destination_id": self.van.id,
                }
            ],
        )
        self.assertPieces(self.motor, stock=5)
        return request

    def check_first_consignment(self, request):
        """Two of three come, one of them broken."""
        self.tour("approve", "/odoo/part-requests-to-approve", self.manager)
        self.assertEqual(request.state, "approved")
        self.assertEqual(request.approved_by_id, self.manager)
        self.tour("ship_two", "/odoo/part-requests-to-ship", self.keeper)
        self.assertEqual(request.state, "shipped")
        self.assertPieces(self.motor, stock=3, transit=2)
        shipped = request.picking_ids.filtered(
            lambda picking: picking.qifei_purpose == "ship" and picking.state == "done"
        )
        self.assertRecordValues(
            shipped,
            [{"carrier_id": self.carrier.id, "carrier_tracking_ref": "SW-77001"}],
        )
        requests_url = "/odoo/my-part-requests"
        self.tour("receive_damaged", requests_url, self.engineer_user, PHONE)
        self.assertPieces(self.motor, stock=3, transit=1, van=1)
        damaged = request.discrepancy_ids
        self.assertRecordValues(
            damaged,
            [
                {
                    "kind": "damaged",
                    "state": "open",
                    "quantity": 1,
                    "lot_name": "FM-2",
                    "note": "The housing is cracked",
                }
            ],
        )
        self.assertEqual(damaged.photo_ids.mimetype, "image/jpeg")
        self.assertFalse(request.is_on_the_way, "Nothing is left to be counted.")
        self.assertEqual(self.order.state, "on_hold")

    def check_replacement(self, request):
        """The broken one is settled, the rest comes, and the order goes on."""
        request_url = f"/odoo/part-requests/{request.id}"
        self.tour("settle_and_ship", request_url, self.keeper)
        self.assertEqual(request.discrepancy_ids.settlement, "defective")
        self.assertPieces(self.motor, stock=1, transit=2, van=1, defective=1)
        requests_url = "/odoo/my-part-requests"
        self.tour("receive_rest", requests_url, self.engineer_user, PHONE)
        self.assertPieces(self.motor, stock=1, van=3, defective=1)
        self.assertEqual(request.state, "done")
        self.assertRecordValues(
            self.order, [{"state": "accepted", "held_for_parts": False}]
        )

    def check_use(self):
        """The motors are in the machine and its record, the old ones are owed."""
        visit_url = f"/odoo/my-visits/{self.order.id}"
        self.tour("use", visit_url, self.engineer_user, PHONE)
        self.assertEqual(self.order.state, "done")
        record = self.env["qifei.equipment.part"].search(
            [("equipment_id", "=", self.machine.id)]
        )
        fitted = record.filtered("is_fitted")
        self.assertEqual(sorted(fitted.mapped("serial")), ["FM-1", "FM-3", "FM-4"])
        self.assertEqual(fitted.order_id, self.order)
        self.assertRecordValues(
            record - fitted,
            [{"serial": "OLD-1", "removed_order_id": self.order.id}],
        )
        self.assertEqual(self.order.part_ids.coverage, "warranty")
        owed = self.get_old_parts()
        self.assertEqual(owed.mapped("state"), ["owed"] * 3)
        self.assertEqual(owed.engineer_id, self.engineer)
        self.assertIn("OLD-1", owed.mapped("serial"))
        self.assertPieces(self.motor, stock=1, held=3, defective=1)

    def get_old_parts(self):
        return self.env["qifei.old.part"].search([("order_id", "=", self.order.id)])

    def check_old_parts(self):
        """The old motors come back, are looked at and scrapped."""
        old_parts = self.get_old_parts()
        old_url = "/odoo/my-old-parts"
        self.tour("return_old", old_url, self.engineer_user, PHONE)
        self.assertEqual(old_parts.mapped("state"), ["returned"] * 3)
        self.tour("inspect_old", "/odoo/old-parts", self.keeper)
        self.assertEqual(old_parts.mapped("state"), ["settled"] * 3)
        self.assertEqual(set(old_parts.mapped("disposition")), {"scrap"})

    def check_partner(self):
        """A service partner asks for two seals in the portal and receives them."""
        self.tour("partner_ask", "/my/part-requests", self.portal_user, PHONE)
        request = self.env["qifei.part.request"].search(
            [("partner_id", "=", self.point.id)]
        )
        self.assertEqual(request.state, "submitted")
        request_url = f"/odoo/part-requests/{request.id}"
        self.tour("supply_point", request_url, self.keeper)
        self.assertPieces(self.seal, stock=8, transit=2)
        self.tour("partner_receive", "/my/part-requests", self.portal_user, PHONE)
        self.assertEqual(request.state, "done")
        self.assertPieces(self.seal, stock=8, point=2)

    def check_month(self):
        """Van and service point balance, both sides confirm."""
        month = self.let_the_month_pass()
        self.tour("draw_up", "/odoo/part-statements", self.keeper)
        statements = self.env["qifei.part.statement"].search(
            [
                ("location_id", "in", (self.van | self.point_place).ids),
                ("month", "=", month),
            ]
        )
        of_van = statements.filtered("engineer_id")
        of_point = statements - of_van
        self.assertEqual(set(statements.mapped("state")), {"sent"})
        statements_url = "/odoo/part-statements"
        self.tour("count_van", statements_url, self.engineer_user, PHONE)
        point_url = "/my/part-statements"
        self.tour("partner_confirm", point_url, self.portal_user, PHONE)
        self.tour("confirm", statements_url, self.manager)
        self.assertRecordValues(
            of_van.line_ids,
            [
                {
                    "product_id": self.motor.id,
                    "opening": 0,
                    "received": 3,
                    "used_warranty": 3,
                    "used_charged": 0,
                    "returned": 0,
                    "adjusted": 0,
                    "closing": 0,
                    "counted": 0,
                    "difference": 0,
                }
            ],
        )
        self.assertRecordValues(
            of_point.line_ids,
            [
                {
                    "product_id": self.seal.id,
                    "opening": 0,
                    "received": 2,
                    "used_warranty": 0,
                    "used_charged": 0,
                    "returned": 0,
                    "adjusted": 0,
                    "closing": 2,
                    "counted": 2,
                    "difference": 0,
                }
            ],
        )
        self.assertEqual(set(statements.mapped("state")), {"confirmed"})
        self.assertEqual(statements.company_confirmed_by_id, self.manager)
        self.assertRecordValues(
            of_van | of_point,
            [
                {"holder_confirmed_by_id": self.engineer_user.partner_id.id},
                {"holder_confirmed_by_id": self.portal_user.partner_id.id},
            ],
        )
