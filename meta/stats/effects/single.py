r"""One group: proportions, rates, means. Arrays of shape (k,) in and out; what is undefined is NaN and set aside."""

from collections.abc import Callable

import numpy as np

from meta.stats.continuity import Continuity
from meta.stats.inputs import Means, Proportions, Rates

from .base import EMPTY_CELL, NO_NUMBER, Array, Effects, collect

Pair = tuple[Array, Array]

NOT_POSITIVE = "the mean or standard deviation is not positive, or there are too few participants"


def proportion(x: Array, n: Array) -> Pair:
    """Events over participants; v = p (1 - p)/n."""
    p = x / n
    return p, p * (1 - p) / n


def log_proportion(x: Array, n: Array) -> Pair:
    """Natural log of the proportion; v = 1/x - 1/n."""
    return np.log(x / n), 1 / x - 1 / n


def logit_proportion(x: Array, n: Array) -> Pair:
    """Log odds; v = 1/x + 1/(n - x)."""
    return np.log(x / (n - x)), 1 / x + 1 / (n - x)


def arcsine_proportion(x: Array, n: Array) -> Pair:
    """Arcsine of the root of the proportion (radians); v = 1/(4n); defined for 0 and 100 percent."""
    return np.arcsin(np.sqrt(x / n)), 0.25 / n


def freeman_tukey_proportion(x: Array, n: Array) -> Pair:
    r"""Half the sum of two arcsines (metafor's form; some write the sum).

    .. math:: \tfrac12\bigl[\arcsin\sqrt{x/(n+1)} + \arcsin\sqrt{(x+1)/(n+1)}\bigr], \qquad v = 1/(4n + 2)

    Source: Freeman & Tukey 1950.
    """
    return 0.5 * (np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1)))), 1 / (4 * n + 2)


def freeman_tukey_inverse(t: float, n: float) -> float:
    r"""Back from Freeman-Tukey's scale to a proportion, for one group size n (pooled: the harmonic mean of sizes).

    .. math:: \tfrac12\Bigl(1 - \operatorname{sign}(\cos 2t)\sqrt{1 - \bigl[\sin 2t + (\sin 2t - 1/\sin 2t)/n\bigr]^2}\Bigr)

    Beyond the values that 0 and n events give, 0 and 1. Source: Miller 1978.
    """
    lowest = float(freeman_tukey_proportion(np.zeros(1), np.full(1, n))[0][0])
    highest = float(freeman_tukey_proportion(np.full(1, n), np.full(1, n))[0][0])
    if t <= lowest:
        return 0.0
    if t >= highest:
        return 1.0
    sine = np.sin(2 * t)
    inner = max(0.0, 1 - (sine + (sine - 1 / sine) / n) ** 2)
    return float(0.5 * (1 - np.sign(np.cos(2 * t)) * np.sqrt(inner)))


def harmonic_mean(n: Array) -> float:
    """Harmonic mean of group sizes."""
    return len(n) / float((1.0 / n).sum())


def rate(x: Array, t: Array) -> Pair:
    """Events per person-time; v = x/t^2."""
    return x / t, x / t**2


def log_rate(x: Array, t: Array) -> Pair:
    """Natural log of the rate; v = 1/x."""
    return np.log(x / t), 1 / x


def root_rate(x: Array, t: Array) -> Pair:
    """Square root of the rate; v = 1/(4t)."""
    return np.sqrt(x / t), 0.25 / t


def freeman_tukey_rate(x: Array, t: Array) -> Pair:
    """Half the sum of the roots of x/t and (x + 1)/t; v = 1/(4t). Source: Freeman & Tukey 1950."""
    return 0.5 * (np.sqrt(x / t) + np.sqrt((x + 1) / t)), 0.25 / t


def mean(m: Array, s: Array, n: Array) -> Pair:
    """Mean; v = s^2/n."""
    return m, s**2 / n


def log_mean(m: Array, s: Array, n: Array) -> Pair:
    """Natural log of a positive mean; v = s^2/(n m^2)."""
    return np.log(m), s**2 / (n * m**2)


def log_sd(m: Array, s: Array, n: Array) -> Pair:
    """Natural log of the standard deviation, corrected by 1/(2(n - 1)); v = 1/(2(n - 1)). Source: Nakagawa et al. 2015."""
    return np.log(s) + 0.5 / (n - 1), 0.5 / (n - 1) + 0 * m


def log_variation(m: Array, s: Array, n: Array) -> Pair:
    """Log coefficient of variation, corrected by 1/(2(n - 1)); v = 1/(2(n - 1)) + s^2/(n m^2)."""
    return np.log(s / m) + 0.5 / (n - 1), 0.5 / (n - 1) + s**2 / (n * m**2)


PROPORTIONS: dict[str, Callable[[Array, Array], Pair]] = {
    "PR": proportion,
    "PLN": log_proportion,
    "PLO": logit_proportion,
    "PAS": arcsine_proportion,
    "PFT": freeman_tukey_proportion,
}
RATES: dict[str, Callable[[Array, Array], Pair]] = {
    "IR": rate,
    "IRLN": log_rate,
    "IRS": root_rate,
    "IRFT": freeman_tukey_rate,
}
MEANS: dict[str, Callable[[Array, Array, Array], Pair]] = {
    "MN": mean,
    "MNLN": log_mean,
    "SDLN": log_sd,
    "CVLN": log_variation,
}
UNCORRECTED = frozenset({"PAS", "PFT", "IRS", "IRFT"})
"""Measures that are defined without events: never corrected."""


def added(empty: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], rule: Continuity) -> Array | float:
    """What a rule adds to the events of each study, given which studies have an empty cell."""
    to, add = rule.studies.to, rule.studies.add
    if to == "none" or (to == "if0all" and not empty.any()):
        return 0.0
    if to in ("all", "if0all"):
        return add
    return np.where(empty, 0.5 * add if to == "tacc" else add, 0.0)


def proportions_of(given: Proportions, measure: str, rule: Continuity) -> Effects:
    """The studies' proportions on the scale of the measure; a group with none or only events may be corrected."""
    x, n = given.columns
    formula = PROPORTIONS[measure]
    with np.errstate(all="ignore"):
        y, v = formula(x, n)
        if measure not in UNCORRECTED:
            add = added((x == 0) | (x == n), rule)
            estimate, v = formula(x + add, n + 2 * add)
            plain = np.isfinite(y) & (measure in ("PR", "PLN")) & rule.studies.keep_difference
            y = np.where(plain, y, estimate)
            if measure == "PLN" and rule.studies.keep_difference:  # as metaprop: only the total is corrected
                v = np.where(x == n, 1 / x - 1 / (n + add), v)
        return collect(
            given.labels, y, v, ((~given.complete, NO_NUMBER), (~((v > 0) & np.isfinite(y + v)), EMPTY_CELL))
        )


def rates_of(given: Rates, measure: str, rule: Continuity) -> Effects:
    """The studies' rates on the scale of the measure; a group without events may be corrected."""
    x, t = given.columns
    with np.errstate(all="ignore"):
        add = 0.0 if measure in UNCORRECTED else added(x == 0, rule)
        y, v = RATES[measure](x + add, t)
        return collect(
            given.labels, y, v, ((~given.complete, NO_NUMBER), (~((v > 0) & np.isfinite(y + v)), EMPTY_CELL))
        )


def means_of(given: Means, measure: str) -> Effects:
    """The studies' means (or spreads) on the scale of the measure."""
    m, s, n = given.columns
    with np.errstate(all="ignore"):
        y, v = MEANS[measure](m, s, n)
        return collect(
            given.labels, y, v, ((~given.complete, NO_NUMBER), (~((v > 0) & np.isfinite(y + v)), NOT_POSITIVE))
        )
