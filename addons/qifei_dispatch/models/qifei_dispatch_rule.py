from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..const import DISPATCH_WAYS

LONGEST_FALLBACK_MINUTES = 7 * 24 * 60


class QifeiDispatchRule(models.Model):
    """Says how orders of a kind get their engineer; the first that fits applies.

    A rule knows the orders it is for by a filter, the way they are dispatched, who
    comes into question and what weighs how much. When nobody has an order after some
    minutes, the rule goes on to its next way; at last a dispatcher is asked to choose.

    Managers keep the rules, dispatchers, agents and engineers read them.
    """

    _name = "qifei.dispatch.rule"
    _description = "Dispatch rule"
    _inherit = ["qifei.guard.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        ondelete="cascade",
        index="btree_not_null",
        help="Leave empty when the rule applies to all companies.",
    )

    # === For which orders === #
    domain = fields.Char(
        string="Orders",
        default="[]",
        required=True,
        help="New orders without an engineer that match. The first rule in the list "
        "that fits an order applies to it.",
    )

    # === How === #
    way = fields.Selection(DISPATCH_WAYS, default="hand", required=True)
    fallback_way = fields.Selection(
        DISPATCH_WAYS,
        string="Then",
        help="How the order is dispatched when nobody has got it by then, or when the "
        "first way finds nobody.",
    )
    fallback_minutes = fields.Integer(
        string="After (minutes)",
        default=30,
        help="How long each way may take. When the last one has not found anybody "
        "either, the dispatcher is asked to choose.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Dispatcher",
        ondelete="set null",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        help="Looks after the orders of the rule and is asked when nobody is found. "
        "Empty for who is responsible for the order or its ticket.",
    )

    # === Who === #
    match_skill = fields.Boolean(
        string="Only with the skills",
        default=True,
        help="Leave out engineers who lack a skill that the type of the order needs.",
    )
    match_area = fields.Boolean(
        string="Only in the area",
        default=True,
        help="Leave out engineers who look after other service areas. Engineers "
        "without an area work everywhere.",
    )
    match_service_point = fields.Selection(
        [("any", "Own staff and service points"), ("own", "Own staff only")],
        string="Engineers",
        default="any",
        required=True,
    )

    # === What weighs how much === #
    has_own_weights = fields.Boolean(
        string="Own prices", help="Instead of those of the company."
    )
    weight_travel = fields.Float(
        string="Travel", default=1.0, help="Price of a minute on the road."
    )
    weight_preferred = fields.Float(
        string="Another engineer than wished",
        default=30.0,
        help="Price of sending somebody else, in minutes on the road.",
    )
    weight_affinity = fields.Float(
        string="An engineer who does not know the machine",
        default=15.0,
        help="Price of sending somebody else than who was there last, in minutes on "
        "the road.",
    )
    weight_load = fields.Float(
        string="Workload",
        default=5.0,
        help="Price of each order the engineer has on that day already, in minutes on "
        "the road: spreads the work.",
    )

    _fallback_range = models.Constraint(
        f"CHECK(fallback_minutes BETWEEN 1 AND {LONGEST_FALLBACK_MINUTES})",
        "A way of dispatching takes between one minute and seven days (10,080 "
        "minutes).",
    )
    _weight_range = models.Constraint(
        "CHECK(weight_travel BETWEEN 0 AND 10000 "
        "AND weight_preferred BETWEEN 0 AND 10000 "
        "AND weight_affinity BETWEEN 0 AND 10000 "
        "AND weight_load BETWEEN 0 AND 10000)",
        "A price of planning lies between 0 and 10,000.",
    )

    # === CHECKS === #

    @api.constrains("domain")
    def _check_domain(self):
        sample = self.env["qifei.work.order"].search([("id", "!=", False)], limit=1)
        for rule in self:
            try:
                # Fields the writer may not see are no way to find out about them.
                domain = rule._get_domain()
                sample._search(domain)
                # The database compares what the job of the rules cannot.
                sample.filtered_domain(domain)
            except (UserError, AccessError):
                raise
            except Exception as error:
                raise rule._get_domain_error() from error

    @api.constrains("way", "fallback_way")
    def _check_ways(self):
        for rule in self:
            if rule.way == rule.fallback_way:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” goes on to the way it has begun with: choose "
                        "another one or none.",
                        rule=rule.name,
                    )
                )

    # === BUSINESS === #

    def _get_domain(self):
        """Return the filter of the rule as a Domain on work orders.

        :raise UserError: the filter cannot be read
        """
        self.ensure_one()
        try:
            return Domain(literal_eval(self.domain or "[]"))
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as err:
            raise self._get_domain_error() from err

    def _get_domain_error(self):
        return ValidationError(
            self.env._(
                "The filter of “%(rule)s” cannot be used: %(domain)s. Choose fields of "
                "work orders and plain values.",
                rule=self.name,
                domain=(self.domain or "")[:200],
            )
        )

    @api.model
    def _match_orders(self, orders):
        """Find the rule of each order.

        :param orders: qifei.work.order records
        :return: ``{rule: orders}``, with the orders that no rule fits under an empty
            record
        """
        matches = {}
        rules = self.search([("active", "=", True)])
        for rule in rules:
            if not orders:
                break
            company = rule.company_id
            mine = orders.filtered(
                lambda order, company=company: (
                    not company or order.company_id == company
                )
            ).filtered_domain(rule._get_domain())
            if mine:
                matches[rule] = mine
                orders -= mine
        if orders:
            matches[self.browse()] = orders
        return matches

    def _get_matching_domain(self):
        """Return the filter with what every rule asks: no engineer yet, own company."""
        self.ensure_one()
        domain = (
            Domain("state", "=", "draft")
            & Domain("engineer_id", "=", False)
            & self._get_domain()
        )
        if self.company_id:
            domain &= Domain("company_id", "=", self.company_id.id)
        return domain

    # === ACTIONS === #

    def action_view_orders(self):
        """Open the orders without an engineer that match the filter now."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qifei_aftersales.qifei_work_order_action"
        )
        return {
            **action,
            "name": self.env._("Orders that match “%(rule)s”", rule=self.name),
            "domain": list(self._get_matching_domain()),
            "context": {},
        }
