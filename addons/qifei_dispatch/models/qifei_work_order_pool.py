from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

from odoo.addons.qifei_base.tools.texts import parse_id
from odoo.addons.qifei_base.tools.turns import write_anew

from ..const import BUS_POOL, POOL_NOTICE_ORDERS


class QifeiWorkOrder(models.Model):
    """The grab pool: orders that engineers take by themselves.

    Dispatchers, customer service and rules offer orders to the engineers who qualify;
    each of these sees the order until one of them has taken it or it is withdrawn.
    Taking an order assigns and accepts it in one step. Of many who take the same order
    one gets it, the others are told who.
    """

    _inherit = "qifei.work.order"

    offered_engineer_ids = fields.Many2many(
        "qifei.engineer",
        "qifei_work_order_offered_engineer_rel",
        "order_id",
        "engineer_id",
        string="Offered to",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Who qualified when the order was put into the pool, and sees it there.",
    )
    pool_time = fields.Char(
        string="When", compute="_compute_pool_time", groups="base.group_user"
    )
    can_offer = fields.Boolean(compute="_compute_can_offer", groups="base.group_user")
    can_withdraw = fields.Boolean(
        compute="_compute_can_offer", groups="base.group_user"
    )
    can_grab = fields.Boolean(
        compute="_compute_can_grab",
        search="_search_can_grab",
        groups="base.group_user",
        help="In the pool and offered to you.",
    )

    # === COMPUTES === #

    @api.depends("planned_start", "planned_end", "window_ids")
    @api.depends_context("lang", "tz")
    def _compute_pool_time(self):
        """Say when the visit is to be, on the clock of the reader."""
        for order in self:
            spans = [(window.date_from, window.date_to) for window in order.window_ids]
            if order.planned_start:
                spans = [(order.planned_start, order.planned_end)]
            order.pool_time = ", ".join(
                order._format_reader_span(start, end) for start, end in spans
            )

    def _format_reader_span(self, start, end):
        """Write a span of time on the clock and in the language of the reader.

        Who has set no time zone reads the clock of the company.
        """
        tz = (
            self.env.context.get("tz")
            or self.env.user.tz
            or self.company_id._get_dispatch_tz()
        )
        start, end = (
            fields.Datetime.context_timestamp(self.with_context(tz=tz), moment)
            for moment in (start, end)
        )
        day = self._format_day(start, "MMMEd")
        if end.date() == start.date():
            return f"{day} {start:%H:%M}–{end:%H:%M}"
        return f"{day} {start:%H:%M} – {self._format_day(end, 'MMMEd')} {end:%H:%M}"

    @api.depends("state", "engineer_id", "pool_since")
    @api.depends_context("uid")
    def _compute_can_offer(self):
        may_dispatch = self._may_dispatch()
        writable = self._filtered_access("write") if self.ids else self
        for order in self:
            is_free = may_dispatch and order.state == "draft" and order in writable
            order.can_offer = is_free and not order.engineer_id and not order.pool_since
            order.can_withdraw = is_free and bool(order.pool_since)

    @api.depends("state", "engineer_id", "pool_since", "offered_engineer_ids")
    @api.depends_context("uid")
    def _compute_can_grab(self):
        # sudo: qifei.engineer - whether the user is one of those, nothing else
        user_ids = {
            order.id: order.sudo().offered_engineer_ids.user_id.ids for order in self
        }
        for order in self:
            order.can_grab = order._is_in_pool() and self.env.uid in user_ids[order.id]

    def _search_can_grab(self, operator, value):
        if operator != "in":
            return NotImplemented
        can_grab = self._get_pool_domain() & Domain(
            "offered_engineer_ids.user_id", "=", self.env.uid
        )
        domain = Domain.FALSE
        if True in value:
            domain |= can_grab
        if False in value:
            domain |= ~can_grab
        return domain

    @api.model
    def _get_pool_domain(self):
        """Return the Domain of the orders that somebody may take."""
        return (
            Domain("pool_since", "!=", False)
            & Domain("state", "=", "draft")
            & Domain("engineer_id", "=", False)
        )

    def _is_in_pool(self):
        self.ensure_one()
        return bool(self.pool_since) and self.state == "draft" and not self.engineer_id

    # === OFFER === #

    def action_offer(self):
        """Put orders into the grab pool, for the engineers who qualify."""
        self._check_may_dispatch()
        self._claim()
        self._check_free()
        readers = self._get_pool_engineers()
        for order in self:
            if not readers[order.id]:
                raise UserError(order._get_nobody_sentence())
        self._offer(readers)
        # A rule does not go on by itself any more: somebody has decided.
        self._as_own_step().write({"dispatch_due_on": False, "dispatch_error": False})
        return True

    def action_withdraw(self):
        """Take orders out of the pool again, for the dispatcher to choose."""
        self._check_may_dispatch()
        self._claim()
        for order in self:
            if not order._is_in_pool():
                raise UserError(order._get_gone_sentence())
        self._withdraw()
        self._as_own_step().write({"dispatch_due_on": False, "dispatch_way": "hand"})
        return True

    def _get_pool_engineers(self):
        """Return ``{order id: engineers}`` of those who qualify and have a login."""
        return {
            order_id: engineers.filtered("user_id")
            for order_id, engineers in self._get_eligible_engineers().items()
        }

    def _offer(self, readers):
        """Show orders to engineers; each is told once of all of them.

        :param readers: ``{order id: engineers}``, nobody empty
        """
        now = fields.Datetime.now()
        for engineers, orders in self.grouped(lambda order: readers[order.id]).items():
            orders._as_own_step().write(
                {
                    "pool_since": now,
                    "dispatch_way": "pool",
                    "offered_engineer_ids": [Command.set(engineers.ids)],
                }
            )
        self._message_log_batch(
            bodies={
                order.id: self.env._(
                    "Offered in the grab pool to %(count)s engineers.",
                    count=len(order.offered_engineer_ids),
                )
                for order in self
            }
        )
        self._request_message("pool")
        self._refresh_pools()

    def _withdraw(self):
        """Take orders out of the pool, in the middle of whatever is done to them."""
        in_pool = self.filtered("pool_since")
        in_pool._refresh_pools()
        in_pool._as_own_step().write({"pool_since": False})

    def _refresh_pools(self):
        """Have the open pool pages of those concerned loaded anew."""
        # sudo: res.users - who has the pool open, nothing is read of them
        self.sudo().offered_engineer_ids.user_id._bus_send(BUS_POOL, {})

    # === NOTICE === #

    def _write_requested_message(self, kind):
        if kind == "pool":
            return self._notify_pool()
        return super()._write_requested_message(kind)

    def _notify_pool(self):
        """Tell each engineer once which of the orders he can take."""
        orders_of = defaultdict(self.browse)
        for order in self:
            if order._is_in_pool():
                for user in order.offered_engineer_ids.user_id:
                    orders_of[user] |= order
        readers = defaultdict(self.env["res.users"].browse)
        for user, orders in orders_of.items():
            readers[user.lang, orders] |= user
        for (lang, orders), users in readers.items():
            orders.with_context(lang=lang)._notify_pool_readers(users)

    def _notify_pool_readers(self, users):
        """Send one notice of all these orders, in the language of ``self``."""
        shown = [
            " · ".join(
                filter(
                    None,
                    (order.name, order.ticket_type_id.name, order.area_id.name),
                )
            )
            for order in self[:POOL_NOTICE_ORDERS]
        ]
        body = Markup("<p>%s</p><ul>%s</ul><p><a href='%s'>%s</a></p>") % (
            self.env._("You can take these orders; whoever is first gets them."),
            Markup().join(Markup("<li>%s</li>") % line for line in shown),
            "/odoo/grab-pool",
            self.env._("Open the grab pool"),
        )
        self.env["mail.thread"].message_notify(
            partner_ids=users.partner_id.ids,
            subject=(
                self.env._("%(count)s new orders in the grab pool", count=len(self))
                if len(self) > 1
                else self.env._("%(order)s is in the grab pool", order=self.name)
            ),
            body=body,
        )

    # === GRAB === #

    def action_grab(self):
        """Take an order out of the pool: the first engineer gets it.

        :raise UserError: says who was faster, or why it is not for this engineer
        """
        order_sudo, engineer_sudo = self._get_grabbed()
        if not order_sudo._is_in_pool():
            raise UserError(order_sudo._get_gone_sentence())
        # Whoever comes second begins anew when the first is done, and sees it; so does
        # an engineer who takes several orders at once and would get one hour for all.
        write_anew(order_sudo)
        write_anew(engineer_sudo)
        lacks = order_sudo._get_lacks(engineer_sudo)[order_sudo.id]
        if engineer_sudo.id in lacks:
            raise UserError(
                self.env._(
                    "You cannot take %(order)s any more: %(reasons)s Ask the "
                    "dispatcher.",
                    order=order_sudo.name,
                    reasons=" ".join(
                        self.env["qifei.dispatch.reason"]._say(lacks[engineer_sudo.id])
                    ),
                )
            )
        order_sudo._give_away(engineer_sudo)
        return order_sudo._get_grabbed_action()

    def _get_grabbed(self):
        """Return the order as superuser with the engineer who may take it.

        The order of somebody else cannot be read any more, but whoever it was offered
        to is told what became of it.
        """
        order_id = parse_id(self._ids[0]) if len(self) == 1 else None
        # sudo: qifei.work.order - only what was offered to the user goes on from here
        order_sudo = self.sudo().browse(order_id or []).exists()
        if not order_sudo:
            raise UserError(self.env._("Take one order at a time."))
        engineer_sudo = order_sudo.offered_engineer_ids.filtered(
            lambda engineer: (
                engineer.user_id == self.env.user
                and engineer.company_id == order_sudo.company_id
            )
        )[:1]
        if not engineer_sudo or order_sudo.company_id not in self.env.companies:
            raise AccessError(
                self.env._(
                    "This order is not offered to you. Open the grab pool to see the "
                    "orders you can take."
                )
            )
        return order_sudo, engineer_sudo

    def _get_gone_sentence(self):
        """Say what became of an order that is not in the pool any more."""
        self.ensure_one()
        if self.state != "cancelled" and self.engineer_id:
            return self.env._(
                "%(order)s has just been taken by %(engineer)s.",
                order=self.name,
                engineer=self.engineer_id.name,
            )
        return self.env._(
            "%(order)s is not in the grab pool any more.", order=self.name
        )

    def _give_away(self, engineer):
        """Hand the order to the engineer who has taken it, who thereby accepts it."""
        self.ensure_one()
        dispatcher = self.user_id
        self.write({"engineer_id": engineer.id, **self._prepare_grab_values(engineer)})
        self.action_assign()
        # Taking an order makes nobody its dispatcher.
        self.user_id = dispatcher
        self.action_accept()
        self._message_log(
            body=self.env._(
                "%(engineer)s has taken the order from the grab pool.",
                engineer=engineer.name,
            )
        )

    def _prepare_grab_values(self, engineer):
        """Return when the engineer comes, as it fits into his days.

        :raise UserError: it does not fit at a time that is decided or promised
        """
        self.ensure_one()
        is_decided = self.planned_start and self.planned_start > fields.Datetime.now()
        answers = self.env["qifei.dispatch.insertion"]._try(
            "_rank", self, engineer, self.planned_start if is_decided else None
        )
        values = {"dispatch_reason": [{"key": "taken"}]}
        if not answers:
            return values
        answer = answers[0]
        if answer["planned_start"]:
            return {
                **values,
                "planned_start": answer["planned_start"],
                "planned_end": answer["planned_end"],
                "travel_minutes": answer["travel_minutes"],
                "travel_km": answer["travel_km"],
            }
        if is_decided or self.window_ids:
            raise UserError(
                self.env._(
                    "%(order)s does not fit into your days. %(reasons)s Ask the "
                    "dispatcher.",
                    order=self.name,
                    reasons=" ".join(
                        self.env["qifei.dispatch.reason"]._say(answer["reason"])
                    ),
                )
            )
        return values

    def _get_grabbed_action(self):
        """Say that it worked, and show the pool without the order."""
        message = (
            self.env._(
                "%(order)s is yours: %(time)s.", order=self.name, time=self.pool_time
            )
            if self.planned_start
            else self.env._("%(order)s is yours.", order=self.name)
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
