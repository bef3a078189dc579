from datetime import datetime, time, timedelta

import pytz

from odoo import fields
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import pager as portal_pager

MAX_SEARCH_LENGTH = 100
# Largest id PostgreSQL takes; bigger numbers in an address name no record.
MAX_ID = 2**31 - 1
HISTORY_LENGTH = 100


class PortalListMixin:
    """Prepares a portal list page; mixed into controllers next to CustomerPortal.

    Everything that comes from the address bar is untrusted: what is not understood
    falls back to the default, nothing raises.
    """

    _items_per_page = 80

    def _prepare_portal_list(
        self,
        model_name,
        *,
        url,
        sortings,
        domain=(),
        filters=None,
        inputs=None,
        page=1,
        sortby=None,
        filterby=None,
        search=None,
        search_in=None,
        date_begin=None,
        date_end=None,
        date_field="create_date",
        page_size=None,
        history=None,
        url_args=None,
        **_unknown,
    ):
        """Search one page of ``model_name`` as the present user.

        The query parameters of the page may be passed straight from the route
        (``**kw``); unknown ones are ignored.

        :param url: address of the list without page and query
        :param sortings: ``{key: {"label", "order"}}``, the first one is the default
        :param domain: restriction of the page itself, on top of the record rules
        :param filters: ``{key: {"label", "domain"}}``, the first one is the default
        :param inputs: ``{key: {"label", "fields": (field, …)}}``, the first one is
            the default; a term is searched in any of the fields
        :param date_field: date or datetime field that ``date_begin``/``date_end``
            (inclusive days of the user) restrict
        :param history: session key that remembers the ids for “previous/next”
        :param url_args: further query parameters the pager has to keep
        :return: values for the page: ``records`` (as the user), ``pager``,
            ``default_url``, ``sortby``, ``filterby``, ``search``, ``search_in``,
            ``date``, ``date_end`` and the ``searchbar_*`` of
            ``portal.portal_searchbar``
        """
        model = request.env[model_name]
        filters = filters or {}
        inputs = inputs or {}
        sortby = self._clean_choice(sortby, sortings)
        filterby = self._clean_choice(filterby, filters)
        search_in = self._clean_choice(search_in, inputs)
        search = self._clean_search(search) if inputs else ""
        first_day, last_day = self._clean_date(date_begin), self._clean_date(date_end)
        domain = Domain(domain) & self._get_days_domain(
            model, date_field, first_day, last_day
        )
        if filterby:
            domain &= Domain(filters[filterby].get("domain", Domain.TRUE))
        if search:
            domain &= Domain.OR(
                Domain(name, "ilike", search) for name in inputs[search_in]["fields"]
            )
        query = {
            "sortby": sortby,
            "filterby": filterby,
            "search": search,
            "search_in": search and search_in,
            "date_begin": first_day and first_day.isoformat(),
            "date_end": last_day and last_day.isoformat(),
        }
        readable = model.has_access("read")
        page_size = page_size or self._items_per_page
        pager = portal_pager(
            url=url,
            total=model.search_count(domain) if readable else 0,
            page=self._clean_page(page),
            step=page_size,
            url_args={
                **(url_args or {}),
                **{name: value for name, value in query.items() if value},
            },
        )
        records = model
        if readable and pager["page_count"]:
            records = model.search(
                domain,
                order=sortings[sortby]["order"],
                limit=page_size,
                offset=pager["offset"],
            )
        if history:
            self._remember_history(history, records)
        return {
            "records": records,
            "pager": pager,
            "default_url": url,
            "sortby": sortby,
            "filterby": filterby,
            "search": search,
            "search_in": search_in,
            "date": first_day,
            "date_end": last_day,
            "searchbar_sortings": sortings if len(sortings) > 1 else None,
            "searchbar_filters": filters if len(filters) > 1 else None,
            "searchbar_inputs": {
                key: {"input": key, "label": choice["label"]}
                for key, choice in inputs.items()
            },
        }

    def _remember_history(self, key, records):
        ids = records.ids[:HISTORY_LENGTH]
        if request.session.get(key) != ids:
            request.session[key] = ids

    # === UNTRUSTED INPUT === #

    @staticmethod
    def _clean_choice(key, choices):
        """Return ``key`` when it is one of ``choices``, else the first of them."""
        if isinstance(key, str) and key in choices:
            return key
        return next(iter(choices), None)

    @staticmethod
    def _clean_page(page):
        try:
            # pager() takes it from there: it keeps the number within the pages
            return max(1, min(int(page), 10**9))
        except (TypeError, ValueError, OverflowError):
            return 1

    @staticmethod
    def _clean_search(search):
        """Return a term PostgreSQL takes: no NUL, no lone surrogate, short."""
        if not isinstance(search, str):
            return ""
        text = search[: MAX_SEARCH_LENGTH * 4].replace("\0", "")
        text = text.encode(errors="ignore").decode()
        return text.strip()[:MAX_SEARCH_LENGTH]

    @staticmethod
    def _clean_date(text):
        if not isinstance(text, str):
            return None
        try:
            day = datetime.strptime(text[:10], "%Y-%m-%d").date()
        except ValueError:
            return None
        # Far ends of the calendar have no neighbour day in another time zone.
        return day if 1900 <= day.year <= 9000 else None

    @staticmethod
    def _get_days_domain(model, field_name, first_day, last_day):
        """Return the domain of ``first_day`` to ``last_day`` of the user, inclusive."""
        if model._fields[field_name].type == "date":
            start, stop = first_day, last_day and last_day + timedelta(days=1)
        else:
            zone = pytz.timezone(request.env.user.tz or "UTC")

            def to_utc(day):
                local = zone.localize(datetime.combine(day, time.min))
                return local.astimezone(pytz.utc).replace(tzinfo=None)

            start = first_day and to_utc(first_day)
            stop = last_day and to_utc(last_day + timedelta(days=1))
        domain = Domain.TRUE
        if start:
            domain &= Domain(field_name, ">=", fields.Datetime.to_string(start))
        if stop:
            domain &= Domain(field_name, "<", fields.Datetime.to_string(stop))
        return domain
