r"""Boundaries for repeated looks that spend an error exactly, and the drift that a power asks for."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from meta.stats.distributions import normal_quantile, normal_two_sided
from meta.stats.errors import InvalidInput, UnknownOption
from meta.stats.results import plain
from meta.stats.roots import bracketed_root

from .recursion import Region, Walk, exits
from .spending import CONVENTIONS, spent

SMALLEST_SPEND = 1e-150
"""An increment below this has no boundary in double precision: the look cannot stop the study."""
HIGHEST = 40.0
"""No boundary lies beyond: the tail of the normal there is below what double precision holds."""
SECONDARY = "Secondary: Cochrane advises against sequential methods for the main conclusions of an updated review."


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Boundaries on the scale of z, one per look; None where nothing to speak of may be spent.

    ``upper`` (and its mirror ``-upper`` with two sides), cumulative ``alpha`` of both sides together, and the
    two-sided ``nominal_p`` of each boundary.
    """

    times: tuple[float, ...]
    upper: tuple[float | None, ...]
    alpha: tuple[float, ...]
    nominal_p: tuple[float | None, ...]
    sides: int
    spending: str
    source: str = "Lan & DeMets 1983, Biometrika 70:659"
    note: str = SECONDARY

    @property
    def lower(self) -> tuple[float | None, ...]:
        """The mirror of ``upper``, or nothing for one side."""
        return tuple(None if bound is None or self.sides == 1 else -bound for bound in self.upper)

    @property
    def regions(self) -> list[Region]:
        """Where the study goes on, look by look."""
        return [_between(bound, self.sides) for bound in self.upper]

    def to_dict(self) -> dict[str, Any]:
        """A JSON-safe copy."""
        return {**plain(self), "lower": plain(self.lower)}


def _between(bound: float | None, sides: int) -> Region:
    top = math.inf if bound is None else bound
    return [(-top if sides == 2 else -math.inf, top)]


def checked_times(times: Sequence[float]) -> tuple[float, ...]:
    """Information fractions that rise from above 0.

    Raises:
        InvalidInput: none, or not rising, or not finite.
    """
    found = tuple(float(time) for time in times)
    if not found or not all(math.isfinite(time) for time in found) or found[0] <= 0:
        raise InvalidInput("Looks need information fractions above 0.")
    if any(later <= earlier for earlier, later in itertools.pairwise(found)):
        raise InvalidInput("Information fractions must rise from look to look.")
    return found


def boundaries(
    times: Sequence[float],
    *,
    alpha: float = 0.05,
    sides: int = 2,
    spending: str = "obf",
    gamma: float | None = None,
    convention: str = "per_side",
) -> Boundaries:
    r"""Boundaries such that by each look exactly the error of the spending function is used up under no effect.

    Args:
        times: information fractions of the looks, rising, above 0; from 1 on everything is spent.
        alpha: total error, both sides together. sides: 1 or 2 (symmetric).
        spending, gamma: as ``spent``.
        convention: ``per_side`` spends alpha/2 on each side by itself (gsDesign, ldbounds, RTSA, and the published
            bounds); ``overall`` spends alpha once and halves what is spent.

    Returns:
        Bounds on the scale of z.

    Raises:
        InvalidInput: looks that do not rise, an error outside 0 to 1. UnknownOption: a name that does not exist.

    Source: Lan & DeMets 1983; Jennison & Turnbull 2000, chapter 19; Reboussin et al. 2000.
    """
    looks = checked_times(times)
    if sides not in (1, 2):
        raise UnknownOption("sides is 1 or 2.")
    if convention not in CONVENTIONS:
        raise UnknownOption(f"convention = {convention!r} is not known; there are: {', '.join(CONVENTIONS)}.")
    share = alpha / sides if convention == "per_side" else alpha
    factor = 1.0 if convention == "per_side" else 1 / sides
    cumulative = [factor * spent(time, share, spending, gamma=gamma) for time in looks]
    bounds, walk = [], Walk()
    for i, time in enumerate(looks):
        wanted = cumulative[i] - (cumulative[i - 1] if i else 0.0)
        bound = _bound(walk, time, wanted)
        bounds.append(bound)
        if i + 1 < len(looks):
            walk.advance(time, _between(bound, sides), looks[i + 1])
    nominal = tuple(None if bound is None else normal_two_sided(bound) for bound in bounds)
    return Boundaries(looks, tuple(bounds), tuple(sides * one for one in cumulative), nominal, sides, spending)


def _bound(walk: Walk, time: float, wanted: float) -> float | None:
    """The bound above which the walk lies with the probability wanted."""
    if wanted < SMALLEST_SPEND:
        return None

    def off(bound: float) -> float:
        return math.log(max(walk.above(time, bound), 1e-320)) - math.log(wanted)

    return bracketed_root(off, -HIGHEST if off(0.0) < 0 else 0.0, HIGHEST, tolerance=1e-12)


def power(found: Boundaries, drift: float) -> float:
    """Probability to cross the upper boundary at any look under a drift (the mean of z at t = 1)."""
    return math.fsum(exits(found.times, found.regions, drift)[0])


def drift_for_power(found: Boundaries, wanted: float) -> float:
    """The drift under which the upper boundary is crossed with the probability wanted.

    Raises:
        InvalidInput: a power that is not between the error of one side and 1.
    """
    least = found.alpha[-1] / found.sides
    if not least < wanted < 1:
        raise InvalidInput(f"The power must lie between {least:g} and 1, both excluded.")
    return bracketed_root(
        lambda drift: power(found, drift) - wanted, 0.0, 30.0 / math.sqrt(found.times[-1]), tolerance=1e-11
    )


def inflation(found: Boundaries, wanted: float) -> float:
    r"""How much more information repeated looks need for a power: :math:`(\theta/(z_{1-\alpha/s} + z_{power}))^2`."""
    alpha = found.alpha[-1] / found.sides
    return (drift_for_power(found, wanted) / (normal_quantile(1 - alpha) + normal_quantile(wanted))) ** 2
