from odoo import fields, models
from odoo.tools import SQL

# Nobody is late who arrives a few minutes after the time that was planned.
GRACE_MINUTES = 15
# Measures that are shares of two sums: what is above the line, what is below it.
RATIOS = {
    "travel_share": ("travel_time", "busy_time"),
    "utilisation": ("busy_time", "working_time"),
    "orders_per_day": ("day_order", "engineer_day"),
}


class QifeiDispatchReport(models.Model):
    """How the days of the engineers went: one row per visit that was planned.

    * Planned: beginning, travel and work as they were planned when the visit was
      assigned; actual: from setting off to arriving, and from arriving to the end. A
      visit that went into another day counts with that day's beginning.
    * On time: the engineer arrived before the end of the last promised time, or within
      15 minutes after the planned beginning where nothing was promised. A visit not
      begun yet is neither.
    * Travel share: travel of all time on the road or at customers. Utilisation: time
      on the road or at customers of the working time, which is that of the calendar
      without leaves of the engineer and public holidays; days without a visit are not
      in the report. Both count what happened, and what was planned where nothing has
      happened yet.
    * First-time fix: the visit is done, its result is “solved” or “no fault found”, it
      was not sent back to work and is no rework of another one.

    Nobody writes it; customer service, dispatchers and managers read the rows of their
    companies, engineers their own.
    """

    _name = "qifei.dispatch.report"
    _description = "Days of engineers"
    _auto = False
    _rec_name = "order_id"
    _order = "date desc, engineer_id, id"

    # === What === #
    order_id = fields.Many2one("qifei.work.order", string="Work order", readonly=True)
    date = fields.Date(string="Day", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    engineer_id = fields.Many2one("qifei.engineer", readonly=True)
    service_point_id = fields.Many2one(
        "res.partner", string="Service point", readonly=True
    )
    area_id = fields.Many2one(
        "qifei.service.area", string="Service area", readonly=True
    )
    ticket_type_id = fields.Many2one(
        "qifei.ticket.type", string="Kind of service", readonly=True
    )
    state = fields.Selection(
        selection=lambda self: (
            self.env["qifei.work.order"]
            ._fields["state"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )

    # === Plan and fact === #
    planned_start = fields.Datetime(string="Planned beginning", readonly=True)
    arrived_on = fields.Datetime(string="Arrived", readonly=True)
    delay_minutes = fields.Float(
        string="Delay (min)", readonly=True, aggregator="avg", digits=(10, 1)
    )
    planned_travel = fields.Float(
        string="Planned travel (min)", readonly=True, digits=(10, 1)
    )
    actual_travel = fields.Float(
        string="Actual travel (min)", readonly=True, digits=(10, 1)
    )
    planned_work = fields.Float(
        string="Planned work (min)", readonly=True, digits=(10, 1)
    )
    actual_work = fields.Float(
        string="Actual work (min)", readonly=True, digits=(10, 1)
    )
    travel_km = fields.Float(
        string="Planned travel (km)", readonly=True, digits=(10, 1)
    )

    # === Rates === #
    on_time_rate = fields.Float(
        string="On time (%)", readonly=True, aggregator="avg", digits=(5, 1)
    )
    first_time_fix_rate = fields.Float(
        string="First-time fix (%)", readonly=True, aggregator="avg", digits=(5, 1)
    )
    travel_share = fields.Float(
        string="Travel share (%)", readonly=True, aggregator="avg", digits=(5, 1)
    )
    utilisation = fields.Float(
        string="Utilisation (%)", readonly=True, aggregator="avg", digits=(5, 1)
    )
    orders_per_day = fields.Float(
        string="Orders per day", readonly=True, aggregator="avg", digits=(10, 1)
    )

    # === What the rates are made of === #
    travel_time = fields.Float(string="Travel (min)", readonly=True, digits=(10, 1))
    busy_time = fields.Float(
        string="Travel and work (min)", readonly=True, digits=(10, 1)
    )
    working_time = fields.Float(
        string="Working time (min)", readonly=True, digits=(10, 1)
    )
    day_order = fields.Float(string="Visits", readonly=True, digits=(10, 0))
    engineer_day = fields.Float(
        string="Days of engineers", readonly=True, digits=(10, 2)
    )

    # === AGGREGATES === #

    def _read_group_select(self, aggregate_spec, query):
        """Make the shares of groups from sums, whatever the rows weigh."""
        name = aggregate_spec.partition(":")[0]
        if name in RATIOS and aggregate_spec.endswith(":avg"):
            above, below = (
                self._field_to_sql(self._table, one, query) for one in (RATIOS[name])
            )
            factor = 1 if name == "orders_per_day" else 100
            return SQL("%s * SUM(%s) / NULLIF(SUM(%s), 0)", factor, above, below)
        return super()._read_group_select(aggregate_spec, query)

    # === QUERY === #

    @property
    def _table_query(self):
        return SQL(
            """
            WITH visit AS (%(visit)s), day AS (%(day)s)
            SELECT visit.*,
                   1.0 AS day_order,
                   1.0 / day.visits AS engineer_day,
                   day.working_time / day.visits AS working_time,
                   visit.travel_time + visit.work_time AS busy_time,
                   100.0 * visit.travel_time
                         / NULLIF(visit.travel_time + visit.work_time, 0)
                       AS travel_share,
                   100.0 * (visit.travel_time + visit.work_time) * day.visits
                         / NULLIF(day.working_time, 0) AS utilisation,
                   day.visits::float AS orders_per_day
              FROM visit
              JOIN day ON day.engineer_id = visit.engineer_id
                      AND day.date = visit.date
            """,
            visit=self._visit(),
            day=self._day(),
        )

    def _visit(self):
        """Return the visits with what was planned and what happened, in minutes."""
        return SQL(
            """
            SELECT o.id,
                   o.id AS order_id,
                   o.company_id,
                   o.engineer_id,
                   engineer.service_point_id,
                   o.area_id,
                   o.ticket_type_id,
                   o.state,
                   o.planned_start,
                   o.arrived_on,
                   engineer.resource_id,
                   resource.calendar_id,
                   resource.tz,
                   (COALESCE(o.arrived_on, o.planned_start)
                       AT TIME ZONE 'UTC' AT TIME ZONE resource.tz)::date AS date,
                   EXTRACT(EPOCH FROM o.arrived_on - o.planned_start) / 60
                       AS delay_minutes,
                   COALESCE(o.travel_minutes, 0) AS planned_travel,
                   fact.travel AS actual_travel,
                   COALESCE(o.duration, 0) * 60 AS planned_work,
                   fact.work AS actual_work,
                   COALESCE(o.travel_km, 0) AS travel_km,
                   COALESCE(fact.travel, o.travel_minutes, 0) AS travel_time,
                   COALESCE(fact.work, o.duration * 60, 0) AS work_time,
                   CASE WHEN o.arrived_on IS NULL THEN NULL
                        WHEN o.arrived_on <= COALESCE(
                            promised.date_to,
                            o.planned_start + make_interval(mins => %(grace)s)
                        ) THEN 100.0
                        ELSE 0.0 END AS on_time_rate,
                   CASE WHEN o.done_on IS NULL THEN NULL
                        WHEN o.result IN ('solved', 'no_fault')
                             AND COALESCE(o.rework_count, 0) = 0
                             AND o.rework_of_id IS NULL
                             AND NOT EXISTS (
                                 SELECT 1
                                   FROM qifei_work_order rework
                                  WHERE rework.rework_of_id = o.id
                             ) THEN 100.0
                        ELSE 0.0 END AS first_time_fix_rate
              FROM qifei_work_order o
              JOIN qifei_engineer engineer ON engineer.id = o.engineer_id
              JOIN resource_resource resource ON resource.id = engineer.resource_id
              JOIN LATERAL (
                       SELECT EXTRACT(EPOCH FROM o.arrived_on - o.departed_on) / 60
                                  AS travel,
                              EXTRACT(EPOCH FROM o.done_on - o.arrived_on) / 60
                                  AS work
                   ) fact ON TRUE
              LEFT JOIN LATERAL (
                       SELECT MAX(date_to) AS date_to
                         FROM qifei_work_order_window
                        WHERE order_id = o.id
                   ) promised ON TRUE
             WHERE o.planned_start IS NOT NULL
               AND o.state NOT IN ('draft', 'cancelled')
            """,
            grace=GRACE_MINUTES,
        )

    def _day(self):
        """Return how many visits a day had, and how long the engineer worked."""
        return SQL(
            """
            SELECT day.engineer_id, day.date, day.visits, span.minutes AS working_time
              FROM (
                       SELECT engineer_id, resource_id, calendar_id, company_id, tz,
                              date, COUNT(*) AS visits
                         FROM visit
                     GROUP BY engineer_id, resource_id, calendar_id, company_id, tz,
                              date
                   ) day
              JOIN LATERAL (%(span)s) span ON TRUE
            """,
            span=self._span(),
        )

    def _span(self):
        """Return the minutes of the calendar on one day, without leaves."""
        return SQL(
            """
            SELECT SUM(GREATEST(0, EXTRACT(EPOCH FROM shift.date_to - shift.date_from)
                       / 60 - COALESCE(absence.minutes, 0))) AS minutes
              FROM resource_calendar_attendance attendance
              JOIN resource_calendar calendar ON calendar.id = attendance.calendar_id
              JOIN LATERAL (
                       SELECT (day.date
                               + make_interval(secs => attendance.hour_from * 3600))
                                  AT TIME ZONE day.tz AT TIME ZONE 'UTC' AS date_from,
                              (day.date
                               + make_interval(secs => attendance.hour_to * 3600))
                                  AT TIME ZONE day.tz AT TIME ZONE 'UTC' AS date_to
                   ) shift ON TRUE
              LEFT JOIN LATERAL (
                       SELECT SUM(EXTRACT(EPOCH FROM
                                  LEAST(leave.date_to, shift.date_to)
                                  - GREATEST(leave.date_from, shift.date_from))) / 60
                                  AS minutes
                         FROM resource_calendar_leaves leave
                        WHERE leave.date_from < shift.date_to
                          AND leave.date_to > shift.date_from
                          AND leave.time_type = 'leave'
                          AND (leave.resource_id IS NULL
                               OR leave.resource_id = day.resource_id)
                          AND (leave.calendar_id IS NULL
                               OR leave.calendar_id = day.calendar_id)
                          AND (leave.company_id IS NULL
                               OR leave.company_id = day.company_id)
                   ) absence ON TRUE
             WHERE attendance.calendar_id = day.calendar_id
               AND attendance.dayofweek = (EXTRACT(ISODOW FROM day.date) - 1)::int::text
               AND attendance.day_period != 'lunch'
               AND attendance.display_type IS NULL
               AND (NOT COALESCE(calendar.two_weeks_calendar, FALSE)
                    OR attendance.week_type
                       = (((day.date - DATE '0001-01-01') / 7) %% 2)::text)
            """
        )
