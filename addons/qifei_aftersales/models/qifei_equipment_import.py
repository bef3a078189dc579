from odoo import api, fields, models

from ..tools.serial import normalize_serial
from .qifei_import_mixin import _find_repetitions

IMPORT_TEMPLATES = {
    "zh_CN": "/qifei_aftersales/static/xls/customers_and_machines_zh_CN.xlsx",
}
IMPORT_TEMPLATE = "/qifei_aftersales/static/xls/customers_and_machines.xlsx"


def get_import_template(env):
    """Return the workbook for customers and machines in the language of the user."""
    return {
        "label": env._("Template for customers and machines"),
        "template": IMPORT_TEMPLATES.get(env.lang, IMPORT_TEMPLATE),
    }


class QifeiEquipment(models.Model):
    """Import of machines from Excel."""

    _name = "qifei.equipment"
    _inherit = ["qifei.equipment", "qifei.import.mixin"]

    _import_sheets = ("Machines", "机器")
    _import_exact_names = True

    @api.model
    def get_import_templates(self):
        return [get_import_template(self.env)]

    @api.model
    def _get_import_required(self):
        return ["product_id", "partner_id"]

    @api.model
    def _check_import_records(self, records):
        errors = super()._check_import_records(records)
        errors += self._check_import_serials(records)
        for index, record in enumerate(records):
            bought, installed = (
                fields.Date.to_date(record.get(name) or None)
                for name in ("date_purchase", "date_installation")
            )
            if bought and installed and installed < bought:
                problem = self.env._(
                    "%(installed)s is before the purchase on %(bought)s",
                    installed=installed,
                    bought=bought,
                )
                errors.append((index, "date_installation", problem))
        return errors

    def _check_import_serials(self, records):
        """Find serial numbers that are there twice, in the file or in the register."""
        keys = [
            (record.get("product_id"), normalize_serial(record["serial"]))
            if record.get("serial")
            else None
            for record in records
        ]
        errors = [
            (
                index,
                "serial",
                self.env._(
                    "“%(value)s” is used in row %(row)s too", value=key[1], row=row
                ),
            )
            for index, key, row in _find_repetitions(keys)
        ]
        # Rows with an external id may update the machine they created before.
        new_keys = {
            key
            for key, record in zip(keys, records, strict=True)
            if key and not record.get("id")
        }
        taken = self._find_registered_serials(new_keys)
        errors += [
            (
                index,
                "serial",
                self.env._(
                    "“%(serial)s” is registered already, as %(number)s",
                    serial=key[1],
                    number=taken[key],
                ),
            )
            for index, key in enumerate(keys)
            if key in taken and not records[index].get("id")
        ]
        return errors

    def _find_registered_serials(self, keys):
        """Return ``{key: number}`` of the (product cell, serial) that exist already."""
        registered = self.with_context(active_test=False).search_fetch(
            [
                ("serial", "in", [serial for _product, serial in keys]),
                ("company_id", "=", self.env.company.id),
            ],
            ["name", "serial", "product_id"],
        )
        taken = {}
        for equipment in registered:
            product = equipment.product_id
            for cell in (product.default_code, product.name, product.display_name):
                if (cell, equipment.serial) in keys:
                    taken[cell, equipment.serial] = equipment.name
        return taken
