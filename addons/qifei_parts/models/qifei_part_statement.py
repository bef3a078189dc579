from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.qifei_base.models.qifei_state_mixin import Transition
from odoo.addons.qifei_base.tools.texts import clean_text

from ..const import GROUP_MANAGER, GROUP_PARTS_KEEPER, HOLDER_KINDS
from ..tools.month import first_day, last_day, month_bounds


class QifeiPartStatement(models.Model):
    """What one service point, or one van, did with parts in one month.

    A draft is drawn up for a place and a month: one line for each product, its figures
    read from the stock moves of core. It is sent to the holder of the place, who counts
    and confirms; the company confirms, too. What was counted differs from what the
    moves say until the difference is booked as a core inventory adjustment, and nobody
    can confirm it away. Once both sides have confirmed, in any order, the statement is
    final: its figures stay, and no move of the place can be dated back to before its
    end. A manager reopens it with a reason.

    Parts keepers draw up, send, withdraw, book differences and confirm for the company;
    managers also reopen and confirm what the holder has signed on paper. An engineer
    reads those of his van and of his service point and acts for the holder; portal
    users of the service point do so in the portal, once it has been sent.
    """

    _name = "qifei.part.statement"
    _description = "Part statement"
    _inherit = [
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "qifei.state.mixin",
        "qifei.number.mixin",
    ]
    _order = "month desc, id desc"
    _check_company_auto = True
    _number_code = "qifei.part.statement"

    # === IDENTITY === #
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("sent", "To confirm"),
            ("confirmed", "Confirmed"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    location_id = fields.Many2one(
        "stock.location",
        string="Place",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("qifei_kind", "in", HOLDER_KINDS)],
        help="The stock of a service point, or an engineer's van.",
    )
    kind = fields.Selection(
        related="location_id.qifei_kind", string="Kind of place", store=True
    )
    partner_id = fields.Many2one(
        related="location_id.qifei_partner_id",
        string="Service point",
        store=True,
        index="btree_not_null",
    )
    engineer_id = fields.Many2one(
        related="location_id.qifei_engineer_id",
        string="Engineer",
        store=True,
        index="btree_not_null",
    )

    holder_user_ids = fields.Many2many(
        "res.users",
        string="Held by",
        compute="_compute_holder_user_ids",
        search="_search_holder_user_ids",
        help="The engineer of the van; engineers and portal users of the service "
        "point.",
    )

    # === MONTH === #
    month = fields.Date(
        required=True,
        index=True,
        default=lambda self: self._default_month(),
        help="Any day of the month.",
    )
    period = fields.Char(
        string="Month in figures",
        compute="_compute_bounds",
        store=True,
        precompute=True,
    )
    date_to = fields.Date(
        string="Last day",
        compute="_compute_bounds",
        store=True,
        precompute=True,
    )
    datetime_from = fields.Datetime(
        string="Begin",
        compute="_compute_bounds",
        store=True,
        precompute=True,
        help="The first moment of the month in the time zone of the company.",
    )
    datetime_to = fields.Datetime(
        string="End",
        compute="_compute_bounds",
        store=True,
        precompute=True,
        help="The first moment of the next month in the time zone of the company.",
    )

    # === FIGURES === #
    line_ids = fields.One2many(
        "qifei.part.statement.line", "statement_id", string="Parts"
    )
    figures_on = fields.Datetime(
        string="Figures as of",
        readonly=True,
        copy=False,
        help="When the figures were last read from the stock moves.",
    )
    opening_value = fields.Monetary(compute="_compute_totals", store=True)
    received_value = fields.Monetary(compute="_compute_totals", store=True)
    used_warranty_value = fields.Monetary(
        string="Used in warranty, value", compute="_compute_totals", store=True
    )
    used_charged_value = fields.Monetary(
        string="Used and charged, value", compute="_compute_totals", store=True
    )
    returned_value = fields.Monetary(compute="_compute_totals", store=True)
    adjusted_value = fields.Monetary(compute="_compute_totals", store=True)
    revaluation_value = fields.Monetary(
        string="Price difference", compute="_compute_totals", store=True
    )
    closing_value = fields.Monetary(compute="_compute_totals", store=True)
    difference_value = fields.Monetary(compute="_compute_totals", store=True)
    difference_count = fields.Integer(
        string="Lines that differ", compute="_compute_totals", store=True
    )
    counted_count = fields.Integer(
        string="Lines counted", compute="_compute_totals", store=True
    )
    line_count = fields.Integer(
        string="Lines", compute="_compute_totals", store=True, aggregator="sum"
    )
    gap_count = fields.Integer(
        string="Lines that the stock does not bear out",
        compute="_compute_totals",
        store=True,
        help="Parts of which the place holds another quantity than its moves say.",
    )

    # === BOTH SIDES === #
    sent_on = fields.Datetime(readonly=True, copy=False)
    company_confirmed_by_id = fields.Many2one(
        "res.users",
        string="Confirmed for the company by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    company_confirmed_on = fields.Datetime(
        string="Confirmed for the company on", readonly=True, copy=False
    )
    holder_confirmed_by_id = fields.Many2one(
        "res.partner",
        string="Confirmed for the holder by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    holder_confirmed_on = fields.Datetime(
        string="Confirmed for the holder on", readonly=True, copy=False
    )
    confirmed_on = fields.Datetime(string="Final since", readonly=True, copy=False)
    reopen_reason = fields.Text(readonly=True, copy=False)
    job_error = fields.Char(string="Error of the job", readonly=True, copy=False)

    # === INTERFACE === #
    can_send = fields.Boolean(compute="_compute_can_actions")
    can_withdraw = fields.Boolean(compute="_compute_can_actions")
    can_confirm = fields.Boolean(compute="_compute_can_actions")
    can_reopen = fields.Boolean(compute="_compute_can_actions")
    can_act_for_holder = fields.Boolean(compute="_compute_can_act_for_holder")

    # === CONSTRAINTS === #
    _place_month_uniq = models.UniqueIndex(
        "(location_id, month)",
        "The place has a statement of this month already.",
    )
    _open_idx = models.Index("(company_id, month) WHERE state != 'confirmed'")
    _final_idx = models.Index("(datetime_to) WHERE state = 'confirmed'")

    @api.model
    def _get_transitions(self):
        return {
            "send": Transition(("draft",), "sent", (GROUP_PARTS_KEEPER,)),
            "confirm": Transition(("sent",), "confirmed", (GROUP_PARTS_KEEPER,)),
            "withdraw": Transition(("sent",), "draft", (GROUP_PARTS_KEEPER,)),
            "reopen": Transition(("confirmed",), "draft", (GROUP_MANAGER,)),
        }

    # === DEFAULTS === #

    def _default_month(self):
        """Return the first day of the last full month of the company."""
        today = self.env.company._get_parts_today()
        return first_day(fields.Date.subtract(first_day(today), days=1))

    # === COMPUTES === #

    @api.depends("month", "company_id")
    def _compute_bounds(self):
        for statement in self:
            if not statement.month or not statement.company_id:
                statement.period = False
                statement.date_to = False
                statement.datetime_from = False
                statement.datetime_to = False
                continue
            statement.period = statement.month.strftime("%Y-%m")
            statement.date_to = last_day(statement.month)
            statement.datetime_from, statement.datetime_to = month_bounds(
                statement.month, statement.company_id._get_parts_tz()
            )

    @api.depends("name", "period", "location_id")
    def _compute_display_name(self):
        for statement in self:
            # sudo: stock.location - the place's name, for people without the stock
            place = statement.sudo()._get_place_name()
            texts = (statement.name, place, statement.period)
            statement.display_name = " · ".join(text for text in texts if text)

    @api.depends("location_id")
    def _compute_holder_user_ids(self):
        for statement in self:
            statement.holder_user_ids = statement.location_id._get_holder_users()

    def _search_holder_user_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: res.users, qifei.engineer - which place is whose, for the access rules
        users_sudo = self.env["res.users"].sudo().browse(value)
        Engineer_sudo = self.env["qifei.engineer"].sudo()
        engineers_sudo = Engineer_sudo.search([("user_id", "in", users_sudo.ids)])
        points = engineers_sudo.service_point_id.commercial_partner_id
        points |= users_sudo.filtered("share").commercial_partner_id
        return Domain("engineer_id", "in", engineers_sudo.ids) | Domain(
            "partner_id", "in", points.ids
        )

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for statement in self:
            statement.access_url = f"/my/part-statements/{statement.id}"
        return result

    def _get_place_name(self):
        """Return how people call the place: its service point or its engineer."""
        self.ensure_one()
        return (
            self.partner_id.display_name
            or self.engineer_id.display_name
            or self.location_id.name
            or ""
        )

    # === CHECKS === #

    @api.constrains("location_id")
    def _check_place(self):
        for statement in self:
            if statement.kind not in HOLDER_KINDS:
                raise ValidationError(
                    self.env._(
                        "%(place)s is neither a service point nor a van: a statement "
                        "is drawn up for these only.",
                        place=statement.location_id.display_name,
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("month"):
                vals["month"] = first_day(fields.Date.to_date(vals["month"]))
        statements = super().create(vals_list)
        if not self.env.context.get("qifei_parts_figures_later"):
            statements._refresh()
        return statements

    def write(self, vals):
        if vals.keys() & {"location_id", "month", "company_id"}:
            raise UserError(
                self.env._(
                    "A statement stays with its place and month: delete the draft and "
                    "draw up another one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        for statement in self:
            if statement.state != "draft" or statement.sent_on:
                raise UserError(
                    self.env._(
                        "%(statement)s has been sent to its holder and stays on file.",
                        statement=statement.display_name,
                    )
                )

    def copy_data(self, default=None):
        raise UserError(
            self.env._(
                "A place has one statement a month: draw up that of another month."
            )
        )

    # === ACTIONS === #

    def action_send(self):
        """Ask the holders to count and to confirm."""
        self._check_transition("send")
        self._refresh()
        self._check_borne_out()
        self._apply_transition("send", {"sent_on": fields.Datetime.now()})
        for statement in self:
            statement._tell_holder()
        return True

    def action_withdraw(self):
        """Take statements back before both sides have confirmed."""
        self._apply_transition("withdraw", self._prepare_unconfirmed_values())
        self._refresh()
        return True

    def action_reopen(self, reason=None):
        """Open final statements again.

        :param str reason: why, kept with the statement
        """
        self._check_transition("reopen")
        reason = clean_text(reason)
        if not reason:
            raise UserError(self.env._("Say why the statement is opened again."))
        self._check_no_later_final()
        self._apply_transition(
            "reopen",
            {
                **self._prepare_unconfirmed_values(),
                "confirmed_on": False,
                "reopen_reason": reason,
            },
        )
        for statement in self:
            statement.message_post(
                body=self.env._("Opened again: %(reason)s", reason=reason)
            )
        return True

    def _prepare_unconfirmed_values(self):
        return {
            "company_confirmed_by_id": False,
            "company_confirmed_on": False,
            "holder_confirmed_by_id": False,
            "holder_confirmed_on": False,
        }

    def _get_action_label(self, action):
        return {
            "send": self.env._("Send"),
            "withdraw": self.env._("Withdraw"),
            "confirm": self.env._("Confirm"),
            "reopen": self.env._("Open again"),
        }[action]
