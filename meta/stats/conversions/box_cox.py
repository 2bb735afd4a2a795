r"""Mean and SD through a power transformation that makes the printed points symmetric (BC) or most likely (MLN)."""

import math
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from meta.stats.distributions import special
from meta.stats.errors import InvalidInput

from .base import Conversion
from .medians import Summary, luo_mean, summary, wan_sd

Array = npt.NDArray[np.float64]
MCGRATH = "McGrath et al. 2020, Stat Methods Med Res 29:2520"
UNIT_NOTE = (
    "The power that this method chooses depends on the unit (its likelihood has no Jacobian); compare with the others."
)
CAI = "Cai, Zhou & Pan 2021, Stat Methods Med Res 30:2701"
NEAR_ZERO = 1e-8
"""A power below this is the logarithm."""
POWERS_BC = (0.0, 3.0)
"""Negative powers are taken as 0 by the authors' program: their back-transformation has no finite mean."""
POWERS_MLN = (0.0, 10.0)

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(200)


def power(value: float, exponent: float) -> float:
    """Box and Cox's transformation, the logarithm at 0; value above 0."""
    if exponent < NEAR_ZERO:
        return math.log(value)
    return math.expm1(exponent * math.log(value)) / exponent


def back_transformed(location: float, scale: float, exponent: float) -> tuple[float, float]:
    r"""Mean and SD of :math:`(\lambda X + 1)^{1/\lambda}` for a normal X, cut off symmetrically where it is negative.

    By Gauss-Legendre integration over ten standard deviations; exact for the logarithm. Source: McGrath et al. 2020.
    """
    if exponent < NEAR_ZERO:
        mean = math.exp(location + scale**2 / 2)
        return mean, mean * math.sqrt(math.expm1(scale**2))
    reach = min(10.0, (location + 1 / exponent) / scale)
    z = reach * _NODES
    weight = _WEIGHTS * np.exp(-0.5 * z**2)
    weight /= weight.sum()
    x = np.maximum(exponent * (location + scale * z) + 1, 0.0) ** (1 / exponent)
    mean = float((weight * x).sum())
    return mean, math.sqrt(float((weight * (x - mean) ** 2).sum()))


def _positive(s: Summary) -> Summary:
    if s.points[0] <= 0:
        raise InvalidInput("A power transformation needs values above 0.")
    if any(later == earlier for earlier, later in zip(s.points, s.points[1:], strict=False)):
        raise InvalidInput("A power transformation needs values that differ from each other.")
    return s


def _scaled(s: Summary, exponent: float) -> Summary:
    return s.transformed(lambda value: power(value, exponent))


def asymmetry(s: Summary, exponent: float) -> float:
    """Squared distances of the halves' ratio from 1, summed over quartiles and extremes, after the transformation."""
    moved = _scaled(s, exponent)
    pairs = [] if s.scenario == "S1" else [moved.quartiles]
    if s.scenario != "S2":
        pairs.append(moved.extremes)
    return math.fsum(((high - moved.median) / (moved.median - low) - 1) ** 2 for low, high in pairs)


def best_power(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function is smallest: looked at on a grid, then refined around its lowest point."""
    grid = np.linspace(low, high, 61)
    values = [function(float(x)) for x in grid]
    at = int(np.argmin(values))
    optimize: Any = import_module("scipy.optimize")
    around = (float(grid[max(0, at - 1)]), float(grid[min(len(grid) - 1, at + 1)]))
    found = optimize.minimize_scalar(function, bounds=around, method="bounded", options={"xatol": 1e-9})
    return float(found.x) if found.fun < values[at] else float(grid[at])


def mean_sd_by_box_cox(
    *,
    median: float,
    n: float,
    q1: float | None = None,
    q3: float | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Conversion:
    """Mean and SD through the power that makes the points most symmetric around the median.

    Args:
        median, q1, q3, minimum, maximum, n: as ``mean_sd_from_median``; all values above 0.

    Returns:
        ``mean``, ``sd``, ``power``.

    Raises:
        InvalidInput: as ``mean_sd_from_median``, values of 0 or below, or equal neighbours.

    Source: McGrath et al. 2020 (BC); integrals in place of the authors' simulation.
    """
    s = _positive(summary(median=median, n=n, q1=q1, q3=q3, minimum=minimum, maximum=maximum))
    exponent = best_power(lambda x: asymmetry(s, x), *POWERS_BC)
    moved = _scaled(s, exponent)
    mean, sd = back_transformed(luo_mean(moved), wan_sd(moved), exponent)
    return _conversion("mean_sd_by_box_cox", s, mean, sd, exponent, MCGRATH)


def log_likelihood(moved: Summary, mu: float, sigma: float) -> float:
    """Log-likelihood of the points as order statistics of a normal sample, up to a constant. Source: Cai et al. 2021."""
    n = moved.n
    h, j, k = math.floor(0.25 * n + 1), math.floor(0.5 * n + 1), math.floor(0.75 * n + 1)
    log_ndtr = special().log_ndtr
    z = (np.array(moved.points) - mu) / sigma
    density = float((-0.5 * z**2 - math.log(sigma)).sum())
    counts = {"S1": (j - 2, n - j - 1), "S2": (j - h - 1, k - j - 1), "S3": (h - 2, j - h - 1, k - j - 1, n - k - 1)}
    gaps = _log_differences(z[:-1], z[1:])
    inner = float(sum(count * gap for count, gap in zip(counts[moved.scenario], gaps, strict=True) if count))
    if moved.scenario == "S2":
        inner += (h - 1) * float(log_ndtr(z[0])) + (n - k) * float(log_ndtr(-z[-1]))
    return density + inner


def _log_differences(low: Array, high: Array) -> Array:
    """log(Φ(high) - Φ(low)) without losing the upper tail: both are reflected where they are positive."""
    log_ndtr = special().log_ndtr
    flip = low > 0
    a, b = np.where(flip, -high, low), np.where(flip, -low, high)
    top, bottom = log_ndtr(b), log_ndtr(a)
    with np.errstate(divide="ignore"):  # points that a high power has merged: impossible, log 0
        found: Array = top + np.log1p(-np.exp(bottom - top))
    return found


def mean_sd_by_likelihood(
    *,
    median: float,
    n: float,
    q1: float | None = None,
    q3: float | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Conversion:
    """Mean and SD through the power under which the points are most likely, with mean and SD by likelihood as well.

    Args:
        median, q1, q3, minimum, maximum, n: as ``mean_sd_from_median``; all values above 0.

    Returns:
        ``mean``, ``sd``, ``power``.

    Raises:
        InvalidInput: as ``mean_sd_by_box_cox``.

    Source: Cai, Zhou & Pan 2021 (MLN); integrals in place of the authors' simulation.
    """
    s = _positive(summary(median=median, n=n, q1=q1, q3=q3, minimum=minimum, maximum=maximum))

    def unlikely(x: float) -> float:
        moved = _scaled(s, x)
        sd = wan_sd(moved)  # 0 where so high a power leaves nothing between the points
        return -log_likelihood(moved, luo_mean(moved), sd) if sd > 0 else math.inf

    exponent = best_power(unlikely, *POWERS_MLN)
    moved = _scaled(s, exponent)
    sd = wan_sd(moved)
    optimize: Any = import_module("scipy.optimize")
    start = np.array([luo_mean(moved) / sd, 0.0])
    done = optimize.minimize(
        lambda x: -log_likelihood(moved, x[0] * sd, sd * math.exp(x[1])), start, method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-12, "maxiter": 2000},
    )  # fmt: skip
    mean, spread = back_transformed(float(done.x[0]) * sd, sd * math.exp(float(done.x[1])), exponent)
    return _conversion("mean_sd_by_likelihood", s, mean, spread, exponent, CAI, (UNIT_NOTE,))


def _conversion(
    formula: str, s: Summary, mean: float, sd: float, exponent: float, source: str, notes: tuple[str, ...] = ()
) -> Conversion:
    return Conversion(formula, {"mean": mean, "sd": sd, "power": exponent}, s.inputs(),
                      "mean and SD after a power transformation, transformed back", source, "estimated", notes)  # fmt: skip
