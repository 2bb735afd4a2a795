"""What a version holds, as tables for a spreadsheet or a data frame. Rows come from the released document only."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from meta.publication.rules import ArmRow, arm_rows, formula_safe
from meta.releases.formats import GROUP

Document = Mapping[str, Any]
Row = dict[str, Any]

VALUE = (
    *("outcome", "timepoint", "arm", "quantity", "state", "as_printed", "number", "method", "measured_at"),
    *("source", "place", "note", "reason", "entered_by", "entered_at", "confirmed_by", "confirmed_at"),
)
RESULT = (
    *("review", "version", "analysis", "title", "outcome", "timepoint", "group", "measure", "model"),
    *("estimate", "lower", "upper", "level", "p_value", "k", "participants", "text", "tau2", "i2", "q", "df", "digest"),
)
PUBLISHED = (
    *("label", "subgroup", "model", "printed", "printed_i2", "experimental", "control", "recomputed", "recomputed_i2"),
    *("verdict", "sentence", "source", "url", "place", "note"),
)
STATEMENT = ("kind", "study", "subject", "number", "says", "source", "url", "place", "note")


def arms(document: Document) -> Iterator[Row]:
    """An arm of a trial at an outcome's time."""
    yield from (asdict(row) for row in arm_rows(document))


def values(document: Document) -> Iterator[Row]:
    """Every number, or the statement that there is none, with where it came from."""
    for study in document["studies"]:
        for value in study["values"]:
            yield _of(document) | {"study": study["label"]} | {name: value.get(name) for name in VALUE}


def results(document: Document) -> Iterator[Row]:
    """Every pooled result, by either model and in each subgroup; not estimable ones have no numbers."""
    for outcome in document["outcomes"]:
        about = _of(document) | {
            "analysis": outcome["key"],
            "title": outcome["title"],
            "outcome": outcome["outcome"],
            "timepoint": outcome["timepoint"],
            "measure": outcome["measure"],
            "digest": outcome["digest"],
        }
        pooled, spread = outcome["pooled"] or {}, outcome["heterogeneity"] or {}
        whole = {"group": "", "k": outcome["k"], "participants": outcome["participants"]}
        numbers = {name: pooled.get(name) for name in ("estimate", "lower", "upper", "level", "p_value")}
        spreads = {name: spread.get(name) for name in ("tau2", "i2", "q", "df")}
        model = outcome["result"]["primary"]
        yield about | whole | {"model": model, "text": outcome["text"]} | numbers | spreads
        for other in outcome["alternatives"]:
            yield about | whole | {"model": other["model"], "text": other["text"]}
        yield from (about | {"model": model} | group for group in _groups(outcome, model))


def _groups(outcome: Mapping[str, Any], model: str) -> Iterator[Row]:
    found = outcome["result"].get("subgroups", {}).get(model, {}).get("groups", [])
    for group, line in zip(found, (outcome["subgroups"] or {}).get("groups", []), strict=True):
        shown = group["pooled"].get("display", {})
        yield {
            "group": line["name"],
            "k": line["k"],
            "participants": line["participants"],
            "text": line["text"],
            "i2": line["i2"],
            **{name: shown.get(name) for name in ("estimate", "lower", "upper")},
        }


def published(document: Document) -> Iterator[Row]:
    """What other publications printed, with what the stored numbers give."""
    for outcome in document["outcomes"]:
        for line in outcome["published"]:
            yield _of(document) | {"analysis": outcome["key"]} | {name: line[name] for name in PUBLISHED}


def studies(document: Document) -> Iterator[Row]:
    """Every study with its reports and a column for each characteristic that any has."""
    for study in document["studies"]:
        reports = study["reports"]
        identifiers = [one for report in reports for one in report["identifiers"]]
        yield (
            _of(document)
            | {
                "study": study["label"],
                "year": study["year"],
                "participants": study["participants"],
                "reports": "; ".join(report["citation"] for report in reports),
                "doi": "; ".join(one["value"] for one in identifiers if one["scheme"] == "doi"),
                "registry": "; ".join(one["value"] for one in identifiers if one["scheme"] == "registry"),
            }
            | {one["name"]: one["text"] for one in study["characteristics"]}
        )


def statements(document: Document) -> Iterator[Row]:
    """What earlier reviews state."""
    for kind, group in document["earlier"].items():
        for one in group:
            yield _of(document) | {name: ({"kind": GROUP[kind]} | one)[name] for name in STATEMENT}


TABLES: Mapping[str, Callable[[Document], Iterator[Row]]] = {
    "arms": arms,
    "values": values,
    "results": results,
    "published": published,
    "studies": studies,
    "statements": statements,
}

HEADS: Mapping[str, Sequence[str]] = {
    "arms": [one.name for one in fields(ArmRow)],
    "values": ["review", "version", "study", *VALUE],
    "results": RESULT,
    "published": ["review", "version", "analysis", *PUBLISHED],
    "studies": ["review", "version", "study", "year", "participants", "reports", "doi", "registry"],
    "statements": ["review", "version", *STATEMENT],
}


def as_csv(name: str, document: Document) -> str:
    """A table with a header, in which no text is a formula and an unknown number is an empty cell.

    Raises:
        KeyError: there is no such table.
    """
    rows = [*TABLES[name](document)]
    heads = list(dict.fromkeys([*HEADS[name], *(column for row in rows for column in row)]))
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    writer.writerow([formula_safe(head) for head in heads])
    writer.writerows([[formula_safe(row.get(head)) for head in heads] for row in rows])
    return page.getvalue()


def _of(document: Document) -> Row:
    return {"review": document["review"]["slug"], "version": document["version"]}
