from collections import Counter
from datetime import timedelta

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ..const import GROUP_DISPATCHER

ABSENCE_ACTIVITY = "qifei_dispatch.mail_activity_type_broken"


class QifeiEngineer(models.Model):
    """What becomes of the visits of an engineer who is absent."""

    _name = "qifei.engineer"
    _inherit = ["qifei.engineer", "mail.activity.mixin"]

    broken_order_count = fields.Integer(
        string="Visits during absence", compute="_compute_broken_order_count"
    )

    def _compute_broken_order_count(self):
        orders = self.env["qifei.work.order"]
        broken = orders.search(
            orders._get_breakable_domain() & Domain("engineer_id", "in", self.ids)
        )._filter_broken()
        counts = Counter(order.engineer_id.id for order in broken)
        for engineer in self:
            engineer.broken_order_count = counts[engineer.id]

    # === ACTIONS === #

    def action_view_broken_orders(self):
        """Open the visits that the engineer cannot make."""
        return self._open_orders([("is_broken", "=", True)])

    def action_replan_broken(self):
        """Propose who makes the next visits that the engineer cannot make."""
        self.ensure_one()
        orders = self.env["qifei.work.order"]
        broken = orders.search(
            orders._get_breakable_domain() & Domain("engineer_id", "=", self.id),
            order="planned_start, id",
        )._filter_broken()
        if not broken:
            raise UserError(
                self.env._(
                    "%(engineer)s can make all planned visits: there is nothing to "
                    "plan anew.",
                    engineer=self.name,
                )
            )
        return broken[0].action_replan_absence()

    def action_out(self):
        """The engineer is out for the rest of the day: plan it anew."""
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group(GROUP_DISPATCHER):
            raise AccessError(
                self.env._("Ask a dispatcher: he plans the day of an engineer.")
            )
        self.check_access("write")
        company = self.company_id or self.env.company
        today = company._get_dispatch_today()
        clock = self.env["qifei.dispatch.problem"]._get_clock(company, today)
        now, tomorrow = fields.Datetime.now(), today + timedelta(days=1)
        # sudo: resource.calendar.leaves - the absence takes him out of every plan
        self.env["resource.calendar.leaves"].sudo().create(
            {
                "name": self.env._("Out: %(engineer)s", engineer=self.name),
                "resource_id": self.resource_id.id,
                "calendar_id": self.resource_id.calendar_id.id,
                "company_id": company.id,
                "date_from": now,
                "date_to": clock.midnight(tomorrow) - timedelta(seconds=1),
            }
        )
        run = self.env["qifei.dispatch.run"]._replan(
            self,
            today,
            self.env._("%(engineer)s is out for the day.", engineer=self.name),
        )
        return run._get_records_action()

    # === TO-DO === #

    def _warn_of_broken_orders(self):
        """Give the dispatcher one to-do for each engineer with broken visits.

        It lists the visits as they are now; without any it goes away.
        """
        orders = self.env["qifei.work.order"]
        broken = orders.search(
            orders._get_breakable_domain() & Domain("engineer_id", "in", self.ids),
            order="planned_start, id",
        )._filter_broken()
        by_engineer = broken.grouped("engineer_id")
        (self - broken.engineer_id).activity_unlink([ABSENCE_ACTIVITY])
        known = self.env["mail.activity"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", self.env.ref(ABSENCE_ACTIVITY).id),
            ]
        )
        by_id = known.grouped("res_id")
        for engineer, visits in by_engineer.items():
            user = visits._get_absence_dispatcher()
            if not user:
                continue
            values = engineer.with_context(lang=user.lang)._prepare_absence_values(
                visits, user.tz
            )
            if engineer.id in by_id:
                by_id[engineer.id].write(values)
            else:
                engineer.activity_schedule(ABSENCE_ACTIVITY, user_id=user.id, **values)

    def _prepare_absence_values(self, visits, tz):
        self.ensure_one()
        return {
            "summary": self.env._(
                "%(engineer)s is absent; visits to plan anew: %(count)s",
                engineer=self.name,
                count=len(visits),
            ),
            "note": Markup("<ul>%s</ul>")
            % Markup().join(
                Markup("<li>%s %s %s</li>")
                % (
                    format_datetime(
                        self.env, visit.planned_start, tz=tz, dt_format="short"
                    ),
                    visit.name,
                    visit.contact_name or visit.partner_id.name,
                )
                for visit in visits
            ),
        }
