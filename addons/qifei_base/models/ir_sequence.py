from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


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
        # sudo: ir.sequence - users number their documents without settings rights
        sequence_sudo = self.sudo().search_fetch(
            [("code", "=", code), ("company_id", "in", (company.id, False))],
            ["implementation", "padding", "prefix", "suffix", "use_date_range"],
            order="company_id.id",
            limit=1,
        )
        if not sequence_sudo:
            raise UserError(
                self.env._(
                    "Company %(company)s has no numbering “%(code)s”: create it under "
                    "Settings / Technical / Sequences.",
                    company=company.name,
                    code=code,
                )
            )
        if sequence_sudo.use_date_range or sequence_sudo.implementation != "standard":
            # Core numbers these one by one under a lock of their own.
            return [sequence_sudo.next_by_id() for _n in range(count)]
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence_sudo.id:03d}",
                count,
            )
        )
        # The date parts are worked out once; get_next_char() does it for each number.
        prefix, suffix = sequence_sudo._get_prefix_suffix()
        width = sequence_sudo.padding
        return [f"{prefix}{number:0{width}d}{suffix}" for (number,) in rows]

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
