from odoo import api, fields, models


class QifeiPartFit(models.Model):
    """Says which machine a part fits, and where it sits in the exploded view.

    A line names one model of machine or a whole category with what is below it.
    Managers keep the lines, everybody in the company reads them.
    """

    _name = "qifei.part.fit"
    _description = "Fit of a part"
    _inherit = ["qifei.part.relation.mixin"]
    _order = "product_id, position, id"

    model_id = fields.Many2one(
        comodel_name="product.product",
        string="Machine",
        index="btree_not_null",
        ondelete="cascade",
        domain=[("qifei_is_part", "=", False)],
    )
    category_id = fields.Many2one(
        comodel_name="product.category",
        string="Category of machines",
        index="btree_not_null",
        ondelete="cascade",
    )
    position = fields.Char(help="Number in the exploded view of the machine.")
    quantity = fields.Float(
        string="Per machine", default=1.0, digits="Product Unit", required=True
    )
    note = fields.Char()

    _model_or_category = models.Constraint(
        "CHECK((model_id IS NULL) != (category_id IS NULL))",
        "A part fits one machine or one category: name one of the two.",
    )
    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity per machine must be more than zero."
    )
    _model_uniq = models.UniqueIndex(
        "(product_id, model_id, COALESCE(position, '')) WHERE model_id IS NOT NULL",
        "The part fits this machine at this position already.",
    )
    _category_uniq = models.UniqueIndex(
        "(product_id, category_id, COALESCE(position, '')) "
        "WHERE category_id IS NOT NULL",
        "The part fits this category at this position already.",
    )

    @api.depends("model_id", "category_id", "position")
    def _compute_display_name(self):
        for fit in self:
            # sudo: product.product, product.category - names in the catalogue
            machine = fit.sudo().model_id.display_name or (
                fit.sudo().category_id.display_name
            )
            fit.display_name = (
                f"{machine} · {fit.position}" if fit.position else machine
            )
