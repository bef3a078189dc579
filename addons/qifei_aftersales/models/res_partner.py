from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    qifei_is_service_partner = fields.Boolean(
        string="Service partner",
        help="A company that does service work for us; orders can be shared with it "
        "and engineers can belong to it.",
    )
    qifei_may_report_done = fields.Boolean(
        string="May report orders done",
        help="The service partner may report shared orders as done in the portal.",
    )
