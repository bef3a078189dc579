from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# Key of the context with which a list tells whose overstock is looked at.
OVERSTOCK_KEY = "qifei_parts_overstock"


class QifeiPartShortage(models.Model):
    """A van or a service point that has less of a part than its minimum.

    The minimum is that of the reordering rule; without one, that of a suggestion which
    was not dismissed. Counted are the free pieces, those on their way, and those that
    requests ask for.

    Nobody writes it. Parts keepers and managers read the rows of their companies.
    """

    _name = "qifei.part.shortage"
    _description = "Shortage of a part"
    _auto = False
    _rec_name = "location_id"
    _order = "missing desc, id"

    company_id = fields.Many2one("res.company", readonly=True)
    product_id = fields.Many2one("product.product", string="Part", readonly=True)
    location_id = fields.Many2one("stock.location", string="Place", readonly=True)
    available = fields.Float(
        string="Free or on the way", digits="Product Unit", readonly=True
    )
    level_min = fields.Float(string="Min", digits="Product Unit", readonly=True)
    level_max = fields.Float(string="Max", digits="Product Unit", readonly=True)
    missing = fields.Float(
        digits="Product Unit", readonly=True, help="What fills the place up to its max."
    )

    @property
    def _table_query(self):
        return SQL(
            """
            WITH level AS (%(level)s), supply AS (%(supply)s)
            SELECT (level.location_id::bigint << 31) + level.product_id AS id,
                   level.company_id,
                   level.product_id,
                   level.location_id,
                   COALESCE(supply.quantity, 0) AS available,
                   level.level_min,
                   level.level_max,
                   level.level_max - COALESCE(supply.quantity, 0) AS missing
              FROM level
         LEFT JOIN supply ON supply.product_id = level.product_id
                         AND supply.location_id = level.location_id
             WHERE COALESCE(supply.quantity, 0) < level.level_min
            """,
            level=self._level(),
            supply=self._supply(),
        )

    def _level(self):
        return SQL(
            """
            SELECT place.company_id,
                   suggestion.product_id,
                   suggestion.location_id,
                   suggestion.suggested_min AS level_min,
                   suggestion.suggested_max AS level_max
              FROM qifei_part_suggestion suggestion
              JOIN stock_location place ON place.id = suggestion.location_id
             WHERE suggestion.state != 'dismissed'
               AND suggestion.suggested_min > 0
               AND place.active
               AND NOT EXISTS (
                   SELECT 1
                     FROM stock_warehouse_orderpoint rule
                    WHERE rule.product_id = suggestion.product_id
                      AND rule.location_id = suggestion.location_id
                      AND rule.active
               )
         UNION ALL
            SELECT rule.company_id,
                   rule.product_id,
                   rule.location_id,
                   rule.product_min_qty,
                   rule.product_max_qty
              FROM stock_warehouse_orderpoint rule
              JOIN stock_location place ON place.id = rule.location_id
             WHERE rule.active
               AND place.active
               AND place.qifei_kind IN ('van', 'point')
               AND rule.product_min_qty > 0
            """
        )

    def _supply(self):
        """Return what each place has free, and what comes."""
        return SQL(
            """
            SELECT product_id, location_id, SUM(quantity) AS quantity
              FROM (
                SELECT quant.product_id,
                       quant.location_id,
                       COALESCE(quant.quantity, 0)
                           - COALESCE(quant.reserved_quantity, 0) AS quantity
                  FROM stock_quant quant
                  JOIN stock_location place ON place.id = quant.location_id
                 WHERE place.qifei_kind IN ('van', 'point')
             UNION ALL
                SELECT move.product_id, move.location_dest_id, move.product_qty
                  FROM stock_move move
                  JOIN stock_location place ON place.id = move.location_dest_id
                 WHERE place.qifei_kind IN ('van', 'point')
                   AND move.state IN (
                       'waiting', 'confirmed', 'partially_available', 'assigned'
                   )
             UNION ALL
                SELECT move.product_id, request.destination_id, move.product_qty
                  FROM stock_move move
                  JOIN qifei_part_request_line line
                    ON line.id = move.qifei_request_line_id
                  JOIN qifei_part_request request ON request.id = line.request_id
                 WHERE move.qifei_purpose = 'ship'
                   AND move.state IN (
                       'waiting', 'confirmed', 'partially_available', 'assigned'
                   )
             UNION ALL
                SELECT line.product_id, request.destination_id, line.quantity
                  FROM qifei_part_request_line line
                  JOIN qifei_part_request request ON request.id = line.request_id
                 WHERE request.state IN ('draft', 'submitted')
              ) source
          GROUP BY product_id, location_id
            """
        )

    def action_request_transfer(self):
        """Send here what the overstock that is looked at can spare."""
        self.ensure_one()
        overstock = self.env["qifei.part.overstock"].search(
            [
                ("id", "=", self.env.context.get(OVERSTOCK_KEY, 0)),
                ("product_id", "=", self.product_id.id),
                ("company_id", "=", self.company_id.id),
            ]
        )
        if not overstock:
            raise UserError(
                self.env._(
                    "The overstock of %(product)s is gone: reload the list.",
                    product=self.product_id.display_name,
                )
            )
        return overstock._request_transfers(self)
