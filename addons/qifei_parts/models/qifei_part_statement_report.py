import babel.dates

from odoo import models
from odoo.tools import format_datetime, formatLang, get_lang
from odoo.tools.misc import babel_locale_parse

from .qifei_part_statement_line import FLOWS

PRINTED = ("opening", *FLOWS, "closing")


class QifeiPartStatement(models.Model):
    """What the printed statement says, ready to be laid out."""

    _inherit = "qifei.part.statement"

    def _get_document_lang(self):
        """Return the language of who reads the printed statement."""
        self.ensure_one()
        # sudo: qifei.engineer - the language of who gets the document
        statement_sudo = self.sudo()
        return (
            statement_sudo.partner_id.lang
            or statement_sudo.engineer_id.user_id.lang
            or self.env.lang
        )

    def _prepare_document(self):
        """Return everything the printed statement shows that is not a field.

        Called on the statement in the language of the document.

        :raise AccessError: the user may not read it; nothing else of the print asks
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: qifei.part.statement - parts and company belong to the statement, which
        # is printed for who may read it
        statement_sudo = self.sudo()
        lines_sudo = statement_sudo.line_ids
        return {
            "url": f"{self.get_base_url()}{self.access_url}" if self.partner_id else "",
            "company_address": statement_sudo._write_company_address(),
            "place": statement_sudo._get_place_name(),
            "month": statement_sudo._write_month(),
            "period": statement_sudo._write_period(),
            "lines": [line_sudo._prepare_document_line() for line_sudo in lines_sudo],
            "totals": {
                name: statement_sudo._write_amount(statement_sudo[f"{name}_value"])
                for name in (*PRINTED, "revaluation", "difference")
            },
            "holder_confirmed_on": self._write_moment(self.holder_confirmed_on),
            "company_confirmed_on": self._write_moment(self.company_confirmed_on),
            "holder_confirmed_by": statement_sudo.holder_confirmed_by_id.name,
            "company_confirmed_by": statement_sudo.company_confirmed_by_id.name,
        }

    def _write_company_address(self):
        address = self.company_id.partner_id._display_address(without_company=True)
        return ", ".join(part for part in address.split("\n") if part.strip())

    def _write_month(self):
        """Return the month in the reader's language, such as “March 2026”."""
        return babel.dates.format_skeleton(
            "yMMMM", self.month, locale=babel_locale_parse(get_lang(self.env).code)
        )

    def _write_period(self):
        locale = babel_locale_parse(get_lang(self.env).code)
        return " – ".join(
            babel.dates.format_skeleton("yMMMd", day, locale=locale)
            for day in (self.month, self.date_to)
        )

    def _write_moment(self, moment):
        if not moment:
            return ""
        return format_datetime(
            self.env, moment, tz=self.company_id._get_parts_tz(), dt_format="short"
        )

    def _write_amount(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)
