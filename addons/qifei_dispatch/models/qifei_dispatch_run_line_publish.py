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
        for order in orders:
            values = by_order[order.id]._get_published_values()
            if values:
                order._as_own_step().write(values)
        orders.filtered(
            lambda order: changes[order.id] in CHANGES_OF_ENGINEER
        ).action_assign()
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
        if self.change in CHANGES_OF_ENGINEER:
            values["engineer_id"] = self.engineer_id.id
        return values

    def _publish_alone(self):
        """Change one order, or note why it stays as it is."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._publish()
        except UserError as error:
            self._note_refusal(str(error))

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
