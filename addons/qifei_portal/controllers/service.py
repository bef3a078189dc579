from odoo.fields import Domain
from odoo.http import request, route
from odoo.tools.translate import LazyTranslate

from odoo.addons.qifei_base.tools.texts import clean_line, last_digits

from .portal import QifeiPortal

_lt = LazyTranslate(__name__)


class QifeiService(QifeiPortal):
    """The public home of the service and the tracking of a request by its number."""

    @route(
        "/service",
        type="http",
        auth="public",
        website=True,
        sitemap=True,
        readonly=True,
        list_as_website_content=_lt("After-sales service"),
    )
    def service_home(self, **_query):
        return request.render(
            "qifei_portal.service_home",
            {
                "announcements": self._get_public_announcements(),
                "website_meta_description": request.env._(
                    "Book a repair, an installation or an inspection in three steps, "
                    "follow your request and look up your warranty."
                ),
            },
        )

    def _get_public_announcements(self):
        """Return what the company announces to everybody."""
        # sudo: qifei.announcement - those for everybody only
        announcements_sudo = request.env["qifei.announcement"].sudo()
        return [
            {"name": announcement.name, "body": announcement.body}
            for announcement in announcements_sudo.search(
                announcements_sudo._get_public_domain()
                & Domain("company_id", "in", (False, request.website.company_id.id)),
                limit=5,
            )
        ]

    # === TRACKING BY NUMBER === #

    @route(
        "/service/track",
        type="http",
        auth="public",
        website=True,
        sitemap=True,
        readonly=True,
        methods=["GET"],
        list_as_website_content=_lt("Track a service request"),
    )
    def service_track(self, number=None, **_query):
        return self._render_track(number=clean_line(number, 40))

    @route(
        "/service/track",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["POST"],
        captcha="qifei_track",
    )
    def service_track_submit(self, number=None, phone=None, **_form):
        number, digits = clean_line(number, 40), last_digits(clean_line(phone, 40))
        if not number or not digits:
            return self._render_track(
                number=number,
                error=request.env._(
                    "Write the number of your request and the last four digits of "
                    "the phone you gave with it."
                ),
            )
        if not self._is_attempt_allowed("tracking", number):
            return self._render_track(
                number=number, error=self._get_too_often_text(), status=429
            )
        # sudo: qifei.ticket - number and phone digits together stand for the token
        tickets_sudo = (
            request.env["qifei.ticket"]
            .sudo()
            .search(
                [
                    ("name", "=", number.upper()),
                    ("company_id", "=", request.website.company_id.id),
                ],
                limit=1,
            )
        )
        known = last_digits(tickets_sudo.contact_phone)
        if not known or known != digits:
            return self._render_track(
                number=number,
                error=request.env._(
                    "No request was found with this number and phone. Compare both "
                    "with the confirmation of your booking."
                ),
            )
        return request.redirect(tickets_sudo.get_portal_url())

    def _render_track(self, status=200, **values):
        values["website_meta_description"] = request.env._(
            "Follow your service request with its number and the last four digits of "
            "your phone."
        )
        return request.render("qifei_portal.service_track", values, status=status)

    # === GUESSING AND FLOODING === #

    def _is_attempt_allowed(self, kind, subject=None):
        """Count an attempt of this visitor, and on this subject when there is one.

        :param kind: ``booking``, ``tracking`` or ``warranty``
        :param subject: document number somebody may want to guess the rest of
        """
        # sudo: qifei.portal.attempt - counted for everybody, readable by nobody
        attempts_sudo = request.env["qifei.portal.attempt"].sudo()
        allowed = attempts_sudo._allow(f"{kind}_ip", request.httprequest.remote_addr)
        if allowed and subject:
            allowed = attempts_sudo._allow(
                f"{kind}_number", f"{request.website.company_id.id}/{subject.upper()}"
            )
        return allowed

    def _get_too_often_text(self):
        return request.env._(
            "There were too many tries. Wait an hour, or call us: we gladly help."
        )
