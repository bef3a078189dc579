from odoo import models

from odoo.addons.base_import.models.base_import import ImportValidationError

MESSAGES_SHOWN = 200


class BaseImportImport(models.TransientModel):
    """Checks the whole file before a model that asks for it imports any of it.

    Core imports a long file block by block, so that an error in the last block leaves
    the blocks before it in the database. Models with ``qifei.import.mixin`` are checked
    from the first to the last row first; nothing is imported while a row is wrong, and
    each wrong cell is named by row and column.
    """

    _inherit = "base_import.import"

    def execute_import(self, fields, columns, options, dryrun=False):
        # One of the suite's mixins is asked for here: any other model goes on as ever.
        model = self.env.get(self.res_model)
        if hasattr(model, "_check_import_rows"):
            messages = self._check_whole_file(model, fields, options)
            if messages:
                return {"ids": False, "messages": messages, "name": [], "nextrow": 0}
        return super().execute_import(fields, columns, options, dryrun=dryrun)

    def _check_whole_file(self, model, fields, options):
        """Check every row that is still to be imported.

        :return: list of messages as core's import screen shows them, empty when the
            file is right
        """
        try:
            rows, names = self._convert_import_data(fields, options)
        except ImportValidationError as error:
            return [error.__dict__]
        first_row = int(options.get("skip") or 0) + 1 + bool(options.get("has_headers"))
        errors = model._check_import_rows(names, rows, self._make_date_parser(options))
        messages = [
            {
                "type": "error",
                "record": first_row + index,
                "rows": {"from": index, "to": index},
                "message": text,
            }
            for index, text in errors[:MESSAGES_SHOWN]
        ]
        if len(errors) > MESSAGES_SHOWN:
            messages.append(
                {
                    "type": "error",
                    "record": first_row + errors[MESSAGES_SHOWN][0],
                    "rows": {"from": 0, "to": 0},
                    "message": self.env._(
                        "%(count)s more errors from this row on",
                        count=len(errors) - MESSAGES_SHOWN,
                    ),
                }
            )
        return messages

    def _make_date_parser(self, options):
        """Return a function that parses one cell as core will."""

        def parse(value, field_type):
            line = [value]
            self._parse_date_from_data([line], 0, "", field_type, options)
            return line[0]

        return parse

    # === SHEETS === #

    def _read_xlsx(self, options):
        """Open the sheet that is meant for the model, unless one was chosen."""
        chosen = options.get("sheet")
        result = super()._read_xlsx(options)
        wanted = getattr(self.env.get(self.res_model), "_import_sheets", ())
        own = next((name for name in options["sheets"] if name in wanted), None)
        if not chosen and own and own != options["sheet"]:
            options["sheet"] = own
            result = super()._read_xlsx(options)
        return result
