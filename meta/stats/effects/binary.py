r"""Two arms, events yes or no. Cells per study: a, b (experimental: events, none), c, d (control); n1 = a + b,
n2 = c + d. Every function takes cells that were corrected, or not, by the caller, of shape (k,), and returns the
estimates and variances; an undefined one is NaN and is set aside by ``effects_of``."""

import math
from collections.abc import Callable

import numpy as np

from meta.stats.continuity import RATIOS, Cells, Continuity, corrected, double_zero, left_out
from meta.stats.inputs import BinaryArms

from .base import EMPTY_CELL, NO_NUMBER, NO_RATIO, Array, Effects, collect

Pair = tuple[Array, Array]


def log_odds_ratio(a: Array, b: Array, c: Array, d: Array) -> Pair:
    r"""Natural log of the odds ratio.

    .. math:: \log\frac{ad}{bc}, \qquad v = 1/a + 1/b + 1/c + 1/d = \frac{a+d}{ad} + \frac{b+c}{bc}

    Source: Woolf 1955; Deeks & Higgins 2010.
    """
    ad, bc = a * d, b * c
    return np.log(ad / bc), (a + d) / ad + (b + c) / bc


def log_risk_ratio(a: Array, b: Array, c: Array, d: Array) -> Pair:
    r"""Natural log of the risk ratio.

    .. math:: \log\frac{a/n_1}{c/n_2}, \qquad v = 1/a - 1/n_1 + 1/c - 1/n_2

    Source: Katz et al. 1978; Deeks & Higgins 2010.
    """
    n1, n2 = a + b, c + d
    return np.log((a * n2) / (c * n1)), 1.0 / a - 1.0 / n1 + 1.0 / c - 1.0 / n2


def risk_difference(a: Array, b: Array, c: Array, d: Array) -> Pair:
    r"""Difference of the risks (probability).

    .. math:: a/n_1 - c/n_2, \qquad v = ab/n_1^3 + cd/n_2^3

    Source: Deeks & Higgins 2010.
    """
    n1, n2 = a + b, c + d
    return a / n1 - c / n2, a * b / n1**3 + c * d / n2**3


def peto_log_odds_ratio(a: Array, b: Array, c: Array, d: Array) -> Pair:
    r"""Peto's one-step log odds ratio, with hypergeometric variance V; never corrected.

    .. math:: \frac{O - E}{V},\; v = 1/V, \qquad E = n_1 (a+c)/N,\; V = \frac{n_1 n_2 (a+c)(b+d)}{N^2 (N-1)}

    Source: Yusuf et al. 1985.
    """
    o_minus_e, v = observed_minus_expected(a, b, c, d)
    return o_minus_e / v, 1.0 / v


def observed_minus_expected(a: Array, b: Array, c: Array, d: Array) -> Pair:
    """Observed minus expected events of the experimental arm, and their hypergeometric variance (see Peto)."""
    n1, n2 = a + b, c + d
    events, none = a + c, b + d
    total = n1 + n2
    return a - n1 * events / total, n1 * n2 * events * none / (total * total * (total - 1.0))


def arcsine_difference(a: Array, b: Array, c: Array, d: Array) -> Pair:
    r"""Difference of arcsine-transformed risks (radians); defined without events, too.

    .. math:: \arcsin\sqrt{a/n_1} - \arcsin\sqrt{c/n_2}, \qquad v = \frac{1}{4n_1} + \frac{1}{4n_2}

    Source: Rücker et al. 2009.
    """
    n1, n2 = a + b, c + d
    return np.arcsin(np.sqrt(a / n1)) - np.arcsin(np.sqrt(c / n2)), 0.25 / n1 + 0.25 / n2


def phi_coefficient(a: Array, b: Array, c: Array, d: Array) -> Pair:
    r"""Phi, the correlation of two yes-or-no variables, both margins random.

    .. math:: \phi = \frac{ad - bc}{\sqrt{n_1 n_2 m_1 m_2}}, \qquad m_1 = a + c,\; m_2 = b + d

    Source: Yule 1912; variance: Digby 1983, as in metafor (``vtype = "ST"``, stratified by arm).
    """
    n1, n2, m1, m2 = a + b, c + d, a + c, b + d
    total = n1 + n2
    phi = (a * d - b * c) / np.sqrt(n1 * n2 * m1 * m2)
    p1, q1, p2, q2 = n1 / total, n2 / total, m1 / total, m2 / total
    stretch = 1.0 - phi**2 + phi * (1.0 + 0.5 * phi**2) * (p1 - q1) * (p2 - q2) / np.sqrt(p1 * q1 * p2 * q2)
    return phi, (stretch - 0.75 * phi**2 * ((p1 - q1) ** 2 / (p1 * q1) + (p2 - q2) ** 2 / (p2 * q2))) / total


def yules_q(a: Array, b: Array, c: Array, d: Array) -> Pair:
    r"""Yule's Q.

    .. math:: \frac{ad - bc}{ad + bc}, \qquad v = (1 - Q^2)^2 (1/a + 1/b + 1/c + 1/d) / 4

    Source: Yule 1900, 1912.
    """
    odds = (a * d) / (b * c)
    q = (odds - 1.0) / (odds + 1.0)
    return q, 0.25 * (1.0 - q**2) ** 2 * (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d)


def probit_difference(a: Array, b: Array, c: Array, d: Array) -> Pair:
    r"""Difference of the risks' normal quantiles: an estimate of a standardised mean difference.

    .. math:: z_1 - z_2, \; z_i = \Phi^{-1}(p_i), \qquad v = \sum_i 2\pi p_i (1-p_i) e^{z_i^2} / n_i

    Source: Rosenthal 1994; Sánchez-Meca et al. 2003.
    """
    from meta.stats.distributions import special

    n1, n2 = a + b, c + d
    p1, p2 = a / n1, c / n2
    z1, z2 = special().ndtri(p1), special().ndtri(p2)
    variance = 2 * math.pi * (p1 * (1 - p1) * np.exp(z1**2) / n1 + p2 * (1 - p2) * np.exp(z2**2) / n2)
    return z1 - z2, variance


def odds_ratio_to_difference_logistic(a: Array, b: Array, c: Array, d: Array) -> Pair:
    r"""Log odds ratio times :math:`\sqrt3/\pi`: a standardised mean difference if the trait is logistic.

    Source: Chinn 2000.
    """
    y, v = log_odds_ratio(a, b, c, d)
    return math.sqrt(3) / math.pi * y, 3 / math.pi**2 * v


def odds_ratio_to_difference_normal(a: Array, b: Array, c: Array, d: Array) -> Pair:
    """Log odds ratio over 1.65: a standardised mean difference if the trait is normal. Source: Cox & Snell 1989."""
    y, v = log_odds_ratio(a, b, c, d)
    return y / 1.65, v / 1.65**2


FORMULAS: dict[str, Callable[[Array, Array, Array, Array], Pair]] = {
    "OR": log_odds_ratio,
    "RR": log_risk_ratio,
    "RD": risk_difference,
    "PETO": peto_log_odds_ratio,
    "AS": arcsine_difference,
    "PHI": phi_coefficient,
    "YUQ": yules_q,
    "PBIT": probit_difference,
    "OR2DL": odds_ratio_to_difference_logistic,
    "OR2DN": odds_ratio_to_difference_normal,
}

UNCORRECTED = frozenset({"PETO", "AS", "PHI"})
"""Measures that are defined with empty cells: never corrected."""


def effects_of(arms: BinaryArms, measure: str, rule: Continuity, *, zero_variance: bool = False) -> Effects:
    """The studies' own effects under a continuity rule; ``zero_variance`` keeps those that cannot be weighed."""
    formula = FORMULAS[measure]
    correction = rule.studies
    cells: Cells = arms.cells
    always = correction.drop_double_zero == "always"
    with np.errstate(all="ignore"):
        used = cells if measure in UNCORRECTED else corrected(cells, correction, measure, lowest=arms.lowest_cell)
        y, v = formula(*used)
        if used is cells and y.size and math.isfinite(y.dot(v)) and np.minimum.reduce(v) > 0 and not always:
            return Effects(tuple(arms.labels), y, v, arms.complete)
        if used is not cells and measure == "RD" and correction.keep_difference:
            y = formula(*cells)[0]
        nothing = double_zero(cells) & ~(np.isfinite(y) & np.isfinite(v) & (v > 0))
        dropped = left_out(cells, correction, measure) | (nothing if measure in RATIOS else False)
        if zero_variance:
            dropped = left_out(cells, correction, measure)
        why = ((~arms.complete, NO_NUMBER), (dropped, NO_RATIO), (~np.isfinite(y + v), EMPTY_CELL))
        return collect(arms.labels, y, v, why, zero_variance=zero_variance)
