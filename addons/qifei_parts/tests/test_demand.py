import doctest
from math import exp, factorial

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.qifei_parts.tools import demand

# The time a step takes depends on what else the machine does.
settings.register_profile("qifei", deadline=None)
settings.load_profile("qifei")

pieces = st.integers(min_value=0, max_value=50)
# Mostly empty months, as with spare parts.
lumpy = st.lists(st.one_of(st.just(0), st.just(0), pieces), max_size=36)
scales = st.sampled_from([0.5, 2.0, 10.0, 1000.0])
service_levels = st.floats(min_value=0.5, max_value=0.999)
times = st.floats(min_value=0.0, max_value=12.0)

METHODS = (
    demand.forecast_naive,
    demand.forecast_croston,
    demand.forecast_sba,
    demand.forecast_tsb,
)


@tagged("post_install", "-at_install")
class TestDemand(BaseCase):
    def test_examples_in_the_docstrings(self):
        results = doctest.testmod(demand)
        self.assertGreaterEqual(results.attempted, 12)
        self.assertFalse(results.failed)

    # === METHODS === #

    def test_croston_by_hand(self):
        """α = 0.2: sizes 3, 3+0.2(5-3)=3.4; intervals 2, 2+0.2(3-2)=2.2."""
        forecasts = demand.forecast_croston([0, 3, 0, 0, 5], alpha=0.2)
        self.assertEqual(forecasts[:5], [0.0, 0.0, 1.5, 1.5, 1.5])
        self.assertAlmostEqual(forecasts[5], 3.4 / 2.2)
        self.assertAlmostEqual(
            demand.forecast_sba([0, 3, 0, 0, 5], alpha=0.2)[5], 0.9 * 3.4 / 2.2
        )

    def test_tsb_by_hand(self):
        """α = β = 0.2: p = 1/2, 0.4, 0.32, then 0.32+0.2·0.68; z = 3, then 3.4."""
        forecasts = demand.forecast_tsb([0, 3, 0, 0, 5], alpha=0.2, beta=0.2)
        for forecast, expected in zip(
            forecasts, [0, 0, 1.5, 1.2, 0.96, 3.4 * 0.456], strict=True
        ):
            self.assertAlmostEqual(forecast, expected)

    def test_obsolete_part_fades_out_with_tsb_only(self):
        series = [2] * 12 + [0] * 24
        croston = demand.forecast_croston(series)
        tsb = demand.forecast_tsb(series)
        self.assertEqual(croston[-1], croston[12])
        self.assertLess(tsb[-1], 0.1 * tsb[12])

    @given(lumpy)
    def test_no_forecast_is_negative(self, series):
        for method in METHODS:
            forecasts = method(series)
            self.assertEqual(len(forecasts), len(series) + 1)
            self.assertTrue(all(forecast >= 0 for forecast in forecasts))

    @given(lumpy, pieces)
    def test_a_forecast_knows_its_past_only(self, series, more):
        for method in METHODS:
            self.assertEqual(method([*series, more])[:-1], method(series))

    @given(lumpy, scales)
    def test_forecasts_scale_with_the_series(self, series, scale):
        scaled = [value * scale for value in series]
        for method in METHODS:
            for forecast, expected in zip(method(scaled), method(series), strict=True):
                self.assertAlmostEqual(forecast / scale, expected, places=6)

    @given(st.integers(1, 30), st.integers(min_value=1, max_value=50))
    def test_constant_series(self, length, value):
        series = [value] * length
        self.assertEqual(demand.forecast_naive(series)[-1], value)
        self.assertAlmostEqual(demand.forecast_croston(series)[-1], value)
        self.assertAlmostEqual(demand.forecast_tsb(series)[-1], value)
        self.assertAlmostEqual(demand.forecast_sba(series, alpha=0.1)[-1], 0.95 * value)

    @given(lumpy)
    def test_forecast_within_the_largest_use(self, series):
        for method in METHODS:
            self.assertLessEqual(
                max(method(series)), max(series, default=0) + demand.EPSILON
            )

    # === CHOICE === #

    @given(st.integers(0, 36))
    def test_zero_series_needs_nothing(self, length):
        forecast = demand.choose_forecast([0] * length)
        self.assertEqual(forecast, demand.Forecast("none"))
        self.assertEqual(
            demand.suggest_levels(forecast, 1, 1, 0.95), demand.Levels(0.0, 0.0)
        )

    @given(st.integers(6, 30), st.integers(min_value=1, max_value=50))
    def test_constant_series_is_left_to_naive(self, length, value):
        forecast = demand.choose_forecast([value] * length)
        self.assertEqual(forecast.method, "naive")
        self.assertEqual(forecast.rate, value)
        self.assertEqual((forecast.rmse, forecast.mase), (0.0, 0.0))

    @given(lumpy)
    def test_chosen_is_never_worse_than_naive(self, series):
        forecast = demand.choose_forecast(series)
        self.assertLessEqual(forecast.rmse, forecast.naive_rmse)
        self.assertGreaterEqual(forecast.rate, 0)
        self.assertGreaterEqual(forecast.mase, 0)

    @given(lumpy)
    def test_chosen_is_the_best_of_all_tried(self, series):
        forecast = demand.choose_forecast(series)
        if not forecast.trials:
            return
        errors = [
            demand.measure(series, forecasts)[0]
            for _method, forecasts in demand.run_methods(series)
        ]
        self.assertAlmostEqual(forecast.rmse, min(errors))

    @given(lumpy, scales)
    def test_choice_does_not_depend_on_the_unit(self, series, scale):
        one = demand.choose_forecast(series)
        other = demand.choose_forecast([value * scale for value in series])
        self.assertEqual(one.method, other.method)
        self.assertAlmostEqual(one.rate, other.rate / scale, places=6)
        self.assertAlmostEqual(one.rmse, other.rmse / scale, places=6)
        self.assertAlmostEqual(one.mase, other.mase, places=6)

    def test_short_history_is_not_tried(self):
        forecast = demand.choose_forecast([0, 2, 0])
        self.assertEqual((forecast.method, forecast.trials), ("sba", 0))
        self.assertAlmostEqual(forecast.rate, 0.95)

    def test_intermittent_demand_beats_naive(self):
        forecast = demand.choose_forecast([0, 0, 4, 0, 0, 0, 3, 0, 0, 5, 0, 0] * 2)
        self.assertIn(forecast.method, ("croston", "sba", "tsb"))
        self.assertLess(forecast.rmse, forecast.naive_rmse)
        self.assertLess(forecast.mase, 1)

    def test_measure_uses_the_expanding_window(self):
        """Periods 4 to 6 with the naive forecast: errors 1, 2 and 3."""
        series = [9, 9, 1, 2, 0, 3]
        rmse, mae, trials = demand.measure(series, demand.forecast_naive(series))
        self.assertEqual((mae, trials), (2.0, 3))
        self.assertAlmostEqual(rmse, (14 / 3) ** 0.5)

    def test_what_is_no_use_is_refused(self):
        for value in (-1, float("nan"), float("inf")):
            with self.assertRaises(ValueError):
                demand.choose_forecast([1, value])

    # === LEVELS === #

    @given(lumpy, times, times, service_levels)
    def test_levels_are_whole_pieces_and_in_order(self, series, lead, cover, level):
        forecast = demand.choose_forecast(series)
        minimum, maximum = demand.suggest_levels(forecast, lead, cover, level)
        self.assertGreaterEqual(minimum, 0)
        self.assertGreaterEqual(maximum, minimum)
        self.assertEqual((minimum % 1, maximum % 1), (0, 0))
        if forecast.rate > demand.EPSILON:
            self.assertGreater(maximum, minimum)

    @given(lumpy, times, service_levels, service_levels)
    def test_more_certainty_never_needs_less(self, series, lead, one, other):
        forecast = demand.choose_forecast(series)
        low, high = sorted((one, other))
        self.assertLessEqual(
            demand.get_reorder_level(forecast, lead, low),
            demand.get_reorder_level(forecast, lead, high) + demand.EPSILON,
        )

    @given(st.floats(0.01, 9.9), service_levels)
    def test_few_pieces_follow_the_poisson_distribution(self, mean, level):
        """Compared with the distribution added up another way."""
        forecast = demand.Forecast("sba", rate=mean, size=1.0, trials=9)
        count = int(demand.get_reorder_level(forecast, 1.0, level))

        def reached(number):
            return sum(
                exp(-mean) * mean**item / factorial(item) for item in range(number + 1)
            )

        self.assertGreaterEqual(reached(count), level - 1e-9)
        if count:
            self.assertLess(reached(count - 1), level + 1e-9)

    def test_lead_time_of_none_needs_no_minimum(self):
        forecast = demand.Forecast("sba", rate=2.0, size=2.0)
        self.assertEqual(
            demand.suggest_levels(forecast, 0.0, 1.0, 0.95), demand.Levels(0.0, 2.0)
        )

    def test_huge_demand_is_calculated_too(self):
        forecast = demand.Forecast("sba", rate=1e6, size=1.0)
        self.assertGreater(demand.get_reorder_level(forecast, 1.0, 0.95), 1e6)
