"""A customer's Excel file through Odoo's import screen: how long, and how strict."""

import base64
import io
import re
import time

import openpyxl

CUSTOMERS = 2000
MACHINES = 5000
BAD_ROWS = 20
BLOCK = 2000
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What the import screen sends before a person touches an option.
OPTIONS = {
    "import_skip_records": [],
    "import_set_empty_fields": [],
    "fallback_values": {},
    "name_create_enabled_fields": {},
    "encoding": "",
    "separator": "",
    "quoting": '"',
    "date_format": "",
    "datetime_format": "",
    "float_thousand_separator": ",",
    "float_decimal_separator": ".",
    "has_headers": True,
    "keep_matches": False,
    "sheet": "",
}


def measure(env, say):
    """Import the whole file, and one with bad rows; everything is undone.

    :return: seconds for each sheet, what was imported, and what became of bad rows
    """
    products = env["product.product"].create(
        [
            {"name": f"Import machine {number}", "default_code": f"IMP-{number:02d}"}
            for number in range(20)
        ]
    )
    codes = products.mapped("default_code")
    figures = {}
    try:
        for name, model, rows in (
            ("customers", "res.partner", CUSTOMERS),
            ("machines", "qifei.equipment", MACHINES),
        ):
            say(f"import {name}")
            before = env[model].search_count([])
            start = time.perf_counter()
            messages, blocks = execute(env, model, workbook(codes), name)
            figures[name] = {
                "rows": rows,
                "imported": env[model].search_count([]) - before,
                "messages": [message["message"] for message in messages],
                "blocks": blocks,
                "seconds": time.perf_counter() - start,
            }
        say("import a file with bad rows")
        figures["bad"] = refuse(env, codes)
    finally:
        env.cr.rollback()
        env.invalidate_all()
    return figures


def refuse(env, codes):
    """Try a file with bad rows, each wrong in its own way."""
    before = env["qifei.equipment"].search_count([])
    messages, _blocks = execute(
        env, "qifei.equipment", workbook(codes, spoil=True), "machines"
    )
    return {
        "rows": BAD_ROWS,
        "named": len({message.get("record") for message in messages}),
        "with_column": sum(
            bool(re.match(r"[A-Z]+\d+ “", message["message"])) for message in messages
        ),
        "imported": env["qifei.equipment"].search_count([]) - before,
    }


def execute(env, model, content, name):
    """Do what the import screen does: preview, then block by block."""
    wizard = env["base_import.import"].create(
        {
            "res_model": model,
            "file": base64.b64decode(content),
            "file_name": f"{name}.xlsx",
            "file_type": EXCEL,
        }
    )
    preview = wizard.parse_preview(dict(OPTIONS))
    if preview.get("error"):
        raise RuntimeError(preview["error"])
    columns = preview["headers"]
    matches = preview["matches"]
    fields = [
        "/".join(matches[index]) if matches.get(index) else False
        for index in range(len(columns))
    ]
    options = {**OPTIONS, **preview["options"], "limit": BLOCK, "skip": 0}
    blocks = 0
    while True:
        result = wizard.execute_import(fields, columns, dict(options))
        blocks += 1
        if result["messages"] or not result.get("nextrow"):
            return result["messages"], blocks
        options["skip"] = result["nextrow"]


def workbook(codes, spoil=False):
    """Return an Excel file with both sheets, in base64."""
    book = openpyxl.Workbook(write_only=True)
    for title, rows in (("Customers", customers()), ("Machines", machines(codes))):
        sheet = book.create_sheet(title)
        if spoil and title == "Machines":
            _spoil(rows)
        for row in rows:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return base64.b64encode(target.getvalue())


def customers():
    head = ["External ID", "Name", "Phone", "Email", "Street", "City", "Zip"]
    return [
        [*head, "Country"],
        *(
            [
                f"bench_customer_{number}",
                f"Customer {number}",
                f"+86 138 {number // 10000:04d} {number % 10000:04d}",
                f"customer{number}@example.com",
                f"{number} Century Avenue",
                "上海市",
                "200122",
                "China",
            ]
            for number in range(1, CUSTOMERS + 1)
        ),
    ]


def machines(codes):
    head = ["External ID", "Owner/External ID", "Product", "Serial number"]
    return [
        [*head, "Purchased on", "Installed on"],
        *(
            [
                f"bench_machine_{number}",
                f"bench_customer_{number % CUSTOMERS + 1}",
                codes[number % len(codes)],
                f"SN-{number:06d}",
                "2026-01-15",
                "2026-01-18",
            ]
            for number in range(1, MACHINES + 1)
        ),
    ]


def _spoil(rows):
    """Make 20 rows wrong, far apart: owner, product, dates, an empty cell."""
    faults = (
        (1, "nobody_at_all"),
        (2, "NO-SUCH-PRODUCT"),
        (4, "yesterday"),
        (5, "2025-12-31"),
        (2, ""),
    )
    step = MACHINES // BAD_ROWS
    for number in range(BAD_ROWS):
        column, value = faults[number % len(faults)]
        row = rows[1 + number * step]
        row[0] = f"{row[0]}_bad"
        row[3] = f"{row[3]}-BAD"
        row[column] = value
    # The other rows are those of the good file, with serial numbers of their own.
    for row in rows[1:]:
        row[0] = f"{row[0]}_again"
        row[3] = f"{row[3]}-AGAIN"
