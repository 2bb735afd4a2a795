r"""Random effects: how the covariance of the true effects is built from a few parameters.

A parameter is any real number; each component turns its own into a matrix G and the derivatives of G. Standard
deviations (not variances or logs) are free, so 0 can be reached and not passed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from meta.stats.errors import InvalidInput, UnknownOption

from .covariance import codes

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
STRUCTURES = ("ID", "DIAG", "CS", "HCS", "UN")
NEAR_ONE = 30.0
"""Free parameters of a correlation are kept within this, where it is 1 or its lower limit to double precision."""


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """A random effect of each group, with one variance. Groups of an inner level are made unique with the outer ones."""

    name: str
    groups: Sequence[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Correlated:
    """Random effects of ``inner`` (outcomes, arms) within each group of ``outer`` (trials), with a joint covariance.

    ``structure``: ``UN`` any covariance, ``HCS`` own variances and one correlation, ``CS`` one variance and one
    correlation, ``DIAG`` own variances without correlation, ``ID`` one variance without.
    """

    inner: Sequence[Any]
    outer: Sequence[Any]
    structure: str = "UN"


Random = Level | Correlated


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A random term ready for fitting: ``inner`` and ``outer`` as codes, G from parameters."""

    structure: str
    name: str
    levels: tuple[Any, ...]
    inner: Codes
    outer: Codes
    size: int = field(init=False)

    def __post_init__(self) -> None:
        q = len(self.levels)
        sizes = {"ID": 1, "DIAG": q, "CS": 2, "HCS": q + 1, "UN": q * (q + 1) // 2}
        object.__setattr__(self, "size", sizes[self.structure])

    def start(self, sd: float) -> Array:
        """Free parameters for the same SD everywhere and no correlation."""
        q = len(self.levels)
        if self.structure == "UN":
            return np.array([sd if i == j else 0.0 for i in range(q) for j in range(i + 1)])
        free = np.full(self.size, sd)
        if self.structure in ("CS", "HCS"):
            low = -1 / (q - 1)
            free[-1] = np.log(-low / 1.0)  # the logistic of this is a correlation of 0
        return free

    def matrix(self, free: Array) -> tuple[Array, list[Array]]:
        """G and its derivatives by each free parameter."""
        q = len(self.levels)
        if self.structure == "ID":
            return np.eye(q) * free[0] ** 2, [np.eye(q) * 2 * free[0]]
        if self.structure == "DIAG":
            return np.diag(free**2), [np.diag(2 * free * (np.arange(q) == i)) for i in range(q)]
        if self.structure == "UN":
            return _cholesky(free, q)
        return self._compound(free)

    def _compound(self, free: Array) -> tuple[Array, list[Array]]:
        q = len(self.levels)
        low = -1 / (q - 1)
        share = 1 / (1 + np.exp(-np.clip(free[-1], -NEAR_ONE, NEAR_ONE)))
        rho = low + (1 - low) * share
        shape = np.full((q, q), rho)
        np.fill_diagonal(shape, 1.0)
        turned = (1 - low) * share * (1 - share) * (1 - np.eye(q))
        if self.structure == "CS":
            return shape * free[0] ** 2, [shape * 2 * free[0], turned * free[0] ** 2]
        sd = free[:-1]
        both = np.outer(sd, sd)
        derivatives = []
        for i in range(q):
            one = np.zeros((q, q))
            one[i] += sd
            one[:, i] += sd
            derivatives.append(shape * one)
        return shape * both, [*derivatives, turned * both]

    def sds_and_correlations(self, free: Array) -> tuple[Array, Array]:
        """Standard deviations of the inner levels, and their correlations (upper triangle by rows)."""
        g, _ = self.matrix(free)
        sd = np.sqrt(np.diag(g))
        rows, columns = np.triu_indices(len(g), 1)
        with np.errstate(all="ignore"):
            r = g[rows, columns] / (sd[rows] * sd[columns])
        return sd, np.nan_to_num(r)


def _cholesky(free: Array, q: int) -> tuple[Array, list[Array]]:
    factor = np.zeros((q, q))
    places = [(i, j) for i in range(q) for j in range(i + 1)]
    for value, place in zip(free, places, strict=True):
        factor[place] = value
    derivatives = []
    for i, j in places:
        one = np.zeros((q, q))
        one[i] = factor[:, j]
        derivatives.append(one + one.T)
    return factor @ factor.T, derivatives


def parts(random: Sequence[Random], k: int) -> tuple[Part, ...]:
    """Random terms as codes.

    Raises:
        InvalidInput: labels of the wrong length, or a joint covariance of one inner level only.
        UnknownOption: a structure that does not exist.
    """
    found = []
    for term in random:
        if isinstance(term, Level):
            outer = codes(term.name, term.groups, k)
            found.append(Part("ID", term.name, ("",), np.zeros(k, dtype=np.intp), outer))
            continue
        if term.structure not in STRUCTURES:
            raise UnknownOption(f"structure = {term.structure!r} is not known; there are: {', '.join(STRUCTURES)}.")
        levels = tuple(sorted(set(term.inner), key=str))
        if len(levels) < 2:
            raise InvalidInput("A joint covariance needs two or more inner levels (outcomes or arms).")
        codes("inner", term.inner, k)
        place = {level: i for i, level in enumerate(levels)}
        inner = np.array([place[level] for level in term.inner], dtype=np.intp)
        found.append(Part(term.structure, "inner", levels, inner, codes("outer", term.outer, k)))
    return tuple(found)


def nested(*levels: tuple[str, Sequence[Any]]) -> tuple[Level, ...]:
    """Nested levels from the outermost to the innermost, as ``~ 1 | district/school``.

    Args:
        *levels: name and one label per effect; inner labels may repeat in different outer groups.
    """
    names: list[str] = []
    labels: list[tuple[Any, ...]] = []
    found = []
    for name, groups in levels:
        names.append(name)
        labels = [(*before, one) for before, one in zip(labels or [()] * len(groups), groups, strict=True)]
        found.append(Level("/".join(names), labels))
    return tuple(found)
