r"""The estimators of tau2 when moderators explain a part of the differences.

The formulas are those of ``meta.stats.tau2`` with P of the regression in place of the mean's, k - p for k - 1, and
:math:`\log|X'WX|` in the restricted likelihood.
"""

import math

import numpy as np

from meta.stats.distributions import chi2_quantile
from meta.stats.tau2.base import CLOSED, CUT, Tau2
from meta.stats.tau2.likelihood import grid

from .design import Array
from .weighted import fit, project, traces, traces_with

MAX_STEPS = 200
RELATIVE_STEP = 1e-13


def _cut(raw: float, variance: float, method: str) -> Tau2:
    return Tau2(max(0.0, raw), math.sqrt(max(0.0, variance)), method, CLOSED if raw >= 0 else CUT, raw)


def _dersimonian_laird(y: Array, v: Array, x: Array) -> Tau2:
    k, p = x.shape
    weighted = fit(y, v, x, 0.0)
    one, two = traces(weighted)
    raw = (weighted.q - (k - p)) / one
    t = max(0.0, raw)
    return _cut(raw, (2 * (k - p) + 4 * t * one + 2 * t * t * two) / one**2, "DL")


def _hunter_schmidt(y: Array, v: Array, x: Array, *, small_sample: bool) -> Tau2:
    k, p = x.shape
    weighted = fit(y, v, x, 0.0)
    total = float(weighted.weights.sum())
    one, two = traces(weighted)
    factor = k / (k - p) if small_sample else 1.0
    raw = (factor * weighted.q - k) / total
    t = max(0.0, raw)
    variance = (2 * (k - p) + 4 * t * one + 2 * t * t * two) * (factor / total) ** 2
    return _cut(raw, variance, "HSk" if small_sample else "HS")


def _hedges(y: Array, v: Array, x: Array) -> Tau2:
    k, p = x.shape
    weighted = fit(y, np.ones(k), x, 0.0)
    pv, pvpv, _ = traces_with(weighted, v)
    raw = (weighted.q - pv) / (k - p)
    t = max(0.0, raw)
    return _cut(raw, (2 * pvpv + 4 * t * pv + 2 * t * t * (k - p)) / (k - p) ** 2, "HE")


def _sidik_jonkman(y: Array, v: Array, x: Array) -> Tau2:
    k, p = x.shape
    distance = y - float(y.mean())
    start = float(distance.dot(distance)) / k
    weighted = fit(y, v, x, start)
    raw = start * weighted.q / (k - p)
    _, pvpv, pvp = traces_with(weighted, v)
    _, two = traces(weighted)
    return _cut(raw, (start / (k - p)) ** 2 * (2 * pvpv + 4 * raw * pvp + 2 * raw * raw * two), "SJ")


def solve_q(y: Array, v: Array, x: Array, target: float) -> float:
    """The tau2 at which the residual Q equals ``target``, or 0: Newton from the left on a convex, falling function."""
    t: float = 0.0
    for _ in range(MAX_STEPS):
        weighted = fit(y, v, x, t)
        excess = weighted.q - target
        if excess <= 0:
            return t
        wr: Array = weighted.weights * weighted.residuals
        step = excess / float(wr.dot(wr))
        if step <= RELATIVE_STEP * t:
            return t + step
        t += step
    return t


def _moment(y: Array, v: Array, x: Array, method: str) -> Tau2:
    k, p = x.shape
    value = solve_q(y, v, x, chi2_quantile(0.5, k - p) if method == "PMM" else float(k - p))
    se = math.sqrt(2.0 * k * k / (k - p)) / float((1.0 / (v + value)).sum())
    search = "Newton's method on a convex function" if value > 0 else "at the boundary: no positive solution"
    return Tau2(value, se, method, search)


def _slope(y: Array, v: Array, x: Array, t: float, *, restricted: bool) -> tuple[float, float]:
    """Twice the slope and twice the curvature of the log-likelihood."""
    weighted = fit(y, v, x, t)
    u: Array = weighted.weights * weighted.residuals
    curve = -2.0 * float(u.dot(project(weighted, u)))
    if restricted:
        one, two = traces(weighted)
        return float(u.dot(u)) - one, curve + two
    w = weighted.weights
    return float(u.dot(u)) - float(w.sum()), curve + float(w.dot(w))


def log_likelihood(y: Array, v: Array, x: Array, t: float, *, restricted: bool) -> float:
    r"""The log-likelihood with metafor's constants: REML includes :math:`\tfrac12\log|X'X|`."""
    k, p = x.shape
    weighted = fit(y, v, x, t)
    value = float(np.log(weighted.weights).sum()) - weighted.q
    if not restricted:
        return float(0.5 * (value - k * math.log(2 * math.pi)))
    _, size = np.linalg.slogdet(x.T @ x)
    return float(0.5 * (value - (k - p) * math.log(2 * math.pi) + float(size) - weighted.log_determinant))


def _refine(y: Array, v: Array, x: Array, low: float, high: float, *, restricted: bool) -> float:
    t: float = 0.5 * (low + high)
    for _ in range(MAX_STEPS):
        first, second = _slope(y, v, x, t, restricted=restricted)
        if first > 0:
            low = t
        else:
            high = t
        new = t - first / second if second < 0 else math.inf
        if not low < new < high:
            new = 0.5 * (low + high)
        if abs(new - t) <= RELATIVE_STEP * new:
            return new
        t = new
    return t


def maximum_likelihood(y: Array, v: Array, x: Array, *, restricted: bool) -> Tau2:
    """REML or ML: all peaks between 0 and a bound beyond which the slope is negative; the highest one."""
    residuals = fit(y, np.ones(len(y)), x, 0.0).residuals
    span = float(residuals.max() - residuals.min())
    bound = 4.0 * max(span * span, span * math.sqrt(float(v.max())))
    points = grid(float(v.min()), bound)
    slopes = np.array([_slope(y, v, x, float(t), restricted=restricted)[0] for t in points])
    rising = slopes > 0
    falls = np.flatnonzero(rising[:-1] & ~rising[1:])
    peaks = [0.0] if not rising[0] else []
    peaks += [_refine(y, v, x, float(points[i]), float(points[i + 1]), restricted=restricted) for i in falls]
    if rising[-1]:  # only rounding can make it rise at the bound: the residuals are equal up to it
        peaks.append(float(points[-1]))
    best = max(peaks, key=lambda t: log_likelihood(y, v, x, t, restricted=restricted)) if len(peaks) > 1 else peaks[0]
    search = "highest of several peaks of the likelihood" if len(peaks) > 1 else "Newton's method in a bracket"
    if len(peaks) == 1 and best == 0:
        search = "at the boundary: the likelihood falls from 0 on"
    weighted = fit(y, v, x, best)
    information = traces(weighted)[1] if restricted else float(weighted.weights.dot(weighted.weights))
    return Tau2(best, math.sqrt(2.0 / information), "REML" if restricted else "ML", search)


def estimate_tau2(y: Array, v: Array, x: Array, method: str) -> Tau2:
    """The residual between-study variance by a method of ``meta.stats.tau2.ESTIMATORS``."""
    match method:
        case "DL":
            return _dersimonian_laird(y, v, x)
        case "REML" | "ML":
            return maximum_likelihood(y, v, x, restricted=method == "REML")
        case "PM" | "EB" | "PMM":
            return _moment(y, v, x, method)
        case "HE":
            return _hedges(y, v, x)
        case "SJ":
            return _sidik_jonkman(y, v, x)
        case _:
            return _hunter_schmidt(y, v, x, small_sample=method == "HSk")
