from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

SUMMARY_LINES = 4
ROWS_PER_INSERT = 1000


def _insert_rows(model, rows):
    """Insert dictionaries with equal keys into the table of ``model``.

    :return: ids of the rows, in their order
    """
    ids = []
    for start in range(0, len(rows), ROWS_PER_INSERT):
        inserted = model.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) VALUES %s RETURNING id",
                SQL.identifier(model._table),
                SQL(", ").join(map(SQL.identifier, rows[0])),
                SQL(", ").join(
                    SQL("%s", tuple(row.values()))
                    for row in rows[start : start + ROWS_PER_INSERT]
                ),
            )
        )
        ids += [row_id for (row_id,) in inserted]
    model.invalidate_model(flush=False)
    return ids


class AuditlogLog(models.Model):
    """Makes the operation log of the suite readable and keeps it from being edited.

    Managers read the entries of their companies; nobody changes or deletes one. Old
    entries go by the retention job of the audit log.
    """

    _inherit = "auditlog.log"

    log_type = fields.Selection(
        selection_add=[("changes", "Changes, once per transaction")],
        ondelete={"changes": "cascade"},
    )
    company_id = fields.Many2one("res.company", ondelete="set null")
    operation = fields.Selection(
        [
            ("create", "Created"),
            ("write", "Changed"),
            ("unlink", "Deleted"),
            ("export_data", "Exported"),
            ("read", "Read"),
        ],
        compute="_compute_operation",
    )
    summary = fields.Char(string="What changed", compute="_compute_summary")

    _document_idx = models.Index("(model_id, res_id) WHERE log_type = 'changes'")
    _recent_idx = models.Index("(create_date DESC) WHERE log_type = 'changes'")

    @api.depends("method")
    def _compute_operation(self):
        known = dict(self._fields["operation"].selection)
        for log in self:
            log.operation = log.method if log.method in known else False

    @api.depends("line_ids")
    def _compute_summary(self):
        # Grouping keeps the lines of all entries in one prefetch, slicing would not.
        lines_by_log = self.line_ids.grouped("log_id")
        for log in self:
            lines = list(lines_by_log.get(log, ()))
            parts = [line._get_summary() for line in lines[:SUMMARY_LINES]]
            hidden = len(lines) - len(parts)
            if hidden > 0:
                parts.append(self.env._("and %(count)s more", count=hidden))
            log.summary = "; ".join(parts)

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("log_type") == "changes" for vals in vals_list):
            self._check_is_system()
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("log_type") == "changes" or "changes" in self.mapped("log_type"):
            self._check_is_system()
        return super().write(vals)

    def unlink(self):
        if "changes" in self.mapped("log_type"):
            self._check_is_system()
        return super().unlink()

    @api.model
    def _check_is_system(self):
        if not self.env.su:
            raise UserError(
                self.env._(
                    "Nobody can add, change or delete entries of the operation log."
                )
            )

    @api.model
    def _insert_operations(self, entries):
        """Store entries of the operation log with their lines.

        Written in SQL, because every write of every document of the suite ends here:
        the ORM takes ten times as long for rows that nothing else depends on.

        :param entries: list of column values; ``lines`` holds those of the lines
        """
        now, uid = self.env.cr.now(), self.env.uid
        stamp = {
            "create_uid": uid,
            "write_uid": uid,
            "create_date": now,
            "write_date": now,
        }
        logs = [{**entry, **stamp} for entry in entries]
        lines_by_log = [log.pop("lines") for log in logs]
        log_ids = _insert_rows(self, logs)
        _insert_rows(
            self.line_ids,
            [
                {**line, **stamp, "log_id": log_id}
                for log_id, lines in zip(log_ids, lines_by_log, strict=True)
                for line in lines
            ],
        )

    def action_open_document(self):
        """Open the document of the entry."""
        self.ensure_one()
        if self.model_model not in self.env:
            raise UserError(
                self.env._(
                    "Documents of the kind “%(model)s” are not installed any more.",
                    model=self.model_name,
                )
            )
        document = self.env[self.model_model].browse(self.res_id).exists()
        if not document:
            raise UserError(
                self.env._("“%(document)s” has been deleted.", document=self.name)
            )
        document.check_access("read")
        return document._get_records_action()
