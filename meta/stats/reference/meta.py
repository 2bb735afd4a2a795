"""Answers in the terms of R's meta: metabin, metacont, metagen, metainc, metaprop."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from meta.stats.continuity import Continuity, Correction, Drop, To
from meta.stats.distributions import critical_value
from meta.stats.effects.proportion_intervals import PROPORTION_INTERVALS, proportion_interval
from meta.stats.inputs import ContinuousArms, Proportions, Table
from meta.stats.pairwise import Pairwise, analyse
from meta.stats.plan import Plan, plan
from meta.stats.pooling.robust import ivhet
from meta.stats.results import Interval, NotEstimable, Pooled
from meta.stats.subgroups import Difference, subgroups_of
from meta.stats.tau2.intervals import h_interval, tau2_interval

from .data import Columns, arms_of, listed

Answer = dict[str, Any]
HARTUNG_KNAPP = {"": "hk", "se": "hk-se", "ci": "hk-ci", "IQWiG6": "hk-iqwig"}
PREDICTIONS = {
    "V": "t_km1",
    "HTS": "t_km2",
    "HK": "hk",
    "HK-PR": "hk-km2",
    "KR": "kr",
    "KR-PR": "kr-pr",
    "S": "z",
}
EDGE = 1e-15
"""Closer to 0 or 1 a limit is at the end of the scale."""

TAU2_INTERVALS = {"QP": "Q-profile", "J": "Jackson", "BJ": "Biggerstaff-Jackson"}


def _rule(options: Mapping[str, Any]) -> Continuity:
    """meta's corrections: RevMan's totals only with ``RR_Cochrane``, risk ratios of all-event studies kept."""
    cochrane = options.get("RR_Cochrane", options.get("settings") == "RevMan5")
    drop: Drop = "never" if options.get("allstudies") else "no-events"
    to: To = "tacc" if options.get("method_incr") == "TACC" else "only0"
    one = Correction(
        1.0 if to == "tacc" else 0.5, to, drop, keep_difference=True, events_only=not cochrane and to == "only0"
    )
    pooled = Correction(0.0, "none") if options.get("MH_exact") else replace(one, events_only=False)
    return Continuity("meta", "As R's meta.", one, pooled)


def _variant(arms: Table, options: Mapping[str, Any]) -> tuple[str, str | None]:
    """meta's measure and formula: (code, variant)."""
    measure = options.get("measure", "GEN")
    if not isinstance(arms, ContinuousArms):
        return measure, None
    if measure == "MD":
        return measure, "pooled" if options.get("pooledvar") else "separate"
    if measure == "ROM":
        return measure, "plain"
    style = options.get("method_smd", "Hedges")
    if style == "Cohen":
        return "SMD", "cohen"
    if style == "Glass":
        return "SMD1", "meta"
    return "SMD", "meta-exact" if options.get("exact_smd") else "revman5"


def _plan(arms: Table, options: Mapping[str, Any]) -> Plan:
    measure, variant = _variant(arms, options)
    method = {"MH": "MH", "Inverse": "IV", "Peto": "PETO", "SSW": "SSW", "Cochran": "COCHRAN"}.get(
        options.get("method", "Inverse"), "IV"
    )
    interval = "wald"
    if options.get("random_ci") == "HK":
        interval = HARTUNG_KNAPP[options.get("adhoc") or ""]
    elif options.get("random_ci") == "KR":
        interval = "kr"
    asked = str(options.get("predict", options.get("prediction", "V"))).split()[0]
    centred = options.get("Q_Cochrane", options.get("settings") == "RevMan5" and method == "MH")
    usual = "DL" if options.get("settings") == "RevMan5" else "REML"
    return plan(
        arms.kind, measure, method, "random", options.get("tau2_method", usual),
        _rule(options), interval, PREDICTIONS[asked], float(options.get("level", 0.95)),
        "pooled" if centred else "inverse-variance", "greenland-robins", variant,
    )  # fmt: skip


def analysis(columns: Columns, options: Mapping[str, Any]) -> Pairwise:
    """The analysis that a case stands for."""
    arms = arms_of(columns, options.get("measure", "GEN"))
    return analyse(arms, _plan(arms, options))


def answer(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
    """Any of meta's functions."""
    if "ci" in options:
        return _proportions(columns, options["ci"])
    result = analysis(columns, options)
    chosen = result.plan
    if options.get("common_ci") == "IVhet":
        value = ivhet(*result.effects.usable, level=chosen.level)
        return value if isinstance(value, NotEstimable) else {"common": _value(value)}
    if "predict" in options:
        return _prediction_case(result)
    if "tau2_ci" in options:
        return _tau2_case(result, options)
    made = _whole(result, options)
    if "subgroup" in options:
        made["subgroups"] = _subgroups(result, columns, options)
    return made


def _value(value: Pooled | NotEstimable, *, random: bool = False) -> Answer:
    if isinstance(value, NotEstimable):
        return dict.fromkeys(("estimate", "se", "ci_lo", "ci_hi", "stat", "p"))
    made: Answer = {
        "estimate": value.estimate,
        "se": value.standard_error,
        "ci_lo": value.lower,
        "ci_hi": value.upper,
        "stat": value.statistic,
        "p": value.p_value,
    }
    if random:
        made["df"] = "Infinity" if value.df is None else value.df
    return made


def _whole(result: Pairwise, options: Mapping[str, Any]) -> Answer:
    spread, effects = result.heterogeneity, result.effects
    level = result.plan.level
    k = result.k
    h = h_interval(spread.q, k, level)
    h_limits = [h.lower, h.upper] if isinstance(h, Interval) else [None, None]
    i2_limits = [None if x is None else (x * x - 1) / (x * x) for x in h_limits]
    limits: list[float | None] = [None, None]
    tests = {} if result.measure.null is not None else {"stat": None, "p": None}
    if not (options.get("settings") == "RevMan5" and result.plan.method == "MH"):
        found = tau2_interval(
            *effects.usable, method="Jackson" if result.plan.tau2 == "DL" else "Q-profile", level=level
        )
        if isinstance(found, Interval):
            limits = [found.lower, found.upper]
    random = _value(result.pooled, random=True) | tests
    if result.measure.kind == "proportion":
        random["df"] = "Infinity" if isinstance(result.pooled, Pooled) and result.pooled.df is None else random["df"]
    studies = _studies(result)
    made = {
        "k": k,
        "k_all": len(effects),
        "k_with_effect": k,
        "common": _value(result.common) | tests,
        "random": random,
        "Q": spread.q if k > 0 else None,
        "Q_df": max(0, k - 1),
        "Q_p": spread.p_value if k > 1 else None,
        "tau2": spread.tau2,
        "se_tau2": spread.tau2_standard_error,
        "tau2_ci": limits,
        "I2_fraction": None if spread.i2 is None else spread.i2 / 100,
        "I2_ci_fraction": i2_limits,
        "H": None if spread.h2 is None else max(1.0, math.sqrt(spread.h2)),
        "H_ci": h_limits,
        "prediction": _limits(result),
        "studies": studies,
        "weights_common_pct": _common_weights(result),
        "weights_random_pct": _percent(result.weights),
    }
    common = analyse(result.arms, replace(result.plan, model="common")).weights
    made |= {
        "yi": studies["yi"],
        "sei": studies["sei"],
        "w_common": common.tolist(),
        "w_random": result.weights.tolist(),
    }
    if result.plan.method == "MH" and options.get("settings") == "RevMan5":
        made["se_tau2"] = None
    return made


def _studies(result: Pairwise) -> Answer:
    """The studies' effects; proportions with Clopper-Pearson limits on the scale of analysis, as metaprop."""
    effects, arms = result.effects, result.arms
    known = [bool(ok) for ok in effects.estimable]
    gap = "Infinity" if result.measure.code == "OR" else None
    half = critical_value(result.plan.level) * np.sqrt(effects.variance)
    lower, upper = effects.estimate - half, effects.estimate + half
    made: Answer = {
        "yi": listed(effects.estimate, known),
        "sei": [se if se is not None else gap for se in listed(np.sqrt(effects.variance), known)],
        "ci_lo": listed(lower, known),
        "ci_hi": listed(upper, known),
    }
    if isinstance(arms, Proportions):
        x, n = arms.columns
        limits = [proportion_interval(float(a), float(b)) for a, b in zip(x, n, strict=True)]
        sizes = n.tolist()
        made["ci_lo"] = [_on_scale(result.measure.code, one.lower, m) for one, m in zip(limits, sizes, strict=True)]
        made["ci_hi"] = [_on_scale(result.measure.code, one.upper, m) for one, m in zip(limits, sizes, strict=True)]
    return made


def _on_scale(code: str, p: float, n: float) -> float | str:
    """A proportion on a measure's scale; the ends of a logarithm are infinite."""
    if code == "PR":
        return p
    if code == "PAS":
        return math.asin(math.sqrt(p))
    if code == "PFT":
        return 0.5 * (math.asin(math.sqrt(n * p / (n + 1))) + math.asin(math.sqrt((n * p + 1) / (n + 1))))
    if p <= EDGE:
        return "-Infinity"
    if code == "PLN":
        return math.log(p)
    return "Infinity" if p >= 1 - EDGE else math.log(p / (1 - p))


def _percent(weights: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[float]:
    total = float(weights.sum())
    return [float(100 * w / total) if total > 0 else 0.0 for w in weights]


def _common_weights(result: Pairwise) -> list[float]:
    return _percent(analyse(result.arms, replace(result.plan, model="common")).weights)


def _limits(result: Pairwise) -> Answer:
    found = result.prediction
    if isinstance(found, NotEstimable):
        return {"lo": None, "hi": None, "df": None}
    return {"lo": found.lower, "hi": found.upper, "df": "Infinity" if found.df is None else found.df}


def _prediction_case(result: Pairwise) -> Answer | NotEstimable:
    if isinstance(result.pooled, NotEstimable):
        return result.pooled
    return {"tau2": result.heterogeneity.tau2, "estimate": result.pooled.estimate, **_limits(result)}


def _tau2_case(result: Pairwise, options: Mapping[str, Any]) -> Answer | NotEstimable:
    method = TAU2_INTERVALS[options["tau2_ci"]]
    found = tau2_interval(*result.effects.usable, method=method, level=result.plan.level)
    if isinstance(found, NotEstimable):
        return found
    return _whole(result, options) | {"tau2_ci": [found.lower, found.upper]}


def _subgroups(result: Pairwise, columns: Columns, options: Mapping[str, Any]) -> Answer:
    groups = [str(value) for value in columns[options["subgroup"]]]
    found = subgroups_of(result, groups, common_tau2=bool(options.get("tau_common")))
    parts = [part for _, part in found.groups]
    common = [_value(part.common) for part in parts]
    random = [_value(part.pooled) for part in parts]

    def between(value: Difference | NotEstimable) -> tuple[float | None, int, float | None]:
        if isinstance(value, NotEstimable):
            return None, 0, None
        return value.q, value.df, value.p_value

    q_common, df, p_common = between(found.difference_common)
    q_random, _, p_random = between(found.difference_random)
    return {
        "levels": [level for level, _ in found.groups],
        "k": [part.k for part in parts],
        "common_estimate": [value["estimate"] for value in common],
        "common_se": [value["se"] for value in common],
        "random_estimate": [value["estimate"] for value in random],
        "random_se": [value["se"] for value in random],
        "random_ci_lo": [value["ci_lo"] for value in random],
        "random_ci_hi": [value["ci_hi"] for value in random],
        "Q": [part.heterogeneity.q for part in parts],
        "tau2": [part.heterogeneity.tau2 for part in parts],
        "I2_fraction": [None if part.heterogeneity.i2 is None else part.heterogeneity.i2 / 100 for part in parts],
        "Q_between_common": q_common,
        "Q_between_random": q_random,
        "df_between": df,
        "p_between_common": p_common,
        "p_between_random": p_random,
    }


def _proportions(columns: Columns, method: str) -> Answer | NotEstimable:
    """Intervals of the studies' proportions; all but NAsm on the logit scale, where metaprop keeps them."""
    arms = arms_of(columns, "PR")
    if not isinstance(arms, Proportions) or method not in PROPORTION_INTERVALS:
        return NotEstimable(f"There is no interval {method} for a proportion.")
    x, n = arms.columns
    limits = [proportion_interval(float(a), float(b), method=method) for a, b in zip(x, n, strict=True)]
    code = "PR" if method == "NAsm" else "PLO"
    return {
        "proportion": (x / n).tolist(),
        "ci_lo": [_on_scale(code, found.lower, 1.0) for found in limits],
        "ci_hi": [_on_scale(code, found.upper, 1.0) for found in limits],
    }
