from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from odoo.addons.qifei_aftersales.const import PRIORITIES
from odoo.addons.qifei_base.models.qifei_state_mixin import Transition

from ..const import GROUP_ENGINEER, GROUP_PARTS_KEEPER

KEEPER = (GROUP_PARTS_KEEPER,)
HOLDER = (GROUP_ENGINEER, GROUP_PARTS_KEEPER)

OPEN_STATES = ("draft", "submitted", "approved", "shipped", "received")
FINAL_STATES = ("done", "rejected", "cancelled")
# What is asked for and where it goes is fixed when the request is submitted.
DRAFT_FIELDS = {
    "company_id",
    "source_id",
    "destination_id",
    "engineer_id",
    "partner_id",
    "work_order_id",
}


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
        for request in self:
            lines = request.line_ids
            request.is_to_ship = any(line.quantity_open > 0 for line in lines)
            request.is_on_the_way = request.state == "shipped" and any(
                line.quantity_transit > 0 for line in lines
            )
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
                and request.state in OPEN_STATES
                and request.state != "received"
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = [
            ("needed_on", "<", fields.Date.context_today(self)),
            ("state", "in", [state for state in OPEN_STATES if state != "received"]),
        ]
        if set(value) == {True, False}:
            return [(1, "=", 1)]
        return late if True in value else ["!", "&", *late]

    def _compute_access_url(self):
        for request in self:
            request.access_url = f"/my/part-requests/{request.id}"

    # === GUARD === #

    @api.model
    def _is_keeper(self):
        """Tell whether the user keeps parts, or is the program itself."""
        return self.env.user._is_superuser() or self.env.user.has_group(
            GROUP_PARTS_KEEPER
        )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_line_commands(vals)
        vals_list = [self._fill_destination(vals) for vals in vals_list]
        requests = super().create(vals_list)
        requests._check_destination()
        requests._follow_holders()
        return requests

    def write(self, vals):
        self._check_line_commands(vals)
        if DRAFT_FIELDS & vals.keys() and not self._is_own_step():
            for request in self:
                if request.state != "draft":
                    raise UserError(
                        self.env._(
                            "%(request)s is “%(state)s”: what it asks for is fixed. "
                            "Cancel it and ask anew.",
                            request=request.name,
                            state=request._get_state_label(request.state),
                        )
                    )
        if {"engineer_id", "partner_id"} & vals.keys() and "destination_id" not in vals:
            for request in self:
                current = {
                    "company_id": request.company_id.id,
                    "engineer_id": request.engineer_id.id,
                    "partner_id": request.partner_id.id,
                }
                super(QifeiPartRequest, request).write(
                    self._fill_destination({**current, **vals}) | vals
                )
            self._check_destination()
            return True
        result = super().write(vals)
        if {"destination_id", "source_id"} & vals.keys():
            self._check_destination()
        return result

    @api.model
    def _check_line_commands(self, vals):
        """Check the quantities of lines before anything is calculated with them."""
        for command in vals.get("line_ids") or ():
            if command[0] in (Command.CREATE, Command.UPDATE):
                self.env["qifei.part.request.line"]._check_values(command[2])

    @api.model
    def _fill_destination(self, vals):
        """Return the values with the place that goes with the engineer or point."""
        vals = dict(vals)
        company = self.env["res.company"].browse(
            vals.get("company_id") or self.env.company.id
        )
        destination = self.env["stock.location"].browse(vals.get("destination_id"))
        if destination:
            # sudo: stock.location - whose place it is, for any user who may ask
            place_sudo = destination.sudo()
            vals.setdefault("company_id", place_sudo.company_id.id or company.id)
            vals["engineer_id"] = place_sudo.qifei_engineer_id.id
            vals["partner_id"] = place_sudo.qifei_partner_id.id
            return vals
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        engineer = self.env["qifei.engineer"].browse(vals.get("engineer_id"))
        if not partner and not engineer:
            engineer = self._get_own_engineer(company)
        if partner:
            vals["destination_id"] = partner._get_point_location(company).id
            vals["engineer_id"] = False
        elif engineer:
            vals["destination_id"] = engineer._get_van().id
            vals["engineer_id"] = engineer.id
        else:
            raise UserError(
                self.env._(
                    "Say for whom the parts are: choose an engineer or a service point."
                )
            )
        return vals

    @api.model
    def _get_own_engineer(self, company):
        """Return the engineer who the user is in ``company``, if he is one."""
        return self.env["qifei.engineer"].search(
            [("user_id", "=", self.env.uid), ("company_id", "=", company.id)], limit=1
        )

    def _check_destination(self):
        """Raise when parts go nowhere, or to a place that is not the user's."""
        for request in self:
            # sudo: stock.location - kind of the place, for users without stock rights
            destination_sudo = request.destination_id.sudo()
            if destination_sudo.qifei_kind not in ("van", "point"):
                raise UserError(
                    self.env._(
                        "%(request)s cannot go to %(place)s: parts are requested for a "
                        "van or a service point.",
                        request=request.name,
                        place=destination_sudo.display_name,
                    )
                )
            if request.destination_id == request.source_id:
                raise UserError(
                    self.env._(
                        "%(request)s takes the parts from %(place)s where it wants "
                        "them: choose another place to take them from.",
                        request=request.name,
                        place=destination_sudo.display_name,
                    )
                )
            if not self.env.su and not self._is_keeper():
                request._check_own_place()

    def _check_own_place(self):
        """Raise when the destination is not the user's van or service point."""
        self.ensure_one()
        # sudo: stock.location - who holds a place, asked by anybody
        destination_sudo = self.destination_id.sudo()
        if self.env.user not in destination_sudo._get_holder_users():
            raise AccessError(
                self.env._(
                    "%(place)s is not yours: you can request and receive parts for "
                    "your own van and your own service point.",
                    place=destination_sudo.display_name,
                )
            )

    def _follow_holders(self):
        """Let the people at the destination follow what is on its way to them."""
        for request in self:
            # sudo: stock.location, mail.followers - granted by the request itself
            request_sudo = request.sudo()
            users = request_sudo.destination_id._get_holder_users()
            partners = (users | request_sudo.requester_id).partner_id
            request_sudo.message_subscribe(partners.ids)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        for request in self:
            if request.state != "draft":
                raise UserError(
                    self.env._(
                        "%(request)s has been submitted and stays on file. Cancel it "
                        "instead.",
                        request=request.name,
                    )
                )
