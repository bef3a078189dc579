from odoo import fields, models
from odoo.tools import SQL

AGE_BUCKETS = [
    ("0_30", "Up to 30 days"),
    ("31_90", "31 to 90 days"),
    ("91_180", "91 to 180 days"),
    ("181_365", "181 to 365 days"),
    ("366", "Over a year"),
]


class QifeiPartAgeing(models.Model):
    """How long the pieces in the vans and at the service points have been there.

    One row per quant, aged by the day core has recorded its arrival at the place
    (``in_date``). Nobody writes it; parts keepers and managers read the rows of their
    companies, engineers those of their van and their service point.
    """

    _name = "qifei.part.ageing"
    _description = "Age of field stock"
    _inherit = ["qifei.part.place.mixin"]
    _auto = False
    _order = "age_days desc, id"

    lot_id = fields.Many2one("stock.lot", string="Serial number", readonly=True)
    in_date = fields.Datetime(string="There since", readonly=True)
    age_days = fields.Integer(string="Age (days)", readonly=True, aggregator="avg")
    age_bucket = fields.Selection(AGE_BUCKETS, string="Age", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True, aggregator="sum")
    value = fields.Monetary(
        readonly=True, aggregator="sum", groups="qifei_base.group_parts_keeper"
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT aged.*,
                   CASE WHEN aged.age_days <= 30 THEN '0_30'
                        WHEN aged.age_days <= 90 THEN '31_90'
                        WHEN aged.age_days <= 180 THEN '91_180'
                        WHEN aged.age_days <= 365 THEN '181_365'
                        ELSE '366'
                   END AS age_bucket
              FROM (
                SELECT quant.id,
                       place.company_id,
                       company.currency_id,
                       quant.product_id,
                       template.categ_id,
                       quant.lot_id,
                       quant.location_id,
                       place.qifei_kind,
                       place.qifei_engineer_id AS engineer_id,
                       place.qifei_partner_id AS partner_id,
                       quant.in_date,
                       (now() AT TIME ZONE 'UTC')::date - quant.in_date::date
                           AS age_days,
                       quant.quantity,
                       quant.quantity * COALESCE(
                           (product.standard_price ->> place.company_id::text)::numeric,
                           0
                       ) AS value
                  FROM stock_quant quant
                  JOIN stock_location place ON place.id = quant.location_id
                  JOIN res_company company ON company.id = place.company_id
                  JOIN product_product product ON product.id = quant.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                 WHERE place.qifei_kind IN ('van', 'point')
                   AND quant.quantity > 0
              ) aged
            """
        )
