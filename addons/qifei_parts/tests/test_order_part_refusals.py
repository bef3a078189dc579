from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.qifei_base.tests.common import force_state

from .common_orders import PartsCase


@tagged("post_install", "-at_install")
class TestOrderPartRefusals(PartsCase):
    """Each refusal is one sentence and changes nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.put(cls.seal, cls.stock, 10)
        cls.put(cls.seal, cls.van, 2)
        cls.order = cls.create_visit()
        cls.part = cls.plan(cls.order, quantity=2)

    def refused(self, expected, method, *args, error=UserError):
        moves = self.env["stock.move"].search_count([])
        state = self.part.state
        with self.assertRaisesRegex(error, expected):
            method(*args)
        self.assertEqual(self.env["stock.move"].search_count([]), moves)
        self.assertEqual(self.part.state, state)

    def as_engineer(self, part=None):
        return (part or self.part).with_user(self.engineer_user)

    def test_closing_with_an_open_issue(self):
        self.report(self.order)
        self.part._issue({self.part: [{"quantity": 2}]})
        self.refused(
            r"2 × \[SEAL\] Door seal was issued: use it or return it",
            self.order.with_user(self.engineer_user).action_complete,
        )

    def test_closing_with_a_charge_never_taken(self):
        self.report(self.order)
        self.refused(
            r"2 × \[SEAL\] Door seal is charged but was not taken from stock",
            self.order.action_complete,
        )

    def test_wrong_serial(self):
        self.put_piece(self.board, self.van, "SN-1")
        self.put_piece(self.board, self.stock, "SN-2")
        part = self.plan(self.order, self.board)
        for serial in ("SN-2", "SN-9"):
            self.refused(
                f"Test engineer does not have Control board {serial}. There are: SN-1",
                self.as_engineer(part)._use,
                {part: [{"quantity": 1, "serial": serial}]},
            )

    def test_another_part_is_issued_or_returned(self):
        other = self.create_part("Universal seal")
        self.env["qifei.part.substitute"].create(
            {"product_id": self.seal.id, "substitute_id": other.id}
        )
        self.put(other, self.stock, 5)
        part = self.plan(self.order, quantity=5)
        for step in ("issue", "return"):
            action = getattr(part, f"action_{step}")()
            book = self.env["qifei.work.order.part.book"].browse(action["res_id"])
            line = book.line_ids
            line.write({"product_id": other.id, "quantity": 2, "is_chosen": True})
            self.refused(
                r"has \[SEAL\] Door seal, not Universal seal: a substitute is chosen "
                "when the part is used",
                book.action_book,
            )
            line.product_id = self.seal
            book.action_book()
        self.assertEqual(part.quantity_returned, 2)

    def test_more_than_anybody_needs(self):
        book = self.env["qifei.work.order.part.book"].browse(
            self.part.action_use()["res_id"]
        )
        for quantity in (1e6, 10**11, 1e300, float("nan"), float("inf"), "2", [2]):
            values = {"quantity": quantity}
            for method, *args in (
                (
                    self.env["qifei.work.order.part"].create,
                    {"order_id": self.order.id, "product_id": self.seal.id, **values},
                ),
                (self.part.write, values),
                (book.line_ids.write, values),
                (self.part._issue, {self.part: [values]}),
            ):
                with self.subTest(quantity=quantity, method=method):
                    self.refused(
                        r"cannot be a quantity of \[SEAL\] Door seal: enter a number "
                        "below 1000000",
                        method,
                        *args,
                        error=ValidationError,
                    )
        self.refused(
            "Door seal: enter a number below",
            self.env["qifei.work.order.line"].create,
            {
                "order_id": self.order.id,
                "product_id": self.seal.id,
                "kind": "part",
                "quantity": 1e11,
            },
            error=ValidationError,
        )

    def test_missing_serial(self):
        self.put_piece(self.board, self.van, "SN-1")
        part = self.plan(self.order, self.board)
        self.refused(
            "Scan or enter the serial number of Control board for WO",
            self.as_engineer(part)._use,
        )

    def test_serial_used_twice(self):
        self.put_piece(self.board, self.van, "SN-1")
        self.put_piece(self.board, self.van, "SN-2")
        part = self.plan(self.order, self.board, quantity=2)
        self.refused(
            "Control board SN-1 is one piece: it cannot be used twice",
            self.as_engineer(part)._use,
            {part: [{"quantity": 1, "serial": "SN-1"}] * 2},
        )
        self.refused(
            "Control board SN-1 is one piece: it cannot be used twice",
            self.as_engineer(part)._use,
            {part: [{"quantity": 2, "serial": "SN-1"}]},
        )
        part._use({part: [{"quantity": 1, "serial": "SN-1"}]})
        other = self.plan(self.create_visit(), self.board)
        self.refused(
            f"Control board SN-1 was used on {self.order.name} already",
            self.as_engineer(other)._use,
            {other: [{"quantity": 1, "serial": "SN-1"}]},
        )

    def test_negative_and_nothing(self):
        for quantity in (-1, 0):
            for step in ("use", "issue", "return"):
                self.refused(
                    r"The quantity of \[SEAL\] Door seal on WO.* more than zero",
                    getattr(self.part, f"_{step}"),
                    {self.part: [{"quantity": quantity}]},
                )
        with self.assertRaises(ValidationError):
            self.part.write({"quantity": float("inf")})

    def test_more_than_in_the_van(self):
        self.refused(
            r"Door seal, .* has 2 Units free, 3 are wanted",
            self.as_engineer()._use,
            {self.part: [{"quantity": 3}]},
        )
        self.assertEqual(self.get_quantity(self.seal, self.van), 2)

    def test_more_than_was_issued_is_not_returned(self):
        self.part._issue({self.part: [{"quantity": 1}]})
        self.refused(
            r"1 × \[SEAL\] Door seal of WO.* are still open: 2 cannot be returned",
            self.as_engineer()._return,
            {self.part: [{"quantity": 2}]},
        )

    def test_used_already(self):
        self.part._use()
        self.refused(
            r"\[SEAL\] Door seal of WO.* have been used already",
            self.as_engineer()._use,
        )

    def test_foreign_engineers_order(self):
        order = self.create_orders(engineer_id=self.other_engineer.id)
        part = self.plan(order)
        self.put(self.seal, self.other_van, 5)
        for step in ("reserve", "use", "return"):
            with self.assertRaises(AccessError):
                getattr(self.as_engineer(part), f"action_{step}")()
        with self.assertRaises(AccessError):
            self.as_engineer(part).write({"quantity": 9})
        with self.assertRaises(AccessError):
            self.plan_as(self.engineer_user, order)
        with self.assertRaises(AccessError):
            order.with_user(self.engineer_user).action_request_parts()

    def plan_as(self, user, order):
        return (
            self.env["qifei.work.order.part"]
            .with_user(user)
            .create({"order_id": order.id, "product_id": self.seal.id})
        )

    def test_cancelled_and_signed_orders(self):
        for state, label in (
            ("cancelled", "Cancelled"),
            ("verified", "Signed"),
            ("closed", "Closed"),
        ):
            force_state(self.order, state)
            for step in ("reserve", "issue", "use"):
                self.refused(
                    f"{self.order.name} is “{label}”. “.*” is possible only while",
                    getattr(self.part, f"_{step}"),
                )
            for change in (
                lambda: self.part.write({"quantity": 5}),
                lambda: self.part.unlink(),
                lambda: self.plan_as(self.users["dispatcher"], self.order),
                lambda: self.order.action_request_parts(),
            ):
                self.refused(f"{self.order.name} is “{label}”: its parts", change)

    def test_states_before_the_visit(self):
        order = self.create_orders(engineer_id=False)
        part = self.plan(order)
        self.refused("has no engineer yet: choose one", part._reserve)
        self.refused("“Issue” is possible only while", part._issue)
        self.refused("“Use” is possible only while", part._use)

    def test_roles(self):
        for role in ("agent", "dispatcher", "parts_keeper"):
            self.refused(
                "are used by Test engineer, who makes the visit",
                self.part.with_user(self.users[role])._use,
                error=AccessError,
            )
        for role in ("agent", "dispatcher", "engineer"):
            self.refused(
                "You may not do “Issue” with the parts of WO.*Parts keeper",
                self.part.with_user(self.users[role])._issue,
                error=AccessError,
            )
        for role in ("agent", "dispatcher"):
            self.refused(
                "You may not do “Return”",
                self.part.with_user(self.users[role])._return,
                error=AccessError,
            )

    def test_used_part_stays(self):
        self.part._use()
        self.refused("has been issued or used and stays on", self.part.unlink)
        self.refused(
            "has been issued or used",
            lambda: self.part.write({"product_id": self.board.id}),
        )

    def test_what_is_not_kept_in_stock(self):
        self.refused(
            "Test labour is not kept in stock: write it down as a charge",
            self.plan,
            self.order,
            self.labour,
        )

    def test_sealed_fields(self):
        part = self.part.with_user(self.users["dispatcher"])
        line = self.add_charge(self.order)
        for values in (
            {"line_id": line.id},
            {"substitute_for_id": self.board.id},
        ):
            with self.assertRaisesRegex(UserError, "cannot be written directly"):
                part.write(values)
        with self.assertRaisesRegex(UserError, "cannot be written directly"):
            self.order.with_user(self.users["dispatcher"]).write(
                {"held_for_parts": True}
            )
        with self.assertRaisesRegex(UserError, "A part stays with its order"):
            part.write({"order_id": self.create_orders().id})


@tagged("post_install", "-at_install")
class TestOrderPartAccess(PartsCase):
    """Who reads and writes what; engineers see the parts of their own orders."""

    def test_rights_by_role(self):
        part = self.plan(self.create_visit())
        expected = {
            "engineer": (True, True),
            "agent": (True, True),
            "dispatcher": (True, True),
            "parts_keeper": (True, False),
            "manager": (True, True),
        }
        for role, (read, write) in expected.items():
            record = part.with_user(self.users[role])
            self.assertEqual(record.has_access("read"), read, role)
            self.assertEqual(record.has_access("write"), write, role)
        nobody = part.with_user(self.user_nobody)
        self.assertFalse(nobody.has_access("read"))

    def test_engineer_writes_his_order_with_its_parts(self):
        order = self.create_visit().with_user(self.engineer_user)
        order.write({"part_ids": [(0, 0, {"product_id": self.seal.id, "quantity": 2})]})
        self.assertEqual(order.part_ids.quantity, 2)
        self.assertEqual(order.line_ids.quantity, 2)
        with self.assertRaises(AccessError):
            order.write({"planned_start": "2031-03-04 09:00:00"})

    def test_engineer_does_not_see_others(self):
        part = self.plan(self.create_orders(engineer_id=self.other_engineer.id))
        found = self.env["qifei.work.order.part"].with_user(self.engineer_user)
        self.assertNotIn(part, found.search([]))

    def test_engineer_moves_stock_through_his_orders_only(self):
        self.assertFalse(
            self.env["stock.move"].with_user(self.engineer_user).has_access("create")
        )
        self.put(self.seal, self.van, 1)
        part = self.plan(self.create_visit()).with_user(self.engineer_user)
        part._use()
        self.assertEqual(part.quantity_used, 1)

    def test_other_company_is_apart(self):
        company = self.env["res.company"].create({"name": "Other"})
        part = self.plan(self.create_visit())
        for user in (self.users["dispatcher"], self.keeper):
            user.write({"company_ids": [(4, company.id)], "company_id": company.id})
            found = (
                self.env["qifei.work.order.part"]
                .with_user(user)
                .with_context(allowed_company_ids=company.ids)
            )
            self.assertFalse(found.search([("id", "=", part.id)]))
