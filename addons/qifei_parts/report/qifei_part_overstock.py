from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class QifeiPartOverstock(models.Model):
    """Parts that lie at a van or a service point without being needed there.

    A part counts as overstock when it was neither used nor brought there within the
    days set for the company (``qifei_overstock_days``), or when there is more of it
    than the maximum of the reordering rule. The minimum of the rule stays at the place
    in any case. What is asked for elsewhere from here is not offered twice.

    Nobody writes it. Parts keepers and managers read the rows of their companies and
    ask for the transfer to a place that lacks the part; the request goes its usual way.
    """

    _name = "qifei.part.overstock"
    _description = "Overstock of a part"
    _inherit = ["qifei.part.place.mixin"]
    _auto = False
    _order = "idle_days desc, surplus desc, id"

    on_hand = fields.Float(digits="Product Unit", readonly=True)
    free = fields.Float(digits="Product Unit", readonly=True)
    level_min = fields.Float(string="Min", digits="Product Unit", readonly=True)
    level_max = fields.Float(string="Max", digits="Product Unit", readonly=True)
    last_used_on = fields.Datetime(string="Last use", readonly=True)
    idle_days = fields.Integer(
        string="Days idle",
        readonly=True,
        aggregator="max",
        help="Since the last use, or the arrival of the oldest piece still there.",
    )
    is_idle = fields.Boolean(string="Not used", readonly=True)
    is_above_max = fields.Boolean(string="Above max", readonly=True)
    surplus = fields.Float(
        string="To spare", digits="Product Unit", readonly=True, aggregator="sum"
    )
    value = fields.Monetary(
        string="Value to spare",
        readonly=True,
        aggregator="sum",
        groups="qifei_base.group_parts_keeper",
    )
    shortage_ids = fields.Many2many(
        "qifei.part.shortage", string="Lacking", compute="_compute_shortages"
    )
    destination_id = fields.Many2one(
        "stock.location",
        string="Most lacking place",
        compute="_compute_shortages",
        help="Where most of the part is missing.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            WITH stock AS (%(stock)s), used AS (%(used)s), asked AS (%(asked)s),
            judged AS (%(judged)s), spare AS (%(spare)s)
            SELECT (spare.location_id::bigint << 31) + spare.product_id AS id,
                   spare.*,
                   template.categ_id,
                   spare.surplus * COALESCE(
                       (product.standard_price ->> spare.company_id::text)::numeric, 0
                   ) AS value
              FROM spare
              JOIN product_product product ON product.id = spare.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE spare.surplus > 0
            """,
            stock=self._stock(),
            used=self._used(),
            asked=self._asked(),
            judged=self._judged(),
            spare=self._spare(),
        )

    def _stock(self):
        return SQL(
            """
            SELECT quant.product_id,
                   quant.location_id,
                   SUM(quant.quantity) AS on_hand,
                   SUM(COALESCE(quant.quantity, 0)
                       - COALESCE(quant.reserved_quantity, 0)) AS free,
                   MIN(quant.in_date) AS in_date
              FROM stock_quant quant
              JOIN stock_location place ON place.id = quant.location_id
             WHERE place.qifei_kind IN ('van', 'point')
               AND quant.quantity > 0
          GROUP BY quant.product_id, quant.location_id
            """
        )

    def _used(self):
        return SQL(
            """
            SELECT move.product_id,
                   line.location_id,
                   MAX(move.date) AS last_used_on
              FROM stock_move move
              JOIN stock_move_line line ON line.move_id = move.id
             WHERE move.qifei_purpose = 'use'
               AND move.state = 'done'
          GROUP BY move.product_id, line.location_id
            """
        )

    def _asked(self):
        """Return what requests that have reserved nothing yet ask for."""
        return SQL(
            """
            SELECT line.product_id,
                   request.source_id AS location_id,
                   SUM(line.quantity) AS quantity
              FROM qifei_part_request_line line
              JOIN qifei_part_request request ON request.id = line.request_id
             WHERE request.state IN ('draft', 'submitted')
          GROUP BY line.product_id, request.source_id
            """
        )

    def _judged(self):
        return SQL(
            """
            SELECT place.company_id,
                   company.currency_id,
                   stock.product_id,
                   stock.location_id,
                   place.qifei_kind,
                   place.qifei_engineer_id AS engineer_id,
                   place.qifei_partner_id AS partner_id,
                   stock.on_hand,
                   stock.free - COALESCE(asked.quantity, 0) AS free,
                   rule.product_min_qty AS level_min,
                   rule.product_max_qty AS level_max,
                   used.last_used_on,
                   (now() AT TIME ZONE 'UTC')::date
                       - GREATEST(used.last_used_on, stock.in_date)::date AS idle_days,
                   company.qifei_overstock_days AS allowed_days
              FROM stock
              JOIN stock_location place ON place.id = stock.location_id
              JOIN res_company company ON company.id = place.company_id
         LEFT JOIN used ON used.product_id = stock.product_id
                       AND used.location_id = stock.location_id
         LEFT JOIN asked ON asked.product_id = stock.product_id
                        AND asked.location_id = stock.location_id
         LEFT JOIN stock_warehouse_orderpoint rule
                ON rule.product_id = stock.product_id
               AND rule.location_id = stock.location_id
               AND rule.active
            """
        )

    def _spare(self):
        return SQL(
            """
            SELECT company_id,
                   currency_id,
                   product_id,
                   location_id,
                   qifei_kind,
                   engineer_id,
                   partner_id,
                   on_hand,
                   free,
                   level_min,
                   level_max,
                   last_used_on,
                   idle_days,
                   idle_days >= allowed_days AS is_idle,
                   COALESCE(on_hand > level_max, FALSE) AS is_above_max,
                   LEAST(free, GREATEST(
                       CASE WHEN idle_days >= allowed_days
                            THEN on_hand - COALESCE(level_min, 0) ELSE 0 END,
                       on_hand - level_max,
                       0
                   )) AS surplus
              FROM judged
            """
        )

    # === COMPUTES === #

    @api.depends("product_id", "location_id")
    def _compute_shortages(self):
        shortages = self.env["qifei.part.shortage"].search(
            [("product_id", "in", self.product_id.ids)]
        )
        by_product = shortages.grouped("product_id")
        for overstock in self:
            lacking = by_product.get(overstock.product_id, shortages.browse()).filtered(
                lambda shortage, overstock=overstock: (
                    shortage.company_id == overstock.company_id
                    and shortage.location_id != overstock.location_id
                )
            )
            overstock.shortage_ids = lacking
            overstock.destination_id = lacking[:1].location_id

    # === ACTIONS === #

    def action_request_transfer(self):
        """Ask for the transfer of what can be spared to the places that lack it.

        Each part goes where most of it is missing, to several places when one does not
        need it all; a place is not given more than it lacks by several others.
        """
        return self._request_transfers()

    def _request_transfers(self, shortages=None):
        """Make one request for each pair of places.

        :param shortages: where to; all that lack the parts when left out
        :return: the action that opens the requests
        """
        requests = self.env["qifei.part.request"]
        for (source, destination), quantities in self._share_out(shortages).items():
            requests |= requests._request_transfer(source, destination, quantities)
        if not requests:
            raise UserError(
                self.env._(
                    "No van or service point lacks %(products)s: nothing is asked for.",
                    products=", ".join(self.product_id.mapped("display_name")),
                )
            )
        return requests._get_records_action()

    def _share_out(self, shortages=None):
        """Return ``{(source, destination): {product: quantity}}``."""
        missing = {}
        plan = {}
        for overstock in self:
            spare = overstock.surplus
            for shortage in shortages or overstock.shortage_ids:
                wanted = missing.setdefault(shortage, shortage.missing)
                quantity = min(spare, wanted)
                if quantity <= 0:
                    continue
                pair = (overstock.location_id, shortage.location_id)
                plan.setdefault(pair, {})[overstock.product_id] = quantity
                missing[shortage] -= quantity
                spare -= quantity
        return plan
