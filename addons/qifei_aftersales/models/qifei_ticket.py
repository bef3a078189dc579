from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.qifei_base.models.qifei_state_mixin import Transition

from ..const import (
    GROUP_AGENT,
    GROUP_DISPATCHER,
    PRIORITIES,
    TICKET_OPEN_STATES,
)

DESK = (GROUP_AGENT, GROUP_DISPATCHER)


class QifeiTicket(models.Model):
    """A customer's request, whatever the channel it came by.

    Life: new → open (somebody has taken it on) ⇄ pending (waiting for the customer)
    → solved → closed; new, open and pending tickets can be cancelled, solved and closed
    ones reopened. A ticket that needs a visit gets one or more work orders and is
    solved by itself when the last of them is signed.

    Agents do everything; dispatchers take tickets on and plan their orders; engineers
    read the tickets of their orders; customers read their own and those shared with
    them.
    """

    _name = "qifei.ticket"
    _description = "Ticket"
    _inherit = [
        "qifei.state.mixin",
        "qifei.number.mixin",
        "qifei.deadline.mixin",
        "qifei.follow.mixin",
        "qifei.site.mixin",
        "portal.mixin",
        "mail.thread.cc",
        "mail.activity.mixin",
    ]
    _order = "priority desc, id desc"
    _check_company_auto = True
    _number_code = "qifei.ticket"
    _initial_state = "new"
    _mail_post_access = "read"
    _primary_email = "email_from"

    # === Request === #
    state = fields.Selection(
        [
            ("new", "New"),
            ("open", "Open"),
            ("pending", "Waiting for the customer"),
            ("solved", "Solved"),
            ("closed", "Closed"),
            ("cancelled", "Cancelled"),
        ],
        default="new",
        required=True,
        readonly=True,
        index=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    ticket_type_id = fields.Many2one(
        "qifei.ticket.type",
        string="Type",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self._default_ticket_type_id(),
        domain="[('company_id', 'in', (False, company_id))]",
    )
    properties = fields.Properties(definition="ticket_type_id.ticket_properties")
    channel = fields.Selection(
        [
            ("web", "Website"),
            ("phone", "Phone"),
            ("email", "E-mail"),
            ("chat", "Live chat"),
            ("wechat", "WeChat"),
            ("partner", "Service partner"),
            ("api", "Other system"),
            ("other", "Other"),
        ],
        default="phone",
        required=True,
    )
    priority = fields.Selection(
        PRIORITIES,
        compute="_compute_priority",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    description = fields.Text()
    symptom_ids = fields.Many2many(
        "qifei.fault.symptom", "qifei_ticket_symptom_rel", string="Symptoms"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        ondelete="set null",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )

    # === Customer === #
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    # Without the word it would be tracked like the field of the customer.
    email_from = fields.Char(
        string="E-mail", related="partner_id.email", readonly=True, tracking=False
    )
    latitude = fields.Float(digits=(10, 7))
    longitude = fields.Float(digits=(10, 7))
    shared_partner_ids = fields.Many2many(
        "res.partner",
        "qifei_ticket_shared_partner_rel",
        string="Shared with",
        help="Service partners who see this ticket and its orders in the portal.",
    )

    # === Machine === #
    equipment_id = fields.Many2one(
        "qifei.equipment",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        tracking=True,
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
    product_category_id = fields.Many2one(
        "product.category",
        compute="_compute_product_category_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        index="btree_not_null",
    )

    # === Appointment === #
    preferred_start = fields.Datetime(string="Preferred time")
    preferred_end = fields.Datetime()
    preferred_engineer_id = fields.Many2one(
        "qifei.engineer", ondelete="set null", check_company=True
    )

    # === Deadlines === #
    received_on = fields.Datetime(
        required=True, default=fields.Datetime.now, copy=False, index=True
    )
    response_deadline = fields.Datetime(
        compute="_compute_deadlines",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
    )
    deadline = fields.Datetime(
        string="Solve by",
        compute="_compute_deadlines",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
    )
    opened_on = fields.Datetime(readonly=True, copy=False)
    solved_on = fields.Datetime(readonly=True, copy=False)
    closed_on = fields.Datetime(readonly=True, copy=False)
    solution = fields.Text(copy=False)
    cancel_reason = fields.Char(copy=False)

    # === Work === #
    work_order_ids = fields.One2many("qifei.work.order", "ticket_id")
    order_count = fields.Integer(compute="_compute_order_count")

    # === Computed: interface === #
    needs_visit = fields.Boolean(related="ticket_type_id.needs_visit")
    can_open = fields.Boolean(compute="_compute_can_actions")
    can_wait = fields.Boolean(compute="_compute_can_actions")
    can_resume = fields.Boolean(compute="_compute_can_actions")
    can_solve = fields.Boolean(compute="_compute_can_actions")
    can_close = fields.Boolean(compute="_compute_can_actions")
    can_reopen = fields.Boolean(compute="_compute_can_actions")
    can_cancel = fields.Boolean(compute="_compute_can_actions")

    _preferred_order = models.Constraint(
        "CHECK(preferred_end IS NULL OR preferred_start IS NULL "
        "OR preferred_end > preferred_start)",
        "The preferred time ends before it starts.",
    )
    _list_idx = models.Index("(priority DESC, id DESC)")
    _queue_idx = models.Index(
        "(company_id, user_id) WHERE state IN ('new', 'open', 'pending')"
    )

    @api.model
    def _get_transitions(self):
        return {
            "open": Transition(("new",), "open", DESK),
            "resume": Transition(("pending",), "open", DESK),
            "wait": Transition(("open",), "pending", DESK),
            "solve": Transition(("open", "pending"), "solved", (GROUP_AGENT,)),
            "close": Transition(("solved",), "closed", (GROUP_AGENT,)),
            "reopen": Transition(("solved", "closed"), "open", (GROUP_AGENT,)),
            "cancel": Transition(TICKET_OPEN_STATES, "cancelled", (GROUP_AGENT,)),
        }

    def _get_action_label(self, action):
        labels = {
            "open": self.env._("Take on"),
            "resume": self.env._("Resume"),
            "wait": self.env._("Wait for the customer"),
            "solve": self.env._("Solve"),
            "close": self.env._("Close"),
            "reopen": self.env._("Reopen"),
            "cancel": self.env._("Cancel"),
        }
        return labels.get(action) or super()._get_action_label(action)

    # === COMPUTES === #

    @api.model
    def _default_ticket_type_id(self):
        return self.env["qifei.ticket.type"].search(
            [("company_id", "in", (False, self.env.company.id))], limit=1
        )

    @api.depends("ticket_type_id")
    def _compute_priority(self):
        for ticket in self:
            ticket.priority = ticket.ticket_type_id.default_priority or "1"

    @api.depends("partner_id")
    def _compute_contact(self):
        for ticket in self:
            ticket.contact_name = ticket.partner_id.name
            ticket.contact_phone = ticket.partner_id.phone

    @api.depends("partner_id", "equipment_id")
    def _compute_address_id(self):
        for ticket in self:
            ticket.address_id = ticket.equipment_id.address_id or ticket.partner_id

    @api.depends("equipment_id")
    def _compute_product_id(self):
        for ticket in self:
            ticket.product_id = ticket.equipment_id.product_id or ticket.product_id

    @api.depends("product_id")
    def _compute_product_category_id(self):
        for ticket in self:
            ticket.product_category_id = (
                ticket.product_id.categ_id or ticket.product_category_id
            )

    @api.depends("ticket_type_id", "received_on", "company_id")
    def _compute_deadlines(self):
        for ticket in self:
            company = ticket.company_id
            ticket_type = ticket.ticket_type_id
            start = ticket.received_on or fields.Datetime.now()
            ticket.response_deadline = company._plan_hours(
                start, ticket_type.response_hours
            )
            ticket.deadline = company._plan_hours(start, ticket_type.solve_hours)

    @api.depends("state", "response_deadline", "deadline")
    def _compute_due_on(self):
        for ticket in self:
            if ticket.state == "new":
                ticket.due_on = ticket.response_deadline or ticket.deadline
            elif ticket.state in ("open", "pending"):
                ticket.due_on = ticket.deadline
            else:
                ticket.due_on = False

    def _compute_order_count(self):
        counts = dict(
            self.env["qifei.work.order"]._read_group(
                [("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]
            )
        )
        for ticket in self:
            ticket.order_count = counts.get(ticket._origin, 0)

    def _compute_access_url(self):
        for ticket in self:
            ticket.access_url = f"/my/tickets/{ticket.id}"

    # === CRUD === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_worked_on(self):
        for ticket in self:
            if ticket.state not in ("new", "cancelled"):
                raise UserError(
                    self.env._(
                        "%(ticket)s has been worked on and stays on file. Cancel it "
                        "instead.",
                        ticket=ticket.name,
                    )
                )

    # === DEADLINES === #

    def _get_responsible(self):
        return {ticket.id: ticket.user_id or ticket.create_uid for ticket in self}
