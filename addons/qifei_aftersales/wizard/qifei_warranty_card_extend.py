from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from odoo.addons.qifei_base.models.qifei_guard_mixin import YEARS

from ..tools import coverage

LONGEST_TERM = 1200


class QifeiWarrantyCardExtend(models.TransientModel):
    """Adds months to the chosen components of warranty cards."""

    _name = "qifei.warranty.card.extend"
    _description = "Extend a warranty card"
    _inherit = ["qifei.guard.mixin"]

    card_ids = fields.Many2many(
        comodel_name="qifei.warranty.card", string="Warranty cards", required=True
    )
    components = fields.Selection(
        selection=[
            ("all", "Everything the card covers"),
            ("machine", "Whole machine"),
            ("main_part", "Main parts"),
            ("labour", "Labour"),
            ("travel", "Travel"),
        ],
        string="Cover to extend",
        required=True,
        default="all",
    )
    months = fields.Integer(required=True, default=12)
    date_start = fields.Date(
        string="Continue from",
        help="Only for cover that has ended; cover still running continues from its "
        "last day.",
        default=fields.Date.context_today,
        required=True,
    )
    reason = fields.Char(
        required=True, help="Such as the invoice of the extension, or days in repair."
    )
    date_end = fields.Date(string="New last day", compute="_compute_date_end")

    _months_positive = models.Constraint(
        f"CHECK(months BETWEEN 1 AND {LONGEST_TERM})",
        "A warranty is extended by at least 1 and at most 1200 months.",
    )

    @api.depends("card_ids", "components", "months", "date_start")
    def _compute_date_end(self):
        for wizard in self:
            ends = [values["date_end"] for values in wizard._prepare_line_values_list()]
            wizard.date_end = max(ends, default=False)

    def action_confirm(self):
        self.ensure_one()
        self.card_ids._claim()
        self._check_still_the_same()
        values_list = self._prepare_line_values_list()
        without = self.card_ids.browse(
            set(self.card_ids.ids) - {values["card_id"] for values in values_list}
        )
        if without:
            raise ValidationError(
                self.env._(
                    "%(cards)s have no such cover to extend.",
                    cards=", ".join(without.mapped("name")),
                )
            )
        self.card_ids.action_extend(values_list, self.reason)
        return {"type": "ir.actions.act_window_close"}

    def _check_still_the_same(self):
        """What somebody has extended since the wizard was opened is read once more."""
        extended = self.card_ids.filtered(
            lambda card: any(
                line.create_date > self.create_date for line in card.line_ids
            )
        )
        if extended:
            raise UserError(
                self.env._(
                    "%(cards)s was extended by somebody else meanwhile. Close this "
                    "window, look at the new dates and extend again if need be.",
                    cards=", ".join(extended.mapped("name")),
                )
            )

    def _prepare_line_values_list(self):
        """Continue the longest line of each component of each card."""
        self.ensure_one()
        # Checked when it is stored; here somebody may still be typing.
        if not 1 <= self.months <= LONGEST_TERM or self.date_start.year not in YEARS:
            return []
        values_list = []
        for card in self.card_ids._origin or self.card_ids:
            for line in self._get_lines_to_extend(card):
                running = line.date_end >= self.date_start
                start = (
                    fields.Date.add(line.date_end, days=1)
                    if running
                    else self.date_start
                )
                base = line.date_end if running else self.date_start
                values_list.append(
                    {
                        "card_id": card.id,
                        "sequence": line.sequence,
                        "component": line.component,
                        "clause": self.env._(
                            "%(clause)s, extended by %(months)s months",
                            clause=line.clause,
                            months=self.months,
                        ),
                        "policy_version": line.policy_version,
                        "product_ids": [Command.set(line.product_ids.ids)],
                        "category_ids": [Command.set(line.category_ids.ids)],
                        "date_start": start,
                        "date_end": coverage.add_months(base, self.months),
                    }
                )
        return values_list

    def _get_lines_to_extend(self, card):
        longest = {}
        for line in card.line_ids:
            if self.components not in ("all", line.component):
                continue
            key = (line.component, line.product_ids, line.category_ids)
            if key not in longest or line.date_end > longest[key].date_end:
                longest[key] = line
        return longest.values()
