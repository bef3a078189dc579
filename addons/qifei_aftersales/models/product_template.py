from odoo import api, fields, models

from ..const import CHARGE_KINDS

HOURLY_PRICE_FIELDS = {
    "qifei_billing",
    "qifei_labour_hours",
    "qifei_labour_rate_id",
}


class ProductTemplate(models.Model):
    """Adds the warranty policy of a machine and makes a product a service item.

    A service item (call-out fee, repair, inspection, agency work) is charged on work
    orders. Its price is the list price, so price lists apply; billed by the hour, the
    list price follows from standard hours and labour rate.
    """

    _inherit = "product.template"

    warranty_policy_id = fields.Many2one(
        comodel_name="qifei.warranty.policy",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="Comes before the policies of product and category.",
    )
    qifei_kind = fields.Selection(
        selection=CHARGE_KINDS,
        string="Charge kind",
        index="btree_not_null",
        help="How the product is charged on a work order; decides which part of the "
        "warranty covers it.",
    )
    qifei_billing = fields.Selection(
        selection=[("fixed", "Fixed price"), ("hours", "Standard hours × rate")],
        string="Billing",
        default="fixed",
        required=True,
    )
    qifei_labour_hours = fields.Float(
        string="Standard hours", help="Time a trained engineer needs for it."
    )
    qifei_labour_rate_id = fields.Many2one(
        comodel_name="qifei.labour.rate",
        string="Labour rate",
        compute="_compute_qifei_labour_rate_id",
        store=True,
        precompute=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )

    _qifei_labour_hours_positive = models.Constraint(
        "CHECK(qifei_labour_hours >= 0)", "Standard hours cannot be negative."
    )

    @api.depends("qifei_billing", "company_id")
    def _compute_qifei_labour_rate_id(self):
        hourly = self.filtered(lambda product: product.qifei_billing == "hours")
        (self - hourly).qifei_labour_rate_id = False
        for company, products in hourly.grouped("company_id").items():
            default = self.env["qifei.labour.rate"]._get_default(company)
            for product in products:
                product.qifei_labour_rate_id = product.qifei_labour_rate_id or default

    @api.onchange("qifei_billing", "qifei_labour_hours", "qifei_labour_rate_id")
    def _onchange_hourly_price(self):
        """Show in the form the price that saving will give."""
        self._apply_hourly_price()

    @api.model_create_multi
    def create(self, vals_list):
        products = super().create(vals_list)
        products._apply_hourly_price()
        return products

    def write(self, vals):
        result = super().write(vals)
        if not HOURLY_PRICE_FIELDS.isdisjoint(vals):
            self._apply_hourly_price()
        return result

    def _apply_hourly_price(self):
        """Set the list price of items billed by the hour: standard hours × rate.

        Rounded to the currency of the product. A price written by hand afterwards
        stays until hours or rate change.

        The list price stays core's own field: one that was computed here would be lost
        with this addon.
        """
        for product in self:
            if product.qifei_billing == "hours" and product.qifei_labour_rate_id:
                product.list_price = product.currency_id.round(
                    product.qifei_labour_hours * product.qifei_labour_rate_id.price
                )
