from odoo import api, models

from odoo.addons.base_import.models.base_import import ImportValidationError

IMPORT_MODULE = "__import__"


class QifeiImportMixin(models.AbstractModel):
    """Checks all rows of an import file before the first one is imported.

    The checks are those core makes row by row while importing (required cells, dates,
    choices, references), made for all rows at once, and those of
    ``_check_import_records``. The queries grow with the different names that the cells
    refer to, not with the rows.
    """

    _name = "qifei.import.mixin"
    _description = "Import checked as a whole"

    # Names of the sheets of a workbook that hold records of this model.
    _import_sheets = ()
    # Whether a name that several records have is an error; core takes any of them.
    _import_exact_names = False

    @api.model
    def _check_import_rows(self, names, rows, parse_date):
        """Check the rows of a file.

        :param list names: field paths of the columns, as in ``load``
        :param list rows: cells of each row
        :param parse_date: function of value and field type, which raises
            ImportValidationError for what is no date
        :return: list of (index of the row, field name, problem), in the order of rows
        """
        errors = []
        columns = [
            (index, *name.partition("/")[::2]) for index, name in enumerate(names)
        ]
        if any(
            name in self._fields and self._fields[name].type == "one2many"
            for _index, name, _subfield in columns
        ):
            # One record may take several rows, which only core puts together.
            return []
        own_ids = {row[names.index("id")] for row in rows} if "id" in names else set()
        records = [{} for _row in rows]
        for index, name, subfield in columns:
            field = self._fields.get(name)
            cells = [
                cell.strip() if isinstance(cell, str) else cell
                for cell in (row[index] for row in rows)
            ]
            if name == "id":
                problems = self._check_import_ids(cells)
            elif not field or name == ".id":
                continue
            elif field.type in ("date", "datetime"):
                problems = self._parse_import_dates(cells, field, parse_date)
            elif field.type == "many2one" and subfield in ("", "id"):
                problems = self._check_import_references(
                    cells,
                    field,
                    subfield,
                    own_ids if field.comodel_name == self._name else (),
                )
            elif field.type == "selection":
                problems = self._check_import_choices(cells, field)
            else:
                problems = {}
            for row_index, cell in enumerate(cells):
                records[row_index].setdefault(name, cell)
            if field and field.required and name != "id":
                for row_index, cell in enumerate(cells):
                    if not cell:
                        problems[row_index] = self.env._("the cell is empty")
            errors += [
                (row_index, name, problem) for row_index, problem in problems.items()
            ]
        errors += self._check_import_missing({name for _i, name, _s in columns}, rows)
        errors += self._check_import_records(records)
        return sorted(errors, key=lambda error: error[0])

    @api.model
    def _check_import_records(self, records):
        """Check what concerns several cells or rows; extended by models.

        :param list records: ``{field name: cell}`` of each row; dates are parsed,
            everything else is as in the file
        :return: list of (index of the row, field name, problem)
        """
        return []

    @api.model
    def _get_import_required(self):
        """Return the fields without which no record of the model can be imported."""
        return []

    @api.model
    def _get_import_label(self, name):
        if name == "id":
            return self.env._("External ID")
        return self._fields[name]._description_string(self.env)

    # === ONE COLUMN === #

    @api.model
    def _check_import_missing(self, names, rows):
        if not rows or {"id", ".id"} & names:
            # Rows with an id may change what they created before.
            return []
        return [
            (0, name, self.env._("the column is missing"))
            for name in self._get_import_required()
            if name not in names
        ]

    @api.model
    def _check_import_ids(self, cells):
        return {
            index: self.env._(
                "“%(value)s” is used in row %(row)s too", value=cell, row=row
            )
            for index, cell, row in _find_repetitions(cells)
        }

    @api.model
    def _parse_import_dates(self, cells, field, parse_date):
        """Parse the cells in place and return ``{index: problem}``."""
        problems = {}
        for index, cell in enumerate(cells):
            if not cell:
                continue
            try:
                cells[index] = str(parse_date(cell, field.type))[:10]
            except ImportValidationError:
                problems[index] = self.env._("“%(value)s” is not a date", value=cell)
                cells[index] = False
        return problems

    @api.model
    def _check_import_choices(self, cells, field):
        choices = {
            str(text).casefold()
            for choice in field._description_selection(self.env)
            for text in choice
        } | {
            str(label).casefold()
            for _value, label in field._description_selection(
                self.with_context(lang="en_US").env
            )
        }
        return {
            index: self.env._("“%(value)s” is not one of the choices", value=cell)
            for index, cell in enumerate(cells)
            if cell and str(cell).casefold() not in choices
        }

    @api.model
    def _check_import_references(self, cells, field, subfield, own_ids):
        wanted = {cell for cell in cells if cell}
        if subfield == "id":
            found = self._find_import_xml_ids(wanted, field.comodel_name)
            counts = dict.fromkeys(found.union(own_ids), 1)
            what = self.env._("external ID")
        else:
            counts = self._count_import_names(wanted, field.comodel_name)
            what = self.env["ir.model"]._get(field.comodel_name).name
        problems = {}
        for index, cell in enumerate(cells):
            if cell and not counts.get(cell):
                problems[index] = self.env._(
                    "there is no %(what)s “%(value)s”", what=what, value=cell
                )
            elif cell and counts[cell] > 1 and self._import_exact_names:
                problems[index] = self.env._(
                    "several records are called “%(value)s”: use their external ID",
                    value=cell,
                )
        return problems

    @api.model
    def _find_import_xml_ids(self, wanted, model_name):
        """Return which of the external ids exist for the model."""
        by_module = {}
        for value in wanted:
            module, _dot, name = value.rpartition(".")
            by_module.setdefault(module or IMPORT_MODULE, {})[name] = value
        found = set()
        for module, names in by_module.items():
            # sudo: ir.model.data - only whether the ids of the user's file exist
            rows = (
                self.env["ir.model.data"]
                .sudo()
                .search_fetch(
                    [
                        ("module", "=", module),
                        ("name", "in", list(names)),
                        ("model", "=", model_name),
                    ],
                    ["name", "res_id"],
                )
            )
            readable = set(
                self.env[model_name]
                .with_context(active_test=False)
                .search([("id", "in", rows.mapped("res_id"))])
                .ids
            )
            found |= {names[row.name] for row in rows if row.res_id in readable}
        return found

    @api.model
    def _count_import_names(self, wanted, model_name):
        """Count the records of each name, as core's import will look for them."""
        model = self.env[model_name]
        return {
            value: len(model.name_search(value, operator="=", limit=2))
            for value in wanted
        }


def _find_repetitions(values):
    """Yield (index, value, file row of the first use) of repeated values."""
    first = {}
    for index, value in enumerate(values):
        if not value:
            continue
        if value in first:
            # Two more than the index: rows count from one, below the headings.
            yield index, value, first[value] + 2
        else:
            first[value] = index
