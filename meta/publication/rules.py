"""What a released document says, put in order for a page or a data frame: nothing is added and nothing is judged."""

from collections.abc import Mapping, Sequence
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
    printed = {value["quantity"]: value.get("number") or value["as_printed"] for value in values}
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


def characteristics(studies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A table of what describes the studies: a column for each characteristic that any of them has."""
    names = list(dict.fromkeys(one["name"] for study in studies for one in study["characteristics"]))
    rows = []
    for study in studies:
        texts = {one["name"]: one["text"] for one in study["characteristics"]}
        cells = [{"name": name, "text": texts.get(name, "")} for name in names]
        rows.append({"label": study["label"], "key": study["key"], "cells": cells})
    return {"names": names, "rows": rows}


def bias_table(document: Mapping[str, Any]) -> dict[str, Any] | None:
    """Risks of bias as earlier reviews state them, a row for each study that any speaks of and a column for each domain.

    A cell without a statement stays empty: nothing stated is no low risk. None where no statement is there at all.
    """
    stated = document["earlier"]["risk_of_bias"]
    if not stated:
        return None
    domains = list(dict.fromkeys(one["subject"] for one in stated))
    known = [study for study in document["studies"] if any(one["study"] == study["label"] for one in stated)]
    return {
        "domains": domains,
        "rows": [
            {
                "label": study["label"],
                "key": study["key"],
                "cells": [
                    {
                        "domain": domain,
                        "says": "; ".join(
                            one["says"] for one in stated if one["study"] == study["label"] and one["subject"] == domain
                        ),
                    }
                    for domain in domains
                ],
            }
            for study in known
        ],
        "others": [study["label"] for study in document["studies"] if study not in known],
        "sources": list(dict.fromkeys((one["source"], one["url"], one["place"]) for one in stated)),
    }


def results_of_study(study: Mapping[str, Any], protocol: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The numbers of a study as in a paper: an outcome at a time, its arms, and every value of each.

    Outcomes stand in the order of the protocol, others after them.
    """
    found: dict[tuple[str, str], dict[str, list[Mapping[str, Any]]]] = {}
    for value in study["values"]:
        arms = found.setdefault((value["outcome"], value["timepoint"]), {})
        arms.setdefault(value["arm"], []).append(value)
    wanted = protocol["outcomes"] if protocol else []
    places = {(one["outcome"], one["timepoint"]): place for place, one in enumerate(wanted)}
    return [
        {
            "outcome": outcome,
            "timepoint": timepoint,
            "arms": [
                {"label": arm, "values": [{**value, "shown": shown(value)} for value in values]}
                for arm, values in arms.items()
            ],
        }
        for (outcome, timepoint), arms in sorted(found.items(), key=lambda one: places.get(one[0], len(places)))
    ]


def formula_safe(cell: Any) -> Any:
    """A text that no spreadsheet takes for a formula; numbers stay what they are."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else cell


WORKED_OUT_DIGITS = 4
"""Digits shown of a number that nobody printed; the downloads have all of them."""


def shown(value: Mapping[str, Any]) -> str:
    """A value as printed, or as it was worked out; empty where there is no number."""
    if value["as_printed"] or value["number"] is None:
        return str(value["as_printed"])
    return f"{float(value['number']):.{WORKED_OUT_DIGITS}g}"
