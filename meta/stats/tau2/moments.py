r"""Estimators that solve the generalised Q equation :math:`Q(\tau^2) = \sum w_i (y_i - \hat\mu)^2 = c`.

Q falls steadily as tau2 grows, so each has one solution, or none above 0 and then tau2 is 0. Paule-Mandel: c = k - 1
(empirical Bayes, EB, has the same solution). Median-unbiased Paule-Mandel: c is the median of chi-square with k - 1
degrees of freedom. Q-profile limits: c is a chi-square quantile (see ``intervals``).
"""

import math

from meta.stats.distributions import chi2_quantile
from meta.stats.pooling.inverse_variance import cochran_q

from .base import Array, Tau2

MAX_STEPS = 200
RELATIVE_STEP = 1e-14


def generalised_q(y: Array, v: Array, tau2: float) -> float:
    """Q with the weights of a random-effects model, around the mean with those weights."""
    w = 1.0 / (v + tau2)
    return cochran_q(y, w, float(w.dot(y)) / float(w.sum()))


def solve_q(y: Array, v: Array, target: float) -> float:
    """The tau2 at which the generalised Q equals ``target``; 0 if it is already smaller at 0.

    Q is convex and falling in tau2, so Newton steps from the left never overshoot; they start at 0 and cannot leave
    the bracket. Source: Paule & Mandel 1982; DerSimonian & Kacker 2007.

    Args:
        y, v: effects and positive variances, shape (k,), k >= 2.
        target: positive.
    """
    w = 1.0 / v
    centred = y - float(w.dot(y)) / float(w.sum())
    t = 0.0
    for _ in range(MAX_STEPS):
        w = 1.0 / (v + t)
        r = centred - float(w.dot(centred)) / float(w.sum())
        wr = w * r
        excess = float(wr.dot(r)) - target
        if excess <= 0:
            return t
        step = excess / float(wr.dot(wr))
        if step <= RELATIVE_STEP * t:
            return t + step
        t += step
    return t


def paule_mandel(y: Array, v: Array, *, method: str = "PM") -> Tau2:
    """Paule-Mandel ("PM"), empirical Bayes ("EB"; the same equation) or median-unbiased Paule-Mandel ("PMM").

    Standard error as metafor's: :math:`\\sqrt{2k^2/(k-1)} / \\sum w`.
    """
    k = len(y)
    target = chi2_quantile(0.5, k - 1) if method == "PMM" else float(k - 1)
    value = solve_q(y, v, target)
    se = math.sqrt(2.0 * k * k / (k - 1)) / float((1.0 / (v + value)).sum())
    search = "Newton's method on a convex function" if value > 0 else "at the boundary: no positive solution"
    return Tau2(value, se, method, search)
