"""Weight functions of p-values, and the likelihood of effects that are selected by them."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from meta.stats.arrays import Array, log_sum
from meta.stats.distributions import special

PANEL = 48
"""Gauss-Legendre nodes for each panel of about four standard errors; doubling them changes nothing in ten digits."""

GRADED = (1e-4, 1e-3, 1e-2, 0.1, 1.0)
"""Edges of the panels of a two-sided p-value near 1."""

WIDEST = 9.0
"""Beyond nine standard errors a p-value is 0 or 1 in double precision."""

KEPT_WITHIN = 1e-5
"""p-values of the beta and power forms are kept this far from 0 and 1, where the weights are 0 or infinite."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A weight function: log w at p for parameters delta, starts of log delta, fixed leading weights, what it assumes."""

    sentence: str
    log_weight: Callable[[Array, Array], Array] | None
    starts: tuple[tuple[float, ...], ...]
    least: float
    fixed: tuple[float, ...] = ()


def _beta(p: Array, delta: Array) -> Array:
    found: Array = (delta[0] - 1.0) * np.log(p) + (delta[1] - 1.0) * np.log1p(-p)
    return found


def _half_normal(p: Array, delta: Array) -> Array:
    found: Array = -delta[0] * p * p
    return found


def _exponential(p: Array, delta: Array) -> Array:
    found: Array = -delta[0] * p
    return found


def _logistic(p: Array, delta: Array) -> Array:
    found: Array = math.log(2.0) - delta[0] * p - np.logaddexp(0.0, -delta[0] * p)
    return found


def _power(p: Array, delta: Array) -> Array:
    found: Array = delta[0] * np.log1p(-p)
    return found


_ONE = ((0.0,), (1.5,))

SHAPES: dict[str, Shape] = {
    "stepfun": Shape("Steps: one chance for each class of p-values.", None, (), 0.0, (1.0,)),
    "beta": Shape(
        "Beta density: flexible, for many studies.", _beta, ((0.0, 0.0), (0.5, 0.3), (-0.5, 0.5)), KEPT_WITHIN
    ),
    "halfnorm": Shape("Half-normal: falls slowly at first.", _half_normal, _ONE, 0.0),
    "negexp": Shape("Exponential: falls at once.", _exponential, _ONE, 0.0),
    "logistic": Shape("Logistic: falls at once, then more slowly.", _logistic, _ONE, 0.0),
    "power": Shape("Power of 1 - p: falls to 0 for studies in the wrong direction.", _power, _ONE, KEPT_WITHIN),
}
"""Every form of selection with one sentence on what it assumes."""


def p_values(y: Array, v: Array, alternative: str) -> Array:
    """One- or two-sided p-values of the studies, (k,)."""
    return _p(y / np.sqrt(v), alternative)


def _p(t: Array, alternative: str) -> Array:
    ndtr = special().ndtr
    if alternative == "two.sided":
        both: Array = 2.0 * ndtr(-np.abs(t))
        return both
    one: Array = ndtr(-t) if alternative == "greater" else ndtr(t)
    return one


@cache
def _panel() -> tuple[Array, Array]:
    return np.polynomial.legendre.leggauss(PANEL)


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Effects with a weight function. ``starts``: log delta to start from; ``empty_step``: a step without studies."""

    y: Array
    v: Array
    starts: tuple[tuple[float, ...], ...]
    empty_step: bool
    log_weights: Callable[[Array], Array]
    log_areas: Callable[[float, Array, Array], Array]

    def log_density(self, mean: float, tau: float, delta: Array) -> Array:
        """Contributions to the log-likelihood, (k,)."""
        total = self.v + tau * tau
        away = self.y - mean
        normal = -0.5 * (np.log(2.0 * math.pi * total) + away * away / total)
        found: Array = self.log_weights(delta) + normal - self.log_areas(mean, total, delta)
        return found


def selection_of(kind: str, y: Array, v: Array, alternative: str, ends: tuple[float, ...] | None) -> Selection:
    """A weight function bound to its data."""
    p = p_values(y, v, alternative)
    if ends is not None:
        return _steps(y, v, p, alternative, ends)
    shape = SHAPES[kind]
    weight = shape.log_weight
    assert weight is not None  # noqa: S101 - steps have been dealt with
    kept = np.clip(p, shape.least, 1.0 - shape.least)
    far = WIDEST if shape.least == 0 else float(-special().ndtri(shape.least))
    edges = [-far, 0.0, far]
    if alternative == "two.sided" and shape.least:
        far = float(-special().ndtri(0.5 * shape.least))
        inner = float(-special().ndtri(0.5 * (1.0 - shape.least)))
        rising = [inner, *GRADED, far]  # 1 - p is like |t| near 0, and its powers are steep there
        edges = [*(-t for t in reversed(rising)), *rising]
    x, w = _panel()
    t = np.concatenate([0.5 * (b - a) * x + 0.5 * (a + b) for a, b in pairwise(edges)])
    log_w = np.log(np.concatenate([0.5 * (b - a) * w for a, b in pairwise(edges)]))
    at = np.clip(_p(t, alternative), shape.least, 1.0 - shape.least)
    ends_p = np.clip(_p(np.array([-far, far]), alternative), shape.least, 1.0 - shape.least)
    root = np.sqrt(v)

    def areas(mean: float, total: Array, delta: Array) -> Array:
        """In units of the studies' standard errors t = y/se: weight times normal density, and the two tails."""
        sd = np.sqrt(total) / root
        away = (t - (mean / root)[:, None]) / sd[:, None]
        inside = log_w + weight(at, delta) - 0.5 * (away * away + math.log(2.0 * math.pi)) - np.log(sd)[:, None]
        tails = weight(ends_p, delta)
        low = special().log_ndtr((-far - mean / root) / sd) + tails[0]
        high = special().log_ndtr((mean / root - far) / sd) + tails[1]
        found: Array = log_sum(np.column_stack((inside, low, high)))
        return found

    return Selection(y, v, shape.starts, False, lambda delta: weight(kept, delta), areas)


def _steps(y: Array, v: Array, p: Array, alternative: str, ends: tuple[float, ...]) -> Selection:
    group = np.searchsorted(np.array(ends), p, side="left")
    free = len(ends) - 1
    root = np.sqrt(v)
    half = 0.5 if alternative == "two.sided" else 1.0
    bars = -special().ndtri(half * np.array(ends[:-1]))
    ndtr = special().ndtr

    def areas(mean: float, total: Array, delta: Array) -> Array:
        sd, middle = (np.sqrt(total) / root)[:, None], (mean / root)[:, None]
        beyond = ndtr((middle - bars) / sd)
        if alternative == "less":
            beyond = ndtr((-bars - middle) / sd)
        elif alternative == "two.sided":
            beyond = beyond + ndtr((-bars - middle) / sd)
        share = np.diff(np.column_stack((np.zeros(len(y)), beyond, np.ones(len(y)))), axis=1)
        found: Array = np.log(share @ np.concatenate(([1.0], delta)))
        return found

    def weights(delta: Array) -> Array:
        found: Array = np.concatenate(([0.0], np.log(delta)))[group]
        return found

    starts = tuple(tuple([start] * free) for start in (0.0, -1.0, -2.5))
    missing = len(np.unique(group)) < len(ends)
    return Selection(y, v, starts, missing, weights, areas)
