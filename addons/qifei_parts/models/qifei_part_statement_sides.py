import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import GROUP_MANAGER

# So many parts are named in a refusal.
NAMED_PARTS = 5


class QifeiPartStatement(models.Model):
    """What the company and the holder of the place do: count, book, confirm."""

    _inherit = "qifei.part.statement"

    # === COMPUTES === #

    @api.depends("holder_user_ids", "state", "holder_confirmed_on")
    @api.depends_context("uid")
    def _compute_can_act_for_holder(self):
        for statement in self:
            statement.can_act_for_holder = (
                statement.state == "sent"
                and not statement.holder_confirmed_on
                and self.env.user in statement.holder_user_ids
            )

    # === CHECKS === #

    def _check_borne_out(self):
        """Raise when a place holds something that no move brought there."""
        for statement in self:
            lines = statement.line_ids.filtered("ledger_gap")
            if lines:
                raise UserError(
                    self.env._(
                        "%(statement)s: the stock of %(parts)s was changed past its "
                        "moves. Correct it by an inventory adjustment first.",
                        statement=statement.display_name,
                        parts=lines._name_parts(NAMED_PARTS),
                    )
                )

    def _check_confirmable(self):
        """Raise when nobody can confirm yet, whichever side he is on."""
        now = fields.Datetime.now()
        for statement in self:
            if statement.datetime_to > now:
                raise UserError(
                    self.env._(
                        "%(statement)s can be confirmed once its month is over.",
                        statement=statement.display_name,
                    )
                )
            differing = statement.line_ids.filtered("difference")
            if differing:
                raise UserError(
                    self.env._(
                        "%(statement)s: what was counted differs for %(parts)s. Count "
                        "again, or let the parts keeper book the difference.",
                        statement=statement.display_name,
                        parts=differing._name_parts(NAMED_PARTS),
                    )
                )
        self._check_borne_out()
        self._check_earlier_final()

    def _get_obstacle(self):
        """Return what has to happen before anybody can confirm; empty when nothing."""
        try:
            self._check_confirmable()
        except UserError as error:
            return error.args[0]
        return ""

    def _check_earlier_final(self):
        """Raise when an earlier statement of a place is not final."""
        earlier = self._search_others("<", "!=")
        if earlier:
            raise UserError(
                self.env._(
                    "Confirm %(earlier)s first: the months of a place follow each "
                    "other.",
                    earlier=earlier[0].display_name,
                )
            )

    def _check_no_later_final(self):
        """Raise when a later statement of a place is final."""
        later = self._search_others(">", "=")
        if later:
            raise UserError(
                self.env._(
                    "%(later)s is final and begins with what this one ends with: open "
                    "the later one first.",
                    later=later[-1].display_name,
                )
            )

    def _search_others(self, month_operator, state_operator):
        """Return statements of the same places, oldest first.

        :param month_operator: how their months compare with those of ``self``
        :param state_operator: how their states compare with final
        """
        # sudo: qifei.part.statement - the holder of a point is told of drafts, too
        others = self.sudo().search(
            [
                ("location_id", "in", self.location_id.ids),
                ("state", state_operator, "confirmed"),
            ],
            order="month, id",
        )
        months = {}
        for statement in self:
            months.setdefault(statement.location_id, []).append(statement.month)
        if month_operator == "<":
            return (others - self).filtered(
                lambda other: other.month < max(months[other.location_id])
            )
        return (others - self).filtered(
            lambda other: other.month > min(months[other.location_id])
        )

    # === CONFIRM === #

    def action_confirm(self):
        """Confirm for the company; final once the holder has confirmed, too."""
        self._check_transition("confirm")
        self.check_access("write")
        self._claim()
        for statement in self:
            statement._check_other_person(statement.holder_confirmed_by_id)
        changed = self._refresh()
        if changed:
            return changed._tell_changed()
        self._check_confirmable()
        self._as_own_step().write(
            {
                "company_confirmed_by_id": self.env.uid,
                "company_confirmed_on": fields.Datetime.now(),
            }
        )
        self._finish()
        return True

    def action_confirm_as_holder(self):
        """Confirm as the engineer who holds the place."""
        self.ensure_one()
        self._check_holder_user()
        if not self._confirm_for_holder(self.env.user.partner_id):
            return self._tell_changed()
        return True

    def _confirm_by_partner(self, partner, seen=None):
        """Confirm as the service point, from the portal.

        :param partner: contact of the user who confirms
        :param str seen: what ``_get_fingerprint`` gave when the page was drawn, if the
            caller has it; other figures are refused
        :return: False when the figures had changed since they were last read, so that
            the statement has to be looked at again; True when it is confirmed
        """
        self.ensure_one()
        self._check_partner(partner)
        if seen and seen != self._get_fingerprint():
            raise UserError(self._get_changed_text())
        return self._confirm_for_holder(partner)

    def _confirm_on_paper(self, reason):
        """Confirm for a holder who has signed on paper.

        :param str reason: who has signed, and where the sheet is kept
        """
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group(GROUP_MANAGER):
            raise AccessError(
                self.env._(
                    "Ask a manager: only managers confirm %(statement)s for its "
                    "holder.",
                    statement=self.display_name,
                )
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Say who has signed on paper."))
        if self.company_confirmed_by_id == self.env.user:
            raise UserError(
                self.env._(
                    "You have confirmed %(statement)s for the company: let somebody "
                    "else confirm for the holder.",
                    statement=self.display_name,
                )
            )
        if not self._confirm_for_holder(self.env.user.partner_id):
            return self._tell_changed()
        self.message_post(
            body=self.env._(
                "Confirmed for the holder, signed on paper: %(reason)s",
                reason=reason.strip(),
            )
        )
        return True

    def _confirm_for_holder(self, partner):
        self._check_transition_possible("confirm")
        # sudo: qifei.part.statement - holders read it; this step is checked above
        statement_sudo = self.sudo()
        statement_sudo._claim()
        if statement_sudo._refresh():
            return False
        statement_sudo._check_confirmable()
        statement_sudo._as_own_step().write(
            {
                "holder_confirmed_by_id": partner.id,
                "holder_confirmed_on": fields.Datetime.now(),
            }
        )
        statement_sudo._finish()
        return True

    def _finish(self):
        """Make those final that both sides have confirmed."""
        both = self.filtered(
            lambda statement: (
                statement.company_confirmed_on and statement.holder_confirmed_on
            )
        )
        both._apply_transition("confirm", {"confirmed_on": fields.Datetime.now()})

    def _check_transition_possible(self, action):
        """Raise when the state is wrong; the role was looked at by the caller."""
        # sudo: qifei.part.statement - only the state is compared
        self.sudo()._check_transition(action)

    def _check_other_person(self, partner):
        """Raise when the user stands on the holder's side of the statement."""
        self.ensure_one()
        user = self.env.user
        if self.env.su:
            return
        if partner == user.partner_id or user in self.holder_user_ids:
            raise UserError(
                self.env._(
                    "You answer for the place of %(statement)s: let somebody else "
                    "confirm it for the company.",
                    statement=self.display_name,
                )
            )

    def _check_holder_user(self):
        self.check_access("read")
        if self.env.user not in self.holder_user_ids:
            raise AccessError(
                self.env._(
                    "Only who holds the place may do this on %(statement)s.",
                    statement=self.display_name,
                )
            )

    def _check_partner(self, partner):
        """Raise unless the partner belongs to the service point."""
        # sudo: qifei.part.statement - the point is compared, nothing is shown
        point = self.sudo().partner_id.commercial_partner_id
        if not point or partner.commercial_partner_id != point:
            raise AccessError(
                self.env._("This statement belongs to another service point.")
            )

    def _forget_confirmations(self):
        """Ask both sides again, because what they confirmed has changed."""
        confirmed = self.filtered(
            lambda statement: (
                statement.state == "sent"
                and (statement.company_confirmed_on or statement.holder_confirmed_on)
            )
        )
        # sudo: qifei.part.statement - counting takes back who has confirmed
        confirmed_sudo = confirmed.sudo()._as_own_step()
        confirmed_sudo.write(self._prepare_unconfirmed_values())
        for statement_sudo in confirmed_sudo:
            statement_sudo.message_post(
                body=self.env._(
                    "The figures have changed; both sides are asked to confirm again."
                )
            )

    def _get_fingerprint(self):
        """Return a text that changes with every figure and count."""
        self.ensure_one()
        # sudo: qifei.part.statement.line - a check sum of what the reader may see
        figures = [
            (line.product_id.id, line.closing, line.closing_value, line.counted)
            for line in self.sudo().line_ids.sorted("id")
        ]
        return hashlib.sha256(repr(figures).encode()).hexdigest()

    # === COUNT === #

    def _count_by_partner(self, partner, counts):
        """Write down what the service point has counted, from the portal.

        :param partner: contact of the user who counts
        :param dict counts: quantity by id of the line; None for “not counted”
        """
        self.ensure_one()
        self._check_partner(partner)
        self._count_for_holder(partner, counts)

    def _count_as_holder(self, counts):
        """Write down what the engineer who holds the place has counted."""
        self.ensure_one()
        self._check_holder_user()
        self._count_for_holder(self.env.user.partner_id, counts)

    def _count_for_holder(self, partner, counts):
        self._check_transition_possible("confirm")
        # sudo: qifei.part.statement - holders read it; this step is checked above
        statement_sudo = self.sudo()
        lines_sudo = {line.id: line for line in statement_sudo.line_ids}
        for line_id, quantity in counts.items():
            line_sudo = lines_sudo.get(line_id)
            if not line_sudo:
                raise UserError(
                    self.env._(
                        "This line is not on %(statement)s: reload the page.",
                        statement=statement_sudo.display_name,
                    )
                )
            line_sudo._check_count(quantity)
        now = fields.Datetime.now()
        for line_id, quantity in counts.items():
            line_sudo = lines_sudo[line_id]
            is_counted = quantity is not None
            unit = line_sudo.product_id.uom_id
            line_sudo._as_own_step().write(
                {
                    "is_counted": is_counted,
                    "counted": unit.round(quantity) if is_counted else 0.0,
                    "counted_by_id": is_counted and partner.id,
                    "counted_on": is_counted and now,
                }
            )
        statement_sudo._forget_confirmations()

    # === MESSAGES === #

    def _tell_holder(self):
        """Post the statement to who shall count and confirm."""
        self.ensure_one()
        holders = self.holder_user_ids.partner_id or self.partner_id
        self.message_subscribe(holders.ids)
        self.message_post(
            body=self.env._(
                "The statement of %(month)s for %(place)s is ready: please count what "
                "you hold and confirm.",
                month=self.period,
                place=self._get_place_name(),
            ),
            partner_ids=holders.ids,
            subtype_xmlid="mail.mt_comment",
        )

    def _get_changed_text(self):
        return self.env._(
            "The figures have changed since you opened the statement. Look at them "
            "again, then confirm."
        )

    def _tell_changed(self):
        """Return the notification after which the form shows the new figures."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "title": ", ".join(self.mapped("name")),
                "message": self._get_changed_text(),
                "sticky": False,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
