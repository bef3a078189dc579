from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

CHANGES_OF_ENGINEER = ("new", "moved")


class QifeiDispatchRunLine(models.Model):
    """Publishes proposals."""

    _inherit = "qifei.dispatch.run.line"

    def _publish(self):
        """Change the orders, in one batch; all or none."""
        by_order = {line.order_id.id: line for line in self}
        orders = self.order_id.with_context(qifei_dispatch_quiet=True)
        changes = {order_id: line.change for order_id, line in by_order.items()}
        leaving = orders.filtered(
            lambda order: changes[order.id] in ("moved", "unplaced")
        )
        leaving.filtered(lambda order: order.state != "draft").action_unassign()
        leaving.filtered("engineer_id").engineer_id = False
        getting = orders.filtered(
            lambda order: changes[order.id] in CHANGES_OF_ENGINEER
        )
        # What hangs on the engineer, such as parts, is looked up once for each of them.
        for engineer, members in getting.grouped(
            lambda order: by_order[order.id].engineer_id
        ).items():
            members.write({"engineer_id": engineer.id})
        for order in orders:
            values = by_order[order.id]._get_published_values()
            if values:
                order._as_own_step().write(values)
        getting.action_assign()
        # The customer was told of the appointment when it was accepted.
        orders.filtered(
            lambda order: changes[order.id] == "retimed" and order.state == "accepted"
        )._request_message("confirmed")

    def _get_published_values(self):
        self.ensure_one()
        if self.change == "unplaced":
            return {"dispatch_reason": self.reason}
        values = {
            "travel_minutes": self.travel_minutes,
            "travel_km": self.travel_km,
        }
        if self.change != "same":
            values.update(
                planned_start=self.planned_start,
                planned_end=self.planned_end,
                dispatch_reason=self.reason,
            )
        return values

    # === LEFT OUT === #

    def _leave_out_outdated(self):
        """Note and return the lines whose order somebody has changed."""
        outdated = self.filtered(lambda line: line._is_outdated())
        outdated._note_refusal(
            self.env._("Somebody has changed the order since the plan was made.")
        )
        return outdated

    def _leave_out_obstructed(self):
        """Note and return the lines that do not hold any more."""
        return self._note_refusals(self._find_obstacles())

    def _leave_out_refusing(self):
        """Note and return the lines whose order cannot be changed."""
        refusals = {line.id: line._try_to_publish() for line in self}
        return self._note_refusals(refusals)

    def _try_to_publish(self):
        """Return why the order cannot be changed, or None; nothing is changed."""
        self.ensure_one()
        savepoint = self.env.cr.savepoint()
        try:
            self._publish()
            self.env.flush_all()
        except UserError as error:
            return str(error)
        else:
            return None
        finally:
            savepoint.close(rollback=True)

    def _publish_alone(self):
        """Change one order, or note why it stays as it is."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._publish()
        except UserError as error:
            self._note_refusal(str(error))

    def _note_refusals(self, refusals):
        """Note why orders stay as they are.

        :param refusals: ``{line id: sentence, or None}``
        :return: the lines that are left out
        """
        for line in self:
            if refusals.get(line.id):
                line._note_refusal(refusals[line.id])
        return self.filtered(lambda line: refusals.get(line.id))

    def _note_refusal(self, text):
        # sudo: qifei.dispatch.run.line - written by the publication only
        self.sudo().refusal = text

    def _describe_gain(self, engineer):
        """Return the line of a message about an order that was given or moved."""
        self.ensure_one()
        what = {
            "order": self.order_id.name,
            "customer": self.order_id.contact_name or self.order_id.partner_id.name,
            "time": format_datetime(
                self.env, self.planned_start, tz=engineer.tz, dt_format="short"
            ),
        }
        if self.old_engineer_id == self.engineer_id:
            return self.env._("Other time: %(time)s %(order)s, %(customer)s", **what)
        return self.env._("New: %(time)s %(order)s, %(customer)s", **what)
