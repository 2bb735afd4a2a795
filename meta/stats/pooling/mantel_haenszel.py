r"""Mantel-Haenszel pooling of sparse tables: sums over the studies instead of a mean of their effects.

With N = n1 + n2 (or T = t1 + t2) per study, no study needs an effect of its own, so nothing has to be corrected.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from meta.stats.continuity import Cells
from meta.stats.results import NotEstimable

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Summed:
    """A Mantel-Haenszel estimate, its standard error (scale of analysis) and the weights, shape (k,), that it uses."""

    estimate: float
    standard_error: float
    weights: Array


Answer = Summed | NotEstimable

NO_COMPARISON = NotEstimable(
    "In these studies one arm has no events at all (or only events), so Mantel-Haenszel gives no ratio without a "
    "continuity correction."
)
NO_INFORMATION = NotEstimable("No study has both events and people without events, so there is nothing to pool.")


def _answer(estimate: float, variance: float, weights: Array) -> Answer:
    if not (math.isfinite(estimate) and math.isfinite(variance)) or variance <= 0:
        return NO_INFORMATION
    return Summed(estimate, math.sqrt(variance), weights)


def odds_ratio(a: Array, b: Array, c: Array, d: Array) -> Answer:
    r"""Log odds ratio, R = ad/N, S = bc/N, P = (a+d)/N, Q = (b+c)/N.

    .. math:: \log\frac{\sum R}{\sum S}, \qquad
        v = \frac{\sum PR}{2(\sum R)^2} + \frac{\sum (PS + QR)}{2\sum R\sum S} + \frac{\sum QS}{2(\sum S)^2}

    Weights shown: S. Source: Mantel & Haenszel 1959; variance: Robins, Breslow & Greenland 1986.
    """
    inverse = 1.0 / (a + b + c + d)
    r, s = a * d * inverse, b * c * inverse
    p = (a + d) * inverse
    q = 1.0 - p
    pr, qr, ps, qs = float(p.dot(r)), float(q.dot(r)), float(p.dot(s)), float(q.dot(s))
    sum_r, sum_s = pr + qr, ps + qs  # since P + Q = 1
    if sum_r <= 0 or sum_s <= 0:
        return NO_COMPARISON
    variance = 0.5 * (pr / sum_r**2 + (ps + qr) / (sum_r * sum_s) + qs / sum_s**2)
    return _answer(math.log(sum_r / sum_s), variance, s)


def risk_ratio(a: Array, b: Array, c: Array, d: Array) -> Answer:
    r"""Log risk ratio, R = a n2/N, S = c n1/N.

    .. math:: \log\frac{\sum R}{\sum S}, \qquad
        v = \frac{\sum (n_1 n_2 (a+c) - acN)/N^2}{\sum R \sum S}

    Weights shown: S. Source: variance: Greenland & Robins 1985.
    """
    n1, n2 = a + b, c + d
    inverse = 1.0 / (n1 + n2)
    r, s = a * n2 * inverse, c * n1 * inverse
    sum_r, sum_s = float(r.sum()), float(s.sum())
    if sum_r <= 0 or sum_s <= 0:
        return NO_COMPARISON
    top = (n1 * n2 * (a + c) * inverse - a * c) * inverse
    return _answer(math.log(sum_r / sum_s), float(top.sum()) / (sum_r * sum_s), s)


def risk_difference(
    cells: Cells, corrected: Cells, *, variance: Literal["greenland-robins", "sato"] = "greenland-robins"
) -> Answer:
    r"""Risk difference with weights n1 n2/N.

    .. math:: \hat\Delta = \frac{\sum (a n_2 - c n_1)/N}{\sum n_1 n_2/N}

    The two variances in use differ: "greenland-robins" (RevMan, meta)
    :math:`\sum \frac{ab\,n_2^3 + cd\,n_1^3}{n_1 n_2 N^2} / (\sum n_1 n_2/N)^2`, which like
    the weights is taken from the ``corrected`` cells while the risks are those of ``cells``,
    and "sato" (metafor), consistent both for few large and for many small studies.

    Source: Greenland & Robins 1985; Sato, Greenland & Robins 1989.
    """
    a, b, c, d = cells
    n1, n2 = a + b, c + d
    ua, ub, uc, ud = corrected
    u1, u2 = ua + ub, uc + ud
    total = u1 + u2
    w = u1 * u2 / total
    sum_w = float(w.sum())
    estimate = float(w.dot(a / n1 - c / n2)) / sum_w
    if variance == "sato":
        a, c, n1, n2 = ua, uc, u1, u2
        f1, f2 = n1 / total, n2 / total
        p = float((c * f1**2 - a * f2**2 + f1 * f2 * (n2 - n1) / 2).sum())
        q = float((a * (n2 - c) / total + c * (n1 - a) / total).sum()) / 2
        return _answer(estimate, (estimate * p + q) / sum_w**2, w)
    top = (ua * ub * u2**3 + uc * ud * u1**3) / (u1 * u2 * total**2)
    return _answer(estimate, float(top.sum()) / sum_w**2, w)


def rate_ratio(x1: Array, t1: Array, x2: Array, t2: Array) -> Answer:
    r"""Log incidence rate ratio, R = x1 t2/T, S = x2 t1/T.

    .. math:: \log\frac{\sum R}{\sum S}, \qquad v = \frac{\sum t_1 t_2 (x_1 + x_2)/T^2}{\sum R \sum S}

    Source: Rothman et al. 2008, Modern Epidemiology.
    """
    time = t1 + t2
    r, s = x1 * t2 / time, x2 * t1 / time
    sum_r, sum_s = float(r.sum()), float(s.sum())
    if sum_r <= 0 or sum_s <= 0:
        return NO_COMPARISON
    return _answer(math.log(sum_r / sum_s), float((t1 * t2 * (x1 + x2) / time**2).sum()) / (sum_r * sum_s), s)


def cochran_rate_ratio(x1: Array, t1: Array, x2: Array, t2: Array) -> Answer:
    r"""Log rate ratios weighted by the events expected from the control rates, :math:`w = x_2 t_1/t_2`, crude variance.

    .. math:: \frac{\sum w \log(x_1 t_2 / x_2 t_1)}{\sum w}, \qquad v = \frac{1}{\sum x_1} + \frac{1}{\sum x_2}

    Every study needs events in both arms. Source: Bakbergenuly et al. 2020; Cochran's method in R's meta.
    """
    expected = x2 * t1 / t2
    if x1.min() <= 0 or x2.min() <= 0:
        return NotEstimable("Cochran's method needs events in both arms of every study.")
    estimate = float(expected.dot(np.log(x1 / expected))) / float(expected.sum())
    return _answer(estimate, 1 / float(x1.sum()) + 1 / float(x2.sum()), expected)


def rate_difference(x1: Array, t1: Array, x2: Array, t2: Array) -> Answer:
    r"""Incidence rate difference with weights t1 t2/T.

    .. math:: \frac{\sum (x_1 t_2 - x_2 t_1)/T}{\sum t_1 t_2/T}, \qquad
        v = \frac{\sum (t_1 t_2/T)^2 (x_1/t_1^2 + x_2/t_2^2)}{(\sum t_1 t_2/T)^2}

    Source: Rothman et al. 2008, Modern Epidemiology.
    """
    time = t1 + t2
    w = t1 * t2 / time
    sum_w = float(w.sum())
    variance = float((w**2 * (x1 / t1**2 + x2 / t2**2)).sum()) / sum_w**2
    return _answer(float(((x1 * t2 - x2 * t1) / time).sum()) / sum_w, variance, w)
