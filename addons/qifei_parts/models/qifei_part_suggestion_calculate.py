from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from pytz import UTC, timezone

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.qifei_base.tools.isolation import run_isolated, search_in_slices

from ..const import HOLDER_KINDS
from ..tools.demand import choose_forecast, suggest_levels
from ..tools.month import first_day, month_bounds

# Full months of history that are looked at.
HISTORY_MONTHS = 24
DAYS_PER_MONTH = 365.25 / 12

SLICE = 500
# A run that is taken up again leaves out what it has calculated already.
FRESH_FOR = timedelta(hours=12)
# As many are calculated while somebody waits; the job does the rest at once.
MOST_AT_ONCE = 2000
# As many new ones are made in one transaction; the job is called again for the rest.
MOST_NEW = 5000


class QifeiPartSuggestion(models.Model):
    """How suggestions are calculated: history, forecast, levels, nightly job."""

    _inherit = "qifei.part.suggestion"

    # === ACTIONS === #

    @api.model
    def action_calculate_now(self):
        """Calculate the suggestions of the user's companies; the job does the rest."""
        self.check_access("write")
        # sudo: qifei.part.suggestion - figures are written by the calculation alone
        suggestions_sudo = self.sudo().with_context(
            allowed_company_ids=self.env.companies.ids
        )
        suggestions_sudo._create_missing(self.env.companies)
        todo_sudo = suggestions_sudo.search(
            [("company_id", "in", self.env.companies.ids)],
            order="calculated_on NULLS FIRST, id",
        )
        todo_sudo[:MOST_AT_ONCE]._calculate_isolated()
        if len(todo_sudo) > MOST_AT_ONCE:
            self.env.ref("qifei_parts.ir_cron_part_suggestion")._trigger()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "qifei_parts.qifei_part_suggestion_action"
        )

    def action_calculate(self):
        """Calculate these suggestions again."""
        self.check_access("write")
        # sudo: qifei.part.suggestion - figures are written by the calculation alone
        self.sudo()._calculate_isolated()
        return True

    # === JOB === #

    @api.model
    def _cron_calculate(self):
        """Bring all suggestions up to date, the oldest first, in slices.

        A suggestion that fails keeps its figures and shows the error; it is tried
        again in the next night.
        """
        created = self._create_missing(
            self.env["stock.location"]._get_companies_with_holders()
        )
        if len(created) == MOST_NEW:
            self.env.ref("qifei_parts.ir_cron_part_suggestion")._trigger()
        fresh = fields.Datetime.now() - FRESH_FOR
        old = Domain("calculated_on", "=", False) | Domain("calculated_on", "<", fresh)
        for suggestions in search_in_slices(self, old, SLICE):
            suggestions._calculate_isolated()

    def _calculate_isolated(self):
        for start in range(0, len(self), SLICE):
            run_isolated(
                self[start : start + SLICE],
                lambda some: some._calculate(),
                lambda suggestion, error: suggestion._note_job_error(error),
            )

    def _note_job_error(self, error):
        self._as_own_step().write(
            {"job_error": error, "calculated_on": fields.Datetime.now()}
        )

    # === WHERE A SUGGESTION IS MADE === #

    @api.model
    def _create_missing(self, companies):
        """Create what a place has used or plans for and has no suggestion yet."""
        pairs = self._find_used(companies) + self.env[
            "stock.warehouse.orderpoint"
        ]._read_group(
            Domain("company_id", "in", companies.ids)
            & Domain("location_id.qifei_kind", "in", HOLDER_KINDS),
            ["product_id", "location_id"],
        )
        products = self.env["product.product"].union(*(pair[0] for pair in pairs))
        current = products._get_current_map()
        wanted = {
            (valid.id, location.id)
            for product, location in pairs
            for valid in (product, current[product])
        }
        known = {
            (product.id, location.id)
            for product, location in self._read_group([], ["product_id", "location_id"])
        }
        return self._as_own_step().create(
            [
                {"product_id": product_id, "location_id": location_id}
                for product_id, location_id in sorted(wanted - known)[:MOST_NEW]
            ]
        )

    @api.model
    def _find_used(self, companies):
        """Return ``[(part, place)]`` of the uses within the time looked at."""
        used = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("date", ">=", self._get_history_bounds(company)[0])
            for company in companies
        )
        return self.env["stock.move.line"]._read_group(
            self._get_use_domain()
            & used
            & Domain("location_id.qifei_kind", "in", HOLDER_KINDS),
            ["product_id", "location_id"],
        )

    @api.model
    def _get_use_domain(self):
        """Return which move lines are uses of a part."""
        return Domain("state", "=", "done") & Domain(
            "move_id.qifei_purpose", "=", "use"
        )

    # === CALCULATION === #

    def _calculate(self):
        """Forecast the use and derive the levels, with a fixed number of queries."""
        rules = {
            (rule.product_id, rule.location_id): rule
            for rule in self._find_orderpoints()
        }
        now = fields.Datetime.now()
        for company, suggestions in self.grouped("company_id").items():
            histories = suggestions._get_histories(company)
            for suggestion in suggestions:
                start, series = histories[suggestion.id]
                values = suggestion._prepare_forecast_values(start, series, company)
                rule = rules.get((suggestion.product_id, suggestion.location_id))
                suggestion._as_own_step().write(
                    {
                        **values,
                        "orderpoint_id": rule.id if rule else False,
                        "calculated_on": now,
                        "job_error": False,
                    }
                )
        self.filtered(
            lambda suggestion: suggestion.state != "open" and suggestion._is_news()
        )._apply_transition("reopen")

    def _is_news(self):
        """Tell whether the levels are others than those that were decided on."""
        return self.is_different and (self.decided_min, self.decided_max) != (
            self.suggested_min,
            self.suggested_max,
        )

    def _prepare_forecast_values(self, start, series, company):
        forecast = choose_forecast(series)
        levels = suggest_levels(
            forecast,
            lead_time=company.qifei_plan_lead_days / DAYS_PER_MONTH,
            cover=company.qifei_plan_cover_days / DAYS_PER_MONTH,
            service_level=company.qifei_plan_service_level,
        )
        return {
            "series": series,
            "series_start": start,
            "month_count": len(series),
            "used_total": sum(series),
            "method": forecast.method,
            "forecast": forecast.rate,
            "trial_count": forecast.trials,
            "error": forecast.rmse,
            "error_naive": forecast.naive_rmse,
            "mase": forecast.mase,
            "suggested_min": levels.minimum,
            "suggested_max": levels.maximum,
        }

    def _get_histories(self, company):
        """Return the use of the full months until now, in the company's time.

        The history of a part at a place begins with the month in which it came there
        for the first time, or was used first: before, it could not be used. A number
        that was replaced has no history any more: it is part of that of the number
        valid today.

        :return: ``{suggestion id: (first month, quantities)}``
        """
        current = self._get_numbers()
        months = self._list_months(company)
        uses = self._get_uses(company, current)
        arrivals = self._get_first_months(company, current)
        histories = {}
        for suggestion in self:
            place = (suggestion.product_id, suggestion.location_id)
            series = [uses.get((*place, month), 0.0) for month in months]
            first = arrivals.get(place, date.max)
            begin = next(
                (
                    number
                    for number, month in enumerate(months)
                    if series[number] or month >= first
                ),
                len(months),
            )
            histories[suggestion.id] = (
                months[begin] if begin < len(months) else False,
                series[begin:],
            )
        return histories

    def _get_numbers(self):
        """Return the valid number of the parts, and of those they have replaced.

        :return: ``{product: product}``
        """
        replaced = self.env["qifei.part.substitute"].search([("supersedes", "=", True)])
        current = (self.product_id | replaced.product_id)._get_current_map()
        return {
            product: valid
            for product, valid in current.items()
            if product in self.product_id or valid in self.product_id
        }

    def _get_uses(self, company, current):
        """Return ``{(part, place, month): quantity}``, under the valid numbers.

        What was returned to the place in the Inventory app takes its use back.
        """
        uses = {}
        begin, end = self._get_history_bounds(company)
        domain = (
            self._get_use_domain()
            & Domain("product_id", "in", [product.id for product in current])
            & Domain("date", ">=", begin)
            & Domain("date", "<", end)
        )
        for place, sign in (("location_id", 1), ("location_dest_id", -1)):
            for product, location, month, quantity in self._get_lines(
                company
            )._read_group(
                domain & Domain(place, "in", self.location_id.ids),
                ["product_id", place, "date:month"],
                ["quantity_product_uom:sum"],
            ):
                key = (current[product], location, month.date())
                uses[key] = uses.get(key, 0.0) + sign * quantity
        return {key: max(0.0, quantity) for key, quantity in uses.items()}

    def _get_first_months(self, company, current):
        """Return ``{(part, place): month}`` of the first arrival, by valid number."""
        zone = timezone(company._get_parts_tz())
        months = {}
        for product, location, moment in self._get_lines(company)._read_group(
            Domain("state", "=", "done")
            & Domain("product_id", "in", [product.id for product in current])
            & Domain("location_dest_id", "in", self.location_id.ids),
            ["product_id", "location_dest_id"],
            ["date:min"],
        ):
            month = first_day(UTC.localize(moment).astimezone(zone).date())
            key = (current[product], location)
            months[key] = min(months.get(key, month), month)
        return months

    @api.model
    def _get_lines(self, company):
        """Return move lines whose months are those of the company."""
        return self.env["stock.move.line"].with_context(tz=company._get_parts_tz())

    @api.model
    def _list_months(self, company):
        """Return the first days of the full months of the history."""
        this_month = first_day(company._get_parts_today())
        return [
            this_month - relativedelta(months=number)
            for number in range(HISTORY_MONTHS, 0, -1)
        ]

    @api.model
    def _get_history_bounds(self, company):
        """Return when the history begins and ends, in naive UTC."""
        months = self._list_months(company)
        zone = company._get_parts_tz()
        return month_bounds(months[0], zone)[0], month_bounds(months[-1], zone)[1]
