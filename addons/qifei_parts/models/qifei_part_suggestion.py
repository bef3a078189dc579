import json

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import float_compare, format_date

from odoo.addons.qifei_base.models.qifei_state_mixin import Transition

from ..const import GROUP_PARTS_KEEPER

PLANNERS = (GROUP_PARTS_KEEPER,)


class QifeiPartSuggestion(models.Model):
    """What a van or a service point should keep of a part, from what it has used.

    Life: open → applied or dismissed, and open again as soon as a later calculation
    comes to other numbers. A nightly job (and the button “Calculate now”) counts the
    use moves of each month, tries the forecasts of ``tools.demand`` on that past and
    derives the minimum and the maximum. Applying writes the core reordering rule of the
    place; the scheduler of core fills the place from then on.

    Nobody creates or edits a suggestion. Parts keepers and managers apply and dismiss
    those of their companies; engineers see those of their van and their service point.
    """

    _name = "qifei.part.suggestion"
    _description = "Stock suggestion"
    _inherit = ["qifei.state.mixin"]
    _order = "is_different desc, forecast desc, id"
    _rec_names_search = ["product_id", "location_id"]
    _initial_state = "open"

    # === Identity === #
    state = fields.Selection(
        [("open", "Open"), ("applied", "Applied"), ("dismissed", "Dismissed")],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
    product_id = fields.Many2one(
        "product.product",
        string="Part",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    categ_id = fields.Many2one(related="product_id.categ_id", string="Category")
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    location_id = fields.Many2one(
        "stock.location",
        string="Place",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    qifei_kind = fields.Selection(
        related="location_id.qifei_kind", string="Kind of place", store=True
    )
    engineer_id = fields.Many2one(
        related="location_id.qifei_engineer_id", store=True, index="btree_not_null"
    )
    partner_id = fields.Many2one(
        related="location_id.qifei_partner_id",
        string="Service point",
        store=True,
        index="btree_not_null",
    )
    company_id = fields.Many2one(
        related="location_id.company_id", store=True, precompute=True, index=True
    )

    # === History and forecast === #
    series = fields.Json(
        readonly=True, help="Use per month, the oldest first, up to the last full one."
    )
    series_start = fields.Date(string="History from", readonly=True)
    month_count = fields.Integer(string="Months of history", readonly=True)
    used_total = fields.Float(
        string="Used in that time", digits="Product Unit", readonly=True
    )
    method = fields.Selection(
        [
            ("none", "No use"),
            ("naive", "As last month"),
            ("croston", "Croston"),
            ("sba", "SBA (Syntetos-Boylan)"),
            ("tsb", "TSB (Teunter-Syntetos-Babai)"),
        ],
        readonly=True,
        help="The forecast that would have been nearest to the past of this part here.",
    )
    forecast = fields.Float(
        string="Forecast per month", digits=(16, 3), readonly=True, aggregator="sum"
    )
    trial_count = fields.Integer(
        string="Months tried",
        readonly=True,
        help="Months that were forecast from those before, to choose the method. None: "
        "the history is still too short for that.",
    )
    error = fields.Float(
        digits=(16, 3),
        readonly=True,
        aggregator="avg",
        help="Root mean squared error of the method in the months tried.",
    )
    error_naive = fields.Float(
        string="Error of “as last month”",
        digits=(16, 3),
        readonly=True,
        aggregator="avg",
    )
    mase = fields.Float(
        string="Scaled error (MASE)",
        digits=(16, 3),
        readonly=True,
        aggregator="avg",
        help="Mean absolute error, as a share of that of “as last month”: below 1 the "
        "method is better.",
    )
    calculated_on = fields.Datetime(readonly=True, index=True)
    job_error = fields.Char(string="Calculation failed", readonly=True)

    # === Levels === #
    suggested_min = fields.Float(
        string="Suggested min", digits="Product Unit", readonly=True
    )
    suggested_max = fields.Float(
        string="Suggested max", digits="Product Unit", readonly=True
    )
    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint",
        string="Reordering rule",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    current_min = fields.Float(
        string="Min now", digits="Product Unit", compute="_compute_current_levels"
    )
    current_max = fields.Float(
        string="Max now", digits="Product Unit", compute="_compute_current_levels"
    )
    decided_min = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="Suggested when it was applied or dismissed; other figures open it again.",
    )
    decided_max = fields.Float(digits="Product Unit", readonly=True)
    is_different = fields.Boolean(
        string="Something to change",
        compute="_compute_is_different",
        store=True,
        index=True,
    )

    # === Computed: interface === #
    series_graph = fields.Text(compute="_compute_series_graph")
    can_apply = fields.Boolean(compute="_compute_can_actions")
    can_dismiss = fields.Boolean(compute="_compute_can_actions")
    can_reopen = fields.Boolean(compute="_compute_can_actions")

    _place_uniq = models.UniqueIndex(
        "(product_id, location_id)", "The part has a suggestion for this place already."
    )

    @api.model
    def _get_transitions(self):
        return {
            "apply": Transition(("open",), "applied", PLANNERS),
            "dismiss": Transition(("open",), "dismissed", PLANNERS),
            "reopen": Transition(("applied", "dismissed"), "open", PLANNERS),
        }

    def _get_action_label(self, action):
        labels = {
            "apply": self.env._("Apply"),
            "dismiss": self.env._("Dismiss"),
            "reopen": self.env._("Open again"),
        }
        return labels.get(action) or super()._get_action_label(action)

    # === COMPUTES === #

    @api.depends("product_id", "location_id")
    def _compute_display_name(self):
        for suggestion in self:
            suggestion.display_name = self.env._(
                "%(product)s at %(place)s",
                product=suggestion.product_id.display_name,
                place=suggestion.location_id.display_name,
            )

    @api.depends(
        "orderpoint_id.product_min_qty",
        "orderpoint_id.product_max_qty",
        "orderpoint_id.active",
    )
    def _compute_current_levels(self):
        for suggestion in self:
            # sudo: stock.warehouse.orderpoint - levels of a place the user may see
            rule_sudo = suggestion.orderpoint_id.sudo().filtered("active")
            suggestion.current_min = rule_sudo.product_min_qty
            suggestion.current_max = rule_sudo.product_max_qty

    @api.depends("suggested_min", "suggested_max", "current_min", "current_max")
    def _compute_is_different(self):
        for suggestion in self:
            suggestion.is_different = any(
                float_compare(suggested, current, precision_digits=6)
                for suggested, current in (
                    (suggestion.suggested_min, suggestion.current_min),
                    (suggestion.suggested_max, suggestion.current_max),
                )
            )

    @api.depends("series", "series_start", "forecast")
    def _compute_series_graph(self):
        for suggestion in self:
            values = suggestion._prepare_graph_values()
            suggestion.series_graph = (
                json.dumps(
                    [
                        {
                            "key": self.env._("Use per month"),
                            "title": "",
                            "values": values,
                        }
                    ]
                )
                if values
                else False
            )

    def _prepare_graph_values(self):
        """Return the bars: the use of each month, and the forecast as the last one."""
        if not self.series or not self.series_start:
            return []
        bars = [
            {
                "label": format_date(
                    self.env,
                    self.series_start + relativedelta(months=number),
                    date_format="yyyy-MM",
                ),
                "value": quantity,
                "type": "past",
            }
            for number, quantity in enumerate(self.series)
        ]
        return [
            *bars,
            {
                "label": self.env._("Forecast"),
                "value": self.forecast,
                "type": "future",
            },
        ]

    # === ACTIONS === #

    def action_apply(self):
        """Write the suggested levels into the reordering rules of core."""
        self._check_transition("apply")
        self._claim()
        self._write_orderpoints()
        self._decide("apply")
        return True

    def action_dismiss(self):
        """Leave the levels as they are until other ones are suggested."""
        self._decide("dismiss")
        return True

    def action_reopen(self):
        self._apply_transition("reopen")
        return True

    def action_view_orderpoint(self):
        self.ensure_one()
        return self.orderpoint_id._get_records_action()

    def _decide(self, action):
        self._apply_transition(action)
        for suggestion in self:
            suggestion._as_own_step().write(
                {
                    "decided_min": suggestion.suggested_min,
                    "decided_max": suggestion.suggested_max,
                }
            )

    # === REORDERING RULES === #

    def _write_orderpoints(self):
        """Bring the reordering rules of the places to the suggested levels.

        Rules that are there are changed, an archived one is taken up again; a place
        that needs no stock gets no new rule. All new rules are made in one batch.
        """
        # sudo: stock.warehouse.orderpoint - parts keepers plan the stock of vans and
        # service points, though core leaves rules to its own managers
        rules_sudo = self._find_orderpoints().sudo()
        by_place = {(rule.product_id, rule.location_id): rule for rule in rules_sudo}
        new = self.browse()
        for suggestion in self:
            rule_sudo = by_place.get((suggestion.product_id, suggestion.location_id))
            if rule_sudo:
                rule_sudo.write(suggestion._prepare_levels())
                suggestion._as_own_step().orderpoint_id = rule_sudo
            elif suggestion.suggested_max:
                new |= suggestion
        created_sudo = rules_sudo.create(
            [suggestion._prepare_orderpoint_values() for suggestion in new]
        )
        for suggestion, rule_sudo in zip(new, created_sudo, strict=True):
            suggestion._as_own_step().orderpoint_id = rule_sudo

    def _find_orderpoints(self):
        # sudo: stock.warehouse.orderpoint - those of the suggestions' own places
        return (
            self.env["stock.warehouse.orderpoint"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("product_id", "in", self.product_id.ids),
                    ("location_id", "in", self.location_id.ids),
                ]
            )
        )

    def _prepare_levels(self):
        return {
            "product_min_qty": self.suggested_min,
            "product_max_qty": self.suggested_max,
            "active": True,
        }

    def _prepare_orderpoint_values(self):
        return {
            **self._prepare_levels(),
            "product_id": self.product_id.id,
            "location_id": self.location_id.id,
            "warehouse_id": self.company_id._get_parts_warehouse().id,
            "company_id": self.company_id.id,
            "trigger": "auto",
        }
