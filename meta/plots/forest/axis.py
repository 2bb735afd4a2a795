"""Where a number stands on the axis of a forest plot."""

from dataclasses import dataclass
from math import floor, log, log10

from meta.plots.forest.model import ForestPlot, Scale

LOG_TICKS: tuple[tuple[float, ...], ...] = (
    (0.5, 0.7, 1, 1.5, 2),
    (0.2, 0.5, 1, 2, 5),
    (0.1, 0.2, 0.5, 1, 2, 5, 10),
    (0.05, 0.2, 1, 5, 20),
    (0.02, 0.1, 1, 10, 50),
    (0.01, 0.1, 1, 10, 100),
)
"""RevMan's sets of ticks, narrow to wide. The first to hold everything is taken; past the last, lines are cut off."""

WIDER_LOG_TICKS: tuple[float, ...] = (0.001, 0.1, 1, 10, 1000)
"""Only when an estimate itself, not merely its interval, lies outside 0.01 to 100."""

LINEAR_STEPS = (1.0, 2.0, 4.0, 6.0, 10.0)
"""Half widths of a linear axis, times a power of ten: each halves into a round tick."""

SMALLEST, LARGEST = 1e-6, 1e9
"""Half widths that a linear axis may have; what lies beyond is no effect that anyone reports."""

LONGEST_TAIL = 5.0
"""On a linear axis one vague study must not flatten the others: past this multiple of the largest estimate
its line is cut off."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A symmetrical axis with its ticks."""

    scale: Scale
    ticks: tuple[float, ...]

    @property
    def low(self) -> float:
        return self.ticks[0]

    @property
    def high(self) -> float:
        return self.ticks[-1]

    def position(self, value: float) -> float:
        """0 at the left end, 1 at the right end; less or more for what lies outside."""
        low, at, high = (log(number) if self.scale == "log" else number for number in (self.low, value, self.high))
        return (at - low) / (high - low)

    def shows(self, value: float) -> bool:
        """Whether the value lies on the axis."""
        return self.low <= value <= self.high


def axis_for(plot: ForestPlot) -> Axis:
    """The narrowest of the customary axes on which the plot fits."""
    return Axis(plot.scale, _log_ticks(plot) if plot.scale == "log" else _linear_ticks(plot))


def _log_ticks(plot: ForestPlot) -> tuple[float, ...]:
    bounds = tuple(plot.bounds())
    for ticks in LOG_TICKS:
        if all(ticks[0] <= bound <= ticks[-1] for bound in bounds):
            return ticks
    widest = LOG_TICKS[-1]
    estimates = (item.effect.estimate for item in plot.items if item.effect is not None)
    return widest if all(widest[0] <= estimate <= widest[-1] for estimate in estimates) else WIDER_LOG_TICKS


def _linear_ticks(plot: ForestPlot) -> tuple[float, ...]:
    reach = max(map(abs, plot.bounds()), default=1.0)
    core = max((abs(item.effect.estimate) for item in plot.items if item.effect is not None), default=0.0)
    half = _round_up(min(reach, LONGEST_TAIL * core) or reach or 1.0)
    return (-half, -half / 2, 0.0, half / 2, half)


def _round_up(value: float) -> float:
    value = min(max(value, SMALLEST), LARGEST)
    power: float = 10.0 ** floor(log10(value))
    return next(step * power for step in LINEAR_STEPS if step * power >= value * (1 - 1e-9))
