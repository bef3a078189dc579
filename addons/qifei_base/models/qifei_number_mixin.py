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
        for vals, company_id in zip(
            vals_list, self._get_number_company_ids(vals_list), strict=True
        ):
            if vals.get("name", "/") in ("/", False, ""):
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

    @api.model
    def _get_number_company_ids(self, vals_list):
        """Return the id of the company that numbers each document of ``vals_list``.

        A model whose company follows from another field overrides this, or its numbers
        would be taken from the present company and clash in the other one.
        """
        return [vals.get("company_id") or self.env.company.id for vals in vals_list]
