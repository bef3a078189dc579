from odoo import fields, models


class QifeiPartSubstitute(models.Model):
    """Says which part may be fitted instead of another, one way.

    A substitute that supersedes replaces the old number for good: the old one is not
    bought any more. Managers keep the lines, everybody in the company reads them.
    """

    _name = "qifei.part.substitute"
    _description = "Substitute of a part"
    _inherit = ["qifei.part.relation.mixin"]
    _order = "product_id, supersedes desc, rank, id"

    substitute_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        index=True,
        ondelete="cascade",
    )
    rank = fields.Integer(default=10, help="The lowest comes first.")
    supersedes = fields.Boolean(
        string="Replaces the number",
        help="The old number is given up; what it was wanted for takes this one.",
    )
    note = fields.Char()

    _substitute_uniq = models.UniqueIndex(
        "(product_id, substitute_id)", "This substitute is named already."
    )
    _supersedes_uniq = models.UniqueIndex(
        "(product_id) WHERE supersedes", "One number replaces a part, not two."
    )
    _no_self = models.Constraint(
        "CHECK(product_id != substitute_id)",
        "A part is no substitute of itself.",
    )
