import base64
import re
from unittest.mock import patch

from odoo import http
from odoo.tests import HttpCase, new_test_user

from odoo.addons.qifei_base.tests.common import draw_picture

from ..const import ATTEMPT_LIMITS

TOKEN_FIELD = re.compile(r'name="booking_token" value="([^"]+)"')


def draw_signature():
    return base64.b64encode(draw_picture((200, 80))).decode()


class PortalCase(HttpCase):
    """Two customers with the same phone, their machines, requests and visits.

    ``anna`` and ``boris`` are portal users of the company of the website; ``clara`` is
    a customer of another company with the phone of Anna; ``dealer`` is the user of a
    service partner with whom Anna's order is shared.
    """

    PHONE = "+86 138 0013 8111"
    PHONE_E164 = "+8613800138111"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.website = cls.env["website"].search([], limit=1)
        cls.company = cls.website.company_id
        cls.china = cls.env.ref("base.cn")
        cls.other_company = cls.env["res.company"].create({"name": "Other service"})
        cls.category = cls.env["product.category"].create(
            {"name": "Test machines", "is_after_sales": True}
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Cooler C1", "type": "consu", "categ_id": cls.category.id}
        )
        cls.symptom = cls.env["qifei.fault.symptom"].create({"name": "Hums loudly"})
        cls.visit_type = cls.env["qifei.ticket.type"].create(
            {"name": "Test visit", "code": "test_visit", "needs_visit": True}
        )
        cls.desk_type = cls.env["qifei.ticket.type"].create(
            {"name": "Test question", "code": "test_question", "needs_visit": False}
        )
        cls.engineer = cls.env["qifei.engineer"].create(
            {
                "name": "Edith Miller",
                "phone": "+86 139 0013 9000",
                "company_id": cls.company.id,
            }
        )
        cls.anna, cls.anna_user = cls.create_customer("anna")
        cls.boris, cls.boris_user = cls.create_customer("boris")
        cls.clara = cls.env["res.partner"].create(
            {
                "name": "clara",
                "phone": cls.PHONE,
                "country_id": cls.china.id,
                "company_id": cls.other_company.id,
            }
        )
        cls.dealer_company = cls.env["res.partner"].create(
            {
                "name": "Dealer",
                "is_company": True,
                "qifei_is_service_partner": True,
                "qifei_may_report_done": True,
            }
        )
        cls.dealer_user = new_test_user(
            cls.env,
            login="portal_dealer",
            context={"no_reset_password": True},
            groups="base.group_portal",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.dealer_user.partner_id.parent_id = cls.dealer_company

        cls.anna_machine = cls.create_machine(cls.anna, "SN-ANNA-1")
        cls.boris_machine = cls.create_machine(cls.boris, "SN-BORIS-1")
        cls.anna_card = cls.create_card(cls.anna_machine)
        cls.boris_card = cls.create_card(cls.boris_machine)
        cls.anna_ticket = cls.create_ticket(cls.anna, cls.anna_machine)
        cls.boris_ticket = cls.create_ticket(cls.boris, cls.boris_machine)
        cls.anna_order = cls.create_order(cls.anna_ticket)
        cls.boris_order = cls.create_order(cls.boris_ticket)

    # === FIXTURES === #

    @classmethod
    def create_customer(cls, name):
        user = new_test_user(
            cls.env,
            login=f"portal_{name}",
            context={"no_reset_password": True},
            name=name.title(),
            groups="base.group_portal",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        user.partner_id.write(
            {
                "phone": cls.PHONE,
                "country_id": cls.china.id,
                "street": f"{name.title()} Road 1",
                "city": "Shanghai",
                "company_id": cls.company.id,
            }
        )
        return user.partner_id, user

    @classmethod
    def create_machine(cls, partner, serial):
        return cls.env["qifei.equipment"].create(
            {
                "product_id": cls.product.id,
                "serial": serial,
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "date_purchase": "2026-01-05",
                "access_token": f"label-{partner.id:012d}",
            }
        )

    @classmethod
    def create_card(cls, machine):
        policy = cls.env["qifei.warranty.policy"].create(
            {
                "name": f"Policy {machine.serial}",
                "code": f"P-{machine.serial}",
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "component": "machine",
                            "months": 1200,
                            "start_from": "purchase",
                            "clause": "Whole machine",
                        },
                    )
                ],
            }
        )
        card = cls.env["qifei.warranty.card"].create(
            {"equipment_id": machine.id, "policy_id": policy.id}
        )
        card.action_activate()
        card.access_token = f"card-{machine.id:012d}"
        return card

    @classmethod
    def create_ticket(cls, partner, machine):
        return cls.env["qifei.ticket"].create(
            {
                "ticket_type_id": cls.visit_type.id,
                "partner_id": partner.id,
                "equipment_id": machine.id,
                "description": f"Secret of {partner.name}",
                "company_id": cls.company.id,
                "channel": "web",
            }
        )

    @classmethod
    def create_order(cls, ticket):
        return cls.env["qifei.work.order"].create(
            {
                "ticket_id": ticket.id,
                "planned_start": "2026-12-01 01:00:00",
                "planned_end": "2026-12-01 03:00:00",
            }
        )

    @classmethod
    def bring_to(cls, order, state):
        """Walk an order through its steps up to ``state``."""
        order.engineer_id = order.engineer_id or cls.engineer
        order.write({"diagnosis": "Fan worn", "result": "solved"})
        steps = ("assign", "accept", "depart", "arrive", "complete")
        targets = ("assigned", "accepted", "en_route", "on_site", "done")
        for step, target in zip(steps, targets, strict=True):
            getattr(order, f"action_{step}")()
            if target == state:
                break
        return order

    # === BROWSING === #

    def log_in(self, user):
        """Become a user, or a visitor without login."""
        if user:
            self.authenticate(user.login, user.login)
        else:
            self.authenticate(None, None)

    def post(self, url, data=None, files=None, **options):
        return self.url_open(
            url,
            data={"csrf_token": http.Request.csrf_token(self), **(data or {})},
            files=files,
            **options,
        )

    def unlimited(self):
        """Lift the limits of attempts for a test that posts often."""
        return patch.dict(
            ATTEMPT_LIMITS, {scope: (10**6, span) for scope, (_n, span) in LIMITS}
        )

    def get_booking_token(self, url="/service/book"):
        return TOKEN_FIELD.search(self.url_open(url).text).group(1)

    def get_booking_data(self, **values):
        """Return a booking that is accepted as it stands."""
        return {
            "booking_token": "a" * 24,
            "ticket_type": self.visit_type.id,
            "category": self.category.id,
            "symptoms": self.symptom.id,
            "description": "It hums.",
            "contact_name": "Dora",
            "contact_phone": "138 0013 8222",
            "street": "Long Road 5",
            "city": "Shanghai",
            "zip": "200000",
            "country": self.china.id,
            "consent": "1",
            **values,
        }

    def count_rows(self):
        """Return how many records a booking could have left."""
        return tuple(
            self.env[name].with_context(active_test=False).search_count([])
            for name in (
                "qifei.ticket",
                "qifei.work.order",
                "res.partner",
                "ir.attachment",
                "mail.message",
                "rating.rating",
            )
        )

    def find_tickets(self, text):
        return self.env["qifei.ticket"].search([("description", "=", text)])


LIMITS = tuple(ATTEMPT_LIMITS.items())
