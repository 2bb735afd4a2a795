"""Released numbers as rows, one for each arm of a trial at an outcome's time: ready for a data frame."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins with one of these for a formula."""


@dataclass(frozen=True, slots=True)
class ArmRow:
    """What one arm contributed to an outcome, with where it came from. Unknown numbers are None, never 0."""

    review: str
    version: str
    study: str
    year: int | None
    outcome: str
    timepoint: str
    arm: str
    role: str
    randomised: int | None
    events: int | None
    total: int | None
    mean: float | None
    sd: float | None
    measured_at: str
    source: str
    place: str
    method: str
    entered_by: str
    confirmed_by: str


def arm_rows(document: Mapping[str, Any]) -> list[ArmRow]:
    """Every arm of a released document, in the order of its studies, outcomes and arms."""
    return [
        _row(document, study, key, values) for study in document["studies"] for key, values in _by_arm(study).items()
    ]


def _by_arm(study: Mapping[str, Any]) -> dict[tuple[str, str, str], list[Mapping[str, Any]]]:
    found: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for value in study["values"]:
        found.setdefault((value["outcome"], value["timepoint"], value["arm"]), []).append(value)
    return found


def _row(
    document: Mapping[str, Any],
    study: Mapping[str, Any],
    key: tuple[str, str, str],
    values: list[Mapping[str, Any]],
) -> ArmRow:
    outcome, timepoint, label = key
    arm = next(arm for arm in study["arms"] if arm["label"] == label)
    printed = {value["quantity"]: value["as_printed"] for value in values}
    return ArmRow(
        review=document["review"]["slug"],
        version=document["version"],
        study=study["label"],
        year=study["year"],
        outcome=outcome,
        timepoint=timepoint,
        arm=label,
        role=arm["role"],
        randomised=arm["randomised"],
        events=_whole(printed.get("events")),
        total=_whole(printed.get("total")),
        mean=_number(printed.get("mean")),
        sd=_number(printed.get("sd")),
        measured_at=_once(values, "measured_at"),
        source=_once(values, "source"),
        place=_once(values, "place"),
        method=_once(values, "method"),
        entered_by=_once(values, "entered_by"),
        confirmed_by=_once(values, "confirmed_by"),
    )


def _once(values: list[Mapping[str, Any]], name: str) -> str:
    """What the numbers of an arm say about themselves; both, where they differ."""
    return "; ".join(dict.fromkeys(value[name] for value in values if value[name]))


def _number(printed: str | None) -> float | None:
    return float(printed) if printed else None


def _whole(printed: str | None) -> int | None:
    return int(printed) if printed else None


def formula_safe(cell: Any) -> Any:
    """A text that no spreadsheet takes for a formula; numbers stay what they are."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else cell
