from odoo import api, fields, models


class QifeiPartRelationMixin(models.AbstractModel):
    """Belongs to a part, and can be entered on its variant or on its template."""

    _name = "qifei.part.relation.mixin"
    _description = "Belongs to a part"

    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Part",
        required=True,
        index=True,
        ondelete="cascade",
    )
    product_tmpl_id = fields.Many2one(
        related="product_id.product_tmpl_id", store=True, index=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        templates = self.env["product.template"].browse(
            [
                vals["product_tmpl_id"]
                for vals in vals_list
                if vals.get("product_tmpl_id") and not vals.get("product_id")
            ]
        )
        variants = {template.id: template.product_variant_id for template in templates}
        return super().create(
            [
                {
                    "product_id": variants[vals["product_tmpl_id"]].id,
                    **{
                        name: value
                        for name, value in vals.items()
                        if name not in ("product_id", "product_tmpl_id")
                    },
                }
                if vals.get("product_tmpl_id") in variants
                and not vals.get("product_id")
                else vals
                for vals in vals_list
            ]
        )
