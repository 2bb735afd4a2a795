"""RIS as every reference manager reads it: UTF-8, one value a line, CRLF left to the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.search.formats.fields import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reviews.search.formats.base import Reference

TYPES = {
    "journal": "JOUR", "book": "BOOK", "chapter": "CHAP", "conference": "CONF", "thesis": "THES", "report": "RPRT",
    "dataset": "DATA",
    "web": "ELEC", "patent": "PAT", "unpublished": "UNPB", "preprint": "UNPB",
}  # fmt: skip


def ris(references: Iterable[tuple[Reference, Mapping[str, str]]]) -> Iterator[str]:
    """One record's text at a time. What stands beside a reference becomes notes, "name: value"."""
    for one, beside in references:
        yield "".join(f"{tag}  - {value}\n" for tag, value in lines(one, beside)) + "ER  - \n\n"


def lines(one: Reference, beside: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    first, _, last = one.pages.partition("-")
    whole = [
        ("TY", TYPES.get(one.kind, "GEN")), ("TI", one.title), *(("AU", name) for name in one.authors),
        ("PY", str(one.year or "")),
        ("JO", one.journal), ("VL", one.volume), ("IS", one.issue), ("SP", first if "-" not in last else one.pages),
        ("EP", last if "-" not in last else ""), ("DO", one.doi), ("SN", one.issn_isbn), ("AB", one.abstract),
        ("LA", one.language),
        *(("KW", word) for word in one.keywords), *(("M3", said) for said in one.publication_types),
        *(("UR", url) for url in one.urls),
        ("AN", one.accession), ("DB", one.database), *(("N1", note) for note in one.notes),
        ("C2", one.pmcid), ("C1", f"PMID: {one.pmid}" if one.pmid else ""),
        *(("C1", f"Registration: {number}") for number in one.registrations),
        *(("N1", f"{name}: {value}") for name, value in beside.items() if value),
    ]  # fmt: skip
    for tag, value in whole:
        if value := squeeze(value):
            yield tag, value
