"""PubMed's text format (MEDLINE, .nbib), and what ERIC writes under the same name without PMID."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import fields
from .base import NOTHING, Link, LinkKind, Reference, Rejection
from .splitting import after_blanks, nothing_in, pieces, places

if TYPE_CHECKING:
    from collections.abc import Iterator

PMID_START = rb"PMID ?-"
TAGGED_START = rb"[A-Z][A-Z0-9]{1,3} {0,2}-"
TAG = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)", re.DOTALL)
ID_SUFFIX = re.compile(r"(?<!\s)\s*+\[(\w++)\]$")
PMID_IN_LINK = re.compile(r"\bPMID:\s*(\d+)")

LINKS = {
    "CIN": LinkKind.COMMENT_IN, "CON": LinkKind.COMMENT_ON, "EIN": LinkKind.ERRATUM_IN, "EFR": LinkKind.ERRATUM_FOR,
    "RIN": LinkKind.RETRACTION_IN, "ROF": LinkKind.RETRACTION_OF, "ECI": LinkKind.CONCERN_IN, "ECF": LinkKind.CONCERN_FOR,
    "UIN": LinkKind.UPDATE_IN, "UOF": LinkKind.UPDATE_OF, "RPI": LinkKind.REPUBLISHED_IN, "RPF": LinkKind.REPUBLISHED_FROM,
    "CRI": LinkKind.REPUBLISHED_IN, "CRF": LinkKind.REPUBLISHED_FROM, "SPIN": LinkKind.OTHER, "PRIN": LinkKind.OTHER,
    "PROF": LinkKind.OTHER, "ORI": LinkKind.OTHER, "DDIN": LinkKind.OTHER, "DRIN": LinkKind.OTHER, "RRI": LinkKind.OTHER,
    "RRF": LinkKind.OTHER,
}  # fmt: skip
"""CRI and CRF are corrected and republished; the tags without a kind keep their name in ``text``."""
TAKEN = frozenset({
    "PMID", "TI", "BTI", "TT", "AB", "FAU", "DP", "JT", "VI", "IP", "PG", "PMC", "MH", "OT", "PT", "LA", "SI", "IS", "LID", "AID",
}) | LINKS.keys()  # fmt: skip
NO_LIST: list[str] = []


def starts(data: bytes) -> Iterator[int]:
    """Records begin at PMID; in files without any, after a blank line."""
    if next(places(data, PMID_START), None) is not None:
        return places(data, PMID_START)
    return after_blanks(data, TAGGED_START)


def read(data: bytes, warnings: list[str]) -> Iterator[Reference | Rejection]:
    for piece in pieces(data, starts(data)):
        if isinstance(piece, Rejection):
            yield piece
        else:
            yield reference(piece.line, piece.text)


def values_of(raw: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    values: list[str] | None = None
    was_blank = False
    for line in raw.split("\n"):
        if not line.strip():
            was_blank = True
            continue
        if was_blank and "PMID" in found and TAG.match(line):
            break  # another record that lost its PMID; its DOI must not become this one's
        was_blank = False
        if line[:6] == "      " or line[:1] in " \t":
            more = line.strip()
            if values:
                values[-1] = f"{values[-1]} {more}" if values[-1] else more
        elif line[4:6] == "- " and line[:2].isupper():
            values = found.setdefault(line[:4].rstrip(), [])
            values.append(line[6:].strip())
        elif match := TAG.match(line):
            values = found.setdefault(match[1], [])
            values.append(match[2].strip())
        elif values:
            values[-1] = f"{values[-1]} {line.strip()}"
    return found


def first(found: dict[str, list[str]], *tags: str) -> str:
    return next((value for tag in tags for value in found.get(tag, NO_LIST) if value), "")


def reference(line: int, raw: str) -> Reference | Rejection:
    found = values_of(raw)
    if len(found) == 1 and not any(next(iter(found.values()))):
        return nothing_in(line, raw)
    get = found.get
    title = first(found, "TI", "BTI", "TT")
    abstract = max(get("AB", NO_LIST), key=len, default="") or first(found, "OAB")
    names = get("FAU") or get("AU") or []
    types = tuple(get("PT", NO_LIST))
    return Reference(
        line=line,
        raw=raw,
        kind=kind(types, found),
        title=title,
        authors=(*names, *get("CN", NO_LIST)),
        year=fields.year(*get("DP", NO_LIST), *get("DEP", NO_LIST), *get("DA", NO_LIST)),
        journal=first(found, "JT", "TA", "CTI", "SO") if "JT" in found or "TA" in found or "CTI" in found else "",
        volume=first(found, "VI"),
        issue=first(found, "IP"),
        pages=first(found, "PG"),
        doi=doi(found),
        pmid=first(found, "PMID").lstrip("0") if first(found, "PMID").isdigit() else "",
        pmcid=fields.pmcid(first(found, "PMC")),
        registrations=fields.registrations(*get("SI", NO_LIST), title, abstract),
        issn_isbn="; ".join([*get("IS", NO_LIST), *get("ISBN", NO_LIST)]),
        abstract=abstract,
        language=first(found, "LA"),
        keywords=(*get("MH", NO_LIST), *get("OT", NO_LIST)),
        publication_types=types,
        urls=tuple(get("LID", NO_LIST)) if "OWN" in found and "PMID" not in found else (),
        accession=first(found, "PMID", "OID", "OAID"),
        database=first(found, "OWN") if "PMID" not in found else "PubMed",
        notes=tuple(get("GN", NO_LIST)),
        links=links(found),
        extra={tag: tuple(values) for tag, values in found.items() if tag not in TAKEN} or NOTHING,
    )


def kind(types: tuple[str, ...], found: dict[str, list[str]]) -> str:
    if "Preprint" in types:
        return "preprint"
    if "BTI" in found:
        return "chapter" if "TI" in found else "book"
    return "journal" if "JT" in found or "TA" in found else "other"


def doi(found: dict[str, list[str]]) -> str:
    named = [value for tag in ("LID", "AID") for value in found.get(tag, NO_LIST)]
    marked = [value for value in named if value.endswith("[doi]")]
    return fields.first_doi([ID_SUFFIX.sub("", value) for value in marked or named] + found.get("DO", NO_LIST))


def links(found: dict[str, list[str]]) -> tuple[Link, ...]:
    made = []
    for tag, kind in LINKS.items():
        for value in found.get(tag, NO_LIST):
            number = PMID_IN_LINK.search(value)
            text = value if kind is not LinkKind.OTHER else f"{tag}: {value}"
            made.append(Link(kind, text, number[1] if number else "", fields.doi(value)))
    return tuple(made)
