from odoo import fields, models

from ..const import DISPATCH_WAYS


class QifeiDispatchRule(models.Model):
    """Says how orders of a kind get their engineer; the first that fits applies.

    Managers keep the rules, dispatchers read them.
    """

    _name = "qifei.dispatch.rule"
    _description = "Dispatch rule"
    _inherit = ["qifei.guard.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        ondelete="cascade",
        index="btree_not_null",
        help="Leave empty when the rule applies to all companies.",
    )
    domain = fields.Char(default="[]", required=True)
    way = fields.Selection(DISPATCH_WAYS, default="hand", required=True)
