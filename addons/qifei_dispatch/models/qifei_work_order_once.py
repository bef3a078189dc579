from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.qifei_base.tools.turns import write_anew


class QifeiWorkOrder(models.Model):
    """Dispatching at once: the engineer and the time that cost least."""

    _inherit = "qifei.work.order"

    def action_dispatch_now(self):
        """Give each order to the engineer who has the shortest way to it.

        Orders for which nobody is found stay as they are, and their users are told why.
        """
        self._check_may_dispatch()
        self._claim()
        self._check_free()
        failed = self._dispatch_once()
        if failed and len(self) == 1:
            raise UserError(self._get_unplaced_sentence())
        return self._get_dispatched_action(self - failed, failed)

    def _dispatch_once(self):
        """Assign the orders that have a place.

        :return: the orders without one; they keep the reason
        """
        insertion = self.env["qifei.dispatch.insertion"]
        placed, refused = {}, {}
        for orders in self.grouped(
            lambda order: (order.company_id, order.dispatch_rule_id)
        ).values():
            found, reasons = insertion._place(
                orders.sorted(lambda order: (-int(order.priority), order.id))
            )
            placed.update(found)
            refused.update(reasons)
        engineer_ids = {values["engineer_id"] for values in placed.values()}
        # Two who give work to the same engineer at the same moment would give him two
        # orders for the same time.
        write_anew(self.env["qifei.engineer"].browse(sorted(engineer_ids)))
        own = self._as_own_step()
        for order in own:
            if order.id in placed:
                order.write(placed[order.id])
            else:
                order.dispatch_reason = refused[order.id]
        done = self.filtered(lambda order: order.id in placed)
        done._assign_for_dispatcher()
        return self - done

    def _assign_for_dispatcher(self):
        """Assign the orders; a job makes nobody their dispatcher but who is asked."""
        if not self:
            return
        users = self._get_dispatchers() if self.env.su else {}
        self.action_assign()
        for user, orders in self.grouped(lambda order: users.get(order.id)).items():
            if user:
                orders.user_id = user

    def _get_unplaced_sentence(self):
        """Say why nobody is found for an order."""
        self.ensure_one()
        if not self.env["qifei.dispatch.insertion"]._get_fit_engineers(self)[self.id]:
            return self._get_nobody_sentence()
        return self.env._(
            "%(order)s is not dispatched. %(reasons)s Change its times, or choose an "
            "engineer by hand.",
            order=self.name,
            reasons=" ".join(
                self.env["qifei.dispatch.reason"]._say(self.dispatch_reason)
            ),
        )

    def _get_dispatched_action(self, done, failed):
        """Say what became of the orders."""
        lines = [
            self.env._(
                "%(order)s: %(engineer)s, %(time)s",
                order=order.name,
                engineer=order.engineer_id.name,
                time=order.pool_time,
            )
            for order in done
        ] + [order._get_unplaced_sentence() for order in failed]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if failed else "success",
                "message": "\n".join(lines),
                "sticky": bool(failed),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === NOTICE === #

    def _notify_engineers(self):
        """Tell each engineer once of all that was assigned to him at the same time."""
        assigned = self.filtered(lambda order: order.state == "assigned")
        for engineer, orders in assigned.grouped("engineer_id").items():
            user = engineer.user_id
            if user and len(orders) > 1:
                orders.with_context(lang=user.lang)._notify_engineer_of_all(user)
                assigned -= orders
        return super(QifeiWorkOrder, assigned)._notify_engineers()

    def _notify_engineer_of_all(self, user):
        """Tell one engineer of several orders, in the language of ``self``."""
        lines = [
            " · ".join(filter(None, (order.pool_time, order.name, order.contact_name)))
            for order in self.with_context(tz=user.tz).sorted("planned_start")
        ]
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=self.env._("%(count)s new orders", count=len(self)),
            body=Markup("<p>%s</p><ul>%s</ul><p><a href='%s'>%s</a></p>")
            % (
                self.env._("Please accept or decline these orders."),
                Markup().join(Markup("<li>%s</li>") % line for line in lines),
                "/odoo/my-visits",
                self.env._("Open my visits"),
            ),
        )
