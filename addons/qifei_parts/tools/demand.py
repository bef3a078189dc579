"""Forecast of the monthly use of a spare part, without Odoo.

Spare parts are used now and then: most months show nothing, some show a few pieces.
Four forecasts of the mean use per period are known here, each a list of one-step
forecasts, so that it can be tried on the past of the series before it is believed:

* ``naive``: the last period again; what every other method has to beat.
* ``croston``: J. D. Croston, "Forecasting and stock control for intermittent demands",
  Operational Research Quarterly 23 (1972), 289-303.
* ``sba``: A. A. Syntetos and J. E. Boylan, "The accuracy of intermittent demand
  estimates", International Journal of Forecasting 21 (2005), 303-314.
* ``tsb``: R. H. Teunter, A. A. Syntetos and M. Z. Babai, "Intermittent demand: linking
  forecasting to inventory obsolescence", European Journal of Operational Research 214
  (2011), 606-615.

A series is a sequence of quantities, none negative, oldest first, one per period.
"""

from math import ceil, exp, isfinite, sqrt
from statistics import NormalDist
from typing import NamedTuple

# Smoothing that the literature recommends for intermittent demand: slow.
ALPHAS = (0.1, 0.2, 0.3)
BETAS = (0.1, 0.2, 0.3)

# Nothing is judged by its first periods: no method knows anything yet.
WARM_UP = 3
# Fewer tried forecasts say nothing about a method.
FEWEST_TRIALS = 3

# Used without a trial, when the history is too short for one.
UNTRIED_METHOD = "sba"
UNTRIED_ALPHA = 0.1

# Up to this mean use in the lead time the demand is counted in single pieces
# (Silver, Pyke and Thomas, "Inventory and Production Management in Supply Chains",
# 4th ed., chapter 8: the normal distribution from ten pieces on).
FEW_PIECES = 10.0

# Quantities below differ by rounding only.
EPSILON = 1e-9


class Forecast(NamedTuple):
    """What a series lets expect, and how far it can be trusted.

    :param method: ``none`` (no use at all), ``naive``, ``croston``, ``sba`` or ``tsb``
    :param rate: expected use per period
    :param size: expected quantity of one use
    :param trials: how many past periods were forecast to judge the methods; 0: the
        history is too short, and the errors below mean nothing
    :param rmse: root mean squared error of the chosen method in those periods
    :param mae: its mean absolute error
    :param naive_rmse: the same of the naive forecast
    :param naive_mae: the same of the naive forecast
    :param mase: ``mae / naive_mae``; below 1 is better than naive; 0 when both are 0
    """

    method: str
    rate: float = 0.0
    size: float = 0.0
    trials: int = 0
    rmse: float = 0.0
    mae: float = 0.0
    naive_rmse: float = 0.0
    naive_mae: float = 0.0
    mase: float = 0.0


class Levels(NamedTuple):
    """Stock at which a place is refilled, and up to what."""

    minimum: float
    maximum: float


# === METHODS === #


def forecast_naive(series):
    """Return the one-step forecasts that repeat the last period.

    Item ``t`` is made from ``series[:t]``; the last item is the forecast of the future.
    The first one is made of nothing and is 0.

    >>> forecast_naive([0, 2, 1])
    [0.0, 0.0, 2.0, 1.0]
    """
    return [0.0, *(float(value) for value in series)]


def forecast_croston(series, alpha=UNTRIED_ALPHA):
    """Return the one-step forecasts of Croston: mean size by mean interval.

    With use ``x`` after ``q`` periods, and in those periods only: ``z += α (x - z)``,
    ``p += α (q - p)``; the forecast is ``z / p``. The first use gives the first size,
    the periods up to it the first interval.

    >>> forecast_croston([0, 2, 0, 4], alpha=0.5)
    [0.0, 0.0, 1.0, 1.0, 1.5]
    """
    forecasts = [0.0]
    size = interval = 0.0
    waited = 0
    for value in series:
        waited += 1
        if value > 0:
            if size:
                size += alpha * (value - size)
                interval += alpha * (waited - interval)
            else:
                size, interval = float(value), float(waited)
            waited = 0
        forecasts.append(size / interval if interval else 0.0)
    return forecasts


def forecast_sba(series, alpha=UNTRIED_ALPHA):
    """Return Croston's forecasts without their bias: times ``1 - α / 2``.

    >>> forecast_sba([0, 2, 0, 4], alpha=0.5)
    [0.0, 0.0, 0.75, 0.75, 1.125]
    """
    return [value * (1 - alpha / 2) for value in forecast_croston(series, alpha)]


def forecast_tsb(series, alpha=UNTRIED_ALPHA, beta=UNTRIED_ALPHA):
    """Return the forecasts of Teunter, Syntetos and Babai: size times probability.

    The probability of use is updated in every period, ``p += β (1 - p)`` with use and
    ``p -= β p`` without, the size with each use: ``z += α (x - z)``. So a part that is
    no longer used fades out, where Croston would stand still.

    >>> forecast_tsb([0, 2, 0], alpha=0.5, beta=0.5)
    [0.0, 0.0, 1.0, 0.5]
    """
    forecasts = [0.0]
    size = probability = 0.0
    for period, value in enumerate(series, start=1):
        if value > 0:
            if size:
                size += alpha * (value - size)
                probability += beta * (1 - probability)
            else:
                size, probability = float(value), 1 / period
        else:
            probability -= beta * probability
        forecasts.append(probability * size)
    return forecasts


def run_methods(series):
    """Return ``[(method, one-step forecasts)]`` with every smoothing, naive first."""
    return [
        ("naive", forecast_naive(series)),
        *(("croston", forecast_croston(series, alpha)) for alpha in ALPHAS),
        *(("sba", forecast_sba(series, alpha)) for alpha in ALPHAS),
        *(
            ("tsb", forecast_tsb(series, alpha, beta))
            for alpha in ALPHAS
            for beta in BETAS
        ),
    ]


# === CHOICE === #


def measure(series, forecasts):
    """Return ``(rmse, mae, trials)`` of forecasts made with an expanding window.

    The forecast of each period was made from all periods before it and nothing else;
    the first ``WARM_UP`` periods are not counted.

    >>> measure([1, 1, 1, 3, 1], [0, 1, 1, 1, 1, 1])
    (1.4142135623730951, 1.0, 2)
    """
    errors = [
        actual - forecast
        for actual, forecast in zip(series[WARM_UP:], forecasts[WARM_UP:], strict=False)
    ]
    if not errors:
        return 0.0, 0.0, 0
    return (
        sqrt(sum(error * error for error in errors) / len(errors)),
        sum(map(abs, errors)) / len(errors),
        len(errors),
    )


def choose_forecast(series):
    """Try all methods on the past of a series and forecast with the best.

    The best is the one with the smallest root mean squared error; of equals the first
    of ``run_methods``. Squares and not absolute errors choose, because absolute errors
    are least for the median, which is no use at all in a series with more empty periods
    than others: they would choose the method that forecasts too little (N. Kourentzes,
    "On intermittent demand model optimisation and selection", International Journal of
    Production Economics 156 (2014), 180-190). The absolute error is told as well,
    scaled by the naive one (MASE: R. J. Hyndman and A. B. Koehler, "Another look at
    measures of forecast accuracy", International Journal of Forecasting 22 (2006),
    679-688).

    >>> choose_forecast([0, 0, 0]).method
    'none'
    >>> choose_forecast([2] * 12)[:2]
    ('naive', 2.0)
    >>> lumpy = choose_forecast([0, 3, 0, 0, 2, 0, 0, 4, 0, 0, 3, 0])
    >>> lumpy.method != 'naive' and lumpy.mase < 1
    True

    :param series: quantities per period, oldest first
    :return: a ``Forecast``
    :raise ValueError: a quantity is negative or no number
    """
    series = [float(value) for value in series]
    if any(value < 0 or not isfinite(value) for value in series):
        raise ValueError("A use is a number and not negative.")
    uses = [value for value in series if value > 0]
    if not uses:
        return Forecast("none")
    size = sum(uses) / len(uses)
    if len(series) < WARM_UP + FEWEST_TRIALS:
        rate = forecast_sba(series, UNTRIED_ALPHA)[-1]
        return Forecast(UNTRIED_METHOD, rate=rate, size=size)
    runs = run_methods(series)
    naive_rmse, naive_mae, trials = measure(series, runs[0][1])
    best = None
    for method, forecasts in runs:
        rmse, mae, _trials = measure(series, forecasts)
        if best is None or rmse < best[2] * (1 - EPSILON):
            best = (method, forecasts[-1], rmse, mae)
    method, rate, rmse, mae = best
    return Forecast(
        method,
        rate=rate,
        size=size,
        trials=trials,
        rmse=rmse,
        mae=mae,
        naive_rmse=naive_rmse,
        naive_mae=naive_mae,
        mase=mae / naive_mae if naive_mae else 0.0,
    )


# === LEVELS === #


def get_reorder_level(forecast, lead_time, service_level):
    """Return the stock that lasts for the lead time with the given probability.

    With few pieces the use in the lead time ``L`` is taken as Poisson distributed
    arrivals, each of the usual size ``z``: the smallest ``k`` with
    ``P(N ≤ k) ≥ service level`` for ``N ~ Poisson(L · rate / z)``, times ``z``. With
    more it is normal: ``L · rate + Φ⁻¹(service level) · √L · rmse``, with the standard
    deviation of the forecast errors (Silver, Pyke and Thomas, chapters 6 and 8).

    >>> get_reorder_level(Forecast("sba", rate=0.5, size=1.0), 0.5, 0.95)
    1.0
    >>> steady = Forecast("croston", rate=40.0, size=40.0, trials=9, rmse=10.0)
    >>> round(get_reorder_level(steady, 1.0, 0.95), 2)
    56.45
    """
    mean = forecast.rate * lead_time
    if mean <= EPSILON:
        return 0.0
    if mean < FEW_PIECES or not forecast.trials:
        return _count_arrivals(mean / forecast.size, service_level) * forecast.size
    spread = NormalDist().inv_cdf(service_level) * sqrt(lead_time) * forecast.rmse
    return max(0.0, mean + spread)


def _count_arrivals(mean, service_level):
    """Return the smallest number that a Poisson variable exceeds seldom enough."""
    if mean > 500:
        # Far beyond any place of spare parts, where exp(-mean) is zero to the machine.
        return ceil(mean + NormalDist().inv_cdf(service_level) * sqrt(mean))
    count, term = 0, exp(-mean)
    reached = term
    while reached < service_level:
        count += 1
        term *= mean / count
        reached += term
        if term < EPSILON * EPSILON and count > mean:
            break
    return count


def suggest_levels(forecast, lead_time, cover, service_level, rounding=1.0):
    """Return the minimum and maximum stock of a place.

    A place that falls below the minimum is refilled up to the maximum: an (s, S)
    policy. ``s`` is ``get_reorder_level``. ``S - s`` is the use of the cover time, and
    at least one use of the usual size, so that one transfer serves for that long
    (Silver, Pyke and Thomas, chapter 6). Both are rounded up to whole steps.

    >>> suggest_levels(Forecast("none"), 0.25, 1.0, 0.95)
    Levels(minimum=0.0, maximum=0.0)
    >>> suggest_levels(Forecast("tsb", rate=1.2, size=2.0), 0.25, 1.0, 0.95)
    Levels(minimum=2.0, maximum=4.0)

    :param forecast: a ``Forecast`` per period
    :param lead_time: periods from the order to the arrival
    :param cover: periods that one transfer shall last
    :param service_level: probability of no shortage in the lead time, above 0, below 1
    :param rounding: smallest step of the quantity
    """
    if forecast.rate <= EPSILON:
        return Levels(0.0, 0.0)
    minimum = _round_up(get_reorder_level(forecast, lead_time, service_level), rounding)
    lot = _round_up(max(forecast.rate * cover, forecast.size), rounding)
    return Levels(minimum, minimum + lot)


def _round_up(quantity, rounding):
    """Return the next multiple of ``rounding``.

    >>> _round_up(1.2, 1.0), _round_up(2.0000000000001, 1.0), _round_up(0.3, 0.25)
    (2.0, 2.0, 0.5)
    """
    steps = quantity / rounding
    nearest = round(steps)
    if abs(steps - nearest) < 1e-6 * max(1.0, abs(steps)):
        return nearest * rounding
    return ceil(steps) * rounding
