from odoo import api, fields, models


class QifeiLabourRate(models.Model):
    """Price of one hour of work, such as "standard" or "weekend".

    Service items billed by the hour follow a change of their rate.
    """

    _name = "qifei.labour.rate"
    _description = "Labour rate"
    _order = "is_default desc, name, id"

    name = fields.Char(required=True, translate=True)
    price = fields.Monetary(string="Price per hour", required=True)
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_currency_id"
    )
    is_default = fields.Boolean(
        string="Default", help="Proposed for new service items billed by the hour."
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: the rate holds for products that all companies share.",
    )
    active = fields.Boolean(default=True)
    product_count = fields.Integer(
        string="Service items", compute="_compute_product_count"
    )

    _default_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0)) WHERE is_default AND active",
        "There is one default labour rate: unset the other one first.",
    )
    _price_positive = models.Constraint(
        "CHECK(price >= 0)", "A labour rate cannot be negative."
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for rate in self:
            rate.currency_id = (rate.company_id or self.env.company).currency_id

    def _compute_product_count(self):
        counts = dict(
            self.env["product.template"]._read_group(
                [("qifei_labour_rate_id", "in", self.ids)],
                ["qifei_labour_rate_id"],
                ["__count"],
            )
        )
        for rate in self:
            rate.product_count = counts.get(rate, 0)

    def write(self, vals):
        result = super().write(vals)
        if "price" in vals:
            # sudo: product.template - items of all companies and archived ones follow
            self.env["product.template"].sudo().with_context(active_test=False).search(
                [("qifei_labour_rate_id", "in", self.ids)]
            )._apply_hourly_price()
        return result

    @api.model
    def _get_default(self, company):
        """Return the rate that new service items start with.

        :param company: the company of the items, empty for shared items
        """
        return self.search(
            [("company_id", "in", (company.id, False)), ("is_default", "=", True)],
            order="company_id",
            limit=1,
        )
