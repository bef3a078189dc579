from odoo import api, fields, models


class RatingRating(models.Model):
    """Names the engineer and the product behind the rating of a work order."""

    _inherit = "rating.rating"

    qifei_engineer_id = fields.Many2one(
        "qifei.engineer",
        string="Engineer",
        compute="_compute_qifei_order",
        store=True,
        index="btree_not_null",
        ondelete="set null",
    )
    qifei_product_id = fields.Many2one(
        "product.product",
        string="Product",
        compute="_compute_qifei_order",
        store=True,
        index="btree_not_null",
        ondelete="set null",
    )
    qifei_product_category_id = fields.Many2one(
        "product.category",
        string="Product category",
        compute="_compute_qifei_order",
        store=True,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.depends("res_model", "res_id", "consumed")
    def _compute_qifei_order(self):
        order_ids = self.filtered(
            lambda rating: rating.res_model == "qifei.work.order"
        ).mapped("res_id")
        orders = self.env["qifei.work.order"].browse(order_ids).exists()
        by_id = {order.id: order for order in orders}
        empty = self.env["qifei.work.order"]
        for rating in self:
            order = (
                by_id.get(rating.res_id, empty)
                if rating.res_model == "qifei.work.order"
                else empty
            )
            rating.qifei_engineer_id = order.engineer_id
            rating.qifei_product_id = order.product_id
            rating.qifei_product_category_id = order.product_id.categ_id
