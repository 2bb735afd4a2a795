"""Axes with round ticks: plain numbers, and effects, whose ratios are drawn as logarithms and read as ratios."""

from collections.abc import Iterable
from math import ceil, exp, floor, isfinite, log, log10

from meta.plots import numbers
from meta.plots.scatter.model import Axis, Tick
from meta.stats.measures import Measure

STEPS = (1.0, 2.0, 5.0, 10.0)
WANTED = 5
"""As many steps as a narrow plot has room for."""

FEWEST_RATIOS, MOST_RATIOS = 3, 6
RATIOS: tuple[tuple[float, ...], ...] = ((1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,))
"""Numbers of a decade that are ticks, dense to sparse."""

MARGIN = 0.06
"""Share of the range that is left free at both ends, so that no mark is cut."""

SAME = 1e-9
"""Numbers closer than this (or this share of themselves) are one number: no tick could tell them apart."""

FARTHEST = 300.0
"""Ratios beyond e to this power are none that anybody reports; a double could not hold them."""


def linear_axis(
    title: str,
    values: Iterable[float],
    *,
    low: float | None = None,
    high: float | None = None,
    percent: bool = False,
    turned: bool = False,
) -> Axis:
    """An axis that holds all values, with a margin.

    Args:
        low, high: ends that are given, without a margin.
        percent: the values are shares, and read as percentages.
    """
    bottom, top = _ends(values, low, high)
    return Axis(title, bottom, top, _round_ticks(bottom, top, percent=percent), turned)


def effect_axis(title: str, values: Iterable[float], measure: Measure) -> Axis:
    """An axis of effects on the scale of analysis; a ratio's ticks say the ratio."""
    bottom, top = _ends(values, None, None)
    if not measure.is_ratio:
        return Axis(title, bottom, top, _round_ticks(bottom, top))
    return Axis(title, bottom, top, _ratio_ticks(bottom, top))


def tick_text(value: float) -> str:
    """A tick as short as it can be: ``0.01``, ``−50``."""
    return f"{value:.6g}".replace("-", numbers.MINUS)


def _ends(values: Iterable[float], low: float | None, high: float | None) -> tuple[float, float]:
    known = [value for value in values if isfinite(value)] or [0.0 if low is None else low]
    bottom, top = (min(known) if low is None else low), (max(known) if high is None else high)
    if top - bottom <= SAME * max(abs(bottom), abs(top), 1.0):
        reach = max(abs(bottom) / 2, 1.0)
        bottom, top = bottom - (reach if low is None else 0.0), bottom + reach
    space = MARGIN * (top - bottom)
    return bottom - (space if low is None else 0.0), top + (space if high is None else 0.0)


def _round_ticks(low: float, high: float, *, percent: bool = False) -> tuple[Tick, ...]:
    rough = (high - low) / WANTED
    power = 10.0 ** floor(log10(rough))
    step = next(size * power for size in STEPS if size * power >= rough * (1 - 1e-9))
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return tuple(
        Tick(place * step, f"{tick_text(100 * place * step)}%" if percent else tick_text(place * step))
        for place in range(first, last + 1)
    )


def _ratio_ticks(low: float, high: float) -> tuple[Tick, ...]:
    """The densest customary ticks that leave room between them; whole powers of ten, or every second, where it is wide."""
    low, high = max(low, -FARTHEST), min(high, FARTHEST)
    decades = range(floor(low / log(10)), ceil(high / log(10)) + 1)
    for chosen in RATIOS:
        found = [number * 10.0**decade for decade in decades for number in chosen]
        inside = [ratio for ratio in found if low <= log(ratio) <= high]
        if len(inside) <= MOST_RATIOS:
            break
    else:
        every = ceil(len(inside) / MOST_RATIOS)
        inside = [10.0**decade for decade in decades if decade % every == 0 and low <= decade * log(10) <= high]
    if len(inside) < FEWEST_RATIOS:
        return tuple(Tick(log(tick.at), tick.text) for tick in _round_ticks(exp(low), exp(high)) if tick.at > 0)
    return tuple(Tick(log(ratio), tick_text(ratio)) for ratio in inside)
