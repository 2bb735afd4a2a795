r"""The (restricted) likelihood of y ~ N(Xβ, V + Σ Z G Z') with V known, its slope, and the search for its peak.

Effects that share neither people nor a group are independent; the work is done block by block.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from .components import Part

Array = npt.NDArray[np.float64]
LOG_2PI = math.log(2 * math.pi)
IMPOSSIBLE = 1e10
"""What the search is told where the covariance cannot be factored; far above any real value."""


@dataclass(frozen=True, eq=False)
class Problem:
    """What is fitted: effects y (k,), V (k, k), design X (k, p), random parts, restricted likelihood or not."""

    y: Array
    v: Array
    x: Array
    parts: tuple[Part, ...]
    restricted: bool

    @cached_property
    def blocks(self) -> list[npt.NDArray[np.intp]]:
        """Rows that are independent of all other rows, group by group."""
        linked = self.v != 0
        for part in self.parts:
            linked = linked | (part.outer[:, None] == part.outer[None, :])
        graph: Any = import_module("scipy.sparse.csgraph")
        count, label = graph.connected_components(linked, directed=False)
        return [np.flatnonzero(label == i) for i in range(count)]

    @cached_property
    def same(self) -> list[list[Array]]:
        """Per part and block: 1 where two rows are of the same outer group."""
        return [
            [(part.outer[rows][:, None] == part.outer[rows][None, :]).astype(float) for rows in self.blocks]
            for part in self.parts
        ]

    @property
    def size(self) -> int:
        """How many free parameters there are."""
        return sum(part.size for part in self.parts)

    def split(self, free: Array) -> list[Array]:
        """The parameters of each part."""
        ends = np.cumsum([part.size for part in self.parts])
        return np.split(free, ends[:-1]) if self.parts else []


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """At given parameters: coefficients, their covariance, the weighted residuals and the log-likelihood."""

    beta: Array
    covariance: Array
    log_likelihood: float
    inverses: list[Array]
    residual: Array


def marginal(problem: Problem, free: Array) -> list[Array]:
    """Covariance of the effects in each block."""
    found = [problem.v[np.ix_(rows, rows)].copy() for rows in problem.blocks]
    for j, (part, own) in enumerate(zip(problem.parts, problem.split(free), strict=True)):
        g, _ = part.matrix(own)
        for b, rows in enumerate(problem.blocks):
            inner = part.inner[rows]
            found[b] += problem.same[j][b] * g[np.ix_(inner, inner)]
    return found


def solve(problem: Problem, free: Array) -> Solution:
    """Generalised least squares at given parameters.

    Raises:
        numpy.linalg.LinAlgError: a covariance that cannot be factored.
    """
    k, p = problem.x.shape
    normal, right, log_det = np.zeros((p, p)), np.zeros(p), 0.0
    inverses = []
    for rows, m in zip(problem.blocks, marginal(problem, free), strict=True):
        factor = np.linalg.cholesky(m)
        log_det += 2 * float(np.log(np.diag(factor)).sum())
        half = np.linalg.inv(factor)
        inverse = half.T @ half
        inverses.append(inverse)
        weighted = inverse @ problem.x[rows]
        normal += problem.x[rows].T @ weighted
        right += weighted.T @ problem.y[rows]
    covariance: Array = np.asarray(np.linalg.inv(normal), dtype=np.float64)
    beta: Array = covariance @ right
    residual = problem.y - problem.x @ beta
    q = sum(float(residual[rows] @ inv @ residual[rows]) for rows, inv in zip(problem.blocks, inverses, strict=True))
    value = -0.5 * ((k - p if problem.restricted else k) * LOG_2PI + log_det + q)
    if problem.restricted:
        value += 0.5 * (np.linalg.slogdet(problem.x.T @ problem.x)[1] - np.linalg.slogdet(normal)[1])
    return Solution(beta, covariance, float(value), inverses, residual)


def slope(problem: Problem, free: Array, at: Solution) -> Array:
    """Derivatives of the log-likelihood by the free parameters."""
    found = np.zeros(problem.size)
    place = 0
    for j, (part, own) in enumerate(zip(problem.parts, problem.split(free), strict=True)):
        _, derivatives = part.matrix(own)
        for d in derivatives:
            total, pull = 0.0, np.zeros_like(at.covariance)
            for b, (rows, inverse) in enumerate(zip(problem.blocks, at.inverses, strict=True)):
                inner = part.inner[rows]
                dm = problem.same[j][b] * d[np.ix_(inner, inner)]
                u = inverse @ at.residual[rows]
                total += -0.5 * float((inverse * dm).sum()) + 0.5 * float(u @ dm @ u)
                if problem.restricted:
                    wx = inverse @ problem.x[rows]
                    pull += wx.T @ dm @ wx
            found[place] = total + (0.5 * float((at.covariance * pull).sum()) if problem.restricted else 0.0)
            place += 1
    return found


def maximise(
    problem: Problem, starts: Sequence[Array], fixed: dict[int, float] | None = None
) -> tuple[Array, Solution]:
    """The highest peak found from several starts; parameters in ``fixed`` stay where they are."""
    held = fixed or {}
    loose = np.array([i for i in range(problem.size) if i not in held], dtype=np.intp)

    def whole(part: Array) -> Array:
        free = np.zeros(problem.size)
        free[loose] = part
        for i, value in held.items():
            free[i] = value
        return free

    def cost(part: Array) -> tuple[float, Array]:
        free = whole(part)
        try:
            at = solve(problem, free)
        except np.linalg.LinAlgError:
            return IMPOSSIBLE, np.zeros(len(loose))
        return -at.log_likelihood, -slope(problem, free, at)[loose]

    optimize: Any = import_module("scipy.optimize")
    tried = []
    for start in starts if len(loose) else ():
        done = optimize.minimize(cost, np.asarray(start)[loose], jac=True, method="BFGS",
                                 options={"gtol": 1e-9, "maxiter": 500})  # fmt: skip
        tried.append((float(done.fun), done.x))
    free = whole(min(tried, key=lambda one: one[0])[1] if tried else np.zeros(0))
    return free, solve(problem, free)
