from odoo import fields, models
from odoo.tools import SQL

# A machine that needs service again so soon was not fixed.
RETURN_DAYS = 30


class QifeiPartVisit(models.Model):
    """How many visits a job has taken, and whether a part was the reason for more.

    A job is a ticket with its work orders, or a work order without a ticket and the
    rework of it. It is counted here as soon as one of its orders is done; cancelled
    orders do not count.

    * Visits: the orders that were started (arrived or done), and once more for each
      time that an engineer who had set off was stopped by a missing part, and for each
      time that an order was sent back to work after an objection.
    * First-time fix: one visit, its result is “solved” or “no fault found”, and no
      other job was opened for the same machine within 30 days after it was done. The
      rate is the share of jobs, in per cent. A job without a machine cannot come back.
    * Second visit for a part: more than one visit, and a visit was broken off for a
      part, or an order before the last one of the job has a request for parts that was
      submitted and neither rejected nor cancelled. The rate is the share of all jobs.

    The row stands in the month, and with the engineer, of the first order of the job.
    Nobody writes it; customer service, dispatchers and parts keepers read the rows of
    their companies, engineers those of their own first visits.
    """

    _name = "qifei.part.visit"
    _description = "Visits and parts"
    _auto = False
    _rec_name = "order_id"
    _order = "date desc, id desc"

    date = fields.Datetime(string="First done on", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    order_id = fields.Many2one("qifei.work.order", string="First order", readonly=True)
    ticket_id = fields.Many2one("qifei.ticket", readonly=True)
    ticket_type_id = fields.Many2one(
        "qifei.ticket.type", string="Kind of service", readonly=True
    )
    engineer_id = fields.Many2one("qifei.engineer", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    equipment_id = fields.Many2one("qifei.equipment", string="Machine", readonly=True)
    model_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one(
        "product.category", string="Category of the machine", readonly=True
    )
    cause_id = fields.Many2one("qifei.fault.cause", readonly=True)
    visit_count = fields.Integer(string="Visits", readonly=True, aggregator="sum")
    is_first_time_fix = fields.Boolean(string="Fixed at the first visit", readonly=True)
    is_part_return = fields.Boolean(string="Second visit for a part", readonly=True)
    first_time_fix_rate = fields.Float(
        string="First-time fix (%)", digits=(5, 1), readonly=True, aggregator="avg"
    )
    part_return_rate = fields.Float(
        string="Second visit for a part (%)",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            WITH work AS (%(work)s), job AS (%(job)s)
            SELECT job.first_id AS id,
                   job.date,
                   first.company_id,
                   job.first_id AS order_id,
                   first.ticket_id,
                   first.ticket_type_id,
                   first.engineer_id,
                   first.partner_id,
                   first.equipment_id,
                   first.product_id AS model_id,
                   template.categ_id,
                   first.cause_id,
                   job.visit_count,
                   fix.yes AS is_first_time_fix,
                   part.yes AS is_part_return,
                   CASE WHEN fix.yes THEN 100.0 ELSE 0.0 END AS first_time_fix_rate,
                   CASE WHEN part.yes THEN 100.0 ELSE 0.0 END AS part_return_rate
              FROM job
              JOIN qifei_work_order first ON first.id = job.first_id
         LEFT JOIN product_product product ON product.id = first.product_id
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN LATERAL (%(fix)s) fix ON TRUE
              JOIN LATERAL (%(part)s) part ON TRUE
            """,
            work=self._work(),
            job=self._job(),
            fix=self._fix(),
            part=self._part(),
        )

    def _work(self):
        """Return the orders that count, with the job they belong to."""
        return SQL(
            """
            SELECT id,
                   COALESCE(-ticket_id, rework_of_id, id) AS job_id,
                   COALESCE(rework_count, 0) AS rework_count,
                   done_on,
                   result,
                   part_stop_count,
                   (arrived_on IS NOT NULL OR done_on IS NOT NULL) AS is_started
              FROM qifei_work_order
             WHERE state != 'cancelled'
            """
        )

    def _job(self):
        return SQL(
            """
            SELECT job_id,
                   MIN(id) AS first_id,
                   MAX(id) AS last_id,
                   MIN(done_on) AS date,
                   (ARRAY_AGG(result ORDER BY id))[1] AS first_result,
                   SUM(COALESCE(part_stop_count, 0)) AS stop_count,
                   SUM(
                       is_started::int + COALESCE(part_stop_count, 0) + rework_count
                   ) AS visit_count
              FROM work
          GROUP BY job_id
            HAVING MIN(done_on) IS NOT NULL
            """
        )

    def _fix(self):
        return SQL(
            """
            SELECT job.visit_count = 1
                   AND job.first_result IN ('solved', 'no_fault')
                   AND NOT EXISTS (
                       SELECT 1
                         FROM qifei_work_order later
                        WHERE later.equipment_id = first.equipment_id
                          AND later.state != 'cancelled'
                          AND COALESCE(
                              -later.ticket_id, later.rework_of_id, later.id
                          ) != job.job_id
                          AND later.create_date > job.date
                          AND later.create_date <= job.date
                              + make_interval(days => %(days)s)
                   ) AS yes
            """,
            days=RETURN_DAYS,
        )

    def _part(self):
        return SQL(
            """
            SELECT job.visit_count > 1
                   AND (
                       job.stop_count > 0
                       OR EXISTS (
                           SELECT 1
                             FROM qifei_part_request request
                             JOIN work ON work.id = request.work_order_id
                            WHERE work.job_id = job.job_id
                              AND work.id != job.last_id
                              AND request.state
                                  NOT IN ('draft', 'rejected', 'cancelled')
                       )
                   ) AS yes
            """
        )
