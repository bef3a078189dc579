from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.qifei_base.models.qifei_state_mixin import Transition

from ..const import (
    GROUP_ENGINEER,
    GROUP_MANAGER,
    GROUP_PARTS_KEEPER,
    OLD_PART_DISPOSITIONS,
)


class QifeiOldPart(models.Model):
    """One piece taken out of a customer's machine that must come back.

    Life: owed → returned → received → inspected → settled. It begins when the new part
    is used: the old piece is collected into the old-parts location of the van or
    service point that used it, and every further step moves it on. What never came
    with the parcel goes back to owed; a manager may waive with a reason what is owed
    or was lost on the way, which writes the piece off.

    The decision of the inspection says how it ends: scrapped, repaired (the piece is
    settled by itself once the repair is done), sent to the supplier, or put into stock
    because nothing is wrong with it.

    The holder (the engineer, or the engineers and portal users of the service point)
    reads and returns his own pieces; parts keepers receive, inspect and settle all of
    their companies; agents and dispatchers read.
    """

    _name = "qifei.old.part"
    _description = "Old part"
    _inherit = [
        "qifei.state.mixin",
        "qifei.number.mixin",
        "qifei.follow.mixin",
        "qifei.old.part.holder.mixin",
        "mail.activity.mixin",
    ]
    _order = "due_on, id"
    _check_company_auto = True
    _number_code = "qifei.old.part"
    _initial_state = "owed"
    _mail_post_access = "read"

    # === IDENTITY === #
    state = fields.Selection(
        [
            ("owed", "Owed"),
            ("returned", "On the way"),
            ("received", "To inspect"),
            ("inspected", "To settle"),
            ("settled", "Settled"),
            ("waived", "Waived"),
        ],
        default="owed",
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
        readonly=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self.env.company,
    )
    order_id = fields.Many2one(
        "qifei.work.order",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    order_part_id = fields.Many2one(
        "qifei.work.order.part",
        string="Used part",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )

    # === PIECE === #
    product_id = fields.Many2one(
        "product.product",
        string="Part",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    lot_id = fields.Many2one(
        "stock.lot",
        string="Lot or serial number",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    serial = fields.Char(
        string="Number on the piece",
        readonly=True,
        help="As it was read from the piece; empty when nobody could read it.",
    )
    quantity = fields.Float(
        digits="Product Unit", required=True, readonly=True, default=1.0
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")

    # === HOLDER === #
    location_id = fields.Many2one(
        "stock.location",
        string="Held at",
        readonly=True,
        ondelete="restrict",
        index=True,
        help="Where the holder keeps his old parts until they come back.",
    )
    engineer_id = fields.Many2one(
        "qifei.engineer",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The engineer from whose van the new part was taken.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Service point",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The service point that used the part, or the one the engineer is of.",
    )
    holder_name = fields.Char(string="Holder", compute="_compute_holder_name")
    due_on = fields.Date(string="Due", readonly=True, index="btree_not_null")
    is_overdue = fields.Boolean(
        string="Overdue",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
    )

    # === DECISION === #
    disposition = fields.Selection(
        OLD_PART_DISPOSITIONS,
        string="Decision",
        readonly=True,
        copy=False,
        tracking=True,
    )
    vendor_id = fields.Many2one(
        "res.partner",
        string="Supplier",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    inspection_note = fields.Text(string="What was found", readonly=True, copy=False)
    photo_ids = fields.Many2many(
        "ir.attachment",
        "qifei_old_part_photo_rel",
        string="Photos",
        readonly=True,
        copy=False,
        bypass_search_access=True,
    )
    waive_reason = fields.Char(string="Reason", readonly=True, copy=False)

    # === STEPS === #
    returned_on = fields.Datetime(string="Returned on", readonly=True, copy=False)
    received_on = fields.Datetime(string="Received on", readonly=True, copy=False)
    inspected_on = fields.Datetime(string="Inspected on", readonly=True, copy=False)
    inspected_by_id = fields.Many2one(
        "res.users", string="Inspected by", readonly=True, copy=False
    )
    settled_on = fields.Datetime(
        string="Settled on", readonly=True, copy=False, index="btree_not_null"
    )
    reminded_on = fields.Date(string="Reminded on", readonly=True, copy=False)
    reminder_error = fields.Char(string="Reminder failed", readonly=True, copy=False)
    repair_id = fields.Many2one(
        "repair.order",
        string="Repair order",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
    )
    move_ids = fields.One2many(
        "stock.move", "qifei_old_part_id", string="Moves", readonly=True
    )

    # === COMPUTED: INTERFACE === #
    can_return = fields.Boolean(compute="_compute_can_actions")
    can_reject = fields.Boolean(compute="_compute_can_actions")
    can_receive = fields.Boolean(compute="_compute_can_actions")
    can_inspect = fields.Boolean(compute="_compute_can_actions")
    can_settle = fields.Boolean(compute="_compute_can_actions")
    can_waive = fields.Boolean(compute="_compute_can_actions")

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "An old part has a quantity above zero."
    )
    _open_idx = models.Index(
        "(company_id, due_on) WHERE state IN ('owed', 'returned', 'received', "
        "'inspected')"
    )

    @api.model
    def _get_transitions(self):
        return {
            "return": Transition(
                ("owed",), "returned", (GROUP_ENGINEER, GROUP_PARTS_KEEPER)
            ),
            "reject": Transition(("returned",), "owed", (GROUP_PARTS_KEEPER,)),
            "receive": Transition(("returned",), "received", (GROUP_PARTS_KEEPER,)),
            "inspect": Transition(
                ("received", "inspected"), "inspected", (GROUP_PARTS_KEEPER,)
            ),
            "settle": Transition(("inspected",), "settled", (GROUP_PARTS_KEEPER,)),
            "waive": Transition(("owed", "returned"), "waived", (GROUP_MANAGER,)),
        }

    def _get_action_label(self, action):
        labels = {
            "return": self.env._("Return"),
            "reject": self.env._("Did not arrive"),
            "receive": self.env._("Receive"),
            "inspect": self.env._("Inspect"),
            "settle": self.env._("Settle"),
            "waive": self.env._("Waive"),
        }
        return labels.get(action) or super()._get_action_label(action)

    # === COMPUTES === #

    @api.depends("engineer_id", "partner_id")
    def _compute_holder_name(self):
        for part in self:
            part.holder_name = part.engineer_id.name or part.partner_id.name

    @api.depends("state", "due_on")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for part in self:
            part.is_overdue = bool(
                part.state == "owed" and part.due_on and part.due_on < today
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("state", "=", "owed") & Domain(
            "due_on", "<", fields.Date.context_today(self)
        )
        domain = Domain.FALSE
        if True in value:
            domain |= overdue
        if False in value:
            domain |= Domain("state", "!=", "owed") | ~overdue
        return domain

    # === CHECKS === #

    @api.constrains("photo_ids")
    def _check_photos(self):
        """A photo is shown to all who see the piece: only what the writer may see."""
        try:
            self.photo_ids.check_access("read")
        except AccessError as error:
            raise AccessError(
                self.env._("Add photos of your own: one of these is not yours to show.")
            ) from error

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        for part in self:
            raise UserError(
                self.env._(
                    "%(part)s stands for a real piece and stays on file. A manager can "
                    "waive it.",
                    part=part.name,
                )
            )

    # === CHATTER === #

    def _follow_responsible(self):
        """The engineer who holds the pieces follows them."""
        # sudo: res.users - whoever holds the pieces is told of them
        by_partner = self.sudo().grouped(
            lambda part: part.engineer_id.user_id.partner_id
        )
        for partner, parts in by_partner.items():
            if partner:
                # sudo: mail.followers - following comes with holding the pieces
                self.env["mail.followers"].sudo()._insert_followers(
                    self._name,
                    parts.ids,
                    partner.ids,
                    customer_ids=[],
                    check_existing=False,
                )
