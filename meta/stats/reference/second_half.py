"""Tolerances and proofs for what the second half of the statistics answers: conversions, dependence, looks."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from meta.stats.conversions import quantile_fit
from meta.stats.conversions.medians import Summary, summary

from .data import Columns

FITTED_QUANTILES = 1e-3
"""Quantile estimation, for which the README suggests it: the reference's optimiser stops early."""
SIMULATED = "the reference is a simulation ({draws} draws), and its values lie within four of its standard errors"
NOT_NEAREST = "a distribution with nearer quantiles exists than the one the reference's optimiser stopped at"
STANDARD_ERRORS = 4.0


def tolerance(case: Mapping[str, Any], path: tuple[str, ...]) -> tuple[float, float] | None:
    """Relative and absolute tolerance, or None where the general ones hold."""
    if str(case.get("method", "")).startswith("estmeansd::"):
        return FITTED_QUANTILES, 1e-12
    return None


def explanation(
    case: Mapping[str, Any], answer: Mapping[str, Any], columns: Columns, wrong: Sequence[Mapping[str, Any]]
) -> str | None:
    """Why the reference is wrong where the two differ, or None if that cannot be shown."""
    method = str(case.get("method", ""))
    if method.startswith("estmeansd::"):
        return _medians(case, answer, columns, method)
    return None


def _medians(case: Mapping[str, Any], answer: Mapping[str, Any], columns: Columns, method: str) -> str | None:
    results = case["results"]
    wanted = [name.strip() for name in str(case["options"]["inputs"]).split(",")]
    names = {"min": "minimum", "max": "maximum"}
    for i, (mean, sd) in enumerate(zip(results["mean"], results["sd"], strict=True)):
        ours = answer["mean"][i], answer["sd"][i]
        if mean is None or ours[0] is None:
            return None
        given = summary(**{names.get(name, name): columns[name][i] for name in wanted})
        if method.endswith("qe.mean.sd"):
            best = quantile_fit.fits(given)[0]
            close = all(abs(a - b) <= FITTED_QUANTILES * abs(a) for a, b in zip((mean, sd), ours, strict=True))
            if not close and best.distance >= nearest(given, mean, sd):
                return None
        else:
            draws = given.n + 1000 if "::bc" in method else 10_000
            error = STANDARD_ERRORS * ours[1] / math.sqrt(draws)
            if abs(mean - ours[0]) > error or abs(sd - ours[1]) > error:
                return None
    if method.endswith("qe.mean.sd"):
        return NOT_NEAREST
    return SIMULATED.format(draws="n + 1,000" if "::bc" in method else "10,000")


def nearest(given: Summary, mean: float, sd: float) -> float:
    """The smallest distance of quantiles that any family with this mean and SD has."""
    import numpy as np

    points, p = np.array(given.points), quantile_fit.probabilities(given)
    found = []
    for name in ("normal", "log-normal", "gamma", "weibull"):
        family = quantile_fit.FAMILIES[name]
        parameters = family.start(mean, sd)
        if name == "weibull":
            parameters = quantile_fit.weibull_of(mean, sd)
        found.append(float(((family.quantiles(*parameters, p) - points) ** 2).sum()))
    return min(found)
