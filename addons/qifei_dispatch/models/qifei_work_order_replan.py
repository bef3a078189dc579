from collections import Counter
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..const import GROUP_DISPATCHER

# By how much a visit gets longer with each click.
OVERRUN_MINUTES = 30


class QifeiWorkOrder(models.Model):
    """Plans the rest of a day anew when a visit takes longer or falls away."""

    _inherit = "qifei.work.order"

    def action_overrun(self):
        """Make the visit longer and propose what becomes of those behind it."""
        self.ensure_one()
        if self.state != "on_site":
            raise UserError(
                self.env._(
                    "%(order)s is “%(state)s”: only a visit under way takes longer. "
                    "Change its planned time instead.",
                    order=self.name,
                    state=self._get_state_label(self.state),
                )
            )
        end = max(self.planned_end or fields.Datetime.now(), fields.Datetime.now())
        end += timedelta(minutes=OVERRUN_MINUTES)
        values = {"planned_end": end}
        if not self.planned_start or self.planned_start >= end:
            values["planned_start"] = self.arrived_on or fields.Datetime.now()
        self.write(values)
        return self._replan_day(self.env._("%(order)s takes longer.", order=self.name))

    def action_fit_in(self):
        """Propose how an urgent visit fits into the day, whoever has to move."""
        self.ensure_one()
        self._check_transition("assign")
        return self._replan_day(self.env._("%(order)s is urgent.", order=self.name))

    def action_replan(self):
        """Propose a better rest of the day for the engineer of this visit."""
        self.ensure_one()
        if not self.engineer_id:
            raise UserError(
                self.env._(
                    "%(order)s has no engineer whose day could be planned anew: choose "
                    "one first.",
                    order=self.name,
                )
            )
        reason = (
            self.env._("%(order)s was cancelled.", order=self.name)
            if self.state == "cancelled"
            else self.env._("%(order)s has changed.", order=self.name)
        )
        return self._replan_day(reason)

    def action_replan_absence(self):
        """Propose who makes this visit and the others of the absent engineer."""
        self.ensure_one()
        return self._replan_day(
            self.env._("%(engineer)s is absent.", engineer=self.engineer_id.name)
        )

    def _get_absence_dispatcher(self):
        """Return who is told that the engineer of these visits is absent."""
        planners = self.user_id.filtered(
            lambda user: user.active and user.has_group(GROUP_DISPATCHER)
        )
        counts = Counter(order.user_id for order in self if order.user_id in planners)
        if counts:
            return counts.most_common(1)[0][0]
        # sudo: res.groups - who plans, for whoever enters a leave
        group_sudo = self.env.ref(GROUP_DISPATCHER).sudo()
        return group_sudo.all_user_ids.filtered(
            lambda user: self.company_id & user.company_ids
        ).sorted("id")[-1:]

    def _replan_day(self, reason):
        company = self.company_id
        day = company._get_dispatch_today()
        if self.planned_start:
            clock = self.env["qifei.dispatch.problem"]._get_clock(company, day)
            day = max(day, clock.day(clock.seconds(self.planned_start)))
        run = self.env["qifei.dispatch.run"]._replan(
            self.engineer_id, day, reason, company=company
        )
        return run._get_records_action()
