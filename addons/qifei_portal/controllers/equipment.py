from odoo.http import request, route

from .warranty import QifeiWarranty
from .work_order import QifeiWorkOrders


class QifeiEquipments(QifeiWarranty, QifeiWorkOrders):
    """A customer's machines with their warranty and service history."""

    @route(
        ["/my/equipment", "/my/equipment/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def portal_equipments(self, page=1, **query):
        values = self._prepare_portal_layout_values()
        values.update(
            self._prepare_portal_list(
                "qifei.equipment",
                url="/my/equipment",
                domain=self._get_own_domain(request.env.user.partner_id),
                sortings={
                    "date": {"label": request.env._("Newest"), "order": "id desc"},
                    "warranty": {
                        "label": request.env._("Warranty ends first"),
                        "order": "warranty_end, id desc",
                    },
                },
                filters={
                    "all": {"label": request.env._("All"), "domain": []},
                    "service": {
                        "label": request.env._("In service"),
                        "domain": [("state", "=", "in_service")],
                    },
                },
                inputs={
                    "serial": {
                        "label": request.env._("Serial number"),
                        "fields": ("serial", "name"),
                    },
                },
                page=page,
                history="qifei_equipment_history",
                **query,
            )
        )
        # sudo: qifei.equipment - found as the user; names of products are shown
        equipments_sudo = values.pop("records").sudo()
        values.update(
            page_name="qifei_equipments",
            equipments=[
                self._prepare_equipment(equipment) for equipment in equipments_sudo
            ],
        )
        return request.render("qifei_portal.portal_equipments", values)

    @route(
        "/my/equipment/<int:equipment_id>",
        type="http",
        auth="public",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def portal_equipment(self, equipment_id, access_token=None, **query):
        equipment_sudo = self._get_document(
            "qifei.equipment", equipment_id, access_token
        )
        if not equipment_sudo:
            return request.redirect("/my")
        # The label on a machine opens this page for everybody in front of it; whom it
        # belongs to and what was done is for the owner.
        is_owner = self._is_customer(equipment_sudo)
        values = self._get_page_view_values(
            equipment_sudo,
            access_token and equipment_sudo.access_token,
            {
                "page_name": "qifei_equipment",
                "website_meta_description": request.env._(
                    "Warranty and service history of your machine."
                ),
                "equipment": self._prepare_equipment(equipment_sudo),
                "warranty": self._prepare_warranty(equipment_sudo),
                "tickets": self._get_equipment_tickets(equipment_sudo, is_owner),
                "is_owner": is_owner,
                "document_url": equipment_sudo.access_url,
            },
            "qifei_equipment_history",
            False,
            **query,
        )
        return request.render("qifei_portal.portal_equipment", values)

    def _prepare_equipment(self, equipment_sudo):
        warranty_states = dict(
            equipment_sudo._fields["warranty_state"]._description_selection(request.env)
        )
        return {
            "id": equipment_sudo.id,
            "url": equipment_sudo.access_url,
            "number": equipment_sudo.name,
            "product": equipment_sudo.product_id.name,
            "image": equipment_sudo.image_128,
            "serial": equipment_sudo.serial,
            "state": equipment_sudo.state,
            "date_purchase": equipment_sudo.date_purchase,
            "date_installation": equipment_sudo.date_installation,
            "warranty_state": equipment_sudo.warranty_state,
            "warranty_label": warranty_states[equipment_sudo.warranty_state],
            "warranty_end": equipment_sudo.warranty_end,
        }

    def _get_equipment_tickets(self, equipment_sudo, is_owner):
        """Return the owner's own requests for the machine, newest first."""
        if not is_owner:
            return []
        tickets = request.env["qifei.ticket"].search(
            [
                ("equipment_id", "=", equipment_sudo.id),
                *self._get_own_domain(request.env.user.partner_id),
            ],
            order="id desc",
            limit=20,
        )
        # sudo: qifei.ticket - found as the user; types and products are shown
        return [self._prepare_ticket_row(ticket) for ticket in tickets.sudo()]
