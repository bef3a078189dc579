from odoo import api, fields, models

from odoo.addons.qifei_aftersales.const import PRIORITIES
from odoo.addons.qifei_base.models.qifei_state_mixin import Transition

from ..const import GROUP_ENGINEER, GROUP_PARTS_KEEPER

KEEPER = (GROUP_PARTS_KEEPER,)
HOLDER = (GROUP_ENGINEER, GROUP_PARTS_KEEPER)

# The parts have not arrived yet.
WAITING_STATES = ("draft", "submitted", "approved", "shipped")


class QifeiPartRequest(models.Model):
    """Asks for parts in a van or at a service point, and follows them there.

    Life: draft → submitted → approved → shipped → received → done; rejected instead of
    approved, cancelled before anything is shipped. Approving reserves the parts, every
    consignment is a core picking into transit with a picking out of it, what was
    counted differently is a discrepancy that has to be settled before the request is
    done. Quantities are read from these moves and never kept here.

    Engineers ask for their own van and their own service point, and receive there;
    service points do so in the portal. Parts keepers approve, ship and settle, but
    nobody approves what he has asked for himself. Agents and dispatchers look on.
    """

    _name = "qifei.part.request"
    _description = "Part request"
    _inherit = [
        "qifei.state.mixin",
        "qifei.number.mixin",
        "tier.validation",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "priority desc, needed_on, id desc"
    _check_company_auto = True
    _number_code = "qifei.part.request"
    _mail_post_access = "read"

    _state_from = ["submitted"]
    _state_to = ["approved"]
    _cancel_state = "cancelled"
    _tier_validation_manual_config = False

    # === Identity === #
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "To approve"),
            ("approved", "To ship"),
            ("shipped", "On the way"),
            ("received", "Received"),
            ("done", "Done"),
            ("rejected", "Rejected"),
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
    requester_id = fields.Many2one(
        "res.users",
        string="Requested by",
        default=lambda self: self.env.user,
        required=True,
        readonly=True,
        copy=False,
        ondelete="restrict",
        index=True,
    )
    priority = fields.Selection(
        PRIORITIES, string="Urgency", default="1", required=True, index=True
    )
    needed_on = fields.Date(
        string="Needed by", copy=False, index="btree_not_null", tracking=True
    )
    note = fields.Text(string="Reason", help="Why the parts are needed.")

    # === Where from, where to === #
    source_id = fields.Many2one(
        "stock.location",
        string="From",
        compute="_compute_source_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        help="The warehouse, or a van or service point that has the parts to spare.",
    )
    engineer_id = fields.Many2one(
        "qifei.engineer",
        string="For the van of",
        default=lambda self: self._get_own_engineer(self.env.company),
        compute="_compute_engineer_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="For the service point",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        domain="[('qifei_is_service_partner', '=', True), "
        "('commercial_partner_id', '=', id)]",
    )
    destination_id = fields.Many2one(
        "stock.location",
        string="To",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    work_order_id = fields.Many2one(
        "qifei.work.order",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        copy=False,
    )

    # === Lines, moves, counts === #
    line_ids = fields.One2many(
        "qifei.part.request.line", "request_id", string="Parts", copy=True
    )
    discrepancy_ids = fields.One2many(
        "qifei.part.discrepancy",
        "request_id",
        string="Discrepancies",
        copy=False,
        readonly=True,
    )
    picking_ids = fields.One2many(
        "stock.picking",
        "qifei_request_id",
        string="Transfers",
        copy=False,
        readonly=True,
        groups="stock.group_stock_user",
    )
    picking_count = fields.Integer(
        string="Transfer count", compute="_compute_consignments", compute_sudo=True
    )
    consignment_note = fields.Text(
        string="Consignments",
        compute="_compute_consignments",
        compute_sudo=True,
        help="Carrier and tracking number of what has been shipped.",
    )
    discrepancy_count = fields.Integer(compute="_compute_discrepancy_count")
    open_discrepancy_count = fields.Integer(
        string="Open discrepancies",
        compute="_compute_discrepancy_count",
        search="_search_open_discrepancy_count",
    )
    part_summary = fields.Char(string="Parts asked for", compute="_compute_summary")

    # === Steps === #
    submitted_on = fields.Datetime(copy=False, readonly=True)
    submitted_by_id = fields.Many2one(
        "res.users", copy=False, readonly=True, ondelete="restrict"
    )
    approved_on = fields.Datetime(copy=False, readonly=True)
    approved_by_id = fields.Many2one(
        "res.users", copy=False, readonly=True, ondelete="restrict"
    )
    shipped_on = fields.Datetime(string="First shipped on", copy=False, readonly=True)
    received_on = fields.Datetime(copy=False, readonly=True)
    done_on = fields.Datetime(copy=False, readonly=True, index="btree_not_null")
    closed_on = fields.Datetime(
        string="Rejected or cancelled on", copy=False, readonly=True
    )
    reject_reason = fields.Char(copy=False, readonly=True, tracking=True)

    # === Computed: interface === #
    can_submit = fields.Boolean(compute="_compute_can_actions")
    can_approve = fields.Boolean(compute="_compute_can_actions")
    can_reject = fields.Boolean(compute="_compute_can_actions")
    can_ship = fields.Boolean(compute="_compute_can_actions")
    can_receive = fields.Boolean(compute="_compute_can_actions")
    can_reship = fields.Boolean(compute="_compute_can_actions")
    can_finish = fields.Boolean(compute="_compute_can_actions")
    can_cancel = fields.Boolean(compute="_compute_can_actions")
    can_ship_more = fields.Boolean(compute="_compute_can_do_more")
    can_procure = fields.Boolean(compute="_compute_can_do_more")
    is_to_ship = fields.Boolean(compute="_compute_can_do_more")
    is_on_the_way = fields.Boolean(compute="_compute_can_do_more")
    is_keeper = fields.Boolean(compute="_compute_is_keeper")
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")

    _list_idx = models.Index("(priority DESC, needed_on, id DESC)")
    _queue_idx = models.Index(
        "(company_id, state) WHERE state IN ('submitted', 'approved', 'shipped', "
        "'received')"
    )

    @api.model
    def _get_transitions(self):
        return {
            "submit": Transition(("draft",), "submitted", HOLDER),
            "approve": Transition(("submitted",), "approved", KEEPER),
            "reject": Transition(("submitted",), "rejected", KEEPER),
            "ship": Transition(("approved",), "shipped", KEEPER),
            "receive": Transition(("shipped",), "received", HOLDER),
            "reship": Transition(("received",), "shipped", KEEPER),
            "finish": Transition(("received",), "done", KEEPER),
            "cancel": Transition(
                ("draft", "submitted", "approved"), "cancelled", HOLDER
            ),
        }

    def _get_action_label(self, action):
        labels = {
            "submit": self.env._("Submit"),
            "approve": self.env._("Approve"),
            "reject": self.env._("Reject"),
            "ship": self.env._("Ship"),
            "receive": self.env._("Receive"),
            "reship": self.env._("Ship a replacement"),
            "finish": self.env._("Finish"),
            "cancel": self.env._("Cancel"),
        }
        return labels.get(action) or super()._get_action_label(action)

    # === COMPUTES === #

    @api.depends("company_id")
    def _compute_source_id(self):
        for company, requests in self.grouped("company_id").items():
            requests_open = requests.filtered(
                lambda request, company=company: request.source_id.company_id != company
            )
            if requests_open:
                requests_open.source_id = (
                    company._get_parts_warehouse().lot_stock_id if company else False
                )

    @api.depends("partner_id", "company_id")
    def _compute_engineer_id(self):
        for request in self:
            if request.partner_id or request.engineer_id.company_id not in (
                request.company_id,
                request.company_id.browse(),
            ):
                request.engineer_id = False
            else:
                request.engineer_id = request.engineer_id

    @api.depends("picking_ids.state", "picking_ids.carrier_tracking_ref")
    def _compute_consignments(self):
        # Read once for all: what is filtered below would be read one by one.
        self.picking_ids.move_ids.mapped("product_id.display_name")
        for request in self:
            shipped = request.picking_ids.filtered(
                lambda picking: (
                    picking.qifei_purpose == "ship" and picking.state == "done"
                )
            ).sorted("date_done")
            request.picking_count = len(request.picking_ids)
            request.consignment_note = "\n".join(
                picking._get_consignment_note() for picking in shipped
            )

    @api.depends("discrepancy_ids.state")
    def _compute_discrepancy_count(self):
        counts = {}
        for request, state, count in self.env["qifei.part.discrepancy"]._read_group(
            [("request_id", "in", self.ids)], ["request_id", "state"], ["__count"]
        ):
            counts[request.id, state] = count
        for request in self:
            opened = counts.get((request._origin.id, "open"), 0)
            settled = counts.get((request._origin.id, "settled"), 0)
            request.open_discrepancy_count = opened
            request.discrepancy_count = opened + settled

    def _search_open_discrepancy_count(self, operator, value):
        if (operator, value) not in ((">", 0), ("!=", 0), ("=", 0)):
            return NotImplemented
        return [
            (
                "discrepancy_ids",
                "not any" if operator == "=" else "any",
                [("state", "=", "open")],
            )
        ]

    @api.depends("line_ids.product_id", "line_ids.quantity")
    def _compute_summary(self):
        for request in self:
            request.part_summary = ", ".join(
                f"{line.quantity:g} × {line.product_id.display_name}"
                for line in request.line_ids
            )

    @api.depends(
        "state",
        "line_ids.quantity_open",
        "line_ids.quantity_transit",
        "line_ids.quantity_missing",
    )
    @api.depends_context("uid")
    def _compute_can_do_more(self):
        is_keeper = self._is_keeper()
        # What was counted as damaged lies in transit without being on the way.
        totals = self._origin._get_move_totals()
        for request in self:
            lines = request.line_ids
            _to_ship, _shipped, on_the_way = totals.get(request._origin.id, (0, 0, 0))
            request.is_to_ship = any(line.quantity_open > 0 for line in lines)
            request.is_on_the_way = request.state == "shipped" and on_the_way > 0
            request.can_ship_more = (
                is_keeper and request.state == "shipped" and request.is_to_ship
            )
            request.can_procure = (
                is_keeper
                and request.state in ("submitted", "approved", "shipped")
                and any(line.quantity_missing > 0 for line in lines)
            )

    @api.depends_context("uid")
    def _compute_is_keeper(self):
        self.is_keeper = self._is_keeper()

    @api.depends("state", "needed_on")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for request in self:
            request.is_late = bool(
                request.needed_on
                and request.needed_on < today
                and request.state in WAITING_STATES
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = [
            ("needed_on", "<", fields.Date.context_today(self)),
            ("state", "in", WAITING_STATES),
        ]
        if set(value) == {True, False}:
            return [(1, "=", 1)]
        return late if True in value else ["!", "&", *late]

    def _compute_access_url(self):
        for request in self:
            request.access_url = f"/my/part-requests/{request.id}"
