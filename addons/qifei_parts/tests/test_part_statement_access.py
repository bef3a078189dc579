from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common_statement import APRIL, StatementCase

STATEMENT = "qifei.part.statement"
LINE = "qifei.part.statement.line"


@tagged("post_install", "-at_install")
class TestPartStatementAccess(StatementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_point = cls.create_point("Other point")
        cls.other_place = cls.other_point._get_point_location(cls.company)
        cls.point_engineer = new_test_user(
            cls.env, login="qifei_test_at_point", groups="qifei_base.group_engineer"
        )
        cls.env["qifei.engineer"].create(
            {
                "name": "Engineer of the point",
                "user_id": cls.point_engineer.id,
                "service_point_id": cls.partner.id,
            }
        )
        for place in (cls.point, cls.van, cls.other_place):
            cls.stock_up(3.0, place=place)
        cls.of_point = cls.draw_up()
        cls.of_point.action_send()
        cls.of_point_draft = cls.draw_up(month=APRIL)
        cls.of_van = cls.draw_up(cls.van)
        cls.of_other = cls.draw_up(cls.other_place)
        cls.of_other.action_send()
        cls.all = cls.of_point + cls.of_point_draft + cls.of_van + cls.of_other

    def test_only_who_reads_it_prints_it(self):
        reports = self.env["ir.actions.report"].with_user(self.point_engineer)
        report = "qifei_parts.report_part_statement"
        self.env.invalidate_all()
        html = reports._render_qweb_html(report, self.of_point.ids)[0].decode()
        self.assertIn(self.of_point.name, html)
        for foreign in self.of_van + self.of_other:
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                reports._render_qweb_html(report, foreign.ids)

    def seen_by(self, user):
        statements = self.env[STATEMENT].with_user(user)
        if not statements.has_access("read"):
            return self.env[STATEMENT]
        return (
            statements.search([("id", "in", self.all.ids)])
            .sudo(False)
            .with_user(self.env.user)
        )

    def test_everybody_reads_his_own(self):
        both = self.of_point + self.of_point_draft
        for user, expected in (
            (self.users["parts_keeper"], self.all),
            (self.users["manager"], self.all),
            (self.users["admin"], self.all),
            (self.users["engineer"], self.of_van),
            (self.point_engineer, both),
            (self.portal_user, self.of_point),
            (self.users["agent"], self.env[STATEMENT]),
            (self.users["dispatcher"], self.env[STATEMENT]),
            (self.user_nobody, self.env[STATEMENT]),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.seen_by(user), expected)
                if expected:
                    lines = (
                        self.env[LINE]
                        .with_user(user)
                        .search([("statement_id", "in", self.all.ids)])
                    )
                    self.assertEqual(
                        set(lines.sudo().statement_id.ids), set(expected.ids)
                    )
                    for statement in self.all - expected:
                        self.assertFalse(statement.with_user(user).has_access("read"))

    def test_only_keepers_and_managers_write(self):
        for user, expected in (
            (self.users["parts_keeper"], True),
            (self.users["manager"], True),
            (self.users["engineer"], False),
            (self.point_engineer, False),
            (self.portal_user, False),
            (self.users["agent"], False),
        ):
            for operation in ("write", "create", "unlink"):
                with self.subTest(user=user.login, operation=operation):
                    for model in (STATEMENT, LINE):
                        self.assertEqual(
                            self.env[model].with_user(user).has_access(operation),
                            expected,
                        )

    def test_holders_without_the_role_are_refused_the_company_steps(self):
        for user in (self.users["engineer"], self.point_engineer, self.portal_user):
            statement = (
                self.of_van if user == self.users["engineer"] else self.of_point
            ).with_user(user)
            for step in (
                statement.action_send,
                statement.action_confirm,
                statement.action_withdraw,
                statement.action_refresh,
                statement.action_open_adjust,
            ):
                with (
                    self.subTest(user=user.login, step=step.__name__),
                    self.assertRefused("", Exception),
                ):
                    step()
            self.assertIn(statement.sudo().state, ("draft", "sent"))
            self.assertFalse(statement.sudo().company_confirmed_on)
            line = statement.line_ids[0]
            with self.assertRefused("", AccessError):
                line.write({"counted": 1.0})

    def test_strangers_do_not_act_for_the_holder(self):
        for user in (
            self.users["engineer"],
            self.users["manager"],
            self.users["agent"],
            self.user_nobody,
        ):
            statement = self.of_point.with_user(user)
            for step in (
                statement.action_confirm_as_holder,
                statement.action_open_count,
                lambda statement=statement: statement._count_as_holder({}),
            ):
                with (
                    self.subTest(user=user.login),
                    self.assertRefused("", AccessError),
                ):
                    step()

    def test_the_engineer_of_a_point_acts_for_it(self):
        statement = self.of_point.with_user(self.point_engineer)
        self.assertTrue(statement.can_act_for_holder)
        line = statement.line_ids
        statement._count_as_holder({line.id: 3.0})
        statement.action_confirm_as_holder()
        self.assertEqual(
            self.of_point.holder_confirmed_by_id, self.point_engineer.partner_id
        )

    def test_the_portal_user_acts_through_the_page(self):
        statement = self.of_point.with_user(self.portal_user)
        statement._count_by_partner(
            self.portal_user.partner_id, {self.of_point.line_ids.id: 3.0}
        )
        self.assertTrue(statement._confirm_by_partner(self.portal_user.partner_id))
        with self.assertRefused("", AccessError):
            self.of_other.with_user(self.portal_user)._confirm_by_partner(
                self.portal_user.partner_id
            )

    def test_moves_are_shown_to_who_reads_moves(self):
        line = self.of_point.line_ids.with_user(self.portal_user)
        with self.assertRefused("", AccessError):
            line.action_open_figure("opening")
        line = self.of_van.line_ids.with_user(self.users["parts_keeper"])
        self.assertEqual(line.action_open_figure("opening")["type"][:10], "ir.actions")

    def test_other_companies_stay_apart(self):
        company = self.env["res.company"].create({"name": "Other company"})
        keeper = new_test_user(
            self.env,
            login="qifei_test_other_company",
            groups="qifei_base.group_parts_keeper",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.assertFalse(self.seen_by(keeper))
        with self.assertRefused(""):
            self.env[STATEMENT].create(
                {"company_id": company.id, "location_id": self.point.id}
            )

    def test_reading_costs_the_same_for_few_and_many(self):
        user = self.users["parts_keeper"]
        names = ["name", "state", "closing_value", "can_confirm", "display_name"]
        self.assertFlatQueries(
            lambda some: some.with_user(user).read(names),
            self.of_point,
            self.all,
            margin=1,
        )
