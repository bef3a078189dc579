from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.qifei_base.tools.texts import clean_text, parse_id

from ..const import TEXT_LENGTHS
from .portal import QifeiPortal

DONE_TEXTS = ("accepted", "noted", "reported")


class QifeiPartners(QifeiPortal):
    """Orders shared with a service partner: it accepts, adds notes, reports done.

    Everything starts from an order that is shared with the visitor's own company; a
    token of the customer opens nothing here.
    """

    @route(
        ["/my/shared-orders", "/my/shared-orders/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def portal_shared_orders(self, page=1, **query):
        values = self._prepare_portal_layout_values()
        values.update(
            self._prepare_portal_list(
                "qifei.work.order",
                url="/my/shared-orders",
                domain=self._get_shared_domain(request.env.user.partner_id),
                sortings={
                    "planned": {
                        "label": request.env._("Appointment"),
                        "order": "planned_start, id desc",
                    },
                    "date": {"label": request.env._("Newest"), "order": "id desc"},
                },
                filters={
                    "open": {
                        "label": request.env._("To do"),
                        "domain": [
                            ("state", "not in", ("verified", "closed", "cancelled"))
                        ],
                    },
                    "all": {"label": request.env._("All"), "domain": []},
                },
                inputs={
                    "number": {"label": request.env._("Number"), "fields": ("name",)}
                },
                page=page,
                history="qifei_shared_history",
                **query,
            )
        )
        # sudo: qifei.work.order - found as the user; types and places are shown
        orders_sudo = values.pop("records").sudo()
        values.update(
            page_name="qifei_shared_orders",
            orders=[self._prepare_shared_row(order) for order in orders_sudo],
        )
        return request.render("qifei_portal.portal_shared_orders", values)

    def _prepare_shared_row(self, order_sudo):
        return {
            "url": f"/my/shared-orders/{order_sudo.id}",
            "number": order_sudo.name,
            "type": order_sudo.ticket_type_id.name,
            "icon": order_sudo.ticket_type_id.icon,
            "machine": order_sudo.product_id.name
            or order_sudo.ticket_id.product_category_id.name,
            "state": order_sudo.state,
            "state_label": order_sudo._get_state_label(order_sudo.state),
            "city": order_sudo.address_id.city,
            "window": self._format_window(
                order_sudo.planned_start, order_sudo.planned_end, order_sudo.company_id
            ),
        }

    @route(
        "/my/shared-orders/<int:order_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def portal_shared_order(self, order_id, done=None, **_query):
        order_sudo = self._get_shared_order(order_id)
        if not order_sudo:
            return request.redirect("/my/shared-orders")
        return self._render_shared_order(order_sudo, done=done)

    @route(
        "/my/shared-orders/<int:order_id>/accept",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_shared_order_accept(self, order_id, engineer=None, **_form):
        def accept(order_sudo, partner_sudo):
            engineers_sudo = order_sudo._get_partner_engineers(partner_sudo)
            chosen_id = parse_id(engineer)
            order_sudo._accept_by_partner(
                partner_sudo,
                engineers_sudo.filtered(lambda one: one.id == chosen_id),
            )

        return self._change_shared_order(order_id, accept, "accepted")

    @route(
        "/my/shared-orders/<int:order_id>/note",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_shared_order_note(self, order_id, note=None, **_form):
        text = clean_text(note)[: TEXT_LENGTHS["note"]]

        def add_note(order_sudo, partner_sudo):
            if not text:
                raise UserError(request.env._("Write the note first."))
            order_sudo._note_by_partner(partner_sudo, text)

        return self._change_shared_order(order_id, add_note, "noted")

    @route(
        "/my/shared-orders/<int:order_id>/done",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_shared_order_done(self, order_id, diagnosis=None, result=None, **_form):
        text = clean_text(diagnosis)[: TEXT_LENGTHS["diagnosis"]]

        def report(order_sudo, partner_sudo):
            results = dict(order_sudo._fields["result"].selection)
            if not text:
                raise UserError(request.env._("Write what was found and done."))
            if result not in results:
                raise UserError(request.env._("Choose the result of the visit."))
            order_sudo._report_done_by_partner(partner_sudo, text, result)

        return self._change_shared_order(order_id, report, "reported")

    # === ORDER === #

    def _get_shared_order(self, order_id):
        """Return an order shared with the visitor's company, or None."""
        order_id = parse_id(order_id)
        orders = request.env["qifei.work.order"]
        if not order_id or not orders.has_access("read"):
            return None
        domain = self._get_shared_domain(request.env.user.partner_id)
        order = orders.search([("id", "=", order_id), *domain])
        # sudo: qifei.work.order - found as the user among those shared with him
        return order.sudo() or None

    def _change_shared_order(self, order_id, change, done):
        order_sudo = self._get_shared_order(order_id)
        if not order_sudo:
            return request.redirect("/my/shared-orders")
        # sudo: res.partner - the visitor's own contact, author of the note
        partner_sudo = request.env.user.partner_id.sudo()
        try:
            with request.env.cr.savepoint():
                change(order_sudo, partner_sudo)
        except UserError as error:
            return self._render_shared_order(order_sudo, error=error.args[0])
        return request.redirect_query(
            f"/my/shared-orders/{order_sudo.id}", {"done": done}
        )

    def _render_shared_order(self, order_sudo, error=None, done=None):
        # sudo: res.partner - whether the visitor's own company may report
        partner_sudo = request.env.user.partner_id.sudo()
        address_sudo = order_sudo.address_id
        can_accept = order_sudo._can_partner_accept(partner_sudo)
        engineers_sudo = order_sudo._get_partner_engineers(partner_sudo)
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="qifei_shared_order",
            work_order={
                **self._prepare_shared_row(order_sudo),
                "description": order_sudo.description,
                "symptoms": order_sudo.symptom_ids.mapped("name"),
                "serial": order_sudo.equipment_id.serial,
                "contact_name": order_sudo.contact_name,
                "contact_phone": order_sudo.contact_phone,
                "address": ", ".join(
                    part
                    for part in (
                        address_sudo.street,
                        address_sudo.zip,
                        address_sudo.city,
                        address_sudo.state_id.name,
                    )
                    if part
                ),
                "engineer": order_sudo.engineer_id.name,
                "diagnosis": order_sudo.diagnosis,
            },
            notes=self._prepare_notes(order_sudo, partner_sudo),
            can_accept=can_accept,
            engineers=[
                {"id": engineer.id, "name": engineer.name}
                for engineer in engineers_sudo
                if can_accept and order_sudo.state == "draft"
            ],
            can_report=order_sudo._can_partner_report(partner_sudo),
            results=order_sudo._fields["result"]._description_selection(request.env),
            page_error=error,
            done=done if done in DONE_TEXTS else None,
        )
        return request.render("qifei_portal.portal_shared_order", values)

    def _prepare_notes(self, order_sudo, partner_sudo):
        """Return what the partner's own people wrote on the order."""
        messages_sudo = order_sudo.message_ids.filtered(
            lambda message: (
                message.message_type == "comment"
                and message.author_id.commercial_partner_id
                == partner_sudo.commercial_partner_id
            )
        )
        return [
            {
                "body": message.body,
                "author": message.author_id.name,
                "moment": self._format_moment(message.date, order_sudo.company_id),
            }
            for message in messages_sudo
        ]
