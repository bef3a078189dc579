from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.qifei_base.models.qifei_state_mixin import Transition

from ..const import (
    DEFAULT_VISIT_HOURS,
    GROUP_AGENT,
    GROUP_DISPATCHER,
    GROUP_ENGINEER,
    GROUP_MANAGER,
    ORDER_LOCKED_STATES,
    PRIORITIES,
)

DESK = (GROUP_AGENT, GROUP_DISPATCHER)
FIELD_WORK = (GROUP_ENGINEER, GROUP_MANAGER)
PLANNING = (GROUP_ENGINEER, GROUP_DISPATCHER)

LONGEST_VISIT_HOURS = 24 * 31


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
        "qifei.site.mixin",
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

    map_url = fields.Char(string="Way", compute="_compute_map_url")
    # A new order has no rating to look for.
    rating_last_value = fields.Float(precompute=True)

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
    _list_idx = models.Index("(priority DESC, planned_start, id DESC)")
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

    @api.depends("name", "partner_id")
    @api.depends_context("qifei_aftersales_with_customer")
    def _compute_display_name(self):
        with_customer = self.env.context.get("qifei_aftersales_with_customer")
        for order in self:
            order.display_name = (
                f"{order.name} {order.partner_id.name}" if with_customer else order.name
            )

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

    @api.depends("ticket_id", "address_id")
    def _compute_position(self):
        for order in self:
            source = order.ticket_id
            address = order.address_id
            order.latitude = source.latitude or address.partner_latitude
            order.longitude = source.longitude or address.partner_longitude

    @api.depends("latitude", "longitude")
    def _compute_map_url(self):
        """Let the phone open the place in the map application it has."""
        for order in self:
            order.map_url = (
                f"https://www.openstreetmap.org/?mlat={order.latitude:.6f}"
                f"&mlon={order.longitude:.6f}#map=17"
                if order.latitude or order.longitude
                else False
            )

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
            start, end = order.planned_start, order.planned_end
            # A visit moved beyond its former end keeps its length.
            if start and end and end > start:
                order.duration = (end - start).total_seconds() / 3600
            else:
                order.duration = order.duration or DEFAULT_VISIT_HOURS

    def _inverse_duration(self):
        for order in self:
            if not 0 <= order.duration <= LONGEST_VISIT_HOURS:
                raise ValidationError(
                    self.env._(
                        "A visit lasts at most %(hours)s hours.",
                        hours=LONGEST_VISIT_HOURS,
                    )
                )
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
