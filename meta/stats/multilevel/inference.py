r"""What follows from a fitted model: likelihood-ratio tests, profile intervals, cluster-robust errors."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from meta.stats.distributions import chi2_quantile, chi2_upper, t_quantile, two_sided
from meta.stats.errors import InvalidInput, UnknownOption
from meta.stats.results import Interval
from meta.stats.roots import bracketed_root

from .covariance import codes
from .likelihood import marginal, maximise
from .model import Effect, Multilevel, starts

Array = npt.NDArray[np.float64]
CORRECTIONS = ("CR0", "CR1", "CR2")
WIDEST = 1e4
"""An upper limit is looked for up to this many typical standard errors (as a standard deviation)."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A likelihood-ratio test. The chi-square p is cautious for variances, whose null value is at their bound."""

    statistic: float
    df: int
    p_value: float


def ratio_test(full: Multilevel, reduced: Multilevel) -> Ratio:
    """Compare two models of the same effects and design, one without some of the variances of the other.

    Raises:
        InvalidInput: models of different effects, or not of fewer parameters.
    """
    df = full.parameters - reduced.parameters
    if full.k != reduced.k or df < 1 or len(full.coefficients) != len(reduced.coefficients):
        raise InvalidInput("The models must have the same effects and design, and the second fewer variances.")
    statistic = max(0.0, 2 * (full.log_likelihood - reduced.log_likelihood))
    return Ratio(statistic, df, chi2_upper(statistic, df))


def profile_interval(fitted: Multilevel, which: int, *, level: float = 0.95) -> Interval:
    r"""Interval of a variance: values whose profile likelihood is within :math:`\chi^2_{1}/2` of the peak.

    Args:
        fitted: a model of levels. which: the variance, from 0. level: of the interval.

    Returns:
        A lower limit of 0 means that 0 itself is within reach.

    Raises:
        InvalidInput: a model with a joint covariance, no such variance, or no upper limit.
    """
    problem, free = fitted._problem, fitted._free
    if any(part.structure != "ID" for part in problem.parts) or not 0 <= which < problem.size:
        raise InvalidInput("Profile intervals are for the variances of levels; there is none of this number.")
    if not 0 < level < 1:
        raise InvalidInput("level must lie between 0 and 1, both excluded.")
    drop = 0.5 * chi2_quantile(level, 1)
    warm = [np.abs(free), *starts(problem)[:1]]

    def above(sd: float) -> float:
        at = maximise(problem, warm, {which: sd})[1]
        return at.log_likelihood - fitted.log_likelihood + drop

    peak = abs(float(free[which]))
    step = max(peak, math.sqrt(fitted.typical_variance))
    lower = 0.0 if above(0.0) >= 0 else bracketed_root(above, 0.0, peak, tolerance=1e-8)
    high = peak + step
    while above(high) > 0:
        high *= 2
        if high > WIDEST * step:
            raise InvalidInput("The likelihood is flat: this variance has no upper limit.")
    upper = bracketed_root(above, peak, high, tolerance=1e-8)
    return Interval(lower**2, upper**2, level, "profile likelihood")


@dataclass(frozen=True, slots=True)
class Robust:
    """Coefficients with cluster-robust standard errors. ``df`` holds one number per coefficient."""

    coefficients: tuple[Effect, ...]
    covariance: tuple[tuple[float, ...], ...]
    df: tuple[float, ...]
    clusters: int
    correction: str
    notes: tuple[str, ...]


FEW_CLUSTERS = 40
"""Below this many clusters CR0 and CR1 are too hopeful; CR2 with Satterthwaite's df holds (Tipton 2015)."""


def robust(fitted: Multilevel, clusters: Sequence[Any], *, correction: str = "CR2", level: float = 0.95) -> Robust:
    r"""Standard errors that hold even if the model of the dependence is wrong.

    .. math:: \hat V_R = B \left( \sum_c X_c' W_c A_c r_c r_c' A_c' W_c X_c \right) B, \qquad B = (X'WX)^{-1}

    with W the inverse of the model's covariance. ``CR0``: A = I. ``CR1``: CR0 times m/(m - p). ``CR2``: A undoes the
    bias that the model implies. Tests: t with m - p degrees of freedom, for CR2 with Satterthwaite's.

    Args:
        fitted: the working model. clusters: one label per effect; effects of different clusters are independent.
        correction: ``CR0``, ``CR1`` or ``CR2``. level: of the intervals.

    Raises:
        UnknownOption: another correction. InvalidInput: no more clusters than coefficients, or W across clusters.

    Source: Hedges, Tipton & Johnson 2010; Bell & McCaffrey 2002; Pustejovsky & Tipton 2018; as metafor ``robust`` and
    clubSandwich.
    """
    if correction not in CORRECTIONS:
        raise UnknownOption(f"correction = {correction!r} is not known; there are: {', '.join(CORRECTIONS)}.")
    problem, at = fitted._problem, fitted._at
    k, p = problem.x.shape
    group = codes("clusters", clusters, k)
    m = int(group.max()) + 1
    if m <= p:
        raise InvalidInput(f"{m} clusters cannot support robust errors of {p} coefficients.")
    phi, w = np.zeros((k, k)), np.zeros((k, k))
    for stack, inverses, own in zip(problem.blocks, at.inverses, marginal(problem, fitted._free), strict=True):
        for rows, inverse, covariance in zip(stack, inverses, own, strict=True):
            if len(set(group[rows].tolist())) > 1 and correction == "CR2":
                raise InvalidInput(
                    "The model links effects of different clusters; CR2 needs clusters that hold its levels."
                )
            phi[np.ix_(rows, rows)], w[np.ix_(rows, rows)] = covariance, inverse
    bread, wx = at.covariance, w @ problem.x
    meat = np.zeros((p, p))
    pieces: list[tuple[npt.NDArray[np.intp], Array]] = []
    for c in range(m):
        rows = np.flatnonzero(group == c)
        adjust = _bell(problem.x[rows], phi[np.ix_(rows, rows)], bread) if correction == "CR2" else np.eye(len(rows))
        lift = wx[rows].T @ adjust
        pieces.append((rows, lift))
        score = lift @ at.residual[rows]
        meat += np.outer(score, score)
    sandwich = bread @ meat @ bread * (m / (m - p) if correction == "CR1" else 1.0)
    df = [float(m - p)] * p if correction != "CR2" else _satterthwaite(problem.x, phi, wx, bread, pieces)
    found = []
    for i, one in enumerate(fitted.coefficients):
        se = math.sqrt(max(0.0, float(sandwich[i, i])))
        if se == 0:
            raise InvalidInput("The residuals of the clusters leave no spread: there is no robust error.")
        half = t_quantile(0.5 + level / 2, df[i]) * se
        t = one.estimate / se
        found.append(
            Effect(one.name, one.estimate, se, one.estimate - half, one.estimate + half, t, two_sided(t, df[i]))
        )
    notes: tuple[str, ...] = ()
    if correction != "CR2" and m < FEW_CLUSTERS:
        notes = (f"{m} clusters are few for {correction}: its errors tend to be too small; compare with CR2.",)
    return Robust(
        tuple(found), tuple(tuple(float(x) for x in row) for row in sandwich), tuple(df), m, correction, notes
    )


def _bell(x: Array, phi: Array, bread: Array) -> Array:
    """The adjustment of a cluster: D'(D(Φ - X B X')D')^(-1/2) D with D'D = Φ, so that residuals have covariance Φ."""
    d = np.linalg.cholesky(phi).T
    inner = d @ (phi - x @ bread @ x.T) @ d.T
    values, vectors = np.linalg.eigh((inner + inner.T) / 2)
    kept = values > 1e-10 * max(float(values[-1]), 0.0)
    root = np.where(kept, 1 / np.sqrt(np.where(kept, values, 1.0)), 0.0)
    found: Array = d.T @ (vectors * root) @ vectors.T @ d
    return found


def _satterthwaite(
    x: Array, phi: Array, wx: Array, bread: Array, pieces: list[tuple[npt.NDArray[np.intp], Array]]
) -> list[float]:
    """Degrees of freedom of each coefficient: (tr Ω)²/tr(Ω²), Ω the covariance of the clusters' scores."""
    k, p = x.shape
    residual_maker = np.eye(k) - x @ bread @ wx.T
    true = residual_maker @ phi @ residual_maker.T
    found = []
    for i in range(p):
        rows_of = np.zeros((len(pieces), k))
        for c, (rows, lift) in enumerate(pieces):
            rows_of[c, rows] = bread[i] @ lift
        omega = rows_of @ true @ rows_of.T
        found.append(float(np.trace(omega)) ** 2 / float((omega * omega).sum()))
    return found
