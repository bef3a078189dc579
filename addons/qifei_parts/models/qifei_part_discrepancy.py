from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.qifei_base.models.qifei_state_mixin import Transition

from .qifei_part_request import KEEPER

SETTLEMENTS = [
    ("found", "Arrived after all"),
    ("returned", "Back where it came from"),
    ("lost", "Lost: write it off"),
    ("defective", "To the defective parts"),
    ("accepted", "Accepted as it is"),
    ("kept", "Kept"),
    ("sent_back", "Sent back"),
]
SETTLEMENTS_BY_KIND = {
    "short": ("found", "returned", "lost"),
    "damaged": ("defective", "accepted"),
    "wrong": ("kept", "sent_back"),
    "over": ("kept", "sent_back"),
}
# After these the requester still lacks what was granted.
REPLACEABLE = {
    ("short", "returned"),
    ("short", "lost"),
    ("damaged", "defective"),
    ("wrong", "kept"),
    ("wrong", "sent_back"),
}


class QifeiPartDiscrepancy(models.Model):
    """What was counted differently from what was shipped.

    Life: open → settled. A receipt opens it, a parts keeper settles it; the settlement
    makes the core moves that bring the books to where the pieces are.
    """

    _name = "qifei.part.discrepancy"
    _description = "Discrepancy of a receipt"
    _inherit = ["qifei.state.mixin", "mail.thread"]
    _order = "state, id desc"
    _check_company_auto = True
    _initial_state = "open"
    _mail_post_access = "read"

    request_id = fields.Many2one(
        "qifei.part.request",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    line_id = fields.Many2one(
        "qifei.part.request.line",
        string="Requested part",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    engineer_id = fields.Many2one(related="request_id.engineer_id")
    partner_id = fields.Many2one(related="request_id.partner_id")
    expected_product_id = fields.Many2one(
        related="line_id.product_id", string="Expected part"
    )
    state = fields.Selection(
        [("open", "Open"), ("settled", "Settled")],
        default="open",
        required=True,
        readonly=True,
        index=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    kind = fields.Selection(
        [
            ("short", "Short"),
            ("over", "Too many"),
            ("damaged", "Damaged"),
            ("wrong", "Wrong part"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    product_id = fields.Many2one(
        "product.product",
        string="Part",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        help="The part that was counted; of a wrong part what came instead.",
    )
    lot_id = fields.Many2one(
        "stock.lot",
        readonly=True,
        ondelete="restrict",
        groups="stock.group_stock_user",
    )
    lot_name = fields.Char(
        string="Lot/serial", compute="_compute_lot_name", compute_sudo=True
    )
    quantity = fields.Float(digits="Product Unit", required=True, readonly=True)
    note = fields.Text()
    photo_ids = fields.Many2many(
        "ir.attachment",
        "qifei_part_discrepancy_photo_rel",
        string="Photos",
        readonly=True,
        copy=False,
    )
    settlement = fields.Selection(SETTLEMENTS, readonly=True, copy=False, tracking=True)
    is_replaced = fields.Boolean(string="Shipped again", readonly=True, copy=False)
    settled_on = fields.Datetime(readonly=True, copy=False)
    settled_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    move_ids = fields.One2many(
        "stock.move",
        "qifei_discrepancy_id",
        string="Moves",
        readonly=True,
        copy=False,
        groups="stock.group_stock_user",
    )
    can_settle = fields.Boolean(compute="_compute_can_actions")

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "A discrepancy is about more than nothing."
    )
    _open_idx = models.Index("(request_id) WHERE state = 'open'")

    @api.model
    def _get_transitions(self):
        return {"settle": Transition(("open",), "settled", KEEPER)}

    def _get_action_label(self, action):
        if action == "settle":
            return self.env._("Settle")
        return super()._get_action_label(action)

    @api.model_create_multi
    def create(self, vals_list):
        """Give whoever approved the request a to-do to settle what differs."""
        discrepancies = super().create(vals_list)
        for request, opened in discrepancies.grouped("request_id").items():
            # sudo: mail.activity - a to-do for somebody else
            request.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Settle the discrepancies"),
                note=", ".join(opened.mapped("display_name")),
                user_id=request.approved_by_id.id or self.env.uid,
            )
        return discrepancies

    @api.depends("kind", "quantity", "product_id", "request_id.name")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for discrepancy in self:
            discrepancy.display_name = (
                f"{discrepancy.request_id.name}: {labels.get(discrepancy.kind, '')} "
                f"{discrepancy.quantity:g} × {discrepancy.product_id.display_name}"
            )

    @api.depends("lot_id")
    def _compute_lot_name(self):
        for discrepancy in self:
            discrepancy.lot_name = discrepancy.lot_id.name

    @api.constrains("photo_ids", "kind")
    def _check_photos(self):
        for discrepancy in self:
            if discrepancy.kind in ("damaged", "wrong") and not discrepancy.photo_ids:
                raise ValidationError(
                    self.env._(
                        "Take a photo of %(product)s: a damaged or wrong part is "
                        "shown to the warehouse.",
                        product=discrepancy.product_id.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if self:
            raise UserError(
                self.env._(
                    "%(discrepancy)s stays on file: settle it instead.",
                    discrepancy=self[:1].display_name,
                )
            )

    # === SETTLEMENT === #

    def action_settle(self, settlement=None, replace=False, quantity=None):
        """Settle the discrepancies, see ``_settle``."""
        self._settle(settlement, replace=replace, quantity=quantity)
        return True

    def action_open_settle(self):
        """Ask how the discrepancy is settled."""
        self.ensure_one()
        self._check_transition("settle")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qifei_parts.qifei_part_discrepancy_settle_action"
        )
        action["context"] = {"default_discrepancy_id": self.id}
        return action

    def _own_photos(self):
        """Let everybody who reads a discrepancy see the photos taken for it."""
        for discrepancy in self:
            # sudo: ir.attachment - the photos were checked when they were counted
            loose = discrepancy.sudo().photo_ids.filtered(
                lambda photo: (
                    not photo.res_id
                    or photo.res_model not in self.env
                    or self.env[photo.res_model]._transient
                )
            )
            loose.write({"res_model": self._name, "res_id": discrepancy.id})
