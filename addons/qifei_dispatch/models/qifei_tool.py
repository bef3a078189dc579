from odoo import fields, models


class QifeiTool(models.Model):
    """A special tool that some visits need and not every engineer carries.

    Dispatchers and managers keep the list; everybody with an after-sales role reads it.
    """

    _name = "qifei.tool"
    _description = "Special tool"
    _inherit = ["qifei.guard.mixin"]
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(copy=False)
    color = fields.Integer()
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        ondelete="cascade",
        index="btree_not_null",
        help="Leave empty when all companies share the tool.",
    )
    engineer_ids = fields.Many2many(
        "qifei.engineer",
        "qifei_engineer_tool_rel",
        "tool_id",
        "engineer_id",
        string="Engineers",
        help="Who carries it.",
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code IS NOT NULL AND code != ''",
        "Another tool of the company has this code already.",
    )
