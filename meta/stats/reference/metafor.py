"""Answers in the terms of R's metafor: escalc, rma.uni, rma.mh, rma.peto and their companions."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from meta.stats.continuity import Continuity, chosen_rows, corrected, double_zero
from meta.stats.distributions import critical_value
from meta.stats.effects import Effects, binary, effects_of
from meta.stats.effects.binary import observed_minus_expected
from meta.stats.effects.single import freeman_tukey_inverse, harmonic_mean
from meta.stats.inputs import BinaryArms, ContinuousArms, PersonTimeArms, Proportions, Table
from meta.stats.measures import measure as measure_of
from meta.stats.pairwise import Pairwise, analyse
from meta.stats.plan import plan
from meta.stats.pooling.inverse_variance import typical_variance
from meta.stats.pooling.robust import henmi_copas, unweighted
from meta.stats.pooling.tables import ChiSquare, breslow_day, cochran, cochran_mantel_haenszel, rate_test
from meta.stats.regression.model import criteria
from meta.stats.results import NotEstimable, Pooled
from meta.stats.tau2.intervals import tau2_interval
from meta.stats.tau2.likelihood import log_likelihood, maximum_likelihood

from .data import Columns, arms_of, correction, escalc_rule, listed, variant_of

Answer = dict[str, Any]
TESTS = {"z": "wald", "t": "t", "knha": "hk", "adhoc": "hk-se"}
MANY = 60
"""Above this many studies the reference gives summaries in place of lists."""


def effects(columns: Columns, options: Mapping[str, Any]) -> Effects:
    """The studies' effects as escalc gives them."""
    arms, measure = measured(columns, options)
    return effects_of(arms, measure_of(measure), escalc_rule(options), variant_of(options))


def escalc(columns: Columns, options: Mapping[str, Any]) -> Answer:
    """Estimates, variances and Wald intervals of the studies."""
    arms, rule = arms_of(columns, options["measure"]), escalc_rule(options)
    if isinstance(arms, BinaryArms):
        if options["measure"] == "PETO":  # escalc corrects Peto's cells, too, where it is told to
            a, b, c, d = corrected(arms.cells, rule.studies)
            arms = BinaryArms(arms.labels, a, a + b, c, c + d)
        found = binary.effects_of(arms, measure_of(options["measure"]).code, rule, zero_variance=True)
    else:
        found = effects(columns, options)
    half = critical_value(0.95) * np.sqrt(found.variance)
    ok = found.estimable.tolist()
    shown = listed(found.estimate, ok)
    if isinstance(arms, ContinuousArms) and options["measure"] == "MD":  # escalc shows a difference without variance
        shown = [None if x != x else float(x) for x in arms.columns[0] - arms.columns[3]]
    return {
        "yi": shown,
        "vi": listed(found.variance, ok),
        "ci_lo": listed(found.estimate - half, ok),
        "ci_hi": listed(found.estimate + half, ok),
    }


def measured(columns: Columns, options: Mapping[str, Any]) -> tuple[Table, str]:
    """The data and the measure's code; effects that are given as such keep only their scale."""
    code = options.get("measure", "GEN")
    arms = arms_of(columns, code)
    known = measure_of(code)
    if arms.kind == "generic" and known.kind != "generic":
        code = "GENLOG" if known.is_ratio else "GEN"
    return arms, code


def _analysis(columns: Columns, options: Mapping[str, Any]) -> Pairwise:
    arms, measure = measured(columns, options)
    tau2 = options.get("tau2", options.get("tau2_method", "REML"))
    common = tau2 in ("EE", "FE", "CE")
    chosen = plan(
        arms.kind, measure, "IV", "common" if common else "random", "DL" if common else tau2,
        escalc_rule({"drop00": measure in ("OR", "RR"), **options}), TESTS[options.get("test", "z")], "t_km1",
        float(options.get("level", 0.95)), "pooled", "greenland-robins", variant_of(options),
    )  # fmt: skip
    return analyse(arms, chosen)


def uni(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
    """rma.uni without moderators."""
    result = _analysis(columns, options)
    y, v = result.effects.usable
    value = result.pooled
    if options.get("weighted") is False:
        value = unweighted(y, v, result.heterogeneity.tau2 or 0.0, level=result.plan.level)
    if isinstance(value, NotEstimable):
        return value
    return {
        **estimates(value, result),
        "k": len(y),
        **_heterogeneity(result, len(y)),
        **_prediction(result, value, y, v),
        **_q_profile(result, y, v),
        **_fit(result, y, v),
        **_studies(result),
    }


def _ratio(value: Pooled) -> str | None:
    """A statistic with standard error 0."""
    return None if value.estimate == 0 else "Infinity" if value.estimate > 0 else "-Infinity"


def estimates(value: Pooled, result: Pairwise) -> Answer:
    """The pooled effect with its test, interval and back-transformation."""
    answer: Answer = {
        "estimate": value.estimate,
        "se": value.standard_error,
        "ci_lo": value.lower,
        "ci_hi": value.upper,
        "stat": _ratio(value) if value.statistic is None else value.statistic,
        "stat_dist": value.distribution,
        "stat_df": value.df,
        "p": 0.0 if value.p_value is None and value.estimate else value.p_value,
    }
    back = result.measure.back
    if back != "none" and result.measure.code != "PFT":
        answer["back"] = {
            "transform": back,
            "estimate": result.measure.display(value.estimate),
            "ci_lo": result.measure.display(value.lower),
            "ci_hi": result.measure.display(value.upper),
        }
    return answer


def _heterogeneity(result: Pairwise, k: int) -> Answer:
    spread = result.heterogeneity
    random = result.plan.model == "random"
    if k < 2:
        return {"Q": 0.0, "Q_df": 0, "Q_p": 1.0, "tau2": _fixed(result), "se_tau2": None, "I2_metafor": 0.0,
                "H2_metafor": 1.0, "I2_from_Q": None, "H2_from_Q": None}  # fmt: skip
    return {
        "Q": spread.q,
        "Q_df": spread.df,
        "Q_p": spread.p_value,
        "tau2": spread.tau2 if random else 0.0,
        "se_tau2": spread.tau2_standard_error,
        "I2_metafor": spread.i2_from_tau2,
        "H2_metafor": spread.h2_from_tau2,
        "I2_from_Q": spread.i2,
        "H2_from_Q": spread.h2,
    }


def _fixed(result: Pairwise) -> float:
    return 0.0 if isinstance(result.plan.tau2, str) else float(result.plan.tau2)


def _prediction(result: Pairwise, value: Pooled, y: Any, v: Any) -> Answer:
    if result.plan.model == "common":
        return {}
    k, tau2 = len(y), result.heterogeneity.tau2 or 0.0
    sd = math.sqrt(tau2 + value.standard_error**2)

    def limits(df: float | None) -> list[float | None]:
        if df is not None and df < 1:
            return [None, None]
        half = critical_value(result.plan.level, df) * sd
        return [value.estimate - half, value.estimate + half]

    return {"prediction": {"sd": sd, "z": limits(None), "t_km1": limits(k - 1), "t_km2": limits(k - 2)}}


def _q_profile(result: Pairwise, y: Any, v: Any) -> Answer:
    if result.plan.model == "common":
        return {}
    found = tau2_interval(y, v, level=result.plan.level)
    if isinstance(found, NotEstimable):
        return {}
    w = 1.0 / v
    s2 = typical_variance(w, float(w.sum())) or 1.0
    limits = [found.lower, found.upper]
    return {
        "tau2_ci_qprofile": limits,
        "tau_ci_qprofile": [math.sqrt(t) for t in limits],
        "I2_ci_qprofile": [100 * t / (t + s2) for t in limits],
        "H2_ci_qprofile": [t / s2 + 1 for t in limits],
    }


def _fit(result: Pairwise, y: Any, v: Any) -> Answer:
    method = result.plan.tau2
    if result.plan.model == "common" or method not in ("REML", "ML"):
        return {}
    k = len(y)
    tau2 = result.heterogeneity.tau2 or 0.0
    value = log_likelihood(y, v, tau2, restricted=method == "REML")
    deviance = -2 * value
    if method == "ML":
        deviance -= k * math.log(2 * math.pi) + float(np.log(v).sum())
    found = criteria(value, max(k, 2) if method == "REML" else k, 1, str(method))
    undefined = k < 2 and method == "REML"
    made = {"AIC": found.aic, "BIC": "-Infinity" if undefined else found.bic, "AICc": found.aicc}
    return {"fit": {"logLik": value, "deviance": deviance, **made}}


def _studies(result: Pairwise) -> Answer:
    effects_, ok = result.effects, result.effects.estimable
    weights = result.weights / result.weights.sum() * 100
    if len(effects_) > MANY:
        y, v = effects_.estimate, effects_.variance
        return {
            "studies": {
                "yi_first5": y[:5].tolist(),
                "vi_first5": v[:5].tolist(),
                "sum_yi": float(y.sum()),
                "sum_vi": float(v.sum()),
            },
            "weights_pct": {
                "first5": weights[:5].tolist(),
                "min": float(weights.min()),
                "max": float(weights.max()),
            },
        }
    return {
        "studies": {"yi": effects_.estimate[ok].tolist(), "vi": effects_.variance[ok].tolist()},
        "weights_pct": weights[effects_.estimable].tolist(),
    }


def henmi_copas_case(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
    """hc: the Henmi-Copas interval."""
    y, v = effects(columns, options).usable
    value = henmi_copas(y, v)
    if isinstance(value, NotEstimable):
        return value
    found = _analysis(columns, {**options, "tau2_method": "DL"})
    return {
        "estimate": value.estimate,
        "se": value.standard_error,
        "ci_lo": value.lower,
        "ci_hi": value.upper,
        "tau2": found.heterogeneity.tau2,
    }


def profile_case(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
    """confint type PL: profile-likelihood limits of tau2 for the ML and REML fits."""
    y, v = effects(columns, {"measure": "GEN", **options}).usable
    answer: Answer = {}
    for method in ("ML", "REML"):
        found = tau2_interval(y, v, method=f"PL-{method}")
        if isinstance(found, NotEstimable):
            return found
        answer[method] = [found.lower, found.upper]
    return answer


def freeman_tukey_case(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
    """transf.ipft.hm: the pooled Freeman-Tukey proportion back-transformed with the harmonic mean of sizes."""
    result = _analysis(columns, options)
    value = result.pooled
    if isinstance(value, NotEstimable) or not isinstance(result.arms, Proportions):
        return value if isinstance(value, NotEstimable) else NotEstimable("Not a proportion.")
    n = harmonic_mean(result.arms.total)
    return {
        "harmonic_mean_n": n,
        **estimates(value, result),
        "back": {
            "estimate": freeman_tukey_inverse(value.estimate, n),
            "ci_lo": freeman_tukey_inverse(value.lower, n),
            "ci_hi": freeman_tukey_inverse(value.upper, n),
        },
    }


def optimum_case(columns: Columns, _: Mapping[str, Any]) -> Answer:
    """The global REML and ML optimum of tau2."""
    y, v = effects(columns, {"measure": "GEN"}).usable
    return {
        "global_REML": maximum_likelihood(y, v, restricted=True).value,
        "global_ML": maximum_likelihood(y, v, restricted=False).value,
    }


def mantel_haenszel_rule(options: Mapping[str, Any]) -> Continuity:
    """rma.mh's separate corrections for the studies' own effects and for the pooled counts."""
    return Continuity(
        "reference",
        "As the reference case says.",
        correction(
            options.get("study_add", 0.5), options.get("study_to", "only0"), bool(options.get("drop00_studies", True))
        ),
        correction(
            options.get("pooled_add", 0), options.get("pooled_to", "only0"), bool(options.get("drop00_pool", False))
        ),
    )


def mantel_haenszel(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
    """rma.mh: pooled from the counts, Q from the studies' own effects, and the tests on the tables."""
    measure = options["measure"]
    arms = arms_of(columns, measure)
    rule = mantel_haenszel_rule(options)
    chosen = plan(
        arms.kind, measure, "MH", "common", "DL", rule, "wald", "t_km1", 0.95, "pooled", "sato", None
    )  # fmt: skip
    result = analyse(arms, chosen)
    tests = _table_tests(arms, result, rule, bool(options.get("cmh_correct", "nocmhcorr" not in options)))
    value = result.pooled
    spread = result.heterogeneity
    answer: Answer = {"k": _pooled_k(arms, rule), "k_for_Q": result.k, **tests}
    if isinstance(value, NotEstimable):
        names = ("estimate", "se", "ci_lo", "ci_hi")
        if measure == "RD" or (measure == "RR" and _every_event(arms)):
            # rma.mh gives 0 with standard error 0 where no study, or every study, has nothing but events
            return {**answer, **dict.fromkeys(names, 0.0), "p": None, "Q": spread.q, "Q_p": spread.p_value}
        q: Answer = {"Q": 0.0, "Q_p": 1.0} if result.k < 2 else {"Q": None, "Q_p": None}
        return {**answer, **dict.fromkeys((*names, "p")), **q}
    df = max(result.k - 1, 0)
    answer |= {
        **estimates(value, result),
        "Q": spread.q,
        "Q_df": df,
        "Q_p": spread.p_value,
        "I2_metafor": spread.i2 if spread.i2 is not None else 0.0,
        "H2_metafor": spread.h2,
        **_studies(result),
        "weights_pct": (result.weights / result.weights.sum() * 100)[_in_pool(arms, rule)].tolist(),
    }
    return answer


def _every_event(arms: Table) -> bool:
    return isinstance(arms, BinaryArms) and float(arms.cells[1].sum() + arms.cells[3].sum()) == 0


def _in_pool(arms: Table, rule: Continuity) -> Any:
    keep = arms.complete.copy()
    if isinstance(arms, BinaryArms) and rule.pooled.drop_double_zero == "always":
        keep &= ~double_zero(arms.cells)
    return keep


def _pooled_k(arms: Table, rule: Continuity) -> int:
    return int(_in_pool(arms, rule).sum())


def _table_tests(arms: Table, result: Pairwise, rule: Continuity, correct: bool) -> Answer:
    none = dict.fromkeys(("BreslowDay", "BreslowDay_p", "Tarone", "Tarone_p", "Cochran_stat", "Cochran_p"))
    if isinstance(arms, PersonTimeArms):
        if result.measure.code != "IRR":
            return {**none, "CMH_stat": None, "CMH_p": None}
        found = rate_test(*arms.columns, corrected=correct)
        return {**none, **_chi(found, "CMH_stat", "CMH_p")}
    if not isinstance(arms, BinaryArms):
        return none
    keep = _in_pool(arms, rule)
    cells = chosen_rows(corrected(arms.cells, rule.pooled), keep)
    answer = _chi(cochran_mantel_haenszel(cells, corrected=correct), "CMH_stat", "CMH_p")
    if result.measure.code != "OR":
        return {**none, "CMH_stat": None, "CMH_p": None}
    answer |= _chi(cochran(cells, corrected=correct), "Cochran_stat", "Cochran_p")
    if isinstance(result.pooled, Pooled):
        both = breslow_day(cells, math.exp(result.pooled.estimate))
        if not isinstance(both, NotEstimable):
            answer |= _chi(both[0], "BreslowDay", "BreslowDay_p") | _chi(both[1], "Tarone", "Tarone_p")
    return {**none, **answer}


def _chi(value: ChiSquare | NotEstimable, name: str, p_name: str) -> Answer:
    if isinstance(value, NotEstimable):
        return {name: None, p_name: None}
    return {name: value.statistic, p_name: value.p_value}


def peto(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
    """rma.peto."""
    arms = arms_of(columns, "PETO")
    one = correction(0, "none", bool(options.get("drop00", True)))
    rule = Continuity("reference", "No correction.", one, one)
    chosen = plan(
        arms.kind, "PETO", "PETO", "common", "DL", rule, "wald", "t_km1", 0.95, "pooled", "sato", None
    )  # fmt: skip
    result = analyse(arms, chosen)
    value, spread = result.pooled, result.heterogeneity
    if isinstance(value, NotEstimable):
        return value
    return {
        **estimates(value, result),
        "k": len(arms),
        "k_for_Q": result.k,
        "Q": spread.q,
        "Q_df": max(0, result.k - 1),
        "Q_p": spread.p_value,
        "I2_metafor": spread.i2 if spread.i2 is not None else 0.0,
        "H2_metafor": spread.h2,
        **_peto_studies(arms, result),
    }


def _peto_studies(arms: Table, result: Pairwise) -> Answer:
    """rma.peto pools the counts as they are, but lists effects of corrected cells, and weights of all studies."""
    shown = escalc_rule({"drop00": True})
    if not isinstance(arms, BinaryArms) or len(arms) > MANY:
        return {}
    a, b, c, d = corrected(arms.cells, shown.studies)
    listed_ = binary.effects_of(BinaryArms(arms.labels, a, a + b, c, c + d), "PETO", shown)
    keep = listed_.estimable & ~double_zero(arms.cells)
    weights = observed_minus_expected(*arms.cells)[1]
    return {
        "studies": {"yi": listed_.estimate[keep].tolist(), "vi": listed_.variance[keep].tolist()},
        "weights_pct": (weights / weights.sum() * 100).tolist(),
    }


def peto_components(columns: Columns, _: Mapping[str, Any]) -> Answer | NotEstimable:
    """O - E and V of every study, and what they give together."""
    arms = arms_of(columns, "PETO")
    if not isinstance(arms, BinaryArms):
        return NotEstimable("Peto's method needs events in two arms.")
    gap, v = observed_minus_expected(*arms.cells)
    total = float(v.sum())
    if total <= 0:
        return NotEstimable("No study has both events and people without events.")
    return {
        "O_minus_E": gap.tolist(),
        "V": v.tolist(),
        "pooled_log_or": float(gap.sum()) / total,
        "se": 1 / math.sqrt(total),
    }


ESTIMATED = frozenset({"EE", "DL", "REML", "ML", "PM", "PMM", "EB", "HE", "SJ", "HS", "HSk"})

CASES: dict[str, Callable[[Columns, Mapping[str, Any]], Answer | NotEstimable]] = {
    "hc": henmi_copas_case,
    "confint type PL": profile_case,
    "transf.ipft.hm": freeman_tukey_case,
    "rma.uni / optimize": optimum_case,
    "rma.mh": mantel_haenszel,
    "rma.peto": peto,
}
