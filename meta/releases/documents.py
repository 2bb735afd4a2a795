"""Build the frozen document of a version: everything that its public page shows."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from meta.analysis.published import queries as published
from meta.analysis.published.models import PublishedResult
from meta.analysis.published.rules import Printed, Recomputed
from meta.analysis.queries import Result, describe, plot_of
from meta.earlier import queries as earlier
from meta.earlier.models import Statement
from meta.plots import forest
from meta.plots.forest.model import Mark
from meta.releases import formats, rules
from reviews.extraction import queries as extraction
from reviews.library.rules import Scheme, web_address
from reviews.models import Protocol, Review, Value
from reviews.screening import queries as screening


def build(
    *, review: Review, protocol: Protocol | None, results: Sequence[Result], previous: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What a version made now would say, compared with the one before it (None for the first); not drawn yet."""
    document: dict[str, Any] = {
        "schema": formats.SCHEMA,
        "review": {
            "slug": review.slug,
            "title": review.title,
            "team": review.team.name,
            "question": protocol.question if protocol else review.title,
            "population": protocol.population if protocol else "",
            "intervention": protocol.intervention if protocol else "",
            "comparator": protocol.comparator if protocol else "",
        },
        "version": "",
        "evidence_date": "",
        "released_at": "",
        "released_by": "",
        "note": "",
        "disclaimer": review.notice,
        "protocol": _protocol(protocol) if protocol else None,
        "outcomes": _outcomes(results),
        "studies": _studies(review, results),
        "earlier": _earlier(review),
        "changes": None,
    }
    document["summary"] = formats.summary(document["review"], document["outcomes"])
    if previous is not None:
        document["changes"] = rules.difference(previous, document)
    return document


def frozen(
    document: Mapping[str, Any],
    results: Sequence[Result],
    *,
    version: str,
    note: str,
    evidence_date: str,
    released_at: dt.datetime,
    released_by: str,
) -> dict[str, Any]:
    """The document of a version, signed, dated and drawn.

    Figures are drawn here, once, so that a released picture does not change when the drawing code does.
    """
    marks = _marks(document["changes"])
    drawn = [
        outcome | _figure(result, marks)
        for outcome, result in zip(
            document["outcomes"], [one for one in results if one.snapshot is not None], strict=True
        )
    ]
    return {
        **document,
        "outcomes": drawn,
        "version": version,
        "note": note,
        "evidence_date": evidence_date,
        "released_at": released_at.isoformat(),
        "released_by": released_by,
    }


def _outcomes(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Every result that there is, with what other publications printed of it."""
    printed: dict[int, list[PublishedResult]] = {result.analysis.pk: [] for result in results}
    for one in published.published_results([result.analysis for result in results]):
        printed[one.analysis_id].append(one)
    found = []
    for result in results:
        outcome, snapshot = describe(result), result.snapshot
        if outcome is not None and snapshot is not None:
            lines = published.lines(printed[result.analysis.pk], inputs=snapshot.inputs, result=snapshot.result)
            found.append(outcome | {"published": [_published(line) for line in lines]})
    return found


def _published(line: published.Line) -> dict[str, Any]:
    one, found = line.printed, line.recomputed
    return {
        "label": one.label,
        "subgroup": one.subgroup,
        "model": one.model,
        "printed": _as_printed(one.estimate, one.lower, one.upper),
        "printed_i2": one.i2,
        "experimental": one.experimental,
        "control": one.control,
        "recomputed": _as_printed(*(Printed(text).printed_like(number) for text, number in _beside(one, found) if text))
        if found
        else "",
        "recomputed_i2": f"{found.i2:.0f}" if found and found.i2 is not None else "",
        "verdict": line.comparison.verdict.value,
        "sentence": line.sentence,
        "source": one.source,
        "url": one.url,
        "place": one.place,
        "note": one.note,
    }


def _beside(one: PublishedResult, found: Recomputed) -> list[tuple[str, float]]:
    """Each printed number with the recomputed one."""
    return [(one.estimate, found.estimate), (one.lower, found.lower), (one.upper, found.upper)]


def _as_printed(estimate: str, lower: str = "", upper: str = "") -> str:
    return f"{estimate} ({lower} to {upper})" if lower and upper else estimate


def _figure(result: Result, marks: Mapping[str, Mark]) -> dict[str, Any]:
    plot = plot_of(result, marks)
    return {
        "forest": plot.to_dict(),
        "svg": forest.svg(plot),
        "svg_narrow": forest.svg_narrow(plot),
        "svg_file": forest.svg(plot, paper=True),
    }


def _marks(changes: Mapping[str, Any] | None) -> dict[str, Mark]:
    if changes is None:
        return {}
    marks: dict[str, Mark] = {change["study"]: "corrected" for change in changes["corrected"]}
    return marks | {study["label"]: "new" for study in changes["studies_in"]}


def _protocol(protocol: Protocol) -> dict[str, Any]:
    return {
        "number": protocol.number,
        "question": protocol.question,
        "population": protocol.population,
        "intervention": protocol.intervention,
        "comparator": protocol.comparator,
        "designs": protocol.designs,
        "registration": protocol.registration,
        "update_model": protocol.update_model,
        "schedules": protocol.schedules,
        "retirement": protocol.retirement,
        "amendment_reason": protocol.amendment_reason,
        "released_at": protocol.released_at.isoformat() if protocol.released_at else None,
        "criteria": [{"kind": one.kind, "text": one.text} for one in protocol.criteria.all()],
        "outcomes": [
            {
                "outcome": one.outcome.name,
                "timepoint": one.timepoint.label,
                "type": one.outcome.type,
                "measure": one.measure,
                "unit": one.outcome.unit,
                "benefit_is": one.outcome.benefit_is,
                "importance": one.importance,
                "important_difference": str(one.important_difference.normalize())
                if one.important_difference is not None
                else None,
            }
            for one in protocol.outcomes.select_related("outcome", "timepoint")
        ],
    }


def _studies(review: Review, results: Sequence[Result]) -> list[dict[str, Any]]:
    """Every included study with its reports, its characteristics and each number in evidence."""
    studies = list(screening.included(review).prefetch_related("reports__identifiers", "characteristics", "arms"))
    values: dict[int, list[Value]] = {study.pk: [] for study in studies}
    for value in extraction.provenance(list(values)).prefetch_related("report__identifiers"):
        values[value.arm.study_id].append(value)
    people = _people(results)
    keys = formats.addresses([study.label for study in studies])
    return [
        {
            "key": key,
            "label": study.label,
            "year": study.year,
            "participants": people.get(study.pk),
            "characteristics": [
                {"name": one.name, "text": one.text, "source": one.source}
                for one in study.characteristics.all()
                if one.is_current
            ],
            "reports": [_report(report) for report in study.reports.all()],
            "arms": [{"label": arm.label, "role": arm.role, "randomised": arm.randomised} for arm in study.arms.all()],
            "values": [_value(value) for value in values[study.pk]],
        }
        for key, study in zip(keys, studies, strict=True)
    ]


def _people(results: Sequence[Result]) -> dict[int, int]:
    """The most people of each study that any analysis pools, each arm counted once however the arms are pooled."""
    most: dict[int, int] = {}
    for result in results:
        arms: dict[int, dict[str, float]] = {}
        for entry in result.snapshot.inputs["studies"] if result.snapshot else []:
            arms.setdefault(entry["study_id"], {}).update({arm["label"]: arm["total"] for arm in entry["arms"]})
        for study, totals in arms.items():
            most[study] = max(round(sum(totals.values())), most.get(study, 0))
    return most


def _earlier(review: Review) -> dict[str, list[dict[str, Any]]]:
    """What earlier reviews state, by kind; nothing of it goes into a result."""
    found = list(earlier.statements(review))
    return {group: [_statement(one) for one in found if one.kind == kind] for group, kind in formats.GROUP.items()}


def _statement(statement: Statement) -> dict[str, Any]:
    return {
        "subject": statement.subject,
        "study": statement.study.label if statement.study else None,
        "says": statement.says,
        "number": statement.number,
        "source": statement.source,
        "url": statement.url,
        "place": statement.place,
        "note": statement.note,
    }


def _report(report: Any) -> dict[str, Any]:
    return {
        "citation": report.citation,
        "published_on": report.published_on,
        "identifiers": [
            {"scheme": one.scheme, "value": one.value, "url": web_address(Scheme(one.scheme), one.value)}
            for one in report.identifiers.all()
        ],
    }


def _source_address(value: Value) -> str:
    """Where a reader finds the source: by its report's DOI, else by the first DOI or the like that the source names."""
    if value.report is not None:
        known = {one.scheme: one.value for one in value.report.identifiers.all()}
        for scheme in (Scheme.DOI, Scheme.PMCID, Scheme.PMID, Scheme.REGISTRY):
            if scheme in known:
                return web_address(scheme, known[scheme])
    return formats.address_in(value.source)


def _value(value: Value) -> dict[str, Any]:
    return {
        "outcome": value.outcome.name,
        "timepoint": value.timepoint.label,
        "arm": value.arm.label,
        "quantity": value.quantity,
        "state": value.state,
        "as_printed": value.as_printed,
        "number": f"{value.number.normalize():f}" if value.number is not None else None,
        "method": value.method,
        "measured_at": value.measured_at,
        "source": value.source,
        "source_url": _source_address(value),
        "place": value.place,
        "note": value.note,
        "reason": value.reason,
        "entered_by": str(value.entered_by),
        "entered_at": value.entered_at.isoformat(),
        "confirmed_by": str(value.confirmation.confirmed_by),
        "confirmed_at": value.confirmation.confirmed_at.isoformat(),
    }
