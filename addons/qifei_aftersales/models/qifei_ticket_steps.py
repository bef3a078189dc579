from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.qifei_base.tools.texts import clean_text

from ..const import ORDER_OPEN_STATES, TICKET_OPEN_STATES


class QifeiTicket(models.Model):
    """The steps of a ticket, its work orders, and tickets that come by e-mail."""

    _inherit = "qifei.ticket"

    _position_range = models.Constraint(
        "CHECK(latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)",
        "The position is not a place on earth.",
    )

    # === TRANSITIONS === #

    def action_open(self):
        """Take the tickets on; who does it becomes responsible for free ones."""
        self._claim()
        self._check_transition("open")
        free = self.filtered(lambda ticket: not ticket.user_id)
        values = {"opened_on": fields.Datetime.now()}
        if free and not self.env.su:
            free._apply_transition("open", {**values, "user_id": self.env.uid})
            (self - free)._apply_transition("open", values)
        else:
            self._apply_transition("open", values)
        return True

    def action_wait(self):
        self._apply_transition("wait")
        return True

    def action_resume(self):
        self._apply_transition("resume")
        return True

    def action_solve(self):
        self._apply_transition("solve", {"solved_on": fields.Datetime.now()})
        self._finish_activities()
        # A visit that solved the request has had messages of its own.
        self.filtered("solution")._notify_customer("solved")
        return True

    def action_close(self):
        self._apply_transition("close", {"closed_on": fields.Datetime.now()})
        return True

    def action_reopen(self):
        self._apply_transition("reopen", {"solved_on": False, "closed_on": False})
        return True

    def action_cancel(self, reason=None):
        """Give the tickets up; open orders have to be cancelled first."""
        self._check_transition("cancel")
        busy = self.env["qifei.work.order"].search(
            [("ticket_id", "in", self.ids), ("state", "in", ORDER_OPEN_STATES)],
            limit=1,
        )
        if busy:
            raise UserError(
                self.env._(
                    "%(ticket)s still has the open order %(order)s: cancel or finish "
                    "that one first.",
                    ticket=busy.ticket_id.name,
                    order=busy.name,
                )
            )
        reason = clean_text(reason)
        self._apply_transition("cancel", {"cancel_reason": reason} if reason else {})
        self._finish_activities()
        return True

    def action_solve_and_close(self):
        """Answer and file a request in one go, such as a question on the phone."""
        for ticket in self:
            if not ticket.solution:
                raise UserError(
                    self.env._(
                        "Write the solution of %(ticket)s before closing it.",
                        ticket=ticket.name,
                    )
                )
        self.filtered(lambda ticket: ticket.state == "new").action_open()
        self.action_solve()
        return self.action_close()

    def _finish_activities(self):
        self.activity_unlink(["mail.mail_activity_data_todo"])

    # === WORK ORDERS === #

    def action_create_work_order(self):
        """Open the new order of the ticket."""
        self.ensure_one()
        self._check_no_waiting_order()
        return self._create_work_orders()._get_records_action()

    def action_create_and_assign(self):
        """Make the order and choose its engineer right away."""
        self.ensure_one()
        self._check_no_waiting_order()
        return self._create_work_orders().action_choose_engineer()

    def _check_no_waiting_order(self):
        """Of two colleagues, or two clicks, one makes the order of the ticket."""
        self._claim()
        waiting = self.env["qifei.work.order"].search(
            [("ticket_id", "in", self.ids), ("state", "=", "draft")], limit=1
        )
        if waiting:
            raise UserError(
                self.env._(
                    "%(ticket)s has the order %(order)s already, which waits for an "
                    "engineer. Assign that one first.",
                    ticket=waiting.ticket_id.name,
                    order=waiting.name,
                )
            )

    def action_view_orders(self):
        self.ensure_one()
        return self.work_order_ids._get_records_action(
            name=self.env._("Work orders"), context={"default_ticket_id": self.id}
        )

    def _create_work_orders(self):
        """Make one order for each ticket, taking new tickets on."""
        for ticket in self:
            if ticket.state not in TICKET_OPEN_STATES:
                raise UserError(
                    self.env._(
                        "%(ticket)s is “%(state)s”: reopen it before you plan a visit.",
                        ticket=ticket.name,
                        state=ticket._get_state_label(ticket.state),
                    )
                )
        self.filtered(lambda ticket: ticket.state == "new").action_open()
        return self.env["qifei.work.order"].create(
            [ticket._prepare_work_order_values() for ticket in self]
        )

    def _prepare_work_order_values(self):
        self.ensure_one()
        return {
            "ticket_id": self.id,
            "planned_start": self.preferred_start,
            "planned_end": self.preferred_end,
            "engineer_id": self.preferred_engineer_id.id,
        }

    def _solve_by_orders(self):
        """Solve tickets whose last open order has just been finished.

        Called by the orders with superuser rights: the customer's signature solves the
        ticket, whoever collected it.
        """
        tickets = self.filtered(lambda ticket: ticket.state in ("open", "pending"))
        unfinished = {
            ticket
            for (ticket,) in self.env["qifei.work.order"]._read_group(
                Domain("ticket_id", "in", tickets.ids)
                & Domain("state", "in", (*ORDER_OPEN_STATES, "done")),
                ["ticket_id"],
            )
        }
        tickets = tickets.filtered(lambda ticket: ticket not in unfinished)
        if tickets:
            tickets.action_solve()

    # === E-MAIL === #

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """File an e-mail as a ticket of its sender."""
        values = dict(custom_values or {})
        values.setdefault("channel", "email")
        # Core would put the subject where the number belongs.
        values["name"] = "/"
        values.setdefault("description", msg_dict.get("subject"))
        if not values.get("partner_id"):
            values["partner_id"] = self._file_sender(msg_dict).id
        return super().message_new(msg_dict, custom_values=values)

    @api.model
    def _file_sender(self, msg_dict):
        """Find or make the customer who wrote."""
        sender = self.env["res.partner"].browse(msg_dict.get("author_id") or [])
        if sender:
            return sender
        return self._partner_find_from_emails_single(
            [msg_dict.get("email_from") or ""], no_create=False
        )
