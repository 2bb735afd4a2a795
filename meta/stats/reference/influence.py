"""Answers on influence diagnostics, residuals and the Baujat and radial plots in the terms of metafor."""

from collections.abc import Callable, Mapping
from typing import Any

from meta.stats.diagnostics import baujat, influence, radial, residuals
from meta.stats.regression.design import INTERCEPT, Design
from meta.stats.results import NotEstimable

from .data import Columns
from .metafor import TESTS, effects
from .regression import formula

Answer = dict[str, Any]


def _options(columns: Columns, options: Mapping[str, Any]) -> tuple[Any, Any, dict[str, Any]]:
    y, v = effects(columns, {"measure": "GEN", **options}).usable
    tau2 = options.get("tau2", options.get("tau2_method", "REML"))
    moderators: Design | None = None
    if "formula" in options:
        moderators = formula(str(options["formula"]), columns, len(y))
    return y, v, {"tau2": None if tau2 in ("EE", "FE", "CE") else tau2, "moderators": moderators}


def _interval(options: Mapping[str, Any]) -> str:
    return TESTS[options.get("test", "z")]


def influence_case(columns: Columns, options: Mapping[str, Any]) -> Answer:
    """influence.rma.uni."""
    y, v, more = _options(columns, options)
    found = influence(y, v, interval=_interval(options), **more)

    def of(name: str) -> list[Any]:
        return [getattr(study, name) for study in found.studies]

    answer = {
        "coef": list(found.coefficients),
        "rstudent": of("rstudent"),
        "dffits": of("dffits"),
        "cook_d": of("cook_distance"),
        "cov_r": of("covariance_ratio"),
        "tau2_del": of("tau2_deleted"),
        "QE_del": of("q_deleted"),
        "hat": of("hat"),
        "weight_pct": of("weight_percent"),
        "flagged": of("flagged"),
    }
    by_study = of("dfbetas")
    for column, name in enumerate(found.names):
        shown = "intercept" if name == INTERCEPT else name
        answer[f"dfbetas_{shown}"] = [None if row is None else row[column] for row in by_study]
    if len(found.names) == 1:
        answer["dfbetas"] = [None if row is None else row[0] for row in by_study]
    return answer


def residuals_case(columns: Columns, options: Mapping[str, Any]) -> Answer:
    """rstandard, rstudent and blup."""
    y, v, more = _options(columns, options)
    found = residuals(y, v, interval=_interval(options), level=float(options.get("level", 0.95)), **more)
    columns_of = {
        "resid": "residual",
        "resid_se": "standard_error",
        "rstandard_z": "standardised",
        "deleted_resid": "deleted",
        "deleted_se": "deleted_standard_error",
        "rstudent_z": "rstudent",
        "blup": "shrunken",
        "blup_se": "shrunken_standard_error",
        "blup_pi_lo": "shrunken_lower",
        "blup_pi_hi": "shrunken_upper",
    }
    return {key: [getattr(row, name) for row in found] for key, name in columns_of.items()}


def baujat_case(columns: Columns, options: Mapping[str, Any]) -> Answer:
    """Coordinates that baujat returns."""
    y, v, more = _options(columns, options)
    points = baujat(y, v, interval=_interval(options), **more).points
    return {"x": [point.x for point in points], "y": [point.y for point in points]}


def radial_case(columns: Columns, options: Mapping[str, Any]) -> Answer:
    """Coordinates that radial draws."""
    y, v, more = _options(columns, options)
    points = radial(y, v, tau2=more["tau2"]).points
    return {"x": [point.x for point in points], "y": [point.y for point in points]}


CASES: dict[str, Callable[[Columns, Mapping[str, Any]], Answer | NotEstimable]] = {
    "influence": influence_case,
    "rstandard/rstudent/blup": residuals_case,
    "baujat": baujat_case,
    "radial": radial_case,
}
