"""ClinicalTrials.gov's JSON (API version 2 and the site's download): each study one by one, whatever surrounds it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from . import fields
from .base import NOTHING, Link, LinkKind, Reference, Rejection
from .splitting import Piece, nothing_in, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

START = re.compile(rb'(?<!\\)"protocolSection"\s*:')
DECODER = json.JSONDecoder()


def read(data: bytes, warnings: list[str]) -> Iterator[Reference | Rejection]:
    for piece in pieces(data, (found.start() for found in START.finditer(data))):
        yield piece if isinstance(piece, Rejection) else study(piece)


def study(piece: Piece) -> Reference | Rejection:
    begin = piece.text.index(":") + 1
    begin += len(piece.text[begin:]) - len(piece.text[begin:].lstrip())
    try:
        section, end = DECODER.raw_decode(piece.text, begin)
    except (ValueError, RecursionError):
        return Rejection(piece.line, "The study's JSON is cut off or broken.", piece.text)
    if not isinstance(section, dict):
        return Rejection(piece.line, "The study's protocol section is no object.", piece.text)
    if not section:
        return nothing_in(piece.line, piece.text)
    return reference(piece.line, f"{{{piece.text[:end]}}}", section)


def part(value: Any, *path: str) -> Any:
    """A value down the path, None where the shape is another."""
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def text(value: Any, *path: str) -> str:
    found = part(value, *path)
    return found.encode("utf-8", "replace").decode().replace("\0", "").strip() if isinstance(found, str) else ""


def texts(value: Any, *path: str) -> tuple[str, ...]:
    found = part(value, *path)
    return tuple(made for one in found if (made := text({"": one}, ""))) if isinstance(found, list) else ()


def objects(value: Any, *path: str) -> list[Any]:
    found = part(value, *path)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def reference(line: int, raw: str, section: dict[str, Any]) -> Reference:
    named = part(section, "identificationModule")
    number = text(named, "nctId")
    others = [text(one, "id") for one in objects(named, "secondaryIdInfos")] + [text(named, "orgStudyIdInfo", "id")]
    status, design = part(section, "statusModule"), part(section, "designModule")
    officials = [text(one, "name") for one in objects(section, "contactsLocationsModule", "overallOfficials")]
    sponsor = text(section, "sponsorCollaboratorsModule", "leadSponsor", "name")
    kept = {
        "official title": (text(named, "officialTitle"),),
        "acronym": (text(named, "acronym"),),
        "status": (text(status, "overallStatus"),),
        "start": (text(status, "startDateStruct", "date"),),
        "completion": (text(status, "completionDateStruct", "date"),),
        "first posted": (text(status, "studyFirstPostDateStruct", "date"),),
        "sponsor": (sponsor,),
        "other ids": tuple(others),
        "phases": texts(design, "phases"),
        "interventions": tuple(
            text(one, "name") for one in objects(section, "armsInterventionsModule", "interventions")
        ),
    }
    return Reference(
        line=line,
        raw=raw,
        kind="registration",
        title=text(named, "briefTitle") or text(named, "officialTitle"),
        authors=fields.once(officials) or fields.once([sponsor]),
        year=fields.year(
            text(status, "studyFirstPostDateStruct", "date"),
            text(status, "studyFirstSubmitDate"),
            text(status, "startDateStruct", "date"),
        ),
        journal="ClinicalTrials.gov",
        registrations=fields.once((number, *fields.registrations(*others))),
        abstract=text(section, "descriptionModule", "briefSummary"),
        keywords=fields.once(
            (*texts(section, "conditionsModule", "conditions"), *texts(section, "conditionsModule", "keywords"))
        ),
        publication_types=fields.once([text(design, "studyType")]),
        urls=(f"https://clinicaltrials.gov/study/{number}",) if number else (),
        accession=number,
        database="ClinicalTrials.gov",
        links=links(section),
        extra={name: found for name, values in kept.items() if (found := fields.once(values))} or NOTHING,
    )


def links(section: dict[str, Any]) -> tuple[Link, ...]:
    """Publications that the registration names: RESULT and DERIVED report it, BACKGROUND only stands behind it."""
    return tuple(
        Link(
            LinkKind.RESULTS_IN if text(one, "type") in ("RESULT", "DERIVED") else LinkKind.OTHER,
            f"{text(one, 'type')}: {text(one, 'citation')}"[:1000],
            text(one, "pmid") if text(one, "pmid").isdigit() else "",
            fields.doi(text(one, "citation")),
        )
        for one in objects(section, "referencesModule", "references")
    )
