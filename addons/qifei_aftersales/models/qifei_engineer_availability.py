from datetime import timedelta

from pytz import utc

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.date_utils import localized
from odoo.tools.intervals import Intervals

# On the way or at the customer: busy whatever the plan says.
ORDER_RUNNING_STATES = ("en_route", "on_site")
# Planned work that takes the engineer's time.
ORDER_PLANNED_STATES = ("assigned", "accepted", *ORDER_RUNNING_STATES, "on_hold")


class QifeiEngineer(models.Model):
    """When an engineer works, is busy and can be booked.

    Working hours and absences come from the calendar of the resource, busy time from
    the planned orders. All methods answer for all engineers of ``self`` in a number of
    queries that does not grow with them.
    """

    _inherit = "qifei.engineer"

    availability = fields.Selection(
        selection=[("free", "Free"), ("busy", "Busy"), ("off", "Off")],
        compute="_compute_availability",
        search="_search_availability",
        help="Now: off outside working hours and on leave, busy with an order under "
        "way or planned for this moment, free otherwise.",
    )
    open_order_count = fields.Integer(
        string="Open orders", compute="_compute_order_counts"
    )
    today_order_count = fields.Integer(
        string="Orders today", compute="_compute_order_counts"
    )
    done_order_count = fields.Integer(
        string="Orders done", compute="_compute_order_counts"
    )

    # === COMPUTES === #

    @api.depends_context("tz")
    def _compute_availability(self):
        availability = self._get_availability()
        for engineer in self:
            engineer.availability = availability.get(engineer._origin.id, "off")

    def _search_availability(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        engineers = self.with_context(active_test=False).search([("id", "!=", False)])
        matching = [
            engineer_id
            for engineer_id, availability in engineers._get_availability().items()
            if availability in value
        ]
        return Domain("id", operator, matching)

    def _compute_order_counts(self):
        orders = self.env["qifei.work.order"]
        own = Domain("engineer_id", "in", self.ids)
        open_counts = dict(
            orders._read_group(
                own & Domain("state", "in", ORDER_PLANNED_STATES),
                ["engineer_id"],
                ["__count"],
            )
        )
        today_counts = dict(
            orders._read_group(
                own
                & Domain("planned_start", ">=", "today")
                & Domain("planned_start", "<", "today +1d"),
                ["engineer_id"],
                ["__count"],
            )
        )
        done_counts = dict(
            orders._read_group(
                own & Domain("state", "in", ("done", "verified", "closed")),
                ["engineer_id"],
                ["__count"],
            )
        )
        for engineer in self:
            engineer.open_order_count = open_counts.get(engineer, 0)
            engineer.today_order_count = today_counts.get(engineer, 0)
            engineer.done_order_count = done_counts.get(engineer, 0)

    # === ACTIONS === #

    def action_view_orders(self):
        return self._open_orders([])

    def action_view_open_orders(self):
        return self._open_orders([("state", "in", ORDER_PLANNED_STATES)])

    def action_view_ratings(self):
        """Open the ratings customers gave for the work of the engineer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qifei_aftersales.rating_rating_action_service"
        )
        return {
            **action,
            "domain": [
                ("parent_res_model", "=", self._name),
                ("parent_res_id", "=", self.id),
                ("consumed", "=", True),
            ],
            "context": {},
        }

    def _open_orders(self, domain):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qifei_aftersales.qifei_work_order_action"
        )
        return {
            **action,
            "domain": [("engineer_id", "=", self.id), *domain],
            "context": {"default_engineer_id": self.id},
        }

    # === BUSINESS === #

    def _get_availability(self, moment=None):
        """Tell who is free.

        :param datetime moment: in UTC, now when left out
        :return: ``{engineer.id: "free" | "busy" | "off"}``
        """
        moment = moment or fields.Datetime.now()
        end = moment + timedelta(seconds=1)
        working = self._get_work_intervals(moment, end)
        planned = self._get_busy_intervals(moment, end)
        # sudo: qifei.work.order - whether a colleague is at work, not on what
        running = {
            engineer.id
            for (engineer,) in self.env["qifei.work.order"]
            .sudo()
            ._read_group(
                [
                    ("engineer_id", "in", self.ids),
                    ("state", "in", ORDER_RUNNING_STATES),
                ],
                ["engineer_id"],
            )
        }
        availability = {}
        for engineer_id in self.ids:
            if engineer_id in running or planned.get(engineer_id):
                availability[engineer_id] = "busy"
            else:
                availability[engineer_id] = "free" if working[engineer_id] else "off"
        return availability

    def _get_work_intervals(self, start, end):
        """Return the working time between two moments, without leaves and holidays.

        :param datetime start: in UTC, with or without time zone
        :param datetime end: likewise
        :return: ``{engineer.id: Intervals}``, in UTC with time zone
        """
        # sudo: resource.resource - absences are used, their reasons are not shown
        resources_sudo = self.sudo().resource_id
        by_resource, _by_calendar = resources_sudo._get_valid_work_intervals(
            localized(start), localized(end)
        )
        return {
            engineer.id: Intervals(
                [
                    (work_start.astimezone(utc), work_end.astimezone(utc), engineer)
                    for work_start, work_end, _records in by_resource[
                        engineer.resource_id.id
                    ]
                ]
            )
            for engineer in self
            if engineer.id
        }

    def _get_busy_intervals(self, start, end):
        """Return the time taken by planned orders between two moments.

        :param datetime start: in UTC, with or without time zone
        :param datetime end: likewise
        :return: ``{engineer.id: Intervals}``, in UTC with time zone
        """
        start, end = localized(start), localized(end)
        # sudo: qifei.work.order - a booking page asks without seeing the orders
        rows = (
            self.env["qifei.work.order"]
            .sudo()
            .search_fetch(
                [
                    ("engineer_id", "in", self.ids),
                    ("state", "in", ORDER_PLANNED_STATES),
                    ("planned_start", "<", end.astimezone(utc).replace(tzinfo=None)),
                    ("planned_end", ">", start.astimezone(utc).replace(tzinfo=None)),
                ],
                ["engineer_id", "planned_start", "planned_end"],
            )
        )
        intervals = {engineer_id: [] for engineer_id in self.ids}
        for order in rows:
            intervals[order.engineer_id.id].append(
                (
                    max(localized(order.planned_start), start),
                    min(localized(order.planned_end), end),
                    self.browse(order.engineer_id.id),
                )
            )
        return {
            engineer_id: Intervals(values) for engineer_id, values in intervals.items()
        }

    def _get_free_windows(self, day_start, day_end):
        """Return when each engineer can be booked: at work and not busy.

        :param datetime day_start: in UTC, with or without time zone
        :param datetime day_end: likewise
        :return: ``{engineer.id: [(start, end), …]}``, in UTC with time zone, in order
        """
        working = self._get_work_intervals(day_start, day_end)
        busy = self._get_busy_intervals(day_start, day_end)
        return {
            engineer_id: [
                (start, end) for start, end, _records in intervals - busy[engineer_id]
            ]
            for engineer_id, intervals in working.items()
        }
