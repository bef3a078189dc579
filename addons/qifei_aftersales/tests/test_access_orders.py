from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common_orders import ServiceCase

MODELS = (
    "qifei.ticket.type",
    "qifei.ticket",
    "qifei.work.order",
    "qifei.work.order.line",
)
# Rights of each role on MODELS, in the order read, write, create, unlink.
RIGHTS = {
    "agent": ("r---", "rwc-", "rwc-", "rwcu"),
    "dispatcher": ("r---", "rwc-", "rwc-", "rwcu"),
    "engineer": ("r---", "r---", "rw--", "rwcu"),
    "parts_keeper": ("r---", "r---", "r---", "r---"),
    "manager": ("rwc-", "rwcu", "rwcu", "rwcu"),
    "admin": ("rwcu", "rwcu", "rwcu", "rwcu"),
    "nobody": ("----", "----", "----", "----"),
    "portal": ("r---", "r---", "r---", "r---"),
}
OPERATIONS = ("read", "write", "create", "unlink")


@tagged("post_install", "-at_install")
class TestAccess(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_customer = new_test_user(
            cls.env,
            login="qifei_test_customer",
            groups="base.group_portal",
            name="Portal customer",
        )
        cls.user_helper = new_test_user(
            cls.env, login="qifei_test_helper", groups="base.group_portal"
        )

    def _get_user(self, role):
        return {"nobody": self.user_nobody, "portal": self.user_customer}.get(
            role
        ) or self.users[role]

    def test_rights_of_each_role(self):
        for role, rights in RIGHTS.items():
            for model, letters in zip(MODELS, rights, strict=True):
                for operation, letter in zip(OPERATIONS, letters, strict=True):
                    with self.subTest(role=role, model=model, operation=operation):
                        self.assertEqual(
                            self.env[model]
                            .with_user(self._get_user(role))
                            .has_access(operation),
                            letter != "-",
                        )

    def test_engineer_sees_his_orders_with_their_tickets_only(self):
        mine, other = self.create_tickets(2)
        my_order = self.create_orders(ticket_id=mine.id)
        their_order = self.create_orders(
            ticket_id=other.id, engineer_id=self.other_engineer.id
        )
        my_line, their_line = self.add_charge(my_order), self.add_charge(their_order)
        user = self.users["engineer"]
        for seen, hidden in (
            (mine, other),
            (my_order, their_order),
            (my_line, their_line),
        ):
            with self.subTest(model=seen._name):
                found = seen.with_user(user).search([])
                self.assertIn(seen, found)
                self.assertNotIn(hidden, found)
                with self.assertRaises(AccessError):
                    hidden.with_user(user).read(["id", "display_name"])

    def test_customers_see_their_own_and_shared_ones(self):
        company = self.env["res.partner"].create(
            {"name": "Portal company", "is_company": True}
        )
        self.user_customer.partner_id.parent_id = company
        own = self.create_orders(partner_id=company.id)
        shared = self.create_orders(
            shared_partner_ids=[Command.set(self.user_customer.partner_id.ids)]
        )
        shared_with_company = self.create_orders(
            shared_partner_ids=[Command.set(company.ids)]
        )
        foreign = self.create_orders()
        for order in own, shared, shared_with_company, foreign:
            self.add_charge(order)
        found = self.env["qifei.work.order"].with_user(self.user_customer).search([])
        self.assertEqual(found, own | shared | shared_with_company)
        lines = (
            self.env["qifei.work.order.line"].with_user(self.user_customer).search([])
        )
        self.assertEqual(lines, own.line_ids)
        found = self.env["qifei.work.order"].with_user(self.user_helper).search([])
        self.assertFalse(found)

    def test_customers_see_their_own_tickets(self):
        own = self.create_tickets(partner_id=self.user_customer.partner_id.id)
        foreign = self.create_tickets()
        found = self.env["qifei.ticket"].with_user(self.user_customer).search([])
        self.assertEqual(found, own)
        with self.assertRaises(AccessError):
            foreign.with_user(self.user_customer).read(["name"])

    def test_customers_write_nothing_and_do_no_step(self):
        partner = self.user_customer.partner_id
        order = self.create_orders(partner_id=partner.id)
        ticket = self.create_tickets(partner_id=partner.id)
        for record in order, ticket:
            with self.assertRaises(AccessError):
                record.with_user(self.user_customer).write({"contact_name": "Me"})
        for name in self.env["qifei.work.order"]._get_transitions():
            with self.subTest(action=name), self.assertRaises(UserError):
                getattr(order.with_user(self.user_customer), f"action_{name}")()
        with self.assertRaises(AccessError):
            order.with_user(self.user_customer).action_create_invoice()

    def test_other_companies_are_out_of_sight(self):
        other_company = self.env["res.company"].create({"name": "Other company"})
        foreign_type = self.env["qifei.ticket.type"].create(
            {"name": "Foreign", "code": "foreign", "company_id": other_company.id}
        )
        env = self.env(
            context={**self.env.context, "allowed_company_ids": other_company.ids}
        )
        self.env.user.company_ids |= other_company
        ticket = env["qifei.ticket"].create(
            {"partner_id": self.customer.id, "ticket_type_id": foreign_type.id}
        )
        order = ticket._create_work_orders()
        line = env["qifei.work.order.line"].create(
            {"order_id": order.id, "product_id": self.labour.id}
        )
        self.assertEqual(order.company_id, other_company)
        self.assertEqual(line.company_id, other_company)
        for record in foreign_type, ticket, order, line:
            for role in ("agent", "dispatcher", "manager", "admin"):
                with self.subTest(model=record._name, role=role):
                    model = self.env[record._name].with_user(self.users[role])
                    self.assertNotIn(record.id, model.search([]).ids)

    def test_order_takes_the_company_of_its_ticket(self):
        other_company = self.env["res.company"].create({"name": "Other company"})
        ticket = self.create_tickets(company_id=other_company.id)
        order = self.env["qifei.work.order"].create({"ticket_id": ticket.id})
        self.assertEqual(order.company_id, other_company)

    def test_records_of_two_companies_do_not_mix(self):
        other_company = self.env["res.company"].create({"name": "Other company"})
        self.env.user.company_ids |= other_company
        foreign = self.env["qifei.engineer"].create(
            {"name": "Foreign engineer", "company_id": other_company.id}
        )
        with self.assertRaises(UserError):
            self.create_orders(engineer_id=foreign.id)

    def test_companies_number_for_themselves(self):
        other_company = self.env["res.company"].create({"name": "Other company"})
        mine = self.create_tickets(2)
        theirs = self.create_tickets(2, company_id=other_company.id)
        self.assertEqual(theirs[0].name[-5:], "00001")
        self.assertEqual(int(mine[1].name[2:]) - int(mine[0].name[2:]), 1)

    def test_private_steps_are_out_of_reach_by_rpc(self):
        from odoo.service.model import get_public_method

        for name in (
            "_sign",
            "_object",
            "_rate",
            "_accept_estimate",
            "_refuse_estimate",
            "_seal",
            "_apply_transition",
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                get_public_method(self.env["qifei.work.order"], name)
