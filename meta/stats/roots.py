"""One bracketed root finder for everything that has no closed form."""

import math
from collections.abc import Callable

MAX_STEPS = 200


def bracketed_root(function: Callable[[float], float], low: float, high: float, *, tolerance: float = 1e-13) -> float:
    """A zero between ``low`` and ``high``, where the function has different signs (or is zero at one of them).

    Chandrupatla's method: inverse quadratic steps where they can be trusted, halving otherwise; it cannot leave the
    bracket. ``tolerance`` is relative to the root. Source: Chandrupatla 1997.
    """
    a, b = high, low
    fa, fb = function(a), function(b)
    if fb == 0.0:
        return b
    if fa == 0.0:
        return a
    c, fc, t = a, fa, 0.5
    for _ in range(MAX_STEPS):
        x = a + t * (b - a)
        fx = function(x)
        if math.copysign(1.0, fx) == math.copysign(1.0, fa):
            c, fc = a, fa
        else:
            c, fc, b, fb = b, fb, a, fa
        a, fa = x, fx
        best = a if abs(fa) < abs(fb) else b
        width = abs(b - a)
        small = tolerance * max(abs(best), 1e-300)
        if fx == 0.0 or width <= small:
            return best
        ratio, slope = (a - b) / (c - b), (fa - fb) / (fc - fb)
        if slope**2 < ratio and (1 - slope) ** 2 < 1 - ratio:
            t = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
        else:
            t = 0.5
        edge = min(0.5, 0.5 * small / width)
        t = min(1 - edge, max(edge, t))
    return best


def expand_up(function: Callable[[float], float], start: float, *, limit: int = 200) -> float | None:
    """A point above ``start``, found by doubling, at which the function is negative; None if there is none."""
    high = start
    for _ in range(limit):
        if function(high) < 0:
            return high
        high *= 2.0
    return None
