from odoo import fields, models
from odoo.tools import SQL

# The year that uses and stock are looked at, counted back from today.
TURNOVER_DAYS = 365


class QifeiPartTurnover(models.Model):
    """How often the stock of a part at a van or a service point was used up in a year.

    One row per part and place that held or used it in the last 365 days.

    * Used: the done use moves from the place in that time.
    * Average stock: the mean over time of the stock there, worked back from the stock
      of today. A move of ``q`` pieces ``d`` days after the beginning has changed the
      stock of the first ``d`` days of the 365 only, so the mean is
      ``stock today - Σ q · d / 365`` over all moves in (``q > 0``) and out (``q < 0``).
    * Turnover: used divided by average stock. Reach: average stock divided by the
      use per day, in days.

    Nobody writes it; parts keepers and managers read the rows of their companies,
    engineers those of their van and their service point.
    """

    _name = "qifei.part.turnover"
    _description = "Turnover of field stock"
    _inherit = ["qifei.part.place.mixin"]
    _auto = False
    _order = "used_quantity desc, id"

    on_hand = fields.Float(digits="Product Unit", readonly=True, aggregator="sum")
    average_stock = fields.Float(digits=(16, 2), readonly=True, aggregator="sum")
    used_quantity = fields.Float(
        string="Used in a year", digits="Product Unit", readonly=True, aggregator="sum"
    )
    turnover = fields.Float(
        string="Turns a year",
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="Used in a year, divided by the average stock.",
    )
    reach_days = fields.Float(
        string="Reach (days)",
        digits=(16, 0),
        readonly=True,
        aggregator="avg",
        help="How long the average stock lasts. Empty: nothing was used.",
    )
    stock_value = fields.Monetary(
        readonly=True, aggregator="sum", groups="qifei_base.group_parts_keeper"
    )
    used_value = fields.Monetary(
        string="Value used in a year",
        readonly=True,
        aggregator="sum",
        groups="qifei_base.group_parts_keeper",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            WITH flow AS (
                %(flow)s
            ), total AS MATERIALIZED (
                SELECT product_id,
                       location_id,
                       SUM(on_hand) AS on_hand,
                       GREATEST(SUM(on_hand) - SUM(quantity * day) / %(days)s, 0)
                           AS average_stock,
                       SUM(used) AS used,
                       SUM(used_value) AS used_value
                  FROM flow
              GROUP BY product_id, location_id
            )
            SELECT (total.location_id::bigint << 31) + total.product_id AS id,
                   place.company_id,
                   company.currency_id,
                   total.product_id,
                   template.categ_id,
                   total.location_id,
                   place.qifei_kind,
                   place.qifei_engineer_id AS engineer_id,
                   place.qifei_partner_id AS partner_id,
                   total.on_hand,
                   total.average_stock,
                   total.used AS used_quantity,
                   total.used_value,
                   total.used / NULLIF(total.average_stock, 0) AS turnover,
                   total.average_stock * %(days)s / NULLIF(total.used, 0)
                       AS reach_days,
                   total.on_hand * COALESCE(
                       (product.standard_price ->> place.company_id::text)::numeric, 0
                   ) AS stock_value
              FROM total
              JOIN stock_location place ON place.id = total.location_id
              JOIN res_company company ON company.id = place.company_id
              JOIN product_product product ON product.id = total.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
            """,
            flow=self._flow(),
            days=TURNOVER_DAYS,
        )

    def _flow(self):
        """Return what is at the places, and what went in and out within the year."""
        return SQL(
            """
            SELECT quant.product_id,
                   quant.location_id,
                   quant.quantity AS on_hand,
                   0 AS quantity,
                   0 AS day,
                   0 AS used,
                   0 AS used_value
              FROM stock_quant quant
              JOIN stock_location place ON place.id = quant.location_id
             WHERE place.qifei_kind IN ('van', 'point')
         UNION ALL
            %(moved_in)s
         UNION ALL
            %(moved_out)s
            """,
            moved_in=self._moved(SQL("line.location_dest_id"), SQL("1")),
            moved_out=self._moved(SQL("line.location_id"), SQL("-1")),
        )

    def _moved(self, place, sign):
        """Return the done move lines of the year into the places, or out of them."""
        return SQL(
            """
            SELECT line.product_id,
                   place.id,
                   0,
                   %(sign)s * line.quantity_product_uom,
                   %(days)s - EXTRACT(
                       EPOCH FROM (now() AT TIME ZONE 'UTC') - move.date
                   ) / 86400,
                   CASE WHEN move.qifei_purpose = 'use'
                        THEN -(%(sign)s) * line.quantity_product_uom ELSE 0 END,
                   CASE WHEN move.qifei_purpose = 'use'
                        THEN -(%(sign)s) * ABS(move.value) * line.quantity
                            / NULLIF(move.quantity, 0) ELSE 0 END
              FROM stock_move_line line
              JOIN stock_move move ON move.id = line.move_id
              JOIN stock_location place ON place.id = %(place)s
             WHERE place.qifei_kind IN ('van', 'point')
               AND line.location_id != line.location_dest_id
               AND move.state = 'done'
               AND move.date >= (now() AT TIME ZONE 'UTC')
                   - make_interval(days => %(days)s)
            """,
            place=place,
            sign=sign,
            days=TURNOVER_DAYS,
        )
