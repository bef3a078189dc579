from odoo import fields, models
from odoo.tools import SQL


class QifeiPartStock(models.Model):
    """What lies where: one row for each part in each place that keeps parts.

    Places are the stock of the warehouses, the vans and the service points. Every
    figure is read from the quants and open moves of core.

    Agents, dispatchers, parts keepers and managers see all places of their companies,
    an engineer the warehouse, his own van and his service point, a portal user of a
    service partner the own point only.
    """

    _name = "qifei.part.stock"
    _description = "Stock of parts"
    _auto = False
    _order = "product_id, location_id"
    _rec_name = "product_id"
    _depends = {
        "product.product": ["product_tmpl_id"],
        "product.template": ["qifei_is_part"],
        "stock.location": [
            "company_id",
            "parent_path",
            "qifei_engineer_id",
            "qifei_kind",
            "qifei_partner_id",
            "qifei_place_id",
            "usage",
        ],
        "stock.move": [
            "date",
            "location_dest_id",
            "location_id",
            "product_id",
            "product_qty",
            "state",
        ],
        "stock.quant": [
            "location_id",
            "product_id",
            "quantity",
            "reserved_quantity",
        ],
        "stock.warehouse": ["active", "lot_stock_id"],
    }

    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    product_id = fields.Many2one(
        comodel_name="product.product", string="Part", readonly=True
    )
    product_tmpl_id = fields.Many2one(
        comodel_name="product.template", string="Product", readonly=True
    )
    location_id = fields.Many2one(
        comodel_name="stock.location", string="Place", readonly=True
    )
    qifei_kind = fields.Selection(
        selection=[
            ("warehouse", "Warehouse"),
            ("van", "Van"),
            ("point", "Service point"),
        ],
        string="Kind of place",
        readonly=True,
    )
    engineer_id = fields.Many2one(comodel_name="qifei.engineer", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Service point", readonly=True
    )
    on_hand = fields.Float(digits="Product Unit", readonly=True)
    reserved = fields.Float(digits="Product Unit", readonly=True)
    free = fields.Float(digits="Product Unit", readonly=True)
    incoming = fields.Float(digits="Product Unit", readonly=True)
    date_expected = fields.Datetime(string="Expected on", readonly=True)

    @property
    def _table_query(self) -> SQL:
        """Return the query; pieces inside a place count as lying in the place.

        Machines are no parts, but what lies in a van or a point is shown whatever it
        is. An id is made of place and product, so that it stays the same.
        """
        return SQL(
            """
            WITH place AS (%(places)s)
            SELECT (place.place_id::bigint << 32) | stock.product_id AS id,
                   place.company_id,
                   stock.product_id,
                   product.product_tmpl_id,
                   place.place_id AS location_id,
                   place.qifei_kind,
                   place.engineer_id,
                   place.partner_id,
                   SUM(stock.on_hand) AS on_hand,
                   SUM(stock.reserved) AS reserved,
                   SUM(stock.on_hand - stock.reserved) AS free,
                   SUM(stock.incoming) AS incoming,
                   MIN(stock.date_expected) AS date_expected
              FROM (%(quants)s UNION ALL %(moves)s) AS stock
              JOIN place ON place.id = stock.location_id
              JOIN product_product AS product ON product.id = stock.product_id
              JOIN product_template AS template
                ON template.id = product.product_tmpl_id
             WHERE template.qifei_is_part OR place.qifei_kind != 'warehouse'
          GROUP BY place.place_id, place.company_id, place.qifei_kind,
                   place.engineer_id, place.partner_id,
                   stock.product_id, product.product_tmpl_id
            """,
            places=self._get_places_query(),
            quants=self._get_quants_query(),
            moves=self._get_moves_query(),
        )

    def _get_places_query(self) -> SQL:
        """Return each location with the place it belongs to."""
        return SQL(
            """
            SELECT location.id,
                   location.qifei_place_id AS place_id,
                   place.company_id,
                   place.qifei_kind,
                   place.qifei_engineer_id AS engineer_id,
                   place.qifei_partner_id AS partner_id
              FROM stock_location AS location
              JOIN stock_location AS place ON place.id = location.qifei_place_id
             WHERE place.qifei_kind IN ('van', 'point')
         UNION ALL
            SELECT location.id,
                   stock.id,
                   stock.company_id,
                   'warehouse',
                   NULL,
                   NULL
              FROM stock_warehouse AS warehouse
              JOIN stock_location AS stock ON stock.id = warehouse.lot_stock_id
              JOIN stock_location AS location
                ON location.parent_path LIKE stock.parent_path || '%%'
             WHERE warehouse.active AND location.usage = 'internal'
            """
        )

    def _get_quants_query(self) -> SQL:
        return SQL(
            """
            SELECT product_id,
                   location_id,
                   quantity AS on_hand,
                   reserved_quantity AS reserved,
                   0.0 AS incoming,
                   NULL::timestamp AS date_expected
              FROM stock_quant
            """
        )

    def _get_moves_query(self) -> SQL:
        """Return what is on its way; what moves inside a place is there already."""
        return SQL(
            """
            SELECT move.product_id, move.location_dest_id, 0.0, 0.0,
                   move.product_qty, move.date
              FROM stock_move AS move
             WHERE move.state IN (
                       'waiting', 'confirmed', 'partially_available', 'assigned'
                   )
               AND NOT EXISTS (
                   SELECT FROM place AS origin
                     JOIN place AS target ON target.place_id = origin.place_id
                    WHERE origin.id = move.location_id
                      AND target.id = move.location_dest_id
               )
            """
        )
