from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.qifei_base.tests.common import TransitionMatrixMixin

from .common_orders import ServiceCase


@tagged("post_install", "-at_install")
class TestTransitions(TransitionMatrixMixin, ServiceCase):
    """Every action and every plain write × every state × every role."""

    def _matrix_record(self, role, user):
        if self.matrix_model == "qifei.ticket":
            return self.matrix_ticket
        return self.create_orders()

    def _matrix_prepare(self, record, action):
        record = record.sudo()
        if record._name == "qifei.ticket":
            return
        if action == "complete":
            self.seal(record, diagnosis="Blown fuse", result="solved")
        elif action == "verify":
            self.sign(record)

    def test_order_matrix(self):
        self.matrix_model = "qifei.work.order"
        cells = self.assertTransitionMatrix("qifei.work.order")
        self.assertEqual(cells, 7 * 10 * (13 + 10))

    def test_ticket_matrix(self):
        self.matrix_model = "qifei.ticket"
        # The engineer reads the tickets of his orders; a finished order lets the
        # ticket be cancelled.
        self.matrix_ticket = self.create_tickets()
        order = self.create_orders(ticket_id=self.matrix_ticket.id)
        order.action_cancel()
        cells = self.assertTransitionMatrix("qifei.ticket")
        self.assertEqual(cells, 7 * 6 * (7 + 6))

    def test_creating_in_a_later_state_is_refused(self):
        for state in ("assigned", "closed", "cancelled"):
            with self.subTest(state=state), self.assertRaises(UserError):
                self.create_orders(state=state)
        for state in ("open", "closed"):
            with self.subTest(state=state), self.assertRaises(UserError):
                self.create_tickets(state=state)

    def test_batch_with_one_impossible_move_changes_nothing(self):
        first, second = self.create_orders(2)
        first.action_assign()
        with self.assertRaisesRegex(UserError, first.name):
            (first | second).action_assign()
        self.assertEqual(second.state, "draft")

    def test_drag_on_the_board_needs_what_the_button_needs(self):
        order = self.create_orders(engineer_id=False)
        with self.assertRaisesRegex(UserError, "Choose an engineer"):
            order.with_user(self.users["dispatcher"]).write({"state": "assigned"})
        order.engineer_id = self.engineer
        order.with_user(self.users["dispatcher"]).write({"state": "assigned"})
        self.assertEqual(order.state, "assigned")
        self.assertTrue(order.assigned_on)
        with self.assertRaisesRegex(UserError, "cannot go from"):
            order.write({"state": "closed"})
