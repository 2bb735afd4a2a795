r"""The distribution of a standardised sum at successive looks, given that nothing was decided before.

:math:`Z_k \sim N(\theta \sqrt{t_k}, 1)`, :math:`\mathrm{Cov}(Z_j, Z_k) = \sqrt{t_j/t_k}`. The density of what goes on
is carried from look to look by Gauss-Legendre integration over the region of continuation (Armitage, McPherson &
Rowe 1969; Jennison & Turnbull 2000, chapter 19). Panels are as short as the narrowest feature ahead, so the result is
exact to about 1e-11.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from meta.stats.distributions import special

Array = npt.NDArray[np.float64]
Region = Sequence[tuple[float, float]]
"""Where the study goes on: one interval, or two around a wedge of futility."""

NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)
PANEL = 2.0
"""Length of a panel in widths of the narrowest feature; sixteen nodes are then exact to rounding."""
FAR = 27.0
"""Beyond this many standard deviations from its mean no density is carried (it is below 1e-158)."""
_ROOT_2PI = math.sqrt(2 * math.pi)


class Walk:
    """The study on its way through the looks; ``advance`` moves it past one."""

    def __init__(self, drift: float = 0.0, *, panel: float = PANEL) -> None:
        self.drift = drift
        self.panel = panel
        self.time = 0.0
        self._points = np.zeros(1)
        self._mass = np.ones(1)

    def above(self, time: float, bound: float) -> float:
        """Probability to have gone on so far and to be above ``bound`` at ``time``."""
        step = time - self.time
        gap = (self._points * math.sqrt(self.time) + self.drift * step - bound * math.sqrt(time)) / math.sqrt(step)
        return float(self._mass @ special().ndtr(gap))

    def below(self, time: float, bound: float) -> float:
        """Probability to have gone on so far and to be below ``bound`` at ``time``."""
        step = time - self.time
        gap = (bound * math.sqrt(time) - self._points * math.sqrt(self.time) - self.drift * step) / math.sqrt(step)
        return float(self._mass @ special().ndtr(gap))

    def inside(self, time: float, low: float, high: float) -> float:
        """Probability to have gone on so far and to lie between two bounds at ``time``."""
        return max(0.0, self.below(time, high) - self.below(time, low))

    def advance(self, time: float, region: Region, following: float | None) -> None:
        """Go on past a look: keep what lies in ``region``; ``following`` is the time of the next look, if any."""
        step = time - self.time
        width = min(1.0, math.sqrt(step / time))
        if following is not None:
            width = min(width, math.sqrt((following - time) / time))
        centre = self.drift * math.sqrt(time)
        points, weights = _panels(region, centre - FAR, centre + FAR, self.panel * width)
        if self.time == 0.0:
            density = np.exp(-0.5 * (points - centre) ** 2) / _ROOT_2PI
        else:
            root = math.sqrt(step)
            gap = points[:, None] * (math.sqrt(time) / root) - (
                self._points * (math.sqrt(self.time) / root) + self.drift * root
            )
            density = (np.exp(-0.5 * gap * gap) @ self._mass) * (math.sqrt(time / step) / _ROOT_2PI)
        self._points, self._mass, self.time = points, weights * density, time


def _panels(region: Region, low: float, high: float, length: float) -> tuple[Array, Array]:
    points, weights = [np.zeros(0)], [np.zeros(0)]
    for start, end in region:
        a, b = max(start, low), min(end, high)
        if a >= b:
            continue
        count = max(2, math.ceil((b - a) / length))
        edges = np.linspace(a, b, count + 1)
        half = (b - a) / (2 * count)
        points.append((edges[:-1, None] + half * (1 + NODES)).ravel())
        weights.append(np.tile(half * WEIGHTS, count))
    return np.concatenate(points), np.concatenate(weights)


def exits(times: Sequence[float], regions: Sequence[Region], drift: float = 0.0) -> tuple[list[float], list[float]]:
    """Probabilities to leave upwards and downwards at each look, when ``regions`` are where the study goes on.

    A wedge of futility counts neither way. Times rise strictly.
    """
    walk, up, down = Walk(drift), [], []
    for i, (time, region) in enumerate(zip(times, regions, strict=True)):
        ends = [edge for interval in region for edge in interval]
        up.append(walk.above(time, max(ends)) if math.isfinite(max(ends)) else 0.0)
        down.append(walk.below(time, min(ends)) if math.isfinite(min(ends)) else 0.0)
        walk.advance(time, region, times[i + 1] if i + 1 < len(times) else None)
    return up, down
