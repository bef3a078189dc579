from odoo.fields import Command
from odoo.tools import email_normalize

from odoo.addons.qifei_base.tools.photos import (
    PHOTO_BYTES,
    PHOTO_COUNT,
    PhotoError,
    read_photo,
)
from odoo.addons.qifei_base.tools.texts import (
    clean_line,
    clean_text,
    parse_coordinate,
    parse_id,
)

from ..const import TEXT_LENGTHS

TEXT_FIELDS = (
    "contact_name",
    "contact_phone",
    "contact_email",
    "street",
    "city",
    "zip",
)
# Screen of each field, so that a refusal opens the first screen with a mistake.
FIELD_SCREENS = {
    "ticket_type": 1,
    "equipment": 1,
    "category": 1,
    "symptoms": 2,
    "description": 2,
    "photos": 2,
}


class BookingForm:
    """One submitted booking: reads it, checks it, explains what is wrong.

    Nothing is written here. After :meth:`validate`, ``errors`` holds one sentence for
    each field that has to be corrected and ``texts`` everything the visitor typed.

    :param env: environment of the visitor
    :param company: company of the website, in superuser mode
    :param options: what the page offers, from the controller: ``types``,
        ``categories``, ``symptoms``, ``equipments``, ``windows`` and ``engineers``
    """

    def __init__(self, env, company, options, form, files):
        self.env = env
        self.company = company
        self.options = options
        self.errors = {}
        self.texts = {
            name: clean_line(form.get(name), TEXT_LENGTHS[name] + 1)
            for name in TEXT_FIELDS
        }
        self.texts["description"] = clean_text(form.get("description"))
        self._form = form
        self._files = [upload for upload in files.getlist("photos") if upload.filename]
        self.has_files = bool(self._files)
        self.photos = []
        self.phone = False

        self.ticket_type = self._choose("ticket_type", options["types"])
        self.equipment = self._choose("equipment", options["equipments"])
        self.category = self._choose("category", options["categories"])
        self.engineer_id = self._choose_engineer()
        self.symptoms = self._choose_symptoms()
        self.window = self._choose_window()
        self.country = self._get_place("res.country", "country")
        self.state = self._get_place("res.country.state", "state")
        self.latitude = parse_coordinate(form.get("latitude"), 90)
        self.longitude = parse_coordinate(form.get("longitude"), 180)
        self.has_consent = bool(form.get("consent"))

    # === READING === #

    def _choose(self, name, offered):
        """Return the offered record the visitor chose, an empty one otherwise.

        A choice that is not offered to this visitor is as good as none: the answer
        does not tell whether such a record exists.
        """
        chosen_id = parse_id(self._form.get(name))
        return offered.filtered(lambda record: record.id == chosen_id)

    def _choose_engineer(self):
        chosen_id = parse_id(self._form.get("engineer"))
        known = {engineer["id"] for engineer in self.options["engineers"]}
        return chosen_id if chosen_id in known else None

    def _choose_symptoms(self):
        chosen = {parse_id(value) for value in self._form.getlist("symptoms")[:100]}
        return self.options["symptoms"].filtered(lambda word: word.id in chosen)

    def _choose_window(self):
        key = self._form.get("window")
        for window in self.options["windows"]:
            if window.key == key:
                return window
        return None

    def _get_place(self, model_name, name):
        place_id = parse_id(self._form.get(name))
        # sudo: res.country and its states - public lists
        places_sudo = self.env[model_name].sudo()
        return places_sudo.browse(place_id).exists() if place_id else places_sudo

    # === CHECKING === #

    def validate(self):
        """Check everything and return whether the booking can be filed."""
        self._validate_subject()
        self._validate_problem()
        self._validate_contact()
        if self.ticket_type.needs_visit:
            self._validate_address()
            self._validate_window()
        if not self.errors:
            # Pictures cost the most, so they are opened last.
            self._read_photos()
        return not self.errors

    def get_screen(self):
        """Return the number of the first screen with a mistake."""
        return min((FIELD_SCREENS.get(name, 3) for name in self.errors), default=1)

    def _validate_subject(self):
        if not self.ticket_type:
            self.errors["ticket_type"] = self.env._("Choose what we can do for you.")
        if self._form.get("equipment") and not self.equipment:
            self.errors["equipment"] = self.env._(
                "This machine cannot be booked from here. Choose its kind instead, or "
                "scan the label on the machine again."
            )
        elif not self.equipment and not self.category and self.options["categories"]:
            self.errors["category"] = self.env._("Choose what kind of machine it is.")

    def _validate_problem(self):
        length = TEXT_LENGTHS["description"]
        if len(self.texts["description"]) > length:
            self.texts["description"] = self.texts["description"][:length]
            self.errors["description"] = self.env._(
                "Please describe it in at most %(length)s characters.", length=length
            )
        elif not self.texts["description"] and not self.symptoms:
            self.errors["description"] = self.env._(
                "Pick a key word or tell us in a few words what it is about."
            )
        if len(self._files) > PHOTO_COUNT:
            self.errors["photos"] = self.env._(
                "Send at most %(count)s photos.", count=PHOTO_COUNT
            )

    def _validate_contact(self):
        for name, text in self.texts.items():
            if name in TEXT_FIELDS and len(text) > TEXT_LENGTHS[name]:
                self.texts[name] = text[: TEXT_LENGTHS[name]]
                self.errors[name] = self.env._(
                    "Please use at most %(length)s characters here.",
                    length=TEXT_LENGTHS[name],
                )
        if not self.texts["contact_name"]:
            self.errors["contact_name"] = self.env._(
                "Tell us your name, so that the engineer knows whom to ask for."
            )
        self._validate_phone()
        email = self.texts["contact_email"]
        if email and not email_normalize(email):
            self.errors["contact_email"] = self.env._(
                "“%(email)s” is no complete e-mail address. Correct it or leave it "
                "empty.",
                email=email,
            )
        if not self.has_consent:
            self.errors["consent"] = self.env._(
                "We may work for you only if you agree to this."
            )

    def _validate_phone(self):
        phone = self.texts["contact_phone"]
        if "contact_phone" in self.errors:
            return
        if not phone:
            self.errors["contact_phone"] = self.env._(
                "Tell us your phone number, so that the engineer can call you."
            )
            return
        country = self.country or self.company.country_id
        self.phone = self.env["res.partner"]._phone_format(
            number=phone, country=country, force_format="E164"
        )
        if not self.phone:
            self.errors["contact_phone"] = self.env._(
                "“%(phone)s” is no phone number we can call. Check the digits; a "
                "foreign number starts with + and the country code.",
                phone=phone,
            )

    def _validate_address(self):
        required = {
            "street": self.env._(
                "Tell us street and house number, so that we find you."
            ),
            "city": self.env._("Tell us the city."),
        }
        for name, sentence in required.items():
            if not self.texts[name]:
                self.errors.setdefault(name, sentence)
        if not self.country:
            self.errors["country"] = self.env._("Choose the country.")
        elif self.state and self.state.country_id != self.country:
            self.errors["state"] = self.env._(
                "%(state)s does not belong to %(country)s.",
                state=self.state.name,
                country=self.country.name,
            )

    def _validate_window(self):
        if self._form.get("window") and not self.window:
            self.errors["window"] = self.env._(
                "This time is no longer offered. Choose another one, or let us call "
                "you."
            )
        elif (
            self.window
            and self.engineer_id
            and self.engineer_id not in self.window.engineer_ids
        ):
            self.errors["window"] = self.env._(
                "The engineer you chose is busy at that time. Choose another time, or "
                "leave the choice of the engineer to us."
            )
        elif self.window and self.window.is_closed(self.options["engineers"]):
            self.errors["window"] = self.env._(
                "No engineer is free at that time. Choose another time, or let us call "
                "you."
            )

    def _read_photos(self):
        for upload in self._files:
            try:
                self.photos.append(read_photo(upload.stream))
            except PhotoError as error:
                name = clean_line(upload.filename, 60)
                self.errors["photos"] = (
                    self.env._(
                        "“%(name)s” is too large: a photo may have %(size)s MB.",
                        name=name,
                        size=PHOTO_BYTES // 1024 // 1024,
                    )
                    if error.reason == "size"
                    else self.env._(
                        "“%(name)s” is no photo we can open. Send JPEG or PNG.",
                        name=name,
                    )
                )
                return

    # === RESULT === #

    def get_contact(self):
        """Return name, phone and address in the form ``_file_booking`` takes."""
        visit = self.ticket_type.needs_visit
        return {
            "name": self.texts["contact_name"],
            "phone": self.phone,
            "email": self.texts["contact_email"] or False,
            "lang": self.env.lang,
            "street": visit and self.texts["street"],
            "city": visit and self.texts["city"],
            "zip": visit and self.texts["zip"],
            "state_id": visit and self.state.id,
            "country_id": visit and self.country.id,
        }

    def get_ticket_values(self):
        """Return the field values of the ticket, without customer and address."""
        visit = self.ticket_type.needs_visit
        start, stop = self.window.get_utc() if visit and self.window else (False, False)
        located = self.latitude is not None and self.longitude is not None
        return {
            "ticket_type_id": self.ticket_type.id,
            "channel": "web",
            "company_id": self.company.id,
            "contact_name": self.texts["contact_name"],
            "contact_phone": self.phone,
            "description": self.texts["description"],
            "symptom_ids": [Command.set(self.symptoms.ids)],
            "equipment_id": self.equipment.id,
            "product_category_id": self.category.id,
            "preferred_start": start,
            "preferred_end": stop,
            "preferred_engineer_id": visit and self.engineer_id,
            "latitude": located and self.latitude,
            "longitude": located and self.longitude,
        }
