from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.qifei_base.tests.common import TransitionMatrixMixin

from ..models import qifei_part_suggestion_calculate as calculate
from .common_planning import PlanningCase

LUMPY = [0, 3, 0, 0, 2, 0, 0, 4, 0, 0, 3, 0]
NOON = "2031-06-20 04:00:00"


@tagged("post_install", "-at_install")
class TestPartSuggestion(PlanningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOON))
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.company.write(
            {
                "qifei_plan_lead_days": 7,
                "qifei_plan_cover_days": 30,
                "qifei_plan_service_level": 0.95,
            }
        )

    # === CALCULATION === #

    def test_monthly_use_is_the_series(self):
        self.use_monthly(self.part, self.van, LUMPY)
        suggestion = self.suggest((self.part, self.van))
        self.assertEqual(suggestion.series, LUMPY[1:])
        self.assertEqual(str(suggestion.series_start), "2030-07-01")
        self.assertEqual(suggestion.used_total, 12)
        self.assertEqual(suggestion.month_count, 11)
        self.assertIn(suggestion.method, ("croston", "sba", "tsb"))
        self.assertLess(suggestion.error, suggestion.error_naive)
        self.assertGreater(suggestion.forecast, 0)
        self.assertGreater(suggestion.suggested_min, 0)
        self.assertGreater(suggestion.suggested_max, suggestion.suggested_min)
        self.assertTrue(suggestion.is_different)
        self.assertIn("Forecast", suggestion.series_graph)

    def test_month_begins_at_midnight_of_the_company(self):
        """In Shanghai it is May already at 31 April, 16:30 UTC."""
        self.use(self.part, self.van, 2, "2031-04-30 15:30:00")
        self.use(self.part, self.van, 3, "2031-04-30 16:30:00")
        self.assertEqual(self.suggest((self.part, self.van)).series, [2, 3])

    def test_present_month_is_no_full_month(self):
        self.use(self.part, self.van, 2, "2031-06-10 12:00:00")
        suggestion = self.suggest((self.part, self.van))
        self.assertFalse(suggestion.series)
        self.assertEqual((suggestion.method, suggestion.month_count), ("none", 0))

    def test_only_uses_from_the_place_count(self):
        self.use(self.part, self.van, 2, "2031-05-10 12:00:00")
        self.use(self.part, self.other_van, 7, "2031-05-10 12:00:00")
        self.use(self.other_part, self.van, 9, "2031-05-10 12:00:00")
        back = self.env["stock.move"]._qifei_transfer(
            "return",
            [
                {
                    "source": self.van,
                    "destination": self.stock,
                    "moves": [
                        {"product": self._stocked(self.part, self.van), "quantity": 4}
                    ],
                }
            ],
        )
        self.date_back(back.move_ids, "2031-05-11 12:00:00")
        self.assertEqual(self.suggest((self.part, self.van)).series, [2])

    def test_undone_use_is_no_demand(self):
        use = self.use(self.part, self.van, 5, "2031-05-10 12:00:00")
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=use.id, active_model="stock.picking")
            .create({"picking_id": use.id})
        )
        wizard.product_return_moves.quantity = 2
        back = use.browse(wizard.action_create_returns()["res_id"])
        back.move_ids.quantity = 2
        back.button_validate()
        self.date_back(back.move_ids, "2031-05-20 12:00:00")
        self.assertEqual(self.suggest((self.part, self.van)).series, [3])

    def test_history_begins_with_the_first_arrival(self):
        self.add_stock(self.part, 5)
        arrival = self.env["stock.move"]._qifei_transfer(
            "issue",
            [
                {
                    "source": self.stock,
                    "destination": self.van,
                    "moves": [{"product": self.part, "quantity": 5}],
                }
            ],
        )
        self.date_back(arrival.move_ids, "2031-02-10 12:00:00")
        self.use_up(self.part, self.van, 1, "2031-04-10 12:00:00")
        suggestion = self.suggest((self.part, self.van))
        self.assertEqual(str(suggestion.series_start), "2031-02-01")
        self.assertEqual(suggestion.series, [0, 0, 1, 0])

    def test_replaced_number_hands_its_history_on(self):
        old, new = self.part, self.other_part
        self.use(old, self.van, 2, "2031-03-10 12:00:00")
        self.use(old, self.van, 1, "2031-04-10 12:00:00")
        self.use(new, self.van, 3, "2031-04-12 12:00:00")
        self.env["qifei.part.substitute"].create(
            {"product_id": old.id, "substitute_id": new.id, "supersedes": True}
        )
        suggestions = self.suggest((old, self.van), (new, self.van))
        self.assertFalse(suggestions[0].series)
        self.assertEqual(suggestions[0].suggested_max, 0)
        self.assertEqual(suggestions[1].series, [2, 4, 0])
        alone = suggestions[1]
        alone._calculate()
        self.assertEqual(alone.series, [2, 4, 0])

    def test_replaced_number_makes_a_suggestion_of_the_valid_one(self):
        self.use(self.part, self.van, 2, "2031-05-10 12:00:00")
        self.env["qifei.part.substitute"].create(
            {
                "product_id": self.part.id,
                "substitute_id": self.other_part.id,
                "supersedes": True,
            }
        )
        created = self.env["qifei.part.suggestion"]._create_missing(self.company)
        self.assertIn(self.other_part, created.product_id)

    def test_place_is_called_by_its_own_name(self):
        self.assertEqual(self.van.display_name, self.van.name)
        self.assertNotEqual(self.stock.display_name, self.stock.name)

    def test_missing_suggestions_are_made_for_uses_and_rules(self):
        self.use(self.part, self.van, 2, "2031-05-10 12:00:00")
        self.use(self.other_part, self.stock, 2, "2031-05-10 12:00:00")
        self.set_levels(self.wrong_part, self.point, 1, 2)
        created = self.env["qifei.part.suggestion"]._create_missing(self.company)
        mine = created.filtered(
            lambda one: one.product_id in self.part | self.other_part | self.wrong_part
        )
        self.assertEqual(
            {(one.product_id, one.location_id) for one in mine},
            {(self.part, self.van), (self.wrong_part, self.point)},
        )
        self.assertFalse(
            self.env["qifei.part.suggestion"]._create_missing(self.company)
        )

    def test_levels_grow_with_the_settings(self):
        self.use_monthly(self.part, self.van, LUMPY)
        suggestion = self.suggest((self.part, self.van))
        before = (suggestion.suggested_min, suggestion.suggested_max)
        self.company.qifei_plan_lead_days = 60
        suggestion._calculate()
        self.assertGreater(suggestion.suggested_min, before[0])
        self.company.qifei_plan_cover_days = 360
        suggestion._calculate()
        self.assertGreater(
            suggestion.suggested_max - suggestion.suggested_min, before[1] - before[0]
        )

    def test_queries_do_not_grow_with_suggestions(self):
        parts = self.create_parts(20)
        for part in parts:
            self.use(part, self.van, 2, "2031-05-10 12:00:00")
        suggestions = self.suggest(*[(part, self.van) for part in parts])
        self.assertFlatQueries(
            lambda some: some._calculate(), suggestions[:1], suggestions
        )
        self.assertFlatQueries(
            lambda some: some.with_user(self.keeper).action_dismiss(),
            suggestions[:1],
            suggestions,
        )

    # === JOB === #

    def test_job_passes_over_a_bad_suggestion(self):
        for part in self.part | self.other_part:
            self.use(part, self.van, 2, "2031-05-10 12:00:00")
        Suggestion = self.env["qifei.part.suggestion"]
        prepare = type(Suggestion)._prepare_forecast_values

        def prepare_or_fail(suggestion, *arguments):
            if suggestion.product_id == self.part:
                raise ValueError("A use is a number.")
            return prepare(suggestion, *arguments)

        with (
            patch.object(type(Suggestion), "_prepare_forecast_values", prepare_or_fail),
            self.enter_registry_test_mode(),
            self.assertLogs("odoo.addons.qifei_base.tools.isolation", "WARNING"),
        ):
            self.env.ref("qifei_parts.ir_cron_part_suggestion").method_direct_trigger()
        bad, good = (
            Suggestion.search(
                [("product_id", "=", part.id), ("location_id", "=", self.van.id)]
            )
            for part in (self.part, self.other_part)
        )
        self.assertEqual(bad.job_error, "A use is a number.")
        self.assertFalse(bad.method)
        self.assertFalse(good.job_error)
        self.assertEqual(good.series, [2])
        bad._calculate()
        self.assertFalse(bad.job_error)
        self.assertEqual(bad.series, [2])

    def test_job_works_in_slices_and_leaves_fresh_ones(self):
        parts = self.create_parts(5)
        for part in parts:
            self.use(part, self.van, 2, "2031-05-10 12:00:00")
        Suggestion = self.env["qifei.part.suggestion"]
        with (
            patch.object(calculate, "SLICE", 2),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("qifei_parts.ir_cron_part_suggestion").method_direct_trigger()
        made = Suggestion.search([("product_id", "in", parts.ids)])
        self.assertEqual(len(made), 5)
        self.assertTrue(all(made.mapped("calculated_on")))
        with patch.object(type(Suggestion), "_calculate") as again:
            Suggestion._cron_calculate()
        again.assert_not_called()

    def test_job_makes_new_ones_in_portions(self):
        for part in self.create_parts(3):
            self.use(part, self.van, 2, "2031-05-10 12:00:00")
        Suggestion = self.env["qifei.part.suggestion"]
        with patch.object(calculate, "MOST_NEW", 2):
            self.assertEqual(len(Suggestion._create_missing(self.company)), 2)
            self.assertEqual(len(Suggestion._create_missing(self.company)), 1)

    def test_keeper_calculates_now(self):
        self.use(self.part, self.van, 2, "2031-05-10 12:00:00")
        Suggestion = self.env["qifei.part.suggestion"]
        action = Suggestion.with_user(self.keeper).action_calculate_now()
        self.assertEqual(action["res_model"], "qifei.part.suggestion")
        self.assertTrue(Suggestion.search([("product_id", "=", self.part.id)]))
        for role in ("engineer", "agent", "dispatcher"):
            with self.assertRaises(AccessError):
                Suggestion.with_user(self.users[role]).action_calculate_now()

    # === APPLYING === #

    def test_apply_makes_and_changes_rules_in_one_go(self):
        self.use_monthly(self.part, self.van, LUMPY)
        self.use_monthly(self.other_part, self.van, LUMPY)
        rule = self.set_levels(self.other_part, self.van, 50, 60)
        suggestions = self.suggest((self.part, self.van), (self.other_part, self.van))
        self.assertEqual(suggestions[1].current_max, 60)
        suggestions.with_user(self.keeper).action_apply()
        self.assertEqual(set(suggestions.mapped("state")), {"applied"})
        self.assertEqual(suggestions[1].orderpoint_id, rule)
        self.assertFalse(any(suggestions.mapped("is_different")))
        for suggestion in suggestions:
            made = suggestion.orderpoint_id
            self.assertEqual(made.location_id, self.van)
            self.assertEqual(made.product_min_qty, suggestion.suggested_min)
            self.assertEqual(made.product_max_qty, suggestion.suggested_max)
            self.assertEqual(made.trigger, "auto")

    def test_apply_takes_up_an_archived_rule(self):
        self.use_monthly(self.part, self.van, LUMPY)
        rule = self.set_levels(self.part, self.van, 1, 1)
        rule.active = False
        suggestion = self.suggest((self.part, self.van))
        self.assertEqual(suggestion.current_max, 0)
        suggestion.with_user(self.keeper).action_apply()
        self.assertTrue(rule.active)
        self.assertEqual(rule.product_max_qty, suggestion.suggested_max)

    def test_apply_of_no_need_makes_no_rule(self):
        suggestion = self.suggest((self.part, self.van))
        suggestion.with_user(self.keeper).action_apply()
        self.assertFalse(suggestion.orderpoint_id)

    def test_apply_of_no_need_empties_a_rule(self):
        rule = self.set_levels(self.part, self.van, 2, 4)
        suggestion = self.suggest((self.part, self.van))
        suggestion.with_user(self.keeper).action_apply()
        self.assertEqual((rule.product_min_qty, rule.product_max_qty), (0, 0))

    def test_scheduler_fills_the_van_through_the_field_route(self):
        """What is applied ends in a core transfer from the warehouse to the van."""
        self.use_monthly(self.part, self.van, LUMPY)
        suggestion = self.suggest((self.part, self.van))
        suggestion.with_user(self.keeper).action_apply()
        self.env["stock.rule"].run_scheduler()
        move = self.env["stock.move"].search(
            [
                ("product_id", "=", self.part.id),
                ("location_dest_id", "=", self.van.id),
                ("state", "=", "assigned"),
            ]
        )
        self.assertEqual(move.location_id, self.stock)
        self.assertEqual(move.product_uom_qty, suggestion.suggested_max)
        self.assertEqual(move.qifei_purpose, "issue")
        move.picking_id.button_validate()
        self.assertEqual(move.state, "done")
        self.assertEqual(self.on_hand(self.van), suggestion.suggested_max)
        self.env["stock.rule"].run_scheduler()
        self.assertFalse(
            self.env["stock.move"].search(
                [
                    ("product_id", "=", self.part.id),
                    ("location_dest_id", "=", self.van.id),
                    ("state", "not in", ("done", "cancel")),
                ]
            ),
            "A full van is not filled again.",
        )

    def test_dismissed_stays_until_the_figures_change(self):
        self.use_monthly(self.part, self.van, LUMPY)
        suggestion = self.suggest((self.part, self.van))
        suggestion.with_user(self.keeper).action_dismiss()
        suggestion._calculate()
        self.assertEqual(suggestion.state, "dismissed")
        self.company.qifei_plan_lead_days = 90
        suggestion._calculate()
        self.assertEqual(suggestion.state, "open")

    def test_applied_stays_when_the_rule_follows(self):
        self.use_monthly(self.part, self.van, LUMPY)
        suggestion = self.suggest((self.part, self.van))
        suggestion.with_user(self.keeper).action_apply()
        suggestion._calculate()
        self.assertEqual(suggestion.state, "applied")
        suggestion.orderpoint_id.product_max_qty += 5
        suggestion._calculate()
        self.assertEqual(suggestion.state, "applied", "Somebody decided otherwise.")
        self.company.qifei_plan_lead_days = 90
        suggestion._calculate()
        self.assertEqual(suggestion.state, "open")

    # === ACCESS === #

    def test_engineer_sees_van_and_point_only(self):
        self.engineer.service_point_id = self.point_partner
        suggestions = self.suggest(
            (self.part, self.van),
            (self.part, self.other_van),
            (self.part, self.point),
        )
        Suggestion = self.env["qifei.part.suggestion"]
        mine = [("id", "in", suggestions.ids)]
        self.assertEqual(
            Suggestion.with_user(self.users["engineer"]).search(mine).location_id,
            self.van | self.point,
        )
        for role in ("parts_keeper", "manager"):
            self.assertEqual(
                len(Suggestion.with_user(self.users[role]).search(mine)), 3
            )
        for role in ("agent", "dispatcher"):
            with self.assertRaises(AccessError):
                Suggestion.with_user(self.users[role]).search(mine)
        with self.assertRaises(AccessError):
            suggestions[0].with_user(self.users["engineer"]).action_apply()

    def test_engineer_reads_the_levels_without_stock_rights(self):
        self.set_levels(self.part, self.van, 2, 4)
        suggestion = self.suggest((self.part, self.van))
        as_engineer = suggestion.with_user(self.users["engineer"])
        as_engineer.invalidate_recordset()
        self.assertEqual((as_engineer.current_min, as_engineer.current_max), (2, 4))

    def test_other_company_is_not_seen(self):
        other = self.env["res.company"].create({"name": "Other parts company"})
        self.env["stock.warehouse"].search([("company_id", "=", other.id)]) or self.env[
            "stock.warehouse"
        ].create({"name": "Other", "code": "OTH", "company_id": other.id})
        engineer = self.env["qifei.engineer"].create(
            {"name": "Stranger", "company_id": other.id}
        )
        suggestion = self.suggest((self.part, engineer._get_van()))
        self.assertEqual(suggestion.company_id, other)
        self.assertFalse(
            self.env["qifei.part.suggestion"]
            .with_user(self.keeper)
            .search([("id", "=", suggestion.id)])
        )
        self.keeper.company_ids |= other
        as_keeper = suggestion.with_user(self.keeper).with_context(
            allowed_company_ids=[self.company.id, other.id]
        )
        self.assertTrue(as_keeper.has_access("read"))

    def test_figures_are_written_by_the_calculation_only(self):
        suggestion = self.suggest((self.part, self.van)).with_user(self.keeper)
        with self.assertRaises(UserError):
            suggestion.write({"suggested_max": 99})
        with self.assertRaises(UserError):
            suggestion.create({"product_id": self.part.id, "location_id": self.van.id})
        with self.assertRaises(AccessError):
            suggestion.unlink()

    # === HELPERS === #

    def _stocked(self, part, place):
        self.add_stock(part, 10, place=place)
        return part


@tagged("post_install", "-at_install")
class TestPartSuggestionMatrix(TransitionMatrixMixin, PlanningCase):
    matrix_roles = ("engineer", "parts_keeper", "manager", "admin")

    def _matrix_record(self, role, user):
        if not hasattr(self, "suggestion"):
            self.suggestion = self.suggest((self.part, self.van))
        return self.suggestion

    def test_every_action_in_every_state_as_every_role(self):
        self.assertTransitionMatrix("qifei.part.suggestion")
