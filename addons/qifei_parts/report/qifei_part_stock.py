from odoo import fields, models
from odoo.tools import SQL


class QifeiPartStock(models.Model):
    """What lies where: one row for each part in each place that keeps parts.

    Places are the stock of the warehouses, the vans and the service points. Every
    figure is read from the quants and open moves of core.

    Agents, dispatchers, parts keepers and managers see all places of their companies,
    an engineer the warehouse, his own van and his service point, a portal user of a
    service partner the own point only.
    """

    _name = "qifei.part.stock"
    _description = "Stock of parts"
    _auto = False
    _order = "product_id, location_id"
    _rec_name = "product_id"

    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    product_id = fields.Many2one(
        comodel_name="product.product", string="Part", readonly=True
    )
    product_tmpl_id = fields.Many2one(
        comodel_name="product.template", string="Product", readonly=True
    )
    location_id = fields.Many2one(
        comodel_name="stock.location", string="Place", readonly=True
    )
    qifei_kind = fields.Selection(
        selection=[
            ("warehouse", "Warehouse"),
            ("van", "Van"),
            ("point", "Service point"),
        ],
        string="Kind of place",
        readonly=True,
    )
    engineer_id = fields.Many2one(comodel_name="qifei.engineer", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Service point", readonly=True
    )
    on_hand = fields.Float(digits="Product Unit", readonly=True)
    reserved = fields.Float(digits="Product Unit", readonly=True)
    free = fields.Float(digits="Product Unit", readonly=True)
    incoming = fields.Float(digits="Product Unit", readonly=True)
    date_expected = fields.Datetime(string="Expected on", readonly=True)

    @property
    def _table_query(self) -> SQL:
        raise NotImplementedError
