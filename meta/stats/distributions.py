"""Tails and quantiles of the normal, t, chi-square and F distributions.

The normal and the chi-square with whole degrees of freedom have closed forms, so the everyday analysis never
loads SciPy; t and F do, once, when first needed.
"""

import math
from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType

CLOSED_FORM_DF = 400
"""Above this many degrees of freedom the finite sum for the chi-square tail is slower than SciPy's gamma function."""

_SQRT_HALF = math.sqrt(0.5)


@cache
def special() -> ModuleType:
    """``scipy.special``, loaded at its first use (it takes longer to load than all of this library)."""
    return import_module("scipy.special")


def normal_two_sided(z: float) -> float:
    """Two-sided tail probability of a standard normal deviate."""
    return math.erfc(abs(z) * _SQRT_HALF)


@lru_cache(maxsize=256)
def normal_quantile(probability: float) -> float:
    """Standard normal quantile; ``0 < probability < 1``. Source: Wichura 1988, AS 241 (in Python's statistics)."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(probability)


def t_two_sided(t: float, df: float) -> float:
    """Two-sided tail probability of Student's t with ``df`` degrees of freedom."""
    return min(1.0, 2.0 * float(special().stdtr(df, -abs(t))))


@lru_cache(maxsize=4096)
def t_quantile(probability: float, df: float) -> float:
    """Quantile of Student's t with ``df`` degrees of freedom; ``0 < probability < 1``."""
    return float(special().stdtrit(df, probability))


def chi2_upper(x: float, df: float) -> float:
    r"""Upper tail probability of the chi-square distribution.

    For whole ``df`` the tail is a finite sum of positive terms, with :math:`h = x/2`:

    .. math:: e^{-h} \sum_{i=0}^{m-1} h^i / i! \; (df = 2m), \qquad
              \operatorname{erfc}\sqrt{h} + e^{-h} \sum_{i=1}^{m} h^{i-1/2} / \Gamma(i + 1/2) \; (df = 2m + 1)

    Source: Abramowitz & Stegun 1964, 26.4.4 and 26.4.5.
    """
    if df <= 0:
        return 1.0
    if x <= 0:
        return 1.0
    half = 0.5 * x
    if df != int(df) or df > CLOSED_FORM_DF or half > 700:
        return float(special().chdtrc(df, x))
    whole = int(df)
    if whole % 2 == 0:
        term = total = 1.0
        for i in range(1, whole // 2):
            term *= half / i
            total += term
        return math.exp(-half) * total
    total = 0.0
    term = math.sqrt(half) / (0.5 * math.sqrt(math.pi))
    for i in range(1, (whole - 1) // 2 + 1):
        total += term
        term *= half / (i + 0.5)
    return math.erfc(math.sqrt(half)) + math.exp(-half) * total


def chi2_quantile(probability: float, df: float) -> float:
    """Quantile of the chi-square distribution; ``0 < probability < 1``."""
    return float(special().chdtri(df, 1.0 - probability))


def f_upper(x: float, df_numerator: float, df_denominator: float) -> float:
    """Upper tail probability of the F distribution."""
    return float(special().fdtrc(df_numerator, df_denominator, max(0.0, x)))


def critical_value(level: float, df: float | None = None) -> float:
    """Two-sided critical value at a confidence ``level`` (0.95 gives 1.96); ``df`` None means normal."""
    probability = 0.5 + 0.5 * level
    return normal_quantile(probability) if df is None else t_quantile(probability, df)


def two_sided(statistic: float, df: float | None = None) -> float:
    """Two-sided p-value of a statistic that is standard normal (``df`` None) or Student's t."""
    return normal_two_sided(statistic) if df is None else t_two_sided(statistic, df)
