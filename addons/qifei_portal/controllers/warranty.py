from odoo.http import request, route
from odoo.tools.translate import LazyTranslate

from odoo.addons.qifei_base.tools.texts import clean_line, last_digits

from .service import QifeiService

_lt = LazyTranslate(__name__)


class QifeiWarranty(QifeiService):
    """The public warranty query and the warranty cards of a customer."""

    @route(
        "/service/warranty",
        type="http",
        auth="public",
        website=True,
        sitemap=True,
        readonly=True,
        methods=["GET"],
        list_as_website_content=_lt("Warranty query"),
    )
    def service_warranty(self, number=None, equipment=None, token=None, **_query):
        values = {"number": clean_line(number, 60)}
        equipment_sudo = token and self._get_document(
            "qifei.equipment", equipment, token
        )
        if equipment_sudo:
            values["result"] = self._prepare_warranty(equipment_sudo)
        return self._render_warranty(**values)

    @route(
        "/service/warranty",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["POST"],
        captcha="qifei_warranty",
    )
    def service_warranty_submit(self, number=None, phone=None, **_form):
        number, digits = clean_line(number, 60), last_digits(clean_line(phone, 40))
        if not number or not digits:
            return self._render_warranty(
                number=number,
                error=request.env._(
                    "Write the serial or card number and the last four digits of the "
                    "phone the machine is registered with."
                ),
            )
        if not self._is_attempt_allowed("warranty", number):
            return self._render_warranty(
                number=number, error=self._get_too_often_text(), status=429
            )
        equipment_sudo = self._find_warranty_equipment(number, digits)
        if not equipment_sudo:
            # The same words whether number or phone is wrong: nothing to learn here.
            return self._render_warranty(
                number=number,
                error=request.env._(
                    "We found no machine with this number and phone. The serial number "
                    "is on the type plate, the card number on the warranty card."
                ),
            )
        return self._render_warranty(
            number=number, result=self._prepare_warranty(equipment_sudo)
        )

    def _find_warranty_equipment(self, number, digits):
        """Return the machine with this number whose owner has these phone digits.

        One serial number may exist for several products, so the phone decides.
        """
        # sudo: machines and cards - number and phone digits together are the proof
        env_sudo = request.env(su=True)
        company = ("company_id", "=", request.website.company_id.id)
        cards_sudo = env_sudo["qifei.warranty.card"].search(
            [("name", "=", number.upper()), company], limit=1
        )
        equipments_sudo = cards_sudo.equipment_id | env_sudo["qifei.equipment"].search(
            [("serial", "=", number), company], limit=10
        )
        return equipments_sudo.filtered(
            lambda equipment: last_digits(equipment.partner_id.phone) == digits
        )[:1]

    def _prepare_warranty(self, equipment_sudo):
        """Return what the page tells about the warranty of a machine."""
        cards_sudo = equipment_sudo.warranty_card_ids.filtered(
            lambda card: card.state != "draft"
        )
        return {
            "product": equipment_sudo.product_id.name,
            "serial": equipment_sudo.serial,
            "state": equipment_sudo.warranty_state,
            "state_label": dict(
                equipment_sudo._fields["warranty_state"]._description_selection(
                    request.env
                )
            )[equipment_sudo.warranty_state],
            "date_end": equipment_sudo.warranty_end,
            "cards": [self._prepare_card(card) for card in cards_sudo],
            "booking_url": f"/service/book?equipment={equipment_sudo.id}"
            f"&token={equipment_sudo.access_token or ''}",
        }

    def _prepare_card(self, card_sudo):
        today = card_sudo._fields["date_end"].context_today(card_sudo)
        kinds = dict(
            card_sudo.line_ids._fields["component"]._description_selection(request.env)
        )
        return {
            "number": card_sudo.name,
            "state": card_sudo.state,
            "state_label": card_sudo._get_state_label(card_sudo.state),
            "date_start": card_sudo.date_activation,
            "date_end": card_sudo.date_end,
            "policy": card_sudo.policy_id.name,
            "lines": [
                {
                    "component": kinds[line.component],
                    "clause": line.clause,
                    "date_start": line.date_start,
                    "date_end": line.date_end,
                    "is_running": card_sudo.state == "active"
                    and (not line.date_end or line.date_end >= today),
                }
                for line in card_sudo.line_ids
            ],
        }

    def _render_warranty(self, status=200, **values):
        values["website_meta_description"] = request.env._(
            "Look up the warranty of your machine by serial or card number: what is "
            "covered, and until when."
        )
        return request.render("qifei_portal.service_warranty", values, status=status)

    # === CARDS === #

    @route(
        ["/my/warranty-cards", "/my/warranty-cards/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def portal_warranty_cards(self, page=1, **query):
        values = self._prepare_portal_layout_values()
        values.update(
            self._prepare_portal_list(
                "qifei.warranty.card",
                url="/my/warranty-cards",
                domain=self._get_own_domain(request.env.user.partner_id),
                sortings={
                    "date": {"label": request.env._("Newest"), "order": "id desc"},
                    "end": {"label": request.env._("Ends first"), "order": "date_end"},
                },
                page=page,
                history="qifei_card_history",
                **query,
            )
        )
        # sudo: qifei.warranty.card - found as the user; names of products are shown
        cards_sudo = values.pop("records").sudo()
        values.update(
            page_name="qifei_cards",
            cards=[
                {
                    "url": card.access_url,
                    "number": card.name,
                    "product": card.equipment_id.product_id.name,
                    "serial": card.equipment_id.serial,
                    "state": card.state,
                    "state_label": card._get_state_label(card.state),
                    "date_end": card.date_end,
                }
                for card in cards_sudo
            ],
        )
        return request.render("qifei_portal.portal_warranty_cards", values)

    @route(
        "/my/warranty-cards/<int:card_id>",
        type="http",
        auth="public",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def portal_warranty_card(
        self, card_id, access_token=None, report_type=None, download=False, **query
    ):
        card_sudo = self._get_document("qifei.warranty.card", card_id, access_token)
        if not card_sudo:
            return request.redirect("/my")
        if report_type == "pdf":
            return self._show_report(
                model=card_sudo,
                report_type="pdf",
                report_ref="qifei_aftersales.report_warranty_card",
                download=bool(download),
            )
        equipment_sudo = card_sudo.equipment_id
        values = self._get_page_view_values(
            card_sudo,
            access_token,
            {
                "page_name": "qifei_card",
                "website_meta_description": request.env._(
                    "What your warranty card covers, part by part, and until when."
                ),
                "card": self._prepare_card(card_sudo),
                "product": equipment_sudo.product_id.name,
                "serial": equipment_sudo.serial,
                "document_url": card_sudo.access_url,
                "terms": card_sudo.policy_id.terms,
                "holder": card_sudo.partner_id.name
                if self._is_customer(card_sudo, None)
                else "",
                "equipment_id": equipment_sudo.id,
            },
            "qifei_card_history",
            False,
            **query,
        )
        return request.render("qifei_portal.portal_warranty_card", values)
