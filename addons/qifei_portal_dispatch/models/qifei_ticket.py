from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.qifei_base.tools.turns import write_anew


class QifeiTicket(models.Model):
    """Reserves the time that a customer books.

    A booking with a time makes a draft order with the time that was promised, an
    engineer and a time for him. Planning may move it within what was promised; until a
    dispatcher takes the request on, the customer moves or cancels it himself.
    """

    _inherit = "qifei.ticket"

    # === BOOKING === #

    @api.model
    def _file_booking(self, values, **options):
        ticket = super()._file_booking(values, **options)
        ticket._reserve_visit()
        return ticket

    # === DESK === #

    def action_create_work_order(self):
        """Take the request on with the visit that the customer has reserved."""
        reserved = self._take_reserved_order()
        if reserved:
            return reserved._get_records_action()
        return super().action_create_work_order()

    def action_create_and_assign(self):
        reserved = self._take_reserved_order()
        if reserved:
            return reserved.action_choose_engineer()
        return super().action_create_and_assign()

    def _take_reserved_order(self):
        self.ensure_one()
        reserved = self._get_reserved_order()
        if reserved and self.state == "new":
            self.action_open()
        return reserved

    # === CUSTOMER === #

    def _cancel_by_customer(self, reason):
        self._check_customer_change()
        self._get_reserved_order().action_cancel(reason=reason)
        return super()._cancel_by_customer(reason)

    def _reschedule_by_customer(self, start, stop):
        result = super()._reschedule_by_customer(start, stop)
        waiting = self.work_order_ids.filtered(lambda order: order.state == "draft")
        order = self._get_reserved_order() or waiting[:1]
        if order:
            order.write(self._prepare_reservation_values())
            self._place_visit(order)
        else:
            self._reserve_visit()
        return result

    # === RESERVATION === #

    def _get_reserved_order(self):
        """Return the order that the booking has made and nobody has taken on."""
        self.ensure_one()
        return self.work_order_ids.filtered(
            lambda order: order.state == "draft" and order.window_ids
        )[:1]

    def _reserve_visit(self):
        """Make the order of the time the customer chose, if planning knows a day.

        :raise UserError: nobody can come at that time any more
        """
        self.ensure_one()
        if not (self.needs_visit and self.preferred_start and self.preferred_end):
            return
        engineers = self.env["qifei.engineer"].search(
            [("company_id", "=", self.company_id.id)], limit=1
        )
        if not engineers:
            return
        order = self.env["qifei.work.order"].create(
            {
                "ticket_id": self.id,
                # It has its engineer in a moment: no rule has to look for one.
                "dispatch_due_on": False,
                **self._prepare_reservation_values(),
            }
        )
        if not self._place_visit(order):
            order.unlink()

    def _prepare_reservation_values(self):
        self.ensure_one()
        return {
            "engineer_id": False,
            "planned_start": False,
            "window_ids": [
                Command.clear(),
                Command.create(
                    {"date_from": self.preferred_start, "date_to": self.preferred_end}
                ),
            ],
        }

    def _place_visit(self, order):
        """Give an order an engineer and a time within what was promised.

        :return: whether planning has an answer at all
        :raise UserError: nobody can come at that time any more
        """
        answer = self.env["qifei.dispatch.insertion"]._try(
            "_place", order, self.preferred_engineer_id or None
        )
        if answer is None:
            return False
        placed, _refused = answer
        values = placed.get(order.id)
        if not values:
            raise UserError(
                self.env._(
                    "This time has just been taken by somebody else. Choose another "
                    "one, or let us call you."
                )
            )
        # Of two who want the same hour one starts anew, and sees that it is taken.
        write_anew(self.env["qifei.engineer"].browse(values["engineer_id"]))
        order._as_own_step().write(values)
        return True
