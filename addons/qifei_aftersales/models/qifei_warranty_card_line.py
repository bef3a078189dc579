from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import WARRANTY_COMPONENTS


class QifeiWarrantyCardLine(models.Model):
    """One promise of a card with its first and last day, frozen at activation.

    Lines are written by activating and extending the card and never change.
    """

    _name = "qifei.warranty.card.line"
    _description = "Warranty card line"
    _order = "card_id, sequence, date_start, id"

    card_id = fields.Many2one(
        comodel_name="qifei.warranty.card",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="card_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    component = fields.Selection(selection=WARRANTY_COMPONENTS, required=True)
    clause = fields.Char(required=True)
    policy_version = fields.Integer(string="Policy version")
    is_extension = fields.Boolean(string="Extension")
    product_ids = fields.Many2many(
        comodel_name="product.product",
        relation="qifei_warranty_card_line_product_rel",
        column1="line_id",
        column2="product_id",
        string="Main parts",
    )
    category_ids = fields.Many2many(
        comodel_name="product.category",
        relation="qifei_warranty_card_line_category_rel",
        column1="line_id",
        column2="category_id",
        string="Main part categories",
    )
    date_start = fields.Date(string="From", required=True)
    date_end = fields.Date(string="Until", required=True)

    _dates_order = models.Constraint(
        "CHECK(date_start <= date_end)", "A warranty ends after it begins."
    )

    # === COMPUTES === #

    @api.depends("clause", "date_end")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.clause} → {line.date_end}"

    # === CRUD === #

    def write(self, vals):
        if vals:
            raise UserError(
                self.env._(
                    "The cover of an activated card does not change: extend the card."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_draft(self):
        if any(line.card_id.state != "draft" for line in self):
            raise UserError(
                self.env._("The cover of an activated card cannot be deleted.")
            )
