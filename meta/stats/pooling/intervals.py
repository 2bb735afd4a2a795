"""Confidence intervals of a pooled effect and prediction intervals, each by its name."""

import math

from meta.stats.distributions import critical_value, two_sided
from meta.stats.errors import UnknownOption
from meta.stats.results import Interval, NotEstimable, Pooled

from .inverse_variance import Array, Weighted, cochran_q

INTERVALS: dict[str, str] = {
    "wald": "Normal quantile: RevMan 5's interval; too narrow when there are few, heterogeneous studies.",
    "t": "The same standard error with the t distribution of k - 1 degrees of freedom.",
    "hk": "Hartung-Knapp (Sidik-Jonkman): the default of Cochrane since 2025 when there are more than two studies.",
    "hk-se": "Hartung-Knapp, but its standard error never smaller than the classic one (metafor's adhoc, meta's se).",
    "hk-ci": "The wider of the Hartung-Knapp and the Wald interval (meta's ci).",
    "hk-iqwig": "The wider of the two only where the Hartung-Knapp interval is narrower than that of the common effect.",
    "kr": "Kenward-Roger: REML with adjusted standard error and degrees of freedom; for few studies.",
}
"""Every interval of the pooled effect with one sentence on when it is right."""

PREDICTIONS: dict[str, str] = {
    "t_km1": "t distribution, k - 1 degrees of freedom: the current default of RevMan, metafor (test t) and meta (V).",
    "t_km2": "t distribution, k - 2 degrees of freedom: Higgins, Thompson & Spiegelhalter (HTS).",
    "z": "Normal distribution (Skipka): too narrow when there are few studies.",
    "hk": "Hartung-Knapp standard error, k - 1 degrees of freedom.",
    "hk-km2": "Hartung-Knapp standard error, k - 2 degrees of freedom (Partlett & Riley).",
    "kr": "Kenward-Roger standard error and degrees of freedom.",
    "kr-pr": "Kenward-Roger standard error, one degree of freedom less (Partlett & Riley).",
}
"""Every prediction interval with one sentence on what it is."""

NO_SPREAD = NotEstimable("The effects are all equal, so the Hartung-Knapp standard error is zero.")


def pooled(
    estimate: float, standard_error: float, *, df: float | None, level: float, k: int, method: str
) -> Pooled | NotEstimable:
    """A pooled effect with its symmetric interval and its test; ``df`` None means normal."""
    half = critical_value(level, df) * standard_error
    if not math.isfinite(half):
        return NotEstimable("The standard error is too large to be written as a number.")
    statistic = estimate / standard_error if standard_error > 0 else None
    return Pooled(
        estimate,
        standard_error,
        estimate - half,
        estimate + half,
        statistic,
        None if statistic is None else two_sided(statistic, df),
        "z" if df is None else "t",
        df,
        level,
        k,
        method,
    )


def hartung_knapp_factor(y: Array, fit: Weighted) -> float:
    r"""What the classic variance is multiplied with, :math:`q = \sum w_i (y_i - \hat\mu)^2 / (k - 1)`.

    Source: Hartung & Knapp 2001; Sidik & Jonkman 2002.
    """
    return cochran_q(y, fit.weights, fit.estimate) / (len(y) - 1)


def confidence(
    y: Array, v: Array, fit: Weighted, tau2: float, *, interval: str, level: float, common_se: float | None = None
) -> Pooled | NotEstimable:
    """The pooled effect with the named interval.

    Args:
        y, v: effects and variances behind ``fit``, shape (k,).
        fit: weighted mean at ``tau2``.
        common_se: standard error of the common-effect mean, for "hk-iqwig".

    Raises:
        UnknownOption: no such interval.
    """
    k = len(y)
    if interval == "wald":
        return pooled(fit.estimate, fit.standard_error, df=None, level=level, k=k, method=interval)
    if interval not in INTERVALS:
        raise UnknownOption(f"There is no interval {interval!r}; known are {', '.join(INTERVALS)}.")
    if k < 2:
        return NotEstimable("With one study there is no spread between studies that an interval with t could use.")
    if interval == "kr":
        from .kenward_roger import kenward_roger

        se, df = kenward_roger(v, tau2)
        return pooled(fit.estimate, se, df=df, level=level, k=k, method=interval)
    if interval == "t":
        return pooled(fit.estimate, fit.standard_error, df=k - 1, level=level, k=k, method=interval)
    factor = hartung_knapp_factor(y, fit)
    if interval == "hk-se":
        factor = max(1.0, factor)
    narrow = pooled(fit.estimate, fit.standard_error * math.sqrt(factor), df=k - 1, level=level, k=k, method=interval)
    if interval in ("hk", "hk-se") or not isinstance(narrow, Pooled):
        return narrow
    bar = common_se if interval == "hk-iqwig" and common_se is not None else fit.standard_error
    if narrow.upper - narrow.lower >= 2.0 * critical_value(level) * bar:
        return narrow
    return pooled(fit.estimate, fit.standard_error, df=None, level=level, k=k, method=interval)


def prediction(
    y: Array, v: Array, fit: Weighted, tau2: float, *, method: str, level: float, standard_error: float | None = None
) -> Interval | NotEstimable:
    r"""Where the true effect of a new study is expected, :math:`\hat\mu \pm c \sqrt{\tau^2 + SE^2}`.

    ``standard_error`` replaces the classic one for "z", "t_km1" and "t_km2".

    Raises:
        UnknownOption: no such interval.
    """
    if method not in PREDICTIONS:
        raise UnknownOption(f"There is no prediction interval {method!r}; known are {', '.join(PREDICTIONS)}.")
    k = len(y)
    if k < 3:
        return NotEstimable("A prediction interval needs at least three studies.")
    se = fit.standard_error if standard_error is None else standard_error
    df: float | None = None
    if method in ("hk", "hk-km2"):
        se = fit.standard_error * math.sqrt(hartung_knapp_factor(y, fit))
    if method in ("kr", "kr-pr"):
        from .kenward_roger import kenward_roger

        se, df = kenward_roger(v, tau2)
        df -= 1.0 if method == "kr-pr" else 0.0
        if df <= 0:
            return NotEstimable("Too few degrees of freedom are left for a prediction interval.")
    elif method != "z":
        df = k - 2 if method in ("t_km2", "hk-km2") else k - 1
    half = critical_value(level, df) * math.sqrt(tau2 + se * se)
    return Interval(fit.estimate - half, fit.estimate + half, level, method, df)
