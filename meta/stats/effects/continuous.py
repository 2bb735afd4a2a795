r"""Two arms, a measured quantity. m, s, n: mean, standard deviation and number of participants; 1 is the experimental
arm. Every formula has arrays of shape (k,) in and out; what is undefined is NaN and is set aside by ``effects_of``."""

from collections.abc import Callable

import numpy as np

from meta.stats.errors import UnknownOption
from meta.stats.inputs import ContinuousArms

from .base import NO_NUMBER, Array, Effects, collect

Pair = tuple[Array, Array]
Formula = Callable[[Array, Array, Array, Array, Array, Array], Pair]

NOT_DEFINED = "an arm is too small, or a mean or standard deviation has the wrong sign, for this measure"


def bias_factor(df: Array) -> Array:
    r"""Hedges' exact correction for few participants, near 1 - 3/(4 df - 1).

    .. math:: J(m) = \frac{\Gamma(m/2)}{\sqrt{m/2}\,\Gamma((m-1)/2)}

    Above 100 degrees of freedom the Stirling series of its logarithm is used, whose error is below 1e-15; a
    difference of large log-gammas would lose digits. Not defined (NaN) below 2 degrees of freedom.

    Source: Hedges 1981.
    """
    half = 0.5 * np.asarray(df, dtype=np.float64)
    with np.errstate(all="ignore"):
        u = 1.0 / half
        series = np.exp(-u * (3 / 8 + u * (1 / 8 + u * (3 / 64 + u * (1 / 64 + u * (3 / 640 + u / 384))))))
        if (half > 50.0).all():
            return series
        from meta.stats.distributions import special

        gammaln = special().gammaln
        exact = np.exp(gammaln(half) - 0.5 * np.log(half) - gammaln(half - 0.5))
    return np.where(half > 50.0, series, np.where(half >= 1.0, exact, np.nan))


def pooled_variance(s1: Array, n1: Array, s2: Array, n2: Array) -> Array:
    """Within-arm variance, both arms together, weighted by degrees of freedom."""
    pooled: Array = ((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / (n1 + n2 - 2)
    return pooled


def mean_difference(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> Pair:
    r"""Difference of the means (units of the outcome).

    .. math:: m_1 - m_2, \qquad v = s_1^2/n_1 + s_2^2/n_2

    Source: Deeks & Higgins 2010.
    """
    return m1 - m2, s1**2 / n1 + s2**2 / n2


FORMULAS: dict[str, dict[str, Formula]] = {"MD": {"separate": mean_difference}}
"""Per measure its variants; the first is the one used if none is named."""


def effects_of(arms: ContinuousArms, measure: str, variant: str | None) -> Effects:
    """The studies' own effects by a variant of the formula.

    Raises:
        UnknownOption: no such variant.
    """
    variants = FORMULAS[measure]
    if variant is not None and variant not in variants:
        raise UnknownOption(f"{measure} has no variant {variant!r}; known are {', '.join(variants)}.")
    formula = variants[variant or next(iter(variants))]
    m1, s1, n1, m2, s2, n2 = arms.columns
    with np.errstate(all="ignore"):
        y, v = formula(m1, s1, n1, m2, s2, n2)
        return collect(arms.labels, y, v, ((~arms.complete, NO_NUMBER), (~np.isfinite(y + v), NOT_DEFINED)))
