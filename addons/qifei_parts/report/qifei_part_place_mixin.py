from odoo import fields, models


class QifeiPartPlaceMixin(models.AbstractModel):
    """Columns of every report on what lies in the vans and at the service points."""

    _name = "qifei.part.place.mixin"
    _description = "Part at a place"
    _rec_name = "product_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    product_id = fields.Many2one("product.product", string="Part", readonly=True)
    categ_id = fields.Many2one("product.category", string="Category", readonly=True)
    location_id = fields.Many2one("stock.location", string="Place", readonly=True)
    qifei_kind = fields.Selection(
        selection=lambda self: (
            self.env["stock.location"]
            ._fields["qifei_kind"]
            ._description_selection(self.env)
        ),
        string="Kind of place",
        readonly=True,
    )
    engineer_id = fields.Many2one("qifei.engineer", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Service point", readonly=True)
