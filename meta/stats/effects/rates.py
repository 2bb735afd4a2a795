r"""Two arms, events per person-time: x events in time t; 1 is the experimental arm. Arrays of shape (k,)."""

from collections.abc import Callable

import numpy as np

from meta.stats.continuity import Continuity
from meta.stats.inputs import PersonTimeArms

from .base import EMPTY_CELL, NO_NUMBER, Array, Effects, collect
from .single import added

Pair = tuple[Array, Array]


def log_rate_ratio(x1: Array, t1: Array, x2: Array, t2: Array) -> Pair:
    """Natural log of the incidence rate ratio; v = 1/x1 + 1/x2. Source: Rothman et al. 2008."""
    return np.log((x1 * t2) / (x2 * t1)), 1 / x1 + 1 / x2


def rate_difference(x1: Array, t1: Array, x2: Array, t2: Array) -> Pair:
    """Difference of the rates; v = x1/t1^2 + x2/t2^2. Source: Rothman et al. 2008."""
    return x1 / t1 - x2 / t2, x1 / t1**2 + x2 / t2**2


def root_rate_difference(x1: Array, t1: Array, x2: Array, t2: Array) -> Pair:
    """Difference of the square roots of the rates; v = 1/(4 t1) + 1/(4 t2); never corrected."""
    return np.sqrt(x1 / t1) - np.sqrt(x2 / t2), 0.25 / t1 + 0.25 / t2


FORMULAS: dict[str, Callable[[Array, Array, Array, Array], Pair]] = {
    "IRR": log_rate_ratio,
    "IRD": rate_difference,
    "IRSD": root_rate_difference,
}


def effects_of(arms: PersonTimeArms, measure: str, rule: Continuity) -> Effects:
    """The studies' own effects under a continuity rule (added to the events of both arms)."""
    x1, t1, x2, t2 = arms.columns
    with np.errstate(all="ignore"):
        add = 0.0 if measure == "IRSD" else added((x1 == 0) | (x2 == 0), rule)
        y, v = FORMULAS[measure](x1 + add, t1, x2 + add, t2)
        if measure == "IRD" and rule.studies.keep_difference:
            y = FORMULAS[measure](x1, t1, x2, t2)[0]
        wrong = ~((v > 0) & np.isfinite(y + v))
        return collect(arms.labels, y, v, ((~arms.complete, NO_NUMBER), (wrong, EMPTY_CELL)))
