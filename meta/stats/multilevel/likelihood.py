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
        """Rows that are independent of all others, blocks of one size together: arrays of shape (blocks, size)."""
        linked = self.v != 0
        for part in self.parts:
            linked = linked | (part.outer[:, None] == part.outer[None, :])
        graph: Any = import_module("scipy.sparse.csgraph")
        count, label = graph.connected_components(linked, directed=False)
        found: dict[int, list[npt.NDArray[np.intp]]] = {}
        for i in range(count):
            rows = np.flatnonzero(label == i)
            found.setdefault(len(rows), []).append(rows)
        return [np.stack(rows) for rows in found.values()]

    @cached_property
    def known(self) -> list[Array]:
        """V of the blocks, shape (blocks, size, size)."""
        return [_pairs(self.v, rows) for rows in self.blocks]

    @cached_property
    def same(self) -> list[list[Array]]:
        """Per part and stack of blocks: 1 where two rows are of the same outer group."""
        return [
            [(part.outer[rows][:, :, None] == part.outer[rows][:, None, :]).astype(float) for rows in self.blocks]
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


def _pairs(matrix: Array, places: npt.NDArray[np.intp]) -> Array:
    """Entries of a matrix for all pairs of places within each block."""
    found: Array = matrix[places[:, :, None], places[:, None, :]]
    return found


def marginal(problem: Problem, free: Array) -> list[Array]:
    """Covariance of the effects in each stack of blocks."""
    found = [v.copy() for v in problem.known]
    for j, (part, own) in enumerate(zip(problem.parts, problem.split(free), strict=True)):
        g, _ = part.matrix(own)
        for b, rows in enumerate(problem.blocks):
            found[b] += problem.same[j][b] * _pairs(g, part.inner[rows])
    return found


def weighted_squares(problem: Problem, residual: Array, inverses: list[Array]) -> float:
    """The sum of squared residuals, weighted by the inverse covariance."""
    return math.fsum(
        float(np.einsum("bi,bij,bj->", residual[rows], inverse, residual[rows]))
        for rows, inverse in zip(problem.blocks, inverses, strict=True)
    )


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
        log_det += 2 * float(np.log(np.diagonal(factor, axis1=1, axis2=2)).sum())
        half = np.linalg.inv(factor)
        inverse = np.swapaxes(half, 1, 2) @ half
        inverses.append(inverse)
        weighted = inverse @ problem.x[rows]
        normal += (np.swapaxes(problem.x[rows], 1, 2) @ weighted).sum(axis=0)
        right += np.einsum("bip,bi->p", weighted, problem.y[rows])
    covariance: Array = np.asarray(np.linalg.inv(normal), dtype=np.float64)
    beta: Array = covariance @ right
    residual = problem.y - problem.x @ beta
    q = weighted_squares(problem, residual, inverses)
    value = -0.5 * ((k - p if problem.restricted else k) * LOG_2PI + log_det + q)
    if problem.restricted:
        value += 0.5 * (np.linalg.slogdet(problem.x.T @ problem.x)[1] - np.linalg.slogdet(normal)[1])
    return Solution(beta, covariance, float(value), inverses, residual)


def slope(problem: Problem, free: Array, at: Solution) -> Array:
    """Derivatives of the log-likelihood by the free parameters."""
    found = np.zeros(problem.size)
    pulls = [
        (inverse, (inverse @ at.residual[rows][:, :, None])[:, :, 0], inverse @ problem.x[rows])
        for rows, inverse in zip(problem.blocks, at.inverses, strict=True)
    ]
    place = 0
    for j, (part, own) in enumerate(zip(problem.parts, problem.split(free), strict=True)):
        _, derivatives = part.matrix(own)
        for d in derivatives:
            for b, (rows, (inverse, u, wx)) in enumerate(zip(problem.blocks, pulls, strict=True)):
                dm = problem.same[j][b] * _pairs(d, part.inner[rows])
                found[place] += 0.5 * (float(np.einsum("bi,bij,bj->", u, dm, u)) - float((inverse * dm).sum()))
                if problem.restricted:
                    pull = (np.swapaxes(wx, 1, 2) @ (dm @ wx)).sum(axis=0)
                    found[place] += 0.5 * float((at.covariance * pull).sum())
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
