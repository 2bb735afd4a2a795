"""The design matrix of a meta-regression: an intercept, numbers as they are, factors against their first level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from meta.stats.errors import InvalidInput, SingularDesign

Array = npt.NDArray[np.float64]
Moderator = Sequence[float] | Sequence[str] | Array

INTERCEPT = "(Intercept)"
LEAST_SINGULAR = 1e-10
"""Columns (scaled to length 1) whose smallest singular value is below this cannot be told apart in double precision."""


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Columns of shape (k, p) with their names; ``intercept`` tells whether the first one is the intercept."""

    names: tuple[str, ...]
    matrix: Array
    intercept: bool


def design(
    moderators: Mapping[str, Moderator],
    k: int,
    *,
    interactions: Sequence[tuple[str, str]] = (),
    intercept: bool = True,
    numeric: Sequence[str] = (),
) -> Design:
    """A design with treatment coding: factor levels in alphabetical order, the first one is the reference.

    Args:
        moderators: name to one value per study; text makes a factor.
        k: number of studies.
        interactions: pairs of moderators whose products are added.
        intercept: False gives cell means to the first factor.
        numeric: not used to decide; kept for callers that store numbers as text.

    Raises:
        InvalidInput: a moderator has a missing value or the wrong length.
    """
    blocks: dict[str, list[tuple[str, Array]]] = {}
    full = not intercept
    for name, values in moderators.items():
        listed = list(values)
        if len(listed) != k:
            raise InvalidInput(f"Moderator {name} must have one value per study.")
        if any(value is None or value != value for value in listed):
            raise InvalidInput(f"Moderator {name} has a missing value.")
        if name in numeric or not any(isinstance(value, str) for value in listed):
            blocks[name] = [(name, np.array(listed, dtype=np.float64))]
            continue
        levels = sorted({str(value) for value in listed})
        chosen = levels if full else levels[1:]
        full = False
        blocks[name] = [
            (f"{name}{level}", np.array([float(str(value) == level) for value in listed])) for level in chosen
        ]
    columns = [(INTERCEPT, np.ones(k))] if intercept else []
    for block in blocks.values():
        columns += block
    for first, second in interactions:
        columns += [(f"{a}:{b}", x * z) for b, z in blocks[second] for a, x in blocks[first]]
    return Design(tuple(name for name, _ in columns), np.column_stack([x for _, x in columns]), intercept)


def check(matrix: Array) -> None:
    """Refuse a design that cannot be fitted.

    Raises:
        SingularDesign: as many columns as studies, or columns that are combinations of others.
    """
    k, p = matrix.shape
    if k <= p:
        raise SingularDesign(f"{k} studies cannot support {p} coefficients; at least {p + 1} are needed.")
    lengths = np.sqrt((matrix * matrix).sum(axis=0))
    if (lengths == 0).any() or np.linalg.svd(matrix / lengths, compute_uv=False)[-1] < LEAST_SINGULAR:
        raise SingularDesign("The moderators cannot be told apart: one of them follows from the others.")
