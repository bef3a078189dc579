from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from .portal_list import MAX_ID, PortalListMixin


class AnnouncementPortal(PortalListMixin, CustomerPortal):
    """Announcements for customers and service partners with a login."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "announcement_count" in counters:
            values["announcement_count"] = request.env[
                "qifei.announcement"
            ].search_count([("is_for_me", "=", True)])
        return values

    @http.route(
        ["/my/announcements", "/my/announcements/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
        methods=["GET"],
    )
    def portal_my_announcements(self, page=1, **kw):
        """List the announcements for the present user."""
        env = request.env
        mine, unread = [("is_for_me", "=", True)], [("is_read", "=", False)]
        values = self._prepare_portal_layout_values()
        values.update(
            self._prepare_portal_list(
                "qifei.announcement",
                url="/my/announcements",
                page=page,
                domain=mine,
                date_field="date_start",
                sortings={
                    "pinned": {
                        "label": env._("Pinned first"),
                        "order": "is_pinned desc, date_start desc, id desc",
                    },
                    "date": {
                        "label": env._("Newest"),
                        "order": "date_start desc, id desc",
                    },
                    "name": {"label": env._("Title"), "order": "name, id"},
                },
                filters={
                    "all": {"domain": [], "label": env._("All")},
                    "unread": {
                        "domain": unread,
                        "label": env._("Not read yet"),
                    },
                },
                inputs={
                    "all": {"fields": ("name", "body"), "label": env._("Search in all")}
                },
                **kw,
            ),
            page_name="announcements",
        )
        return request.render("qifei_base.portal_my_announcements", values)

    @http.route(
        "/my/announcements/<int:announcement_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
        methods=["GET"],
    )
    def portal_my_announcement(self, announcement_id, **kw):
        """Show one announcement; reading it is confirmed by the button."""
        announcement = self._get_announcement(announcement_id)
        if not announcement:
            return request.redirect("/my/announcements")
        values = self._prepare_portal_layout_values()
        values.update(announcement=announcement, page_name="announcement")
        return request.render("qifei_base.portal_my_announcement", values)

    @http.route(
        "/my/announcements/<int:announcement_id>/read",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_my_announcement_read(self, announcement_id, **kw):
        """Leave the read receipt of the present user."""
        self._get_announcement(announcement_id).action_mark_read()
        return request.redirect("/my/announcements")

    def _get_announcement(self, announcement_id):
        """Return an announcement for the present user, or an empty record."""
        if announcement_id > MAX_ID:
            return request.env["qifei.announcement"]
        return request.env["qifei.announcement"].search(
            [("id", "=", announcement_id), ("is_for_me", "=", True)]
        )
