import logging

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools.date_utils import add

from odoo.addons.qifei_base.tools.isolation import run_isolated, search_in_slices
from odoo.addons.qifei_base.tools.turns import lock_free

from ..const import DISPATCH_SLICE, DISPATCH_WAYS, GROUP_DISPATCHER

_logger = logging.getLogger(__name__)

# Contexts of loading old or sample data: nobody waits for an engineer.
LOADING_KEYS = {"import_file", "install_mode"}
# What ends with an engineer, or with the order.
SETTLED = {"pool_since": False, "dispatch_due_on": False, "dispatch_error": False}
# What was said of an engineer who does not have the order any more.
UNSAID = {"dispatch_reason": False, "travel_minutes": 0.0, "travel_km": 0.0}


class QifeiWorkOrder(models.Model):
    """How rules get an engineer for new orders.

    An order that is created without an engineer is due at once: a scheduled job finds
    its rule and takes the way of the rule. When nobody has the order after the minutes
    of the rule, the job takes the next way, and at last asks the dispatcher. Whoever
    decides by hand in between ends this; a failure is noted on the order and stops
    only this one.
    """

    _inherit = "qifei.work.order"

    dispatch_way = fields.Selection(
        DISPATCH_WAYS,
        string="Way of dispatching",
        readonly=True,
        copy=False,
        prefetch="dispatch",
        groups="base.group_user",
        help="How the order is being dispatched, or has been.",
    )

    # === CRUD === #

    @api.model
    def default_get(self, fields_list):
        """Let a new order be due; loaded ones wait for a dispatcher."""
        values = super().default_get(fields_list)
        if (
            "dispatch_due_on" in fields_list
            and not LOADING_KEYS & self.env.context.keys()
        ):
            values.setdefault("dispatch_due_on", fields.Datetime.now())
        return values

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        # sudo: qifei.work.order - customers create orders, too, without seeing this
        if any(
            order.dispatch_due_on and not order.engineer_id for order in orders.sudo()
        ):
            self._wake_dispatch()
        return orders

    def _apply_transition(self, action, values=None):
        """End all dispatching of an order that has its engineer or is given up."""
        if action in ("assign", "cancel"):
            self.filtered("pool_since")._refresh_pools()
            values = {**SETTLED, **(values or {})}
        elif action in ("unassign", "reject"):
            values = {**UNSAID, **(values or {})}
        return super()._apply_transition(action, values)

    def action_reject(self, reason=None):
        """Let the rule of an order go on, without the engineer who declined it."""
        # sudo: qifei.work.order - an engineer gives his order away with all its fields
        ruled_sudo = self.sudo().filtered("dispatch_rule_id")
        declined = ruled_sudo.grouped("engineer_id")
        result = super().action_reject(reason)
        for engineer, orders_sudo in declined.items():
            orders_sudo._as_own_step().write(
                {
                    "excluded_engineer_ids": [Command.link(engineer.id)],
                    "dispatch_due_on": fields.Datetime.now(),
                }
            )
        if declined:
            self._wake_dispatch()
        return result

    # === JOB === #

    @api.model
    def _wake_dispatch(self, moments=None):
        """Have the job run soon, or at some moments."""
        cron = self.env.ref("qifei_dispatch.ir_cron_dispatch", raise_if_not_found=False)
        if cron:
            # sudo: ir.cron - a new order wakes the job, whoever creates it
            cron.sudo()._trigger(moments)

    @api.model
    def _cron_dispatch(self):
        """Apply the rules to orders that are due, slice by slice."""
        domain = (
            Domain("dispatch_due_on", "<=", fields.Datetime.now())
            & Domain("state", "=", "draft")
            & Domain("engineer_id", "=", False)
            & Domain("dispatch_error", "=", False)
        )
        for orders in search_in_slices(self, domain, DISPATCH_SLICE):
            run_isolated(
                orders,
                lambda some: some._dispatch_in_turn(),
                lambda order, error: order._as_own_step().write(
                    {"dispatch_error": error}
                ),
            )

    def _dispatch_in_turn(self):
        """Dispatch what nobody else is working on; the next run sees the others."""
        try:
            with self.env.cr.savepoint():
                lock_free(self)._dispatch_due()
        except SerializationFailure:
            _logger.info("%s: somebody else was faster, later", self)
            self._wake_dispatch(add(fields.Datetime.now(), minutes=1))

    def _dispatch_due(self):
        """Begin with new orders, and go on with those that have waited long enough."""
        begun = self.filtered("dispatch_way")
        rules = self.env["qifei.dispatch.rule"]
        for rule, orders in rules._match_orders(self - begun).items():
            orders._as_own_step().write({"dispatch_rule_id": rule.id})
            orders._take_way(rule.way or "hand")
        begun._go_on()

    def _go_on(self):
        """Take the next way of the rule, or ask the dispatcher after the last one."""
        for (rule, way), orders in self.grouped(
            lambda order: (order.dispatch_rule_id, order.dispatch_way)
        ).items():
            orders._withdraw()
            if rule.fallback_way and way == rule.way:
                orders._take_way(rule.fallback_way)
            else:
                orders._ask_dispatcher()

    def _take_way(self, way):
        """Dispatch orders of one rule in one way.

        Orders for which the way finds nobody go on at once.
        """
        rule = self.dispatch_rule_id
        is_last = way != rule.way or not rule.fallback_way
        self._as_own_step().write({"dispatch_way": way, "dispatch_due_on": False})
        if way == "hand" and is_last:
            if rule and way != rule.way:
                self._ask_dispatcher()
            return
        failed = self._get_way(way)()
        waiting = (self - failed).filtered(
            lambda order: order.state == "draft" and not order.engineer_id
        )
        if waiting:
            due_on = add(fields.Datetime.now(), minutes=rule.fallback_minutes)
            waiting._as_own_step().write({"dispatch_due_on": due_on})
            self._wake_dispatch(due_on)
        failed._go_on()

    def _get_way(self, way):
        """Return the method of a way, which returns the orders it has no one for."""
        return {
            "once": self._dispatch_once,
            "pool": self._dispatch_pool,
        }.get(way, self.browse)

    def _dispatch_pool(self):
        """Offer the orders to those who qualify."""
        readers = self._get_pool_engineers()
        nobody = self.filtered(lambda order: not readers[order.id])
        if self - nobody:
            (self - nobody)._offer(readers)
        return nobody

    # === DISPATCHER === #

    def _ask_dispatcher(self):
        """Leave the orders to a person, who gets something to do."""
        self._as_own_step().write({"dispatch_way": "hand", "dispatch_due_on": False})
        users = self._get_dispatchers()
        activity_type = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": order.id,
                    "activity_type_id": activity_type.id,
                    "automated": True,
                    "summary": order.with_context(lang=user.lang)._get_ask_sentence(),
                    "note": order.with_context(lang=user.lang).dispatch_note,
                    "user_id": user.id,
                }
                for order in self
                if (user := users[order.id])
            ]
        )

    def _get_ask_sentence(self):
        self.ensure_one()
        return self.env._(
            "Choose an engineer for %(order)s: nobody was found by rule",
            order=self.name,
        )

    def _get_dispatchers(self):
        """Return ``{order id: user}`` of who decides about each order."""
        responsible = self._get_responsible()
        anybody = self._get_company_dispatchers()
        chosen = {}
        for order in self:
            candidates = (
                order.dispatch_rule_id.user_id,
                order.user_id,
                order.ticket_id.user_id,
                responsible[order.id],
            )
            chosen[order.id] = next(
                (
                    user
                    for user in candidates
                    if user.active
                    and not user.share
                    and order.company_id in user.company_ids
                ),
                anybody.get(order.company_id, self.env["res.users"]),
            )
        return chosen

    def _get_company_dispatchers(self):
        """Return ``{company: user}`` with the oldest dispatcher of each company."""
        group = self.env.ref(GROUP_DISPATCHER)
        # sudo: res.users - somebody has to be asked, and dispatchers are
        users = (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", group.ids),
                    ("company_ids", "in", self.company_id.ids),
                    ("share", "=", False),
                ],
                order="id desc",
            )
        )
        return {company: user for user in users for company in user.company_ids}

    # === ACTIONS === #

    def action_retry_dispatch(self):
        """Apply the rules again after the mistake is repaired."""
        self._check_may_dispatch()
        self._as_own_step().write(
            {"dispatch_error": False, "dispatch_due_on": fields.Datetime.now()}
        )
        self._wake_dispatch()
        return True
