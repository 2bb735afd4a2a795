r"""Looks at which it is unlikely that the boundary will ever be crossed: beta spending, not binding."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from meta.stats.distributions import normal_quantile
from meta.stats.errors import InvalidInput, UnknownOption
from meta.stats.results import plain
from meta.stats.roots import bracketed_root

from .boundaries import HIGHEST, SECONDARY, SMALLEST_SPEND, Boundaries, boundaries
from .recursion import Region, Walk
from .spending import spent

SHAPES = ("one_sided", "wedge")


@dataclass(frozen=True, slots=True)
class Futility:
    """``bounds``: below them (in ``wedge``: between them and their mirror) going on is futile; None where there is no
    bound. ``drift``: mean of z at t = 1 at which both errors are met; ``inflation``: information against one look.
    """

    alpha_bounds: Boundaries
    bounds: tuple[float | None, ...]
    beta: float
    drift: float
    inflation: float
    shape: str
    source: str = "Pampallona, Tsiatis & Kim 2001, Drug Inf J 35:1113"
    note: str = SECONDARY

    @property
    def shown(self) -> tuple[float | None, ...]:
        """The bounds above 0: a negative one would call a wrong direction promising."""
        return tuple(None if bound is None or bound <= 0 else bound for bound in self.bounds)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-safe copy."""
        return {**plain(self), "shown": plain(self.shown)}


def futility(
    times: Sequence[float],
    *,
    alpha: float = 0.05,
    beta: float = 0.2,
    sides: int = 2,
    spending: str = "obf",
    gamma: float | None = None,
    beta_spending: str = "obf",
    beta_gamma: float | None = None,
    shape: str = "one_sided",
    suppress_negative: bool = False,
) -> Futility:
    r"""Boundaries of alpha, and below them those of beta that meet them at the last look.

    The boundaries of alpha do not count on stopping for futility (non-binding), so it may be ignored at any look.
    Under the drift :math:`\theta` the increment of beta is spent between look and look; :math:`\theta` is such that
    both bounds meet at the end.

    Args:
        times: information fractions, the last one 1. alpha, sides, spending, gamma: as ``boundaries``.
        beta: error of the second kind. beta_spending, beta_gamma: how it is spent.
        shape: ``one_sided`` (each direction for itself, as RTSA and gsDesign) or ``wedge`` (a strip around 0).
        suppress_negative: drop bounds below 0 and spend their beta at the next look (RTSA).

    Raises:
        InvalidInput: looks that do not end at 1, errors outside 0 to 1. UnknownOption: a name that does not exist.

    Source: Pampallona, Tsiatis & Kim 2001; Jennison & Turnbull 2000, chapter 4.
    """
    if shape not in SHAPES:
        raise UnknownOption(f"shape = {shape!r} is not known; there are: {', '.join(SHAPES)}.")
    found = boundaries(times, alpha=alpha, sides=sides, spending=spending, gamma=gamma)
    if abs(found.times[-1] - 1) > 1e-9:
        raise InvalidInput("Futility is planned up to the full information: the last look must be at 1.")
    cumulative = [spent(time, beta, beta_spending, gamma=beta_gamma) for time in found.times]
    reached = normal_quantile(1 - alpha / sides) + normal_quantile(1 - beta)
    silent: set[int] = set()
    while True:
        drift, bounds = _meet(found, cumulative, shape, reached, silent)
        negative = {i for i, bound in enumerate(bounds) if bound is not None and bound < 0}
        if not (suppress_negative and negative):
            return Futility(found, tuple(bounds), beta, drift, (drift / reached) ** 2, shape)
        silent.add(min(negative))


def _meet(
    found: Boundaries, cumulative: list[float], shape: str, reached: float, silent: set[int]
) -> tuple[float, list[float | None]]:
    """The drift at which all beta is spent when the last bound is the one of alpha, and the bounds under it."""

    def excess(drift: float) -> float:
        last = found.upper[-1] or 0.0
        bounds, missed = _bounds(found, cumulative, shape, drift, silent, last)
        return missed - (cumulative[-1] - _used(cumulative, silent, len(bounds) - 1))

    high = reached * 2
    while excess(high) > 0:
        high *= 1.5
    drift = bracketed_root(excess, reached * 0.9, high, tolerance=1e-10)
    return drift, _bounds(found, cumulative, shape, drift, silent, found.upper[-1] or 0.0)[0]


def _used(cumulative: list[float], silent: set[int], before: int) -> float:
    """Beta spent by the last look before this one that has a bound."""
    spoken = [i for i in range(before) if i not in silent]
    return cumulative[spoken[-1]] if spoken else 0.0


def _bounds(
    found: Boundaries, cumulative: list[float], shape: str, drift: float, silent: set[int], last: float
) -> tuple[list[float | None], float]:
    """Bounds of beta at all looks under a drift, and the probability to end below the boundary of alpha."""
    walk = Walk(drift)
    bounds: list[float | None] = []
    final = len(found.times) - 1
    for i, time in enumerate(found.times[:-1]):
        wanted = cumulative[i] - _used(cumulative, silent, i)
        bound = None if i in silent else _bound(walk, time, wanted, shape, found.upper[i])
        bounds.append(bound)
        walk.advance(time, _region(bound, found.upper[i], shape), found.times[i + 1])
    time = found.times[final]
    missed = walk.inside(time, -last, last) if shape == "wedge" else walk.below(time, last)
    return [*bounds, last], missed


def _bound(walk: Walk, time: float, wanted: float, shape: str, top: float | None) -> float | None:
    if wanted < SMALLEST_SPEND:
        return None

    def off(bound: float) -> float:
        spending = walk.inside(time, -bound, bound) if shape == "wedge" else walk.below(time, bound)
        return spending - wanted

    high = HIGHEST if top is None else top
    if off(high) <= 0:
        return high
    return bracketed_root(off, 0.0 if shape == "wedge" else -HIGHEST, high, tolerance=1e-12)


def _region(bound: float | None, top: float | None, shape: str) -> Region:
    high = math.inf if top is None else top
    if shape == "wedge":
        middle = 0.0 if bound is None else bound
        return [(-high, -middle), (middle, high)]
    return [(-math.inf if bound is None else bound, high)]
