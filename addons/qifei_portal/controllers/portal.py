from odoo.exceptions import AccessError, MissingError
from odoo.http import request
from odoo.tools import consteq, format_datetime

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.qifei_base.controllers.portal_list import PortalListMixin
from odoo.addons.qifei_base.tools.texts import parse_id, parse_token

from ..tools.dates import get_day_pattern


class QifeiPortal(PortalListMixin, CustomerPortal):
    """What the portal pages of the suite have in common, and the cards of /my."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        partner = request.env.user.partner_id
        for counter, (model_name, domain) in self._get_qifei_counters(partner).items():
            if counter in counters:
                model = request.env[model_name]
                values[counter] = (
                    model.search_count(domain) if model.has_access("read") else 0
                )
        return values

    def _get_qifei_counters(self, partner):
        """Return ``{counter: (model, domain)}`` of the cards on the portal home."""
        return {
            "qifei_ticket_count": ("qifei.ticket", self._get_own_domain(partner)),
            "qifei_equipment_count": (
                "qifei.equipment",
                self._get_own_domain(partner),
            ),
            "qifei_card_count": ("qifei.warranty.card", self._get_own_domain(partner)),
            "qifei_shared_order_count": (
                "qifei.work.order",
                self._get_shared_domain(partner),
            ),
        }

    def _get_own_domain(self, partner):
        return [("partner_id", "child_of", partner.commercial_partner_id.ids)]

    def _get_shared_domain(self, partner):
        return [("shared_partner_ids", "child_of", partner.commercial_partner_id.ids)]

    # === DOCUMENTS === #

    def _get_document(self, model_name, document_id, access_token=None):
        """Return a document the visitor may read, or None.

        :param document_id: id from the address bar or a form, untrusted
        :param access_token: token from there, untrusted
        :return: the record in superuser mode, as ``_document_check_access`` gives it
        """
        document_id = parse_id(document_id)
        if not document_id:
            return None
        try:
            return self._document_check_access(
                model_name, document_id, access_token=parse_token(access_token)
            )
        except (AccessError, MissingError):
            return None

    def _get_customer_document(self, model_name, document_id, access_token=None):
        """Return a document the visitor may act on as its customer, or None.

        Reading is not enough: a service partner reads what is shared with it and
        must not sign in the name of the customer.
        """
        document_sudo = self._get_document(model_name, document_id, access_token)
        if document_sudo and self._is_customer(document_sudo, access_token):
            return document_sudo
        return None

    def _is_customer(self, document_sudo, access_token=None):
        token = parse_token(access_token)
        if token and document_sudo.access_token:
            if consteq(document_sudo.access_token, token):
                return True
        user = request.env.user
        return not user._is_public() and (
            document_sudo.partner_id.commercial_partner_id
            == user.partner_id.commercial_partner_id
        )

    def _redirect_to(self, document_sudo, access_token=None, *, suffix="", done=None):
        """Redirect to a page of the document after a POST, keeping a valid token."""
        query = {}
        token = parse_token(access_token)
        if token:
            query["access_token"] = token
        if done:
            query["done"] = done
        return request.redirect_query(f"{document_sudo.access_url}{suffix}", query)

    def _get_time_zone(self, company_sudo):
        """Return the zone in which a visitor reads appointments.

        A visit takes place where the engineers work, whatever the browser of the
        reader is set to.
        """
        # A list asks once for each row.
        zones = request.env.cr.cache.setdefault("qifei_portal_zones", {})
        if company_sudo.id not in zones:
            engineers_sudo = company_sudo.env["qifei.engineer"].search(
                [("company_id", "=", company_sudo.id)]
            )
            zones[company_sudo.id] = engineers_sudo._get_service_zone(company_sudo)
        return zones[company_sudo.id]

    def _format_window(self, start, stop, company_sudo):
        """Return an appointment as text, such as “Fri, Jan 23 08:00–10:00”."""
        if not start:
            return ""
        zone = self._get_time_zone(company_sudo)
        pattern = get_day_pattern(request.env, "MMMEd")
        text = format_datetime(
            request.env, start, tz=zone, dt_format=f"{pattern} HH:mm"
        )
        if stop:
            end = format_datetime(request.env, stop, tz=zone, dt_format="HH:mm")
            text = f"{text}–{end}"
        return text

    def _format_moment(self, moment, company_sudo):
        """Return a moment as short text, "" for none."""
        if not moment:
            return ""
        zone = self._get_time_zone(company_sudo)
        pattern = get_day_pattern(request.env)
        return format_datetime(
            request.env, moment, tz=zone, dt_format=f"{pattern} HH:mm"
        )
