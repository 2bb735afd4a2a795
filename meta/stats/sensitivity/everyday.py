"""Sensitivity analyses that are always there: leave one out, cumulative, other measures and models."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from meta.stats.errors import InvalidInput
from meta.stats.inputs import BinaryArms, ContinuousArms, PersonTimeArms, Table
from meta.stats.pairwise import Pairwise, analyse, pairwise
from meta.stats.plan import Plan, plan

from .subsets import Sensitivity, evaluate


def _plan(arms: Table, options: dict[str, Any]) -> Plan:
    chosen = options.pop("plan", None)
    return chosen if isinstance(chosen, Plan) else pairwise(arms, **options).plan


def leave_one_out(arms: Table, **options: Any) -> Sensitivity:
    """The result without each study in turn.

    Args:
        arms: the data of the studies.
        **options: as ``pairwise``, or ``plan`` with a ready plan.
    """
    masks = 1.0 - np.eye(len(arms))
    labels = [f"without {label}" for label in arms.labels]
    return evaluate(arms, _plan(arms, options), masks, labels, "leave one out")


def cumulative(arms: Table, *, order: Sequence[int] | None = None, **options: Any) -> Sensitivity:
    """The result as studies are added one by one.

    Args:
        arms: the data of the studies.
        order: rows in the order of adding, from 0; as given if left out.
        **options: as ``pairwise``, or ``plan`` with a ready plan.

    Raises:
        InvalidInput: the order does not name every study once.
    """
    k = len(arms)
    rows = list(range(k)) if order is None else [int(row) for row in order]
    if sorted(rows) != list(range(k)):
        raise InvalidInput("The order must name every study exactly once.")
    sorted_arms = arms.take(rows)
    labels = [f"+ {label}" for label in sorted_arms.labels]
    return evaluate(sorted_arms, _plan(arms, options), np.tril(np.ones((k, k))), labels, "cumulative")


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """The same data by another measure, method or model; ``label`` names what differs."""

    label: str
    result: Pairwise


_BINARY = (
    ("OR", "MH", "common", "DL", "wald"),
    ("OR", "MH", "random", "DL", "wald"),
    ("OR", "IV", "random", "REML", "hk"),
    ("OR", "PETO", "common", "DL", "wald"),
    ("RR", "MH", "common", "DL", "wald"),
    ("RR", "MH", "random", "DL", "wald"),
    ("RR", "IV", "random", "REML", "hk"),
    ("RD", "MH", "common", "DL", "wald"),
    ("RD", "MH", "random", "DL", "wald"),
)
_CONTINUOUS = tuple(
    (measure, "IV", model, tau2, interval)
    for measure in ("MD", "SMD", "ROM")
    for model, tau2, interval in (("common", "DL", "wald"), ("random", "DL", "wald"), ("random", "REML", "hk"))
)
_RATES = tuple(
    (measure, method, model, "DL", "wald")
    for measure in ("IRR", "IRD")
    for method, model in (("MH", "common"), ("IV", "random"))
)
_MODELS = (("common", "DL", "wald"), ("random", "DL", "wald"), ("random", "REML", "wald"), ("random", "REML", "hk"))

_SAID = {"wald": "", "hk": ", Hartung-Knapp"}
_ESTIMATOR = {"DL": "DerSimonian-Laird", "REML": "REML"}


def alternatives(
    arms: Table, *, level: float = 0.95, continuity: str = "revman5", **others: Any
) -> tuple[Alternative, ...]:
    """The usual other measures, methods and models for this kind of data.

    Args:
        arms: the data of the studies.
        level: confidence level of all of them.
        continuity: the rule for empty cells of all of them.
        **others: ``measure`` for kinds of data that have no usual list (the measure is then kept).
    """
    match arms:
        case BinaryArms():
            wanted: Sequence[tuple[str | None, str, str, str, str]] = _BINARY
        case ContinuousArms():
            wanted = _CONTINUOUS
        case PersonTimeArms():
            wanted = _RATES
        case _:
            wanted = [(others.get("measure"), "IV", *model) for model in _MODELS]
    found = []
    for measure, method, model, tau2, interval in wanted:
        chosen = plan(
            arms.kind, measure, method, model, tau2, continuity, interval, "t_km1", level, "pooled",
            "greenland-robins", None,
        )  # fmt: skip
        how = "common effect" if model == "common" else f"random effects ({_ESTIMATOR[tau2]}{_SAID[interval]})"
        name = chosen.measure.name
        by = {"MH": ", Mantel-Haenszel", "PETO": "", "IV": ", inverse variance"}[method]
        found.append(Alternative(f"{name[:1].upper()}{name[1:]}{by}, {how}", analyse(arms, chosen)))
    return tuple(found)
