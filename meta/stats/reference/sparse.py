"""Answers on models of counts in the terms of metafor's rma.glmm and of the files' own fits."""

from collections.abc import Callable, Mapping
from typing import Any

from meta.stats.inputs import BinaryArms
from meta.stats.pooling.tables import ChiSquare
from meta.stats.results import NotEstimable, Pooled
from meta.stats.sparse import CountModel, beta_binomial, glmm

from .data import Columns, arms_of

Answer = dict[str, Any]
ONE_GROUP = frozenset({"PLO", "IRLN"})
MOST_NODES = 200


def _pooled(value: Pooled) -> Answer:
    return {
        "estimate": value.estimate,
        "se": value.standard_error,
        "ci_lo": value.lower,
        "ci_hi": value.upper,
        "stat": value.statistic,
        "stat_dist": value.distribution,
        "stat_df": value.df,
        "p": value.p_value,
    }


def _chi(found: ChiSquare | NotEstimable, name: str) -> Answer:
    if isinstance(found, NotEstimable):
        return {name: None, f"{name}_p": None}
    return {name: found.statistic, f"{name}_p": found.p_value}


def fit(columns: Columns, options: Mapping[str, Any], *, exact: bool) -> CountModel | NotEstimable:
    """The model of a case; ``exact`` integrates as precisely as the engine can in place of the case's nodes."""
    measure = options.get("measure", "OR")
    arms = arms_of(columns, measure)
    nodes = None if exact else int(min(options.get("nAGQ", 7), MOST_NODES))
    return glmm(
        arms,
        model="one-group" if measure in ONE_GROUP else str(options.get("model", "UM.FS")),
        random=options.get("tau2_method", "ML") not in ("EE", "FE", "CE"),
        nodes=nodes,
        interval="t" if options.get("test", "z") in ("t", "knha", "adhoc") else "wald",
        level=float(options.get("level", 0.95)),
    )


def _case(*, exact: bool) -> Callable[[Columns, Mapping[str, Any]], Answer | NotEstimable]:
    def run(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
        tabled = options.get("model") == "CM.EL" and options.get("measure", "OR") == "OR"
        found = fit(columns, options, exact=exact or tabled)
        if isinstance(found, NotEstimable):
            return found
        value = found.pooled
        # after quadrature with several nodes rma.glmm shows the log-likelihood given the predicted random effects
        given = None if tabled or found.nodes == 1 else found.log_likelihood_given_effects
        shown = found.log_likelihood if given is None else given
        answer: Answer = {
            "k": found.k,
            **_pooled(value),
            "back": {
                "transform": found.measure.back,
                "estimate": found.display(value.estimate),
                "ci_lo": found.display(value.lower),
                "ci_hi": found.display(value.upper),
            },
            "tau2": found.tau2,
            "se_tau2": None,
            "sigma2_study": found.study_variance,
            "I2_metafor": found.i2,
            "H2_metafor": found.h2,
            **_chi(found.q_wald, "Q_wald"),
            **_chi(found.q_lrt, "Q_lrt"),
            "Q_df": found.k - 1,
            "logLik_ML": shown,
        }
        return answer

    return run


def beta_binomial_case(columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable:
    """Beta-binomial regression with one intraclass correlation."""
    arms = arms_of(columns, options.get("measure", "OR"))
    if not isinstance(arms, BinaryArms):
        return NotEstimable("A beta-binomial model needs events in two arms.")
    found = beta_binomial(arms, level=float(options.get("level", 0.95)))
    if isinstance(found, NotEstimable):
        return found
    return {
        **_pooled(found.pooled),
        "intercept": found.intercept,
        "rho": found.rho,
        "logLik": found.log_likelihood,
    }


CASES: dict[str, Callable[[Columns, Mapping[str, Any]], Answer | NotEstimable]] = {
    "rma.glmm": _case(exact=False),
    "own integration (rma.glmm compared)": _case(exact=True),
    "own optimiser, checked against glmmTMB": beta_binomial_case,
}
