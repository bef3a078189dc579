from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import AccessError, UserError


class Transition(NamedTuple):
    """One row of a transition table.

    :param sources: states the record may be in
    :param target: state the record is in afterwards
    :param groups: XML ids of the groups that may do it, any of them; empty means
        everybody who may write the record
    """

    sources: tuple[str, ...]
    target: str
    groups: tuple[str, ...] = ()


class StateGrant:
    """Right to write one state of one model, made by ``_apply_transition`` only.

    It travels in the context, where a client can put text and numbers but never
    an instance of this class.
    """

    def __init__(self, model_name, target):
        self.model_name = model_name
        self.target = target


class QifeiStateMixin(models.AbstractModel):
    """Gives a document one declarative transition table and one guard.

    A model that inherits the mixin declares ``state`` (Selection), returns its table
    from ``_get_transitions()`` and has one public method ``action_<action>()`` for
    every row, which ends in ``_apply_transition(action, values)``.

    *Whether* a move exists is enforced always, for the superuser too; *who* may do it
    is skipped only for the superuser (``env.su``). A plain ``write({'state': …})``
    from a form, a kanban board or RPC runs the ``action_<action>()`` that leads there,
    or is refused. New records start in ``_initial_state``, whatever the values or the
    defaults in the context say. Other read-only fields are guarded as
    ``qifei.guard.mixin`` tells.
    """

    _name = "qifei.state.mixin"
    _description = "Guarded state"
    _inherit = ["qifei.guard.mixin"]

    _initial_state = "draft"

    @api.model
    def _get_transitions(self):
        """Return the table of this model.

        :return: ``{action: Transition}``, in the order in which a plain write of the
            state tries the actions
        """
        raise NotImplementedError(
            f"{self._name} must return its transitions"  # pragma: no cover
        )

    # === COMPUTES === #

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_actions(self):
        """Fill every ``can_<action>`` field that the model declares."""
        transitions = {
            action: transition
            for action, transition in self._get_transitions().items()
            if f"can_{action}" in self._fields
        }
        allowed = {
            action
            for action, transition in transitions.items()
            if self._may_use_transition(transition)
        }
        writable = self._filtered_access("write") if self.ids else self
        for record in self:
            for action, transition in transitions.items():
                record[f"can_{action}"] = (
                    action in allowed
                    and record.state in transition.sources
                    and record in writable
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_read_only(set().union(*vals_list) - {"state"})
        for vals in vals_list:
            state = vals.get("state", self._initial_state)
            if state != self._initial_state:
                raise UserError(
                    self.env._(
                        "A new %(document)s starts as “%(initial)s” and cannot be "
                        "created as “%(state)s”: create it first, then use its "
                        "buttons.",
                        document=self._description,
                        initial=self._get_state_label(self._initial_state),
                        state=self._get_state_label(state),
                    )
                )
        guarded = self._without_guarded_defaults()
        records = super(QifeiStateMixin, guarded).create(vals_list)
        return records.with_env(self.env)

    def write(self, vals):
        self._check_read_only(vals.keys() - {"state"})
        if "state" not in vals or self._has_state_grant(vals["state"]):
            return super().write(vals)
        target = vals["state"]
        rest = {name: value for name, value in vals.items() if name != "state"}
        moving = self.filtered(lambda record: record.state != target)
        steps = [
            (action, records)
            for action, records in moving._group_by_action(target).items()
        ]
        if rest:
            super().write(rest)
        for action, records in steps:
            getattr(records, f"action_{action}")()
        return True

    @api.model
    def _is_own_step(self):
        return super()._is_own_step() or isinstance(
            self.env.context.get("qifei_base_state_grant"), StateGrant
        )

    @api.model
    def _is_guarded(self, name):
        return name == "state" or super()._is_guarded(name)

    # === TRANSITIONS === #

    def _apply_transition(self, action, values=None):
        """Check ``action`` for every record and write its target state.

        :param action: a key of ``_get_transitions()``
        :param values: further values written in the same ``write``
        :raise UserError: the move does not exist from the present state
        :raise AccessError: the user has none of the groups of the row
        """
        self._check_transition(action)
        target = self._get_transitions()[action].target
        grant = StateGrant(self._name, target)
        self.with_context(qifei_base_state_grant=grant).write(
            {**(values or {}), "state": target}
        )

    def _check_transition(self, action):
        """Raise when ``action`` is impossible or not for this user.

        :raise UserError: the move does not exist from the present state
        :raise AccessError: the user has none of the groups of the row
        """
        transition = self._get_transitions()[action]
        for record in self:
            if record.state not in transition.sources:
                raise UserError(
                    self.env._(
                        "%(record)s is “%(state)s”. “%(action)s” is possible only "
                        "from: %(sources)s.",
                        record=record.display_name,
                        state=self._get_state_label(record.state),
                        action=self._get_action_label(action),
                        sources=", ".join(
                            self._get_state_label(source)
                            for source in transition.sources
                        ),
                    )
                )
        if not self._may_use_transition(transition):
            # Group names are readable by administrators only; the text is for all.
            raise AccessError(
                self.env._(
                    "You may not do “%(action)s” on %(record)s. Ask somebody with "
                    "one of these roles: %(roles)s.",
                    action=self._get_action_label(action),
                    record=self[:1].display_name or self._description,
                    roles=", ".join(self._get_role_names(transition)),
                )
            )

    def _may_use_transition(self, transition):
        """Tell whether the role of the user is enough; the state is not looked at."""
        return (
            self.env.su
            or not transition.groups
            or any(self.env.user.has_group(group) for group in transition.groups)
        )

    def _group_by_action(self, target):
        """Find the action of each record that leads to ``target``.

        :return: ``{action: records}``
        :raise UserError: no action leads there from the state of a record
        :raise AccessError: only actions of other roles lead there
        """
        transitions = self._get_transitions()
        by_action = {}
        for record in self:
            actions = [
                action
                for action, transition in transitions.items()
                if transition.target == target and record.state in transition.sources
            ]
            if not actions:
                raise UserError(
                    self.env._(
                        "%(record)s cannot go from “%(state)s” to “%(target)s”.",
                        record=record.display_name,
                        state=self._get_state_label(record.state),
                        target=self._get_state_label(target),
                    )
                )
            action = next(
                (
                    action
                    for action in actions
                    if self._may_use_transition(transitions[action])
                ),
                actions[0],
            )
            by_action.setdefault(action, self.browse())
            by_action[action] |= record
        return by_action

    def _has_state_grant(self, target):
        grant = self.env.context.get("qifei_base_state_grant")
        return (
            isinstance(grant, StateGrant)
            and grant.model_name == self._name
            and grant.target == target
        )

    # === TEXTS === #

    def _get_state_label(self, state):
        """Return the label of a state in the language of the user."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        return labels.get(state, state) if isinstance(state, str) else str(state)

    def _get_action_label(self, action):
        """Return the word on the button; models with other words override it."""
        return action.replace("_", " ")

    def _get_role_names(self, transition):
        groups = self.env["res.groups"].union(
            *(self.env.ref(xml_id) for xml_id in transition.groups)
        )
        # sudo: res.groups - names of the suite's own roles, to say whom to ask
        return groups.sudo().mapped("name")
