from odoo import api, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.model_create_multi
    def create(self, vals_list):
        """Forget the default price of items billed by the hour.

        The template computes their price before the product exists, so the product
        would keep core's default price until the end of the transaction.
        """
        products = super().create(vals_list)
        products.filtered(
            lambda product: product.qifei_billing == "hours"
        ).invalidate_recordset(["list_price", "lst_price"])
        return products
