from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.date_utils import localized
from odoo.tools.intervals import Intervals

from ..const import ORDER_MOVABLE_STATES

# Orders further apart than this are looked up by themselves: working time of years in
# between is of no use.
LARGEST_GAP = timedelta(days=31)


class QifeiWorkOrder(models.Model):
    """Tells which planned visits their engineer cannot make any more.

    A visit is broken when a leave or holiday takes away working time it needs, or when
    all of it lies outside the working time of its engineer.
    """

    _inherit = "qifei.work.order"

    is_broken = fields.Boolean(
        string="Engineer absent",
        compute="_compute_is_broken",
        search="_search_is_broken",
        groups="base.group_user",
        help="The engineer does not work at the planned time.",
    )

    @api.depends("engineer_id", "planned_start", "planned_end", "state")
    def _compute_is_broken(self):
        broken = set(self._filter_broken()._ids)
        for order in self:
            order.is_broken = order.id in broken

    def _search_is_broken(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        broken = self.search(self._get_breakable_domain())._filter_broken()
        is_broken = Domain("id", "in", broken.ids)
        domain = Domain.FALSE
        if True in value:
            domain |= is_broken
        if False in value:
            domain |= ~is_broken
        return domain if operator == "in" else ~domain

    @api.model
    def _get_breakable_domain(self):
        """Return the domain of visits ahead that somebody is to make."""
        return (
            Domain("engineer_id", "!=", False)
            & Domain("state", "in", ("draft", *ORDER_MOVABLE_STATES))
            & Domain("planned_start", "!=", False)
            & Domain("planned_end", ">", fields.Datetime.now())
        )

    def _filter_broken(self):
        """Return the visits ahead that their engineers cannot make."""
        now = fields.Datetime.now()
        ahead = self.filtered(
            lambda order: (
                order.engineer_id
                and order.state in ("draft", *ORDER_MOVABLE_STATES)
                and order.planned_start
                and order.planned_end > now
            )
        ).sorted("planned_start")
        broken = self.browse()
        for orders in ahead._split_at_gaps():
            broken |= orders._filter_broken_nearby()
        return broken

    def _split_at_gaps(self):
        """Yield the orders, which are sorted by begin, in groups without long gaps."""
        group, end = self.browse(), None
        for order in self:
            if end and order.planned_start - end > LARGEST_GAP:
                yield group
                group, end = self.browse(), None
            group |= order
            end = max(end or order.planned_end, order.planned_end)
        if group:
            yield group

    def _filter_broken_nearby(self):
        start = min(self.mapped("planned_start"))
        end = max(self.mapped("planned_end"))
        engineers = self.engineer_id
        working = engineers._get_planning_intervals(start, end)
        usual = engineers._get_usual_intervals(start, end)
        lost = {
            engineer_id: intervals - working[engineer_id]
            for engineer_id, intervals in usual.items()
        }

        def is_broken(order):
            engineer_id = order.engineer_id.id
            visit = Intervals(
                [(localized(order.planned_start), localized(order.planned_end), order)]
            )
            return bool(visit & lost[engineer_id]) or not (visit & working[engineer_id])

        return self.filtered(is_broken)
