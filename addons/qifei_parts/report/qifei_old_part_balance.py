from odoo import fields, models
from odoo.tools import SQL


class QifeiOldPartBalance(models.Model):
    """What each holder owes of each part: one row per holder and part.

    Read by those who read the pieces themselves, each within the same bounds.
    """

    _name = "qifei.old.part.balance"
    _description = "Balance of old parts"
    _inherit = ["qifei.old.part.holder.mixin"]
    _auto = False
    _order = "overdue desc, owed desc, id"
    _rec_name = "product_id"
    _depends = {
        "qifei.old.part": [
            "company_id",
            "engineer_id",
            "partner_id",
            "product_id",
            "quantity",
            "state",
            "due_on",
        ]
    }

    company_id = fields.Many2one("res.company", readonly=True)
    engineer_id = fields.Many2one("qifei.engineer", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Service point", readonly=True)
    product_id = fields.Many2one("product.product", string="Part", readonly=True)
    owed = fields.Float(readonly=True, digits="Product Unit")
    overdue = fields.Float(
        readonly=True,
        digits="Product Unit",
        help="The part of what is owed whose day has passed.",
    )
    returned = fields.Float(string="On the way", readonly=True, digits="Product Unit")
    received = fields.Float(
        string="Came back",
        readonly=True,
        digits="Product Unit",
        help="Received, whatever was decided about it.",
    )
    waived = fields.Float(readonly=True, digits="Product Unit")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT MIN(part.id) AS id,
                   part.company_id,
                   part.engineer_id,
                   part.partner_id,
                   part.product_id,
                   COALESCE(SUM(part.quantity)
                       FILTER (WHERE part.state = 'owed'), 0) AS owed,
                   COALESCE(SUM(part.quantity)
                       FILTER (WHERE part.state = 'owed'
                                 AND part.due_on < %(today)s), 0) AS overdue,
                   COALESCE(SUM(part.quantity)
                       FILTER (WHERE part.state = 'returned'), 0) AS returned,
                   COALESCE(SUM(part.quantity)
                       FILTER (WHERE part.state IN
                           ('received', 'inspected', 'settled')), 0) AS received,
                   COALESCE(SUM(part.quantity)
                       FILTER (WHERE part.state = 'waived'), 0) AS waived
              FROM qifei_old_part part
          GROUP BY part.company_id, part.engineer_id, part.partner_id, part.product_id
            """,
            today=fields.Date.context_today(self),
        )

    def action_view_pieces(self):
        """Open the pieces behind the figures."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "qifei_parts.qifei_old_part_action"
            ),
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("engineer_id", "=", self.engineer_id.id),
                ("partner_id", "=", self.partner_id.id),
                ("product_id", "=", self.product_id.id),
            ],
            "context": {},
        }
