from odoo.http import request, route

from odoo.addons.qifei_base.tools.texts import (
    clean_line,
    parse_coordinate,
    parse_id,
    parse_token,
)
from odoo.addons.qifei_portal.const import TEXT_LENGTHS
from odoo.addons.qifei_portal.controllers.equipment import QifeiEquipments


class QifeiDispatchBooking(QifeiEquipments):
    """Offers the times at which somebody can come, for the visit as it is known."""

    @route()
    def service_book_done(self, booking=None, **query):
        response = super().service_book_done(booking=booking, **query)
        token = parse_token(booking)
        ticket_sudo = token and self._find_booking(token)
        if getattr(response, "qcontext", None) and ticket_sudo:
            order_sudo = ticket_sudo._get_reserved_order()
            response.qcontext["is_reserved"] = bool(order_sudo.engineer_id)
        return response

    @route(
        "/service/book/windows",
        type="jsonrpc",
        auth="public",
        website=True,
    )
    def service_book_windows(self, **texts):
        """Return the times for what the form says so far.

        :return: dict with ``html`` of the times and ``engineers``, for each engineer
            the times he can come, as texts
        """
        if not self._is_attempt_allowed("windows"):
            return {"error": self._get_too_often_text()}
        company_sudo = self._get_company()
        # sudo: qifei.engineer - times without names behind a public page
        engineers_sudo = request.env(su=True)["qifei.engineer"]
        windows, engineers_sudo = engineers_sudo.with_company(
            company_sudo
        )._get_booking_windows(company_sudo, self._make_order(company_sudo, texts))
        cards = engineers_sudo._get_booking_cards(windows)
        html = request.env["ir.qweb"]._render(
            "qifei_portal.windows",
            {
                "days": self._prepare_days(windows, cards or engineers_sudo),
                "chosen": None,
            },
        )
        return {
            "html": html,
            "engineers": {card["id"]: " ".join(card["windows"]) for card in cards},
        }

    def _get_wished_order(self, company_sudo):
        form = request.httprequest.form
        return self._make_order(company_sudo, form.to_dict() if form else {})

    def _make_order(self, company_sudo, texts):
        """Return the visit that a form tells of, not saved, in superuser mode.

        :param texts: dict of untrusted texts, named as the fields of the form
        """
        values = {"company_id": company_sudo.id}
        # sudo: qifei.ticket.type - those that the page offers to everybody
        types_sudo = request.env["qifei.ticket.type"].sudo()
        type_sudo = types_sudo.search(
            [
                ("id", "=", parse_id(texts.get("ticket_type"))),
                ("is_bookable", "=", True),
                ("company_id", "in", (False, company_sudo.id)),
            ]
        )
        if type_sudo:
            values["ticket_type_id"] = type_sudo.id
        values.update(self._get_visit_place(company_sudo, texts))
        # sudo: qifei.work.order - a draft in memory, to ask the plans with
        return request.env["qifei.work.order"].sudo().new(values)

    def _get_visit_place(self, company_sudo, texts):
        """Return the values that say where the visit is, as far as it is known."""
        latitude = parse_coordinate(texts.get("latitude"), 90)
        longitude = parse_coordinate(texts.get("longitude"), 180)
        equipment_sudo = self._find_equipment(company_sudo, texts)
        address_sudo = self._make_address(texts)
        if not address_sudo and equipment_sudo:
            address_sudo = equipment_sudo.address_id
        values = {}
        if address_sudo:
            # sudo: qifei.service.area - which area an address lies in
            areas_sudo = request.env["qifei.service.area"].sudo()
            values["area_id"] = areas_sudo._match_batch(address_sudo, company_sudo)[
                address_sudo.id
            ].id
        if latitude is not None and longitude is not None:
            values.update(latitude=latitude, longitude=longitude)
        elif address_sudo:
            values.update(
                latitude=address_sudo.partner_latitude,
                longitude=address_sudo.partner_longitude,
            )
        return values

    def _find_equipment(self, company_sudo, texts):
        """Return the machine of the form, if it is offered to this visitor."""
        equipment_id = parse_id(texts.get("equipment"))
        offered_sudo = self._get_scanned_equipment(
            equipment_id, texts.get("token")
        ) | self._get_own_equipment(company_sudo)
        return offered_sudo.filtered(lambda equipment: equipment.id == equipment_id)

    def _make_address(self, texts):
        """Return the address of the form in memory; empty without city and postcode."""
        city = clean_line(texts.get("city"), TEXT_LENGTHS["city"])
        code = clean_line(texts.get("zip"), TEXT_LENGTHS["zip"])
        # sudo: res.partner - an address in memory, nothing is read or kept
        partners_sudo = request.env["res.partner"].sudo()
        if not (city or code):
            return partners_sudo
        return partners_sudo.new(
            {
                "city": city,
                "zip": code,
                "country_id": parse_id(texts.get("country")),
                "state_id": parse_id(texts.get("state")),
            }
        )

    def _get_planned_order(self, ticket_sudo):
        """Return the reserved visit of a request, or what a new one would be."""
        reserved_sudo = ticket_sudo._get_reserved_order()
        if reserved_sudo:
            return reserved_sudo
        return ticket_sudo.env["qifei.work.order"].new(
            {
                "ticket_id": ticket_sudo.id,
                "company_id": ticket_sudo.company_id.id,
            }
        )
