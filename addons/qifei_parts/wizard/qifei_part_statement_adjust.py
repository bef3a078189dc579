from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class QifeiPartStatementAdjust(models.TransientModel):
    """Books what was counted differently, as inventory adjustments of core.

    One row for each part that differs, one for each piece where pieces have serial
    numbers; tracked parts need to be told which lot or piece it is. The moves are dated
    to the last second of the month (to this moment while the month is running), so they
    stand in its column “adjusted” and the statement agrees with the count.
    """

    _name = "qifei.part.statement.adjust"
    _description = "Book differences"

    statement_id = fields.Many2one("qifei.part.statement", required=True)
    reason = fields.Char(required=True)
    line_ids = fields.One2many(
        "qifei.part.statement.adjust.line", "adjust_id", string="Differences"
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        statement = self.env["qifei.part.statement"].browse(values.get("statement_id"))
        if "line_ids" in fields_list and statement:
            statement.check_access("read")
            values["line_ids"] = [
                Command.create(row)
                for line in statement.line_ids.filtered("difference")
                for row in line._prepare_adjust_rows()
            ]
        return values

    def action_book(self):
        """Book the rows; the statement shows the new figures."""
        self.ensure_one()
        self._check_complete()
        self.statement_id._book_differences(
            [
                (row.line_id, row.lot_id, row.difference)
                for row in self.line_ids
                if row.difference
            ],
            self.reason,
        )
        return {"type": "ir.actions.act_window_close"}

    def _check_complete(self):
        for row in self.line_ids:
            if row.tracking in ("lot", "serial") and row.difference and not row.lot_id:
                raise UserError(
                    self.env._(
                        "Say which lot or serial number of %(part)s it is.",
                        part=row.line_id.product_id.display_name,
                    )
                )
