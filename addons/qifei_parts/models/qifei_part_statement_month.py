from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.qifei_base.tools.isolation import run_isolated, search_in_slices

from ..const import HOLDER_KINDS
from ..tools.month import first_day, month_bounds

SLICE = 50


class QifeiPartStatement(models.Model):
    """All statements of a month at once, by hand or by the job."""

    _inherit = "qifei.part.statement"

    # === DRAW UP === #

    @api.model
    def _draw_up(self, company, month, kinds=HOLDER_KINDS, places=None):
        """Draw up the statements of a month that are not there yet.

        Places that never held a part are left out. Running it twice makes nothing
        twice; a place that fails does not stop the others: its statement stays empty
        and says why in ``job_error``.

        :param company: whose places
        :param datetime.date month: any day of the month
        :param kinds: kinds of places, when ``places`` are not given
        :param places: only these locations
        :return: the new statements
        """
        month = first_day(month)
        places = self._search_places(company, month, kinds, places)
        # sudo: qifei.part.statement - whether there is one, whoever may read it
        drawn = self.sudo().search(
            [("location_id", "in", places.ids), ("month", "=", month)]
        )
        missing = places - drawn.location_id
        statements = self.with_context(qifei_parts_figures_later=True).create(
            [
                {"company_id": company.id, "location_id": place.id, "month": month}
                for place in missing
            ]
        )
        return statements.with_env(self.env)._read_in_slices()

    @api.model
    def _search_places(self, company, month, kinds, places=None):
        """Return the places to which a part came before the month ended."""
        _begin, end = month_bounds(month, company._get_parts_tz())
        domain = Domain("company_id", "=", company.id) & Domain(
            "qifei_kind", "in", kinds
        )
        if places is not None:
            domain &= Domain("id", "in", places.ids)
        # sudo: stock.location - found by everybody who may draw up statements
        locations = self.env["stock.location"].sudo().search(domain, order="id")
        if not locations:
            return locations
        # sudo: stock.move.line - which places got a part, whoever may read moves
        reached = (
            self.env["stock.move.line"]
            .sudo()
            ._read_group(
                [
                    ("state", "=", "done"),
                    ("date", "<", end),
                    ("location_dest_id", "child_of", locations.ids),
                ],
                ["location_dest_id"],
            )
        )
        above = {
            int(part)
            for (location,) in reached
            for part in location.parent_path.split("/")
            if part
        }
        return locations.filtered(lambda location: location.id in above)

    def _read_in_slices(self):
        """Read the figures of new statements, slice by slice."""
        for start in range(0, len(self), SLICE):
            run_isolated(
                self[start : start + SLICE],
                lambda some: some._refresh_and_forget_error(),
                lambda statement, error: statement._note_job_error(error),
            )
        return self

    def _refresh_and_forget_error(self):
        self._refresh()
        self.filtered("job_error")._note_job_error(False)

    def _note_job_error(self, error):
        self._as_own_step().write({"job_error": error})

    # === JOBS === #

    @api.model
    def _cron_draw_up(self):
        """Draw up last month's statements and bring the open ones up to date.

        Runs every day: places whose month could not be read yesterday, and those that
        got their first part, follow.
        """
        for company in self.env["stock.location"]._get_companies_with_holders():
            day = fields.Date.subtract(first_day(company._get_parts_today()), days=1)
            self._draw_up(company, day)
        self._cron_refresh()

    @api.model
    def _cron_refresh(self):
        still_open = Domain("state", "!=", "confirmed")
        for statements in search_in_slices(self, still_open, SLICE):
            statements._read_in_slices()
