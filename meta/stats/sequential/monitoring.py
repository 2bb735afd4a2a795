r"""A cumulative meta-analysis against its boundaries, look by look, with a code for what may be said."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from meta.stats.distributions import normal_quantile
from meta.stats.errors import InvalidInput, UnknownOption
from meta.stats.results import Interval, plain

from .boundaries import SECONDARY, boundaries
from .futility import futility
from .inference import adjusted_interval

EARLIEST = 0.05
"""Looks before this information fraction are pooled, but no boundary is drawn for them."""
CLOSEST = 0.01
"""Looks that add less information than this are pooled, but no boundary is drawn for them."""
VERDICTS = (
    "TSA_BENEFIT", "TSA_HARM", "TSA_FUTILE", "TSA_RIS_REACHED_NS", "TSA_INCONCLUSIVE", "TSA_NOT_EVALUABLE",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """One look: information fraction, z, its boundary and futility bound (None where none is drawn), the interval
    adjusted for looking repeatedly, and whether the boundary is crossed."""

    participants: float
    fraction: float
    z: float
    boundary: float | None
    futility: float | None
    adjusted: Interval | None
    crossed: bool


@dataclass(frozen=True, slots=True)
class Monitoring:
    """All looks, and the verdict at the last one. ``planned`` are boundaries up to full information, for a figure."""

    looks: tuple[Look, ...]
    verdict: str
    sentence: str
    required: float
    planned: tuple[tuple[float, float | None, float | None], ...]
    alpha: float
    note: str = SECONDARY

    def to_dict(self) -> dict[str, Any]:
        """A JSON-safe copy."""
        return dict(plain(self))


def evaluable(fractions: Sequence[float], *, earliest: float = EARLIEST, closest: float = CLOSEST) -> list[int]:
    """Looks for which a boundary is drawn: not too early, not too close to the one before, below or first at 1."""
    chosen: list[int] = []
    last, done = 0.0, False
    for i, t in enumerate(fractions):
        if t < earliest or t - last < closest or done:
            continue
        chosen.append(i)
        last, done = t, t >= 1
    return chosen


def monitor(
    estimate: Sequence[float],
    standard_error: Sequence[float],
    participants: Sequence[float],
    required: float,
    *,
    alpha: float = 0.05,
    beta: float | None = None,
    spending: str = "obf",
    benefit_is: str = "lower",
    earliest: float = EARLIEST,
    closest: float = CLOSEST,
) -> Monitoring:
    """Hold a cumulative analysis against boundaries for repeated looks.

    Args:
        estimate, standard_error: pooled effect at each look, on the scale of analysis, in order of time.
        participants: cumulative. required: information size (adjusted for diversity, if that is wanted).
        alpha: both sides. beta: draws futility bounds if given. spending: ``obf`` or ``pocock``.
        benefit_is: ``lower`` or ``higher`` effects. earliest, closest: for which looks boundaries are drawn.

    Raises:
        InvalidInput: columns of different length, errors of 0, participants that do not grow.

    Source: Brok et al. 2009; Wetterslev et al. 2008; Thorlund et al. 2017 (manual).
    """
    k = len(estimate)
    if k == 0 or {len(standard_error), len(participants)} != {k}:
        raise InvalidInput("Every look needs an effect, a standard error and a number of participants.")
    if not required > 0 or min(standard_error) <= 0 or min(participants) <= 0:
        raise InvalidInput("Standard errors, participants and the required size must be above 0.")
    if any(later < earlier for earlier, later in itertools.pairwise(participants)):
        raise InvalidInput("Participants must not become fewer.")
    if benefit_is not in ("lower", "higher"):
        raise UnknownOption("benefit_is is 'lower' or 'higher'.")
    fractions = [n / required for n in participants]
    chosen = evaluable(fractions, earliest=earliest, closest=closest)
    times = [min(1.0, fractions[i]) for i in chosen]
    plan = [t for t in times if t < 1] + [1.0]
    upper: tuple[float | None, ...]
    lower: tuple[float | None, ...]
    if beta is None:
        upper, lower = boundaries(plan, alpha=alpha, spending=spending).upper, (None,) * len(plan)
    else:
        both = futility(plan, alpha=alpha, beta=beta, spending=spending, beta_spending=spending)
        upper, lower = both.alpha_bounds.upper, both.shown
    usual = normal_quantile(1 - alpha / 2)
    looks = []
    for i in range(k):
        z = estimate[i] / standard_error[i]
        bound: float | None = None
        futile: float | None = None
        if i in chosen:
            place = plan.index(min(1.0, fractions[i]))
            bound, futile = upper[place], lower[place]
        elif fractions[i] > 1:
            bound = usual
        interval = None if bound is None else adjusted_interval(estimate[i], standard_error[i], bound, level=1 - alpha)
        looks.append(Look(float(participants[i]), fractions[i], z, bound, futile, interval,
                          bound is not None and abs(z) >= bound))  # fmt: skip
    verdict, sentence = _verdict(looks, benefit_is, earliest)
    planned = tuple(zip(plan, upper, lower, strict=True))
    return Monitoring(tuple(looks), verdict, sentence, float(required), planned, alpha)


def _verdict(looks: list[Look], benefit_is: str, earliest: float) -> tuple[str, str]:
    last = looks[-1]
    share = 100 * last.fraction
    if last.fraction < earliest:
        return (
            "TSA_NOT_EVALUABLE",
            f"{share:.1f} percent of the required information is there; boundaries are not drawn.",
        )
    crossed = [look for look in looks if look.crossed]
    if crossed:
        good = (crossed[-1].z < 0) == (benefit_is == "lower")
        what, share = "benefit" if good else "harm", 100 * crossed[-1].fraction
        text = f"The boundary for {what} was crossed with {share:.0f} percent of the required information."
        return ("TSA_BENEFIT" if good else "TSA_HARM"), text
    if last.fraction >= 1:
        return "TSA_RIS_REACHED_NS", "The required information is there, and no boundary was crossed."
    if last.futility is not None and abs(last.z) < last.futility:
        return (
            "TSA_FUTILE",
            f"With {share:.0f} percent of the required information, an effect of the size looked for is unlikely.",
        )
    return "TSA_INCONCLUSIVE", f"{share:.0f} percent of the required information is there, and no boundary was crossed."
