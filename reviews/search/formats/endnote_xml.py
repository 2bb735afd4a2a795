"""EndNote's XML, also as Mendeley, Zotero and others write it. Values may stand in several <style> pieces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import fields
from .base import NOTHING, Reference, Rejection
from .xml import records, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

START = re.compile(rb"<(record)(?:\s[^<>]{0,2000})?>")
NUMBERS = {
    "17": "journal", "6": "book", "5": "chapter", "10": "conference", "47": "conference", "32": "thesis", "27": "report",
    "12": "web", "25": "patent", "34": "unpublished", "59": "dataset", "44": "book", "28": "book", "23": "journal",
    "19": "journal", "43": "journal", "16": "web", "56": "web", "3": "conference",
}  # fmt: skip
TAKEN = frozenset({
    "ref-type", "contributors", "titles", "periodical", "dates", "pages", "volume", "number", "electronic-resource-num",
    "accession-num", "isbn", "abstract", "notes", "keywords", "urls", "remote-database-name", "language", "work-type",
})  # fmt: skip


def read(data: bytes, warnings: list[str]) -> Iterator[Reference | Rejection]:
    return records(data, START, reference)


def reference(line: int, raw: str, root: etree._Element) -> Reference:
    title = value(root, "titles/title") or value(root, "titles/translated-title")
    summary = value(root, "abstract")
    accession = value(root, "accession-num")
    database = value(root, "remote-database-name")
    urls = tuple([text for one in root.iterfind("urls//url") if (text := text_of(one))])
    notes = tuple(
        [text for path in ("notes", "research-notes") for one in root.iterfind(path) if (text := text_of(one))]
    )
    wanted = not database or any(word in database.lower() for word in ("pubmed", "medline", "nlm"))
    number = accession.lstrip("0") if wanted and fields.BARE_PMID.match(accession) else ""
    types = tuple([text for one in root.iterfind("work-type") if (text := text_of(one))])
    return Reference(
        line=line,
        raw=raw,
        kind=kind(root.find("ref-type")),
        title=title,
        authors=people(root),
        year=fields.year(value(root, "dates/year"), *[text_of(one) for one in root.iterfind("dates/pub-dates/date")]),
        journal=value(root, "periodical/full-title")
        or value(root, "titles/secondary-title")
        or value(root, "titles/alt-title"),
        volume=value(root, "volume"),
        issue=value(root, "number"),
        pages=value(root, "pages"),
        doi=fields.first_doi((value(root, "electronic-resource-num"), *urls, *notes)),
        pmid=number or next((found for text in (accession, *urls, *notes) if (found := fields.pmid(text))), ""),
        pmcid=fields.pmcid(value(root, "custom2")),
        registrations=fields.registrations(title, summary, *notes),
        issn_isbn=value(root, "isbn"),
        abstract=summary,
        language=value(root, "language"),
        keywords=tuple([text for one in root.iterfind("keywords/keyword") if (text := text_of(one))]),
        publication_types=types,
        urls=urls,
        accession=accession,
        database=database,
        notes=notes,
        extra=others(root) or NOTHING,
    )


def value(root: etree._Element, path: str) -> str:
    return next((text for one in root.iterfind(path) if (text := text_of(one))), "")


def people(root: etree._Element) -> tuple[str, ...]:
    names = [text for one in root.iterfind("contributors/authors/author") if (text := text_of(one))]
    return tuple(name.rstrip(", ") for name in names)


def kind(said: etree._Element | None) -> str:
    if said is None:
        return ""
    number = text_of(said)
    return fields.KINDS.get((said.get("name") or "").lower()) or NUMBERS.get(number, "other")


def others(root: etree._Element) -> dict[str, tuple[str, ...]]:
    extra: dict[str, list[str]] = {}
    for one in root:
        if isinstance(one.tag, str) and one.tag not in TAKEN and (text := text_of(one)):
            extra.setdefault(one.tag, []).append(text)
    for path in (
        "titles/short-title",
        "titles/tertiary-title",
        "contributors/secondary-authors/author",
        "periodical/abbr-1",
    ):
        if values := [text for one in root.iterfind(path) if (text := text_of(one))]:
            extra[path.partition("/")[2]] = values
    return {tag: tuple(values) for tag, values in extra.items()}
