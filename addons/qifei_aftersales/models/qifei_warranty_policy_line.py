from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ..const import WARRANTY_COMPONENTS, WARRANTY_STARTS
from ..tools import coverage


class QifeiWarrantyPolicyLine(models.Model):
    """One promise of a policy, such as "compressor, 36 months from purchase"."""

    _name = "qifei.warranty.policy.line"
    _description = "Warranty policy line"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        comodel_name="qifei.warranty.policy",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    component = fields.Selection(
        selection=WARRANTY_COMPONENTS, required=True, default="machine"
    )
    product_ids = fields.Many2many(
        comodel_name="product.product",
        relation="qifei_warranty_policy_line_product_rel",
        column1="line_id",
        column2="product_id",
        string="Main parts",
    )
    category_ids = fields.Many2many(
        comodel_name="product.category",
        relation="qifei_warranty_policy_line_category_rel",
        column1="line_id",
        column2="category_id",
        string="Main part categories",
    )
    months = fields.Integer(required=True, default=12)
    start_from = fields.Selection(
        string="Counted from",
        selection=WARRANTY_STARTS,
        required=True,
        default="purchase",
    )
    clause = fields.Char(
        compute="_compute_clause",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        translate=True,
        help="Text printed on the card and given as the reason of each decision.",
    )

    _months_positive = models.Constraint(
        "CHECK(months BETWEEN 1 AND 1200)",
        "A warranty lasts at least 1 and at most 1200 months.",
    )

    # === COMPUTES === #

    @api.depends("component", "months")
    def _compute_clause(self):
        labels = dict(self._fields["component"]._description_selection(self.env))
        for line in self:
            line.clause = line.clause or self.env._(
                "%(component)s, %(months)s months",
                component=labels.get(line.component, ""),
                months=line.months,
            )

    # === CHECKS === #

    @api.constrains("component", "product_ids", "category_ids")
    def _check_main_parts(self):
        for line in self:
            named = line.product_ids or line.category_ids
            if line.component == "main_part" and not named:
                raise ValidationError(
                    self.env._(
                        "%(policy)s: name the main parts, or their categories, that "
                        "“%(clause)s” covers.",
                        policy=line.policy_id.display_name,
                        clause=line.clause,
                    )
                )
            if line.component != "main_part" and named:
                raise ValidationError(
                    self.env._(
                        "%(policy)s: parts can be named only for main parts, not for "
                        "“%(clause)s”.",
                        policy=line.policy_id.display_name,
                        clause=line.clause,
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.policy_id._bump_version()
        return lines

    def write(self, vals):
        policies = self.policy_id
        result = super().write(vals)
        if vals.keys() - {"sequence"}:
            (policies | self.policy_id)._bump_version()
        return result

    def unlink(self):
        policies = self.policy_id
        result = super().unlink()
        policies.exists()._bump_version()
        return result

    # === BUSINESS === #

    def _prepare_card_line_values(self, starts, version):
        """Freeze the line for a card.

        :param starts: ``{start_from: date}`` of the machine
        :param version: version of the policy
        """
        self.ensure_one()
        start = starts[self.start_from]
        return {
            "sequence": self.sequence,
            "component": self.component,
            "clause": self.clause,
            "policy_version": version,
            "product_ids": [Command.set(self.product_ids.ids)],
            "category_ids": [Command.set(self.category_ids.ids)],
            "date_start": start,
            "date_end": coverage.add_months(start, self.months),
        }
