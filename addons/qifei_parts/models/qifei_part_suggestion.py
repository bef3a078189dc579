from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import float_compare

from odoo.addons.qifei_base.models.qifei_state_mixin import Transition

PLANNING_GROUPS = ("qifei_base.group_parts_keeper",)


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
            ("sba", "Syntetos-Boylan (SBA)"),
            ("tsb", "Teunter-Syntetos-Babai (TSB)"),
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
        string="Error",
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
            "apply": Transition(("open",), "applied", PLANNING_GROUPS),
            "dismiss": Transition(("open",), "dismissed", PLANNING_GROUPS),
            "reopen": Transition(("applied", "dismissed"), "open", PLANNING_GROUPS),
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

    @api.depends("series", "series_start")
    def _compute_series_graph(self):
        self.series_graph = False

    # === ACTIONS === #

    def action_apply(self):
        """Write the suggested levels into the reordering rules of core."""
        self._apply_transition("apply")
        return True

    def action_dismiss(self):
        self._apply_transition("dismiss")
        return True

    def action_reopen(self):
        self._apply_transition("reopen")
        return True

    @api.model
    def action_calculate_now(self):
        """Calculate the suggestions of the user's companies."""
        return True

    # === CALCULATION === #

    @api.model
    def _cron_calculate(self):
        """Bring all suggestions up to date, in slices."""

    @api.model
    def _create_missing(self, companies):
        """Create what is used or planned at a place and has no suggestion yet."""
        return self.browse()

    def _calculate(self):
        """Forecast the use and derive the levels, with a fixed number of queries."""

    @api.model
    def _get_use_domain(self):
        """Return which move lines are uses of a part."""
        return Domain("state", "=", "done") & Domain(
            "move_id.qifei_purpose", "=", "use"
        )
