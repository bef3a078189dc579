from odoo import api, fields, models


class QifeiNumberMixin(models.AbstractModel):
    """Numbers a company-owned document in batch, once, at creation.

    The model sets ``_number_code`` to the code of its ir.sequence and declares
    ``company_id``. Gaps are possible (a refused creation keeps its number), two equal
    numbers in one company are not.
    """

    _name = "qifei.number.mixin"
    _description = "Numbered document"

    _number_code = None

    name = fields.Char(
        string="Number",
        default="/",
        required=True,
        readonly=True,
        copy=False,
        index="trigram",
    )

    _number_uniq = models.UniqueIndex(
        "(name, company_id) WHERE name != '/'",
        "This number is taken in the company.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        # Copies: a caller may create twice from the same dictionaries.
        vals_list = [dict(vals) for vals in vals_list]
        by_company = {}
        for vals in vals_list:
            if vals.get("name", "/") in ("/", False, ""):
                company_id = vals.get("company_id") or self.env.company.id
                by_company.setdefault(company_id, []).append(vals)
        for company_id, company_vals in by_company.items():
            numbers = self.env["ir.sequence"]._next_numbers(
                self._number_code,
                len(company_vals),
                self.env["res.company"].browse(company_id),
            )
            for vals, number in zip(company_vals, numbers, strict=True):
                vals["name"] = number
        return super().create(vals_list)
