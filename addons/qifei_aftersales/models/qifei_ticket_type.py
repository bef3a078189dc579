from odoo import fields, models

from ..const import PRIORITIES


class QifeiTicketType(models.Model):
    """Kind of service request: repair, installation, complaint and so on.

    The type carries what differs between kinds of request: whether somebody drives to
    the customer, how soon it must be taken on and solved, when to warn, and the fields
    of its own (custom properties).
    """

    _name = "qifei.ticket.type"
    _description = "Ticket type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short technical word, such as repair; used by bookings."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    icon = fields.Char(
        default="fa-wrench", help="Font Awesome name, shown on the booking page."
    )
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company",
        ondelete="cascade",
        index="btree_not_null",
        help="Leave empty to offer the type in every company.",
    )
    is_bookable = fields.Boolean(
        string="Offered for booking",
        default=True,
        help="Customers choose among these types on the booking page.",
    )
    needs_visit = fields.Boolean(
        string="Needs a visit",
        default=True,
        help="The next step of such a ticket is a work order for an engineer.",
    )
    skill_ids = fields.Many2many(
        "qifei.skill",
        "qifei_ticket_type_skill_rel",
        string="Skills needed",
        help="Engineers without these skills are left out when orders are assigned.",
    )
    default_priority = fields.Selection(PRIORITIES, default="1", required=True)

    # === Deadlines === #
    response_hours = fields.Float(
        help="Working hours until somebody has taken on the ticket; 0 for no deadline."
    )
    solve_hours = fields.Float(
        help="Working hours until the ticket is solved; 0 for no deadline."
    )
    accept_hours = fields.Float(
        help="Working hours until the engineer has accepted an assigned order; 0 for "
        "no deadline."
    )
    warn_hours = fields.Float(
        string="Warn before (hours)", help="Early warning ahead of each deadline."
    )
    ticket_properties = fields.PropertiesDefinition(string="Fields of its own")

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE active",
        "A ticket type with this code exists already in the company.",
    )
    _hours_positive = models.Constraint(
        "CHECK(response_hours BETWEEN 0 AND 10000 AND solve_hours BETWEEN 0 AND 10000 "
        "AND accept_hours BETWEEN 0 AND 10000 AND warn_hours BETWEEN 0 AND 10000)",
        "A deadline lies between 0 and 10,000 hours.",
    )
