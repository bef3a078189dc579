from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_orders import SIGNATURE, ServiceCase

# What a person may try at any moment; "write" drags the card on the board.
ACTIONS = (
    "assign",
    "unassign",
    "reject",
    "accept",
    "depart",
    "arrive",
    "hold",
    "resume",
    "complete",
    "verify",
    "rework",
    "close",
    "cancel",
)
STATES = (
    "draft",
    "assigned",
    "accepted",
    "en_route",
    "on_site",
    "done",
    "verified",
    "closed",
    "on_hold",
    "cancelled",
)
# Written down by hand from the design, not read from the code.
MOVES = {
    "draft": {"assign": "assigned", "cancel": "cancelled"},
    "assigned": {
        "unassign": "draft",
        "reject": "draft",
        "accept": "accepted",
        "cancel": "cancelled",
    },
    "accepted": {
        "unassign": "draft",
        "depart": "en_route",
        "arrive": "on_site",
        "hold": "on_hold",
        "cancel": "cancelled",
    },
    "en_route": {"arrive": "on_site", "hold": "on_hold", "cancel": "cancelled"},
    "on_site": {"complete": "done", "hold": "on_hold"},
    "done": {"verify": "verified", "rework": "accepted"},
    "verified": {"close": "closed", "rework": "accepted"},
    "on_hold": {"resume": "accepted", "cancel": "cancelled"},
    "closed": {},
    "cancelled": {},
}
LOCKED = {"verified", "closed", "cancelled"}


class OrderMachine(RuleBasedStateMachine):
    """Plays with one order of ``case``, which a subclass binds."""

    case = None

    def __init__(self):
        super().__init__()
        self.savepoint = self.case.env.cr.savepoint()
        self.order = self.case.create_orders()
        self.state = "draft"
        self.reworked = 0

    def teardown(self):
        self.savepoint.close(rollback=True)
        self.case.env.invalidate_all()

    def _try(self, function, refused):
        inner = self.case.env.cr.savepoint()
        try:
            function()
        except UserError:
            inner.close(rollback=True)
            self.case.env.invalidate_all()
            assert refused, f"refused from {self.state}"
            return False
        inner.close(rollback=False)
        assert not refused, f"let through from {self.state}"
        return True

    def _moved(self, action):
        target = MOVES[self.state][action]
        self.reworked += action == "rework"
        self.state = target

    def _needs(self, action):
        """Tell whether something other than the state stands in the way."""
        order = self.order
        if action == "assign":
            return not order.engineer_id
        if action == "complete":
            return bool(order._get_completion_blockers())
        if action == "close":
            return order.invoice_state == "to_bill"
        return False

    @rule(action=st.sampled_from(ACTIONS))
    def act(self, action):
        refused = action not in MOVES[self.state] or self._needs(action)
        if self._try(getattr(self.order, f"action_{action}"), refused):
            self._moved(action)

    @rule(column=st.sampled_from(STATES))
    def drag(self, column):
        actions = [a for a, t in MOVES[self.state].items() if t == column]
        refused = self.state != column and (not actions or self._needs(actions[0]))
        moved = self._try(lambda: self.order.write({"state": column}), refused)
        if moved and self.state != column:
            self._moved(actions[0])

    @rule(engineer=st.sampled_from(["engineer", "other_engineer"]))
    def choose(self, engineer):
        engineer = getattr(self.case, engineer)
        refused = self.state != "draft" and self.order.engineer_id != engineer
        self._try(lambda: self.order.write({"engineer_id": engineer.id}), refused)

    @rule()
    def record(self):
        self._try(
            lambda: self.order.write({"diagnosis": "Fuse", "result": "solved"}),
            self.state in LOCKED,
        )

    @rule(price=st.integers(0, 500))
    def charge(self, price):
        self._try(lambda: self.case.add_charge(self.order, price), self.state in LOCKED)

    @rule()
    def estimate(self):
        refused = (
            self.state in LOCKED
            or self.state == "done"
            or not self.order.amount_customer
        )
        self._try(self.order.action_send_estimate, refused)

    @rule(accepts=st.booleans())
    def answer(self, accepts):
        refused = self.order.estimate_state != "sent"
        if accepts:
            self._try(lambda: self.order._accept_estimate("Wang", SIGNATURE), refused)
        else:
            self._try(lambda: self.order._refuse_estimate("Too dear"), refused)

    @precondition(lambda self: self.state in ("done", "verified"))
    @rule()
    def bill(self):
        self._try(
            self.order.action_create_invoice,
            self.order.invoice_state != "to_bill",
        )

    @invariant()
    def agrees(self):
        order = self.order
        assert order.state == self.state
        assert order.rework_count == self.reworked
        assert order.currency_id.is_zero(
            order.amount_total - order.amount_customer - order.amount_covered
        )
        if self.state not in ("draft", "cancelled"):
            assert order.engineer_id
        if self.state == "closed":
            assert not order._get_unbilled_lines()
        if self.state in ("done", "verified", "closed"):
            assert order.diagnosis and order.result and order.done_on
        if order.estimate_state == "accepted":
            assert order.estimate_signature
            assert order.amount_customer <= order.estimate_amount


@tagged("post_install", "-at_install")
class TestOrderProperties(ServiceCase):
    def test_order_never_leaves_its_table(self):
        run_state_machine_as_test(
            type("OrderMachine", (OrderMachine,), {"case": self}),
            settings=settings(
                max_examples=25,
                stateful_step_count=25,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )

    def test_charges_always_add_up(self):
        taxes = self.env["account.tax"].create(
            [
                {"name": "13 %", "amount": 13, "type_tax_use": "sale"},
                {
                    "name": "6 % included",
                    "amount": 6,
                    "type_tax_use": "sale",
                    "price_include_override": "tax_included",
                },
            ]
        )
        cents = st.integers(0, 1_000_000).map(lambda value: value / 100)
        line = st.tuples(
            cents,
            st.integers(0, 50),
            st.integers(0, 100),
            st.sampled_from([None, 0, 1]),
            st.booleans(),
        )

        @settings(
            max_examples=40,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.lists(line, min_size=1, max_size=6))
        def check(lines):
            with self.env.cr.savepoint() as savepoint:
                self._check_charges(taxes, lines)
                savepoint.rollback()
            self.env.invalidate_all()

        check()

    def _check_charges(self, taxes, lines):
        order = self.create_orders()
        for price, quantity, discount, tax, goodwill in lines:
            charge = self.add_charge(
                order,
                price,
                quantity=quantity,
                discount=discount,
                tax_ids=[Command.set(taxes[tax].ids if tax is not None else [])],
            )
            if goodwill:
                charge._override_coverage("goodwill", "Test")
        is_zero = order.currency_id.is_zero
        self.assertTrue(
            is_zero(order.amount_total - order.amount_customer - order.amount_covered)
        )
        for charge in order.line_ids:
            self.assertGreaterEqual(charge.price_total, charge.price_subtotal)
        own = order.line_ids.filtered(lambda charge: charge.coverage == "customer")
        if not own:
            self.assertEqual(order.amount_customer, 0.0)
        if not order.amount_customer:
            return
        self.walk(order, "complete")
        order.action_create_invoice()
        # The customer pays exactly what he was told.
        self.assertTrue(
            is_zero(order.invoice_ids.amount_total - order.amount_customer),
            f"{order.invoice_ids.amount_total} != {order.amount_customer}",
        )
