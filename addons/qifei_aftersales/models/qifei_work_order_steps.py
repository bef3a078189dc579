from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.qifei_base.tools.texts import clean_text
from odoo.addons.qifei_base.tools.turns import lock_free

from ..const import GROUP_AGENT, ORDER_OPEN_STATES


class QifeiWorkOrder(models.Model):
    """The steps of an order, from its assignment to its end.

    A step is to be quick: what none of them looks at is prefetched as ``details``, that
    is when one of these fields is asked for.
    """

    _inherit = "qifei.work.order"

    accept_deadline = fields.Datetime(copy=False, readonly=True)
    assigned_on = fields.Datetime(copy=False, readonly=True)
    accepted_on = fields.Datetime(copy=False, readonly=True)
    departed_on = fields.Datetime(copy=False, readonly=True)
    arrived_on = fields.Datetime(copy=False, readonly=True)
    held_on = fields.Datetime(copy=False, readonly=True)
    done_on = fields.Datetime(copy=False, readonly=True, index="btree_not_null")
    verified_on = fields.Datetime(copy=False, readonly=True)
    closed_on = fields.Datetime(copy=False, readonly=True)
    cancelled_on = fields.Datetime(copy=False, readonly=True)
    checkin_latitude = fields.Float(
        digits=(10, 7),
        copy=False,
        readonly=True,
        prefetch="details",
        groups="base.group_user",
    )
    checkin_longitude = fields.Float(
        digits=(10, 7),
        copy=False,
        readonly=True,
        prefetch="details",
        groups="base.group_user",
    )
    checkin_accuracy = fields.Float(
        string="Accuracy (m)",
        digits=(10, 1),
        copy=False,
        readonly=True,
        prefetch="details",
        groups="base.group_user",
    )
    hold_reason = fields.Char(copy=False, prefetch="details", groups="base.group_user")
    cancel_reason = fields.Char(
        copy=False, prefetch="details", groups="base.group_user"
    )

    # === PLANNING === #

    def action_choose_engineer(self):
        """Open the list of engineers who qualify."""
        self._check_transition("assign")
        wizard = self.env["qifei.work.order.assign"].create(
            {
                "order_ids": self.ids,
                "planned_start": self.planned_start if len(self) == 1 else False,
                "planned_end": self.planned_end if len(self) == 1 else False,
            }
        )
        return wizard._reopen()

    def action_assign(self):
        """Hand the orders to their engineers; of two dispatchers one wins."""
        self._lock_for_assignment()
        self._check_transition("assign")
        for order in self:
            if not order.engineer_id:
                raise UserError(
                    self.env._(
                        "Choose an engineer for %(order)s before you assign it.",
                        order=order.name,
                    )
                )
        now = fields.Datetime.now()
        deadlines = self._plan_acceptance(now)
        for deadline, orders in self.grouped(
            lambda order: deadlines.get(order.id)
        ).items():
            orders._apply_transition(
                "assign",
                {
                    "assigned_on": now,
                    "accept_deadline": deadline,
                    "user_id": self.env.uid,
                },
            )
        self._follow_engineers()
        self._request_message("assigned")
        return True

    def _lock_for_assignment(self):
        """Keep others out; whoever comes second sees what the first has done."""
        if lock_free(self) != self:
            raise UserError(
                self.env._(
                    "Somebody else is assigning %(orders)s at this moment. Reload the "
                    "page to see who has got it.",
                    orders=", ".join(self.mapped("name")),
                )
            )
        self.invalidate_recordset(["state", "engineer_id"])

    def action_unassign(self):
        """Take the orders back from their engineers."""
        self._apply_transition("unassign", self._prepare_release_values())
        self._finish_activities()
        return True

    def action_reject(self, reason=None):
        """The engineer cannot come; the orders go back to the dispatcher."""
        self._check_transition("reject")
        self.check_access("write")
        declined = {order.id: order.engineer_id.name or "" for order in self}
        # sudo: qifei.work.order - giving an order back ends the engineer's own access
        orders_sudo = self.sudo()
        orders_sudo._apply_transition("reject", self._prepare_release_values())
        orders_sudo._finish_activities()
        orders_sudo._message_log_batch(
            bodies={
                order_id: self.env._(
                    "%(engineer)s declined: %(reason)s",
                    engineer=name,
                    reason=clean_text(reason) or self.env._("no reason given"),
                )
                for order_id, name in declined.items()
            }
        )
        return True

    def action_accept(self):
        self._apply_transition("accept", {"accepted_on": fields.Datetime.now()})
        self._finish_activities()
        self.filtered("planned_start")._request_message("confirmed")
        return True

    def _plan_acceptance(self, now):
        """Return ``{order id: moment}`` until which acceptance is expected."""
        return {
            order.id: order.company_id._plan_hours(
                now, order.ticket_type_id.accept_hours
            )
            for order in self
        }

    def _prepare_release_values(self):
        return {
            "engineer_id": False,
            "assigned_on": False,
            "accepted_on": False,
            "accept_deadline": False,
        }

    def _follow_engineers(self):
        """Subscribe the engineers of the orders, in one go for each engineer."""
        for engineer, orders in self.grouped("engineer_id").items():
            partner = engineer.user_id.partner_id
            if partner:
                # sudo: mail.followers - following is granted by the assignment
                self.env["mail.followers"].sudo()._insert_followers(
                    self._name, orders.ids, partner.ids, customer_ids=[]
                )

    def _write_requested_message(self, kind):
        if kind == "assigned":
            return self._notify_engineers()
        return super()._write_requested_message(kind)

    def _notify_engineers(self):
        """Tell the engineers what was assigned to them, as each likes to be told."""
        for order in self.filtered(lambda order: order.state == "assigned"):
            user = order.engineer_id.user_id
            if user:
                order.with_context(lang=user.lang)._notify_engineer(user)

    def _notify_engineer(self, user):
        """Tell one engineer of one order, in the language of ``self``."""
        self.ensure_one()
        self.message_notify(
            partner_ids=user.partner_id.ids,
            subject=self.env._("New order %(order)s", order=self.name),
            body=self.env._(
                "Please accept or decline %(order)s for %(customer)s.",
                order=self.name,
                customer=self.contact_name or self.partner_id.name,
            ),
        )

    def _finish_activities(self):
        # sudo: mail.activity - the step is done, whoever the to-do belonged to
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    def _request_message(self, kind):
        """Have people told in a moment, see ``qifei.message.request``."""
        self.env["qifei.message.request"]._request(self, kind)

    def action_ask_reason(self):
        """Ask why before the step that the button names in its context."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qifei_aftersales.qifei_work_order_reason_action"
        )
        action["context"] = {
            "default_order_ids": self.ids,
            "default_action": self.env.context.get("default_action"),
        }
        return action

    # === VISIT === #

    def action_depart(self):
        self._apply_transition("depart", {"departed_on": fields.Datetime.now()})
        self._request_message("en_route")
        return True

    def action_arrive(self, latitude=None, longitude=None, accuracy=None):
        """Check in at the customer's.

        :param latitude: degrees of the device, when it gave its position
        :param longitude: degrees of the device
        :param accuracy: radius in metres, as the device reports it
        """
        values = {"arrived_on": fields.Datetime.now()}
        values.update(self._prepare_position_values(latitude, longitude, accuracy))
        self._apply_transition("arrive", values)
        return True

    def _prepare_position_values(self, latitude, longitude, accuracy):
        if latitude is None or longitude is None:
            return {}
        try:
            latitude, longitude = float(latitude), float(longitude)
            accuracy = float(accuracy or 0)
        except (TypeError, ValueError, OverflowError):
            latitude = longitude = accuracy = float("nan")
        if not (abs(latitude) <= 90 and abs(longitude) <= 180 and 0 <= accuracy < 1e8):
            raise UserError(
                self.env._(
                    "The position is not a place on earth. Check in without it or "
                    "switch the location service of your phone on again."
                )
            )
        return {
            "checkin_latitude": latitude,
            "checkin_longitude": longitude,
            "checkin_accuracy": accuracy,
        }

    def action_hold(self, reason=None):
        values = {"held_on": fields.Datetime.now()}
        if reason := clean_text(reason):
            values["hold_reason"] = reason
        self._apply_transition("hold", values)
        return True

    def action_resume(self):
        self._apply_transition("resume", {"held_on": False, "hold_reason": False})
        return True

    def action_complete(self):
        """End the visit when nothing is missing any more."""
        self._check_transition("complete")
        for order in self:
            blockers = order._get_completion_blockers()
            if blockers:
                raise UserError(
                    self.env._(
                        "%(order)s cannot be completed yet:\n%(blockers)s",
                        order=order.name,
                        blockers="\n".join(f"• {blocker}" for blocker in blockers),
                    )
                )
        self._apply_transition("complete", {"done_on": fields.Datetime.now()})
        self._request_message("done")
        return True

    def _get_completion_blockers(self):
        """Return what still keeps the order from being completed.

        :return: list of full sentences, empty when it can be completed
        """
        self.ensure_one()
        blockers = []
        if not (self.diagnosis or "").strip():
            blockers.append(self.env._("The diagnosis is missing."))
        if not self.result:
            blockers.append(self.env._("The result is missing."))
        return blockers

    # === END === #

    def action_verify(self):
        """Record that the customer accepts the work."""
        self._check_transition("verify")
        if not self.env.su and not self.env.user.has_group(GROUP_AGENT):
            for order in self:
                if not order.signature:
                    raise UserError(
                        self.env._(
                            "The customer has not signed %(order)s yet: let him sign "
                            "here or in the portal.",
                            order=order.name,
                        )
                    )
        self._apply_transition("verify", {"verified_on": fields.Datetime.now()})
        # sudo: qifei.ticket - an engineer reads the ticket, his signed order solves it
        self.sudo().ticket_id._solve_by_orders()
        self._request_message("rating")
        return True

    def action_rework(self, reason=None):
        """Send the orders back to work after an objection."""
        self._check_transition("rework")
        values = {
            "done_on": False,
            "verified_on": False,
            "signature": False,
            "signed_by": False,
            "signed_on": False,
        }
        if reason := clean_text(reason):
            values["rework_reason"] = reason
        for count, orders in self.grouped("rework_count").items():
            orders._apply_transition("rework", {**values, "rework_count": count + 1})
        # sudo: qifei.ticket - dispatchers plan the rework, agents own the ticket
        self.sudo().ticket_id.filtered(
            lambda ticket: ticket.state in ("solved", "closed")
        ).action_reopen()
        return True

    def action_close(self):
        """File the orders once everything the customer owes is billed."""
        self._check_transition("close")
        for order in self:
            if order._get_unbilled_lines():
                raise UserError(
                    self.env._(
                        "%(order)s has charges that are not billed yet: create the "
                        "invoice first.",
                        order=order.name,
                    )
                )
        self._apply_transition("close", {"closed_on": fields.Datetime.now()})
        return True

    def action_cancel(self, reason=None):
        values = {"cancelled_on": fields.Datetime.now()}
        if reason := clean_text(reason):
            values["cancel_reason"] = reason
        self._apply_transition("cancel", values)
        self._finish_activities()
        return True

    def action_create_rework(self):
        """Open a new order for what came up after this one was closed."""
        self.ensure_one()
        if self.state != "closed":
            raise UserError(
                self.env._(
                    "%(order)s is “%(state)s”: send it back to work instead of "
                    "opening a second order.",
                    order=self.name,
                    state=self._get_state_label(self.state),
                )
            )
        self._claim()
        unfinished = self.rework_ids.filtered(
            lambda order: order.state in ORDER_OPEN_STATES
        )[:1]
        if unfinished:
            raise UserError(
                self.env._(
                    "%(order)s has the rework order %(rework)s already: finish that "
                    "one first.",
                    order=self.name,
                    rework=unfinished.name,
                )
            )
        rework = self._as_own_step().copy({"rework_of_id": self.id}).with_env(self.env)
        ticket = self.ticket_id
        if ticket.state in ("solved", "closed"):
            # sudo: qifei.ticket - dispatchers plan the rework, agents own the ticket
            ticket.sudo().action_reopen()
        return rework._get_records_action()
