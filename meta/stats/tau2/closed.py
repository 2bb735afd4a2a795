r"""Moment estimators in closed form.

Notation: y effects, v variances, w = 1/v, S_m = sum of w^m, k studies; P = W - w w'/S_1 is the matrix that takes the
weighted mean out, so that y'Py is Cochran's Q. Each is cut at zero. Standard errors are those of metafor, from the
variance of a quadratic form: :math:`2\,tr(AVAV) + 4\tau^2 tr(AVA) + 2\tau^4 tr(AA)`.
"""

import math

from meta.stats.pooling.inverse_variance import cochran_q, projection_traces

from .base import CLOSED, CUT, Array, Tau2


def _cut(raw: float, variance: float, method: str) -> Tau2:
    value = max(0.0, raw)
    return Tau2(value, math.sqrt(max(0.0, variance)), method, CLOSED if raw >= 0 else CUT, raw)


def dersimonian_laird(y: Array, v: Array, q: float | None = None) -> Tau2:
    r"""DerSimonian-Laird.

    .. math:: \hat\tau^2 = \frac{Q - (k-1)}{S_1 - S_2/S_1}

    ``q`` replaces Cochran's Q around the inverse-variance mean; RevMan 5 uses Q around the Mantel-Haenszel estimate.
    Source: DerSimonian & Laird 1986; Deeks & Higgins 2010.
    """
    w = 1.0 / v
    s1 = float(w.sum())
    if q is None:
        q = cochran_q(y, w, float(w.dot(y)) / s1)
    trace, pp = projection_traces(w, s1)
    df = len(y) - 1
    raw = (q - df) / trace
    t = max(0.0, raw)
    return _cut(raw, (2 * df + 4 * t * trace + 2 * t * t * pp) / trace**2, "DL")


def hedges(y: Array, v: Array) -> Tau2:
    r"""Hedges, also called Cochran's or variance-component estimator.

    .. math:: \hat\tau^2 = \frac{\sum (y - \bar y)^2}{k-1} - \frac{\sum v}{k}

    Source: Hedges & Olkin 1985; Cochran 1954.
    """
    k = len(y)
    distance = y - float(y.sum()) / k
    trace = float(v.sum()) * (1 - 1 / k)
    raw = (float(distance.dot(distance)) - trace) / (k - 1)
    t = max(0.0, raw)
    pvpv = float(v.dot(v)) * (1 - 2 / k) + (float(v.sum()) / k) ** 2
    return _cut(raw, (2 * pvpv + 4 * t * trace + 2 * t * t * (k - 1)) / (k - 1) ** 2, "HE")


def hunter_schmidt(y: Array, v: Array, *, small_sample: bool = False) -> Tau2:
    r"""Hunter-Schmidt; with ``small_sample`` its version corrected for few studies (HSk).

    .. math:: \hat\tau^2_{HS} = \frac{Q - k}{S_1}, \qquad
        \hat\tau^2_{HSk} = \frac{\frac{k}{k-1} Q - k}{S_1}

    Source: Hunter & Schmidt 1990; Brannick et al. 2019.
    """
    k = len(y)
    w = 1.0 / v
    s1 = float(w.sum())
    q = cochran_q(y, w, float(w.dot(y)) / s1)
    factor = k / (k - 1) if small_sample else 1.0
    raw = (factor * q - k) / s1
    t = max(0.0, raw)
    trace, pp = projection_traces(w, s1)
    variance = (2 * (k - 1) + 4 * t * trace + 2 * t * t * pp) * (factor / s1) ** 2
    return _cut(raw, variance, "HSk" if small_sample else "HS")


def sidik_jonkman(y: Array, v: Array) -> Tau2:
    r"""Sidik-Jonkman with the start that metafor and meta use.

    .. math:: \tau_0^2 = \frac{\sum (y - \bar y)^2}{k}, \quad w_i = \frac{1}{v_i + \tau_0^2}, \quad
        \hat\tau^2 = \tau_0^2 \frac{\sum w_i (y_i - \hat\mu_w)^2}{k - 1}

    Never zero unless all effects are equal. Source: Sidik & Jonkman 2005.
    """
    k = len(y)
    distance = y - float(y.sum()) / k
    start = float(distance.dot(distance)) / k
    w = 1.0 / (v + start)
    s1 = float(w.sum())
    raw = start * cochran_q(y, w, float(w.dot(y)) / s1) / (k - 1)
    w2 = w * w
    s2, w2v = float(w2.sum()), float(w2.dot(v))
    w3 = w2 * w
    pvpv = float((w2 * v).dot(v)) - 2 * float((w3 * v).dot(v)) / s1 + (w2v / s1) ** 2
    pvp = w2v - 2 * float(w3.dot(v)) / s1 + s2 * w2v / s1**2
    _, pp = projection_traces(w, s1)
    variance = (start / (k - 1)) ** 2 * (2 * pvpv + 4 * raw * pvp + 2 * raw * raw * pp)
    return _cut(raw, variance, "SJ")
