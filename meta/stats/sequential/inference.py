r"""Estimates after repeated looks: adjusted intervals, stage-wise p and median-unbiased estimates, and a confidence
sequence that needs no plan of looks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from meta.stats.errors import InvalidInput
from meta.stats.results import Interval
from meta.stats.roots import bracketed_root

from .boundaries import SECONDARY, Boundaries, checked_times
from .recursion import exits


def adjusted_interval(estimate: float, standard_error: float, bound: float, *, level: float = 0.95) -> Interval:
    """Interval with the boundary of the look in place of 1.96, on the scale of analysis.

    Args:
        estimate, standard_error: of the look. bound: its boundary on the z scale. level: what is told beside it.

    Source: repeated confidence intervals, Jennison & Turnbull 1989.
    """
    if not standard_error > 0 or not bound > 0:
        raise InvalidInput("The standard error and the boundary must be above 0.")
    half = bound * standard_error
    return Interval(estimate - half, estimate + half, level, "repeated looks")


@dataclass(frozen=True, slots=True)
class StageWise:
    """After the study has stopped: two-sided ``p_value``, interval and ``median_unbiased`` estimate of the drift.

    The drift is the mean of z at t = 1; times the standard error at t = 1 it is the effect.
    """

    p_value: float
    lower: float
    upper: float
    median_unbiased: float
    level: float
    source: str = "Tsiatis, Rosner & Mehta 1984, Biometrics 40:797"
    note: str = SECONDARY


def stage_wise(found: Boundaries, z: float, *, level: float = 0.95) -> StageWise:
    r"""Inference by stage-wise ordering: earlier crossings are more extreme, then larger z at the last look.

    .. math:: p(\theta) = P_\theta(\text{crossed earlier}) + P_\theta(\text{not before}, Z_K \ge z)

    Args:
        found: boundaries of the looks taken, the last one being where the study stopped.
        z: at the last look; its sign gives the direction.

    Returns:
        p for no drift, doubled; limits where the tail is (1 - level)/2; the estimate where it is one half.

    Source: Tsiatis, Rosner & Mehta 1984; as RTSA.
    """
    if not math.isfinite(z) or not 0 < level < 1:
        raise InvalidInput("z must be finite, and the level between 0 and 1.")
    sign = -1.0 if z < 0 else 1.0
    size = abs(z)
    regions = [*found.regions[:-1], [(-math.inf, size)]]

    def tail(drift: float) -> float:
        return min(1.0, math.fsum(exits(found.times, regions, drift)[0]))

    def solve(wanted: float) -> float:
        reach = (size + 8) / math.sqrt(found.times[0])
        return bracketed_root(lambda drift: tail(drift) - wanted, -reach, reach, tolerance=1e-10)

    ends = sorted((sign * solve((1 - level) / 2), sign * solve((1 + level) / 2)))
    return StageWise(min(1.0, 2 * tail(0.0)), ends[0], ends[1], sign * solve(0.5), level)


@dataclass(frozen=True, slots=True)
class ConfidenceSequence:
    """An interval that holds at every look at once, and the evidence (e-value) against no effect: 1/alpha rejects."""

    lower: float
    upper: float
    e_value: float | None
    log_e_value: float
    level: float
    prior_variance: float
    source: str = "Robbins 1970; Howard et al. 2021, Ann Stat 49:1055; ter Schure & Grünwald 2022, F1000Res 11:549"
    note: str = (
        "Valid at any time for a common effect with known variances, however often one looks; differing studies are "
        f"not covered. {SECONDARY}"
    )


LARGEST_LOG = 700.0
"""An e-value whose logarithm is larger is no number in double precision; only its logarithm is given."""


def confidence_sequence(
    estimate: float, standard_error: float, prior_variance: float, *, alpha: float = 0.05
) -> ConfidenceSequence:
    r"""Confidence sequence from a normal mixture.

    .. math:: \hat\theta \pm \sqrt{\frac{1 + V\tau_0^2}{V^2 \tau_0^2} \ln\frac{1 + V\tau_0^2}{\alpha^2}}, \qquad
              e = (1 + V\tau_0^2)^{-1/2} \exp\frac{\tau_0^2 (\hat\theta V)^2}{2 (1 + V\tau_0^2)}, \qquad V = 1/SE^2

    Args:
        estimate, standard_error: cumulative, on the scale of analysis. alpha: error over all looks together.
        prior_variance: tau0², fixed in the protocol before the first look (the square of the effect that matters).

    Source: Robbins 1970; Howard et al. 2021.
    """
    if not standard_error > 0 or not prior_variance > 0 or not 0 < alpha < 1 or not math.isfinite(estimate):
        raise InvalidInput("The standard error and the prior variance must be above 0, alpha between 0 and 1.")
    v = 1 / standard_error**2
    grown = 1 + v * prior_variance
    half = math.sqrt(grown / (v * v * prior_variance) * (math.log(grown) - 2 * math.log(alpha)))
    log_e = -0.5 * math.log(grown) + prior_variance * (estimate * v) ** 2 / (2 * grown)
    e = math.exp(log_e) if log_e < LARGEST_LOG else None
    return ConfidenceSequence(estimate - half, estimate + half, e, log_e, 1 - alpha, prior_variance)


def unadjusted_error(looks: int | Sequence[float], *, alpha: float = 0.05) -> float:
    """Chance to see |z| beyond the usual bound at one of several looks although there is no effect.

    Args:
        looks: how many equally spaced ones, or their information fractions. alpha: of the usual bound.

    Source: Armitage, McPherson & Rowe 1969.
    """
    from meta.stats.distributions import normal_quantile

    if isinstance(looks, int):
        if looks < 1:
            raise InvalidInput("There is at least one look.")
        times: tuple[float, ...] = tuple((i + 1) / looks for i in range(looks))
    else:
        times = checked_times(looks)
    bound = normal_quantile(1 - alpha / 2)
    up, down = exits(times, [[(-bound, bound)]] * len(times))
    return math.fsum(up) + math.fsum(down)
