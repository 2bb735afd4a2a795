"""Tolerances and proofs for what the second half of the statistics answers: conversions, dependence, looks."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from meta.stats import sequential
from meta.stats.conversions import quantile_fit
from meta.stats.conversions.medians import Summary, summary
from meta.stats.tau2.likelihood import log_likelihood

from . import dependence, looks
from .data import Columns
from .metafor import effects

FITTED_QUANTILES = 1e-3
"""Quantile estimation, for which the README suggests it: the reference's optimiser stops early."""
SEARCHED, SEARCHED_ZERO = 1e-4, 1e-6
"""rma.mv: the reference's optimiser stops early."""
PROFILE = 1e-4
"""Absolute, for limits of a variance: the root tolerance of the reference."""
CLOSED_KEYS = frozenset({"fixed_effect_GLS", "yi", "vi", "V", "QE", "QE_p", "typical_vi"})
SIMULATED = "the reference is a simulation ({draws} draws), and its values lie within four of its standard errors"
NOT_NEAREST = "a distribution with nearer quantiles exists than the one the reference's optimiser stopped at"
STANDARD_ERRORS = 4.0


ORIENTATION = 1e-4
"""RTSA's whole analyses, which the README gives for orientation: their inflation is solved to few digits."""
BOUNDS, LDBOUNDS, CLOSED_ZERO = 1e-5, 5e-4, 1e-12
"""Bounds on the z scale; the second for ldbounds, whose grid is coarser."""


def _about_looks(case: Mapping[str, Any]) -> bool:
    options = case.get("options", {})
    return "timing" in options or str(case.get("method")).startswith("RTSA") or (
        "rrr" in options and case.get("dataset") is not None
    )  # fmt: skip


def tolerance(case: Mapping[str, Any], path: tuple[str, ...]) -> tuple[float, float] | None:
    """Relative and absolute tolerance, or None where the general ones hold."""
    if str(case.get("method", "")).startswith("estmeansd::"):
        return FITTED_QUANTILES, 1e-12
    if _about_looks(case):
        if path[0].startswith("ldbounds"):
            return LDBOUNDS, 0.0
        return (ORIENTATION if case.get("method") == "RTSA::RTSA" else BOUNDS), CLOSED_ZERO
    if path[0].startswith("sigma2_"):
        return 0.0, PROFILE
    if case.get("method") in dependence.CASES and not CLOSED_KEYS & set(path):
        return SEARCHED, SEARCHED_ZERO
    return None


def explanation(
    case: Mapping[str, Any], answer: Mapping[str, Any], columns: Columns, wrong: Sequence[Mapping[str, Any]]
) -> str | None:
    """Why the reference is wrong where the two differ, or None if that cannot be shown."""
    method = str(case.get("method", ""))
    if method.startswith("estmeansd::"):
        return _medians(case, answer, columns, method)
    if _about_looks(case):
        return _looks(case, answer, columns, wrong)
    if method in dependence.CASES and not any(CLOSED_KEYS & set(str(one["key"]).split(".")) for one in wrong):
        return _likelier(case["results"], answer)
    return None


HIGHER = "the reference stopped before its optimum: a higher likelihood exists"


def _likelier(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> str | None:
    """Whether every likelihood that the reference prints is below the engine's."""
    pairs = [(theirs.get("logLik"), ours.get("logLik"))]
    pairs += [(value.get("logLik"), ours[name].get("logLik")) for name, value in theirs.items()
              if isinstance(value, dict) and isinstance(ours.get(name), dict)]  # fmt: skip
    known = [(a, b) for a, b in pairs if a is not None and b is not None]
    if not known or any(b < a - ROUNDING * abs(a) for a, b in known):
        return None
    return HIGHER if any(b > a + ROUNDING * abs(a) for a, b in known) else None


ROUNDING = 1e-11
"""Relative: likelihoods nearer than this are the same."""


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


CAPPED = "the program puts 20 or infinity for early bounds that exist"
UNSPENT = "a finer integration shows that the reference's bound does not spend what it should"
MISSED = 1e-4
"""Relative error of the spending at a bound that shows it to be wrong."""
FINER = 1.0
"""Length of a panel in the integration that proves; half of the engine's own."""


def _looks(
    case: Mapping[str, Any], answer: Mapping[str, Any], columns: Columns, wrong: Sequence[Mapping[str, Any]]
) -> str | None:
    """A reason for every difference, or None."""
    reasons = []
    for one in wrong:
        key, place = str(one["key"]).rsplit(".", 1) if "." in str(one["key"]) else (str(one["key"]), "0")
        theirs, ours = one["reference"], one["engine"]
        if key.startswith("REML."):
            reasons.append(HIGHER if _reml_is_higher(case, answer, columns) else None)
        elif theirs in CAPS and isinstance(ours, float) and abs(ours) > EARLY_BOUND:
            reasons.append(CAPPED)
        elif isinstance(theirs, float) and isinstance(ours, float):
            reasons.append(UNSPENT if place.isdigit() and _misspends(case, answer, key, int(place)) else None)
        else:
            reasons.append(None)
    return None if None in reasons else "; ".join(sorted({reason for reason in reasons if reason}))


CAPS = (20, -20, "Infinity")
EARLY_BOUND = 6.0
"""Bounds below this spend enough (1e-9) for every program to compute them."""


def _misspends(case: Mapping[str, Any], answer: Mapping[str, Any], key: str, place: int) -> bool:
    """Does the reference's bound fail to spend its increment, while the engine's own spends it?"""
    times = case["options"].get("timing") or [*answer.get("info_fraction", [])]
    theirs, ours = case["results"].get(key), answer.get(key)
    if not times or not isinstance(theirs, list) or not isinstance(ours, list):
        return False
    alpha, sides = float(case["options"].get("alpha", 0.05)), int(case["options"].get("sides", 2))
    function, gamma = looks.spending_of(case), looks.gamma_of(case)
    share, factor = (alpha, 1 / sides) if "overall" in key else (alpha / sides, 1.0)
    spending = [factor * sequential.spent(t, share, function, gamma=gamma) for t in times]
    increment = spending[place] - (spending[place - 1] if place else 0.0)
    errors = []
    for bounds in (theirs, ours):
        walk = sequential.Walk(panel=FINER)
        for i in range(place):
            top = math.inf if bounds[i] in CAPS or bounds[i] is None else float(bounds[i])
            walk.advance(times[i], [(-top, top)] if sides == 2 else [(-math.inf, top)], times[i + 1])
        errors.append(abs(walk.above(times[place], float(bounds[place])) / increment - 1))
    return errors[0] > MISSED > errors[1]


def _reml_is_higher(case: Mapping[str, Any], answer: Mapping[str, Any], columns: Columns) -> bool:
    """Is the restricted likelihood at every look at least as high at the engine's tau2?"""
    import numpy as np

    tables = {"ai": columns["eI"], "n1i": columns["nI"], "ci": columns["eC"], "n2i": columns["nC"]}
    found = effects(tables, {"measure": "RR"})
    y, v = np.asarray(found.estimate), np.asarray(found.variance)
    return all(
        log_likelihood(y[: i + 1], v[: i + 1], ours, restricted=True)
        >= log_likelihood(y[: i + 1], v[: i + 1], theirs, restricted=True) - 1e-12
        for i, (theirs, ours) in enumerate(zip(case["results"]["REML"]["tau2"], answer["REML"]["tau2"], strict=True))
        if i and theirs is not None
    )
