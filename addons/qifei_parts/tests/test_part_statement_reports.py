import io
import re

import openpyxl

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from .common_statement import StatementCase

MIDDLE = "2026-03-15 02:00:00"
XLSX = "qifei_parts.action_report_part_statement_xlsx"
PDF = "qifei_parts.action_report_part_statement"


@tagged("post_install", "-at_install")
class TestPartStatementReports(StatementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part.name = "=1+1 compressor <b>"
        cls.stock_up(10.0, cls.part + cls.other_part)
        cls.move(
            (cls.part, 2.5, cls.point, cls.customers, MIDDLE),
            (cls.part, 4.0, cls.warehouse_stock, cls.point, MIDDLE),
        )
        cls.statement = cls.draw_up()
        cls.statement.action_send()
        cls.line = cls.statement.line_ids[0]
        cls.statement._count_by_partner(cls.partner, {cls.line.id: 11.0})

    def read_workbook(self, statements, user=None, **context):
        reports = self.env["ir.actions.report"].with_user(
            user or self.users["parts_keeper"]
        )
        content, kind = reports.with_context(
            active_model=statements._name, **context
        )._render_xlsx(XLSX, statements.ids, {})
        self.assertEqual(kind, "xlsx")
        return tuple(
            openpyxl.load_workbook(io.BytesIO(content), data_only=only)
            for only in (True, False)
        )

    # === Excel === #

    def test_the_workbook_says_what_the_statement_says(self):
        values, formulas = self.read_workbook(self.statement)
        sheet = values.active
        self.assertEqual(sheet.title, "2026-03 Test point")
        self.assertEqual(sheet.freeze_panes, "C8")
        heads = [cell.value for cell in sheet[7]]
        self.assertEqual(heads[:5], ["Number", "Part", "Unit", "Opening", "Received"])
        self.assertEqual(len(heads), 22)
        row = dict(zip(heads[:12], [cell.value for cell in sheet[8]], strict=False))
        self.assertEqual(row["Part"], "=1+1 compressor <b>")
        self.assertEqual(row["Opening"], 10)
        self.assertEqual(row["Received"], 4)
        self.assertEqual(row["Used and charged"], 2.5)
        self.assertEqual(row["Closing"], 11.5)
        self.assertEqual(row["Counted"], 11)
        self.assertEqual(row["Difference"], -0.5)
        total = [cell.value for cell in sheet[10]]
        self.assertEqual(total[0], "Total")
        self.assertEqual(total[heads.index("Closing")], 21.5)
        self.assertEqual(total[-2 - 1], self.statement.closing_value)
        raw = formulas.active
        self.assertEqual(raw["B8"].data_type, "s")
        self.assertEqual(raw["J8"].value, "=D8+E8-F8-G8-H8+I8")
        self.assertEqual(raw["J10"].value, "=SUM(J8:J9)")
        self.assertEqual(raw.auto_filter.ref, "A7:V9")

    def test_the_workbook_has_a_sheet_for_each_statement(self):
        self.partner.name = "Point: [a]/b*c? with quite a long name"
        self.stock_up(1.0, place=self.van)
        statements = self.statement + self.draw_up(self.van)
        values, _formulas = self.read_workbook(statements)
        self.assertEqual(len(values.worksheets), 2)
        for sheet in values.worksheets:
            self.assertLessEqual(len(sheet.title), 31)
            self.assertFalse(re.search(r"[\[\]:*?/\\]", sheet.title))

    def test_an_empty_statement_makes_a_workbook(self):
        values, _formulas = self.read_workbook(self.draw_up(self.van))
        self.assertEqual(values.active["A8"].value, "Total")

    def test_the_workbook_speaks_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        values, _formulas = self.read_workbook(self.statement, lang="zh_CN")
        self.assertIn("2026年3月", values.active["B4"].value)

    def test_nobody_prints_what_he_may_not_read(self):
        for role in ("engineer", "agent"):
            with self.assertRefused("", AccessError):
                self.read_workbook(self.statement, self.users[role])

    # === PDF === #

    def test_the_document_says_what_the_statement_says(self):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            PDF, self.statement.ids
        )
        text = html.decode()
        self.assertIn("=1+1 compressor &lt;b&gt;", text)
        for expected in ("Test point", "March 2026", "11.5", "-0.5", "TP0", "TP1"):
            self.assertIn(expected, text)
        self.assertNotIn("11.50", text)

    def test_the_document_speaks_the_language_of_the_point(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.partner.lang = "zh_CN"
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            PDF, self.statement.ids
        )
        self.assertIn("2026年3月", html.decode())

    def test_the_document_prints(self):
        self.partner.name = "上海徐汇服务站"
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        with self.allow_pdf_render():
            content, kind = reports._render_qweb_pdf(PDF, self.statement.ids)
        self.assertEqual(kind, "pdf")
        self.assertTrue(content.startswith(b"%PDF"))
        document = PdfFileReader(io.BytesIO(content))
        self.assertEqual(len(document.pages), 1)
