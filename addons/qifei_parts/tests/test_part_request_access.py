from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common_requests import RequestCase

DESK = ("agent", "dispatcher", "parts_keeper", "manager", "admin")


@tagged("post_install", "-at_install")
class TestPartRequestAccess(RequestCase):
    """Who sees and writes which request."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.prepared("ship")
        cls.short = cls.receive(cls.own, good=2)
        cls.foreign = cls.create_request(
            role="parts_keeper", engineer_id=cls.other_engineer.id
        )
        cls.at_point = cls.create_request(
            role="parts_keeper", engineer_id=False, partner_id=cls.point_partner.id
        )
        cls.all_requests = (cls.own | cls.foreign | cls.at_point).with_env(cls.env)
        other_point = cls.env["res.partner"].create(
            {"name": "Other point", "qifei_is_service_partner": True}
        )
        cls.at_other_point = cls.create_request(
            role="parts_keeper", engineer_id=False, partner_id=other_point.id
        ).with_env(cls.env)
        cls.all_requests |= cls.at_other_point
        cls.second_company = cls.env["res.company"].create({"name": "Second company"})

    def seen_by(self, user, model="qifei.part.request"):
        return self.env[model].with_user(user).search([])

    def seen_here(self, user):
        return self.seen_by(user).with_env(self.env) & self.all_requests

    def test_desk_sees_all(self):
        for role in DESK:
            with self.subTest(role=role):
                self.assertEqual(self.seen_here(self.users[role]), self.all_requests)
                lines = self.seen_by(self.users[role], "qifei.part.request.line")
                self.assertLessEqual(self.all_requests.line_ids, lines)
                found = self.seen_by(self.users[role], "qifei.part.discrepancy")
                self.assertIn(self.short, found)

    def test_engineer_sees_his_own(self):
        engineer = self.users["engineer"]
        self.assertEqual(self.seen_here(engineer), self.own)
        self.assertEqual(
            self.seen_by(engineer, "qifei.part.request.line")
            & self.all_requests.line_ids,
            self.own.line_ids,
        )
        self.assertIn(self.short, self.seen_by(engineer, "qifei.part.discrepancy"))
        for name in ("name", "state", "part_summary", "note"):
            with self.assertRaises(AccessError):
                self.foreign.with_user(engineer).read([name])

    def test_engineer_of_the_point_sees_its_requests(self):
        self.engineer.sudo().service_point_id = self.point_partner
        self.assertEqual(
            self.seen_here(self.users["engineer"]), self.own | self.at_point
        )
        contact = self.env["res.partner"].create(
            {
                "name": "Branch",
                "parent_id": self.point_partner.id,
                "qifei_is_service_partner": True,
            }
        )
        self.engineer.sudo().service_point_id = contact
        self.assertEqual(
            self.seen_here(self.users["engineer"]), self.own | self.at_point
        )

    def test_service_point_sees_its_own(self):
        self.assertEqual(self.seen_here(self.portal_user), self.at_point)
        self.assertEqual(
            self.seen_by(self.portal_user, "qifei.part.request.line")
            & self.all_requests.line_ids,
            self.at_point.line_ids,
        )
        with self.assertRaises(AccessError):
            self.at_other_point.with_user(self.portal_user).read(["name"])
        for values in ({"note": "Hello"}, {"priority": "3"}, {"state": "submitted"}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.at_point.with_user(self.portal_user).write(values)
        for step in ("submit", "cancel"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                getattr(self.at_point.with_user(self.portal_user), f"action_{step}")()
        with self.assertRaises(AccessError):
            self.env["qifei.part.request"].with_user(self.portal_user).create(
                {"partner_id": self.point_partner.id}
            )

    def test_others_see_nothing(self):
        stranger = new_test_user(
            self.env, login="qifei_test_stranger", groups="base.group_portal"
        )
        self.assertFalse(self.seen_by(stranger))
        self.assertFalse(self.seen_by(stranger, "qifei.part.request.line"))
        with self.assertRaises(AccessError):
            self.seen_by(self.user_nobody)
        public = self.env.ref("base.public_user")
        with self.assertRaises(AccessError):
            self.seen_by(public)

    def test_lookers_on_change_nothing(self):
        for role in ("agent", "dispatcher"):
            user = self.users[role]
            with self.subTest(role=role):
                with self.assertRaises(AccessError):
                    self.at_point.with_user(user).write({"note": "Hello"})
                with self.assertRaises(AccessError):
                    self.at_point.line_ids.with_user(user).write({"quantity": 9})
                with self.assertRaises(AccessError):
                    self.at_point.with_user(user).unlink()
                with self.assertRaises(AccessError):
                    self.create_request(role=role)
                with self.assertRaises(AccessError):
                    self.short.with_user(user).write({"note": "Hello"})

    def test_engineer_writes_no_discrepancy(self):
        with self.assertRaises(AccessError):
            self.short.with_user(self.users["engineer"]).write({"note": "Hello"})
        model = self.env["qifei.part.discrepancy"].with_user(self.users["engineer"])
        with self.assertRaises(AccessError):
            model.create({"note": "Hello"})

    def test_draft_is_deleted_by_its_requester(self):
        request = self.create_request()
        request.unlink()
        self.assertFalse(request.exists())

    def test_engineer_reads_the_screen_without_stock_rights(self):
        request = self.own.with_user(self.users["engineer"])
        names = [
            name
            for name, field in request._fields.items()
            if request._has_field_access(field, "read")
        ]
        self.assertNotIn("picking_ids", names)
        values = request.read(names)[0]
        self.assertTrue(values["consignment_note"])
        lines = request.line_ids
        line_names = [
            name
            for name, field in lines._fields.items()
            if lines._has_field_access(field, "read")
        ]
        self.assertEqual(lines.read(line_names)[0]["quantity_received"], 2)
        found = request.discrepancy_ids
        found.read(
            [
                name
                for name, field in found._fields.items()
                if found._has_field_access(field, "read")
            ]
        )

    def test_photos_are_seen_by_the_keeper_and_the_holder_only(self):
        request = self.prepared("ship")
        damaged = self.receive(request, good=2, damaged=1)
        photo = damaged.photo_ids.with_env(self.env)
        self.assertEqual(photo.res_model, "qifei.part.discrepancy")
        for role in ("parts_keeper", "engineer", "agent"):
            self.assertTrue(photo.with_user(self.users[role]).has_access("read"), role)
        self.assertFalse(photo.with_user(self.user_nobody).has_access("read"))
        self.assertFalse(photo.with_user(self.portal_user).has_access("read"))

    def test_companies_are_apart(self):
        keeper = self.users["parts_keeper"]
        self.env["stock.warehouse"].sudo().search(
            [("company_id", "=", self.second_company.id)]
        ) or self.env["stock.warehouse"].create(
            {
                "name": "Second",
                "code": "SEC",
                "company_id": self.second_company.id,
            }
        )
        self.users["manager"].sudo().company_ids = [
            Command.link(self.second_company.id)
        ]
        point = self.point_partner
        model = self.env["qifei.part.request"].with_user(self.users["manager"])
        request = model.with_context(
            allowed_company_ids=[self.second_company.id, self.company.id]
        ).create(
            {
                "company_id": self.second_company.id,
                "partner_id": point.id,
                "line_ids": [
                    Command.create({"product_id": self.part.id, "quantity": 1})
                ],
            }
        )
        self.assertEqual(request.destination_id.company_id, self.second_company)
        self.assertEqual(request.source_id.company_id, self.second_company)
        self.assertNotIn(request, self.seen_by(keeper))
        with self.assertRaises(AccessError):
            request.with_user(keeper).read(["name"])
        with self.assertRaises(Exception):  # noqa: B017 - core's own sentence
            request.write({"source_id": self.stock.id})
            self.env.flush_all()
