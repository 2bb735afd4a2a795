"""Ovid's citation text: records under <1>, either as "TI  - text" lines or as a heading with indented lines below."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import fields
from .base import NOTHING, Reference, Rejection
from .splitting import nothing_in, pieces, places

if TYPE_CHECKING:
    from collections.abc import Iterator

START = rb"[ \t]*+<[ \t]{0,9}\d{1,9}[ \t]{0,9}\.?[ \t]{0,9}>[ \t]*+(?:\n|\Z)"
TAG = re.compile(r"([A-Z][A-Z0-9]) {1,2}- ?(.*)", re.DOTALL)
NAMES = {
    "accession number": "AN", "author": "AU", "authors": "AU", "authors full name": "AU", "title": "TI", "original title": "TT",
    "source": "SO", "abstract": "AB", "database": "DB", "publication type": "PT", "document type": "PT", "doi": "DO",
    "digital object identifier": "DO", "year of publication": "YR", "language": "LG", "author keywords": "KW", "keyword": "KW",
    "subject headings": "SH", "mesh subject headings": "SH", "emtree heading": "SH", "issn": "IS", "isbn": "IB",
    "issn print": "IS",
    "pmid": "PM", "unique identifier": "UI", "link to the ovid full text or citation": "XL", "clinical trial number": "CN",
    "clinical trial registry number": "CN", "digital object identifier (doi)": "DO",
    "journal name": "JN", "journal title": "JN",
}  # fmt: skip
SOURCE = re.compile(
    r"^(?P<journal>.+?)[.,]?\s+(?:(?:[A-Z][a-z]+[/\w]*\s+)?\d{4}\s*;\s*)?"
    r"(?P<volume>\d+[A-Za-z]?)\s*(?:\((?P<issue>[^)]{1,30})\))?\s*[:,]\s*(?P<pages>[A-Za-z]?\d+[-\w]*)"
)
PLACE_OF_WORK = re.compile(r"(?: \d++(?:,\d++)*+| ?\[[^\]]*+\])$")
"""Behind a name: numbers of affiliations, or the affiliation itself."""
LONGEST_CITATION = 2_000
TAKEN = frozenset({"AU", "TI", "AB", "DB", "PT", "DO", "DI", "LG", "KW"})
NO_LIST: list[str] = []


def read(data: bytes, warnings: list[str]) -> Iterator[Reference | Rejection]:
    for piece in pieces(data, places(data, START)):
        if isinstance(piece, Rejection):
            yield piece
        else:
            yield reference(piece.line, piece.text)


def values_of(raw: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    values: list[str] | None = None
    for line in raw.split("\n")[1:]:
        if match := TAG.match(line):
            values = found.setdefault(match[1], [])
            values.append(match[2].strip())
        elif line[:1] in (" ", "\t"):
            if values is None or not line.strip():
                continue
            values[-1] = f"{values[-1]} {line.strip()}" if values[-1] else line.strip()
        elif line.strip():
            name = line.strip().rstrip(":")
            values = found.setdefault(NAMES.get(name.lower(), name), [])
            values.append("")
    return found


def first(found: dict[str, list[str]], *tags: str) -> str:
    return next((value for tag in tags for value in found.get(tag, NO_LIST) if value), "")


def people(found: dict[str, list[str]]) -> tuple[str, ...]:
    names = [name for value in found.get("AU", NO_LIST) for name in value.split(";")]
    return fields.once(
        PLACE_OF_WORK.sub("", fields.squeeze(name[:LONGEST_CITATION]).rstrip(".; ")).strip() for name in names
    )


def reference(line: int, raw: str) -> Reference | Rejection:
    found = values_of(raw)
    if not found:
        return nothing_in(line, raw)
    title = first(found, "TI", "TT")
    abstract, source, database = first(found, "AB"), first(found, "SO"), first(found, "DB")
    cited = SOURCE.match(fields.squeeze(source[:LONGEST_CITATION]))
    number = first(found, "PM") or (first(found, "UI", "AN") if "MEDLINE" in database.upper() else "")
    return Reference(
        line=line,
        raw=raw,
        kind=fields.kind(first(found, "PT").rstrip(".")) or "other",
        title=title,
        authors=people(found),
        year=fields.year(first(found, "YR", "DP"), re.sub(r"\b\d+\(\d+\)", "", source), first(found, "DG")),
        journal=first(found, "JN") or (cited["journal"].strip(" .,") if cited else ""),
        volume=cited["volume"] or "" if cited else "",
        issue=cited["issue"] or "" if cited else "",
        pages=cited["pages"] or "" if cited else "",
        doi=fields.first_doi(
            value for tag in ("DO", "DI", "XL", "SO", "UR", "AN") for value in found.get(tag, NO_LIST)
        ),
        pmid=number.lstrip("0") if fields.BARE_PMID.match(number) else "",
        registrations=fields.registrations(title, abstract, *found.get("CN", NO_LIST)),
        issn_isbn="; ".join(value for tag in ("IS", "IB") for value in found.get(tag, NO_LIST)),
        abstract=abstract,
        language=first(found, "LG", "LA").rstrip("."),
        keywords=tuple(
            term.rstrip(".")
            for tag in ("KW", "SH", "DE")
            for value in found.get(tag, NO_LIST)
            for term in fields.split_list(value)
        ),
        publication_types=tuple(value.rstrip(".") for value in found.get("PT", NO_LIST)),
        urls=tuple(found.get("XL", NO_LIST)),
        accession=first(found, "AN", "UI").rstrip("."),
        database=database,
        extra={tag: tuple(values) for tag, values in found.items() if tag not in TAKEN} or NOTHING,
    )
