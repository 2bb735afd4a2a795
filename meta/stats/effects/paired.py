r"""Correlations, and one group measured twice. Arrays of shape (k,) in and out."""

from collections.abc import Callable

import numpy as np

from meta.stats.distributions import special
from meta.stats.inputs import Correlations, PairedMeans

from .base import NO_NUMBER, Array, Effects, collect
from .continuous import bias_factor

Pair = tuple[Array, Array]

TOO_FEW = "too few participants, or a perfect correlation, for a sampling variance"


SERIES_FROM = 20.0
"""From this parameter on, fifty terms of the hypergeometric series are exact in double precision."""


def _series(c: Array, x: Array) -> Array:
    total, term = np.ones_like(c), np.ones_like(c)
    for j in range(50):
        term = term * (j + 0.5) ** 2 / ((c + j) * (j + 1)) * x
        total = total + term
    return total


def correlation(r: Array, n: Array) -> Pair:
    """Raw correlation; v = (1 - r^2)^2/(n - 1)."""
    return r, np.where(n > 1, (1 - r**2) ** 2 / (n - 1), np.nan)


def correlation_unbiased(r: Array, n: Array) -> Pair:
    r"""Correlation without its small downward bias, :math:`r\,{}_2F_1(\tfrac12, \tfrac12; \tfrac{n-2}2; 1 - r^2)`.

    Needs n > 4. Source: Olkin & Pratt 1958.
    """
    c, x = (n - 2) / 2, 1 - r**2
    # for large c the defining series falls fast, where SciPy's general routine loses its way
    y = r * np.where(c > SERIES_FROM, _series(c, x), special().hyp2f1(0.5, 0.5, np.minimum(c, SERIES_FROM), x))
    return np.where(n > 4, y, np.nan), (1 - y**2) ** 2 / (n - 1)


def fisher_z(r: Array, n: Array) -> Pair:
    """Fisher's z, atanh r; v = 1/(n - 3). Source: Fisher 1921."""
    return np.arctanh(r), np.where(n > 3, 1 / (n - 3), np.nan)


def mean_change(m1: Array, s1: Array, m2: Array, s2: Array, n: Array, r: Array) -> Pair:
    """After minus before; v = (s1^2 + s2^2 - 2 r s1 s2)/n."""
    return m1 - m2, (s1**2 + s2**2 - 2 * r * s1 * s2) / n


def change_score(m1: Array, s1: Array, m2: Array, s2: Array, n: Array, r: Array) -> Pair:
    """Mean change over the standard deviation of the changes, times J(n - 1); v = 1/n + d^2/(2n). Source: Gibbons 1993."""
    d = bias_factor(n - 1) * (m1 - m2) / np.sqrt(s1**2 + s2**2 - 2 * r * s1 * s2)
    return d, 1 / n + d**2 / (2 * n)


def raw_score(m1: Array, s1: Array, m2: Array, s2: Array, n: Array, r: Array) -> Pair:
    """Mean change over the standard deviation before, times J(n - 1); v = 2(1 - r)/n + d^2/(2n). Source: Becker 1988."""
    d = bias_factor(n - 1) * (m1 - m2) / s2
    return d, 2 * (1 - r) / n + d**2 / (2 * n) + 0 * s1


def raw_score_unequal(m1: Array, s1: Array, m2: Array, s2: Array, n: Array, r: Array) -> Pair:
    r"""As the raw score, but the variances before and after may differ.

    .. math:: v = \frac{s_1^2 + s_2^2 - 2 r s_1 s_2}{s_2^2 (n-1)} + \frac{d^2}{2(n-1)}

    Source: Bonett 2008; as metafor 5.
    """
    d = bias_factor(n - 1) * (m1 - m2) / s2
    return d, (s1**2 + s2**2 - 2 * r * s1 * s2) / (s2**2 * (n - 1)) + d**2 / (2 * (n - 1))


def log_ratio_over_time(m1: Array, s1: Array, m2: Array, s2: Array, n: Array, r: Array) -> Pair:
    r"""Log of mean after over mean before.

    .. math:: v = \frac{s_1^2}{n m_1^2} + \frac{s_2^2}{n m_2^2} - \frac{2 r s_1 s_2}{n m_1 m_2}

    Source: Lajeunesse 2011.
    """
    return np.log(m1 / m2), (s1**2 / m1**2 + s2**2 / m2**2 - 2 * r * s1 * s2 / (m1 * m2)) / n


CORRELATIONS: dict[str, Callable[[Array, Array], Pair]] = {
    "COR": correlation,
    "UCOR": correlation_unbiased,
    "ZCOR": fisher_z,
}
PAIRED: dict[str, Callable[[Array, Array, Array, Array, Array, Array], Pair]] = {
    "MC": mean_change,
    "SMCC": change_score,
    "SMCR": raw_score,
    "SMCRH": raw_score_unequal,
    "ROMC": log_ratio_over_time,
}


def correlations_of(given: Correlations, measure: str) -> Effects:
    """The studies' correlations on the scale of the measure."""
    r, n = given.columns
    with np.errstate(all="ignore"):
        y, v = CORRELATIONS[measure](r, n)
        return collect(given.labels, y, v, ((~given.complete, NO_NUMBER), (~((v > 0) & np.isfinite(y + v)), TOO_FEW)))


def changes_of(given: PairedMeans, measure: str) -> Effects:
    """The studies' changes on the scale of the measure."""
    with np.errstate(all="ignore"):
        y, v = PAIRED[measure](*given.columns)
        return collect(given.labels, y, v, ((~given.complete, NO_NUMBER), (~((v > 0) & np.isfinite(y + v)), TOO_FEW)))
