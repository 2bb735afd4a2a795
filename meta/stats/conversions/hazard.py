r"""Hazard ratios from what papers print. O - E and V are the log-rank statistic and its variance; ln HR = (O - E)/V."""

import math
from typing import Any

from meta.stats.distributions import critical_value, normal_quantile
from meta.stats.errors import InvalidInput, UnknownOption

from .base import Conversion, Kind, between, limits, not_negative, number, positive
from .spread import BOUND_NOTE

PARMAR = "Parmar, Torri & Stewart 1998, Stat Med 17:2815"
TIERNEY = "Tierney et al. 2007, Trials 8:16"
DIRECTIONS = {"benefit": -1.0, "harm": 1.0}


def _hazard(
    formula: str, log_hr: float, v: float, inputs: dict[str, Any], expression: str, source: str,
    extra: dict[str, float] | None = None, notes: tuple[str, ...] = (), kind: Kind = "converted",
) -> Conversion:  # fmt: skip
    if not math.isfinite(log_hr) or abs(log_hr) > LARGEST:
        raise InvalidInput("No finite hazard ratio follows from these numbers; check the source.")
    values = {"log_hr": log_hr, "se": 1 / math.sqrt(v), "v": v, "o_minus_e": log_hr * v, "hr": math.exp(log_hr)}
    return Conversion(formula, values | (extra or {}), inputs, expression, source, kind, notes)


LARGEST = 20.0
"""A log hazard ratio beyond this (a ratio of 5e8) comes from a misprint, not from a trial."""


def hazard_from_logrank(o_minus_e: float, v: float) -> Conversion:
    """From the log-rank statistic O - E and its variance V: ln HR = (O - E)/V, SE = 1/√V.

    Returns (as all of this page): ``log_hr``, ``se``, ``v``, ``o_minus_e``, ``hr``.
    """
    difference, variance = number("O − E", o_minus_e), positive("V", v)
    return _hazard("hazard_from_logrank", difference / variance, variance, {"o_minus_e": difference, "v": variance},
                   "ln HR = (O − E)/V; SE = 1/√V", TIERNEY)  # fmt: skip


def hazard_from_ci(lower: float, upper: float, *, hr: float | None = None, level: float = 0.95) -> Conversion:
    """From a hazard ratio and its interval: SE = (ln U - ln L)/(2z), V = 1/SE².

    Args:
        lower, upper: limits, above 0. hr: the ratio; the geometric middle if left out. level: of the interval.
    """
    low, high = limits(positive("The lower limit", lower), positive("The upper limit", upper))
    se = (math.log(high) - math.log(low)) / (2 * critical_value(between("level", level, 0, 1)))
    y = 0.5 * (math.log(low) + math.log(high)) if hr is None else math.log(positive("The hazard ratio", hr))
    return _hazard("hazard_from_ci", y, 1 / se**2, {"hr": hr, "lower": low, "upper": high, "level": level},
                   "SE = (ln U − ln L)/(2z); V = 1/SE²; O − E = V ln HR", f"{PARMAR}; {TIERNEY}")  # fmt: skip


def hazard_from_p(hr: float, p: float, *, p_is_bound: bool = False) -> Conversion:
    """From a hazard ratio and its two-sided p: SE = |ln HR|/z.

    Args:
        hr: above 0, not 1. p: between 0 and 1. p_is_bound: only "p < ..." is printed.
    """
    y = math.log(positive("The hazard ratio", hr))
    z = normal_quantile(1 - between("p", p, 0, 1) / 2)
    if y == 0:
        raise InvalidInput("A hazard ratio of 1 says nothing about its standard error.")
    return _hazard("hazard_from_p", y, (z / y) ** 2, {"hr": hr, "p": p, "p_is_bound": p_is_bound}, "SE = |ln HR|/z",
                   f"{PARMAR}; {TIERNEY}", {"z": z}, (BOUND_NOTE,) if p_is_bound else ())  # fmt: skip


def logrank_variance(
    *, events: float | None = None, ratio: float = 1.0, events1: float | None = None, events2: float | None = None
) -> Conversion:
    """V of a log-rank test from numbers of events.

    Args:
        events, ratio: all events and allocation ratio (experimental : control): V = O r/(1 + r)², O/4 when equal.
        events1, events2: events of the arms instead: V = O1 O2/(O1 + O2).

    Returns:
        ``v``.

    Raises:
        InvalidInput: neither or both kinds of input.
    """
    if (events is None) == (events1 is None) or (events1 is None) != (events2 is None):
        raise InvalidInput("Give either all events with the allocation ratio, or the events of both arms.")
    if events1 is not None and events2 is not None:
        one, other = positive("events1", events1), positive("events2", events2)
        return Conversion("logrank_variance", {"v": one * other / (one + other)}, {"events1": one, "events2": other},
                          "V = O1 O2/(O1 + O2)", TIERNEY, "estimated")  # fmt: skip
    total, r = positive("events", 0 if events is None else events), positive("The ratio", ratio)
    return Conversion("logrank_variance", {"v": total * r / (1 + r) ** 2}, {"events": total, "ratio": r},
                      "V = O r/(1 + r)²", f"{PARMAR}; {TIERNEY}", "estimated")  # fmt: skip


def hazard_from_p_and_events(
    p: float, direction: str, *, events: float | None = None, ratio: float = 1.0, events1: float | None = None,
    events2: float | None = None, p_is_bound: bool = False,
) -> Conversion:  # fmt: skip
    """From the two-sided p of a log-rank test and numbers of events: O - E = ±z √V.

    Args:
        p: between 0 and 1. direction: ``benefit`` (fewer events in the experimental arm) or ``harm``, from the text.
        events, ratio, events1, events2: as ``logrank_variance``.
        p_is_bound: only "p < ..." is printed.
    """
    if direction not in DIRECTIONS:
        raise UnknownOption(f"direction = {direction!r} is not known; there are: {', '.join(DIRECTIONS)}.")
    z = normal_quantile(1 - between("p", p, 0, 1) / 2)
    variance = logrank_variance(events=events, ratio=ratio, events1=events1, events2=events2)
    return _hazard(
        "hazard_from_p_and_events", DIRECTIONS[direction] * z / math.sqrt(variance.value), variance.value,
        {"p": p, "direction": direction, "p_is_bound": p_is_bound} | dict(variance.inputs),
        f"{variance.expression}; O − E = ±z√V", f"{PARMAR}; {TIERNEY}", {"z": z},
        (BOUND_NOTE,) if p_is_bound else (), "estimated",
    )  # fmt: skip


def hazard_from_expected(observed1: float, expected1: float, observed2: float, expected2: float) -> Conversion:
    """From observed and log-rank expected events per arm: HR = (O1/E1)/(O2/E2), V = 1/(1/E1 + 1/E2)."""
    o1, o2 = not_negative("observed1", observed1), not_negative("observed2", observed2)
    e1, e2 = positive("expected1", expected1), positive("expected2", expected2)
    if not o1 or not o2:
        raise InvalidInput("An arm without events has no hazard ratio of this kind; use O − E and V.")
    return _hazard(
        "hazard_from_expected", math.log(o1 / e1) - math.log(o2 / e2), 1 / (1 / e1 + 1 / e2),
        {"observed1": o1, "expected1": e1, "observed2": o2, "expected2": e2},
        "HR = (O1/E1)/(O2/E2); V = 1/(1/E1 + 1/E2)", f"{PARMAR}; {TIERNEY}",
    )  # fmt: skip
