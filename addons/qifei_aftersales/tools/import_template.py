"""Makes the workbooks that the import screens offer, in English and Chinese.

Run ``python -m qifei_aftersales.tools.import_template`` from the folder of the addons
after a change; the workbooks are part of the addon.
"""

from pathlib import Path

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill

FOLDER = Path(__file__).parent.parent / "static" / "xls"

SHEETS = {
    "": {
        "Customers": [
            ["External ID", "Name", "Phone", "Email", "Street", "City", "Zip"]
            + ["State", "Country"],
            ["customer_1", "Wang Fang", "+86 138 0013 8000", "wang.fang@example.com"]
            + ["1200 Century Avenue", "上海市", "200122", "上海市", "China"],
            ["customer_2", "Lakeside Hotel", "+86 512 6288 0000", ""]
            + ["88 Jinji Lake Avenue", "苏州市", "215021", "江苏省", "China"],
        ],
        "Machines": [
            ["External ID", "Owner/External ID", "Product", "Serial number"]
            + ["Purchased on", "Installed on"],
            ["machine_1", "customer_1", "BCD-480W", "BCD480W-0001"]
            + ["2026-01-15", "2026-01-18"],
            ["machine_2", "customer_2", "KFR-35GW", "KFR35GW-0001"]
            + ["2026-02-01", "2026-02-03"],
        ],
        "How to": [
            ["1. Fill in the sheet Customers: one row per customer."],
            ["2. Fill in the sheet Machines: one row per machine."],
            ["3. Open Customers, choose Import records (gear menu), load the file."],
            ["4. Open Equipment, choose Import records, load the same file again."],
            ["The external ID is any text that you use once for each customer."],
            ["A machine refers to its owner by the external ID of the customer."],
            ["Product is the internal reference or the name of a product."],
            ["Dates are year-month-day."],
        ],
    },
    "_zh_CN": {
        "客户": [
            ["外部编号", "客户名称", "电话", "电子邮件", "街道", "城市", "邮编"]
            + ["省份", "国家"],
            ["customer_1", "王芳", "+86 138 0013 8000", "wang.fang@example.com"]
            + ["世纪大道1200号", "上海市", "200122", "上海市", "China"],
            ["customer_2", "湖畔酒店", "+86 512 6288 0000", ""]
            + ["金鸡湖大道88号", "苏州市", "215021", "江苏省", "China"],
        ],
        "机器": [
            ["外部编号", "客户外部编号", "产品", "序列号", "购买日期", "安装日期"],
            ["machine_1", "customer_1", "BCD-480W", "BCD480W-0001"]
            + ["2026-01-15", "2026-01-18"],
            ["machine_2", "customer_2", "KFR-35GW", "KFR35GW-0001"]
            + ["2026-02-01", "2026-02-03"],
        ],
        "填写说明": [
            ["1. 在“客户”表中每行填写一位客户。"],
            ["2. 在“机器”表中每行填写一台设备。"],
            ["3. 打开“客户”列表,在齿轮菜单中选择“导入记录”,上传本文件。"],
            ["4. 打开“设备”列表,选择“导入记录”,再次上传本文件。"],
            ["外部编号可以是任意文字,每位客户只用一次。"],
            ["机器通过“客户外部编号”对应其所有者。"],
            ["产品填写内部编号或产品名称。"],
            ["日期格式:年-月-日。"],
        ],
    },
}


def build(sheets):
    """Return a workbook with the given sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        if len(rows[0]) > 1:
            _dress(sheet)
        else:
            sheet.column_dimensions["A"].width = 90
    return book


def _dress(sheet):
    for cell in sheet[1]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="714B67")
        cell.alignment = Alignment(vertical="center")
    for column in sheet.columns:
        width = max(len(str(cell.value or "")) for cell in column)
        sheet.column_dimensions[column[0].column_letter].width = min(40, width + 6)
    sheet.freeze_panes = "A2"


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for suffix, sheets in SHEETS.items():
        build(sheets).save(FOLDER / f"customers_and_machines{suffix}.xlsx")


if __name__ == "__main__":
    main()
