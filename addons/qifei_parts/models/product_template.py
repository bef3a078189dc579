from odoo import fields, models


class ProductTemplate(models.Model):
    """Makes a product a spare part: what it fits, what follows from its use."""

    _inherit = "product.template"

    qifei_is_part = fields.Boolean(string="Spare part", index=True)
    qifei_part_warranty_months = fields.Integer(
        string="Warranty of the part",
        help="Months from the day it was fitted; 0 means the part has none of its own.",
    )
    qifei_old_part_return = fields.Boolean(
        string="Old part must come back",
        help="Whoever fits this part owes the one he has taken out.",
    )
    qifei_old_part_days = fields.Integer(
        string="Comes back within",
        default=14,
        help="Days after the part was used.",
    )
    qifei_fit_ids = fields.One2many(
        comodel_name="qifei.part.fit", inverse_name="product_tmpl_id", string="Fits"
    )
    qifei_substitute_ids = fields.One2many(
        comodel_name="qifei.part.substitute",
        inverse_name="product_tmpl_id",
        string="Substitutes",
    )

    _qifei_part_warranty_positive = models.Constraint(
        "CHECK(qifei_part_warranty_months >= 0)",
        "The warranty of a part cannot be negative.",
    )
    _qifei_old_part_days_positive = models.Constraint(
        "CHECK(qifei_old_part_days >= 0)",
        "The days until an old part comes back cannot be negative.",
    )
