from odoo import api, fields, models
from odoo.fields import Command


class QifeiPartStatementCount(models.TransientModel):
    """Lets the engineer who holds a place write down what he has counted.

    He reads the statement and writes nothing of it; what he enters here goes through
    the statement, which checks that the place is his and the statement is open.
    """

    _name = "qifei.part.statement.count"
    _description = "Count of a statement"

    statement_id = fields.Many2one("qifei.part.statement", required=True)
    line_ids = fields.One2many(
        "qifei.part.statement.count.line", "count_id", string="Parts"
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        statement = self.env["qifei.part.statement"].browse(values.get("statement_id"))
        if "line_ids" in fields_list and statement:
            statement.check_access("read")
            values["line_ids"] = [
                Command.create(
                    {
                        "line_id": line.id,
                        "is_counted": line.is_counted,
                        "counted": line.counted if line.is_counted else line.closing,
                    }
                )
                for line in statement.line_ids
            ]
        return values

    def action_count_all(self):
        """Take all parts as counted, with the quantities in the list."""
        self.ensure_one()
        self.line_ids.is_counted = True
        return self.action_save()

    def action_save(self):
        self.ensure_one()
        self.statement_id._count_as_holder(
            {
                line.line_id.id: line.counted if line.is_counted else None
                for line in self.line_ids
            }
        )
        return {"type": "ir.actions.act_window_close"}
