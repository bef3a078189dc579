from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# What the customer says; everything else about a rating is bookkeeping.
ANSWER_FIELDS = {"rating", "feedback", "consumed", "res_id", "res_model_id"}


class RatingRating(models.Model):
    """Names the engineer and the product behind the rating of a work order.

    An order is rated once, by its customer in the portal. Core lets every employee
    write ratings; those of work orders, which measure the employees, are kept from
    everybody's hand.
    """

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

    _qifei_order_uniq = models.UniqueIndex(
        "(res_id) WHERE res_model = 'qifei.work.order' AND consumed IS TRUE",
        "This work order is rated already.",
    )

    # === COMPUTES === #

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

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        ratings = super().create(vals_list)
        ratings._check_qifei_hand()
        return ratings

    def write(self, vals):
        if ANSWER_FIELDS & vals.keys():
            self._check_qifei_hand()
            self._check_qifei_unanswered()
        result = super().write(vals)
        if "res_model_id" in vals:
            self._check_qifei_hand()
        return result

    def _check_qifei_hand(self):
        if not self.env.su and "qifei.work.order" in self.mapped("res_model"):
            raise AccessError(
                self.env._("A work order is rated by its customer in the portal only.")
            )

    def _check_qifei_unanswered(self):
        for rating in self:
            if rating.res_model == "qifei.work.order" and rating.consumed:
                raise UserError(
                    self.env._("%(order)s is rated already.", order=rating.res_name)
                )
