r"""Mean and SD from the distribution whose quantiles come closest to those printed: McGrath's quantile estimation."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from meta.stats.distributions import special
from meta.stats.errors import InvalidInput
from meta.stats.roots import bracketed_root

from .base import Conversion
from .medians import Summary, luo_mean, summary, wan_sd

Array = npt.NDArray[np.float64]
MCGRATH = "McGrath et al. 2020, Stat Methods Med Res 29:2520"
ZERO_STANDS_FOR = 0.01
"""A quantile of 0 is moved here before skewed families are fitted, as the authors' program does."""
SMALLEST_PARAMETER = 1e-6


@dataclass(frozen=True, slots=True)
class Family:
    """Quantiles of a two-parameter family, its moments, and parameters that match a mean and an SD roughly."""

    quantiles: Callable[[float, float, Array], Array]
    moments: Callable[[float, float], tuple[float, float]]
    start: Callable[[float, float], tuple[float, float]]


def _lognormal_moments(mu: float, sigma: float) -> tuple[float, float]:
    mean = math.exp(mu + sigma**2 / 2)
    return mean, mean * math.sqrt(math.expm1(sigma**2))


def _lognormal_start(mean: float, sd: float) -> tuple[float, float]:
    variance = math.log1p((sd / mean) ** 2)
    return math.log(mean) - variance / 2, math.sqrt(variance)


def _weibull_moments(shape: float, scale: float) -> tuple[float, float]:
    gamma = special().gamma
    first, second = float(gamma(1 + 1 / shape)), float(gamma(1 + 2 / shape))
    return scale * first, scale * math.sqrt(max(0.0, second - first**2))


WEIBULL_SPREADS = (0.002, 10.0)
"""Ratios of SD to mean for which a Weibull shape is looked for; others start at the nearer end."""


def weibull_of(mean: float, sd: float) -> tuple[float, float]:
    """Shape and scale of the Weibull distribution with this mean and SD."""
    wanted = min(WEIBULL_SPREADS[1], max(WEIBULL_SPREADS[0], sd / mean))
    shape = bracketed_root(lambda k: _ratio(k) - wanted, 0.25, 1000.0)
    return shape, mean / float(special().gamma(1 + 1 / shape))


def _ratio(shape: float) -> float:
    mean, sd = _weibull_moments(shape, 1.0)
    return sd / mean


def _beta_moments(a: float, b: float) -> tuple[float, float]:
    return a / (a + b), math.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))


def _beta_start(mean: float, sd: float) -> tuple[float, float]:
    centre = min(0.99, max(0.01, mean))
    both = max(0.1, centre * (1 - centre) / sd**2 - 1)
    return centre * both, (1 - centre) * both


FAMILIES: dict[str, Family] = {
    "normal": Family(
        lambda mu, sigma, p: mu + sigma * special().ndtri(p), lambda mu, sigma: (mu, sigma), lambda mean, sd: (mean, sd)
    ),
    "log-normal": Family(
        lambda mu, sigma, p: np.exp(mu + sigma * special().ndtri(p)), _lognormal_moments, _lognormal_start
    ),
    "gamma": Family(
        lambda shape, scale, p: special().gammaincinv(shape, p) * scale,
        lambda shape, scale: (shape * scale, math.sqrt(shape) * scale),
        lambda mean, sd: ((mean / sd) ** 2, sd**2 / mean),
    ),
    "weibull": Family(
        lambda shape, scale, p: scale * (-np.log1p(-p)) ** (1 / shape), _weibull_moments, weibull_of
    ),
    "beta": Family(lambda a, b, p: special().betaincinv(a, b, p), _beta_moments, _beta_start),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted family: its parameters and the sum of squared distances between quantiles."""

    family: str
    parameters: tuple[float, float]
    distance: float


def probabilities(s: Summary) -> Array:
    """Which quantiles the printed points stand for: the extremes are those at 1/n and 1 - 1/n."""
    ends, middle = (1 / s.n, 1 - 1 / s.n), (0.25, 0.5, 0.75)
    if s.scenario == "S1":
        return np.array([ends[0], 0.5, ends[1]])
    return np.array(middle if s.scenario == "S2" else (ends[0], *middle, ends[1]))


def fits(s: Summary) -> list[Fit]:
    """Every family that the points allow, best first: the normal always, the others for values of 0 and above, the
    beta only within 0 and 1.

    Least squares in units of the median's size, so that the choice does not depend on the unit.
    """
    points, p = np.array(s.points), probabilities(s)
    names = ["normal"]
    if points[0] >= 0:
        points = np.where(points == 0, ZERO_STANDS_FOR, points)
        names += ["log-normal", "gamma", "weibull"] + (["beta"] if points[-1] < 1 else [])
    found = [_fit(name, points, p, luo_mean(s), wan_sd(s)) for name in names]
    return sorted(found, key=lambda one: one.distance)


def _fit(name: str, points: Array, p: Array, mean: float, sd: float) -> Fit:
    family = FAMILIES[name]
    size = 1.0 if name == "beta" else float(np.abs(points).max())
    positive = name in ("gamma", "weibull", "beta")
    start = family.start(mean / size if name == "normal" else max(mean, 0.01 * sd) / size, sd / size)
    low = (SMALLEST_PARAMETER if positive else -np.inf, SMALLEST_PARAMETER)

    def off(parameters: Array) -> Array:
        found: Array = family.quantiles(float(parameters[0]), float(parameters[1]), p) - points / size
        return np.nan_to_num(found, nan=1e6, posinf=1e6, neginf=-1e6)

    optimize: Any = import_module("scipy.optimize")
    done = optimize.least_squares(off, np.maximum(start, np.array(low) * 2), bounds=(low, np.inf), x_scale="jac",
                                  xtol=1e-14, ftol=1e-14, gtol=1e-14)  # fmt: skip
    a, b = (float(x) for x in done.x)
    if name == "normal":
        a, b = a * size, b * size
    elif name == "log-normal":
        a += math.log(size)
    elif name != "beta":
        b *= size
    return Fit(name, (a, b), 2 * float(done.cost) * size**2)


def mean_sd_by_quantile_fit(
    *,
    median: float,
    n: float,
    q1: float | None = None,
    q3: float | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Conversion:
    r"""Mean and SD of the family (normal, log-normal, gamma, Weibull, beta) whose quantiles are nearest to the points.

    .. math:: \min_\theta \sum_i (F_\theta^{-1}(p_i) - x_i)^2

    Args:
        median, q1, q3, minimum, maximum, n: as ``mean_sd_from_median``.

    Returns:
        ``mean``, ``sd``, ``distance`` (the sum of squares); the family is in the notes.

    Raises:
        InvalidInput: as ``mean_sd_from_median``, or no family with finite moments fits.

    Source: McGrath et al. 2020 (QE).
    """
    s = summary(median=median, n=n, q1=q1, q3=q3, minimum=minimum, maximum=maximum)
    best = fits(s)[0]
    try:
        mean, sd = FAMILIES[best.family].moments(*best.parameters)
    except OverflowError:
        mean = sd = math.inf
    if not (math.isfinite(mean) and math.isfinite(sd) and sd > 0):
        raise InvalidInput("No distribution with a finite mean and spread comes close to these values.")
    return Conversion(
        "mean_sd_by_quantile_fit", {"mean": mean, "sd": sd, "distance": best.distance}, s.inputs(),
        "the distribution with the nearest quantiles", MCGRATH, "estimated", (f"Nearest family: {best.family}.",),
    )  # fmt: skip
