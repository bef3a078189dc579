import hashlib
import json

from openpyxl.utils import get_column_letter

from odoo import fields, models

from odoo.addons.base_import.models.base_import import ImportValidationError

MESSAGES_SHOWN = 200
# Rows per block: the screen moves its progress bar after each block.
SCREEN_BLOCK = 2000
BLOCK = 1000


class BaseImportImport(models.TransientModel):
    """Checks the whole file before a model that asks for it imports any of it.

    Core imports a long file block by block, so that an error in the last block leaves
    the blocks before it in the database. Models with ``qifei.import.mixin`` are checked
    from the first to the last row first; nothing is imported while a row is wrong, and
    each wrong cell is named by row and column.
    """

    _inherit = "base_import.import"

    qifei_checked = fields.Char(
        help="Digest of file and mapping that were checked and found right: the blocks "
        "after the first need no further check."
    )

    def parse_preview(self, options, count=10):
        result = super().parse_preview(options, count=count)
        if self._is_checked_model() and "options" in result:
            if result["options"].get("limit") == SCREEN_BLOCK:
                result["options"]["limit"] = BLOCK
        return result

    def execute_import(self, fields, columns, options, dryrun=False):
        if self._is_checked_model():
            digest = self._get_import_digest(fields, options)
            if self.qifei_checked != digest:
                messages = self._check_whole_file(fields, options)
                if messages:
                    return {
                        "ids": False,
                        "messages": messages,
                        "name": [],
                        "nextrow": 0,
                    }
                self.qifei_checked = digest
        return super().execute_import(fields, columns, options, dryrun=dryrun)

    def _is_checked_model(self):
        """Tell whether the model has the suite's mixin; others go on as ever."""
        return hasattr(self.env.get(self.res_model), "_check_import_rows")

    def _get_import_digest(self, names, options):
        """Return a digest of everything that decides what the rows say."""
        reading = {
            name: options.get(name)
            for name in (
                "sheet",
                "has_headers",
                "encoding",
                "separator",
                "quoting",
                "date_format",
                "datetime_format",
            )
        }
        digest = hashlib.sha256(self.file or b"")
        digest.update(json.dumps([names, reading], sort_keys=True).encode())
        return digest.hexdigest()

    def _check_whole_file(self, paths, options):
        """Check every row that is still to be imported.

        :param list paths: field path of each column of the file, or False
        :return: list of messages as core's import screen shows them, empty when the
            file is right
        """
        model = self.env[self.res_model]
        try:
            rows, names = self._convert_import_data(paths, options)
        except ImportValidationError as error:
            return [error.__dict__]
        first_row = int(options.get("skip") or 0) + 1 + bool(options.get("has_headers"))
        errors = model._check_import_rows(names, rows, self._make_date_parser(options))
        letters = {
            path.partition("/")[0]: get_column_letter(position)
            for position, path in enumerate(paths, start=1)
            if path
        }
        messages = []
        for index, name, problem in errors[:MESSAGES_SHOWN]:
            row = first_row + index
            # The cell makes each text unique: the screen joins equal ones.
            text = self.env._(
                "%(cell)s “%(column)s”: %(problem)s",
                cell=f"{letters[name]}{row}" if name in letters else "",
                column=model._get_import_label(name),
                problem=problem,
            )
            messages.append(_make_message(index, row, text.strip()))
        if len(errors) > MESSAGES_SHOWN:
            index = errors[MESSAGES_SHOWN][0]
            text = self.env._(
                "%(count)s more errors from this row on",
                count=len(errors) - MESSAGES_SHOWN,
            )
            messages.append(_make_message(index, first_row + index, text))
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


def _make_message(index, row, text):
    return {
        "type": "error",
        "record": row,
        "rows": {"from": index, "to": index},
        "message": text,
    }
