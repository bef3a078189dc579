from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.qifei_base.models.qifei_state_mixin import Transition
from odoo.addons.qifei_base.tools.texts import clean_text

from ..const import GROUP_AGENT, GROUP_MANAGER

# What the customer was given; it changes by a transfer with a reason only.
FROZEN_FIELDS = {"equipment_id", "partner_id", "policy_id", "date_activation"}
EXTENSION_FIELDS = {
    "card_id",
    "sequence",
    "component",
    "clause",
    "policy_version",
    "product_ids",
    "category_ids",
    "date_start",
    "date_end",
}


class QifeiWarrantyCard(models.Model):
    """The electronic warranty card of one machine.

    A draft names machine and policy. Activation copies the lines of the policy, with
    the dates of this machine, to the card; from then on the card is answered for by
    these lines alone. A job expires the card after its last day. Extending adds lines
    (and revives an expired card), transferring gives the card to a new owner or to the
    machine that replaced the old one, voiding ends it; all three need a reason, which
    is kept in the history.

    Agents and managers do all this, only managers void and delete drafts; the others of
    the service staff read. Portal users read the cards of their company.
    """

    _name = "qifei.warranty.card"
    _description = "Warranty card"
    _inherit = [
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "qifei.state.mixin",
        "qifei.number.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "equipment_id.serial"]
    _number_code = "qifei.warranty.card"

    # === IDENTITY === #
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("active", "Active"),
            ("expired", "Expired"),
            ("void", "Void"),
        ],
        default="draft",
        required=True,
        copy=False,
        index=True,
        tracking=True,
    )
    equipment_id = fields.Many2one(
        comodel_name="qifei.equipment",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    product_id = fields.Many2one(
        related="equipment_id.product_id", store=True, index=True
    )
    product_category_id = fields.Many2one(
        related="equipment_id.product_category_id", store=True, index=True
    )
    serial = fields.Char(related="equipment_id.serial")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Owner",
        compute="_compute_partner_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
    )

    # === COVER === #
    policy_id = fields.Many2one(
        comodel_name="qifei.warranty.policy",
        compute="_compute_policy_id",
        store=True,
        precompute=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Proposed from the product or its category.",
    )
    policy_version = fields.Integer(
        string="Policy version",
        readonly=True,
        copy=False,
        help="Version the card was activated with.",
    )
    policy_line_ids = fields.One2many(
        related="policy_id.line_ids", string="Cover of the policy"
    )
    date_activation = fields.Date(string="Activated on", copy=False, tracking=True)
    date_end = fields.Date(
        string="Valid until", compute="_compute_date_end", store=True, index=True
    )
    line_ids = fields.One2many(
        comodel_name="qifei.warranty.card.line",
        inverse_name="card_id",
        string="Cover",
        readonly=True,
        copy=False,
    )
    void_reason = fields.Char(string="Reason of the void", readonly=True, copy=False)
    reminded_on = fields.Date(string="Reminded on", readonly=True, copy=False)
    job_error = fields.Char(
        string="Error of the nightly job",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    # === INTERFACE === #
    can_activate = fields.Boolean(compute="_compute_can_actions")
    can_extend = fields.Boolean(compute="_compute_can_actions")
    can_void = fields.Boolean(compute="_compute_can_actions")
    can_transfer = fields.Boolean(compute="_compute_can_transfer")

    # === CONSTRAINTS === #
    _active_uniq = models.UniqueIndex(
        "(equipment_id) WHERE state = 'active'",
        "The machine has an active warranty card already: extend that one.",
    )
    _to_expire_idx = models.Index("(date_end) WHERE state = 'active'")

    @api.model
    def _get_transitions(self):
        return {
            "activate": Transition(("draft",), "active", (GROUP_AGENT,)),
            "expire": Transition(("active",), "expired", (GROUP_MANAGER,)),
            "extend": Transition(("active", "expired"), "active", (GROUP_AGENT,)),
            "void": Transition(
                ("draft", "active", "expired"), "void", (GROUP_MANAGER,)
            ),
        }

    # === COMPUTES === #

    def _compute_access_url(self):
        for card in self:
            card.access_url = f"/my/warranty-cards/{card.id}"

    @api.depends("equipment_id")
    def _compute_partner_id(self):
        for card in self:
            card.partner_id = card.equipment_id.partner_id

    @api.depends("equipment_id")
    def _compute_company_id(self):
        for card in self:
            card.company_id = card.equipment_id.company_id or self.env.company

    @api.depends("equipment_id")
    def _compute_policy_id(self):
        drafts = self.filtered(lambda card: card.state == "draft")
        for company, cards in drafts.grouped("company_id").items():
            policies = self.env["qifei.warranty.policy"]._match_batch(
                cards.equipment_id.product_id, company
            )
            for card in cards:
                card.policy_id = policies.get(card.equipment_id.product_id)
        for card in self - drafts:
            card.policy_id = card.policy_id

    @api.depends("line_ids.date_end")
    def _compute_date_end(self):
        for card in self:
            card.date_end = max(card.line_ids.mapped("date_end"), default=False)

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_transfer(self):
        for card in self:
            card.can_transfer = card.state in (
                "active",
                "expired",
            ) and self.env.user.has_group(GROUP_AGENT)

    # === CRUD === #

    @api.model
    def _get_number_company_ids(self, vals_list):
        machines = self.env["qifei.equipment"].browse(
            vals.get("equipment_id") for vals in vals_list
        )
        return [(machine.company_id or self.env.company).id for machine in machines]

    def write(self, vals):
        if FROZEN_FIELDS & vals.keys() and not self._is_own_step():
            self._check_draft()
        return super().write(vals)

    def copy_data(self, default=None):
        raise UserError(
            self.env._(
                "A warranty card belongs to one machine: create a new one from the "
                "machine instead of copying."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_activated(self):
        activated = self.filtered(lambda card: card.state != "draft")
        if activated:
            raise UserError(
                self.env._(
                    "%(cards)s were given to customers and cannot be deleted: void "
                    "them.",
                    cards=", ".join(activated.mapped("name")),
                )
            )

    # === ACTIONS === #

    def action_activate(self):
        """Freeze the conditions of the policy on each card and start it."""
        self._check_transition("activate")
        today = fields.Date.context_today(self)
        lines = []
        for card in self:
            lines += card._prepare_line_values(card.date_activation or today)
        # sudo: qifei.warranty.card.line - frozen lines are written by this step only
        self.env["qifei.warranty.card.line"].sudo().create(lines)
        for (policy, dated), cards in self._group_for_activation().items():
            values = {"policy_version": policy.version}
            if not dated:
                values["date_activation"] = today
            cards._apply_transition("activate", values)
        return True

    def action_expire(self):
        """End cards whose last day has passed."""
        self._check_transition("expire")
        today = fields.Date.context_today(self)
        for card in self:
            if card.date_end and card.date_end >= today:
                raise UserError(
                    self.env._(
                        "%(card)s is valid until %(day)s. Void it if it must end "
                        "earlier.",
                        card=card.name,
                        day=card.date_end,
                    )
                )
        self._apply_transition("expire", {"job_error": False})
        return True

    def action_open_extend(self):
        return self._open_wizard("extend", self.env._("Extend the warranty"))

    def action_open_transfer(self):
        return self._open_wizard("transfer", self.env._("Transfer the warranty"))

    def action_open_void(self):
        return self._open_wizard("void", self.env._("Void the warranty card"))

    def action_extend(self, line_values=None, reason=None):
        """Add cover to the cards.

        :param list line_values: values of qifei.warranty.card.line
        :param str reason: kept in the history
        """
        self._check_transition("extend")
        reason = self._read_reason(reason)
        self.check_access("write")
        # sudo: qifei.warranty.card.line - frozen lines are written by this step only
        self.env["qifei.warranty.card.line"].sudo().create(
            [self._prepare_extension_values(values) for values in line_values or []]
        )
        self._apply_transition("extend", {"reminded_on": False})
        self._message_log_batch(
            {
                card.id: self.env._(
                    "Extended until %(day)s: %(reason)s",
                    day=card.date_end,
                    reason=reason,
                )
                for card in self
            }
        )
        return True

    def action_void(self, reason=None):
        """Declare the cards void.

        :param str reason: kept on the card and in the history
        """
        self._check_transition("void")
        reason = self._read_reason(reason)
        self._apply_transition("void", {"void_reason": reason})
        note = self.env._("Void: %(reason)s", reason=reason)
        self._message_log_batch(dict.fromkeys(self.ids, note))
        return True

    # === BUSINESS === #

    def _group_for_activation(self):
        groups = {}
        for card in self:
            key = (card.policy_id, bool(card.date_activation))
            groups[key] = groups.get(key, self.browse()) | card
        return groups

    def _prepare_line_values(self, date_activation):
        """Freeze the lines of the policy with the dates of the machine.

        :raise UserError: the card has no policy, or the machine lacks a date that the
            policy counts from
        """
        self.ensure_one()
        if not self.policy_id:
            raise UserError(
                self.env._(
                    "%(card)s has no warranty policy: choose one, or set it on the "
                    "product %(product)s.",
                    card=self.name,
                    product=self.product_id.display_name,
                )
            )
        starts = {
            "purchase": self.equipment_id.date_purchase,
            "installation": self.equipment_id.date_installation,
            "activation": date_activation,
        }
        # Clauses are kept in the language of the customer who will read the card.
        policy_lines = self.policy_id.with_context(
            lang=self.partner_id.lang or self.env.lang
        ).line_ids
        for line in policy_lines:
            if not starts[line.start_from]:
                raise UserError(
                    self.env._(
                        "%(card)s: “%(clause)s” is counted from the date of "
                        "%(start)s, which is missing on %(equipment)s.",
                        card=self.name,
                        clause=line.clause,
                        start=dict(
                            line._fields["start_from"]._description_selection(self.env)
                        )[line.start_from].lower(),
                        equipment=self.equipment_id.display_name,
                    )
                )
        return [
            {
                "card_id": self.id,
                **line._prepare_card_line_values(starts, self.policy_id.version),
            }
            for line in policy_lines
        ]

    def _prepare_extension_values(self, values):
        """Return the values of a line, refusing what a line has no use for.

        Lines are made in superuser mode, where a command for a list could change any
        product: only lists of ids pass.
        """
        try:
            is_cover = (
                values["card_id"] in self.ids
                and values.keys() <= EXTENSION_FIELDS
                and all(
                    code == Command.SET and all(isinstance(n, int) for n in ids)
                    for name in ("product_ids", "category_ids")
                    for code, _unused, ids in values.get(name) or []
                )
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            is_cover = False
        if not is_cover:
            raise UserError(
                self.env._(
                    "This is no cover that a card can be extended by: give one of "
                    "these cards, a component, a clause and two dates."
                )
            )
        return {**values, "is_extension": True}

    def _check_draft(self):
        for card in self:
            if card.state != "draft":
                raise UserError(
                    self.env._(
                        "%(card)s is “%(state)s”: its owner, machine and conditions "
                        "do not change. Transfer, extend or void it.",
                        card=card.name,
                        state=card._get_state_label(card.state),
                    )
                )

    def _read_reason(self, reason):
        """Return a reason that can be kept.

        :raise UserError: there is none
        """
        reason = clean_text(reason)
        if not reason:
            raise UserError(self.env._("Give a reason: it is kept in the history."))
        return reason

    def _open_wizard(self, verb, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": f"qifei.warranty.card.{verb}",
            "view_mode": "form",
            "target": "new",
            "context": {"default_card_ids": self.ids},
        }

    # === PORTAL === #

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Warranty card %(number)s", number=self.name)
