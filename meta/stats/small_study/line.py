r"""A straight line through the studies by weighted least squares, with a multiplicative dispersion.

.. math:: y_i = a + b x_i + e_i, \quad \mathrm{var}(e_i) = \sigma^2 / w_i, \quad
    \hat\sigma^2 = \sum w_i (y_i - \hat a - \hat b x_i)^2 / (k - 2)
"""

import math
from dataclasses import dataclass

import numpy as np

from meta.stats.arrays import Array
from meta.stats.errors import SingularDesign, TooFewStudies

ENOUGH = 3
"""A line through two studies leaves nothing to judge it by."""

SAME = 1e-10
"""Relative spread of the predictor below which double precision cannot tell its values apart."""

PERFECT = 1e-14
"""Share of the sum of squares left over, below which the line goes through every study but for rounding."""


@dataclass(frozen=True, slots=True)
class Line:
    """Intercept and slope with standard errors, their covariance, the dispersion ``sigma`` and its ``df``.

    ``unscaled`` is the residual sum of weighted squares; ``sigma`` is 0 where the line goes through every study.
    """

    intercept: float
    intercept_se: float
    slope: float
    slope_se: float
    covariance: float
    sigma: float
    df: int
    residual: float


def line(y: Array, w: Array, x: Array) -> Line:
    """Weighted least squares on one predictor, centred so that no digits are lost.

    Args:
        y, w, x: responses, positive weights and predictor, shape (k,).

    Raises:
        TooFewStudies: fewer than three.
        SingularDesign: the predictor has one value only.
    """
    k = len(y)
    if k < ENOUGH:
        raise TooFewStudies(f"A line through the studies needs at least {ENOUGH} of them; there are {k}.")
    total = float(w.sum())
    x_mean, y_mean = float(w.dot(x)) / total, float(w.dot(y)) / total
    dx, dy = x - x_mean, y - y_mean
    spread = float((w * dx).dot(dx))
    if spread <= SAME**2 * float((w * x).dot(x)):
        raise SingularDesign("The studies do not differ in what the effects are compared with.")
    slope = float((w * dx).dot(dy)) / spread
    left = dy - slope * dx
    residual = float((w * left).dot(left))
    if residual <= PERFECT * float((w * dy).dot(dy)):
        residual = 0.0
    variance = residual / (k - 2)
    return Line(
        y_mean - slope * x_mean,
        math.sqrt(variance * (1.0 / total + x_mean * x_mean / spread)),
        slope,
        math.sqrt(variance / spread),
        -variance * x_mean / spread,
        math.sqrt(variance),
        k - 2,
        residual,
    )


def own_dispersion(y: Array, x: Array) -> tuple[Line, Array]:
    """An unweighted line and the covariance of intercept and slope for a dispersion of 1, (2, 2)."""
    fitted = line(y, np.ones_like(y), x)
    k, mean = len(x), float(x.mean())
    spread = float(((x - mean) ** 2).sum())
    unit = np.array([[1.0 / k + mean * mean / spread, -mean / spread], [-mean / spread, 1.0 / spread]])
    return fitted, unit
