import io

from PIL import Image

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.qifei_base.models.qifei_state_mixin import StateGrant

ROLES = ("agent", "dispatcher", "engineer", "parts_keeper", "manager", "admin")


def force_state(record, state):
    """Put a record into a state without its actions, to prepare a test."""
    grant = StateGrant(record._name, state)
    record.sudo().with_context(qifei_base_state_grant=grant).write({"state": state})


def draw_picture(size=(64, 48), form="PNG", **options):
    """Return a small picture as bytes."""
    stream = io.BytesIO()
    Image.new("RGB", size, "teal").save(stream, form, **options)
    return stream.getvalue()


class QifeiCase(TransactionCase):
    """Base of the suite's tests: one user per role and the growth check.

    ``cls.users`` maps each name of ``ROLES`` to a user of the main company with that
    role alone; ``cls.user_nobody`` is an employee without a role.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={
                **cls.env.context,
                "tracking_disable": True,
                "no_reset_password": True,
            }
        )
        cls.users = {
            role: new_test_user(
                cls.env,
                login=f"qifei_test_{role}",
                groups=f"base.group_user,qifei_base.group_{role}",
            )
            for role in ROLES
        }
        cls.user_nobody = new_test_user(
            cls.env, login="qifei_test_nobody", groups="base.group_user"
        )

    def assertFlatQueries(self, func, few, many, margin=0):
        """Fail when ``func(many)`` needs more queries than ``func(few)``.

        ``few`` and ``many`` are handed to ``func`` as they are: recordsets, numbers,
        lists of values. Whatever ``func`` does is rolled back.

        :param margin: further queries that are accepted
        :return: the two numbers of queries
        """
        self._count_queries(func, few)
        self._count_queries(func, many)
        count_few = self._count_queries(func, few)
        count_many = self._count_queries(func, many)
        self.assertLessEqual(
            count_many,
            count_few + margin,
            f"The number of queries grows with the records: {count_few} for few, "
            f"{count_many} for many.",
        )
        return count_few, count_many

    def _count_queries(self, func, argument):
        savepoint = self.env.cr.savepoint()
        try:
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            func(argument)
            self.env.flush_all()
            self.env.cr.precommit.run()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before
        finally:
            savepoint.close(rollback=True)


class TransitionMatrixMixin:
    """Tries every action in every state as every role, and every plain write.

    Mix it into a ``QifeiCase`` and call ``assertTransitionMatrix(model_name)``. A
    document that needs more than its state for an action overrides the hooks.
    """

    matrix_roles = ROLES

    # === HOOKS === #

    def _matrix_record(self, role, user):
        """Return a record that ``user`` may write and all actions can work with.

        :param role: one of ``matrix_roles``, or ``superuser``
        """
        raise NotImplementedError

    def _matrix_prepare(self, record, action):
        """Fill in what ``action`` needs, once the record is in its state."""

    def _matrix_arguments(self, record, action):
        """Return the keyword arguments of ``action_<action>()``."""
        return {}

    # === CHECKS === #

    def assertTransitionMatrix(self, model_name):
        """Compare the behaviour of a model with its table, cell by cell.

        :return: number of cells that were tried
        """
        model = self.env[model_name]
        table = model._get_transitions()
        states = [value for value, _label in model._fields["state"].selection]
        self._assert_table_is_sound(model, table, states)
        cells = 0
        for role in ("superuser", *self.matrix_roles):
            user = self.env.user if role == "superuser" else self.users[role]
            record = self._matrix_record(role, user)
            as_user = record.sudo() if role == "superuser" else record.with_user(user)
            for state in states:
                for action in table:
                    with self.subTest(role=role, state=state, action=action):
                        self._check_action_cell(as_user, state, action)
                    cells += 1
                for target in states:
                    with self.subTest(role=role, state=state, write=target):
                        self._check_write_cell(as_user, state, target)
                    cells += 1
        expected = (
            (len(self.matrix_roles) + 1) * len(states) * (len(table) + len(states))
        )
        self.assertEqual(cells, expected)
        return cells

    def _assert_table_is_sound(self, model, table, states):
        for action, transition in table.items():
            self.assertLessEqual({*transition.sources, transition.target}, {*states})
            self.assertTrue(hasattr(model, f"action_{action}"), action)
            for group in transition.groups:
                self.env.ref(group)
        reachable = {model._initial_state, *(row.target for row in table.values())}
        self.assertEqual(reachable, {*states}, "Some states cannot be reached.")

    def _is_allowed(self, record, transition):
        return (
            record.env.su
            or not transition.groups
            or any(record.env.user.has_group(group) for group in transition.groups)
        )

    def _check_action_cell(self, record, state, action):
        transition = record._get_transitions()[action]
        possible = state in transition.sources
        savepoint = self.env.cr.savepoint()
        try:
            force_state(record, state)
            self._matrix_prepare(record, action)
            record.invalidate_recordset()
            allowed = self._is_allowed(record, transition)
            if f"can_{action}" in record._fields:
                may_write = record.env.su or record.has_access("write")
                self.assertEqual(
                    record[f"can_{action}"], possible and allowed and may_write
                )
            run = getattr(record, f"action_{action}")
            arguments = self._matrix_arguments(record, action)
            if possible and allowed:
                run(**arguments)
                self.assertEqual(record.sudo().state, transition.target)
                return
            with self.assertRaises(UserError if not possible else AccessError):
                run(**arguments)
            self.assertEqual(record.sudo().state, state)
        finally:
            savepoint.close(rollback=True)

    def _check_write_cell(self, record, state, target):
        table = record._get_transitions()
        actions = [
            action
            for action, transition in table.items()
            if state in transition.sources and target == transition.target
        ]
        allowed = [
            action for action in actions if self._is_allowed(record, table[action])
        ]
        savepoint = self.env.cr.savepoint()
        try:
            force_state(record, state)
            for action in allowed[:1]:
                self._matrix_prepare(record, action)
            record.invalidate_recordset()
            if state == target:
                # Nothing to do: nobody is told off for keeping what is there.
                if record.env.su or record.has_access("write"):
                    record.write({"state": target})
                    self.assertEqual(record.sudo().state, state)
            elif not allowed:
                with self.assertRaises(UserError):
                    record.write({"state": target})
                self.assertEqual(record.sudo().state, state)
            elif not self._matrix_arguments(record, allowed[0]):
                record.write({"state": target})
                self.assertEqual(record.sudo().state, target)
        finally:
            savepoint.close(rollback=True)
