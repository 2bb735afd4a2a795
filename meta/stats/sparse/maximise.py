r"""Finding the highest point of a log-likelihood that is a sum over studies, from several starts.

:math:`F(\phi, \gamma) = \sum_i f_i(\phi, \gamma_i)`: a few shared parameters, and perhaps one of each study's own. The Hessian
then has the shape of an arrow, and a Newton step costs no more than k divisions and a small system (Schur complement).
Derivatives are central differences of fourth order, all studies at once. Steps are shortened until F rises; where the
curvature is not that of a hill, it is turned into one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from meta.stats.arrays import Array

Contributions = Callable[[Array, Array], Array]
"""From shared parameters (p,) and own parameters (k,) to contributions (n,)."""

STEP = 2e-3
"""Of the differences: truncation and rounding errors are then both below 1e-8 for contributions of usual size."""

LONGEST = 1.0
"""Longest step of one parameter: one on the logit scale."""

SHORTEST = 1e-9
MAX_STEPS = 60
HALVINGS = 25
SAME = 1e-6
"""Log-likelihoods that differ by less belong to the same peak."""

STEEP = 1e-4
"""A slope above this, in units of the log-likelihood per standard error, is not a top."""

FLAT = 1e-9
SADDLE, PUSH = 1e-5, 0.1
"""Curvature and slope that make a saddle, and the step that leaves it."""

FAR = 30.0
"""An own parameter beyond this (on the logit scale) has run away: its study says nothing about it."""


@dataclass(frozen=True, slots=True)
class Convergence:
    """How an optimum was found: by what, from how many starts, how many of them led there, and whether it is a top.

    ``slope`` is the largest remaining slope in log-likelihood per standard error. ``boundary`` if a variance is 0.
    """

    method: str
    starts: int
    agreed: int
    steps: int
    slope: float
    converged: bool
    boundary: bool

    def notes(self) -> tuple[str, ...]:
        """What a reader must know, in sentences."""
        told = []
        if not self.converged:
            told.append("The likelihood could not be brought to its highest point; do not use this result.")
        if self.agreed < self.starts:
            told.append(
                f"{self.agreed} of {self.starts} starts led to the highest point found; the likelihood has others."
            )
        if self.boundary:
            told.append(
                "A variance is estimated as 0, the edge of what is possible; its interval is not that of a normal."
            )
        return tuple(told)


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Parameters at the highest point, the value there, and the covariance of the shared ones, (p, p).

    ``hessian``: (p + k, p + k) pieces: shared (p, p), cross (k, p), own (k,).
    """

    shared: Array
    own: Array
    value: float
    covariance: Array | None
    curvature: tuple[Array, Array, Array]
    steps: int
    slope: float


def climb(f: Contributions, shared: Array, own: Array, limit: float = np.inf) -> Optimum:
    """Newton's method from one start. ``own`` has length 0 where studies have no parameter of their own.

    A shared parameter beyond ``limit`` has run away, and the climb ends there.
    """
    value = float(f(shared, own).sum())
    steps = 0
    for _ in range(MAX_STEPS):
        steps += 1
        g, h, g_own, cross, h_own = _derivatives(f, shared, own)
        r, s, down = _condensed(g, h, g_own, cross, h_own)
        move = _uphill(s, r)
        move = move * min(1.0, LONGEST / max(float(np.abs(move).max(initial=0.0)), LONGEST))
        move_own = np.clip((g_own + cross @ move) / down, -LONGEST, LONGEST)
        size, new = 1.0, value
        for _ in range(HALVINGS):
            new = float(f(shared + size * move, own + size * move_own).sum())
            if new >= value - 1e-12 * abs(value):
                break
            size *= 0.5
        else:
            break
        shared, own, value = shared + size * move, np.clip(own + size * move_own, -FAR, FAR), new
        moved = max([float(np.abs(move).max(initial=0.0)), *_still_moving(own, move_own)])
        if size * moved < SHORTEST or float(np.abs(shared).max(initial=0.0)) > limit:
            break
    g, h, g_own, cross, h_own = _derivatives(f, shared, own)
    r, s, _ = _condensed(g, h, g_own, cross, h_own)
    covariance = _inverse(s)
    slope = float(np.abs(r).max(initial=0.0))
    if covariance is not None:
        slope = float(np.abs(r * np.sqrt(np.diag(covariance))).max(initial=0.0))
    return Optimum(shared, own, value, covariance, (h, cross, h_own), steps, slope)


def _still_moving(own: Array, move: Array) -> list[float]:
    near = np.abs(own) < FAR
    return [float(np.abs(move[near]).max())] if near.any() else []


def best_of(
    f: Contributions, starts: Sequence[tuple[Array, Array]], limit: float = np.inf
) -> tuple[Optimum, Convergence]:
    """The highest of the points that Newton's method reaches from all starts (see ``climb``)."""
    with np.errstate(all="ignore"):
        found = [climb(f, *start, limit=limit) for start in starts]
    usable = [one for one in found if np.isfinite(one.value)]
    best = max(usable, key=lambda one: one.value)
    agreed = sum(one.value > best.value - SAME for one in usable)
    converged = best.covariance is not None and best.slope < STEEP
    return best, Convergence(
        f"Newton's method from {len(starts)} starts" if len(starts) > 1 else "Newton's method", len(starts), agreed,
        sum(one.steps for one in found), best.slope, converged, False,
    )  # fmt: skip


def _derivatives(f: Contributions, shared: Array, own: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Gradient and Hessian in pieces: shared (p,), (p, p), own (k,), cross (k, p), own second (k,)."""
    p, k = len(shared), len(own)
    m = p + (k > 0)
    first = np.zeros((m, len(f(shared, own))))
    second = np.zeros((m, m, first.shape[1]))
    middle = f(shared, own)

    def along(direction: Sequence[int]) -> tuple[Array, Array]:
        step = np.zeros(p)
        aside = 0.0
        for j in direction:
            if j < p:
                step[j] = STEP
            else:
                aside = STEP
        far, near, back, behind = (f(shared + t * step, own + t * aside) for t in (2.0, 1.0, -1.0, -2.0))
        slope = (8.0 * (near - back) - (far - behind)) / (12.0 * STEP)
        curve = (16.0 * (near + back) - (far + behind) - 30.0 * middle) / (12.0 * STEP**2)
        return slope, curve

    for j in range(m):
        first[j], second[j, j] = along((j,))
    for i, j in combinations(range(m), 2):
        second[i, j] = second[j, i] = 0.5 * (along((i, j))[1] - second[i, i] - second[j, j])
    g, h = first[:p].sum(axis=1), second[:p, :p].sum(axis=2)
    if not k:
        return g, h, own, np.zeros((0, p)), own
    g_own: Array = first[p]
    cross: Array = second[:p, p].T
    h_own: Array = second[p, p]
    return g, h, g_own, cross, h_own


def _condensed(g: Array, h: Array, g_own: Array, cross: Array, h_own: Array) -> tuple[Array, Array, Array]:
    """The shared system after the own parameters are eliminated, and the own curvature made negative."""
    down = np.maximum(-h_own, FLAT)
    keep = (-h_own > FLAT)[:, None]
    used = np.where(keep, cross, 0.0)
    r = g + used.T @ (g_own / down)
    s = h + (used / down[:, None]).T @ used
    return r, s, down


def _uphill(s: Array, r: Array) -> Array:
    """A step that rises: Newton's where the curvature is a hill's, else with its signs turned."""
    values, vectors = np.linalg.eigh(np.nan_to_num(s))
    slopes = vectors.T @ np.nan_to_num(r)
    along = slopes / np.maximum(np.abs(values), 1e-6)
    # at a saddle (a standard deviation of 0 is one, by symmetry) there is no slope, and any step aside rises
    along = np.where((values > SADDLE) & (np.abs(slopes) < SADDLE), PUSH, along)
    step: Array = vectors @ along
    return step


def _inverse(s: Array) -> Array | None:
    if not np.isfinite(s).all() or float(np.linalg.eigvalsh(-s).min(initial=1.0)) <= FLAT:
        return None
    return np.asarray(np.linalg.inv(-s), dtype=np.float64)
