from odoo import fields, models

OUT_STATES = ("en_route", "on_site")


class QifeiWorkOrder(models.Model):
    """Remembers the visits that were broken off because a part was missing."""

    _inherit = "qifei.work.order"

    part_stop_count = fields.Integer(
        string="Visits broken off for a part",
        readonly=True,
        copy=False,
        help="How often the engineer had set off already when the order was put on "
        "hold for a part: each of them is another visit.",
    )

    def action_hold(self, reason=None):
        """Count the visit that ends here without the part it needed."""
        out = self.filtered(lambda order: order.state in OUT_STATES)
        result = super().action_hold(reason=reason)
        for count, orders in (
            out.filtered(lambda order: order.held_for_parts or order.has_missing_parts)
            .grouped("part_stop_count")
            .items()
        ):
            orders._as_own_step().write({"part_stop_count": count + 1})
        return result
