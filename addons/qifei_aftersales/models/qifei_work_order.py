from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.qifei_base.models.qifei_state_mixin import StateGrant, Transition

from ..const import (
    GROUP_AGENT,
    GROUP_DISPATCHER,
    GROUP_ENGINEER,
    GROUP_MANAGER,
    ORDER_LOCKED_STATES,
    PRIORITIES,
    SEAL,
    SEAL_KEY,
)

DESK = (GROUP_AGENT, GROUP_DISPATCHER)
FIELD_WORK = (GROUP_ENGINEER, GROUP_MANAGER)
PLANNING = (GROUP_ENGINEER, GROUP_DISPATCHER)

DEFAULT_VISIT_HOURS = 2.0

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
    """One visit (or remote job) of one engineer for one customer.

    Life: draft → assigned → accepted → en_route → on_site → done → verified → closed.
    An order can be put on hold and resumed, given back, cancelled before it is done,
    and sent back to work (rework) after an objection. After it is closed, more work is
    a new order that points at this one.

    Agents and dispatchers plan and bill the orders of their companies; an engineer
    sees and works on his own; the customer signs and rates in the portal. Signed
    orders keep their record and their charges.
    """

    _name = "qifei.work.order"
    _description = "Work order"
    _inherit = [
        "qifei.state.mixin",
        "qifei.number.mixin",
        "qifei.deadline.mixin",
        "qifei.follow.mixin",
        "portal.mixin",
        "rating.mixin",
        "mail.activity.mixin",
    ]
    _order = "priority desc, planned_start, id desc"
    _check_company_auto = True
    _number_code = "qifei.work.order"
    _mail_post_access = "read"

    # === Identity === #
    state = fields.Selection(
        [
            ("draft", "To assign"),
            ("assigned", "Assigned"),
            ("accepted", "Accepted"),
            ("en_route", "On the way"),
            ("on_site", "On site"),
            ("done", "Done"),
            ("verified", "Signed"),
            ("closed", "Closed"),
            ("on_hold", "On hold"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    ticket_id = fields.Many2one(
        "qifei.ticket", ondelete="restrict", index="btree_not_null", check_company=True
    )
    ticket_type_id = fields.Many2one(
        "qifei.ticket.type",
        string="Type",
        compute="_compute_from_ticket",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
        index=True,
    )
    priority = fields.Selection(
        PRIORITIES,
        compute="_compute_from_ticket",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Dispatcher",
        ondelete="set null",
        index="btree_not_null",
        copy=False,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )

    # === Customer === #
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_from_ticket",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    contact_name = fields.Char(
        compute="_compute_contact",
        store=True,
        readonly=False,
        precompute=True,
    )
    contact_phone = fields.Char(
        compute="_compute_contact",
        store=True,
        readonly=False,
        precompute=True,
    )
    address_id = fields.Many2one(
        "res.partner",
        string="Service address",
        compute="_compute_address_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    area_id = fields.Many2one(
        "qifei.service.area",
        compute="_compute_area_id",
        store=True,
        readonly=False,
        ondelete="set null",
        index="btree_not_null",
    )
    latitude = fields.Float(
        digits=(10, 7),
        compute="_compute_position",
        store=True,
        readonly=False,
        precompute=True,
    )
    longitude = fields.Float(
        digits=(10, 7),
        compute="_compute_position",
        store=True,
        readonly=False,
        precompute=True,
    )
    shared_partner_ids = fields.Many2many(
        "res.partner",
        "qifei_work_order_shared_partner_rel",
        string="Shared with",
        help="Service partners who see this order in the portal.",
    )

    # === Machine === #
    equipment_id = fields.Many2one(
        "qifei.equipment",
        compute="_compute_from_ticket",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    product_category_id = fields.Many2one(related="product_id.categ_id")

    # === Planning === #
    engineer_id = fields.Many2one(
        "qifei.engineer",
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
        check_company=True,
        tracking=True,
    )
    planned_start = fields.Datetime(index="btree_not_null", copy=False, tracking=True)
    planned_end = fields.Datetime(
        compute="_compute_planned_end",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
    )
    duration = fields.Float(
        string="Duration (hours)",
        compute="_compute_duration",
        inverse="_inverse_duration",
        store=True,
        readonly=False,
        aggregator="sum",
    )
    accept_deadline = fields.Datetime(copy=False, readonly=True)
    assigned_on = fields.Datetime(copy=False, readonly=True)
    accepted_on = fields.Datetime(copy=False, readonly=True)
    departed_on = fields.Datetime(copy=False, readonly=True)
    arrived_on = fields.Datetime(copy=False, readonly=True)
    held_on = fields.Datetime(copy=False, readonly=True)
    done_on = fields.Datetime(copy=False, readonly=True, index="btree_not_null")
    verified_on = fields.Datetime(copy=False, readonly=True)
    closed_on = fields.Datetime(copy=False, readonly=True)
    cancelled_on = fields.Datetime(copy=False, readonly=True)
    checkin_latitude = fields.Float(digits=(10, 7), copy=False, readonly=True)
    checkin_longitude = fields.Float(digits=(10, 7), copy=False, readonly=True)
    checkin_accuracy = fields.Float(
        string="Accuracy (m)", digits=(10, 1), copy=False, readonly=True
    )
    hold_reason = fields.Char(copy=False)
    cancel_reason = fields.Char(copy=False)

    # === Record of the visit === #
    description = fields.Text(related="ticket_id.description")
    symptom_ids = fields.Many2many(
        "qifei.fault.symptom",
        "qifei_work_order_symptom_rel",
        string="Symptoms",
    )
    cause_id = fields.Many2one("qifei.fault.cause", ondelete="restrict", copy=False)
    fault_location_id = fields.Many2one(
        "qifei.fault.location", ondelete="restrict", copy=False
    )
    repair_method_id = fields.Many2one(
        "qifei.repair.method", ondelete="restrict", copy=False
    )
    diagnosis = fields.Text(copy=False)
    result = fields.Selection(
        [
            ("solved", "Solved"),
            ("partly", "Partly solved"),
            ("unsolved", "Not solved"),
            ("no_fault", "No fault found"),
        ],
        copy=False,
    )
    result_note = fields.Text(copy=False)
    photo_ids = fields.Many2many(
        "ir.attachment",
        "qifei_work_order_photo_rel",
        string="Photos",
        copy=False,
        bypass_search_access=True,
    )

    # === Acceptance by the customer === #
    signature = fields.Image(copy=False, max_width=1024, max_height=1024)
    signed_by = fields.Char(copy=False)
    signed_on = fields.Datetime(copy=False)
    customer_remark = fields.Text(copy=False)
    rework_of_id = fields.Many2one(
        "qifei.work.order",
        string="Rework of",
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
        readonly=True,
        check_company=True,
    )
    rework_ids = fields.One2many(
        "qifei.work.order", "rework_of_id", string="Rework orders"
    )
    rework_count = fields.Integer(
        string="Times sent back", copy=False, readonly=True, default=0
    )
    rework_reason = fields.Char(copy=False)

    # === Computed: interface === #
    can_assign = fields.Boolean(compute="_compute_can_actions")
    can_unassign = fields.Boolean(compute="_compute_can_actions")
    can_reject = fields.Boolean(compute="_compute_can_actions")
    can_accept = fields.Boolean(compute="_compute_can_actions")
    can_depart = fields.Boolean(compute="_compute_can_actions")
    can_arrive = fields.Boolean(compute="_compute_can_actions")
    can_hold = fields.Boolean(compute="_compute_can_actions")
    can_resume = fields.Boolean(compute="_compute_can_actions")
    can_complete = fields.Boolean(compute="_compute_can_actions")
    can_verify = fields.Boolean(compute="_compute_can_actions")
    can_rework = fields.Boolean(compute="_compute_can_actions")
    can_close = fields.Boolean(compute="_compute_can_actions")
    can_cancel = fields.Boolean(compute="_compute_can_actions")
    is_locked = fields.Boolean(compute="_compute_is_locked")

    _window_order = models.Constraint(
        "CHECK(planned_end IS NULL OR planned_start IS NULL "
        "OR planned_end > planned_start)",
        "The planned visit ends before it starts.",
    )
    _queue_idx = models.Index(
        "(company_id, engineer_id, planned_start) WHERE state IN ('draft', "
        "'assigned', 'accepted', 'en_route', 'on_site', 'on_hold')"
    )

    @api.model
    def _get_transitions(self):
        return {
            "assign": Transition(("draft",), "assigned", DESK),
            "unassign": Transition(
                ("assigned", "accepted"), "draft", (GROUP_DISPATCHER,)
            ),
            "reject": Transition(("assigned",), "draft", PLANNING),
            "accept": Transition(("assigned",), "accepted", PLANNING),
            "resume": Transition(("on_hold",), "accepted", PLANNING),
            "depart": Transition(("accepted",), "en_route", FIELD_WORK),
            "arrive": Transition(("accepted", "en_route"), "on_site", FIELD_WORK),
            "hold": Transition(
                ("accepted", "en_route", "on_site"), "on_hold", PLANNING
            ),
            "complete": Transition(("on_site",), "done", FIELD_WORK),
            "verify": Transition(("done",), "verified", (GROUP_AGENT, GROUP_ENGINEER)),
            "rework": Transition(("done", "verified"), "accepted", DESK),
            "close": Transition(("verified",), "closed", DESK),
            "cancel": Transition(
                ("draft", "assigned", "accepted", "en_route", "on_hold"),
                "cancelled",
                DESK,
            ),
        }

    def _get_action_label(self, action):
        labels = {
            "assign": self.env._("Assign"),
            "unassign": self.env._("Take back"),
            "reject": self.env._("Decline"),
            "accept": self.env._("Accept"),
            "resume": self.env._("Resume"),
            "depart": self.env._("Set off"),
            "arrive": self.env._("Arrive"),
            "hold": self.env._("Put on hold"),
            "complete": self.env._("Complete"),
            "verify": self.env._("Accept the work"),
            "rework": self.env._("Send back to work"),
            "close": self.env._("Close"),
            "cancel": self.env._("Cancel"),
        }
        return labels.get(action) or super()._get_action_label(action)

    # === COMPUTES === #

    @api.depends("ticket_id")
    def _compute_from_ticket(self):
        for order in self:
            ticket = order.ticket_id
            order.ticket_type_id = order.ticket_type_id or ticket.ticket_type_id
            order.partner_id = order.partner_id or ticket.partner_id
            order.equipment_id = order.equipment_id or ticket.equipment_id
            order.priority = order.priority or ticket.priority or "1"

    @api.depends("ticket_id", "partner_id")
    def _compute_contact(self):
        for order in self:
            source = order.ticket_id
            partner = order.partner_id
            order.contact_name = source.contact_name or partner.name
            order.contact_phone = source.contact_phone or partner.phone

    @api.depends("ticket_id", "partner_id", "equipment_id")
    def _compute_address_id(self):
        for order in self:
            order.address_id = (
                order.ticket_id.address_id
                or order.equipment_id.address_id
                or order.partner_id
            )

    @api.depends("address_id")
    def _compute_area_id(self):
        areas = self.env["qifei.service.area"]._match_batch(self.address_id)
        for order in self:
            order.area_id = areas.get(order.address_id)

    @api.depends("ticket_id", "address_id")
    def _compute_position(self):
        for order in self:
            source = order.ticket_id
            address = order.address_id
            order.latitude = source.latitude or address.partner_latitude
            order.longitude = source.longitude or address.partner_longitude

    @api.depends("ticket_id", "equipment_id")
    def _compute_product_id(self):
        for order in self:
            order.product_id = (
                order.equipment_id.product_id
                or order.product_id
                or order.ticket_id.product_id
            )

    @api.depends("planned_start")
    def _compute_planned_end(self):
        for order in self:
            start, end = order.planned_start, order.planned_end
            if start and (not end or end <= start):
                hours = order.duration or DEFAULT_VISIT_HOURS
                end = start + timedelta(hours=hours)
            order.planned_end = end if start else False

    @api.depends("planned_start", "planned_end")
    def _compute_duration(self):
        for order in self:
            if order.planned_start and order.planned_end:
                window = order.planned_end - order.planned_start
                order.duration = window.total_seconds() / 3600
            else:
                order.duration = order.duration or DEFAULT_VISIT_HOURS

    def _inverse_duration(self):
        for order in self:
            if order.planned_start and order.duration > 0:
                order.planned_end = order.planned_start + timedelta(
                    hours=order.duration
                )

    @api.depends(
        "state", "planned_start", "planned_end", "accept_deadline", "ticket_id.deadline"
    )
    def _compute_due_on(self):
        for order in self:
            promised = order.ticket_id.deadline
            if order.state == "draft":
                order.due_on = promised or order.planned_start
            elif order.state == "assigned":
                order.due_on = order.accept_deadline or order.planned_start or promised
            elif order.state in ("accepted", "en_route", "on_site"):
                order.due_on = order.planned_end or promised
            else:
                order.due_on = False

    @api.depends("state")
    def _compute_is_locked(self):
        for order in self:
            order.is_locked = order.state in ORDER_LOCKED_STATES

    def _compute_access_url(self):
        for order in self:
            order.access_url = f"/my/work-orders/{order.id}"

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

    # === RATING === #

    def _rating_get_parent_field_name(self):
        return "engineer_id"

    def _rating_get_operator(self):
        return self.engineer_id.partner_id

    # === DEADLINES === #

    def _get_responsible(self):
        return {
            order.id: (
                order.user_id
                if order.state in ("draft", "assigned")
                else order.engineer_id.user_id or order.user_id
            )
            or order.create_uid
            for order in self
        }
