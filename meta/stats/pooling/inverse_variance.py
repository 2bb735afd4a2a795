"""The inverse-variance weighted mean, Cochran's Q around any centre, and the sums that other formulas need."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """Weights, shape (k,), their sum, the weighted mean and its model-based standard error 1/sqrt(sum)."""

    weights: Array
    sum: float
    estimate: float
    standard_error: float


def weighted_mean(estimate: Array, variance: Array, tau2: float = 0.0) -> Weighted:
    r"""Mean of the effects weighted by inverse variance.

    .. math:: w_i = \frac{1}{v_i + \tau^2}, \qquad \hat\mu = \frac{\sum w_i y_i}{\sum w_i}, \qquad
        \mathrm{SE} = (\sum w_i)^{-1/2}

    Args:
        estimate, variance: shape (k,), variances positive.
        tau2: between-study variance; 0 gives the common-effect mean.
    """
    w = 1.0 / (variance + tau2 if tau2 else variance)
    total = float(np.add.reduce(w))
    return Weighted(w, total, float(w.dot(estimate)) / total, math.sqrt(1.0 / total))


def cochran_q(estimate: Array, weights: Array, centre: float) -> float:
    r"""Weighted squared distances from a centre, :math:`\sum w_i (y_i - c)^2`. Source: Cochran 1954."""
    distance = estimate - centre
    return float((weights * distance).dot(distance))


DOMINATED = 0.9
"""Above this sum of squared weight shares one study dominates, and the sums are taken with care."""


def projection_traces(weights: Array, total: float) -> tuple[float, float]:
    r"""tr(P) = S_1 - S_2/S_1 and tr(PP) of the matrix that takes the weighted mean out.

    The largest weight is handled apart: when one study dominates, the textbook sums lose all their digits.
    """
    squares = weights * weights
    s2 = float(squares.sum())
    if s2 < DOMINATED * total * total:
        share = s2 / total
        return total - share, s2 - 2.0 * float(squares.dot(weights)) / total + share * share
    largest = int(weights.argmax())
    top = float(weights[largest])
    rest = weights.copy()
    rest[largest] = 0.0
    squares = rest * rest
    r1, r2 = float(rest.sum()), float(squares.sum())
    one = (2.0 * top * r1 + (r1 * r1 - r2)) / total
    left = 1.0 - rest / total
    two = (top * r1 / total) ** 2 + float(squares.dot(left * left))
    return one, two + (2.0 * top * top * r2 + (r2 * r2 - float(squares.dot(squares)))) / total**2


def typical_variance(weights: Array, total: float) -> float | None:
    r"""The within-study variance s2 that I2 compares tau2 with.

    .. math:: s^2 = \frac{(k-1) \sum w}{(\sum w)^2 - \sum w^2}

    None with fewer than two studies. Source: Higgins & Thompson 2002.
    """
    if len(weights) < 2:
        return None
    trace, _ = projection_traces(weights, total)
    return (len(weights) - 1) / trace if trace > 0 else None
