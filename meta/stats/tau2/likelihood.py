r"""Maximum likelihood (ML) and restricted maximum likelihood (REML), always at the global optimum.

With :math:`w_i = 1/(v_i + \tau^2)`, :math:`S = \sum w_i` and :math:`r_i = y_i - \hat\mu(\tau^2)`:

.. math::
    \ell_{ML} = -\tfrac12\Bigl[k\log 2\pi + \sum\log(v_i+\tau^2) + \sum w_i r_i^2\Bigr], \qquad
    \ell_{REML} = \ell_{ML} + \tfrac12\log 2\pi - \tfrac12\log S + \tfrac12\log k

    \frac{d\ell}{d\tau^2} = \tfrac12\Bigl[\sum w_i^2 r_i^2 - S + \{S_2/S\}\Bigr]

(the braces only for REML). The likelihood can have several peaks, so the slope is first looked at on a grid that
reaches from 0 to a bound beyond which it is certainly negative; every peak between two grid points is then
refined by Newton steps kept inside its bracket, and the highest one wins.

The bound: with R the range of the effects, :math:`\sum w_i^2 r_i^2 \le \max w \cdot S R^2/4` (Popoviciu), and
:math:`1 - \max w/S \ge (\tau^2 + v_{min})/(2(\tau^2 + v_{max}))`, so the slope is negative as soon as
:math:`\tau^2 > \max(R^2, R\sqrt{v_{max}})`.

Source: Hardy & Thompson 1996; Viechtbauer 2005; multimodality: Jackson et al. 2017 on small meta-analyses.
"""

import math

import numpy as np

from meta.stats.pooling.inverse_variance import cochran_q, projection_traces

from .base import Array, Tau2

GRID_RATIO = 1.7
"""Neighbouring grid points differ by this factor in variance: a peak is never narrower than about a factor e."""

MAX_GRID = 96
RELATIVE_STEP = 1e-13
LAST_STEP = 1e-8
"""Newton's method doubles the correct digits: a step this small is the last one that changes anything."""
MAX_STEPS = 100


def upper_bound(y: Array, v: Array) -> float:
    """A tau2 beyond which both likelihoods only fall (see the module's text)."""
    span = float(y.max() - y.min())
    return max(span * span, span * math.sqrt(float(v.max())))


def grid(lowest: float, bound: float) -> Array:
    """Points from 0 to ``bound``, evenly spaced in log(tau2 + lowest variance)."""
    if bound <= 0:
        return np.zeros(1)
    ends = math.log(bound / lowest + 1.0)
    count = int(min(MAX_GRID, max(6, math.ceil(ends / math.log(GRID_RATIO)) + 1)))
    return lowest * np.expm1(np.linspace(0.0, ends, count))


def slopes(y: Array, v: Array, points: Array, *, restricted: bool) -> Array:
    """Twice the slope of the log-likelihood at several tau2, shape of ``points``. ``y`` should be centred."""
    w = 1.0 / (v + points[:, None])
    columns = np.column_stack((np.ones_like(y), y, y * y))
    one = w @ columns[:, :2]
    two = (w * w) @ columns
    mean = one[:, 1] / one[:, 0]
    slope = two[:, 2] - 2.0 * mean * two[:, 1] + mean * mean * two[:, 0] - one[:, 0]
    return slope + two[:, 0] / one[:, 0] if restricted else slope


def slope_and_curvature(y: Array, v: Array, tau2: float, *, restricted: bool) -> tuple[float, float]:
    """Twice the first and twice the second derivative of the log-likelihood."""
    w = 1.0 / (v + tau2)
    s1 = float(w.sum())
    r = y - float(w.dot(y)) / s1
    w2 = w * w
    w2r = w2 * r
    s2 = float(w2.sum())
    first = float(w2r.dot(r)) - s1
    # d(mu)/d(tau2) = -sum(w2 r)/s1, and sum(w r) = 0
    tilt = float(w2r.sum())
    second = -2.0 * float((w2r * w).dot(r)) + 2.0 * tilt * tilt / s1 + s2
    if restricted:
        first += s2 / s1
        second += -2.0 * float(w2.dot(w)) / s1 + (s2 / s1) ** 2
    return first, second


def refine(y: Array, v: Array, low: float, high: float, *, restricted: bool) -> float:
    """The zero of the slope between ``low`` (rising) and ``high`` (falling): Newton inside a shrinking bracket."""
    t = 0.5 * (low + high)
    for _ in range(MAX_STEPS):
        first, second = slope_and_curvature(y, v, t, restricted=restricted)
        if first > 0:
            low = t
        else:
            high = t
        new = t - first / second if second < 0 else math.inf
        inside = low < new < high
        if not inside:
            new = 0.5 * (low + high)
        if abs(new - t) <= (LAST_STEP if inside else RELATIVE_STEP) * new:
            return new
        t = new
    return t


def log_likelihood(y: Array, v: Array, tau2: float, *, restricted: bool) -> float:
    """The log-likelihood at a tau2, with all constants (as metafor reports it)."""
    w = 1.0 / (v + tau2)
    s1 = float(w.sum())
    fit = cochran_q(y, w, float(w.dot(y)) / s1)
    k = len(y)
    value = -0.5 * (k * math.log(2 * math.pi) - float(np.log(w).sum()) + fit)
    if restricted:
        value += 0.5 * (math.log(2 * math.pi) - math.log(s1) + math.log(k))
    return value


def maximum_likelihood(y: Array, v: Array, *, restricted: bool) -> Tau2:
    """REML (``restricted``) or ML estimate of tau2: the highest peak, 0 included.

    Standard error from the expected information: 2/S_2 (ML), 2/tr(PP) (REML), as metafor's.

    Args:
        y, v: effects and positive variances, shape (k,), k >= 2.
    """
    v_min = float(v.min())
    centred = y - float((y / v).sum()) / float((1.0 / v).sum())
    points = grid(v_min, upper_bound(y, v))
    rising = slopes(centred, v, points, restricted=restricted) > 0
    falls = np.flatnonzero(rising[:-1] & ~rising[1:])
    peaks = [0.0] if not rising[0] else []
    peaks += [refine(centred, v, float(points[i]), float(points[i + 1]), restricted=restricted) for i in falls]
    if rising[-1]:  # only rounding can make it rise at the bound: all effects are equal up to it
        peaks.append(float(points[-1]))
    best = peaks[0]
    if len(peaks) > 1:
        best = max(peaks, key=lambda t: log_likelihood(centred, v, t, restricted=restricted))
    search = (
        "highest of several peaks of the likelihood"
        if len(peaks) > 1
        else ("at the boundary: the likelihood falls from 0 on" if best == 0 else "Newton's method in a bracket")
    )
    w = 1.0 / (v + best)
    information = projection_traces(w, float(w.sum()))[1] if restricted else float(w.dot(w))
    return Tau2(best, math.sqrt(2.0 / information), "REML" if restricted else "ML", search)
