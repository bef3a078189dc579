from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import QifeiCase, TransitionMatrixMixin, force_state


@tagged("post_install", "-at_install")
class TestStateMixin(TransitionMatrixMixin, QifeiCase):
    """The state guard, on the announcement, the document of this addon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.announcement = cls.env["qifei.announcement"].create({"name": "Notice"})

    def _matrix_record(self, role, user):
        return self.env["qifei.announcement"].create({"name": role})

    def test_matrix_every_action_state_and_role(self):
        cells = self.assertTransitionMatrix("qifei.announcement")
        self.assertEqual(cells, 7 * 3 * (2 + 3))

    def test_create_in_another_state_is_refused(self):
        with self.assertRaisesRegex(UserError, "starts as “Draft”"):
            self.env["qifei.announcement"].create(
                {"name": "Notice", "state": "published"}
            )

    def test_create_in_initial_state_is_accepted(self):
        vals = {"name": "Notice", "state": "draft"}
        announcement = self.env["qifei.announcement"].create(vals)
        self.assertEqual(announcement.state, "draft")
        self.assertEqual(vals, {"name": "Notice", "state": "draft"})

    def test_write_of_state_runs_the_action(self):
        self.announcement.write({"state": "published", "name": "Changed"})
        self.assertEqual(self.announcement.state, "published")
        self.assertEqual(self.announcement.name, "Changed")

    def test_impossible_write_changes_nothing_else(self):
        with (
            self.assertRaisesRegex(UserError, "cannot go from “Draft” to “Withdrawn”"),
            self.env.cr.savepoint(),
        ):
            self.announcement.write({"state": "withdrawn", "name": "Changed"})
        self.assertEqual(self.announcement.name, "Notice")

    def test_write_of_many_groups_them_by_action(self):
        others = self.env["qifei.announcement"].create(
            [{"name": "Draft"}, {"name": "Withdrawn"}, {"name": "Published"}]
        )
        force_state(others[1], "withdrawn")
        force_state(others[2], "published")
        others.write({"state": "published"})
        self.assertEqual(others.mapped("state"), ["published"] * 3)

    def test_one_impossible_record_refuses_the_batch(self):
        other = self.env["qifei.announcement"].create({"name": "Out"})
        force_state(other, "published")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            (self.announcement | other).action_publish()
        self.assertEqual(self.announcement.state, "draft")

    def test_grant_cannot_be_forged_by_a_client(self):
        for forged in (True, 1, "published", {"target": "published"}, ["published"]):
            with self.subTest(forged=forged), self.assertRaises(UserError):
                self.announcement.with_context(qifei_base_state_grant=forged).write(
                    {"state": "withdrawn"}
                )
        self.assertEqual(self.announcement.state, "draft")

    def test_refusal_names_the_roles_that_may(self):
        agent = self.announcement.with_user(self.users["agent"])
        force_state(self.announcement, "published")
        with self.assertRaisesRegex(AccessError, "Manager"):
            agent.action_withdraw()

    def test_empty_recordset_is_accepted(self):
        self.env["qifei.announcement"].action_publish()
        self.env["qifei.announcement"].write({"state": "published"})

    def test_unknown_state_is_refused(self):
        with self.assertRaises(UserError):
            self.announcement.write({"state": "nonsense"})

    def test_transition_of_many_is_flat(self):
        announcements = self.env["qifei.announcement"].create(
            [{"name": f"Notice {number}"} for number in range(20)]
        )
        self.assertFlatQueries(
            lambda records: records.action_publish(), announcements[:1], announcements
        )
        self.assertFlatQueries(
            lambda records: records.write({"state": "published"}),
            announcements[:1],
            announcements,
        )
        self.assertFlatQueries(
            lambda records: records.mapped("can_publish"),
            announcements[:1],
            announcements,
        )
