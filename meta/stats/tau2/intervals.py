"""Confidence intervals of the between-study variance, and the I2 and H2 limits that follow from them."""

import math

import numpy as np

from meta.stats.distributions import chi2_quantile, normal_quantile
from meta.stats.errors import UnknownOption
from meta.stats.pooling.inverse_variance import cochran_q, typical_variance
from meta.stats.quadratic_form import upper_tail
from meta.stats.results import Interval, NotEstimable
from meta.stats.roots import bracketed_root, expand_up

from .base import Array
from .likelihood import log_likelihood, maximum_likelihood
from .moments import solve_q

TAU2_INTERVALS: dict[str, str] = {
    "Q-profile": "Exact under the model, for any estimator: the default of Cochrane, metafor and meta.",
    "PL-REML": "Profile of the restricted likelihood; goes with REML.",
    "PL-ML": "Profile of the likelihood; goes with ML.",
    "Jackson": "Generalised Q with weights 1/SE: shorter than Q-profile when studies differ much in size.",
    "Biggerstaff-Jackson": "Generalised Q with weights 1/variance: goes with DerSimonian-Laird.",
}
"""Every interval of tau2 with one sentence on when it is right."""

FEW = NotEstimable("An interval for tau² needs at least two studies.")
UNBOUNDED = NotEstimable("The upper limit of tau² is too large to be written as a number.")


def tau2_interval(y: Array, v: Array, *, method: str = "Q-profile", level: float = 0.95) -> Interval | NotEstimable:
    """Limits of tau2 by the named method; both are 0 when the studies are more alike than chance allows.

    Args:
        y, v: effects and positive variances, shape (k,).

    Raises:
        UnknownOption: no such method.
    """
    if method not in TAU2_INTERVALS:
        raise UnknownOption(f"There is no tau2 interval {method!r}; known are {', '.join(TAU2_INTERVALS)}.")
    if len(y) < 2:
        return FEW
    if method == "Q-profile":
        return q_profile(y, v, level)
    if method.startswith("PL"):
        return profile_likelihood(y, v, level, restricted=method == "PL-REML")
    weights = 1.0 / v if method == "Biggerstaff-Jackson" else 1.0 / np.sqrt(v)
    return generalised_q_interval(y, v, weights, level, method)


def q_profile(y: Array, v: Array, level: float) -> Interval | NotEstimable:
    r"""The tau2 at which the generalised Q equals its chi-square quantiles.

    Source: Viechtbauer 2007; Knapp, Biggerstaff & Hartung 2006.
    """
    tail = 0.5 * (1.0 - level)
    df = len(y) - 1
    lower = solve_q(y, v, chi2_quantile(1.0 - tail, df))
    upper = solve_q(y, v, chi2_quantile(tail, df))
    return Interval(lower, upper, level, "Q-profile") if math.isfinite(upper) else UNBOUNDED


def profile_likelihood(y: Array, v: Array, level: float, *, restricted: bool) -> Interval | NotEstimable:
    r"""All tau2 whose log-likelihood lies within :math:`\tfrac12 \chi^2_{1,level}` of the highest.

    Source: Hardy & Thompson 1996; Viechtbauer 2007.
    """
    best = maximum_likelihood(y, v, restricted=restricted).value
    bar = log_likelihood(y, v, best, restricted=restricted) - 0.5 * chi2_quantile(level, 1)

    def above(t: float) -> float:
        return log_likelihood(y, v, t, restricted=restricted) - bar

    lower = 0.0 if best == 0 or above(0.0) >= 0 else bracketed_root(above, 0.0, best)
    high = expand_up(above, max(2 * best, float(v.min())))
    if high is None:
        return UNBOUNDED
    upper = bracketed_root(above, best, high)
    return Interval(lower, upper, level, "PL-REML" if restricted else "PL-ML")


def generalised_q_interval(y: Array, v: Array, weights: Array, level: float, method: str) -> Interval | NotEstimable:
    r"""Limits from the exact distribution of :math:`Q_a = \sum a_i (y_i - \bar y_a)^2` with any fixed weights a.

    Under the model Q_a is a sum of chi-squares weighted by the eigenvalues of
    :math:`\Sigma^{1/2} (A - aa'/\sum a) \Sigma^{1/2}`, :math:`\Sigma = diag(v + \tau^2)`.

    Source: Biggerstaff & Jackson 2008; Jackson 2013.
    """
    total = float(weights.sum())
    q = cochran_q(y, weights, float(weights.dot(y)) / total)
    form = np.diag(weights) - np.outer(weights, weights) / total
    tail = 0.5 * (1.0 - level)

    def beyond(t: float) -> float:
        root = np.sqrt(v + t)
        values = np.linalg.eigvalsh(form * np.outer(root, root))[1:]
        return upper_tail(q, values)

    limits = []
    for probability in (tail, 1.0 - tail):
        if beyond(0.0) >= probability:
            limits.append(0.0)
            continue
        high = expand_up(lambda t, p=probability: p - beyond(t), max(float(v.min()), 1e-3 * q / total))  # type: ignore[misc]
        if high is None:
            return UNBOUNDED
        limits.append(
            bracketed_root(lambda t, p=probability: beyond(t) - p, 0.0, high, tolerance=1e-10)  # type: ignore[misc]
        )
    return Interval(limits[0], limits[1], level, method)


def i2_of_tau2(v: Array, tau2: float) -> float:
    """100 tau2/(tau2 + s2) percent, s2 the typical within-study variance (Higgins & Thompson 2002)."""
    w = 1.0 / v
    typical = typical_variance(w, float(w.sum()))
    return 0.0 if typical is None else 100.0 * tau2 / (tau2 + typical)


def h_interval(q: float, k: int, level: float = 0.95) -> Interval | NotEstimable:
    r"""Test-based interval of H = sqrt(Q/(k-1)), as in R's meta.

    SE of log H: :math:`\frac12 \frac{\log Q - \log(k-1)}{\sqrt{2Q} - \sqrt{2k-3}}` if Q > k, else
    :math:`\sqrt{\frac{1}{2(k-2)} \bigl(1 - \frac{1}{3(k-2)^2}\bigr)}` (needs k > 2). H itself is taken as at least 1.

    Source: Higgins & Thompson 2002.
    """
    if k < 2 or q <= 0:
        return NotEstimable("H needs two studies with different effects.")
    h = math.sqrt(max(1.0, q / (k - 1)))
    if q > k:
        spread = math.sqrt(2 * q) - math.sqrt(2 * k - 3)
        se = 0.5 * (math.log(q) - math.log(k - 1)) / spread
    elif k > 2:
        se = math.sqrt(1 / (2 * (k - 2)) * (1 - 1 / (3 * (k - 2) ** 2)))
    else:
        return NotEstimable("The interval of I² needs three studies when Q is small.")
    z = normal_quantile(0.5 + 0.5 * level)
    lower, upper = (math.exp(math.log(h) + sign * z * se) for sign in (-1, 1))
    return Interval(max(1.0, lower), max(1.0, upper), level, "test-based")


def i2_interval(q: float, k: int, level: float = 0.95) -> Interval | NotEstimable:
    """Test-based interval of I2 = 100 (H2 - 1)/H2 percent (see ``h_interval``)."""
    h = h_interval(q, k, level)
    if isinstance(h, NotEstimable):
        return h
    lower, upper = (100.0 * (x * x - 1) / (x * x) for x in (h.lower, h.upper))
    return Interval(lower, upper, level, "test-based")
