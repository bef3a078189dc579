from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, ormcache


class Numbering(NamedTuple):
    """How the documents of a company are numbered.

    :param sequence_id: the ir.sequence
    :param name: what people call it
    :param is_plain: a sequence of the database alone, without ranges of dates
    """

    sequence_id: int
    name: str
    is_plain: bool
    prefix: str | bool
    suffix: str | bool
    padding: int


class IrSequence(models.Model):
    """Adds batch numbering and one running number per company.

    A numbered document ships one sequence without a company, which is the pattern;
    every company works on a copy of its own, made when the addon or the company is
    created.
    """

    _inherit = "ir.sequence"

    @api.model
    def _next_numbers(self, code, count, company):
        """Take ``count`` numbers of the sequence ``code`` in one query.

        :param code: technical code of the sequence
        :param count: how many numbers, at least 1
        :param company: the res.company that owns the documents
        :return: list of ``count`` distinct texts in rising order
        :raise UserError: neither the company nor the pattern has such a sequence
        """
        numbering = self._get_numbering(code, company.id)
        if not numbering:
            raise UserError(
                self.env._(
                    "Company %(company)s has no numbering “%(code)s”: create it under "
                    "Settings / Technical / Sequences.",
                    company=company.name,
                    code=code,
                )
            )
        if not numbering.is_plain:
            # Core numbers these one by one under a lock of their own.
            # sudo: ir.sequence - users number their documents without settings rights
            sequence_sudo = self.sudo().browse(numbering.sequence_id)
            return [sequence_sudo.next_by_id() for _n in range(count)]
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{numbering.sequence_id:03d}",
                count,
            )
        )
        # The date parts are worked out once; get_next_char() does it for each number.
        pattern = self.new(
            {
                "name": numbering.name,
                "prefix": numbering.prefix,
                "suffix": numbering.suffix,
            }
        )
        prefix, suffix = pattern._get_prefix_suffix()
        return [f"{prefix}{number:0{numbering.padding}d}{suffix}" for (number,) in rows]

    @api.model
    @ormcache("code", "company_id")
    def _get_numbering(self, code, company_id):
        """Return the ``Numbering`` of a company, kept until a sequence changes.

        :return: None when neither the company nor the pattern has such a sequence
        """
        # sudo: ir.sequence - users number their documents without settings rights
        sequence_sudo = self.sudo().search(
            [("code", "=", code), ("company_id", "in", (company_id, False))],
            order="company_id.id",
            limit=1,
        )
        if not sequence_sudo:
            return None
        return Numbering(
            sequence_sudo.id,
            sequence_sudo.name,
            sequence_sudo.implementation == "standard"
            and not sequence_sudo.use_date_range,
            sequence_sudo.prefix,
            sequence_sudo.suffix,
            sequence_sudo.padding,
        )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        sequences = super().create(vals_list)
        self.env.registry.clear_cache()
        return sequences

    def write(self, vals):
        result = super().write(vals)
        # The next number is no part of the numbering: setting it is cheap.
        if vals.keys() - {"number_next", "number_next_actual"}:
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    def _ensure_company_copies(self, code_prefix, companies=None):
        """Give each company its own copy of the patterns ``code_prefix…``.

        :param code_prefix: beginning of the codes, such as ``qifei.``
        :param companies: res.company records, all of them when left out
        """
        # sudo: ir.sequence - called by module installation and company creation
        sequences_sudo = self.sudo()
        if companies is None:
            # sudo: res.company - numbering is prepared for every company
            companies = (
                self.env["res.company"]
                .sudo()
                .with_context(active_test=False)
                .search([("active", "in", (True, False))])
            )
        patterns = sequences_sudo.search(
            [("code", "=like", f"{code_prefix}%"), ("company_id", "=", False)]
        )
        taken = {
            (code, company.id)
            for code, company in sequences_sudo._read_group(
                [
                    ("code", "in", patterns.mapped("code")),
                    ("company_id", "in", companies.ids),
                ],
                ["code", "company_id"],
            )
        }
        sequences_sudo.create(
            [
                {
                    "name": pattern.name,
                    "code": pattern.code,
                    "prefix": pattern.prefix,
                    "padding": pattern.padding,
                    "company_id": company.id,
                }
                for pattern in patterns
                for company in companies
                if (pattern.code, company.id) not in taken
            ]
        )

    @api.model
    def _unlink_company_copies(self, code_prefix):
        """Remove what ``_ensure_company_copies`` made, at uninstallation."""
        # sudo: ir.sequence - called by module uninstallation
        self.sudo().search(
            [("code", "=like", f"{code_prefix}%"), ("company_id", "!=", False)]
        ).unlink()
