from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.qifei_base.tools.texts import clean_text

from ..const import TEXT_LENGTHS
from .booking import QifeiBooking

# What the page says after a POST; the key travels in the address.
DONE_TEXTS = (
    "cancelled",
    "moved",
    "reopened",
    "accepted",
    "refused",
    "signed",
    "objected",
    "rated",
)


class QifeiTickets(QifeiBooking):
    """A customer's requests: list, tracking page and what he may change himself."""

    @route(
        ["/my/tickets", "/my/tickets/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def portal_tickets(self, page=1, **query):
        values = self._prepare_portal_layout_values()
        values.update(
            self._prepare_portal_list(
                "qifei.ticket",
                url="/my/tickets",
                domain=self._get_own_domain(request.env.user.partner_id),
                sortings={
                    "date": {
                        "label": request.env._("Newest"),
                        "order": "received_on desc, id desc",
                    },
                    "state": {
                        "label": request.env._("Status"),
                        "order": "state, id desc",
                    },
                },
                filters={
                    "all": {"label": request.env._("All"), "domain": []},
                    "open": {
                        "label": request.env._("In progress"),
                        "domain": [("state", "in", ("new", "open", "pending"))],
                    },
                    "past": {
                        "label": request.env._("History"),
                        "domain": [("state", "in", ("solved", "closed", "cancelled"))],
                    },
                },
                inputs={
                    "number": {"label": request.env._("Number"), "fields": ("name",)},
                    "text": {
                        "label": request.env._("Description"),
                        "fields": ("description",),
                    },
                },
                page=page,
                history="qifei_ticket_history",
                **query,
            )
        )
        # sudo: qifei.ticket - found as the user; types and products are shown
        tickets_sudo = values.pop("records").sudo()
        values.update(
            page_name="qifei_tickets",
            tickets=[self._prepare_ticket_row(ticket) for ticket in tickets_sudo],
        )
        return request.render("qifei_portal.portal_tickets", values)

    def _prepare_ticket_row(self, ticket_sudo):
        machine = ticket_sudo.product_id or ticket_sudo.product_category_id
        return {
            "url": ticket_sudo.access_url,
            "number": ticket_sudo.name,
            "type": ticket_sudo.ticket_type_id.name,
            "icon": ticket_sudo.ticket_type_id.icon,
            "machine": machine.name,
            "state": ticket_sudo.state,
            "state_label": ticket_sudo._get_state_label(ticket_sudo.state),
            "created": self._format_moment(
                ticket_sudo.received_on, ticket_sudo.company_id
            ),
            "window": self._format_window(
                ticket_sudo.preferred_start,
                ticket_sudo.preferred_end,
                ticket_sudo.company_id,
            ),
        }

    @route(
        "/my/tickets/<int:ticket_id>",
        type="http",
        auth="public",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def portal_ticket(self, ticket_id, access_token=None, **query):
        ticket_sudo = self._get_document("qifei.ticket", ticket_id, access_token)
        if not ticket_sudo:
            return request.redirect("/my")
        return self._render_ticket(ticket_sudo, access_token, **query)

    def _render_ticket(
        self, ticket_sudo, access_token, error=None, done=None, **_query
    ):
        is_customer = self._is_customer(ticket_sudo, access_token)
        can_change = is_customer and ticket_sudo._can_customer_change()
        values = self._get_page_view_values(
            ticket_sudo,
            access_token and ticket_sudo.access_token,
            {
                "page_name": "qifei_ticket",
                "website_meta_description": request.env._(
                    "Where your service request stands, and what happens next."
                ),
                "ticket": self._prepare_ticket(ticket_sudo, is_customer, access_token),
                "document_url": ticket_sudo.access_url,
                "can_change": can_change,
                "can_reopen": is_customer and ticket_sudo.state in ("solved", "closed"),
                "days": self._get_reschedule_days(ticket_sudo) if can_change else [],
                "page_error": error,
                "done": done if done in DONE_TEXTS else None,
            },
            "qifei_ticket_history",
            False,
        )
        return request.render("qifei_portal.portal_ticket", values)

    def _prepare_ticket(self, ticket_sudo, is_customer, access_token):
        row = self._prepare_ticket_row(ticket_sudo)
        company_sudo = ticket_sudo.company_id
        # Without a visit the address is one we knew, which a visitor need not know.
        address = ticket_sudo.needs_visit and is_customer and ticket_sudo.address_id
        return {
            **row,
            "description": ticket_sudo.description,
            "symptoms": ticket_sudo.symptom_ids.mapped("name"),
            "serial": ticket_sudo.equipment_id.serial,
            "contact_name": is_customer and ticket_sudo.contact_name,
            "contact_phone": is_customer and ticket_sudo.contact_phone,
            "address": address
            and ", ".join(
                part for part in (address.street, address.zip, address.city) if part
            ),
            "preferred_engineer": ticket_sudo.preferred_engineer_id
            and ticket_sudo.preferred_engineer_id._get_public_name(),
            "steps": self._prepare_ticket_steps(ticket_sudo),
            "solution": ticket_sudo.solution,
            "photos": [
                f"/web/image/{photo.id}?access_token={photo.access_token}"
                for photo in ticket_sudo._get_photos()
                if photo.access_token
            ],
            "orders": [
                {
                    "number": order.name,
                    "url": self._get_order_url(order, access_token),
                    "state": order.state,
                    "state_label": order._get_tracking_labels()[order.state],
                    "window": self._format_window(
                        order.planned_start, order.planned_end, company_sudo
                    ),
                    "task": is_customer and order._get_customer_step(),
                }
                for order in ticket_sudo.work_order_ids
            ],
        }

    def _prepare_ticket_steps(self, ticket_sudo):
        """Return the life of the request as the customer sees it."""
        moments = {
            "new": ticket_sudo.received_on,
            "open": ticket_sudo.opened_on,
            "solved": ticket_sudo.solved_on,
        }
        labels = {
            "new": request.env._("Received"),
            "open": request.env._("We are on it"),
            "solved": request.env._("Solved"),
        }
        state = {"pending": "open", "closed": "solved"}.get(
            ticket_sudo.state, ticket_sudo.state
        )
        keys = list(moments)
        position = keys.index(state) if state in keys else 0
        is_over = state in ("solved", "cancelled")
        steps = [
            {
                "key": key,
                "label": labels[key],
                "moment": number <= position
                and self._format_moment(moments[key], ticket_sudo.company_id),
                "status": "past"
                if number < position or (is_over and number <= position)
                else "now"
                if number == position
                else "next",
            }
            for number, key in enumerate(keys)
        ]
        if ticket_sudo.state == "cancelled":
            steps = [
                *steps[:1],
                {
                    "key": "cancelled",
                    "label": request.env._("Cancelled"),
                    "moment": "",
                    "status": "now",
                },
            ]
        elif ticket_sudo.state == "pending":
            steps[1]["label"] = request.env._("Waiting for your answer")
        return steps

    def _get_order_url(self, order_sudo, access_token):
        """Return the page of an order of this ticket.

        A visitor who came with the token of the ticket gets the token of the order:
        it is his own, reached from the ticket that was checked.
        """
        is_same_customer = (
            order_sudo.partner_id.commercial_partner_id
            == order_sudo.ticket_id.partner_id.commercial_partner_id
        )
        if access_token and order_sudo.access_token and is_same_customer:
            return f"{order_sudo.access_url}?access_token={order_sudo.access_token}"
        return order_sudo.access_url

    # === CHANGES BY THE CUSTOMER === #

    @route(
        "/my/tickets/<int:ticket_id>/cancel",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_ticket_cancel(self, ticket_id, access_token=None, reason=None, **_form):
        reason = clean_text(reason)[: TEXT_LENGTHS["reason"]]
        return self._change_ticket(
            ticket_id,
            access_token,
            lambda ticket: ticket._cancel_by_customer(reason),
            "cancelled",
        )

    @route(
        "/my/tickets/<int:ticket_id>/reschedule",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_ticket_reschedule(
        self, ticket_id, access_token=None, window=None, **_form
    ):
        def reschedule(ticket_sudo):
            chosen = self._find_window(ticket_sudo, window)
            if not chosen:
                raise UserError(
                    request.env._("Choose one of the times that are still offered.")
                )
            ticket_sudo._reschedule_by_customer(*chosen.get_utc())

        return self._change_ticket(ticket_id, access_token, reschedule, "moved")

    @route(
        "/my/tickets/<int:ticket_id>/reopen",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_ticket_reopen(self, ticket_id, access_token=None, reason=None, **_form):
        text = clean_text(reason)[: TEXT_LENGTHS["reason"]]

        def reopen(ticket_sudo):
            if not text:
                raise UserError(request.env._("Tell us what is still wrong."))
            ticket_sudo._reopen_by_customer(text)

        return self._change_ticket(ticket_id, access_token, reopen, "reopened")

    def _change_ticket(self, ticket_id, access_token, change, done):
        """Do a change of the customer and show the ticket again."""
        ticket_sudo = self._get_customer_document(
            "qifei.ticket", ticket_id, access_token
        )
        if not ticket_sudo:
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                change(ticket_sudo)
        except UserError as error:
            return self._render_ticket(ticket_sudo, access_token, error=error.args[0])
        return self._redirect_to(ticket_sudo, access_token, done=done)

    def _get_reschedule_days(self, ticket_sudo):
        if not ticket_sudo.needs_visit:
            return []
        windows, engineers = self._get_ticket_windows(ticket_sudo)
        return self._prepare_days(windows, engineers)

    def _find_window(self, ticket_sudo, key):
        windows, engineers = self._get_ticket_windows(ticket_sudo)
        for window in windows:
            if window.key == key and (window.engineer_ids or not engineers):
                return window
        return None

    def _get_ticket_windows(self, ticket_sudo):
        return ticket_sudo.env["qifei.engineer"]._get_booking_windows(
            ticket_sudo.company_id, self._get_planned_order(ticket_sudo)
        )

    def _get_planned_order(self, ticket_sudo):
        """Return the order that a new time is looked for, or None."""
        return None
