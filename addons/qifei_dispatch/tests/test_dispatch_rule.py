from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_ways import WaysCase

RIGHTS = {
    "agent": "r---",
    "dispatcher": "r---",
    "engineer": "r---",
    "parts_keeper": "r---",
    "manager": "rwcu",
    "admin": "rwcu",
}
OPERATIONS = ("read", "write", "create", "unlink")


@tagged("post_install", "-at_install")
class TestDispatchRule(WaysCase):
    def test_rights_of_each_role(self):
        for role, letters in RIGHTS.items():
            rules = self.env["qifei.dispatch.rule"].with_user(self.users[role])
            for operation, letter in zip(OPERATIONS, letters, strict=True):
                with self.subTest(role=role, operation=operation):
                    self.assertEqual(rules.has_access(operation), letter != "-")
        self.assertFalse(
            self.env["qifei.dispatch.rule"]
            .with_user(self.user_nobody)
            .has_access("read")
        )

    def test_rules_of_other_companies_are_out_of_sight(self):
        company = self.env["res.company"].create({"name": "Ways company"})
        foreign = self.create_rule(company_id=company.id)
        shared = self.create_rule()
        found = (
            self.env["qifei.dispatch.rule"]
            .with_user(self.users["dispatcher"])
            .search([])
        )
        self.assertIn(shared, found)
        self.assertNotIn(foreign, found)

    def test_filter_that_cannot_be_used_is_refused_in_words(self):
        rule = self.create_rule()
        self.create_free(1)
        for domain in (
            "nonsense",
            "[('no_such_field', '=', 1)]",
            "[('priority', 'no operator', '3')]",
            "[('priority',)]",
            "__import__('os').system('true')",
            "[('id', '=', uid)]",
            "[" * 500,
            "5",
            "{'a': 1}",
            "[('name', '>', 3)]",
        ):
            with (
                self.subTest(domain=domain[:40]),
                mute_logger("odoo.domains"),
                self.assertRaisesRegex(ValidationError, "filter of “Ways rule”"),
            ):
                rule.domain = domain
                rule.flush_recordset()

    def test_manager_cannot_filter_by_what_he_may_not_see(self):
        rule = self.create_rule()
        for domain in (
            "[('create_uid.password', 'like', 'a%')]",
            "[('create_uid.totp_secret', '!=', False)]",
        ):
            with self.subTest(domain=domain), self.assertRaises(UserError):
                rule.with_user(self.users["manager"]).domain = domain

    def test_a_rule_does_not_go_on_to_its_own_way(self):
        with self.assertRaisesRegex(ValidationError, "has begun with"):
            self.create_rule(way="pool", fallback_way="pool")

    def test_impossible_numbers_are_refused(self):
        rule = self.create_rule()
        for values in (
            {"fallback_minutes": 0},
            {"fallback_minutes": 10081},
            {"weight_load": -1},
            {"weight_travel": float("nan")},
            {"weight_affinity": float("inf")},
            {"weight_preferred": 10001},
        ):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(Exception) as refusal,
                self.cr.savepoint(),
            ):
                rule.write(values)
                rule.flush_recordset()
            self.assertIn(
                type(refusal.exception).__name__, ("CheckViolation", "ValidationError")
            )

    def test_first_rule_that_fits_applies(self):
        urgent = self.create_rule(domain="[('priority', '=', '3')]", sequence=2)
        anything = self.create_rule(sequence=3)
        company = self.env["res.company"].create({"name": "Ways company"})
        foreign = self.create_rule(company_id=company.id, sequence=1)
        normal, hot = self.create_free(), self.create_free(priority="3")
        matches = self.env["qifei.dispatch.rule"]._match_orders(normal | hot)
        self.assertEqual(matches, {urgent: hot, anything: normal})
        anything.active = False
        matches = self.env["qifei.dispatch.rule"]._match_orders(normal | hot)
        self.assertEqual(matches[self.env["qifei.dispatch.rule"]], normal)
        self.assertNotIn(foreign, matches)

    def test_matching_orders_are_shown(self):
        rule = self.create_rule(domain="[('priority', '=', '3')]")
        hot = self.create_free(priority="3")
        self.create_orders(priority="3")
        action = rule.with_user(self.users["dispatcher"]).action_view_orders()
        found = self.env["qifei.work.order"].search(action["domain"])
        self.assertIn(hot, found)
        self.assertNotIn("Ways near", found.engineer_id.mapped("name"))
        self.assertFalse(found.engineer_id)

    def test_filter_of_a_removed_field_is_an_error_with_a_name(self):
        rule = self.create_rule()
        self.cr.execute(
            "UPDATE qifei_dispatch_rule SET domain = %s WHERE id = %s",
            ("nonsense", rule.id),
        )
        rule.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "filter of “Ways rule”"):
            rule._get_domain()
