r"""Hazard ratios from Kaplan-Meier curves read at a few times, with censoring assumed uniform over the follow-up."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from meta.stats.errors import InvalidInput

from .base import Conversion, group_size, number

PARMAR = "Parmar, Torri & Stewart 1998, Stat Med 17:2815; Tierney et al. 2007, Trials 8:16"
NO_DEATHS = 1e-12
"""Deaths in an interval below this are none: the interval is joined to the next one."""


@dataclass(frozen=True, slots=True)
class IntervalCounts:
    """People at risk, censored and dead in each interval between two readings of a curve; fractional."""

    at_risk: tuple[float, ...]
    censored: tuple[float, ...]
    deaths: tuple[float, ...]


def readings(times: Sequence[float], survival: Sequence[float]) -> tuple[list[float], list[float]]:
    """Checked readings of a curve: times rise from 0, survival falls from 1.

    Raises:
        InvalidInput: fewer than two readings, or readings that no curve could give.
    """
    t = [number("Every time", time) for time in times]
    s = [number("Every survival", value) for value in survival]
    if len(t) != len(s) or len(t) < 2:
        raise InvalidInput("Give two or more times and one survival for each.")
    if t[0] != 0 or any(b <= a for a, b in itertools.pairwise(t)):
        raise InvalidInput("Times must start at 0 and rise.")
    if s[0] != 1 or any(b > a for a, b in itertools.pairwise(s)) or s[-1] < 0:
        raise InvalidInput("Survival must start at 1, never rise and never be negative.")
    return t, s


def interval_counts(
    times: Sequence[float],
    survival: Sequence[float],
    n: float,
    *,
    follow_up_min: float | None = None,
    follow_up_max: float | None = None,
) -> IntervalCounts:
    r"""People at risk, censored and dead between the readings of a curve.

    Before :math:`F_{min}` nobody is censored; from there on censoring is uniform until :math:`F_{max}`:
    :math:`c_i = n_i \tfrac12 (t_{i+1} - t_i)/(F_{max} - t_i)`, :math:`R_i = n_i - c_i`,
    :math:`D_i = R_i (S_i - S_{i+1})/S_i`.

    Args:
        times, survival: readings, from (0, 1) on. n: people at the start.
        follow_up_min, follow_up_max: shortest and longest follow-up; without them nobody is censored.

    Raises:
        InvalidInput: impossible readings, or only one of the two follow-up times.

    Source: Parmar et al. 1998; Tierney et al. 2007.
    """
    t, s = readings(times, survival)
    alive = group_size("n", n, 1)
    if (follow_up_min is None) != (follow_up_max is None):
        raise InvalidInput("Both the shortest and the longest follow-up are needed, or neither.")
    low, high = (math.inf, math.inf) if follow_up_min is None or follow_up_max is None else (
        number("The shortest follow-up", follow_up_min), number("The longest follow-up", follow_up_max))  # fmt: skip
    if low < 0 or high < low:
        raise InvalidInput("The longest follow-up must not be shorter than the shortest, and neither negative.")
    at_risk, censored, deaths = [], [], []
    for start, end, before, after in zip(t, t[1:], s, s[1:], strict=False):
        # within an interval that holds F_min only its later part loses people
        first, last = max(start, low), min(end, high)
        lost = alive * 0.5 * (last - first) / (high - first) if first < last else 0.0
        risk = alive - lost
        dead = risk * (before - after) / before if before > 0 else 0.0
        at_risk.append(risk)
        censored.append(lost)
        deaths.append(dead)
        alive = max(0.0, risk - dead)
    return IntervalCounts(tuple(at_risk), tuple(censored), tuple(deaths))


def hazard_from_curves(
    times: Sequence[float],
    survival1: Sequence[float],
    survival2: Sequence[float],
    n1: float,
    n2: float,
    *,
    follow_up_min: float | None = None,
    follow_up_max: float | None = None,
) -> Conversion:
    r"""Hazard ratio of two curves read at the same times, pooled over the intervals by inverse variance.

    .. math:: \ln HR_i = \ln \frac{D_{1i}/R_{1i}}{D_{2i}/R_{2i}}, \qquad
              v_i = 1/D_{1i} - 1/R_{1i} + 1/D_{2i} - 1/R_{2i}

    An interval without deaths in an arm is joined to its neighbour.

    Args:
        times: readings from 0 on. survival1, survival2: fractions alive, experimental and control.
        n1, n2: people at the start. follow_up_min, follow_up_max: as ``interval_counts``.

    Returns:
        ``log_hr``, ``se``, ``hr``, ``deaths1``, ``deaths2`` (reconstructed totals).

    Raises:
        InvalidInput: impossible readings, or an arm without deaths.

    Source: Parmar et al. 1998; Tierney et al. 2007.
    """
    follow_up = {"follow_up_min": follow_up_min, "follow_up_max": follow_up_max}
    one = interval_counts(times, survival1, n1, **follow_up)
    other = interval_counts(times, survival2, n2, **follow_up)
    pairs = _joined(one, other)
    if not pairs:
        raise InvalidInput("An arm has no deaths: the curves give no hazard ratio.")
    y = [math.log(d1 / r1) - math.log(d2 / r2) for d1, r1, d2, r2 in pairs]
    w = [1 / v for v in (1 / d1 - 1 / r1 + 1 / d2 - 1 / r2 for d1, r1, d2, r2 in pairs) if v > 0]
    if len(w) != len(y):
        raise InvalidInput("Everybody dies within one interval in both arms: read the curves at more times.")
    total = math.fsum(w)
    log_hr = math.fsum(weight * value for weight, value in zip(w, y, strict=True)) / total
    return Conversion(
        "hazard_from_curves",
        {"log_hr": log_hr, "se": 1 / math.sqrt(total), "hr": math.exp(log_hr),
         "deaths1": math.fsum(one.deaths), "deaths2": math.fsum(other.deaths)},
        {"times": list(times), "survival1": list(survival1), "survival2": list(survival2), "n1": n1, "n2": n2,
         **follow_up},
        "D = R(S − S′)/S per interval; ln HR and its variance pooled over intervals", PARMAR, "estimated",
        ("Read from curves: censoring is assumed uniform, and hazards proportional.",),
    )  # fmt: skip


def _joined(one: IntervalCounts, other: IntervalCounts) -> list[tuple[float, float, float, float]]:
    """Deaths and people at risk of both arms, neighbouring intervals joined until each has deaths in both."""
    found: list[tuple[float, float, float, float]] = []
    d1 = d2 = r1 = r2 = 0.0
    for a, b, c, d in zip(one.deaths, one.at_risk, other.deaths, other.at_risk, strict=True):
        if d1 + d2 <= NO_DEATHS:  # a joined interval starts with the people at risk at its own start
            r1, r2 = b, d
        d1, d2 = d1 + a, d2 + c
        if d1 > NO_DEATHS and d2 > NO_DEATHS:
            found.append((d1, r1, d2, r2))
            d1 = d2 = 0.0
    if found and (d1 > NO_DEATHS or d2 > NO_DEATHS):
        last = found.pop()
        found.append((last[0] + d1, last[1], last[2] + d2, last[3]))
    return found
