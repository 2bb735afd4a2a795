"""Web of Science's tagged text (.ciw, .isi, "plain text"), also as other databases on that platform write it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import fields
from .base import NOTHING, Link, LinkKind, Reference, Rejection
from .splitting import nothing_in, pieces, places

if TYPE_CHECKING:
    from collections.abc import Iterator

START = rb"PT(?: [A-Z]|\n|\Z)"
TAG = re.compile(r"([A-Z][A-Z0-9])(?:\s(.*))?$", re.DOTALL)
TAKEN = frozenset(
    {"PT", "TI", "AF", "SO", "VL", "IS", "BP", "EP", "DI", "PM", "AB", "LA", "DE", "ID", "DT", "UT", "ER"}
)
LISTS = frozenset({"AU", "AF", "CR", "BE", "ED", "BA", "BF", "CA", "C1", "RI", "OI"})
"""Tags whose every line is a value; the lines of the others are one text."""
NO_LIST: list[str] = []


def read(data: bytes, warnings: list[str]) -> Iterator[Reference | Rejection]:
    for piece in pieces(data, places(data, START)):
        if isinstance(piece, Rejection):
            yield piece
        else:
            yield reference(piece.line, piece.text)


def values_of(raw: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    tag = ""
    for line in raw.split("\n"):
        if line[:3] == "   " or (line[:1] in " \t" and line):
            more = line.strip()
            if not tag or not more:
                continue
            if tag in LISTS:
                found[tag].append(more)
            else:
                found[tag][-1] = f"{found[tag][-1]} {more}" if found[tag][-1] else more
        elif match := TAG.match(line):
            if match[1] in {"ER", "EF"}:
                break
            tag = match[1]
            found.setdefault(tag, []).append((match[2] or "").strip())
        elif tag and line.strip():
            found[tag][-1] = f"{found[tag][-1]} {line.strip()}"
    return found


def first(found: dict[str, list[str]], *tags: str) -> str:
    return next((value for tag in tags for value in found.get(tag, NO_LIST) if value), "")


def terms(found: dict[str, list[str]], *tags: str) -> tuple[str, ...]:
    return tuple(part for tag in tags for value in found.get(tag, NO_LIST) for part in fields.split_list(value))


def reference(line: int, raw: str) -> Reference | Rejection:
    found = values_of(raw)
    if len(found) == 1:
        said = first(found, "PT")
        return Reference(line, raw, fields.kind(said)) if said else nothing_in(line, raw)
    title, abstract = first(found, "TI", "FT"), first(found, "AB")
    types = terms(found, "DT")
    number = first(found, "PM")
    accession = first(found, "UT")
    retracted = any(word.lower() == "retracted publication" for word in types)
    return Reference(
        line=line,
        raw=raw,
        kind=fields.kind(types[0])
        if types and fields.kind(types[0]) != "other"
        else fields.kind(first(found, "PT")[:1]),
        title=title,
        authors=tuple([name for name in (found.get("AF") or found.get("AU") or []) if name] + found.get("CA", [])),
        year=fields.year(first(found, "PY"), first(found, "PD"), first(found, "EA")),
        journal=first(found, "SO", "JI", "J9"),
        volume=first(found, "VL"),
        issue=first(found, "IS"),
        pages=fields.pages(first(found, "BP", "AR", "PS"), first(found, "EP")),
        doi=fields.first_doi([*found.get("DI", []), *found.get("D2", [])]),
        pmid=number.lstrip("0")
        if number.isdigit()
        else accession[8:]
        if accession.startswith("MEDLINE:") and accession[8:].isdigit()
        else "",
        registrations=fields.registrations(title, abstract),
        issn_isbn="; ".join(value for tag in ("SN", "EI", "BN") for value in found.get(tag, [])),
        abstract=abstract,
        language=first(found, "LA"),
        keywords=terms(found, "DE", "ID", "MH"),
        publication_types=types,
        accession=accession,
        database=accession.partition(":")[0] if ":" in accession else "",
        links=(Link(LinkKind.RETRACTION_IN, "Document type: Retracted Publication"),) if retracted else (),
        extra={tag: tuple(values) for tag, values in found.items() if tag not in TAKEN} or NOTHING,
    )
