import re

from xlsxwriter.utility import xl_rowcol_to_cell

from odoo import models

from ..models.qifei_part_statement_line import FLOWS

QUANTITIES = ("opening", *FLOWS, "closing", "counted", "difference")
VALUES = (
    "opening_value",
    *(f"{name}_value" for name in FLOWS),
    "revaluation_value",
    "closing_value",
    "difference_value",
)
FIXED = ("product_code", "product_id", "uom_id")
FIRST_QUANTITY = len(FIXED)
FIRST_VALUE = FIRST_QUANTITY + len(QUANTITIES)
NOTE = FIRST_VALUE + len(VALUES)
HEAD_ROW = 6
# Characters that Excel forbids in the name of a sheet.
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


class ReportQifeiPartStatementXlsx(models.AbstractModel):
    """The statement as an Excel workbook, one sheet each, in the reader's language.

    What is left at the end and the totals are formulas, so the reader sees how they
    come about; their results are stored with them for programs that do not calculate.
    """

    _name = "report.qifei_parts.part_statement_xlsx"
    _description = "Part statement (Excel)"
    _inherit = ["report.report_xlsx.abstract"]

    def generate_xlsx_report(self, workbook, data, objs):
        objs.check_access("read")
        formats = self._add_formats(workbook)
        for statement in objs:
            sheet = workbook.add_worksheet(self._get_sheet_name(statement))
            self._write_head(sheet, statement, formats)
            last_row = self._write_lines(sheet, statement, formats)
            self._write_totals(sheet, statement, formats, last_row)
            self._set_layout(sheet, statement, last_row)

    def _add_formats(self, workbook):
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        quantity = self._get_number_format(digits)
        value = self._get_number_format(2)
        border = {"border": 1, "border_color": "#D1D5DB", "valign": "vcenter"}
        head = {**border, "bold": True, "bg_color": "#EEF0F3", "text_wrap": True}
        total = {**border, "bold": True, "top": 2, "bg_color": "#F6F7F8"}
        return {
            name: workbook.add_format(properties)
            for name, properties in {
                "title": {"bold": True, "font_size": 16},
                "label": {"font_color": "#6B7280"},
                "text": {},
                "group": {**head, "align": "center"},
                "head": {**head, "align": "center"},
                "cell": border,
                "quantity": {**border, "num_format": quantity},
                "value": {**border, "num_format": value},
                "differs": {
                    **border,
                    "num_format": quantity,
                    "font_color": "#B42318",
                    "bold": True,
                },
                "total": total,
                "total_quantity": {**total, "num_format": quantity},
                "total_value": {**total, "num_format": value},
            }.items()
        }

    def _get_number_format(self, digits):
        """Return the format of numbers: negative ones red, a dash for zero."""
        number = "#,##0" + ("." + "0" * digits if digits else "")
        return f"{number};[Red]-{number};–"

    def _get_sheet_name(self, statement):
        name = f"{statement.period} {statement._get_place_name()}"
        return FORBIDDEN.sub(" ", name)[:31].strip()

    def _write_head(self, sheet, statement, formats):
        labels = statement._fields
        sheet.write_string(0, 0, self.env._("Part statement"), formats["title"])
        state = statement._get_state_label(statement.state)
        rows = (
            (labels["name"]._description_string(self.env), statement.name),
            (self.env._("Place"), statement._get_place_name()),
            (
                labels["month"]._description_string(self.env),
                f"{statement._write_month()} ({statement._write_period()})",
            ),
            (
                self.env._("Company"),
                f"{statement.company_id.name} · {statement.currency_id.name} · {state}",
            ),
        )
        for row, (label, text) in enumerate(rows, 1):
            sheet.write_string(row, 0, label, formats["label"])
            sheet.write_string(row, 1, text, formats["text"])
        line_fields = self.env["qifei.part.statement.line"]._fields
        sheet.merge_range(
            HEAD_ROW - 1,
            FIRST_QUANTITY,
            HEAD_ROW - 1,
            FIRST_VALUE - 1,
            self.env._("Quantity"),
            formats["group"],
        )
        sheet.merge_range(
            HEAD_ROW - 1,
            FIRST_VALUE,
            HEAD_ROW - 1,
            NOTE - 1,
            self.env._("Value (%(currency)s)", currency=statement.currency_id.name),
            formats["group"],
        )
        heads = [
            self.env._("Number"),
            self.env._("Part"),
            self.env._("Unit"),
            *(line_fields[name]._description_string(self.env) for name in QUANTITIES),
            *(
                line_fields[name.removesuffix("_value")]._description_string(self.env)
                if name != "revaluation_value"
                else line_fields[name]._description_string(self.env)
                for name in VALUES
            ),
            line_fields["note"]._description_string(self.env),
        ]
        for column, head in enumerate(heads):
            sheet.write_string(HEAD_ROW, column, head, formats["head"])

    def _write_lines(self, sheet, statement, formats):
        """Write one row for each part.

        :return: number of the last row, counted from 0
        """
        row = HEAD_ROW
        # sudo: product.product - names of the parts on a statement the reader may read
        for row, line in enumerate(statement.sudo().line_ids, HEAD_ROW + 1):
            texts = (line.product_code or "", line.product_id.name, line.uom_id.name)
            for column, text in enumerate(texts):
                sheet.write_string(row, column, text, formats["cell"])
            for column, name in enumerate(QUANTITIES, FIRST_QUANTITY):
                if name == "closing":
                    self._write_closing(sheet, row, column, line, formats)
                elif name == "counted" and not line.is_counted:
                    sheet.write_blank(row, column, None, formats["cell"])
                else:
                    style = "differs" if name == "difference" else "quantity"
                    sheet.write_number(row, column, line[name], formats[style])
            for column, name in enumerate(VALUES, FIRST_VALUE):
                sheet.write_number(row, column, line[name], formats["value"])
            sheet.write_string(row, NOTE, line.note or "", formats["cell"])
        return row

    def _write_closing(self, sheet, row, column, line, formats):
        terms = [xl_rowcol_to_cell(row, FIRST_QUANTITY)]
        for position, sign in enumerate(FLOWS.values(), FIRST_QUANTITY + 1):
            terms.append(("+" if sign > 0 else "-") + xl_rowcol_to_cell(row, position))
        formula = "=" + "".join(terms)
        sheet.write_formula(row, column, formula, formats["quantity"], line.closing)

    def _write_totals(self, sheet, statement, formats, last_row):
        row = last_row + 1
        sheet.write_string(row, 0, self.env._("Total"), formats["total"])
        for column in (*range(1, FIRST_QUANTITY), NOTE):
            sheet.write_blank(row, column, None, formats["total"])
        lines = statement.line_ids
        for names, first, style in (
            (QUANTITIES, FIRST_QUANTITY, "total_quantity"),
            (VALUES, FIRST_VALUE, "total_value"),
        ):
            for column, name in enumerate(names, first):
                top = xl_rowcol_to_cell(HEAD_ROW + 1, column)
                bottom = xl_rowcol_to_cell(max(last_row, HEAD_ROW + 1), column)
                sheet.write_formula(
                    row,
                    column,
                    f"=SUM({top}:{bottom})" if lines else "=0",
                    formats[style],
                    round(sum(lines.mapped(name)), 6),
                )

    def _set_layout(self, sheet, statement, last_row):
        sheet.set_row(0, 24)
        sheet.set_row(HEAD_ROW, 32)
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, 1, 34)
        sheet.set_column(2, 2, 8)
        sheet.set_column(FIRST_QUANTITY, FIRST_VALUE - 1, 11)
        sheet.set_column(FIRST_VALUE, NOTE - 1, 14)
        sheet.set_column(NOTE, NOTE, 30)
        sheet.freeze_panes(HEAD_ROW + 1, 2)
        if statement.line_ids:
            sheet.autofilter(HEAD_ROW, 0, last_row, NOTE)
        sheet.repeat_rows(HEAD_ROW - 1, HEAD_ROW)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")
