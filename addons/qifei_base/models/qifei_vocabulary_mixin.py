from odoo import api, fields, models
from odoo.fields import Domain


class QifeiVocabularyMixin(models.AbstractModel):
    """One list of service words: symptoms, causes, locations or repair methods.

    A word applies to the product categories it names and to everything below them;
    without categories it applies to every product. Everybody with an after-sales role
    reads the words, administrators maintain them.
    """

    _name = "qifei.vocabulary.mixin"
    _description = "Service vocabulary"
    _order = "sequence, name, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        copy=False,
        help="Short code for statistics and for other systems.",
    )
    category_ids = fields.Many2many(
        "product.category",
        string="Product categories",
        help="Categories the word applies to, with everything below them. "
        "Leave empty when it applies to every product.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL AND code != ''",
        "Another entry has this code already: choose a different one.",
    )

    @api.model
    def _get_for_category(self, category):
        """Return the active words that apply to a product category.

        :param category: product.category record; empty when the product is not known
            yet, which leaves all words open
        """
        domain = Domain.TRUE
        if category:
            domain = Domain("category_ids", "=", False) | Domain(
                "category_ids", "parent_of", category.ids
            )
        return self.search(domain)
