r"""Numbers read off figures, and how far the reading can be off."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meta.stats.distributions import t_quantile
from meta.stats.errors import InvalidInput, UnknownOption

from .base import Conversion, Kind, group_size, not_negative, number

DERIVED = "Linear interpolation between two ticks; error by the delta method"
DEFAULT_CLICK = 1.0
"""Standard deviation of a click, in pixels, until repeated clicks say otherwise."""
THIRD_READING = 0.02
"""Share of the axis by which two readers may differ; beyond, somebody reads a third time."""
ASYMMETRY = 0.10
"""Whiskers that differ by more cannot show a standard deviation or error on this scale."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Two ticks of an axis: pixel and printed value of each; ``logarithmic`` if equal steps are equal factors."""

    pixel0: float
    value0: float
    pixel1: float
    value1: float
    logarithmic: bool = False

    def __post_init__(self) -> None:
        for name in ("pixel0", "value0", "pixel1", "value1"):
            number(name, getattr(self, name))
        if self.pixel0 == self.pixel1 or self.value0 == self.value1:
            raise InvalidInput("The two ticks of an axis must differ in place and in value.")
        if self.logarithmic and min(self.value0, self.value1) <= 0:
            raise InvalidInput("Values on a logarithmic axis are above 0.")


def read_value(axis: Axis, pixel: float, *, click_sd: float = DEFAULT_CLICK) -> Conversion:
    r"""The value at a pixel, and the standard deviation of the reading.

    .. math:: \sigma = |k| \sigma_{px} \sqrt{1 + (1 - f)^2 + f^2}, \quad f = (p - p_0)/(p_1 - p_0)

    All three clicks (two ticks, one reading) are off by ``click_sd``. On a logarithmic axis ``sd`` is that of the
    natural log.

    Args:
        axis: the two ticks. pixel: of the reading. click_sd: in pixels.

    Returns:
        ``value``, ``sd`` and ``slope`` (per pixel, of the log10 on a logarithmic axis).
    """
    p, click = number("The pixel", pixel), not_negative("click_sd", click_sd)
    v0, v1 = (axis.value0, axis.value1)
    if axis.logarithmic:
        v0, v1 = math.log10(v0), math.log10(v1)
    slope = (v1 - v0) / (axis.pixel1 - axis.pixel0)
    f = (p - axis.pixel0) / (axis.pixel1 - axis.pixel0)
    sd = abs(slope) * click * math.sqrt(1 + (1 - f) ** 2 + f**2)
    value = v0 + slope * (p - axis.pixel0)
    notes: tuple[str, ...] = ()
    if axis.logarithmic:
        value, sd = 10.0**value, math.log(10) * sd
        notes = ("The axis is logarithmic: the error is that of the natural log.",)
    inputs = {"pixel0": axis.pixel0, "value0": axis.value0, "pixel1": axis.pixel1, "value1": axis.value1,
              "logarithmic": axis.logarithmic, "pixel": p, "click_sd": click}  # fmt: skip
    return Conversion("read_value", {"value": value, "sd": sd, "slope": slope}, inputs,
                      "v = v0 + k(p − p0); σ = |k| σpx √(1 + (1−f)² + f²)", DERIVED, "estimated", notes)  # fmt: skip


WHISKERS = ("SE", "SD", "CI")


def sd_from_whisker(
    mean: float, whisker: float, n: float, kind: str, *, other: float | None = None, level: float = 0.95
) -> Conversion:
    """Standard error and deviation from a bar and its whisker.

    Args:
        mean: top of the bar. whisker: its end, above or below. n: participants behind the bar, at least 2.
        kind: what the legend says the whisker is, ``SE``, ``SD`` or ``CI``; a whisker that nobody explains is no data.
        other: the whisker on the other side, if there is one. level: of an interval.

    Returns:
        ``se`` and ``sd``; a note where the two whiskers differ by more than a tenth.

    Raises:
        UnknownOption: another kind of whisker.
    """
    size, length = group_size("n", n), abs(number("The whisker", whisker) - number("The mean", mean))
    if kind not in WHISKERS:
        raise UnknownOption(
            f"kind = {kind!r} is not known; there are: {', '.join(WHISKERS)}. What is not explained is no data."
        )
    if length == 0:
        raise InvalidInput("The whisker ends at the mean: no spread can be read.")
    divisor = {"SE": 1.0, "SD": math.sqrt(size), "CI": t_quantile(0.5 + level / 2, size - 1) if kind == "CI" else 1.0}
    se = length / divisor[kind]
    notes: tuple[str, ...] = ()
    if other is not None:
        opposite = abs(number("The other whisker", other) - mean)
        if abs(opposite - length) > ASYMMETRY * max(opposite, length):
            notes = ("The whiskers differ by more than a tenth: they do not show SD or SE on this scale (log data?).",)
    inputs = {"mean": mean, "whisker": whisker, "n": size, "kind": kind, "other": other, "level": level}
    return Conversion("sd_from_whisker", {"se": se, "sd": se * math.sqrt(size)}, inputs,
                      "SE = whisker length (over √n for SD, over t for CI); SD = SE√n", "Cochrane Handbook 6.5.2",
                      _ESTIMATED, notes)  # fmt: skip


_ESTIMATED: Kind = "estimated"


def rounding_sd(decimals: int) -> Conversion:
    """Standard deviation of the rounding error of a printed number (``sd``): 10^-decimals/√12."""
    return Conversion("rounding_sd", {"sd": 10.0 ** -int(decimals) / math.sqrt(12)}, {"decimals": int(decimals)},
                      "10^−d/√12", "Uniform within half a unit of the last digit", "calculated")  # fmt: skip


def variance_with_reading(variance: float, reading_sds: Sequence[float]) -> Conversion:
    """Variance of a study's effect with the errors of its readings added (``variance``): v + Σσ²."""
    v, sds = not_negative("The variance", variance), [not_negative("Every reading error", sd) for sd in reading_sds]
    return Conversion("variance_with_reading", {"variance": v + math.fsum(sd**2 for sd in sds)},
                      {"variance": v, "reading_sds": sds}, "v* = v + Σσ²", DERIVED, _ESTIMATED)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Readers:
    """How two readers of the same figures agree.

    ``bias`` and ``lower``, ``upper``: mean difference and 95 percent limits (Bland & Altman 1986); ``icc``: agreement
    of single readings, two-way random, ICC(2,1) (Shrout & Fleiss 1979), None where nothing varies;
    ``third_needed``: rows (from 0) that differ by more than two percent of the axis.
    """

    bias: float
    lower: float
    upper: float
    icc: float | None
    third_needed: tuple[int, ...]
    mean: tuple[float, ...]


def compare_readers(first: Sequence[float], second: Sequence[float], axis_span: float) -> Readers:
    """Agreement of two readers who read the same points.

    Args:
        first, second: readings, two or more points. axis_span: difference between the ends of the axis.
    """
    a, b = (np.array([number("Every reading", x) for x in row]) for row in (first, second))
    if len(a) != len(b) or len(a) < 2:
        raise InvalidInput("Two readers read the same points, two or more.")
    if number("The span of the axis", axis_span) == 0:
        raise InvalidInput("The axis has no span.")
    difference = a - b
    bias, sd = float(difference.mean()), float(difference.std(ddof=1))
    n, table = len(a), np.column_stack((a, b))
    rows = 2 * float(((table.mean(axis=1) - table.mean()) ** 2).sum()) / (n - 1)
    columns = n * float(((table.mean(axis=0) - table.mean()) ** 2).sum())
    residual = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0) + table.mean()
    error = float((residual**2).sum()) / (n - 1)
    below = rows + error + 2 * (columns - error) / n
    third = tuple(int(i) for i in np.flatnonzero(np.abs(difference) > THIRD_READING * abs(axis_span)))
    return Readers(bias, bias - 1.96 * sd, bias + 1.96 * sd, (rows - error) / below if below > 0 else None, third,
                   tuple(float(x) for x in table.mean(axis=1)))  # fmt: skip
