"""Answers on small-study effects in the terms of metafor, meta and metasens."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from meta.stats.continuity import continuity
from meta.stats.effects import effects_of
from meta.stats.inputs import BinaryArms, ContinuousArms
from meta.stats.measures import measure as measure_of
from meta.stats.results import NotEstimable
from meta.stats.small_study import (
    AsymmetryTest,
    PetPeese,
    arcsine_egger,
    begg,
    deeks,
    doi,
    e_value,
    e_value_of_difference,
    egger,
    excess_significance,
    fail_safe,
    harbord,
    limit_meta_analysis,
    macaskill,
    pet_peese,
    peters,
    pustejovsky,
    regression_test,
    schwarzer,
    selection_model,
    thompson_sharp,
    trim_and_fill,
)

from .data import Columns, arms_of
from .metafor import TESTS, effects

Answer = dict[str, Any]
COMMON = ("EE", "FE", "CE")
EXACT_SELECTIONS = 1e6
"""tes takes the exact test where there are at most so many ways to choose the significant studies."""


def _studies(columns: Columns, options: Mapping[str, Any]) -> tuple[Any, Any]:
    return effects(columns, {"measure": "GEN", **options}).usable


def _tau2(options: Mapping[str, Any]) -> str | None:
    tau2 = options.get("tau2_method", "REML")
    return None if tau2 in COMMON else str(tau2)


def _level(options: Mapping[str, Any]) -> float:
    return float(options.get("level", 0.95))


def regtest(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
    """regtest: weighted line or mixed-effects meta-regression on a predictor."""
    y, v = _studies(columns, options)
    model = options.get("model", "rma")
    found = regression_test(
        y, v, predictor=options.get("predictor", "sei"), model=model, sizes=_sizes(columns),
        tau2=_tau2(options) or "REML", test=TESTS[options.get("test", "z")].replace("wald", "z"), level=_level(options),
    )  # fmt: skip
    if isinstance(found, NotEstimable):
        return found
    interval = found.limit_interval
    answer: Answer = {
        "t" if model == "lm" else "z": found.statistic,
        "df": found.df,
        "p": found.p_value,
        "intercept": found.intercept,
        "intercept_se": found.intercept_se,
        "slope": found.bias,
        "slope_se": found.bias_se,
        "limit_estimate": found.limit,
        "limit_ci": None if interval is None else [interval.lower, interval.upper],
    }
    return {**answer, **({"sigma": found.sigma} if model == "lm" else {"tau2": found.tau2})}


def _sizes(columns: Columns) -> Any:
    if "ni" in columns:
        return np.array(columns["ni"], dtype=float)
    if "n1i" in columns and "n2i" in columns:
        return np.array(columns["n1i"], dtype=float) + np.array(columns["n2i"], dtype=float)
    return None


def ranktest(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
    """ranktest: exact unless there are ties."""
    y, v = _studies(columns, options)
    found = begg(y, v, exact=True)
    if isinstance(found, NotEstimable):
        return found
    return {"tau": _tau_b(y, v), "p": found.p_value}


def _tau_b(y: Any, v: Any) -> float | None:
    from meta.stats.pooling.inverse_variance import weighted_mean
    from meta.stats.small_study.ranks import Kendall, kendall

    mean = weighted_mean(y, v)
    found = kendall((y - mean.estimate) / np.sqrt(v - 1.0 / mean.sum), v)
    return found.tau if isinstance(found, Kendall) else None


def metabias(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
    """meta::metabias: all its methods."""
    found = _metabias(columns, options)
    if isinstance(found, NotEstimable):
        return found
    rank = options["method"] in ("Begg", "Schwarzer")
    return {
        "statistic": found.statistic,
        "df": [] if found.df is None else found.df,
        "p": found.p_value,
        "estimate": [found.bias, found.bias_se],
        "estimate_names": ["ks", "se.ks"] if rank else ["bias", "se.bias"],
    }


def _metabias(columns: Columns, options: Mapping[str, Any]) -> AsymmetryTest | NotEstimable:
    method = str(options["method"])
    arms = arms_of(columns, options.get("measure", "GEN"))
    if isinstance(arms, BinaryArms):
        of_tables: dict[str, Callable[[BinaryArms], AsymmetryTest | NotEstimable]] = {
            "Harbord": harbord, "Peters": peters, "Schwarzer": schwarzer, "Deeks": deeks,
        }  # fmt: skip
        if method in of_tables:
            return of_tables[method](arms)
        if options.get("measure") in ("ASD", "AS") and method == "Egger":
            return arcsine_egger(arms)
        found = effects_of(arms, measure_of(options.get("measure", "OR")), continuity("revman5"))
    elif isinstance(arms, ContinuousArms):
        exact = options.get("exact_smd", True)
        variant = ("meta-exact" if exact else "revman5") if options.get("measure") == "SMD" else None
        if method == "Pustejovsky":
            return pustejovsky(arms, variant=variant or "meta-exact")
        found = effects_of(arms, measure_of(options.get("measure", "MD")), continuity("revman5"), variant)
    else:
        found = effects(columns, {"measure": "GEN", **options})
    y, v = found.usable
    if method == "Egger":
        return egger(y, v)
    if method == "Thompson":
        return thompson_sharp(y, v, tau2=_tau2(options) or "REML")
    if method == "Begg":
        return begg(y, v)
    sizes = _sizes(columns)
    if method == "Macaskill" and sizes is not None:
        return macaskill(y, v, sizes[found.estimable])
    return NotEstimable(f"The test {method} does not go with these data.")


def trimfill(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
    """trimfill.rma.uni."""
    y, v = _studies(columns, options)
    found = trim_and_fill(
        y, v, tau2=_tau2(options), estimator=options.get("estimator", "L0"), side=options.get("side"),
        interval=TESTS[options.get("test", "z")], level=_level(options),
    )  # fmt: skip
    if isinstance(found, NotEstimable):
        return found
    value = found.pooled
    answer: Answer = {
        "k0": found.missing,
        "se_k0": found.missing_se,
        "k": value.k,
        "estimate": value.estimate,
        "se": value.standard_error,
        "ci_lo": value.lower,
        "ci_hi": value.upper,
        "p": value.p_value,
        "tau2": found.tau2,
        "Q": found.q,
        "side": found.side,
        "filled_yi": list(found.filled_estimates),
        "filled_vi": list(found.filled_variances),
    }
    return answer if found.p_value is None else {**answer, "p_k0": found.p_value}


def fsn(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
    """fsn: Rosenthal, Orwin (weighted), Rosenberg, General."""
    y, v = _studies(columns, options)
    target = options.get("target")
    found = fail_safe(
        y, v, kind=options.get("type", "Rosenthal"), alpha=float(options.get("alpha", 0.05)),
        target=float(target) if isinstance(target, int | float) else None, tau2=_tau2(options) or "REML",
    )  # fmt: skip
    if isinstance(found, NotEstimable):
        return found
    return {"fsn": found.number, "p_observed": found.p_value, "average": found.average, "target": found.target}


def pet_peese_case(model: str) -> Callable[[Columns, Mapping[str, Any]], Answer | NotEstimable]:
    """Both fits by the weighted line or by meta-regression."""

    def run(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
        y, v = _studies(columns, options)
        found = pet_peese(y, v, model=model, tau2=_tau2(options) or "REML", level=_level(options))
        if not isinstance(found, PetPeese):
            return found
        answer: Answer = {
            "pet": _line(found.pet, found.pet_p_value, model),
            "peese": _line(found.peese, found.peese_p_value, model),
        }
        return {**answer, "df": found.pet.df} if model == "lm" else answer

    return run


def _line(found: AsymmetryTest, p: float, model: str) -> Answer:
    interval = found.limit_interval
    answer: Answer = {
        "estimate": found.intercept,
        "se": found.intercept_se,
        "p": p,
        "ci": None if interval is None else [interval.lower, interval.upper],
        "slope": found.bias,
        "slope_se": found.bias_se,
        "slope_p": found.p_value,
    }
    if model == "lm":
        return {**answer, "t": (found.intercept or 0.0) / (found.intercept_se or 1.0)}
    return {**answer, "tau2": found.tau2}


def selmodel(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
    """selmodel.rma.uni."""
    y, v = _studies(columns, options)
    steps = options.get("steps")
    found = selection_model(
        y, v, kind=options.get("type", "stepfun"),
        steps=(0.025,) if steps is None else [steps] if isinstance(steps, int | float) else steps,
        alternative=options.get("alternative", "greater"), random=options.get("tau2_method", "ML") not in COMMON,
        peak="nearest", level=_level(options),
    )  # fmt: skip
    if isinstance(found, NotEstimable):
        return found
    value = found.pooled
    return {
        "estimate": value.estimate,
        "se": value.standard_error,
        "ci_lo": value.lower,
        "ci_hi": value.upper,
        "p": value.p_value,
        "tau2": found.tau2,
        "se_tau2": found.tau2_se,
        "delta": list(found.delta),
        "se_delta": list(found.delta_se),
        "LRT": found.lrt,
        "LRT_df": found.lrt_df,
        "LRT_p": found.lrt_p,
        "logLik": found.log_likelihood,
        "notes": list(found.notes),
    }


def tes(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
    """tes: exact where few selections are possible, else chi-square."""
    y, v = _studies(columns, options)
    more = {
        "alpha": float(options.get("alpha", 0.05)),
        "alternative": options.get("alternative", "two.sided"),
        "excess": options.get("test_alternative", "greater"),
    }
    found = excess_significance(y, v, **more)
    k = len(y)
    counts = {
        "greater": range(found.observed, k + 1), "less": range(found.observed + 1), "two.sided": range(k + 1),
    }[more["excess"]]  # fmt: skip
    if sum(math.comb(k, j) for j in counts) > EXACT_SELECTIONS:
        found = excess_significance(y, v, test="chi-square", **more)
    return {
        "k": k,
        "observed": found.observed,
        "expected": found.expected,
        "ratio": found.ratio,
        "theta": found.effect,
        "stat": found.statistic,
        "p": found.p_value,
    }


def limitmeta(columns: Columns, options: Mapping[str, Any]) -> Answer:
    """metasens::limitmeta, method beta0."""
    y, v = _studies(columns, options)
    found = limit_meta_analysis(y, v, tau2=_tau2(options) or 0.0, level=_level(options))
    value = found.pooled
    return {
        "estimate": value.estimate,
        "se": value.standard_error,
        "ci_lo": value.lower,
        "ci_hi": value.upper,
        "p": value.p_value,
        "alpha_r": found.alpha,
        "beta_r": found.beta,
        "Q_small": found.q_small,
        "Q_small_p": found.q_small_p,
        "Q_resid": found.q_residual,
        "Q_resid_p": found.q_residual_p,
        "G2": found.g2,
    }


def lfk(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
    """metasens::lfkindex."""
    found = doi(*_studies(columns, options))
    if isinstance(found, NotEstimable):
        return found
    return {"lfk": found.index, "abs_zscore": [abs(point.z) for point in found.points]}


def e_values(case: Mapping[str, Any]) -> Answer:
    """E-values by the published formulas; the scale is in the case's description or id."""
    options = case["options"]
    if "d" in options:
        found = e_value_of_difference(float(options["d"]), float(options["se"]))
        return {"rr": found.risk_ratio, "e_point": found.point, "e_ci": found.limit}
    named = str(options.get("measure", "")) or str(case["id"]).removeprefix("evalue-").split("-")[0]
    rare = named in ("OR", "HR") and ("rare" in str(case["id"]) or bool(options.get("rare", False)))
    scale = f"{named}-rare" if rare else named
    limits = [None if options.get(key) is None else float(options[key]) for key in ("ci_lo", "ci_hi")]
    ratio = e_value(float(options["estimate"]), limits[0], limits[1], scale=scale)
    return {"rr": ratio.risk_ratio, "e_point": ratio.point, "e_ci": ratio.limit}


CASES: dict[str, Callable[[Columns, Mapping[str, Any]], Answer | NotEstimable]] = {
    "regtest model=lm": regtest,
    "regtest model=rma": regtest,
    "ranktest": ranktest,
    "meta::metabias": metabias,
    "trimfill": trimfill,
    "fsn": fsn,
    "lm": pet_peese_case("lm"),
    "selmodel": selmodel,
    "tes": tes,
    "metasens::limitmeta": limitmeta,
    "metasens::lfkindex": lfk,
}


def options_of_failure(parts: list[str], method: str) -> dict[str, Any]:
    """Options of a reference failure, read from its id: tf-DATA-TAU2-ESTIMATOR-SIDE, selmodel-DATA-TYPE."""
    if method == "trimfill" and len(parts) >= 4:
        return dict(zip(("tau2_method", "estimator", "side"), parts[-3:], strict=True))
    if method == "selmodel":
        return {"type": parts[-1]}
    return {}


PET_PEESE_BY_REGRESSION = pet_peese_case("rma")
