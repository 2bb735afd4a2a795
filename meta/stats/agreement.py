r"""How far two people agree beyond chance: kappa and what stands beside it. Counts first, the statistic second."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from .distributions import critical_value
from .errors import InvalidInput, UnknownOption
from .results import NotEstimable, plain

Array = npt.NDArray[np.float64]
Weights = Literal["none", "linear", "quadratic"]
WEIGHTS: tuple[Weights, ...] = ("none", "linear", "quadratic")

FLEISS = "Fleiss, Cohen & Everitt 1969, Psychol Bull 72:323"
GWET = "Gwet 2008, Br J Math Stat Psychol 61:29"
BYRT = "Byrt, Bishop & Carlin 1993, J Clin Epidemiol 46:423"

BANDS = (
    (0.0, "poor"),
    (0.2, "slight"),
    (0.4, "fair"),
    (0.6, "moderate"),
    (0.8, "substantial"),
    (1.0, "almost perfect"),
)
"""Upper ends of Landis & Koch's bands (1977, Biometrics 33:159); a convention, not a test."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient of agreement, its standard error and interval, and the agreement expected by chance.

    The interval is normal for kappa and PABAK, Student's t with n - 1 for Gwet's coefficients; it is not cut at 1.
    """

    name: str
    value: float
    standard_error: float
    lower: float
    upper: float
    expected: float
    source: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two raters, one table: ``table[i][j]`` counts units that the first puts in category i, the second in j.

    ``kappa`` is NotEstimable where both raters use one category only. ``gwet`` is AC1, or AC2 with weights. ``pabak``
    is for unweighted agreement. The indices of prevalence and bias are for two categories, None otherwise.
    """

    n: float
    table: tuple[tuple[float, ...], ...]
    weights: Weights
    observed: float
    kappa: Coefficient | NotEstimable
    gwet: Coefficient | NotEstimable
    pabak: Coefficient | None
    prevalence_index: float | None
    bias_index: float | None
    band: str | None

    def to_dict(self) -> dict[str, Any]:
        """A JSON-safe copy."""
        return dict(plain(self))


def weight_matrix(categories: int, weights: Weights) -> Array:
    """Share of agreement that each pair of categories stands for: 1 on the diagonal.

    Raises:
        UnknownOption: other names than ``none``, ``linear`` (1 - |i - j|/(q - 1)), ``quadratic`` (squared).
    """
    if weights not in WEIGHTS:
        raise UnknownOption(f"weights = {weights!r} is not known; there are: {', '.join(WEIGHTS)}.")
    if weights == "none":
        return np.eye(categories)
    apart = np.abs(np.subtract.outer(np.arange(categories), np.arange(categories))) / (categories - 1)
    found: Array = 1.0 - apart ** (1 if weights == "linear" else 2)
    return found


def agreement(table: Sequence[Sequence[float]], *, weights: Weights = "none", level: float = 0.95) -> Agreement:
    r"""Agreement of two raters who judged the same units.

    .. math:: \kappa = \frac{p_o - p_e}{1 - p_e}, \quad \text{PABAK} = \frac{q p_o - 1}{q - 1}, \quad
              AC = \frac{p_o - p_\gamma}{1 - p_\gamma}, \quad
              p_\gamma = \frac{\sum w_{kl}}{q (q - 1)} \sum_k \pi_k (1 - \pi_k)

    with :math:`\pi_k` the mean share of category k. For two categories PABAK is :math:`2 p_o - 1`.

    Args:
        table: counts, shape (q, q), q at least 2, categories in the same order for both.
        weights: ``none``, or ``linear`` and ``quadratic`` for ordered categories.
        level: of the intervals, as a fraction.

    Returns:
        Kappa with the standard error of Fleiss, Cohen & Everitt; PABAK; AC1 (AC2 with weights) with Gwet's.

    Raises:
        InvalidInput: no square table of counts, or nobody judged anything.

    Source: Cohen 1960, 1968; Fleiss et al. 1969; Byrt et al. 1993; Gwet 2008.
    """
    cells = _checked(table)
    if not 0 < level < 1:
        raise InvalidInput("level must lie between 0 and 1, both excluded.")
    n = float(cells.sum())
    q = len(cells)
    w = weight_matrix(q, weights)
    p = cells / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    observed = float((w * p).sum())
    kappa = _kappa(p, w, rows, columns, n, level)
    two = q == 2
    return Agreement(
        n, tuple(tuple(float(x) for x in row) for row in cells), weights, observed, kappa,
        _gwet(p, w, (rows + columns) / 2, n, level, "AC1" if weights == "none" else "AC2"),
        _pabak(observed, q, n, level) if weights == "none" else None,
        float(abs(p[0, 0] - p[1, 1])) if two else None, float(abs(p[0, 1] - p[1, 0])) if two else None,
        band(kappa.value) if isinstance(kappa, Coefficient) else None,
    )  # fmt: skip


def from_ratings(
    first: Sequence[str], second: Sequence[str], *, categories: Sequence[str] | None = None,
    weights: Weights = "none", level: float = 0.95,
) -> Agreement:  # fmt: skip
    """Agreement from two lists of judgements of the same units, in the same order.

    Args:
        first, second: one category per unit. categories: their order; alphabetical if left out.
        weights, level: as ``agreement``.

    Raises:
        InvalidInput: lists of different length, or a judgement that is no category.
    """
    if len(first) != len(second):
        raise InvalidInput("Both raters must have judged the same units.")
    names = list(categories) if categories is not None else sorted({*first, *second})
    if len(names) == 1:
        names.append("(any other)")
    place = {name: i for i, name in enumerate(names)}
    unknown = sorted({*first, *second} - set(place))
    if unknown:
        raise InvalidInput(f"{unknown[0]!r} is none of the categories {', '.join(names)}.")
    cells = [[0.0] * len(names) for _ in names]
    for one, other in zip(first, second, strict=True):
        cells[place[one]][place[other]] += 1
    return agreement(cells, weights=weights, level=level)


def band(kappa: float) -> str:
    """Landis & Koch's word for a kappa."""
    if kappa < 0:
        return "poor"
    return next(word for upper, word in BANDS[1:] if kappa <= upper + 1e-12)


def _checked(table: Sequence[Sequence[float]]) -> Array:
    try:
        cells = np.array(table, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput("The table must hold numbers.") from error
    if cells.ndim != 2 or cells.shape[0] != cells.shape[1] or len(cells) < 2:
        raise InvalidInput("The table must be square, with two or more categories.")
    if not np.isfinite(cells).all() or (cells < 0).any():
        raise InvalidInput("The table must hold counts.")
    if cells.sum() <= 0:
        raise InvalidInput("Nobody judged anything: there is no agreement to speak of.")
    return cells


def _coefficient(
    name: str, value: float, se: float, expected: float, level: float, source: str, df: float | None = None
) -> Coefficient:
    half = critical_value(level, df) * se
    return Coefficient(name, value, se, value - half, value + half, expected, source)


CERTAIN = 1e-12
"""Agreement by chance this near to 1 is 1: nothing is left that a coefficient could measure."""


def _kappa(p: Array, w: Array, rows: Array, columns: Array, n: float, level: float) -> Coefficient | NotEstimable:
    expected = float(rows @ w @ columns)
    if 1 - expected < CERTAIN:
        return NotEstimable("Both raters used one and the same category only, so kappa does not exist.")
    observed = float((w * p).sum())
    kappa = (observed - expected) / (1 - expected)
    # mean weight that each rater's categories meet in the other's margins
    met = np.add.outer(w @ columns, rows @ w)
    spread = float((p * (w - met * (1 - kappa)) ** 2).sum()) - (kappa - expected * (1 - kappa)) ** 2
    return _coefficient("kappa", kappa, math.sqrt(max(0.0, spread) / n) / (1 - expected), expected, level, FLEISS)


def _pabak(observed: float, q: int, n: float, level: float) -> Coefficient:
    value = (q * observed - 1) / (q - 1)
    se = q / (q - 1) * math.sqrt(observed * (1 - observed) / n)
    return _coefficient("PABAK", value, se, 1 / q, level, BYRT)


def _gwet(p: Array, w: Array, pi: Array, n: float, level: float, name: str) -> Coefficient | NotEstimable:
    q = len(p)
    factor = float(w.sum()) / (q * (q - 1))
    expected = factor * float((pi * (1 - pi)).sum())
    if n <= 1:
        return NotEstimable("One unit alone tells nothing about agreement.")
    gamma = (float((w * p).sum()) - expected) / (1 - expected)
    by_unit = (w - expected) / (1 - expected)
    half = 0.5 * (1 - pi)
    chance = factor * np.add.outer(half, half)
    linear = by_unit - 2 * (1 - gamma) * (chance - expected) / (1 - expected)
    variance = float((p * (linear - gamma) ** 2).sum()) * n / (n * (n - 1))
    return _coefficient(name, gamma, math.sqrt(variance), expected, level, GWET, n - 1)
