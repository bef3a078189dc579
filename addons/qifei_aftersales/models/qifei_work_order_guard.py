from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.qifei_base.models.qifei_state_mixin import StateGrant

from ..const import ORDER_LOCKED_STATES, SEAL, SEAL_KEY

# Written by the suite's own steps only, never by a form or another system.
SEALED_FIELDS = {
    "estimate_state",
    "estimate_amount",
    "estimate_signature",
    "estimate_signed_by",
    "estimate_signed_on",
    "estimate_refusal",
    "signature",
    "signed_by",
    "signed_on",
    "rework_count",
}
# What the customer signs; it stays as it was when he signed.
RECORD_FIELDS = {
    "symptom_ids",
    "cause_id",
    "fault_location_id",
    "repair_method_id",
    "diagnosis",
    "result",
    "result_note",
    "partner_id",
    "equipment_id",
    "product_id",
}


class QifeiWorkOrder(models.Model):
    """What may be written on an order, by whom and when."""

    _inherit = "qifei.work.order"

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_sealed(set().union(*vals_list))
        self._fill_from_ticket(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_sealed(set(vals))
        self._check_reassignment(vals)
        self._check_signed(vals)
        return super().write(vals)

    @api.model
    def _fill_from_ticket(self, vals_list):
        """Take over what has to be there before the order exists.

        The company of the ticket owns and numbers the order; lists are copied here
        because a stored computed list costs a query for each order.
        """
        tickets = self.env["qifei.ticket"].browse(
            {vals["ticket_id"] for vals in vals_list if vals.get("ticket_id")}
        )
        by_id = {ticket.id: ticket for ticket in tickets}
        for vals in vals_list:
            ticket = by_id.get(vals.get("ticket_id"))
            if not ticket:
                continue
            vals.setdefault("company_id", ticket.company_id.id)
            for name in ("symptom_ids", "shared_partner_ids"):
                if not vals.get(name) and ticket[name]:
                    vals[name] = [Command.set(ticket[name].ids)]

    @api.model
    def _is_own_write(self):
        """Tell whether one of the suite's own steps is writing."""
        context = self.env.context
        return context.get(SEAL_KEY) is SEAL or isinstance(
            context.get("qifei_base_state_grant"), StateGrant
        )

    def _seal(self, values):
        """Write fields that only the suite's own steps write."""
        self.with_context(**{SEAL_KEY: SEAL}).write(values)

    @api.model
    def _check_sealed(self, field_names):
        names = SEALED_FIELDS & field_names
        if names and not self._is_own_write():
            raise UserError(
                self.env._(
                    "“%(field)s” of a work order is filled in by the customer's or "
                    "the engineer's own step and cannot be written directly.",
                    field=self._fields[min(names)]._description_string(self.env),
                )
            )

    def _check_reassignment(self, vals):
        if "engineer_id" not in vals or self._is_own_write():
            return
        for order in self:
            if order.state != "draft" and order.engineer_id.id != vals["engineer_id"]:
                raise UserError(
                    self.env._(
                        "%(order)s is “%(state)s” with %(engineer)s. Take it back "
                        "first, then assign it to somebody else.",
                        order=order.name,
                        state=order._get_state_label(order.state),
                        engineer=order.engineer_id.display_name,
                    )
                )

    def _check_signed(self, vals):
        if not RECORD_FIELDS & vals.keys() or self._is_own_write():
            return
        for order in self:
            if order.state in ORDER_LOCKED_STATES:
                raise UserError(
                    self.env._(
                        "%(order)s is “%(state)s”: its record stays as it was signed. "
                        "Send it back to work to change it.",
                        order=order.name,
                        state=order._get_state_label(order.state),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_worked_on(self):
        for order in self:
            if order.state not in ("draft", "cancelled") or order.assigned_on:
                raise UserError(
                    self.env._(
                        "%(order)s has been worked on and stays on file. Cancel it "
                        "instead.",
                        order=order.name,
                    )
                )
