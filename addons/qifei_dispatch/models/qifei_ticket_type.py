from odoo import fields, models


class QifeiTicketType(models.Model):
    """Says which special tools a visit of the type needs."""

    _inherit = "qifei.ticket.type"

    tool_ids = fields.Many2many(
        "qifei.tool",
        "qifei_ticket_type_tool_rel",
        string="Tools needed",
        domain="[('company_id', 'in', (False, company_id))]",
        help="Proposed for the work orders of the type; engineers who do not carry "
        "them are left out.",
    )
