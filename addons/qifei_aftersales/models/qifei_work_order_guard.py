from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..const import GROUP_AGENT, GROUP_DISPATCHER, ORDER_LOCKED_STATES

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
    "customer_remark",
    "rework_count",
}
# What the engineer writes down about the visit.
REPORT_FIELDS = {
    "symptom_ids",
    "cause_id",
    "fault_location_id",
    "repair_method_id",
    "diagnosis",
    "result",
    "result_note",
    "photo_ids",
}
# What the customer signs; it stays as it was when he signed.
RECORD_FIELDS = REPORT_FIELDS | {"partner_id", "equipment_id", "product_id"}
# Plan, customer and request are the desk's; the engineer fills in the rest.
ENGINEER_FIELDS = REPORT_FIELDS | {"line_ids", "priority", "hold_reason"}


class QifeiWorkOrder(models.Model):
    """What may be written on an order, by whom and when."""

    _inherit = "qifei.work.order"

    _position_range = models.Constraint(
        "CHECK(latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)",
        "The position is not a place on earth.",
    )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_sealed(set().union(*vals_list))
        self._fill_from_ticket(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_sealed(vals.keys())
        self._check_read_only(vals.keys() - {"state"})
        self._check_role(vals)
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

    def _seal(self, values):
        """Write fields that only the suite's own steps write."""
        self._as_own_step().write(values)

    @api.model
    def _is_guarded(self, name):
        return name in SEALED_FIELDS or super()._is_guarded(name)

    @api.model
    def _check_sealed(self, field_names):
        """What the customer signed is kept from the superuser's hand, too."""
        names = SEALED_FIELDS & set(field_names)
        if names and not self._is_own_step():
            raise UserError(
                self.env._(
                    "“%(field)s” of a work order is filled in by the customer's or "
                    "the engineer's own step and cannot be written directly.",
                    field=self._fields[min(names)]._description_string(self.env),
                )
            )

    @api.model
    def _get_engineer_fields(self):
        """Return the fields that an engineer writes on his own orders."""
        return ENGINEER_FIELDS

    def _check_role(self, vals):
        """Let an engineer write what he finds and does, and nothing of the plan."""
        if self.env.su or self._is_own_step():
            return
        foreign = {
            name
            for name in vals.keys() - self._get_engineer_fields() - {"state"}
            if name == "access_token" or self._is_own_field(name)
        }
        user = self.env.user
        if foreign and not any(
            user.has_group(group) for group in (GROUP_AGENT, GROUP_DISPATCHER)
        ):
            raise AccessError(
                self.env._(
                    "“%(field)s” of a work order is planned by dispatchers and "
                    "customer service. Ask them to change it.",
                    field=self._fields[min(foreign)]._description_string(self.env),
                )
            )

    def _check_reassignment(self, vals):
        if "engineer_id" not in vals or self._is_own_step():
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
        if not RECORD_FIELDS & vals.keys() or self._is_own_step():
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

    @api.constrains("photo_ids")
    def _check_photos(self):
        """The photos are printed for the customer: only what the writer may see."""
        try:
            self.photo_ids.check_access("read")
        except AccessError as error:
            raise AccessError(
                self.env._("Add photos of your own: one of these is not yours to show.")
            ) from error

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
