from collections import defaultdict

from odoo import api, models

from odoo.addons.qifei_aftersales.const import DEFAULT_VISIT_HOURS

from ..const import BUS_BOARD

# What a board shows of an order; other changes are nobody's news.
SHOWN_FIELDS = {
    "state",
    "engineer_id",
    "planned_start",
    "planned_end",
    "duration",
    "priority",
    "latitude",
    "longitude",
    "address_id",
    "partner_id",
    "contact_name",
    "area_id",
    "ticket_type_id",
    "window_ids",
    "is_pinned",
    "pool_since",
}
NEWS = "qifei_dispatch_board_news"
# More changes than these at once are told as several notices.
MOST_IN_NOTICE = 200


class QifeiWorkOrder(models.Model):
    """What the dispatch boards need of an order, and how they hear of its changes."""

    _inherit = "qifei.work.order"

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._tell_boards()
        return orders

    def write(self, vals):
        result = super().write(vals)
        if SHOWN_FIELDS & vals.keys():
            self._tell_boards()
        return result

    def unlink(self):
        self._tell_boards()
        return super().unlink()

    # === BOARD === #

    def _get_visit_point(self):
        """Return ``(latitude, longitude)`` of the visit, or None."""
        self.ensure_one()
        place = (self.latitude, self.longitude)
        return place if any(place) else None

    def _get_visit_minutes(self):
        """Return how long the visit takes."""
        self.ensure_one()
        if self.planned_start and self.planned_end:
            return (self.planned_end - self.planned_start).total_seconds() / 60
        return 60 * (self.duration or DEFAULT_VISIT_HOURS)

    def _get_board_token(self):
        """Return what tells whether somebody else has planned the order since."""
        self.ensure_one()
        return "/".join(
            str(value or "")
            for value in (
                self.state,
                self.engineer_id.id,
                self.planned_start,
                self.planned_end,
            )
        )

    def _tell_boards(self):
        """Have the open boards told which orders have changed, once a transaction."""
        precommit = self.env.cr.precommit
        if NEWS not in precommit.data:
            precommit.data[NEWS] = defaultdict(dict)
            precommit.add(self.env["qifei.work.order"]._send_board_news)
        news = precommit.data[NEWS]
        # sudo: qifei.work.order - the company of an order that has just been written
        for order in self.sudo():
            news[order.company_id.id][order.id] = True

    @api.model
    def _send_board_news(self):
        news = self.env.cr.precommit.data.pop(NEWS, {})
        for company in self.env["res.company"].browse(news):
            order_ids = list(news[company.id])
            for first in range(0, len(order_ids), MOST_IN_NOTICE):
                self.env["bus.bus"]._sendone(
                    (company, BUS_BOARD),
                    BUS_BOARD,
                    {
                        "company_id": company.id,
                        "order_ids": order_ids[first : first + MOST_IN_NOTICE],
                    },
                )
