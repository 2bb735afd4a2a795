"""RIS in the dialects of databases and reference managers.

A record runs from one TY line to the next; ER is welcome and not needed. A line without a tag continues the value above.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import fields
from .base import NOTHING, Link, LinkKind, Reference, Rejection
from .splitting import blanks_before, nothing_in, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

START = re.compile(rb"TY[ \t]{0,3}-")
"""Begins with plain letters, for which the search is fastest; that a line begins there is looked at afterwards."""
LOOSE_TAG = re.compile(r"\s{0,3}([A-Z][A-Z0-9])[ \t]{0,3}-(?:[ \t]+|$)(.*)", re.DOTALL)
"""One blank, a tab or none before the hyphen; believed only of tags that are known, for prose can look like this."""

NEWLINE = 10
TAGGED = re.compile(r"^([A-Z][A-Z0-9])  -(?: (.*))?$", re.MULTILINE)
TITLES = ("TI", "T1", "CT", "BT", "TT")
JOURNALS = ("JF", "JO", "T2", "JA", "J2", "J1", "BT", "T3")
YEARS = ("PY", "Y1", "YR", "DA")
ABSTRACTS = ("AB", "N2")
DOI_ELSEWHERE = ("DI", "M3", "UR", "L3", "L1", "L2", "LK", "N1", "ID", "C7", "M1", "U1", "U2", "U3", "U4", "U5", "AN")
PMID_TAGS = ("PM", "AN", "C2", "U2")
PMID_SAID_IN = ("AN", "C2", "PM", "ID", "U2", "N1", "UR", "M1", "C1")
REGISTRATIONS = ("CN", "CT", "N1", "M1", "C1", "AN", "NO", "KW", "SI", "UR")
URLS = ("UR", "LK", "L1", "L2", "L3", "L4")
TAKEN = frozenset({
    "ER", "A1", "AU", "VL", "CP", "IS", "SP", "EP", "DO", "SN", "LA", "KW", "DB", "DP", "N1", "RN",
    "TI", "T1", "JF", "PY", "AB", "N2", "Y1", "UR", "LK", "L1", "L2", "L3", "L4",
})  # fmt: skip
"""Tags whose whole value has a place of its own; what is left of the others is in ``extra``."""
KNOWN = TAKEN | frozenset({
    "TY", "A2", "A3", "A4", "AD", "AN", "AV", "BT", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "CA", "CN", "CT", "CY",
    "DA", "DI", "ED", "ET", "ID", "J1", "J2", "JA", "JO", "M1", "M2", "M3", "NV", "OP", "PB", "PM", "PP", "RI", "RP", "SE",
    "ST", "T2", "T3", "TA", "TT", "U1", "U2", "U3", "U4", "U5", "VO", "XR", "US", "Y2", "YR", "NO", "SI", "PT",
})  # fmt: skip
PUBLICATION_TYPE_TAGS = ("M3", "PT")
ADDRESSES = re.compile(r"(?<!\s)\s++(?=https?://)")
RETRACTED = re.compile(r"\b(?:retracted|retraction) in\b[:.]?\s*(.*)", re.IGNORECASE)
NO_LIST: list[str] = []


def read(data: bytes, warnings: list[str]) -> Iterator[Reference | Rejection]:
    for piece in pieces(data, starts(data)):
        if isinstance(piece, Rejection):
            yield piece
        else:
            yield reference(piece.line, piece.text)


def starts(data: bytes) -> Iterator[int]:
    for found in START.finditer(data):
        at = found.start()
        if at and data[at - 1] != NEWLINE:
            at = blanks_before(data, at)
            if at and data[at - 1] != NEWLINE:
                continue
        yield at


def values_of(raw: str) -> dict[str, list[str]]:
    """Tag to its values in order. Continuations are joined by one blank; nothing after ER belongs to the record."""
    found: dict[str, list[str]] = {}
    values: list[str] | None
    plain = TAGGED.findall(raw)
    if len(plain) == raw.count("\n") + 1:  # every line has its tag: nothing is continued, nothing is loose
        for tag, value in plain:
            if tag == "ER":
                break
            values = found.get(tag)
            if values is None:
                found[tag] = [value.strip()]
            else:
                values.append(value.strip())
        return found
    values, last = None, ""
    for line in raw.split("\n"):
        tag = line[:2]
        if line[2:6] == "  - " and tag.isalnum() and tag.isupper():
            value = line[6:]
        elif (loose := LOOSE_TAG.match(line)) and (loose[1] in KNOWN or line[2:5] == "  -"):
            tag, value = loose[1], loose[2]
        else:
            more = line.strip()
            if more and last == "KW" and values is not None and not line.startswith(("  ", "\t")):
                values.append(more)  # EndNote writes one keyword a line under the first
            elif more and values is not None:
                values[-1] = f"{values[-1]} {more}" if values[-1] else more
            continue
        if tag == "ER":
            break
        last = tag
        values = found.get(tag)
        if values is None:
            values = found[tag] = [value.strip()]
        else:
            values.append(value.strip())
    return found


def first(found: dict[str, list[str]], tags: tuple[str, ...]) -> str:
    for tag in tags:
        if tag in found:
            for value in found[tag]:
                if value:
                    return value
    return ""


def reference(line: int, raw: str) -> Reference | Rejection:
    found = values_of(raw)
    get = found.get
    said = first(found, ("TY",))
    if not found:
        return nothing_in(line, raw)
    if len(found) == 1 and "TY" in found:  # a bare type is a record, if an empty one: the file says that there is one
        return Reference(line, raw, fields.kind(said))
    title = first(found, TITLES)
    journal = first(found, JOURNALS)
    if not title and (second := first(found, ("T2",))) and not any(tag in found for tag in ("T3", "BT")):
        title, journal = second, first(found, ("JF", "JO", "JA", "J2", "J1", "T3"))  # some chapters have no other title
    abstract = max((value for tag in ABSTRACTS if tag in found for value in found[tag]), key=len, default="")
    database = first(found, ("DB", "DP"))
    doi = fields.first_doi(get("DO", NO_LIST))
    if not doi:
        doi = fields.first_doi(value for tag in DOI_ELSEWHERE if tag in found for value in found[tag])
    notes = tuple([value for value in get("N1", NO_LIST) if value])
    end = get("EP", NO_LIST)
    keywords = get("KW", NO_LIST)
    extra = {tag: tuple(values) for tag, values in found.items() if tag not in TAKEN}
    kind = fields.KINDS.get(said.lower()) or fields.kind(said)
    issues = get("IS") or get("CP")
    start = get("SP", NO_LIST)
    return Reference(
        line, raw, kind, title,
        tuple([name for tag in ("AU", "A1") if tag in found for name in found[tag] if name]),
        fields.year(*[value for tag in YEARS if tag in found for value in found[tag]]),
        journal, first(found, ("VL", "VO")), issues[0] if issues else "",
        fields.pages(start[0] if start else first(found, ("C7", "PP")), end[0] if end else ""),
        doi, pubmed_number(found, database),
        fields.pmcid(first(found, ("C2", "C6", "U1", "AN"))) if "C2" in found or "C6" in found else "",
        fields.registrations(title, abstract, *[value for tag in REGISTRATIONS if tag in found for value in found[tag]]),
        "; ".join(get("SN", NO_LIST)), abstract, first(found, ("LA",)),
        tuple(keywords) if len(keywords) > 1 else tuple(fields.split_list(keywords[0])) if keywords else (),
        tuple([value for tag in PUBLICATION_TYPE_TAGS if tag in found for value in found[tag] if value and "10." not in value]),
        tuple([url for tag in URLS if tag in found for value in found[tag] for url in ADDRESSES.split(value) if url]),
        first(found, ("AN", "ID", "U1", "C2")), database, notes,
        links(notes) if notes else (), extra or NOTHING,
    )  # fmt: skip


def pubmed_number(found: dict[str, list[str]], database: str) -> str:
    """Said to be one anywhere, or a bare number where the database is PubMed or unnamed. A wrong one would merge works."""
    for tag in PMID_SAID_IN:
        if tag in found:
            for value in found[tag]:
                if number := fields.pmid(value):
                    return number
    if not database or any(word in database.lower() for word in ("pubmed", "medline", "scopus", "nlm")):
        for tag in PMID_TAGS:
            for value in found.get(tag, NO_LIST):
                if fields.BARE_PMID.match(value):
                    return value.lstrip("0")
    return ""


def links(notes: tuple[str, ...]) -> tuple[Link, ...]:
    said = [found[1] for note in notes if "etract" in note and (found := RETRACTED.search(note))]
    return tuple([Link(LinkKind.RETRACTION_IN, text[:500], fields.pmid(text), fields.doi(text)) for text in said])
