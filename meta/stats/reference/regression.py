"""Answers on subgroups and meta-regression in the terms of metafor."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from meta.stats.distributions import chi2_upper
from meta.stats.errors import StatsError
from meta.stats.inputs import GenericEffects
from meta.stats.regression.design import INTERCEPT, Design, design
from meta.stats.regression.model import Regression, likelihood_ratio, regress
from meta.stats.results import NotEstimable, Pooled
from meta.stats.subgroups import Difference, subgroups

from .data import Columns, arms_of

Answer = dict[str, Any]
TESTS = {"z": "z", "t": "t", "knha": "hk", "adhoc": "hk-se"}


def formula(text: str, columns: Columns, k: int) -> Design:
    """A design from an R formula of names, ``+``, ``*``, ``:`` and ``- 1``."""
    body = text.replace("~", "").replace(" ", "")
    intercept = not re.search(r"(-1|\+0)$", body)
    body = re.sub(r"(-1|\+0)$", "", body)
    names: list[str] = []
    pairs: list[tuple[str, str]] = []
    for term in filter(None, body.split("+")):
        parts = re.split(r"[*:]", term)
        if "*" in term or len(parts) == 1:
            names += [part for part in parts if part not in names and part != "1"]
        if len(parts) == 2:
            pairs.append((parts[0], parts[1]))
    return design({name: columns[name] for name in names}, k, interactions=pairs, intercept=intercept)


def _tau2(options: Mapping[str, Any]) -> str | None:
    method = options.get("tau2_method", "REML")
    return None if method in ("EE", "FE", "CE") else str(method)


def _fit(columns: Columns, text: str, options: Mapping[str, Any]) -> Regression | NotEstimable:
    effects = np.array(columns["yi"], dtype=float), np.array(columns["vi"], dtype=float)
    chosen = formula(text, columns, len(effects[0]))
    return regress(
        *effects, chosen, tau2=_tau2(options), test=TESTS[options.get("test", "z")],
        level=float(options.get("level", 0.95)),
    )  # fmt: skip


def regression(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
    """rma.uni with moderators."""
    found = _fit(columns, options["formula"], options)
    if isinstance(found, NotEstimable):
        return found
    df = None if found.test == "z" else found.df_residual
    items = found.coefficients
    answer: Answer = {
        "k": found.k,
        "p": len(items),
        "coef_names": ["intrcpt" if item.name == INTERCEPT else item.name for item in items],
        "coef": [item.estimate for item in items],
        "se": [item.standard_error for item in items],
        "stat": [item.statistic for item in items],
        "stat_dist": "z" if df is None else "t",
        "stat_df": df,
        "pval": [item.p_value for item in items],
        "ci_lo": [item.lower for item in items],
        "ci_hi": [item.upper for item in items],
        "vcov": [list(row) for row in found.vcov],
        "tau2": 0.0 if found.tau2 is None else found.tau2.value,
        "se_tau2": None if found.tau2 is None else found.tau2.standard_error,
        "I2_metafor": found.i2,
        "H2_metafor": found.h2,
        "R2_pct": found.r2,
        "QE": found.q_residual,
        "QE_df": found.df_residual,
        "QE_p": found.q_residual_p,
    }
    if found.omnibus is not None:
        answer |= {
            "QM": found.omnibus.statistic,
            "QM_df": [found.omnibus.df, found.omnibus.df_residual],
            "QM_p": found.omnibus.p_value,
        }
    if found.tau2 is not None:
        limits = found.tau2_interval()
        answer["tau2_ci_qprofile"] = [limits.lower, limits.upper]
    if found.fit is not None:
        fit = found.fit
        answer["fit"] = {"logLik": fit.log_likelihood, "AIC": fit.aic, "BIC": fit.bic, "AICc": fit.aicc}
    return answer


def predictions(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
    """predict.rma at the first three rows of the data."""
    found = _fit(columns, options["formula"], options)
    if isinstance(found, NotEstimable):
        return found
    rows = found.design.matrix[:3, 1:].tolist()
    made = found.predict(rows)
    return {
        "newmods": rows,
        "pred": [mean for mean, _, _, _ in made],
        "se": [se for _, se, _, _ in made],
        "ci_lo": [ci.lower for _, _, ci, _ in made],
        "ci_hi": [ci.upper for _, _, ci, _ in made],
        "pi_lo": [pi.lower for _, _, _, pi in made],
        "pi_hi": [pi.upper for _, _, _, pi in made],
    }


def ratio(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
    """anova.rma: likelihood-ratio test of two ML fits."""
    fits = [_fit(columns, options[name], {"tau2_method": "ML"}) for name in ("full", "reduced")]
    if not isinstance(fits[0], Regression) or not isinstance(fits[1], Regression):
        return NotEstimable("One of the two models cannot be fitted.")
    found = likelihood_ratio(fits[0], fits[1])
    return {"LRT": found.statistic, "df": found.df, "p": found.p_value}


def groups(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
    """Subgroups: fitted separately, or with one tau2 through cell means. Levels alphabetical, numbers by size."""
    raw = list(columns[options["subgroup"]])
    levels = [str(level) for level in sorted(set(raw))]
    names = [str(value) for value in raw]
    if options.get("tau2") == "common":
        return _cell_means(columns, names, levels, options)
    arms = arms_of({"yi": columns["yi"], "vi": columns["vi"]}, "GEN")
    if not isinstance(arms, GenericEffects):
        raise StatsError("Subgroups of a reference file are of effects and variances.")
    tau2 = _tau2(options)
    found = subgroups(
        arms, names, method="IV", model="common" if tau2 is None else "random", tau2=tau2 or "DL", interval="wald"
    )  # fmt: skip
    parts = dict(found.groups)
    values = [parts[level].pooled for level in levels]

    def of(name: str) -> list[float | None]:
        return [getattr(value, name) if isinstance(value, Pooled) else None for value in values]

    spreads = [parts[level].heterogeneity for level in levels]
    test = found.difference
    return {
        "levels": levels,
        "k": [parts[level].k for level in levels],
        "estimate": of("estimate"),
        "se": of("standard_error"),
        "ci_lo": of("lower"),
        "ci_hi": of("upper"),
        "p": of("p_value"),
        "tau2": [spread.tau2 or 0.0 for spread in spreads],
        "Q": [spread.q for spread in spreads],
        "I2_metafor": [spread.i2_from_tau2 if spread.i2_from_tau2 is not None else 0.0 for spread in spreads],
        "Q_between": test.q if isinstance(test, Difference) else None,
        "df_between": test.df if isinstance(test, Difference) else None,
        "p_between": test.p_value if isinstance(test, Difference) else None,
    }


def _cell_means(
    columns: Columns, names: list[str], levels: list[str], options: Mapping[str, Any]
) -> Answer | NotEstimable:
    y, v = np.array(columns["yi"], dtype=float), np.array(columns["vi"], dtype=float)
    test = TESTS[options.get("test", "z")]
    means = Design(
        tuple(levels),
        np.array([[float(name == level) for level in levels] for name in names]),
        intercept=False,
    )
    contrasts = Design(
        (INTERCEPT, *levels[1:]), np.column_stack((np.ones(len(y)), means.matrix[:, 1:])), intercept=True
    )
    cells = regress(y, v, means, tau2=_tau2(options), test=test)
    compared = regress(y, v, contrasts, tau2=_tau2(options), test=test)
    if isinstance(cells, NotEstimable) or isinstance(compared, NotEstimable) or compared.omnibus is None:
        return NotEstimable("The subgroups cannot be compared.")
    return {
        "levels": levels,
        "estimate": [item.estimate for item in cells.coefficients],
        "se": [item.standard_error for item in cells.coefficients],
        "ci_lo": [item.lower for item in cells.coefficients],
        "ci_hi": [item.upper for item in cells.coefficients],
        "tau2": 0.0 if cells.tau2 is None else cells.tau2.value,
        "QE": cells.q_residual,
        "QE_p": chi2_upper(cells.q_residual, cells.df_residual),
        "QM": compared.omnibus.statistic,
        "QM_df": [compared.omnibus.df, compared.omnibus.df_residual],
        "QM_p": compared.omnibus.p_value,
    }


CASES: dict[str, Callable[[Columns, Mapping[str, Any]], Answer | NotEstimable]] = {
    "predict.rma": predictions,
    "anova.rma": ratio,
    "rma.uni per subgroup": groups,
}
