"""Answers on several levels, several outcomes and shared controls in the terms of metafor's rma.mv."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from meta.stats import conversions
from meta.stats import multilevel as mv
from meta.stats.errors import InvalidInput
from meta.stats.multilevel.components import Correlated, Level, Random
from meta.stats.regression.design import INTERCEPT, Design, design
from meta.stats.results import NotEstimable, plain

from .data import Columns
from .metafor import effects
from .regression import formula

Answer = dict[str, Any]
Options = Mapping[str, Any]
GROUPS = (
    ("district", "school"),
    ("cluster", "study"),
    ("study", "arm"),
    ("study", "outcome"),
    ("study", "esid"),
    ("trial", "outcome"),
)
"""Outer and inner columns of data sets whose case names no random term."""


def levels(columns: Columns, text: str | None, k: int) -> tuple[Level, ...]:
    """Nested levels of an R formula ``~ 1 | outer/inner``, or of the columns that the data set has."""
    if text:
        names = str(text).split("|")[-1].replace(" ", "").split("/")
    else:
        names = next((list(pair) for pair in GROUPS if all(name in columns for name in pair)), [])
    missing = [name for name in names if name not in columns]
    if missing or not names:
        raise InvalidInput("The case names no groups that its data have.")
    return mv.nested(*((name, columns[name][:k]) for name in names))


def cluster_of(columns: Columns, options: Options) -> Sequence[Any]:
    """The column that robust errors and constant correlations go by: as named, or the outermost level."""
    name = options.get("cluster") or options.get("cluster_var")
    if name is None:
        name = next((pair[0] for pair in GROUPS if pair[0] in columns), None)
    if name is None or name not in columns:
        raise InvalidInput("The case names no clusters that its data have.")
    return columns[str(name)]


def rho_of(options: Options) -> float:
    """The constant correlation of a case."""
    return float(options.get("rho", options.get("r", 0.5)))


def sampling(columns: Columns, options: Options) -> Any:
    """V of a data set: rows of blocks (v1i, v2i, ...), else the variances, with a constant correlation if asked for."""
    k = len(columns["yi"])
    rows = [columns[name] for name in (f"v{i}i" for i in range(1, k + 1)) if name in columns]
    v = np.array(columns["vi"], dtype=float)
    if len(rows) > 1 and "trial" in columns:
        found = np.diag(v)
        trials = columns["trial"]
        for i in range(k):
            same = [j for j in range(k) if trials[j] == trials[i]]
            for place, j in enumerate(same):
                found[i, j] = rows[place][i]
        return found
    if "rho" in options:
        return mv.constant_correlation(v.tolist(), cluster_of(columns, options), rho_of(options))
    return v


def named(text: str) -> str:
    """metafor's name of a coefficient."""
    return "intrcpt" if text == INTERCEPT else text


def fit_answer(found: mv.Multilevel, case: Mapping[str, Any] | None = None) -> Answer:
    """A fit in the terms of rma.mv."""
    items = found.coefficients
    answer: Answer = {
        "k": found.k,
        "coef_names": [named(item.name) for item in items],
        "coef": [item.estimate for item in items],
        "se": [item.standard_error for item in items],
        "ci_lo": [item.lower for item in items],
        "ci_hi": [item.upper for item in items],
        "stat": [item.statistic for item in items],
        "p": [item.p_value for item in items],
        "vcov": [list(row) for row in found.covariance],
        "QE": found.q,
        "QE_df": found.q_df,
        "QE_p": found.q_p_value,
        "QM": found.omnibus,
        "QM_df": found.omnibus_df if found.test == "z" else [found.omnibus_df, found.df_residual],
        "QM_p": found.omnibus_p_value,
        "logLik": found.log_likelihood,
        "AIC": found.aic,
        "typical_vi": found.typical_variance,
    }
    if found.correlations:
        answer |= {"tau2": [one.value for one in found.variances], "rho": list(found.correlations)}
    else:
        answer |= {"sigma2": [one.value for one in found.variances], "s_names": [one.name for one in found.variances]}
        answer |= {"I2_total_pct": found.i2, "I2_levels_pct": list(found.i2_by_variance)}
    if found.prediction is not None:
        answer["pi"] = [found.prediction.lower, found.prediction.upper]
    return answer


def _inner(columns: Columns, options: Options) -> tuple[str, str]:
    """Inner and outer columns of a joint covariance: ``~ inner | outer`` or the usual names."""
    text = str(options.get("random", ""))
    if "|" in text:
        left, right = text.replace("~", "").replace(" ", "").split("|")
        if left in columns and right in columns:
            return left, right
    outer = next((name for name in ("trial", "study", "cluster") if name in columns), None)
    inner = next((name for name in ("outcome", "arm", "grp") if name in columns), None)
    if outer is None or inner is None:
        raise InvalidInput("The case names no outcomes and trials that its data have.")
    return inner, outer


def fit(columns: Columns, options: Options) -> mv.Multilevel:
    """rma.mv as a case describes it."""
    k = len(columns["yi"])
    method = str(options.get("tau2_method", "REML"))
    common = method in ("EE", "FE", "CE")
    random: Sequence[Random] = ()
    chosen: Design | None = None
    if "struct" in options:
        inner, outer = _inner(columns, options)
        random = (Correlated(columns[inner], columns[outer], str(options["struct"])),)
        chosen = design({inner: [str(value) for value in columns[inner]]}, k, intercept=False)
    elif not common:
        random = levels(columns, options.get("random"), k)
    if "formula" in options:
        chosen = formula(str(options["formula"]), columns, k)
    return mv.multilevel(
        columns["yi"], sampling(columns, options), random, design=chosen, method="REML" if common else method,
        test=str(options.get("test", "z")), level=float(options.get("level", 0.95)),
    )  # fmt: skip


def multivariate(columns: Columns, options: Options) -> Answer:
    """rma.mv."""
    return fit_answer(fit(columns, options))


def profiles(columns: Columns, options: Options) -> Answer:
    """confint.rma.mv."""
    found = fit(columns, options)
    answer: Answer = {"order": ["estimate", "lo", "hi"]}
    for i, one in enumerate(found.variances):
        limits = mv.profile_interval(found, i, level=float(options.get("level", 0.95)))
        answer[f"sigma2_{i + 1}"] = [one.value, limits.lower, limits.upper]
    return answer


def ratio_tests(columns: Columns, options: Options) -> Answer:
    """anova.rma.mv: each of two levels dropped."""
    k = len(columns["yi"])
    terms = levels(columns, options.get("random"), k)
    if len(terms) != 2:
        raise InvalidInput("The two levels of a three-level model are dropped in turn; this model has others.")
    v, method = sampling(columns, options), str(options.get("tau2_method", "REML"))
    full = mv.multilevel(columns["yi"], v, terms, method=method)
    answer: Answer = {}
    for name, kept in (("drop_between", terms[1:]), ("drop_within", terms[:1])):
        test = mv.ratio_test(full, mv.multilevel(columns["yi"], v, kept, method=method))
        answer[name] = {"LRT": test.statistic, "p": test.p_value}
    return answer


def robust_answer(found: mv.Multilevel, columns: Columns, options: Options) -> Answer:
    """robust.rma.mv: CR1, CR0 without adjustment, CR2 with clubSandwich."""
    if options.get("clubSandwich"):
        correction = str(options.get("vcov", "CR2"))
    else:
        correction = "CR1" if options.get("adjust", True) else "CR0"
    done = mv.robust(found, cluster_of(columns, options), correction=correction)
    items = done.coefficients
    return {
        "n_clusters": done.clusters,
        "estimate": [item.estimate for item in items],
        "se": [item.standard_error for item in items],
        "t": [item.statistic for item in items],
        "df": done.df[0] if correction != "CR2" else list(done.df),
        "p": [item.p_value for item in items],
        "ci_lo": [item.lower for item in items],
        "ci_hi": [item.upper for item in items],
    }


def robust(columns: Columns, options: Options) -> Answer:
    """robust(rma.mv)."""
    return robust_answer(fit(columns, options), columns, options)


def robust_uni(columns: Columns, options: Options) -> Answer:
    """robust(rma.uni): one random effect per effect, errors by cluster."""
    k = len(columns["yi"])
    found = mv.multilevel(
        columns["yi"], columns["vi"], [Level("row", range(k))], method=str(options.get("tau2_method", "REML"))
    )
    answer = robust_answer(found, columns, options)
    return {name: value[0] if isinstance(value, list) else value for name, value in answer.items()}


def correlated(columns: Columns, options: Options) -> Answer:
    """vcalc with a constant correlation, three levels, and robust errors beside them."""
    found = fit(columns, {**options, "rho": rho_of(options)})
    again = robust_answer(found, columns, options)
    limits = [[low, high] for low, high in zip(again["ci_lo"], again["ci_hi"], strict=True)]
    return {
        **fit_answer(found),
        "robust_se": again["se"],
        "robust_p": again["p"],
        "robust_ci": limits[0] if len(limits) == 1 else limits,
    }


def aggregated(columns: Columns, options: Options) -> Answer:
    """aggregate.escalc with compound symmetry."""
    v = mv.constant_correlation(columns["vi"], cluster_of(columns, options), rho_of(options))
    _, y, variance = mv.aggregate(columns["yi"], v, cluster_of(columns, options))
    return {"yi": y.tolist(), "vi": variance.tolist()}


def shared(exact: bool) -> Callable[[Columns, Options], Answer | NotEstimable]:
    """Arms against a shared control: V, generalised least squares, and three levels."""

    def run(columns: Columns, options: Options) -> Answer | NotEstimable:
        measure = str(options.get("measure", "OR"))
        binary = measure in ("OR", "RR", "RD")
        wanted = ("ai", "n1i", "ci", "n2i") if binary else ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")
        data = {name: columns[name] for name in wanted}
        found = effects(data, {**options, "measure": measure})
        if not found.estimable.all():
            return NotEstimable("An arm has no effect of its own, so there is no covariance with the others.")
        studies = columns["study"]
        if exact:
            v = mv.shared_control_covariance(
                measure, found.variance.tolist(), studies, _control(measure, columns, found)
            )
        else:
            v = mv.shared_group_correlation(found.variance.tolist(), studies, columns["n1i"], columns["n2i"])
        y = found.estimate.tolist()
        inner = columns["arm"] if "arm" in columns else list(range(len(y)))
        terms = mv.nested(("study", studies), ("arm", inner))
        return {
            "yi": y,
            "vi": found.variance.tolist(),
            "V": plain(v),
            "fixed_effect_GLS": fit_answer(mv.multilevel(y, v)),
            "three_level_REML": fit_answer(mv.multilevel(y, v, terms)),
        }

    return run


def _control(measure: str, columns: Columns, found: Any) -> dict[str, Sequence[float]]:
    control: dict[str, Sequence[float]] = {"total": columns["n2i"]}
    if "ci" in columns:
        control["events"] = columns["ci"]
    if "m2i" in columns:
        control |= {"mean": columns["m2i"], "sd": columns["sd2i"]}
    sizes: dict[Any, float] = {}
    for study, n1, n2 in zip(columns["study"], columns["n1i"], columns["n2i"], strict=True):
        sizes[study] = sizes.get(study, float(n2)) + float(n1)
    control |= {"effect": found.estimate.tolist(), "study_total": [sizes[study] for study in columns["study"]]}
    return control


def combined(columns: Columns, _: Options) -> Answer:
    """The treatment arms of each study as one."""
    studies = list(dict.fromkeys(columns["study"]))
    rows = {study: [i for i, one in enumerate(columns["study"]) if one == study] for study in studies}

    if any(value is None for name in ("ai", "n1i", "m1i", "sd1i") for value in columns[name]):
        raise InvalidInput("An arm lacks a number, so that its study cannot be combined.")

    def of(name: str, study: Any) -> list[float]:
        return [float(columns[name][i]) for i in rows[study]]

    counts = [conversions.combine_counts(of("ai", s), of("n1i", s)) for s in studies]
    means = [conversions.combine_arms(of("n1i", s), of("m1i", s), of("sd1i", s)) for s in studies]
    return {
        "study": studies,
        "events": [one["events"] for one in counts],
        "n": [one["total"] for one in counts],
        "mean": [one["mean"] for one in means],
        "sd": [one["sd"] for one in means],
    }


CASES: dict[str, Callable[[Columns, Options], Answer | NotEstimable]] = {
    "rma.mv": multivariate,
    "confint.rma.mv": profiles,
    "anova.rma.mv": ratio_tests,
    "robust": robust,
    "robust(rma.uni)": robust_uni,
    "vcalc + rma.mv": correlated,
    "aggregate.escalc": aggregated,
    "vcalc": shared(exact=False),
    "formula + rma.mv": shared(exact=True),
}


def answer(case: Mapping[str, Any], columns: Columns, options: Options) -> Answer | NotEstimable | None:
    """The answer to a case on dependent effects, or None if it is about something else."""
    method = str(case.get("method"))
    if method in CASES:
        return CASES[method](columns, options)
    if method == "formula" and {"study", "ai", "m1i"} <= set(columns):
        return combined(columns, options)
    return None
