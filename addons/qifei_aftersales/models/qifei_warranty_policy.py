from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class QifeiWarrantyPolicy(models.Model):
    """What the company promises for a range of products: components and months.

    A policy is applied when a card is activated: its lines are copied to the card with
    their dates. Once cards were activated under it, a change of its conditions counts
    up the version; existing cards keep the conditions they were activated with.

    All service staff reads policies, managers keep them.
    """

    _name = "qifei.warranty.policy"
    _description = "Warranty policy"
    _inherit = ["mail.thread"]
    _order = "sequence, name, id"
    _check_company_auto = True

    # === IDENTITY === #
    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(help="Short name used on cards and in imports.")
    sequence = fields.Integer(default=10)
    version = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        tracking=True,
        help="Counts up when the conditions change after a card was activated.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: the policy holds in every company.",
    )

    # === CONDITIONS === #
    category_ids = fields.Many2many(
        comodel_name="product.category",
        relation="qifei_warranty_policy_category_rel",
        column1="policy_id",
        column2="category_id",
        string="Product categories",
        help="Together with the categories below them.",
    )
    product_ids = fields.Many2many(
        comodel_name="product.product",
        relation="qifei_warranty_policy_product_rel",
        column1="policy_id",
        column2="product_id",
        string="Products",
        help="Products named here come before the categories of other policies.",
    )
    line_ids = fields.One2many(
        comodel_name="qifei.warranty.policy.line",
        inverse_name="policy_id",
        string="Cover",
        copy=True,
    )
    terms = fields.Html(
        string="Terms and exclusions",
        translate=True,
        help="Printed on the warranty card.",
    )
    card_count = fields.Integer(string="Number of cards", compute="_compute_card_count")

    # === CONSTRAINTS === #
    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code IS NOT NULL AND active",
        "There is already a policy with this code.",
    )

    # === COMPUTES === #

    def _compute_card_count(self):
        counts = dict(
            self.env["qifei.warranty.card"]._read_group(
                [("policy_id", "in", self.ids)], ["policy_id"], ["__count"]
            )
        )
        for policy in self:
            policy.card_count = counts.get(policy, 0)

    # === CHECKS === #

    @api.constrains("line_ids")
    def _check_has_lines(self):
        for policy in self:
            if not policy.line_ids:
                raise ValidationError(
                    self.env._(
                        "%(policy)s covers nothing yet: add at least one component.",
                        policy=policy.display_name,
                    )
                )

    # === CRUD === #

    def write(self, vals):
        changed = self.browse()
        if "terms" in vals:
            changed = self.filtered(lambda policy: policy.terms != vals["terms"])
        result = super().write(vals)
        changed._bump_version()
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for policy, vals in zip(self, vals_list, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%(name)s (copy)", name=policy.name)
            vals.pop("code", None)
        return vals_list

    # === ACTIONS === #

    def action_view_cards(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qifei_aftersales.qifei_warranty_card_action"
        )
        return {**action, "domain": [("policy_id", "=", self.id)], "context": {}}

    # === BUSINESS === #

    def _bump_version(self):
        """Count up the policies that cards were activated under as they are now."""
        used = {
            (policy.id, version)
            # sudo: qifei.warranty.card - cards of every company freeze the version
            for policy, version in self.env["qifei.warranty.card"]
            .sudo()
            ._read_group(
                [("policy_id", "in", self.ids), ("policy_version", ">", 0)],
                ["policy_id", "policy_version"],
            )
        }
        by_version = self.filtered(
            lambda policy: (policy.id, policy.version) in used
        ).grouped("version")
        for version, policies in by_version.items():
            policies.write({"version": version + 1})

    @api.model
    def _match_batch(self, products, company):
        """Find the policy of each product in a number of queries that stays the same.

        The order is: the policy set on the product, one that names the product, the one
        that names the nearest category above it.

        :param products: product.product records
        :param company: the res.company that gives the warranty
        :return: ``{product: policy}``, an empty policy where none fits
        """
        policies = self.search(
            Domain("company_id", "in", (False, company.id)),
        )
        by_product = {}
        by_category = {}
        for policy in policies:
            for product in policy.product_ids:
                by_product.setdefault(product.id, policy)
            for category in policy.category_ids:
                by_category.setdefault(category.id, policy)
        return {
            product: product.warranty_policy_id
            or by_product.get(product.id)
            or next(
                (
                    by_category[category_id]
                    for category_id in reversed(product.categ_id._get_path_ids())
                    if category_id in by_category
                ),
                self.browse(),
            )
            for product in products
        }
