r"""Trials that randomise groups of people, analysed as if they had randomised people."""

import math

from .base import Conversion, between, not_negative, number, positive

HANDBOOK_CLUSTER = "Cochrane Handbook 23.1.4"
ICC_NOTE = "The intraclass correlation is assumed: repeat the analysis with half and twice its value."


def design_effect(mean_size: float, icc: float, *, cv: float = 0.0) -> Conversion:
    """How much larger the variance is than in a trial of single people: 1 + (m(1 + CV²) - 1) ICC.

    Args:
        mean_size: people per cluster on average, at least 1. icc: from 0 to 1.
        cv: coefficient of variation of the cluster sizes, 0 if they are equal.

    Returns:
        ``design_effect`` and ``se_factor``, its root.

    Source: Cochrane Handbook 23.1.4; Eldridge et al. 2006 for unequal sizes.
    """
    m, spread = positive("The mean cluster size", mean_size), not_negative("The coefficient of variation", cv)
    rho = number("The intraclass correlation", icc)
    if rho not in (0, 1):
        between("The intraclass correlation", rho, 0, 1)
    effect = max(1.0, 1 + (m * (1 + spread**2) - 1) * rho)
    return Conversion("design_effect", {"design_effect": effect, "se_factor": math.sqrt(effect)},
                      {"mean_size": m, "icc": rho, "cv": spread}, "DE = 1 + (m(1 + CV²) − 1) ICC", HANDBOOK_CLUSTER,
                      "imputed", (ICC_NOTE,))  # fmt: skip


def effective_size(n: float, effect: float, *, events: float | None = None) -> Conversion:
    """Participants (and events, if given) of an equally informative trial of single people: divided by the effect.

    Args:
        n, events: of one arm. effect: the design effect, at least 1.

    Returns:
        ``n`` and, for counts, ``events``; fractional numbers are meant. Means and SDs stay as they are.
    """
    size, de = positive("n", n), _at_least_one(effect)
    values, inputs = {"n": size / de}, {"n": size, "design_effect": de}
    if events is not None:
        inputs["events"] = not_negative("events", events)
        values["events"] = events / de
    return Conversion("effective_size", values, inputs, "n/DE (and x/DE)", HANDBOOK_CLUSTER, "imputed", (ICC_NOTE,))


def inflated_se(se: float, effect: float) -> Conversion:
    """Standard error (``se``) of an effect as if the clustering had been respected: SE √DE."""
    error, de = not_negative("The standard error", se), _at_least_one(effect)
    return Conversion("inflated_se", {"se": error * math.sqrt(de)}, {"se": error, "design_effect": de}, "SE × √DE",
                      HANDBOOK_CLUSTER, "imputed", (ICC_NOTE,))  # fmt: skip


def _at_least_one(effect: float) -> float:
    return 1.0 + not_negative("The design effect less 1", number("The design effect", effect) - 1)
