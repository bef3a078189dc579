from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_warranty import WarrantyCase

# Model: what each role may do (read, write, create, unlink).
MATRIX = {
    "qifei.skill": {"dispatcher": "rwc", "manager": "rwcu", "admin": "rwcu"},
    "qifei.engineer": {"dispatcher": "rwc", "manager": "rwcu", "admin": "rwcu"},
    "qifei.equipment": {
        "agent": "rwc",
        "dispatcher": "rwc",
        "manager": "rwcu",
        "admin": "rwcu",
    },
    "qifei.labour.rate": {"manager": "rwcu", "admin": "rwcu"},
    "qifei.warranty.policy": {"manager": "rwcu", "admin": "rwcu"},
    "qifei.warranty.policy.line": {"manager": "rwcu", "admin": "rwcu"},
    "qifei.warranty.card": {"agent": "rwc", "manager": "rwcu", "admin": "rwcu"},
    "qifei.warranty.card.line": {},
    "qifei.warranty.decision": {},
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}


@tagged("post_install", "-at_install")
class TestAccessMasterData(WarrantyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.env["qifei.warranty.card"].create(
            {"equipment_id": cls.equipment.id}
        )
        cls.card.action_activate()
        cls.engineer = cls.env["qifei.engineer"].create({"name": "Li Qiang"})
        cls.portal_user = new_test_user(
            cls.env,
            login="qifei_portal_owner",
            groups="base.group_portal",
            partner_id=cls.customer.id,
        )
        cls.other_portal_user = new_test_user(
            cls.env, login="qifei_portal_other", groups="base.group_portal"
        )

    def test_every_role_on_every_model(self):
        for model_name, roles in MATRIX.items():
            for role, user in self.users.items():
                allowed = roles.get(role, "r")
                for letter, operation in OPERATIONS.items():
                    with self.subTest(model=model_name, role=role, op=operation):
                        self.assertEqual(
                            self.env[model_name].with_user(user).has_access(operation),
                            letter in allowed,
                        )
            for user in (self.user_nobody,):
                self.assertFalse(
                    self.env[model_name].with_user(user).has_access("read")
                )

    def test_portal_users_write_nothing(self):
        for model_name in MATRIX:
            model = self.env[model_name].with_user(self.portal_user)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(model.has_access(operation), model_name)

    def test_portal_users_read_their_own(self):
        own = (self.equipment, self.card, self.card.line_ids)
        for records in own:
            self.assertTrue(records.with_user(self.portal_user).has_access("read"))
            self.assertFalse(
                records.with_user(self.other_portal_user).has_access("read")
            )
            self.assertFalse(
                self.env[records._name]
                .with_user(self.other_portal_user)
                .search([("id", "in", records.ids)])
            )

    def test_portal_users_of_one_company_share(self):
        company = self.env["res.partner"].create({"name": "Hotel", "is_company": True})
        self.customer.parent_id = company
        colleague = self.env["res.partner"].create(
            {"name": "Colleague", "parent_id": company.id}
        )
        machine = self.create_equipment("SN-2", partner_id=colleague.id)
        self.assertTrue(machine.with_user(self.portal_user).has_access("read"))

    def test_portal_users_see_no_drafts(self):
        draft = self.env["qifei.warranty.card"].create(
            {"equipment_id": self.create_equipment("SN-2").id}
        )
        self.assertFalse(draft.with_user(self.portal_user).has_access("read"))

    def test_an_agent_activates_and_an_engineer_does_not(self):
        drafts = self.env["qifei.warranty.card"].create(
            [{"equipment_id": self.create_equipment(f"A{n}").id} for n in range(2)]
        )
        drafts[0].with_user(self.users["agent"]).action_activate()
        self.assertEqual(drafts[0].state, "active")
        with self.assertRaises(AccessError):
            drafts[1].with_user(self.users["engineer"]).action_activate()
        with self.assertRaises(AccessError):
            drafts[1].with_user(self.users["agent"]).action_void(reason="x")

    def test_every_role_opens_the_screens(self):
        names = ["display_name"]
        for records in (
            self.engineer,
            self.equipment,
            self.card,
            self.policy,
        ):
            for role, user in self.users.items():
                with self.subTest(model=records._name, role=role):
                    view = records.with_user(user).get_view(view_type="form")
                    fields = view["models"][records._name]
                    records.with_user(user).web_read(
                        {
                            name: {}
                            for name in fields
                            if name in records._fields and name != "message_ids"
                        }
                        | dict.fromkeys(names, {})
                    )

    # === COMPANIES === #

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_companies_never_see_each_other(self):
        other = self.env["res.company"].create({"name": "Other company"})
        manager = new_test_user(
            self.env,
            login="qifei_other_manager",
            groups="base.group_user,qifei_base.group_admin",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        rate = self.env["qifei.labour.rate"].create(
            {"name": "Ours", "price": 1, "company_id": self.company.id}
        )
        self.policy.company_id = self.company
        for records in (
            self.equipment,
            self.card,
            self.card.line_ids,
            self.engineer,
            rate,
            self.policy,
            self.policy.line_ids,
        ):
            with self.subTest(model=records._name):
                self.assertFalse(records.with_user(manager).has_access("read"))
                self.assertFalse(
                    self.env[records._name]
                    .with_user(manager)
                    .search([("id", "in", records.ids)])
                )
                with self.assertRaises(AccessError):
                    records.with_user(manager).read(["display_name"])
        self.policy.company_id = False
        self.assertTrue(self.policy.with_user(manager).has_access("read"))

    def test_two_customers_with_one_phone_stay_apart(self):
        twin = self.env["res.partner"].create(
            {"name": "Twin", "phone": self.customer.phone}
        )
        machine = self.create_equipment("SN-2", partner_id=twin.id)
        self.assertFalse(machine.with_user(self.portal_user).has_access("read"))

    def test_serials_are_unique_per_company(self):
        other = self.env["res.company"].create({"name": "Other company"})
        self.env["qifei.equipment"].create(
            {
                "product_id": self.fridge.id,
                "serial": "SN-1",
                "partner_id": self.customer.id,
                "company_id": other.id,
            }
        )
