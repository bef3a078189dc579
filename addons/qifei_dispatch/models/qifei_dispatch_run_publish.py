from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.qifei_base.tools.turns import write_anew


class QifeiDispatchRun(models.Model):
    """Publishes a plan: the orders change all at once, each person hears of it once.

    Orders that somebody changed since the plan was made are left out and named, and so
    are those that cannot be where the plan puts them any more.
    """

    _inherit = "qifei.dispatch.run"

    def action_publish(self):
        """Hand the proposals to the engineers."""
        self._claim()
        self._check_transition("publish")
        for run in self:
            if run.is_what_if:
                raise UserError(
                    self.env._(
                        "%(run)s answers a question and cannot be published: make a "
                        "plan without “What if”.",
                        run=run.name,
                    )
                )
        for run in self:
            run._publish()
        self._apply_transition("publish", {"published_on": fields.Datetime.now()})
        # sudo: qifei.message.request - engineers are told what the dispatcher decided
        self.env["qifei.message.request"].sudo()._request(self, "published")
        return True

    def _publish(self):
        """Change the orders of one plan, and note those that stay as they are."""
        self.ensure_one()
        lines = self.line_ids
        orders = lines.order_id
        # Whoever is changing one of them goes first; this request starts again then.
        write_anew(orders)
        orders.invalidate_recordset()
        # sudo: qifei.engineer - only locked, so that nobody else fills the same hours
        write_anew((lines.engineer_id | orders.engineer_id).sudo().sorted("id"))
        lines -= lines._leave_out_outdated()
        lines -= lines._leave_out_obstructed()
        try:
            with self.env.cr.savepoint():
                lines._publish()
        except UserError:
            # Where one refuses and stays, nobody else can go.
            lines -= lines._leave_out_refusing()
            lines -= lines._leave_out_obstructed()
            for line in lines:
                line._publish_alone()
        # sudo: qifei.engineer - the to-dos of absent engineers follow the new plan
        (self.line_ids.old_engineer_id.sudo())._warn_of_broken_orders()
        left_out = self.line_ids.filtered("refusal")
        if left_out:
            self._as_own_step().message = self.env._(
                "Published without %(orders)s: they were changed since the plan was "
                "made, or cannot be moved any more.",
                orders=", ".join(left_out.order_id.mapped("name")),
            )

    # === MESSAGES === #

    def _get_message_kinds(self):
        return {"published": [self.env._("News of the plan")]}

    def _write_requested_message(self, kind):
        """Tell each engineer once what a publication changes for him."""
        if kind != "published":
            return
        for run in self:
            told = run.line_ids.filtered(
                lambda line: line._is_change() and not line.refusal
            )
            engineers = told.engineer_id | told.old_engineer_id
            for user, members in engineers.grouped("user_id").items():
                if user:
                    run.with_context(lang=user.lang)._notify_engineer(members, told)

    def _notify_engineer(self, engineers, lines):
        """Tell one person of his new, moved and lost orders, in one message."""
        self.ensure_one()
        engineer = engineers[0]
        gained = lines.filtered(lambda line: line.engineer_id in engineers)
        lost = lines.filtered(
            lambda line: (
                line.old_engineer_id in engineers and line.engineer_id not in engineers
            )
        )
        engineer.with_env(self.env).message_notify(
            partner_ids=engineer.user_id.partner_id.ids,
            subject=self.env._(
                "Your plan for %(day)s has changed",
                day=format_date(self.env, self.date_from),
            ),
            body=Markup("<ul>%s</ul>")
            % Markup().join(
                Markup("<li>%s</li>") % text
                for text in (
                    *(
                        line._describe_gain(engineer)
                        for line in gained.sorted("planned_start")
                    ),
                    *(
                        self.env._(
                            "No longer yours: %(order)s", order=line.order_id.name
                        )
                        for line in lost
                    ),
                )
            ),
        )
