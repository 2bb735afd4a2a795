"""BibTeX in UTF-8: signs that LaTeX would read as its own are escaped, accents stay letters."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from reviews.search.formats.fields import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reviews.search.formats.base import Reference

TYPES = {
    "journal": "article", "book": "book", "chapter": "incollection", "conference": "inproceedings", "thesis": "phdthesis",
    "report": "techreport", "dataset": "dataset", "web": "online", "patent": "patent", "unpublished": "unpublished",
    "preprint": "unpublished",
}  # fmt: skip
SIGNS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "&": r"\&",
    "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
}  # fmt: skip


def bibtex(references: Iterable[tuple[Reference, Mapping[str, str]]]) -> Iterator[str]:
    """One entry's text at a time, each under a key of its own. What stands beside a reference is joined in ``note``."""
    taken: set[str] = set()
    for one, beside in references:
        name = key(one, taken)
        fields = "".join(f"  {field} = {{{value}}},\n" for field, value in pairs(one, beside))
        yield f"@{TYPES.get(one.kind, 'misc')}{{{name},\n{fields}}}\n\n"


def key(one: Reference, taken: set[str]) -> str:
    family = one.authors[0].partition(",")[0] if one.authors else "anonymous"
    plain = unicodedata.normalize("NFKD", family).encode("ascii", "ignore").decode()
    stem = f"{re.sub('[^A-Za-z]', '', plain).lower() or 'anonymous'}{one.year or ''}"
    name, count = stem, 1
    while name in taken:
        count += 1
        name = f"{stem}-{count}"
    taken.add(name)
    return name


def pairs(one: Reference, beside: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    inside = "booktitle" if one.kind in ("chapter", "conference") else "journal"
    notes = [*one.notes, *(f"{name}: {value}" for name, value in beside.items() if value)]
    whole: list[tuple[str, str | tuple[str, ...]]] = [
        ("title", one.title), ("author", one.authors), ("year", str(one.year or "")), (inside, one.journal),
        ("volume", one.volume), ("number", one.issue), ("pages", one.pages), ("doi", one.doi), ("pmid", one.pmid),
        ("pmcid", one.pmcid),
        ("issn", one.issn_isbn), ("abstract", one.abstract), ("language", one.language), ("keywords", "; ".join(one.keywords)),
        *(("url", url) for url in one.urls), ("source", one.database), ("unique-id", one.accession),
        ("registration", "; ".join(one.registrations)), *(("note", note) for note in notes),
    ]  # fmt: skip
    for field, value in whole:
        if isinstance(value, tuple):
            if names := " and ".join(person(name) for name in value if name.strip()):
                yield field, names
        elif value := squeeze(value):
            yield field, escaped(value)


def person(name: str) -> str:
    name = escaped(squeeze(name))
    return f"{{{name}}}" if re.search(r"(?:^|\s)and(?:\s|$)", name, re.IGNORECASE) else name


def escaped(text: str) -> str:
    apart = re.sub(r"([-`'])(?=\1)", "\\1\0", text)  # -- and '' would be read as one sign
    return "".join(SIGNS.get(sign, sign) for sign in apart).replace("\0", "{}")
