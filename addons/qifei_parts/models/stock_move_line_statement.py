from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# What a statement reads from a move line.
STATEMENT_FIELDS = {
    "date",
    "quantity",
    "product_uom_id",
    "product_id",
    "location_id",
    "location_dest_id",
}


class StockMoveLine(models.Model):
    """Moves of a month that both sides have confirmed stay as they are.

    A done move line of a place whose statement is final can neither be changed, nor
    dated back, nor added to before the end of the last final month of the place: that
    would change what was confirmed, or the opening of what follows. Moves that happen
    later carry the date at which they happen, so daily work is never refused.
    """

    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_statements()
        return lines

    def write(self, vals):
        if not STATEMENT_FIELDS & vals.keys():
            return super().write(vals)
        self._check_statements()
        result = super().write(vals)
        self._check_statements()
        return result

    def _check_statements(self):
        """Raise for a done line that lies in a month that is final for its place."""
        done = self.filtered(lambda line: line.state == "done")
        if not done:
            return
        # sudo: qifei.part.statement - what is final binds everybody
        final = (
            self.env["qifei.part.statement"]
            .sudo()
            .search_fetch(
                [
                    ("state", "=", "confirmed"),
                    ("datetime_to", ">", min(done.mapped("date"))),
                ],
                ["location_id", "datetime_to"],
            )
        )
        if final:
            done._check_final(final)

    def _check_final(self, final):
        self.flush_recordset(["date", "location_id", "location_dest_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id, statement.id
                  FROM qifei_part_statement statement
                  JOIN stock_location root ON root.id = statement.location_id
                  JOIN stock_location inside
                    ON starts_with(inside.parent_path, root.parent_path)
                  JOIN stock_move_line line
                    ON inside.id IN (line.location_id, line.location_dest_id)
                 WHERE statement.id IN %s
                   AND line.id IN %s
                   AND line.date < statement.datetime_to
                 LIMIT 1
                """,
                final._ids,
                self._ids,
            )
        )
        for line_id, statement_id in rows:
            line = self.browse(line_id)
            raise UserError(
                self.env._(
                    "%(statement)s is final: the move of %(part)s cannot be changed or "
                    "dated back into its month. A manager can open it again.",
                    statement=final.browse(statement_id).display_name,
                    part=line.product_id.display_name,
                )
            )
