"""Answers on leave-one-out and cumulative analyses in the terms of metafor."""

from collections.abc import Callable, Mapping
from typing import Any

from meta.stats.inputs import Table
from meta.stats.plan import Plan, plan
from meta.stats.results import NotEstimable, Pooled
from meta.stats.sensitivity import Sensitivity, cumulative, leave_one_out

from .data import Columns, arms_of, escalc_rule, variant_of
from .metafor import TESTS, mantel_haenszel_rule

Answer = dict[str, Any]


def _plan(arms: Table, options: Mapping[str, Any]) -> Plan:
    measure = options.get("measure", "GEN")
    if arms.kind == "generic":
        measure = "GEN"
    tau2 = options.get("tau2_method", "REML")
    common = tau2 in ("EE", "FE", "CE")
    return plan(
        arms.kind, measure, "IV", "common" if common else "random", "DL" if common else tau2, escalc_rule(options),
        TESTS[options.get("test", "z")], "t_km1", float(options.get("level", 0.95)), "pooled", "greenland-robins",
        variant_of(options) if arms.kind == "continuous" else None,
    )  # fmt: skip


def _columns(found: Sensitivity) -> Answer:
    def of(name: str) -> list[float | None]:
        return [getattr(row.pooled, name) if isinstance(row.pooled, Pooled) else None for row in found.rows]

    rows = found.rows
    return {
        "estimate": of("estimate"),
        "se": of("standard_error"),
        "ci_lo": of("lower"),
        "ci_hi": of("upper"),
        "stat": of("statistic"),
        "p": of("p_value"),
        "Q": [row.q for row in rows],
        "Q_p": [row.q_p_value for row in rows],
        "tau2": [row.tau2 or 0.0 for row in rows],
    }


def _uni(analysis: Callable[..., Sensitivity]) -> Callable[..., Answer | NotEstimable]:
    def run(columns: Columns, options: Mapping[str, Any], case: Mapping[str, Any]) -> Answer | NotEstimable:
        arms = arms_of(columns, options.get("measure", "GEN"))
        order = case["results"].get("order")
        more = {"order": [row - 1 for row in order]} if order and analysis is cumulative else {}
        found = _columns(analysis(arms, plan=_plan(arms, options), **more))
        return {**found, **({"order": order} if order else {})}

    return run


def _tables(analysis: Callable[..., Sensitivity], method: str) -> Callable[..., Answer | NotEstimable]:
    def run(columns: Columns, options: Mapping[str, Any], _: Mapping[str, Any]) -> Answer | NotEstimable:
        measure = options.get("measure", "OR")
        arms = arms_of(columns, measure)
        chosen = plan(
            arms.kind, measure, method, "common", "DL", mantel_haenszel_rule(options), "wald", "t_km1", 0.95, "pooled",
            "sato", None,
        )  # fmt: skip
        return _columns(analysis(arms, plan=chosen))

    return run


CASES: dict[str, Callable[..., Answer | NotEstimable]] = {
    "leave1out": _uni(leave_one_out),
    "cumul": _uni(cumulative),
    "leave1out.rma.mh": _tables(leave_one_out, "MH"),
    "cumul.rma.mh": _tables(cumulative, "MH"),
    "leave1out.rma.peto": _tables(leave_one_out, "PETO"),
}
