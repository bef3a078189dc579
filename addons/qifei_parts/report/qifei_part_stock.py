from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.qifei_base.tools.texts import clean_text

MEASURES = ("on_hand", "reserved", "free", "incoming", "date_expected")
# Aggregates that come out the same from single quants as from rows of the list.
ADDITIVE = {
    "on_hand:sum",
    "reserved:sum",
    "free:sum",
    "incoming:sum",
    "date_expected:min",
}
UNGROUPED = "qifei_parts_ungrouped"
# A page is looked for among so many times as many parts, before among all.
PAGE_STEPS = (1, 8)
PAGE = 80
# Who asks for these asks for few rows.
NARROW = {"product_id", "location_id", "engineer_id", "partner_id"}


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
    on_hand = fields.Float(string="On hand", digits="Product Unit", readonly=True)
    reserved = fields.Float(digits="Product Unit", readonly=True)
    free = fields.Float(digits="Product Unit", readonly=True)
    incoming = fields.Float(string="On the way", digits="Product Unit", readonly=True)
    date_expected = fields.Datetime(string="Expected on", readonly=True)

    # === SPEED === #

    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        """Look for a page in the usual order among the first parts of the list.

        The rows of these parts are the first ones of the whole list: when they fill the
        page, the others need not be added up.
        """
        if limit and not order:
            for narrowed in self._get_narrowed_domains(domain, offset + limit):
                rows = super().search_fetch(narrowed, field_names, offset, limit)
                if len(rows) == limit:
                    return rows
        return super().search_fetch(domain, field_names, offset, limit, order)

    @api.model
    def search_count(self, domain, limit=None):
        """Count no further than ``limit``, beginning with the first parts."""
        if limit:
            for narrowed in self._get_narrowed_domains(domain, PAGE):
                if super().search_count(narrowed, limit) == limit:
                    return limit
        return super().search_count(domain, limit)

    def _get_narrowed_domains(self, domain, count):
        """Return domains for fewer parts, of which the first ones are in the list.

        :param count: number of rows wanted; so many parts have at least as many rows
            when each of them lies somewhere
        """
        domain = Domain(domain)
        if any(
            condition.field_expr.partition(".")[0] in NARROW
            for condition in domain.iter_conditions()
        ):
            return []
        # sudo: product.product - the parts whose rows the rules let through
        parts = self.env["product.product"].sudo().with_context(active_test=False)
        return [
            domain
            & Domain(
                "product_id",
                "in",
                parts.search([("is_storable", "=", True)], limit=count * step).ids,
            )
            for step in PAGE_STEPS
        ]

    def _search(self, domain, *args, **kwargs):
        return super()._search(self._resolve_parts(domain), *args, **kwargs)

    @api.model
    def _read_group(
        self,
        domain,
        groupby=(),
        aggregates=(),
        having=(),
        offset=0,
        limit=None,
        order=None,
    ):
        model = self
        if ADDITIVE.issuperset(aggregates) and not having:
            model = self._ungrouped(domain)
        return super(QifeiPartStock, model)._read_group(
            domain, groupby, aggregates, having, offset, limit, order
        )

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        model = self._ungrouped(domain) if ADDITIVE.issuperset(aggregates) else self
        return super(QifeiPartStock, model)._read_grouping_sets(
            domain, grouping_sets, aggregates, order
        )

    def _ungrouped(self, domain):
        """Return the model over single quants, when the domain allows it."""
        if any(
            condition.field_expr in (*MEASURES, "id")
            for condition in Domain(domain).iter_conditions()
        ):
            return self
        return self.with_context(**{UNGROUPED: True})

    def _resolve_parts(self, domain):
        """Replace what is said of a part by the parts it is said of.

        The database then reads the quants of these parts only.
        """

        def resolve(condition):
            field, _dot, rest = condition.field_expr.partition(".")
            if field != "product_id" or (
                not rest
                and condition.operator in ("in", "not in", "=", "!=")
                and not isinstance(condition.value, str)
            ):
                return condition
            # sudo: product.product - the parts whose rows the rules let through
            parts = self.env["product.product"].sudo().with_context(active_test=False)
            if rest:
                said = Domain(rest, condition.operator, condition.value)
            elif condition.operator in ("any", "any!"):
                said = Domain(condition.value)
            else:
                said = Domain("display_name", condition.operator, condition.value)
            return Domain("product_id", "in", parts.search(said).ids)

        return Domain(domain).map_conditions(resolve)

    # === QUERY === #

    @property
    def _table_query(self) -> SQL:
        """Return the query; pieces inside a place count as lying in the place.

        Machines are no parts, but what lies in a van or a point is shown whatever it
        is. An id is made of place and product, so that it stays the same.
        """
        rows = SQL(
            """
            SELECT (place.place_id::bigint << 32) | stock.product_id AS id,
                   place.company_id,
                   stock.product_id,
                   place.place_id AS location_id,
                   place.qifei_kind,
                   place.engineer_id,
                   place.partner_id,
                   stock.on_hand,
                   stock.reserved,
                   stock.on_hand - stock.reserved AS free,
                   stock.incoming,
                   stock.date_expected
              FROM (%(stock)s) AS stock
              JOIN (%(places)s) AS place ON place.id = stock.location_id
             WHERE (
                       place.qifei_kind != 'warehouse'
                    OR stock.product_id IN (
                           SELECT product.id
                             FROM product_product AS product
                             JOIN product_template AS template
                               ON template.id = product.product_tmpl_id
                            WHERE template.qifei_is_part
                       )
                   )
            """,
            stock=self._get_stock_query(),
            places=self._get_places_query(),
        )
        if self.env.context.get(UNGROUPED):
            return SQL("%s AND (on_hand != 0 OR reserved != 0 OR incoming != 0)", rows)
        return SQL(
            """
            SELECT (location_id::bigint << 32) | product_id AS id, company_id,
                   product_id, location_id, qifei_kind, engineer_id, partner_id,
                   SUM(on_hand) AS on_hand,
                   SUM(reserved) AS reserved,
                   SUM(on_hand - reserved) AS free,
                   SUM(incoming) AS incoming,
                   MIN(date_expected) AS date_expected
              FROM (%s) AS stock
          GROUP BY company_id, product_id, location_id, qifei_kind, engineer_id,
                   partner_id
            HAVING SUM(on_hand) != 0 OR SUM(reserved) != 0 OR SUM(incoming) != 0
            """,
            rows,
        )

    def _get_places_query(self) -> SQL:
        """Return each location with the place it belongs to."""
        return SQL(
            """
            SELECT location.id,
                   place.id AS place_id,
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
                   'warehouse'::varchar,
                   NULL::integer,
                   NULL::integer
              FROM stock_warehouse AS warehouse
              JOIN stock_location AS stock ON stock.id = warehouse.lot_stock_id
              JOIN stock_location AS location
                ON location.parent_path LIKE stock.parent_path || '%%'
             WHERE warehouse.active AND location.usage = 'internal'
            """
        )

    def _get_stock_query(self) -> SQL:
        """Return what lies in each location, and what is on its way to it.

        What moves inside a place is there already. The part of the quants has no
        condition, or the database could not look them up by place.
        """
        return SQL(
            """
            SELECT product_id,
                   location_id,
                   quantity AS on_hand,
                   reserved_quantity AS reserved,
                   0.0 AS incoming,
                   NULL::timestamp AS date_expected
              FROM stock_quant
         UNION ALL
            SELECT move.product_id, move.location_dest_id, 0.0, 0.0,
                   move.product_qty, move.date
              FROM stock_move AS move
              JOIN stock_location AS origin ON origin.id = move.location_id
              JOIN stock_location AS target ON target.id = move.location_dest_id
             WHERE move.state IN (
                       'waiting', 'confirmed', 'partially_available', 'assigned'
                   )
               AND (origin.qifei_place_id = target.qifei_place_id) IS NOT TRUE
               AND NOT EXISTS (
                   SELECT FROM stock_warehouse AS warehouse
                     JOIN stock_location AS place
                       ON place.id = warehouse.lot_stock_id
                    WHERE origin.parent_path LIKE place.parent_path || '%%'
                      AND target.parent_path LIKE place.parent_path || '%%'
               )
            """
        )

    # === MAP === #

    @api.model
    @api.readonly
    def get_map_places(self, text="", kind=""):
        """Return the places the user may see, with what they have, for the map.

        :param text: part number, name or barcode; empty for all parts
        :param kind: kind of place; empty for all
        :return: list of dicts; a place without coordinates is not ``is_located``;
            the number of different ``parts`` is counted when some are looked for
        """
        domain = Domain.TRUE
        if text := clean_text(text):
            domain &= Domain("product_id", "ilike", text)
        if kind := clean_text(kind):
            domain &= Domain("qifei_kind", "=", kind)
        groups = self._read_group(
            domain,
            ["location_id"],
            ["free:sum", "incoming:sum"],
        )
        # Counting all different parts of all places would take seconds.
        counts = (
            dict(
                self._read_group(domain, ["location_id"], ["product_id:count_distinct"])
            )
            if text
            else {}
        )
        # sudo: stock.location - names and positions of places the rules let through
        places_sudo = self.env["stock.location"].sudo()
        places_sudo = places_sudo.union(*(group[0].sudo() for group in groups))
        positions = places_sudo._get_positions()
        labels = {place.id: place._get_label() for place in places_sudo}
        kinds = {place.id: place.qifei_kind or "warehouse" for place in places_sudo}
        result = []
        for location, free, incoming in groups:
            latitude, longitude = positions[location.id]
            result.append(
                {
                    "id": location.id,
                    "name": labels[location.id],
                    "kind": kinds[location.id],
                    "parts": counts.get(location),
                    "free": free,
                    "incoming": incoming,
                    "latitude": latitude,
                    "longitude": longitude,
                    "is_located": bool(latitude or longitude),
                }
            )
        return sorted(result, key=lambda place: place["name"])
