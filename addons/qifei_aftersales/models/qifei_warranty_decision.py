from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import COVERAGES
from ..tools import coverage


class QifeiWarrantyDecision(models.Model):
    """Why a charge is, or is not, covered by the warranty.

    Each time the card is asked about a charge, question and answer are kept together:
    the clauses with their dates and policy version, the product with its categories,
    the day, and the version of the rules. ``replay`` asks the stored question again
    and gives the same answer, whatever has become of policy and card since.

    A decision never changes. Somebody who decides otherwise adds who, what and why to
    it, once more each time; nobody deletes it but together with its charge.
    """

    _name = "qifei.warranty.decision"
    _description = "Warranty decision"
    _inherit = ["qifei.guard.mixin"]
    _order = "id desc"

    # === QUESTION === #
    order_line_id = fields.Many2one(
        comodel_name="qifei.work.order.line",
        string="Charge",
        required=True,
        index=True,
        ondelete="cascade",
    )
    order_id = fields.Many2one(
        related="order_line_id.order_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, index=True, precompute=True
    )
    card_id = fields.Many2one(
        comodel_name="qifei.warranty.card",
        string="Warranty card",
        index="btree_not_null",
        ondelete="restrict",
    )
    product_id = fields.Many2one(
        comodel_name="product.product", index="btree_not_null", ondelete="set null"
    )
    input = fields.Json(
        string="Evidence",
        required=True,
        help="Everything the decision rests on, as it was at that moment.",
    )
    decided_on = fields.Datetime(
        string="Decided on", required=True, default=fields.Datetime.now
    )

    # === ANSWER === #
    covered = fields.Boolean()
    coverage = fields.Selection(
        selection=COVERAGES, string="Paid by", required=True, index=True
    )
    reason = fields.Selection(
        selection=[
            ("in_term", "Within the term of a clause"),
            ("after_term", "The term has ended"),
            ("before_term", "The term has not begun"),
            ("no_clause", "No clause covers it"),
            ("kind_excluded", "This kind of charge is never covered"),
            ("no_card", "The machine has no warranty card"),
            ("not_active", "The card is not activated"),
            ("void", "The card is void"),
        ],
        required=True,
    )
    clause = fields.Char()
    policy_version = fields.Integer(string="Policy version")
    date_start = fields.Date(string="From")
    date_end = fields.Date(string="Until")
    explanation = fields.Char(compute="_compute_explanation")

    # === OVERRIDE === #
    override_coverage = fields.Selection(
        selection=COVERAGES, string="Decided otherwise", readonly=True
    )
    override_reason = fields.Char(string="Why", readonly=True)
    override_user_id = fields.Many2one(
        comodel_name="res.users", string="Decided by", readonly=True
    )
    overridden_on = fields.Datetime(string="Decided otherwise on", readonly=True)

    # === COMPUTES === #

    @api.depends("order_line_id")
    def _compute_display_name(self):
        for decision in self:
            decision.display_name = decision.order_line_id.display_name

    @api.depends("reason", "clause", "policy_version", "date_start", "date_end")
    def _compute_explanation(self):
        labels = dict(self._fields["reason"]._description_selection(self.env))
        for decision in self:
            if not decision.clause:
                decision.explanation = labels[decision.reason]
                continue
            if not decision.policy_version:
                decision.explanation = self.env._(
                    "%(reason)s: “%(clause)s”, %(start)s – %(end)s",
                    reason=labels[decision.reason],
                    clause=decision.clause,
                    start=decision.date_start,
                    end=decision.date_end,
                )
                continue
            decision.explanation = self.env._(
                "%(reason)s: “%(clause)s”, %(start)s – %(end)s, policy version "
                "%(version)s",
                reason=labels[decision.reason],
                clause=decision.clause,
                start=decision.date_start,
                end=decision.date_end,
                version=decision.policy_version,
            )

    # === CRUD === #

    def write(self, vals):
        if not self._is_own_step():
            raise UserError(
                self.env._("A warranty decision is a record: it does not change.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_charge(self):
        raise UserError(
            self.env._("A warranty decision is deleted only together with its charge.")
        )

    # === ACTIONS === #

    def action_replay(self):
        """Ask the stored question again and say whether the answer is the same."""
        self.ensure_one()
        same = self._get_answer() == self.replay()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if same else "danger",
                "title": self.env._("Decided again from the stored evidence"),
                "message": self.env._(
                    "The answer is the same: %(answer)s", answer=self.explanation
                )
                if same
                else self.env._("The answer differs: the record was tampered with."),
            },
        }

    # === BUSINESS === #

    def replay(self):
        """Return the answer to the stored question.

        :rtype: coverage.Coverage
        """
        self.ensure_one()
        return coverage.decide(self.input)

    @api.model
    def _record(self, lines):
        """Ask the warranty cards about charges and keep questions and answers.

        The day asked about is the day of the visit: arrival, else the planned day, else
        today.

        :param lines: qifei.work.order.line records
        :return: ``{line.id: decision}``
        """
        cards = lines.order_id.equipment_id._get_coverage_cards()
        clauses = self._get_further_clauses(lines)
        values_list = []
        for line in lines:
            order = line.order_id
            card = cards.get(order.equipment_id.id, self.env["qifei.warranty.card"])
            question = card._get_coverage_question(
                line.product_id,
                line.kind,
                self._get_day(order),
                clauses.get(line.id, ()),
            )
            values_list.append(self._prepare_values(line, card, question))
        decisions = self.create(values_list)
        return {
            line.id: decision for line, decision in zip(lines, decisions, strict=True)
        }

    @api.model
    def _get_further_clauses(self, lines):
        """Return clauses that charges have besides those of the warranty card.

        :return: ``{line.id: list of clauses}``, in the form that
            ``qifei.warranty.card._get_coverage_question`` gives to those of the card
        """
        return {}

    @api.model
    def _get_day(self, order):
        """Return the day of the visit where it takes place, whoever asks."""
        moment = order.arrived_on or order.planned_start or fields.Datetime.now()
        return order._localize(moment).date()

    @api.model
    def _prepare_values(self, line, card, question):
        answer = coverage.decide(question)
        return {
            "order_line_id": line.id,
            "card_id": card.id,
            "product_id": line.product_id.id,
            "input": question,
            "covered": answer.covered,
            "coverage": answer.coverage,
            "reason": answer.reason,
            "clause": answer.clause,
            "policy_version": answer.policy_version,
            "date_start": answer.date_start or False,
            "date_end": answer.date_end or False,
        }

    def _get_answer(self):
        """Return the stored answer in the form of ``replay``."""
        answer = self.replay()
        return answer._replace(
            covered=self.covered,
            coverage=self.coverage,
            reason=self.reason,
            clause=self.clause or "",
            policy_version=self.policy_version,
            date_start=self.date_start.isoformat() if self.date_start else "",
            date_end=self.date_end.isoformat() if self.date_end else "",
        )

    def _override(self, new_coverage, reason):
        """Note that somebody decided otherwise.

        :param new_coverage: warranty, agreement, goodwill or customer
        :param reason: why
        :raise UserError: the reason is empty
        """
        if not (reason or "").strip():
            raise UserError(
                self.env._(
                    "Say why somebody else pays than the warranty card proposes."
                )
            )
        self._as_own_step().write(
            {
                "override_coverage": new_coverage,
                "override_reason": reason.strip(),
                "override_user_id": self.env.uid,
                "overridden_on": fields.Datetime.now(),
            }
        )
