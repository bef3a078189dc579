from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    qifei_point_engineer_ids = fields.One2many(
        comodel_name="qifei.engineer",
        inverse_name="service_point_id",
        string="Engineers of the service point",
    )
