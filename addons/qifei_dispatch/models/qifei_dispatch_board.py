from collections import defaultdict
from datetime import UTC, timedelta

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Date, Domain

from ..const import (
    GROUP_DISPATCHER,
    ORDER_DONE_STATES,
    ORDER_MOVABLE_STATES,
    ORDER_ROUTE_STATES,
)
from ..tools.clock import Clock
from ..tools.placing import Day, Road, Visit

# Shown in the list of what is to be planned; the rest is counted.
MOST_UNPLANNED = 1000
# Nobody plans a day before or after these.
FIRST_DAY, LAST_DAY = Date.to_date("2000-01-01"), Date.to_date("2199-12-31")
# What a visit is for those who ask about others.
VISIT_FIELDS = (
    "name",
    "state",
    "engineer_id",
    "planned_start",
    "planned_end",
    "latitude",
    "longitude",
)
ORDER_FIELDS = (
    "name",
    "state",
    "priority",
    "partner_id",
    "contact_name",
    "address_id",
    "area_id",
    "engineer_id",
    "planned_start",
    "planned_end",
    "duration",
    "latitude",
    "longitude",
    "is_pinned",
    "ticket_id",
    "ticket_type_id",
    "pool_since",
)


class QifeiDispatchBoard(models.AbstractModel):
    """What the dispatch board shows.

    Nothing is kept here: who does what when are the engineer and the times of the
    orders. Only dispatchers use the board, and all see the company they work in. Times
    are minutes since midnight of the day in the time zone of the company; the day is
    told as milliseconds since 1970, so days of 23 and 25 hours are right.

    The number of queries does not depend on how much there is to show.
    """

    _name = "qifei.dispatch.board"
    _description = "Dispatch board"

    # === QUESTIONS === #

    @api.model
    @api.readonly
    def get_board(self, date=None, area_ids=None, skill_ids=None):
        """Return everything the board shows of one day.

        :param date: ``YYYY-MM-DD``, today when left out
        :param area_ids: only engineers and orders of these areas
        :param skill_ids: only engineers who have, and orders that need, one of these
        """
        company = self._check_use()
        clock = self._get_clock(company, date)
        areas, skills = self._read_ids(area_ids), self._read_ids(skill_ids)
        engineers = self._find_engineers(company, areas, skills)
        stretches = self._get_stretches(engineers, clock)
        planned = self._find_planned(engineers, clock)
        unplanned, total = self._find_unplanned(company, areas, skills)
        return {
            "date": Date.to_string(clock.first_day),
            "timezone": str(clock.tz),
            "day_start": self._get_day_start(clock),
            "minutes": self._get_day_length(clock),
            "engineers": self._describe_engineers(engineers, stretches, clock),
            "orders": self._describe_planned(planned, engineers, stretches, clock),
            "unplanned": self._describe_orders(unplanned, clock),
            "unplanned_count": total,
            **self._get_words(company),
        }

    @api.model
    @api.readonly
    def get_changes(
        self, date, order_ids, engineer_ids=None, area_ids=None, skill_ids=None
    ):
        """Return some orders anew, with the days of the engineers they concern.

        :param order_ids: orders that have changed
        :param engineer_ids: engineers who had them
        """
        company = self._check_use()
        clock = self._get_clock(company, date)
        orders = self._read_orders(order_ids)
        return self._get_changes(
            company,
            clock,
            orders,
            self._read_ids(order_ids),
            self._read_ids(engineer_ids),
            areas=self._read_ids(area_ids),
            skills=self._read_ids(skill_ids),
        )

    @api.model
    @api.readonly
    def get_positions(self, engineer_ids):
        """Return ``{engineer id: [latitude, longitude]}`` of who is on the way."""
        company = self._check_use()
        engineers = self.env["qifei.engineer"].search(
            [
                ("id", "in", self._read_ids(engineer_ids)),
                ("company_id", "=", company.id),
            ]
        )
        return self._get_positions(engineers)

    # === WHO AND WHAT IS ASKED FOR === #

    @api.model
    def _check_use(self):
        """Return the company of the board, or refuse those who are no dispatchers."""
        if not self.env.su and not self.env.user.has_group(GROUP_DISPATCHER):
            raise AccessError(
                self.env._(
                    "The dispatch board is for dispatchers. Ask one of them to plan "
                    "for you, or an administrator for the role."
                )
            )
        return self.env.company

    @api.model
    def _get_clock(self, company, date):
        """Return the clock of a day that came from outside.

        :raise UserError: when it is no day
        """
        if not date:
            return Clock(company._get_dispatch_tz(), company._get_dispatch_today())
        try:
            day = Date.to_date(date)
        except (TypeError, ValueError):
            day = None
        if not day or not FIRST_DAY <= day <= LAST_DAY:
            raise UserError(
                self.env._("“%(day)s” is no day that can be planned.", day=date)
            )
        return Clock(company._get_dispatch_tz(), day)

    @api.model
    def _read_ids(self, values):
        """Return the ids in a list that came from outside."""
        if not isinstance(values, list | tuple):
            return []
        return [
            value
            for value in values
            if isinstance(value, int)
            and not isinstance(value, bool)
            and 0 < value < 2**31
        ]

    @api.model
    def _read_orders(self, values):
        """Return the orders of the company that the user may see."""
        return self.env["qifei.work.order"].search(
            [
                ("id", "in", self._read_ids(values)),
                ("company_id", "=", self.env.company.id),
            ]
        )

    @api.model
    def _find_engineers(self, company, areas, skills):
        domain = Domain("company_id", "=", company.id)
        if areas:
            # Who looks after an area, all of what it is part of, or everything.
            domain &= (
                Domain("area_ids", "child_of", areas)
                | Domain("area_ids", "parent_of", areas)
                | Domain("area_ids", "=", False)
            )
        if skills:
            domain &= Domain("skill_ids", "in", skills)
        return self.env["qifei.engineer"].search_fetch(
            domain,
            [
                "name",
                "company_id",
                "resource_id",
                "start_latitude",
                "start_longitude",
                "end_latitude",
                "end_longitude",
                "max_orders",
                "share_position",
            ],
        )

    @api.model
    def _find_planned(self, engineers, clock, field_names=ORDER_FIELDS):
        """Return what these engineers have to do on the day, the finished included."""
        first, last = self._get_bounds(clock)
        return self.env["qifei.work.order"].search_fetch(
            Domain("engineer_id", "in", engineers.ids)
            & Domain("state", "!=", "cancelled")
            & Domain("planned_start", "<", last)
            & Domain("planned_end", ">", first),
            field_names,
            order="planned_start, id",
        )

    @api.model
    def _get_unplanned_domain(self, company, areas, skills):
        domain = (
            Domain("company_id", "=", company.id)
            & Domain("state", "in", ("draft", *ORDER_MOVABLE_STATES))
            & (Domain("engineer_id", "=", False) | Domain("planned_start", "=", False))
        )
        if areas:
            domain &= Domain("area_id", "child_of", areas)
        if skills:
            domain &= Domain("ticket_type_id.skill_ids", "in", skills)
        return domain

    @api.model
    def _find_unplanned(self, company, areas, skills):
        """Return what has no time yet, the most pressing first, and how much it is."""
        domain = self._get_unplanned_domain(company, areas, skills)
        orders = self.env["qifei.work.order"].search_fetch(
            domain, ORDER_FIELDS, limit=MOST_UNPLANNED
        )
        total = len(orders)
        if total == MOST_UNPLANNED:
            total = orders.search_count(domain)
        return orders, total

    @api.model
    def _get_changes(
        self, company, clock, orders, order_ids, engineer_ids, *, areas=(), skills=()
    ):
        concerned = self.env["qifei.engineer"].search(
            [
                ("id", "in", [*engineer_ids, *orders.engineer_id.ids]),
                ("company_id", "=", company.id),
            ]
        )
        stretches = self._get_stretches(concerned, clock)
        planned = self._find_planned(concerned, clock)
        domain = self._get_unplanned_domain(company, areas, skills)
        model = self.env["qifei.work.order"]
        return {
            "order_ids": order_ids,
            "engineer_ids": concerned.ids,
            "orders": self._describe_planned(planned, concerned, stretches, clock),
            "unplanned": self._describe_orders(
                model.search_fetch(
                    domain & Domain("id", "in", orders.ids), ORDER_FIELDS
                ),
                clock,
            ),
            "total": model.search_count(domain),
        }

    # === TIMES === #

    @api.model
    def _get_bounds(self, clock):
        """Return the midnights before and after, in naive UTC."""
        day = clock.first_day
        return clock.midnight(day), clock.midnight(day + timedelta(days=1))

    @api.model
    def _get_day_start(self, clock):
        first, _last = self._get_bounds(clock)
        return int(first.replace(tzinfo=UTC).timestamp()) * 1000

    @api.model
    def _get_day_length(self, clock):
        first, last = self._get_bounds(clock)
        return int((last - first).total_seconds() // 60)

    @api.model
    def _get_minute(self, clock, moment):
        """Return the minutes from midnight to a moment in UTC."""
        return clock.seconds(moment) / 60

    @api.model
    def _get_stretches(self, engineers, clock):
        """Return ``{engineer id: pairs of minutes}`` of the working time of the day.

        A shift that began the evening before or goes on after midnight is told whole.
        """
        first, last = self._get_bounds(clock)
        around = timedelta(hours=12)
        working = engineers._get_planning_intervals(first - around, last + around)
        length = self._get_day_length(clock)
        stretches = {}
        for engineer_id, intervals in working.items():
            pairs = []
            for start, end, _records in intervals:
                begin = self._get_minute(clock, start)
                finish = self._get_minute(clock, end)
                # The end of a day is written as its last microsecond.
                if pairs and begin <= pairs[-1][1] + 0.1:
                    pairs[-1] = (pairs[-1][0], finish)
                else:
                    pairs.append((begin, finish))
            stretches[engineer_id] = tuple(
                pair for pair in pairs if pair[1] > 0 and pair[0] < length
            )
        return stretches

    @api.model
    def _get_days(self, engineers, stretches, planned, clock):
        """Return ``{engineer id: Day}`` with the visits that take time."""
        visits = defaultdict(list)
        # sudo: qifei.work.order - the user has found them; asked once, not by field
        for order in planned.sudo():
            if order.state in ("draft", *ORDER_ROUTE_STATES, *ORDER_DONE_STATES):
                visits[order.engineer_id.id].append(
                    Visit(
                        order.id,
                        self._get_minute(clock, order.planned_start),
                        self._get_minute(clock, order.planned_end),
                        order._get_visit_point(),
                    )
                )
        return {
            engineer.id: Day(
                stretches=stretches.get(engineer.id, ()),
                visits=tuple(sorted(visits[engineer.id], key=lambda one: one.start)),
                home=engineer._get_start_place(),
                end=engineer._get_end_place(),
            )
            for engineer in engineers
        }

    @api.model
    def _get_road(self):
        # sudo: res.company - how fast the company drives
        company_sudo = self.env.company.sudo()
        return Road(company_sudo.dispatch_speed, company_sudo.dispatch_detour)
