import uuid

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.http import request, route
from odoo.tools import format_date
from odoo.tools.translate import LazyTranslate

from odoo.addons.qifei_base.tools.photos import PHOTO_BYTES, PHOTO_COUNT
from odoo.addons.qifei_base.tools.texts import parse_id, parse_token

from ..const import OWN_EQUIPMENT_SHOWN
from ..tools.dates import get_day_pattern
from .booking_form import BookingForm
from .service import QifeiService

_lt = LazyTranslate(__name__)


class QifeiBooking(QifeiService):
    """The booking page: one ordinary form, shown in up to three screens.

    Without JavaScript the three screens stand below each other and are sent at once.
    """

    @route(
        "/service/book",
        type="http",
        auth="public",
        website=True,
        sitemap=True,
        readonly=True,
        methods=["GET"],
        list_as_website_content=_lt("Book a service"),
    )
    def service_book(self, equipment=None, token=None, type=None, category=None, **_kw):
        options = self._get_booking_options(equipment, token)
        scanned = self._get_scanned_equipment(equipment, token)
        texts = {
            **self._get_known_contact(),
            "ticket_type": self._find_type_id(options["types"], type),
            # Without a token only a machine of one's own is among the offered ones.
            "equipment": parse_id(equipment),
            "category": parse_id(category),
            "booking_token": uuid.uuid4().hex,
        }
        return self._render_booking(options, texts, scanned=scanned)

    @route(
        "/service/book",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["POST"],
        captcha="qifei_booking",
    )
    def service_book_submit(self, **_form):
        form, files = request.httprequest.form, request.httprequest.files
        if form.get("company_website"):
            # Only a program fills in a field that nobody sees.
            return request.redirect("/service")
        booking_token = parse_token(form.get("booking_token"))
        if booking_token and self._find_booking(booking_token):
            return self._redirect_to_confirmation(booking_token)
        booking_token = booking_token or uuid.uuid4().hex
        if not self._is_attempt_allowed("booking"):
            return self._refuse_booking(form, files, booking_token)
        options = self._get_booking_options(form.get("equipment"), form.get("token"))
        booking = BookingForm(request.env, self._get_company(), options, form, files)
        if not booking.validate():
            return self._render_form_again(booking, booking_token, status=422)
        # sudo: qifei.portal.attempt - counted for everybody, readable by nobody
        attempts_sudo = request.env["qifei.portal.attempt"].sudo()
        subject = f"{booking.company.id}/{booking.phone}"
        if not attempts_sudo._allow("booking_phone", subject):
            booking.errors["contact_phone"] = request.env._(
                "This phone number has booked several times today. Please call us."
            )
            return self._render_form_again(booking, booking_token, status=429)
        try:
            self._file_booking(booking, booking_token)
        except UserError as error:
            # Somebody else has just taken the time, for example: offer what is left.
            booking.errors["window"] = error.args[0]
            booking.options = self._get_booking_options(
                form.get("equipment"), form.get("token")
            )
            return self._render_form_again(booking, booking_token, status=409)
        return self._redirect_to_confirmation(booking_token)

    @route(
        "/service/book/done",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        readonly=True,
        methods=["GET"],
    )
    def service_book_done(self, booking=None, **_query):
        token = parse_token(booking)
        ticket_sudo = token and self._find_booking(token)
        if not ticket_sudo:
            return request.redirect("/service/book")
        return request.render(
            "qifei_portal.booking_done",
            {
                "number": ticket_sudo.name,
                "tracking_url": ticket_sudo.get_portal_url(),
                "window": self._format_window(
                    ticket_sudo.preferred_start,
                    ticket_sudo.preferred_end,
                    ticket_sudo.company_id,
                ),
                "is_public": request.env.user._is_public(),
            },
        )

    # === OFFER === #

    def _get_company(self):
        # sudo: res.company - the company of the website, for its calendar and country
        return request.website.company_id.sudo()

    def _get_booking_options(self, equipment, token):
        """Return what the page offers to this visitor.

        All of it is read in superuser mode, because visitors have no rights on the
        lists behind a public page; templates get texts and ids only.
        """
        company_sudo = self._get_company()
        # sudo: ticket types, categories, symptoms, engineers - shown to everybody
        env_sudo = request.env(su=True)
        engineers_sudo = env_sudo["qifei.engineer"].with_company(company_sudo)
        windows, engineers_sudo = engineers_sudo._get_booking_windows(
            company_sudo, self._get_wished_order(company_sudo)
        )
        return {
            "types": env_sudo["qifei.ticket.type"].search(
                [
                    ("is_bookable", "=", True),
                    ("company_id", "in", (False, company_sudo.id)),
                ]
            ),
            "categories": env_sudo["product.category"].search(
                [("is_after_sales", "=", True)], order="complete_name"
            ),
            "symptoms": env_sudo["qifei.fault.symptom"].search([]),
            "equipments": self._get_scanned_equipment(equipment, token)
            | self._get_own_equipment(company_sudo),
            "windows": windows,
            "engineers": engineers_sudo._get_booking_cards(windows),
        }

    def _get_wished_order(self, company_sudo):
        """Return the visit that is asked for as far as it is known, or None.

        :return: a qifei.work.order that is not saved, for ``_get_booking_windows``
        """
        return None

    def _get_scanned_equipment(self, equipment, token):
        """Return the machine of a QR label in superuser mode, maybe empty."""
        # sudo: qifei.equipment - only after the token of the label is compared
        none_sudo = request.env["qifei.equipment"].sudo()
        if not parse_token(token):
            return none_sudo
        equipment_sudo = self._get_document("qifei.equipment", equipment, token)
        if equipment_sudo and equipment_sudo.company_id == self._get_company():
            # sudo: qifei.equipment - whoever scanned the label may know of the machine
            return equipment_sudo.sudo()
        return none_sudo

    def _get_own_equipment(self, company_sudo):
        """Return the machines of the customer who is logged in."""
        equipments = request.env["qifei.equipment"]
        user = request.env.user
        if not user._is_public() and equipments.has_access("read"):
            equipments = equipments.search(
                [
                    *self._get_own_domain(user.partner_id),
                    ("company_id", "=", company_sudo.id),
                    ("state", "=", "in_service"),
                ],
                limit=OWN_EQUIPMENT_SHOWN,
            )
        # sudo: qifei.equipment - found as the user; names of the products are shown
        return equipments.sudo()

    def _find_type_id(self, types_sudo, code):
        """Return the type a link asks for by its code, if it is offered."""
        return types_sudo.filtered(lambda ticket_type: ticket_type.code == code)[:1].id

    def _get_known_contact(self):
        """Return what is known of a visitor who is logged in, to save typing."""
        country = self._get_company().country_id
        if request.env.user._is_public():
            return {"country": country.id}
        # sudo: res.partner - the visitor's own data
        partner_sudo = request.env.user.partner_id.sudo()
        return {
            "contact_name": partner_sudo.name,
            "contact_phone": partner_sudo.phone,
            "contact_email": partner_sudo.email,
            "street": partner_sudo.street,
            "city": partner_sudo.city,
            "zip": partner_sudo.zip,
            "state": partner_sudo.state_id.id,
            "country": (partner_sudo.country_id or country).id,
        }

    # === FILING === #

    def _find_booking(self, booking_token):
        # sudo: qifei.ticket - found by the secret of the form that made it
        return (
            request.env["qifei.ticket"]
            .sudo()
            .search([("booking_token", "=", booking_token)], limit=1)
        )

    def _file_booking(self, booking, booking_token):
        """File the booking; a second submission of the same form files nothing."""
        user = request.env.user
        try:
            with request.env.cr.savepoint():
                # sudo: qifei.ticket - a visitor files without rights of his own; all
                # values were checked by the form
                request.env["qifei.ticket"].sudo()._file_booking(
                    booking.get_ticket_values(),
                    booking_token=booking_token,
                    contact=booking.get_contact(),
                    photos=booking.photos,
                    customer=None if user._is_public() else user.partner_id,
                )
        except UniqueViolation as error:
            if "booking_token" not in (error.diag.constraint_name or ""):
                raise

    def _redirect_to_confirmation(self, booking_token):
        return request.redirect_query("/service/book/done", {"booking": booking_token})

    # === PAGE === #

    def _refuse_booking(self, form, files, booking_token):
        """Answer a flood without reading pictures or searching the offer twice."""
        options = self._get_booking_options(form.get("equipment"), form.get("token"))
        booking = BookingForm(request.env, self._get_company(), options, form, files)
        booking.errors["form"] = self._get_too_often_text()
        return self._render_form_again(booking, booking_token, status=429)

    def _render_form_again(self, booking, booking_token, status):
        """Show the form as it was sent, with a sentence at each mistake."""
        texts = {
            **booking.texts,
            "booking_token": booking_token,
            "ticket_type": booking.ticket_type.id,
            "equipment": booking.equipment.id,
            "category": booking.category.id,
            "symptoms": booking.symptoms.ids,
            "window": booking.window and booking.window.key,
            "engineer": booking.engineer_id,
            "country": booking.country.id,
            "state": booking.state.id,
            "latitude": booking.latitude,
            "longitude": booking.longitude,
            "consent": booking.has_consent,
        }
        scanned = self._get_scanned_equipment(
            booking.equipment.id, request.httprequest.form.get("token")
        )
        return self._render_booking(
            booking.options,
            texts,
            scanned=scanned,
            errors=booking.errors,
            screen=booking.get_screen(),
            has_lost_photos=booking.has_files,
            status=status,
        )

    def _render_booking(
        self,
        options,
        texts,
        *,
        scanned,
        errors=None,
        screen=1,
        has_lost_photos=False,
        status=200,
    ):
        company_sudo = self._get_company()
        # sudo: res.country - public list
        countries_sudo = request.env["res.country"].sudo().search([])
        country_sudo = countries_sudo.browse(texts.get("country")).exists()
        is_public = request.env.user._is_public()
        return request.render(
            "qifei_portal.booking_page",
            {
                "website_meta_description": request.env._(
                    "Book a repair, an installation or an inspection in three short "
                    "steps: what it is, what is wrong, when and where we may come."
                ),
                "texts": texts,
                "errors": errors or {},
                "screen": screen,
                "has_lost_photos": has_lost_photos,
                "types": options["types"],
                "categories": self._prepare_categories(options["categories"]),
                "equipments": self._prepare_equipments(options["equipments"], scanned),
                "scanned": self._prepare_scanned(scanned),
                "symptoms": self._prepare_symptoms(options["symptoms"]),
                "days": self._prepare_days(options["windows"], options["engineers"]),
                "engineers": options["engineers"],
                "countries": countries_sudo,
                "states": country_sudo.state_ids,
                "photo_count": PHOTO_COUNT,
                "photo_megabytes": PHOTO_BYTES // 1024 // 1024,
                "company": company_sudo,
                "is_public": is_public,
                "is_first": is_public or not self._has_booked(),
                "token": parse_token(
                    request.params.get("token") or request.httprequest.form.get("token")
                ),
            },
            status=status,
        )

    def _has_booked(self):
        tickets = request.env["qifei.ticket"]
        domain = self._get_own_domain(request.env.user.partner_id)
        return tickets.has_access("read") and tickets.search_count(domain, limit=1)

    def _prepare_categories(self, categories_sudo):
        """Return the tiles: a category is a leaf when no offered one is below it."""
        parents = set(categories_sudo.parent_id.ids)
        offered = set(categories_sudo.ids)
        return [
            {
                "id": category.id,
                "name": category.name,
                "path": category.parent_path,
                "parent": str(
                    category.parent_id.id if category.parent_id.id in offered else 0
                ),
                "is_leaf": category.id not in parents,
                "depth": sum(
                    int(ancestor) in offered
                    for ancestor in category.parent_path.split("/")[:-2]
                ),
            }
            for category in categories_sudo
        ]

    def _prepare_equipments(self, equipments_sudo, scanned_sudo):
        return [
            {
                "id": equipment.id,
                "name": equipment.product_id.name,
                "serial": equipment.serial,
                "path": equipment.product_category_id.parent_path,
                "warranty_state": equipment.warranty_state,
                "warranty_end": equipment.warranty_end,
                "is_scanned": equipment == scanned_sudo,
            }
            for equipment in equipments_sudo
        ]

    def _prepare_scanned(self, scanned_sudo):
        """Return what the label tells: the open requests of this machine."""
        if not scanned_sudo:
            return None
        tickets_sudo = scanned_sudo.env["qifei.ticket"].search(
            [
                ("equipment_id", "=", scanned_sudo.id),
                ("state", "in", ("new", "open", "pending")),
            ],
            limit=5,
        )
        return {
            "id": scanned_sudo.id,
            "tickets": [
                {
                    "number": ticket.name,
                    "type": ticket.ticket_type_id.name,
                    "state": ticket._get_state_label(ticket.state),
                }
                for ticket in tickets_sudo
            ],
        }

    def _prepare_symptoms(self, symptoms_sudo):
        return [
            {
                "id": symptom.id,
                "name": symptom.name,
                "categories": " ".join(
                    str(number) for number in symptom.category_ids.ids
                ),
            }
            for symptom in symptoms_sudo
        ]

    def _prepare_days(self, windows, engineers):
        """Group the windows by day, with the number of free engineers."""
        days = {}
        for window in windows:
            days.setdefault(window.start.date(), []).append(
                {
                    "key": window.key,
                    "label": f"{window.start:%H:%M}–{window.stop:%H:%M}",
                    "free": len(window.engineer_ids),
                    "is_full": window.is_closed(engineers),
                    "reason": window.reason,
                }
            )
        pattern = get_day_pattern(request.env, "MMMEd")
        return [
            {
                "label": format_date(request.env, day, date_format=pattern),
                "windows": day_windows,
            }
            for day, day_windows in days.items()
        ]
