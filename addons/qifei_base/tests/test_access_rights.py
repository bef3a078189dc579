from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import ROLES, QifeiCase

VOCABULARY = (
    "qifei.fault.symptom",
    "qifei.fault.cause",
    "qifei.fault.location",
    "qifei.repair.method",
)
READ, ALL = {"read"}, {"read", "write", "create", "unlink"}


@tagged("post_install", "-at_install")
class TestAccessRights(QifeiCase):
    """Every model × every role × every operation, allowed and refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = {
            **cls.users,
            "nobody": cls.user_nobody,
            "portal": new_test_user(
                cls.env, login="qifei_test_portal", groups="base.group_portal"
            ),
            "public": cls.env.ref("base.public_user"),
        }

    def _get_matrix(self):
        matrix = {}
        for model in VOCABULARY:
            matrix[model] = dict.fromkeys(ROLES, READ) | {"admin": ALL}
        matrix["qifei.service.area"] = dict.fromkeys(ROLES, READ) | {
            "manager": ALL,
            "admin": ALL,
        }
        matrix["qifei.service.area.find"] = {
            "dispatcher": ALL,
            "manager": ALL,
            "admin": ALL,
        }
        everybody = dict.fromkeys((*ROLES, "nobody", "portal", "public"), READ)
        matrix["qifei.announcement"] = everybody | {"manager": ALL, "admin": ALL}
        readers = {"manager": READ, "admin": READ}
        matrix["qifei.announcement.receipt"] = readers
        matrix["auditlog.log"] = readers
        matrix["auditlog.log.line"] = readers
        matrix["auditlog.rule"] = {}
        return matrix

    def test_model_access_of_every_role(self):
        for model_name, allowed in self._get_matrix().items():
            for role, user in self.people.items():
                model = self.env[model_name].with_user(user)
                for operation in sorted(ALL):
                    with self.subTest(model=model_name, role=role, op=operation):
                        self.assertEqual(
                            model.has_access(operation),
                            operation in allowed.get(role, ()),
                        )

    def test_every_model_of_the_addon_is_in_the_matrix(self):
        names = {
            model.model
            for model in self.env["ir.model"].search([("model", "like", "qifei.")])
            if self.env[model.model]._original_module == "qifei_base"
            and not self.env[model.model]._abstract
        }
        self.assertEqual(names - {*self._get_matrix()}, set())

    def test_roles_build_on_each_other(self):
        def has(role, group):
            return self.users[role].has_group(f"qifei_base.group_{group}")

        for role in ("agent", "dispatcher", "parts_keeper"):
            self.assertTrue(has("manager", role))
            self.assertEqual([group for group in ROLES if has(role, group)], [role])
        self.assertFalse(has("manager", "engineer"))
        self.assertTrue(has("admin", "manager"))
        self.assertFalse(has("manager", "admin"))

    def test_administrators_maintain_the_catalogue(self):
        for name in ("product.category", "product.template"):
            for role, allowed in (("engineer", False), ("admin", True)):
                model = self.env[name].with_user(self.users[role])
                with self.subTest(model=name, role=role):
                    self.assertTrue(model.has_access("read"))
                    self.assertEqual(model.has_access("create"), allowed)

    def test_roles_are_given_in_bulk(self):
        group = self.env.ref("qifei_base.group_engineer")
        users = self.users["agent"] | self.users["dispatcher"]
        group.write({"user_ids": [Command.link(user.id) for user in users]})
        for user in users:
            self.assertTrue(user.has_group("qifei_base.group_engineer"))

    def test_other_people_do_not_see_the_menu(self):
        menu = self.env.ref("qifei_base.qifei_base_menu_root")
        for role in (*ROLES, "nobody"):
            user = self.people[role]
            visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            with self.subTest(role=role):
                self.assertEqual(menu.id in visible, role in ROLES)

    def test_receipts_cannot_be_forged(self):
        announcement = self.env["qifei.announcement"].create({"name": "Notice"})
        vals = {
            "announcement_id": announcement.id,
            "user_id": self.user_nobody.id,
            "read_on": "2026-01-23 10:00:00",
        }
        for role, user in self.people.items():
            receipts = self.env["qifei.announcement.receipt"].with_user(user)
            with self.subTest(role=role), self.assertRaises(AccessError):
                receipts.create(vals)
