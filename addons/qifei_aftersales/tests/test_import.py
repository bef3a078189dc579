import io
import time

import openpyxl

from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from .common_warranty import WarrantyCase

CUSTOMER_HEADINGS = ["External ID", "Name", "Phone", "City", "Country"]
MACHINE_HEADINGS = [
    "External ID",
    "Owner/External ID",
    "Product",
    "Serial number",
    "Purchased on",
    "Installed on",
]


def make_workbook(customers, machines):
    """Return an xlsx file of two sheets as bytes."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in (("Customers", customers), ("Machines", machines)):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def make_rows(customer_count, machine_count, product="F1"):
    """Return the rows of a right file, headings first."""
    customers = [CUSTOMER_HEADINGS] + [
        [f"imp_c{n}", f"Customer {n}", f"+86 138 {n:08d}", "上海市", "China"]
        for n in range(customer_count)
    ]
    machines = [MACHINE_HEADINGS] + [
        [
            f"imp_m{n}",
            f"imp_c{n % customer_count}",
            product,
            f"IMP-{n:05d}",
            "2026-01-15",
            "2026-01-18",
        ]
        for n in range(machine_count)
    ]
    return customers, machines


class ImportCase(WarrantyCase):
    """Imports as the import screen does: preview, then block after block."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls.users["agent"]
        cls.agent.group_ids += cls.env.ref("base.group_partner_manager")

    def import_file(self, model, data, limit=2000, dryrun=False, user=None, lang=None):
        """Import a file.

        :return: (ids, messages) of all blocks together
        """
        wizard = (
            self.env["base_import.import"]
            .with_user(user or self.agent)
            .with_context(lang=lang or "en_US", tracking_disable=True)
            .create(
                {
                    "res_model": model,
                    "file": data,
                    "file_name": "customers_and_machines.xlsx",
                    "file_type": "application/vnd.openxmlformats-officedocument"
                    ".spreadsheetml.sheet",
                }
            )
        )
        options = {
            "has_headers": True,
            "quoting": '"',
            "separator": ",",
            "float_thousand_separator": ",",
            "float_decimal_separator": ".",
            "date_format": "",
            "datetime_format": "",
            "encoding": "",
            "sheet": "",
            "limit": limit,
            "skip": 0,
            "fallback_values": {},
            "name_create_enabled_fields": {},
            "import_skip_records": [],
            "import_set_empty_fields": [],
        }
        preview = wizard.parse_preview(dict(options))
        self.assertNotIn("error", preview)
        options = {**options, **preview["options"]}
        headings = preview["headers"]
        matches = preview["matches"]
        fields = [
            "/".join(matches[index]) if index in matches else False
            for index in range(len(headings))
        ]
        self.last_fields = fields
        ids = []
        skip = 0
        while True:
            result = wizard.execute_import(
                fields,
                [heading.lower() for heading in headings],
                {**options, "limit": limit, "skip": skip},
                dryrun=dryrun,
            )
            if result["messages"]:
                return ids, result["messages"]
            ids += result["ids"]
            skip = result["nextrow"]
            if not skip:
                return ids, []


@tagged("post_install", "-at_install")
class TestImport(ImportCase):
    def test_customers_and_machines_from_one_workbook(self):
        data = make_workbook(*make_rows(3, 7))
        customers, messages = self.import_file("res.partner", data, limit=2)
        self.assertEqual((len(customers), messages), (3, []))
        machines, messages = self.import_file("qifei.equipment", data, limit=3)
        self.assertEqual((len(machines), messages), (7, []))
        machine = self.env["qifei.equipment"].browse(machines[4])
        self.assertEqual(machine.serial, "IMP-00004")
        self.assertEqual(machine.partner_id.id, customers[1])
        self.assertEqual(machine.product_id, self.fridge)
        self.assertEqual(str(machine.date_installation), "2026-01-18")
        self.assertTrue(machine.name.startswith("EQ"))

    def test_the_screen_moves_its_progress_bar(self):
        wizard = self.env["base_import.import"].create(
            {
                "res_model": "qifei.equipment",
                "file": make_workbook(*make_rows(1, 3)),
                "file_type": "application/vnd.openxmlformats-officedocument"
                ".spreadsheetml.sheet",
            }
        )
        for chosen, limit in ((2000, 1000), (100, 100)):
            options = {"has_headers": True, "limit": chosen}
            self.assertEqual(wizard.parse_preview(options)["options"]["limit"], limit)

    def test_another_file_in_the_same_screen_is_checked_again(self):
        customers, machines = make_rows(2, 3)
        self.import_file("res.partner", make_workbook(customers, machines))
        good = make_workbook(customers, machines)
        machines[2][2] = "No such"
        wizard = self.env["base_import.import"].create(
            {
                "res_model": "qifei.equipment",
                "file": good,
                "file_type": "application/vnd.openxmlformats-officedocument"
                ".spreadsheetml.sheet",
            }
        )
        names = ["id", "partner_id/id", "product_id", "serial", False, False]
        options = {"has_headers": True, "sheet": "Machines"}
        for dryrun in (True, False):
            result = wizard.execute_import(names, names, dict(options), dryrun=dryrun)
            self.assertFalse(result["messages"])
        wizard.file = make_workbook(customers, machines)
        result = wizard.execute_import(names, names, dict(options))
        self.assertEqual([message["record"] for message in result["messages"]], [3])

    def test_import_again_updates(self):
        data = make_workbook(*make_rows(2, 3))
        self.import_file("res.partner", data)
        first, _messages = self.import_file("qifei.equipment", data)
        again, messages = self.import_file("qifei.equipment", data)
        self.assertEqual((again, messages), (first, []))

    def test_twenty_bad_rows_are_named_and_nothing_is_imported(self):
        customers, machines = make_rows(5, 60)
        self.import_file("res.partner", make_workbook(customers, machines))
        faults = [
            (1, "nobody", "B{row} “Owner”: there is no external ID “nobody”"),
            (2, "No such", "C{row} “Product”: there is no Product Variant “No such”"),
            (4, "2026-13-45", "E{row} “Purchased on”: “2026-13-45” is not a date"),
            (5, "2025-01-01", "F{row} “Installed on”: 2025-01-01 is before the"),
            (2, "", "C{row} “Product”: the cell is empty"),
        ]
        expected = {}
        for number in range(20):
            # The last rows: core alone would have imported the blocks before them.
            row = 61 - number
            column, cell, text = faults[number % 5]
            machines[row - 1][column] = cell
            expected[row] = text.format(row=row)
        count = self.env["qifei.equipment"].search_count([])
        for dryrun in (True, False):
            ids, messages = self.import_file(
                "qifei.equipment",
                make_workbook(customers, machines),
                limit=10,
                dryrun=dryrun,
            )
            self.assertEqual(ids, [])
            self.assertEqual(len(messages), 20)
            for message in messages:
                self.assertIn(expected[message["record"]], message["message"])
            self.assertEqual(self.env["qifei.equipment"].search_count([]), count)

    def test_serial_numbers_used_twice(self):
        customers, machines = make_rows(2, 4)
        machines[3][3] = machines[1][3]
        machines[4][0] = ""
        machines[4][3] = "SN-1"
        self.import_file("res.partner", make_workbook(customers, machines))
        ids, messages = self.import_file(
            "qifei.equipment", make_workbook(customers, machines)
        )
        self.assertEqual(ids, [])
        texts = {message["record"]: message["message"] for message in messages}
        self.assertEqual(set(texts), {4, 5})
        self.assertIn("used in row 2 too", texts[4])
        self.assertIn(self.equipment.name, texts[5])

    def test_bad_customers_are_named(self):
        customers, machines = make_rows(4, 1)
        customers[2][1] = ""
        customers[3][4] = "Atlantis"
        customers[4][0] = "imp_c0"
        count = self.env["res.partner"].search_count([])
        ids, messages = self.import_file(
            "res.partner", make_workbook(customers, machines)
        )
        self.assertEqual(ids, [])
        texts = {message["record"]: message["message"] for message in messages}
        self.assertIn("“Name”: the cell is empty", texts[3])
        self.assertIn("“Country”: there is no Country “Atlantis”", texts[4])
        self.assertIn("“External ID”: “imp_c0” is used in row 2", texts[5])
        self.assertEqual(self.env["res.partner"].search_count([]), count)

    def test_many_errors_are_cut_short(self):
        customers, machines = make_rows(1, 250, product="No such")
        _ids, messages = self.import_file(
            "qifei.equipment", make_workbook(customers, machines)
        )
        self.assertEqual(len(messages), 201)
        self.assertIn("more errors", messages[-1]["message"])

    def test_owners_of_one_name_are_not_guessed(self):
        self.env["res.partner"].create([{"name": "Same name"}, {"name": "Same name"}])
        machines = [
            ["Owner", "Product", "Serial number"],
            ["Same name", "F1", "IMP-1"],
            ["Wang Fang", "F1", "IMP-2"],
        ]
        _ids, messages = self.import_file(
            "qifei.equipment", make_workbook([["Name"], ["x"]], machines)
        )
        self.assertEqual([message["record"] for message in messages], [2])
        self.assertIn("several records", messages[0]["message"])

    def test_missing_columns_are_named(self):
        machines = [["Serial number", "Purchased on"], ["IMP-1", "2026-01-15"]]
        _ids, messages = self.import_file(
            "qifei.equipment", make_workbook([["Name"], ["x"]], machines)
        )
        self.assertEqual(len(messages), 2)
        self.assertIn("is missing", messages[0]["message"])

    def test_who_may_not_write_imports_nothing(self):
        data = make_workbook(*make_rows(2, 2, product="F1"))
        self.import_file("res.partner", data)
        count = self.env["qifei.equipment"].search_count([])
        with mute_logger("odoo.addons.base.models.ir_model"):
            ids, messages = self.import_file(
                "qifei.equipment", data, user=self.users["engineer"]
            )
        self.assertTrue(messages)
        self.assertFalse(ids)
        self.assertEqual(self.env["qifei.equipment"].search_count([]), count)

    def test_other_models_are_imported_as_ever(self):
        data = make_workbook([["Name"], ["Imported skill"]], [["Name"], ["x"]])
        ids, messages = self.import_file("qifei.skill", data, user=self.env.user)
        self.assertEqual((len(ids), messages), (1, []))

    # === TEMPLATES === #

    def test_offered_workbooks_fit_the_import(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["product.product"].create([{"name": "BCD-480W"}, {"name": "KFR-35GW"}])
        for lang in ("en_US", "zh_CN"):
            for model in ("res.partner", "qifei.equipment"):
                template = (
                    self.env[model]
                    .with_context(lang=lang)
                    .get_import_templates()[-1]["template"]
                )
                with file_open(template.lstrip("/"), "rb") as stream:
                    data = stream.read()
                ids, messages = self.import_file(model, data, lang=lang)
                with self.subTest(lang=lang, model=model):
                    self.assertEqual(messages, [])
                    self.assertEqual(len(ids), 2)
                    self.assertNotIn(False, self.last_fields)

    # === GROWTH === #

    def test_checking_does_not_grow_with_rows(self):
        customers, machines = make_rows(2, 20)
        self.import_file("res.partner", make_workbook(customers, machines))
        equipment = self.env["qifei.equipment"]
        names = [
            "id",
            "partner_id/id",
            "product_id",
            "serial",
            "date_purchase",
            "date_installation",
        ]
        self.assertFlatQueries(
            lambda rows: equipment._check_import_rows(
                names, rows, lambda value, _type: value
            ),
            machines[1:2],
            machines[1:],
        )


@tagged("post_install", "-at_install")
class TestImportSize(ImportCase):
    def test_two_thousand_customers_and_five_thousand_machines(self):
        data = make_workbook(*make_rows(2000, 5000))
        start = time.monotonic()
        customers, messages = self.import_file("res.partner", data)
        self.assertEqual((len(customers), messages), (2000, []))
        machines, messages = self.import_file("qifei.equipment", data)
        self.assertEqual((len(machines), messages), (5000, []))
        self.assertLess(time.monotonic() - start, 180)
