from collections import defaultdict
from datetime import datetime, time, timedelta

from pytz import utc

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

from .qifei_state_mixin import Transition

EXCERPT_LENGTH = 160


class QifeiAnnouncement(models.Model):
    """A notice to colleagues, to portal users or to everybody.

    A manager writes it as a draft and publishes it; from its first to its last day
    the audience sees it. Internal notices go to employees, optionally only to members
    of some groups; portal notices also to customers and service partners with a
    login; public notices also to visitors of the website. Pinned ones appear as a
    banner until read. Every reader leaves one receipt. Withdrawn notices are seen by
    managers only and may be published again.
    """

    _name = "qifei.announcement"
    _description = "Announcement"
    _inherit = ["qifei.state.mixin", "mail.thread"]
    _order = "is_pinned desc, date_start desc, id desc"
    _mail_post_access = "write"

    # === Content === #
    name = fields.Char(string="Title", required=True, translate=True, tracking=True)
    body = fields.Html(
        string="Text",
        translate=True,
        sanitize_attributes=True,
        sanitize_form=True,
    )
    excerpt = fields.Char(compute="_compute_excerpt")

    # === Audience === #
    audience = fields.Selection(
        [
            ("internal", "Employees"),
            ("portal", "Employees and portal users"),
            ("public", "Everybody"),
        ],
        default="internal",
        required=True,
        tracking=True,
    )
    group_ids = fields.Many2many(
        "res.groups",
        string="Only for groups",
        help="Employees outside these groups do not see the announcement. "
        "Leave empty for all employees.",
    )
    company_id = fields.Many2one(
        "res.company",
        ondelete="cascade",
        index="btree_not_null",
        help="Leave empty to address all companies.",
    )

    # === Time === #
    date_start = fields.Date(
        string="From",
        required=True,
        default=lambda self: self._default_date_start(),
    )
    date_end = fields.Date(
        string="Until",
        help="Last day of the announcement. Leave empty to keep it.",
    )
    visible_from = fields.Datetime(
        compute="_compute_visible",
        store=True,
        precompute=True,
        export_string_translation=False,
    )
    visible_to = fields.Datetime(
        compute="_compute_visible",
        store=True,
        precompute=True,
        export_string_translation=False,
    )
    is_pinned = fields.Boolean(
        string="Pinned",
        help="Shown first, and as a banner until it is read.",
        tracking=True,
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("published", "Published"),
            ("withdrawn", "Withdrawn"),
        ],
        default="draft",
        required=True,
        copy=False,
        readonly=True,
        tracking=True,
    )

    # === Readers === #
    receipt_ids = fields.One2many(
        "qifei.announcement.receipt", "announcement_id", string="Read receipts"
    )
    read_count = fields.Integer(
        string="Read",
        compute="_compute_reader_counts",
        groups="qifei_base.group_manager",
    )
    unread_count = fields.Integer(
        string="Unread",
        compute="_compute_reader_counts",
        groups="qifei_base.group_manager",
    )
    is_for_me = fields.Boolean(
        compute="_compute_is_for_me",
        search="_search_is_for_me",
        export_string_translation=False,
    )
    is_read = fields.Boolean(
        string="Read by me",
        compute="_compute_is_read",
        search="_search_is_read",
    )

    # === Computed: interface === #
    can_publish = fields.Boolean(
        compute="_compute_can_actions", export_string_translation=False
    )
    can_withdraw = fields.Boolean(
        compute="_compute_can_actions", export_string_translation=False
    )

    _dates_ordered = models.Constraint(
        "CHECK(date_end IS NULL OR date_end >= date_start)",
        "The last day of an announcement cannot lie before its first day.",
    )
    _published_idx = models.Index(
        "(visible_from, visible_to) WHERE state = 'published'",
    )

    @api.model
    def _get_transitions(self):
        managers = ("qifei_base.group_manager",)
        return {
            "publish": Transition(("draft", "withdrawn"), "published", managers),
            "withdraw": Transition(("published",), "withdrawn", managers),
        }

    def _get_action_label(self, action):
        labels = {
            "publish": self.env._("Publish"),
            "withdraw": self.env._("Withdraw"),
        }
        return labels[action]

    def _default_date_start(self):
        return fields.Date.context_today(self)

    # === COMPUTES === #

    @api.depends("date_start", "date_end")
    def _compute_visible(self):
        """Take the days as those of who writes them, wherever the readers are."""

        def midnight(day):
            local = self.env.tz.localize(datetime.combine(day, time.min))
            return local.astimezone(utc).replace(tzinfo=None)

        for announcement in self:
            start, end = announcement.date_start, announcement.date_end
            announcement.visible_from = start and midnight(start)
            announcement.visible_to = end and midnight(end + timedelta(days=1))

    @api.depends("body")
    def _compute_excerpt(self):
        for announcement in self:
            text = " ".join(
                html2plaintext(
                    announcement.body or "", include_references=False
                ).split()
            )
            if len(text) > EXCERPT_LENGTH:
                text = text[:EXCERPT_LENGTH].rstrip() + "…"
            announcement.excerpt = text

    @api.depends("audience", "group_ids", "company_id", "receipt_ids")
    def _compute_reader_counts(self):
        # sudo: qifei.announcement.receipt - only the number of readers leaves here
        receipts_sudo = self.env["qifei.announcement.receipt"].sudo()
        readers = {
            announcement.id: set(user_ids)
            for announcement, user_ids in receipts_sudo._read_group(
                [("announcement_id", "in", self.ids)],
                ["announcement_id"],
                ["user_id:array_agg"],
            )
        }
        # sudo: res.users - only the number of addressed people leaves here
        audience = self.sudo()._get_audience_user_ids()
        for announcement in self:
            read_ids = readers.get(announcement._origin.id, set())
            announcement.read_count = len(read_ids)
            announcement.unread_count = len(audience[announcement] - read_ids)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_is_for_me(self):
        # sudo: qifei.announcement - the access rule asks for this very answer
        mine = self.sudo().filtered_domain(self._get_audience_domain(self.env.user))
        for announcement in self:
            announcement.is_for_me = announcement in mine

    def _search_is_for_me(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._get_audience_domain(self.env.user)
        return domain if True in value else ~domain

    @api.depends("receipt_ids")
    @api.depends_context("uid")
    def _compute_is_read(self):
        # sudo: qifei.announcement.receipt - own receipts only
        receipts_sudo = self.env["qifei.announcement.receipt"].sudo()
        read = receipts_sudo.search(
            [("announcement_id", "in", self.ids), ("user_id", "=", self.env.uid)]
        ).announcement_id
        for announcement in self:
            announcement.is_read = announcement._origin in read

    def _search_is_read(self, operator, value):
        if operator != "in":
            return NotImplemented
        # “any!” passes over the access rules of receipts: these are the user's own.
        domain = Domain("receipt_ids", "any!", Domain("user_id", "=", self.env.uid))
        return domain if True in value else ~domain

    # === CHECKS === #

    @api.constrains("audience", "group_ids")
    def _check_groups(self):
        for announcement in self:
            if announcement.group_ids and announcement.audience != "internal":
                raise ValidationError(
                    self.env._(
                        "“%(announcement)s” is not only for employees: remove the "
                        "groups or choose the audience “Employees”.",
                        announcement=announcement.name,
                    )
                )

    # === CRUD === #

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        return [
            {**vals, "name": self.env._("%(title)s (copy)", title=announcement.name)}
            for announcement, vals in zip(self, vals_list, strict=True)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        for announcement in self:
            if announcement.state == "published":
                raise ValidationError(
                    self.env._(
                        "“%(announcement)s” is published: withdraw it before you "
                        "delete it.",
                        announcement=announcement.name,
                    )
                )

    # === ACTIONS === #

    def action_publish(self):
        """Show the announcement to its audience from its first day on."""
        self._apply_transition("publish")
        return True

    def action_withdraw(self):
        """Hide the announcement from its audience."""
        self._apply_transition("withdraw")
        return True

    def action_mark_read(self):
        """Leave a receipt of the present user for each announcement he may see."""
        self.check_access("read")
        announcements = self.exists()
        if announcements:
            # INSERT … ON CONFLICT: two tabs may confirm at the same moment, and the
            # second one is not an error.
            self.env.flush_all()
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO qifei_announcement_receipt
                        (announcement_id, user_id, read_on, create_uid, write_uid,
                         create_date, write_date)
                    SELECT announcement.id, %(user)s, %(now)s, %(user)s, %(user)s,
                        %(now)s, %(now)s
                    FROM qifei_announcement AS announcement
                    WHERE announcement.id IN %(ids)s
                    ON CONFLICT (announcement_id, user_id) DO NOTHING
                    RETURNING id
                    """,
                    user=self.env.uid,
                    now=self.env.cr.now(),
                    ids=tuple(announcements.ids),
                )
            )
            announcements.invalidate_recordset(
                ["receipt_ids", "is_read", "read_count", "unread_count"]
            )
        return True

    def action_open_readers(self):
        """Open the receipts of this announcement."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qifei_base.qifei_announcement_receipt_action"
        )
        return {**action, "domain": [("announcement_id", "=", self.id)]}

    def action_open_unread(self):
        """Open the people of the audience who have not read it yet."""
        self.ensure_one()
        self.check_access("read")
        # sudo: qifei.announcement.receipt - ids of readers, to leave them out
        readers = self.sudo().receipt_ids.user_id
        # sudo: res.users - ids of the audience; the list shows what the user may read
        unread = self.sudo()._get_audience_user_ids()[self.sudo()] - set(readers.ids)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Not read yet: %(title)s", title=self.name),
            "res_model": "res.users",
            "views": [
                (
                    self.env.ref(
                        "qifei_base.res_users_view_list_announcement_unread"
                    ).id,
                    "list",
                )
            ],
            "domain": [("id", "in", sorted(unread))],
            "context": {"create": False, "edit": False, "delete": False},
        }

    # === AUDIENCE === #

    @api.model
    def _get_current_domain(self):
        """Return the domain of what is published and within its days."""
        return (
            Domain("state", "=", "published")
            & Domain("visible_from", "<=", "now")
            & (Domain("visible_to", "=", False) | Domain("visible_to", ">", "now"))
        )

    @api.model
    def _get_public_domain(self):
        """Return the domain of what a visitor of the website may see."""
        return self._get_current_domain() & Domain("audience", "=", "public")

    @api.model
    def _get_audience_domain(self, user):
        """Return the domain of what ``user`` may see today.

        The access rules ask this method, so an addon that adds a kind of audience
        extends it here, together with ``_get_audience_user_ids``.
        """
        current = self._get_current_domain()
        if user._is_internal():
            return current & (
                Domain("group_ids", "=", False)
                | Domain("group_ids", "in", user.all_group_ids.ids)
            )
        if user._is_portal():
            return current & Domain("audience", "in", ("portal", "public"))
        return self._get_public_domain()

    def _get_audience_user_ids(self):
        """Return ``{announcement: set of ids of active users it is for}``."""
        internal, portal = defaultdict(set), defaultdict(set)
        for share, company, user_ids in self.env["res.users"]._read_group(
            [("active", "=", True)], ["share", "company_ids"], ["id:array_agg"]
        ):
            kind = portal if share else internal
            kind[company.id].update(user_ids)
            kind[False].update(user_ids)
        # Read all memberships at once; each group alone would cost a query.
        self.group_ids.all_implied_by_ids.fetch(["user_ids"])
        members = {
            group: set(group.all_implied_by_ids.user_ids.ids)
            for group in self.group_ids
        }
        result = {}
        for announcement in self:
            company_id = announcement.company_id.id
            user_ids = set(internal[company_id])
            if announcement.group_ids:
                user_ids &= set().union(
                    *(members[group] for group in announcement.group_ids)
                )
            if announcement.audience != "internal":
                user_ids |= portal[company_id]
            result[announcement] = user_ids
        return result

    # === BANNER === #

    @api.model
    def _get_banner_values(self):
        """Return the pinned announcements the present user has not read.

        :return: list of dicts with id, title and excerpt
        """
        announcements = self.search(
            [
                ("is_for_me", "=", True),
                ("is_pinned", "=", True),
                ("is_read", "=", False),
            ],
            limit=5,
        )
        return [
            {
                "id": announcement.id,
                "title": announcement.name,
                "excerpt": announcement.excerpt,
            }
            for announcement in announcements
        ]
