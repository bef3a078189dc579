from odoo import fields, models
from odoo.fields import Domain

from ..const import HOLDER_KINDS
from ..tools.month import first_day


class QifeiPartStatementDraw(models.TransientModel):
    """Asks of which month the statements shall be drawn up."""

    _name = "qifei.part.statement.draw"
    _description = "Draw up statements"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    month = fields.Date(
        required=True,
        default=lambda self: self.env["qifei.part.statement"]._default_month(),
        help="Any day of the month.",
    )
    kind = fields.Selection(
        [
            ("all", "Service points and vans"),
            ("point", "Service points"),
            ("van", "Vans"),
        ],
        string="Places",
        default="all",
        required=True,
    )

    def action_draw_up(self):
        """Draw up what is missing and show all statements of the month."""
        self.ensure_one()
        statements = self.env["qifei.part.statement"]
        statements.check_access("create")
        kinds = HOLDER_KINDS if self.kind == "all" else (self.kind,)
        statements._draw_up(self.company_id, self.month, kinds)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qifei_parts.qifei_part_statement_action"
        )
        action["context"] = {}
        action["domain"] = list(
            Domain("company_id", "=", self.company_id.id)
            & Domain("month", "=", first_day(self.month))
            & Domain("kind", "in", kinds)
        )
        return action
