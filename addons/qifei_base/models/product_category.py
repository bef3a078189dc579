from odoo import api, fields, models
from odoo.exceptions import ValidationError

MAX_LEVELS = 4


class ProductCategory(models.Model):
    """Adds the after-sales catalogue: trees of at most four levels.

    A root category is marked as after-sales and everything below it belongs to the
    catalogue. Other trees stay as deep as they are.
    """

    _inherit = "product.category"

    is_after_sales = fields.Boolean(
        string="After-sales",
        compute="_compute_is_after_sales",
        store=True,
        readonly=False,
        recursive=True,
        precompute=True,
        help="The category is part of the after-sales catalogue, which customers see "
        "when they book a visit. It is set on the topmost category and holds for "
        "everything below; the catalogue has at most four levels.",
    )

    @api.depends("parent_id.is_after_sales")
    def _compute_is_after_sales(self):
        for category in self:
            category.is_after_sales = (
                category.parent_id.is_after_sales
                if category.parent_id
                else category.is_after_sales
            )

    @api.constrains("parent_id")
    def _check_after_sales_tree(self):
        """Check a moved category with everything below it."""
        self.search(
            [("id", "child_of", self.ids), ("is_after_sales", "=", True)]
        )._check_after_sales_level()

    @api.constrains("is_after_sales")
    def _check_after_sales_level(self):
        # No query here: it runs for each category of a tree whose root changes.
        for category in self:
            parent = category.parent_id
            if parent and parent.is_after_sales != category.is_after_sales:
                raise ValidationError(
                    self.env._(
                        "“%(category)s” lies inside “%(root)s”: set “After-sales” on "
                        "that topmost category, it holds for everything below.",
                        category=category.complete_name,
                        root=category._get_root().complete_name,
                    )
                )
            ancestors = [int(part) for part in category.parent_path.split("/")[:-1]]
            if category.is_after_sales and len(ancestors) > MAX_LEVELS:
                raise ValidationError(
                    self.env._(
                        "“%(category)s” would be on level %(level)s. The after-sales "
                        "catalogue has at most %(limit)s levels: put it under "
                        "“%(parent)s” instead.",
                        category=category.complete_name,
                        level=len(ancestors),
                        limit=MAX_LEVELS,
                        parent=self.browse(ancestors[MAX_LEVELS - 2]).complete_name,
                    )
                )

    def _get_root(self):
        return self.browse(int(self.parent_path.split("/", 1)[0]))
