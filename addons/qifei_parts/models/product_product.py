from odoo import api, fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    qifei_fit_ids = fields.One2many(
        comodel_name="qifei.part.fit", inverse_name="product_id", string="Fits"
    )
    qifei_substitute_ids = fields.One2many(
        comodel_name="qifei.part.substitute",
        inverse_name="product_id",
        string="Substitutes",
    )

    def _get_substitutes(self):
        """Return what may be fitted instead, the best first, without this part.

        Parts that replace this number come first, then the ranked substitutes, each
        followed by what has replaced it in turn.
        """
        raise NotImplementedError

    def _get_current(self):
        """Return the number that is valid today: the last of the chain of supersedes."""
        raise NotImplementedError

    @api.model
    def _search_parts_for(self, equipment):
        """Return the parts that fit any of these machines, by model or category."""
        raise NotImplementedError
