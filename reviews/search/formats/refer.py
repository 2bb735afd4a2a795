"""refer and EndNote's .enw: lines of %A, %T, …; records begin at %0, or after a blank line where there is no %0."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import fields
from .base import NOTHING, Reference, Rejection
from .splitting import after_blanks, nothing_in, pieces, places

if TYPE_CHECKING:
    from collections.abc import Iterator

TYPE_START = rb"%0(?:[ \t\n]|\Z)"
TAGGED_START = rb"%[A-Z0-9@!$^&*(+=><~\[\]?](?:[ \t\n]|\Z)"
FIRST_TAG = re.compile(rb"^%([0-9A-Z])(?=[ \t\n]|\Z)", re.MULTILINE)
TAG = re.compile(r"%([0-9A-Za-z@!#$^&*(+=><~\[\]?)])(?:[ \t]+(.*)|$)", re.DOTALL)
TAKEN = frozenset("0TAJVNPXRKUGZW")
NO_LIST: list[str] = []


def starts(data: bytes) -> Iterator[int]:
    """%0, unless the file's first record has something before its %0; then the blank lines tell."""
    top = FIRST_TAG.search(data)
    if top and top[1] == b"0":
        return places(data, TYPE_START)
    return after_blanks(data, TAGGED_START)


def read(data: bytes, warnings: list[str]) -> Iterator[Reference | Rejection]:
    for piece in pieces(data, starts(data)):
        if isinstance(piece, Rejection):
            yield piece
        else:
            yield reference(piece.line, piece.text)


def values_of(raw: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    tag = ""
    for line in raw.split("\n"):
        if match := TAG.match(line):
            tag = match[1]
            found.setdefault(tag, []).append((match[2] or "").strip())
        elif tag and line.strip():
            if tag == "K":  # keywords stand one a line under the first
                found[tag].append(line.strip())
            else:
                found[tag][-1] = f"{found[tag][-1]} {line.strip()}".strip()
    return found


def first(found: dict[str, list[str]], *tags: str) -> str:
    return next((value for tag in tags for value in found.get(tag, NO_LIST) if value), "")


def reference(line: int, raw: str) -> Reference | Rejection:
    found = values_of(raw)
    if len(found) == 1 and "0" in found:
        said = first(found, "0")
        return Reference(line, raw, fields.kind(said)) if said else nothing_in(line, raw)
    title, abstract, said = first(found, "T", "!", "Q"), first(found, "X"), first(found, "0")
    database = first(found, "~", "W")
    accession = first(found, "M", "L", "F")
    is_pubmed = not database or any(word in database.lower() for word in ("pubmed", "medline", "nlm"))
    return Reference(
        line=line,
        raw=raw,
        kind=fields.kind(said) or ("journal" if "J" in found else "other"),
        title=title,
        authors=tuple(name.rstrip(",; ") for name in found.get("A", NO_LIST) if name),
        year=fields.year(first(found, "D"), first(found, "8")),
        journal=first(found, "J", "B"),
        volume=first(found, "V"),
        issue=first(found, "N"),
        pages=first(found, "P", "&"),
        doi=fields.first_doi(value for tag in "RUMZ3" for value in found.get(tag, NO_LIST)),
        pmid=next((number for tag in "MUZ2" for value in found.get(tag, NO_LIST) if (number := fields.pmid(value))), "")
        or (accession.lstrip("0") if is_pubmed and fields.BARE_PMID.match(first(found, "M")) else ""),
        pmcid=fields.pmcid(first(found, "2", "M")),
        registrations=fields.registrations(title, abstract, *found.get("Z", NO_LIST)),
        issn_isbn="; ".join(found.get("@", NO_LIST)),
        abstract=abstract,
        language=first(found, "G"),
        keywords=tuple(part for value in found.get("K", NO_LIST) for part in fields.split_list(value)),
        publication_types=tuple(found.get("9", NO_LIST)),
        urls=tuple(value for tag in "U>" for value in found.get(tag, NO_LIST) if value),
        accession=accession,
        database=database,
        notes=tuple(value for value in found.get("Z", NO_LIST) if value),
        extra={f"%{tag}": tuple(values) for tag, values in found.items() if tag not in TAKEN} or NOTHING,
    )
