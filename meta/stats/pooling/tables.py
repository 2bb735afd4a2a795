"""Tests on a stack of 2x2 tables: is there an effect (Cochran-Mantel-Haenszel), is it the same (Breslow-Day)?"""

from dataclasses import dataclass

import numpy as np

from meta.stats.continuity import Cells
from meta.stats.distributions import chi2_upper
from meta.stats.results import NotEstimable

from .inverse_variance import Array


@dataclass(frozen=True, slots=True)
class ChiSquare:
    """A chi-square statistic with its degrees of freedom and p-value."""

    statistic: float
    df: int
    p_value: float


NO_MARGIN = NotEstimable("One of the two outcomes never occurred, so the tables hold no information on an effect.")
FEW_TABLES = NotEstimable("Fewer than two tables hold information on the odds ratio.")


def _chi_square(statistic: float, df: int) -> ChiSquare:
    return ChiSquare(statistic, df, chi2_upper(statistic, df))


def cochran_mantel_haenszel(cells: Cells, *, corrected: bool = True) -> ChiSquare | NotEstimable:
    r"""Is there any association, pooled over the tables?

    .. math:: \frac{(|\sum (a - E)| - \tfrac12)^2}{\sum V}, \quad E = n_1 (a+c)/N, \;
        V = \frac{n_1 n_2 (a+c)(b+d)}{N^2 (N-1)}

    ``corrected`` subtracts the half. Source: Mantel & Haenszel 1959.
    """
    a, b, c, d = cells
    n1, n2, events, none = a + b, c + d, a + c, b + d
    total = n1 + n2
    several = total > 1
    v = float((n1 * n2 * events * none / (total**2 * np.where(several, total - 1, 1)))[several].sum())
    if v <= 0:
        return NO_MARGIN
    gap = abs(float((a - n1 * events / total).sum())) - (0.5 if corrected else 0.0)
    return _chi_square(gap * gap / v, 1)


def cochran(cells: Cells, *, corrected: bool = True) -> ChiSquare | NotEstimable:
    """As Cochran-Mantel-Haenszel with N instead of N - 1 in the variance. Source: Cochran 1954."""
    a, b, c, d = cells
    n1, n2, events, none = a + b, c + d, a + c, b + d
    total = n1 + n2
    v = float((n1 * n2 * events * none / total**3).sum())
    if v <= 0:
        return NO_MARGIN
    gap = abs(float((a - n1 * events / total).sum())) - (0.5 if corrected else 0.0)
    return _chi_square(gap * gap / v, 1)


def rate_test(x1: Array, t1: Array, x2: Array, t2: Array, *, corrected: bool = True) -> ChiSquare | NotEstimable:
    r"""The Mantel-Haenszel test for person-time, :math:`E = t_1 (x_1+x_2)/T`, :math:`V = t_1 t_2 (x_1+x_2)/T^2`.

    Source: Rothman et al. 2008.
    """
    time, events = t1 + t2, x1 + x2
    v = float((t1 * t2 * events / time**2).sum())
    if v <= 0:
        return NO_MARGIN
    gap = abs(float((x1 - t1 * events / time).sum())) - (0.5 if corrected else 0.0)
    return _chi_square(gap * gap / v, 1)


def breslow_day(cells: Cells, odds_ratio: float) -> tuple[ChiSquare, ChiSquare] | NotEstimable:
    r"""Do the tables share one odds ratio? Breslow and Day's statistic and Tarone's correction of it.

    The events expected, A, solve :math:`A (n_2 - m + A) = \psi (m - A)(n_1 - A)` with m = a + c and the pooled odds
    ratio psi; their variance is :math:`(1/A + 1/(m-A) + 1/(n_1-A) + 1/(n_2-m+A))^{-1}`.

    .. math:: X^2_{BD} = \sum (a - A)^2/V, \qquad X^2_T = X^2_{BD} - (\sum (a - A))^2/\sum V

    Tables without events, or with nothing but events, say nothing and are left out.
    Source: Breslow & Day 1980; Tarone 1985.
    """
    a, b, c, d = cells
    n1, n2, m = a + b, c + d, a + c
    keep = (m > 0) & (b + d > 0)
    k = int(keep.sum())
    if k < 2:
        return FEW_TABLES
    a, n1, n2, m = a[keep], n1[keep], n2[keep], m[keep]
    # (1 - psi) A^2 + (n2 - m + psi (m + n1)) A - psi m n1 = 0; this form of the root does not cancel
    square, linear, constant = 1.0 - odds_ratio, n2 - m + odds_ratio * (m + n1), -odds_ratio * m * n1
    root = np.sqrt(linear * linear - 4.0 * square * constant)
    expected = -2.0 * constant / (linear + root)
    v = 1.0 / (1 / expected + 1 / (m - expected) + 1 / (n1 - expected) + 1 / (n2 - m + expected))
    gap = a - expected
    statistic = float((gap * gap / v).sum())
    tarone = statistic - float(gap.sum()) ** 2 / float(v.sum())
    return _chi_square(statistic, k - 1), _chi_square(tarone, k - 1)
