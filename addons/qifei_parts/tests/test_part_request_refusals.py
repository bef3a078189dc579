from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.qifei_base.tests.common import TransitionMatrixMixin, force_state

from .common_requests import RequestCase


@tagged("post_install", "-at_install")
class TestPartRequestRefusals(RequestCase):
    """What is not possible is refused in one sentence and changes nothing."""

    def assertRefused(self, sentence, func, *args, error=UserError, **kwargs):
        """Fail unless ``func`` is refused with ``sentence`` and changes no quant."""
        before = self.snapshot()
        with self.assertRaisesRegex(error, sentence), self.env.cr.savepoint():
            func(*args, **kwargs)
        self.env.invalidate_all()
        self.assertEqual(self.snapshot(), before)

    def snapshot(self):
        self.env.flush_all()
        quants = self.env["stock.quant"].search(
            [("product_id", "in", (self.part | self.serial_part).ids)]
        )
        return (
            sorted(
                (quant.location_id.id, quant.quantity, quant.reserved_quantity)
                for quant in quants
            ),
            self.env["stock.picking"].search_count([]),
            self.env["qifei.part.request"].search([]).mapped("state"),
            self.env["qifei.part.discrepancy"].search([]).mapped("state"),
        )

    # === ASK === #

    def test_nothing_is_asked_for(self):
        request = self.create_request(line_ids=[])
        self.assertRefused("asks for nothing: add a part", request.action_submit)

    def test_quantity_is_not_positive(self):
        for quantity in (0, -1):
            with self.subTest(quantity=quantity):
                self.assertRefused(
                    "Ask for more than nothing of Test part 0",
                    self.create_request,
                    quantity,
                    error=ValidationError,
                )
        request = self.create_request(1)
        self.assertRefused(
            "Ask for more than nothing of Test part 0",
            request.line_ids.write,
            {"quantity": -2},
            error=ValidationError,
        )
        request.action_submit()
        self.assertRefused(
            "Fewer than none cannot be granted",
            self.as_keeper(request).line_ids.write,
            {"quantity_approved": -1},
            error=ValidationError,
        )

    def test_quantity_is_no_number(self):
        numbers = (float("nan"), float("inf"), 1e15, 10**11, 1e6, "2", [2], {"a": 1})
        sentence = "cannot be a quantity of Test part 0: enter a number below 1000000"
        request = self.create_request(999999)
        for quantity in numbers:
            with self.subTest(quantity=quantity):
                self.assertRefused(
                    sentence, self.create_request, quantity, error=ValidationError
                )
                self.assertRefused(
                    sentence,
                    request.line_ids.write,
                    {"quantity": quantity},
                    error=ValidationError,
                )

    def test_dialogs_take_no_such_number(self):
        request = self.prepared("approve")
        wizard = self.as_keeper(self.env["qifei.part.request.ship"]).create(
            {"request_id": request.id}
        )
        lines = {wizard.line_ids: "quantity"}
        self.as_keeper(request).action_ship()
        count = (
            self.env["qifei.part.request.receive"]
            .with_user(self.users["engineer"])
            .create({"request_id": request.id})
        )
        lines[count.line_ids] = "over"
        discrepancy = self.as_keeper(self.receive(request, good=1))
        lines[
            self.as_keeper(self.env["qifei.part.discrepancy.settle"]).create(
                {"discrepancy_id": discrepancy.id}
            )
        ] = "quantity"
        for quantity in (1e11, float("nan"), "2"):
            for line, name in lines.items():
                with self.subTest(quantity=quantity, dialog=line._name):
                    self.assertRefused(
                        "Test part 0: enter a number below",
                        line.write,
                        {name: quantity},
                        error=ValidationError,
                    )
            self.assertRefused(
                "Test part 0: enter a number below",
                discrepancy.action_settle,
                "lost",
                False,
                quantity,
                error=ValidationError,
            )

    def test_lines_are_no_lines(self):
        request = self.create_request()
        for lines in ("x", 5, {"a": 1}, [[]], [5], [[0, 0]], [[1, 1, "x"]]):
            with self.subTest(lines=lines):
                self.assertRefused("line by line", self.create_request, line_ids=lines)
                self.assertRefused("line by line", request.write, {"line_ids": lines})

    def test_part_that_is_not_kept_in_stock(self):
        self.assertRefused(
            "is not kept in stock: it cannot be requested",
            self.create_request,
            1,
            part=self.labour,
            error=ValidationError,
        )

    def test_van_of_somebody_else(self):
        self.assertRefused(
            "is not yours: you can request and receive parts for your own van",
            self.create_request,
            engineer_id=self.other_engineer.id,
            error=AccessError,
        )
        self.assertRefused(
            "is not yours",
            self.create_request,
            destination_id=self.other_van.id,
            error=AccessError,
        )
        request = self.create_request()
        self.assertRefused(
            "is not yours",
            request.write,
            {"destination_id": self.other_van.id},
            error=AccessError,
        )

    def test_foreign_service_point(self):
        self.assertRefused(
            "Test point is not yours",
            self.create_request,
            engineer_id=False,
            partner_id=self.point_partner.id,
            error=AccessError,
        )
        request = self.create_request()
        self.assertRefused(
            "Test point is not yours",
            request.write,
            {"partner_id": self.point_partner.id},
            error=AccessError,
        )

    def test_place_that_is_no_van(self):
        self.assertRefused(
            "parts are requested for a van or a service point",
            self.create_request,
            role="parts_keeper",
            destination_id=self.stock.id,
        )

    def test_from_where_it_goes(self):
        self.assertRefused(
            "choose another place to take them from",
            self.create_request,
            source_id=self.van.id,
        )

    def test_for_nobody(self):
        self.assertRefused(
            "choose an engineer or a service point",
            self.create_request,
            role="parts_keeper",
            engineer_id=False,
        )

    def test_change_after_submission(self):
        request = self.prepared("submit")
        for user in ("engineer", "parts_keeper", "manager"):
            with self.subTest(user=user):
                as_user = request.with_user(self.users[user])
                for values in (
                    {"destination_id": self.other_van.id},
                    {"source_id": self.other_van.id},
                    {"engineer_id": self.other_engineer.id},
                    {"line_ids": [Command.create({"product_id": self.part.id})]},
                    {"line_ids": [Command.clear()]},
                    {
                        "line_ids": [
                            Command.update(request.line_ids.id, {"quantity": 9})
                        ]
                    },
                ):
                    self.assertRefused(
                        "what it asks for is fixed", as_user.write, values
                    )
                self.assertRefused("stays on file", as_user.unlink)
        self.assertRefused(
            "what it asks for is fixed",
            request.line_ids.write,
            {"quantity_approved": 1},
        )

    def test_more_is_granted_than_asked_for(self):
        request = self.prepared("submit")
        self.assertRefused(
            "no more can be granted",
            self.as_keeper(request.line_ids).write,
            {"quantity_approved": 4},
            error=ValidationError,
        )

    def test_substitute_that_is_none(self):
        request = self.prepared("submit")
        self.assertRefused(
            "is not a substitute of",
            self.as_keeper(request.line_ids).write,
            {"product_id": self.other_part.id},
        )

    # === APPROVE === #

    def test_approved_by_the_requester(self):
        for role in ("parts_keeper", "manager", "admin"):
            with self.subTest(role=role):
                request = self.create_request(role=role)
                request.action_submit()
                self.assertRefused(
                    "You asked for .* yourself: another parts keeper has to approve it",
                    request.action_approve,
                    error=AccessError,
                )
                self.assertRefused(
                    "yourself", request.sudo().action_approve, error=AccessError
                )
                self.assertRefused(
                    "yourself",
                    request.write,
                    {"state": "approved"},
                    error=AccessError,
                )

    def test_approved_by_who_submitted_the_draft_of_another(self):
        request = self.create_request(role="engineer")
        keeper = self.as_keeper(request)
        keeper.action_submit()
        self.assertRefused("yourself", keeper.action_approve, error=AccessError)
        request.with_user(self.users["manager"]).action_approve()
        self.assertEqual(request.state, "approved")

    def test_request_for_the_order_of_somebody_else(self):
        order = self.create_orders(engineer_id=self.other_engineer.id)
        request = self.create_request(role="engineer")
        self.assertRefused(
            "orders of your own",
            request.write,
            {"work_order_id": order.id},
            error=AccessError,
        )

    def test_requester_cannot_be_changed(self):
        request = self.create_request(role="manager")
        self.assertRefused(
            "filled in by its own steps",
            request.write,
            {"requester_id": self.users["engineer"].id},
        )
        self.assertRefused(
            "filled in by its own steps",
            self.create_request,
            role="manager",
            requester_id=self.users["engineer"].id,
        )
        model = self.env["qifei.part.request"].with_user(self.users["manager"])
        sneaky = model.with_context(
            default_requester_id=self.users["engineer"].id
        ).create({"engineer_id": self.engineer.id})
        self.assertEqual(sneaky.requester_id, self.users["manager"])

    def test_engineer_cannot_approve(self):
        request = self.prepared("submit")
        self.assertRefused("You may not do", request.action_approve, error=AccessError)
        self.assertRefused(
            "You may not do", request.action_reject, "No", error=AccessError
        )

    def test_nothing_is_granted(self):
        request = self.prepared("submit")
        self.as_keeper(request).line_ids.quantity_approved = 0
        self.assertRefused(
            "Nothing of .* is granted: reject it instead",
            self.as_keeper(request).action_approve,
        )

    def test_rejected_without_a_reason(self):
        request = self.prepared("submit")
        for reason in (None, "", "   "):
            self.assertRefused(
                "Say why .* is rejected", self.as_keeper(request).action_reject, reason
            )

    # === SHIP === #

    def test_more_is_shipped_than_granted(self):
        request = self.prepared("approve")
        self.assertRefused(
            "3 of .* are granted and still to be shipped, not 4",
            self.ship,
            request,
            4,
        )
        self.ship(request, 2)
        self.assertRefused("1 of .* still to be shipped, not 2", self.ship, request, 2)

    def test_fewer_than_none_are_shipped(self):
        request = self.prepared("approve")
        self.assertRefused("fewer than none", self.ship, request, -1)
        self.assertRefused("Nothing of .* can be shipped now", self.ship, request, 0)

    def test_more_is_shipped_than_lies_there(self):
        request = self.prepared("approve", 12)
        self.assertEqual(request.line_ids.quantity_missing, 2)
        self.assertRefused(
            "has 0 Units free, 2 are wanted|has .* free", self.ship, request, 12
        )
        self.ship(request, 10)
        self.assertRefused(
            "Nothing of .* can be shipped now", self.as_keeper(request)._ship
        )

    def test_line_of_another_request(self):
        request, other = self.prepared("approve"), self.prepared("approve")
        self.assertRefused(
            "0 of .* are granted",
            self.as_keeper(request)._ship,
            {self.as_keeper(other).line_ids: 1},
        )

    def test_engineer_cannot_ship(self):
        request = self.prepared("approve")
        for step in (request._ship, request.action_ship):
            self.assertRefused("You may not do", step, error=AccessError)
        self.ship(request, 1)
        self.assertRefused(
            "are sent by parts keepers", request._ship, error=AccessError
        )

    def test_cancelled_request(self):
        request = self.prepared("approve")
        request.action_cancel()
        for step in ("submit", "approve", "ship", "receive", "cancel"):
            with self.subTest(step=step):
                self.assertRefused(
                    "is “Cancelled”. “.*” is possible only from",
                    getattr(self.as_keeper(request), f"action_{step}"),
                )
        self.assertRefused("is “Cancelled”", self.ship, request, 1)
        self.assertRefused("is “Cancelled”", self.receive, request, good=1)

    def test_cancel_on_the_way(self):
        request = self.prepared("ship")
        self.assertRefused(
            "is “On the way”. “Cancel” is possible only from", request.action_cancel
        )

    def test_cancelled_by_somebody_else(self):
        request = self.create_request(role="manager")
        request.action_submit()
        self.assertRefused(
            "ask him or a parts keeper to cancel it",
            request.with_user(self.users["engineer"]).action_cancel,
            error=AccessError,
        )

    # === RECEIVE === #

    def test_more_is_received_than_shipped(self):
        request = self.prepared("ship")
        for count in (
            {"good": 4},
            {"good": 2, "damaged": 2},
            {"good": 3, "wrong": 1, "product": self.wrong_part},
        ):
            with self.subTest(count=count):
                self.assertRefused(
                    "3 of .* are on the way, 4 are counted. Enter what is beyond",
                    self.receive,
                    request,
                    **count,
                )

    def test_more_is_received_in_two_rows(self):
        request = self.prepared("ship")
        line = request.line_ids
        self.assertRefused(
            "more of .* are counted than are on the way",
            request._receive,
            [{"line": line, "good": 2}, {"line": line, "good": 2}],
        )

    def test_negative_count(self):
        request = self.prepared("ship")
        for name in ("good", "damaged", "wrong", "over"):
            with self.subTest(name=name):
                self.assertRefused(
                    "from zero upwards", self.receive, request, **{name: -1}
                )

    def test_received_twice(self):
        request = self.prepared("ship")
        self.receive(request, good=2)
        self.assertRefused(
            "is “Received”. “Receive” is possible only from",
            self.receive,
            request,
            good=1,
        )

    def test_nothing_is_on_the_way(self):
        request = self.prepared("approve")
        self.ship(request, 2)
        self.receive(request, good=2)
        self.assertRefused(
            "Nothing of .* is on the way at this moment", self.receive, request, good=1
        )

    def test_damaged_without_a_photo(self):
        request = self.prepared("ship")
        self.assertRefused(
            "take a photo",
            request._receive,
            [{"line": request.line_ids, "good": 2, "damaged": 1}],
        )

    def test_wrong_part_without_its_name(self):
        request = self.prepared("ship")
        for product in (None, self.part):
            self.assertRefused(
                "say which part came instead",
                self.receive,
                request,
                good=2,
                wrong=1,
                product=product,
            )

    def test_foreign_photo(self):
        request = self.prepared("ship")
        self.assertRefused(
            "one of these is not yours to show",
            request._receive,
            [
                {
                    "line": request.line_ids,
                    "good": 2,
                    "damaged": 1,
                    "photos": self.photo.with_user(self.users["engineer"]),
                }
            ],
        )

    def test_received_by_somebody_else(self):
        request = self.prepared("ship")
        colleague = self.users["engineer"].copy({"login": "qifei_test_colleague"})
        self.assertRefused(
            "not yours|not allowed|access",
            request.with_user(colleague)._receive_all,
            error=AccessError,
        )

    def test_requester_does_not_receive_for_others(self):
        request = self.create_request(
            role="parts_keeper", engineer_id=self.other_engineer.id
        )
        request.action_submit()
        request.with_user(self.users["manager"]).action_approve()
        request.with_user(self.users["manager"]).action_ship()
        # He keeps no parts any more, and has become an engineer without that van.
        self.users["parts_keeper"].sudo().group_ids = [
            Command.unlink(self.env.ref("qifei_base.group_parts_keeper").id),
            Command.link(self.env.ref("qifei_base.group_engineer").id),
        ]
        self.assertRefused("not yours", request.action_receive, error=AccessError)

    # === SETTLE === #

    def test_settlement_that_does_not_fit(self):
        request = self.prepared("ship")
        short = self.as_keeper(self.receive(request, good=2))
        for settlement in (None, "kept", "defective", "accepted", "nonsense"):
            with self.subTest(settlement=settlement):
                self.assertRefused(
                    "Say what happened to the pieces", short._settle, settlement
                )
        self.assertRefused(
            "leaves nothing to ship again", short._settle, "found", replace=True
        )
        for quantity in (0, -1, 2):
            self.assertRefused(
                "more than nothing and at most 1",
                short._settle,
                "found",
                quantity=quantity,
            )

    def test_settled_twice(self):
        request = self.prepared("ship")
        short = self.as_keeper(self.receive(request, good=2))
        short._settle("found")
        self.assertRefused("is “Settled”", short._settle, "lost")

    def test_engineer_cannot_settle(self):
        request = self.prepared("ship")
        short = self.receive(request, good=2)
        self.assertRefused("You may not do", short._settle, "lost", error=AccessError)

    def test_finish_with_open_discrepancy(self):
        request = self.prepared("ship")
        self.receive(request, good=2)
        self.assertRefused(
            "has 1 discrepancies that are not settled",
            self.as_keeper(request).action_finish,
        )

    def test_discrepancy_stays_on_file(self):
        request = self.prepared("ship")
        short = self.receive(request, good=2)
        self.assertRefused("stays on file: settle it", short.sudo().unlink)

    # === CALLS FROM OUTSIDE === #

    def test_sealed_fields(self):
        request = self.prepared("ship", role="manager")
        as_manager = request.with_user(self.users["manager"])
        for name, value in {
            "name": "PR-1",
            "approved_by_id": self.users["manager"].id,
            "submitted_on": "2026-01-01 00:00:00",
            "approved_on": "2026-01-01 00:00:00",
            "shipped_on": "2026-01-01 00:00:00",
            "received_on": "2026-01-01 00:00:00",
            "done_on": "2026-01-01 00:00:00",
            "closed_on": "2026-01-01 00:00:00",
            "reject_reason": "No",
            "reference_id": False,
            "discrepancy_ids": [Command.clear()],
        }.items():
            with self.subTest(field=name):
                self.assertRefused(
                    "filled in by its own steps", as_manager.write, {name: value}
                )
                if name != "discrepancy_ids":
                    self.assertRefused(
                        "filled in by its own steps",
                        self.create_request,
                        role="manager",
                        **{name: value},
                    )

    def test_sealed_fields_of_lines(self):
        request = self.create_request(role="manager")
        for name, value in {
            "substitute_for_id": self.other_part.id,
            "order_part_id": False,
            "move_ids": [Command.clear()],
        }.items():
            with self.subTest(field=name):
                self.assertRefused(
                    "filled in by its own steps", request.line_ids.write, {name: value}
                )

    def test_line_is_not_moved_to_another_request(self):
        request, other = self.create_request(), self.prepared("approve")
        self.assertRefused(
            "what it asks for is fixed",
            request.line_ids.write,
            {"request_id": other.id},
        )

    def test_sealed_fields_of_discrepancies(self):
        request = self.prepared("ship")
        short = self.receive(request, good=2).with_user(self.users["manager"])
        for name, value in {
            "kind": "over",
            "quantity": 0.5,
            "product_id": self.other_part.id,
            "line_id": False,
            "settlement": "found",
            "settled_by_id": self.users["manager"].id,
            "is_replaced": True,
            "photo_ids": [Command.clear()],
        }.items():
            with self.subTest(field=name):
                self.assertRefused(
                    "filled in by its own steps", short.write, {name: value}
                )
        self.assertRefused("Say what happened", short.write, {"state": "settled"})

    def test_inventory_app_cannot_ship_more(self):
        request = self.prepared("approve")
        move = request.sudo().picking_ids.move_ids
        move.quantity = 5
        self.assertRefused(
            "3 of .* may be moved here, not 5", move.picking_id.button_validate
        )

    def test_inventory_app_cannot_ship_what_was_not_asked_for(self):
        request = self.prepared("approve")
        picking = request.sudo().picking_ids
        picking.move_ids = [
            Command.create(
                {
                    "product_id": self.other_part.id,
                    "product_uom_qty": 1,
                    "location_id": self.stock.id,
                    "location_dest_id": self.transit.id,
                }
            )
        ]
        picking.move_ids.quantity = 1
        self.assertRefused("was not asked for with PR", picking.button_validate)


@tagged("post_install", "-at_install")
class TestPartRequestTransitions(TransitionMatrixMixin, RequestCase):
    """Every action and every plain write × every state × every role."""

    def _matrix_record(self, role, user):
        if self.matrix_model == "qifei.part.discrepancy":
            self.add_stock(self.part, 3)
            record = self.receive(self.prepared("ship"), good=2)
        else:
            record = self.create_request()
        return record.with_env(self.env)

    def _matrix_prepare(self, record, action):
        if record._name == "qifei.part.discrepancy":
            return
        record = record.sudo()
        if action in ("ship", "receive", "reship"):
            record._reserve({record.line_ids: 3})
        if action == "receive":
            state = record.state
            force_state(record, "shipped")
            record._get_open_moves("ship")._qifei_validate()
            force_state(record, state)
            # Kept open by what is not settled, or the receipt would be the end.
            self.env["qifei.part.discrepancy"].create(
                {
                    "request_id": record.id,
                    "line_id": record.line_ids.id,
                    "kind": "over",
                    "product_id": self.part.id,
                    "quantity": 1,
                }
            )

    def _matrix_arguments(self, record, action):
        return {
            "reject": {"reason": "No"},
            "settle": {"settlement": "found"},
        }.get(action, {})

    def test_request_matrix(self):
        self.matrix_model = "qifei.part.request"
        cells = self.assertTransitionMatrix("qifei.part.request")
        self.assertEqual(cells, 7 * 8 * (8 + 8))

    def test_discrepancy_matrix(self):
        self.matrix_model = "qifei.part.discrepancy"
        cells = self.assertTransitionMatrix("qifei.part.discrepancy")
        self.assertEqual(cells, 7 * 2 * (1 + 2))

    def test_creating_in_a_later_state_is_refused(self):
        for state in ("submitted", "approved", "shipped", "done"):
            with self.subTest(state=state), self.assertRaises(UserError):
                self.create_request(state=state)
