"""Between the pure readers and the tables: look into a file, read it, and make a record's fields of a reference."""

import codecs
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from reviews.library.models import Record
from reviews.search import formats, rules
from reviews.search.formats import Detected, Format, Reference
from reviews.search.formats.table import FIELDS, UnknownColumnsError
from reviews.search.models import Import

Unreadable = formats.UnreadableFileError

ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "cp1252",
    "latin-1",
    "cp1250",
    "cp1251",
    "gb18030",
    "shift_jis",
    "euc-kr",
    "mac-roman",
)
"""What a person may choose where the letters look wrong."""
NAMES = {
    Format.RIS: "RIS",
    Format.NBIB: _("PubMed (nbib)"),
    Format.PUBMED_XML: "PubMed XML",
    Format.ENDNOTE_XML: "EndNote XML",
    Format.REFER: _("EndNote (refer, ENW)"),
    Format.BIBTEX: "BibTeX",
    Format.WOS: _("Web of Science, tagged"),
    Format.OVID: _("Ovid, text"),
    Format.CSV: _("Table (CSV or TSV)"),
    Format.EXCEL: _("Table (Excel)"),
    Format.CTGOV_JSON: "ClinicalTrials.gov JSON",
    Format.ZIP: "Zip",
}
_COLUMN_WORDS = {
    "title": _("title"),
    "authors": _("authors"),
    "year": _("year"),
    "journal": _("journal"),
    "volume": _("volume"),
    "issue": _("issue"),
    "pages": _("pages"),
    "first_page": _("first page"),
    "last_page": _("last page"),
    "doi": "DOI",
    "pmid": _("PubMed number"),
    "pmcid": _("PubMed Central number"),
    "registrations": _("registrations"),
    "issn_isbn": _("ISSN or ISBN"),
    "abstract": _("abstract"),
    "language": _("language"),
    "keywords": _("keywords"),
    "publication_types": _("publication types"),
    "urls": _("links"),
    "accession": _("accession number"),
    "database": _("database"),
    "notes": _("notes"),
    "kind": _("kind"),
}
COLUMNS = tuple((name, _COLUMN_WORDS.get(name, name)) for name in FIELDS)
"""What a column of a table may be."""

BINARY = "binary"
"""What the readers say of a zip: its files have encodings of their own."""
SAMPLES = 3
"""So many records are shown before anything is imported."""
BY_LINES = frozenset({Format.RIS, Format.NBIB, Format.REFER, Format.BIBTEX, Format.WOS, Format.OVID, Format.CSV})
HEAD = 4 * 1024 * 1024
"""As much of a long text is looked at for its first records; the whole is counted when it is read."""
_TEXT_LIMITS = {each.name: each.max_length for each in Record._meta.concrete_fields if each.max_length is not None}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a file is, and its first records; `starts` is None where it is too long to count in passing."""

    format: str
    encoding: str
    starts: int | None
    samples: Sequence[Mapping[str, Any]]
    columns: Sequence[str] = ()
    """Of a table: its header."""
    mapping: Mapping[str, str] = field(default_factory=dict)
    is_told_apart: bool = True
    """Of a table: whether it is known which column is what."""


@dataclass(frozen=True, slots=True)
class Found:
    """One start of a record: either the fields of a record, or the reason why there is none."""

    line: int
    raw: str
    reason: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Whole:
    """A file while it is read; `starts` was counted by another hand than the reader's."""

    starts: int
    items: Iterator[Found]


def content_of(of: Import) -> bytes:
    with of.file.content.open("rb") as opened:
        content: bytes = opened.read()
    return content


def look(
    content: bytes, *, name: str, format: str = "", encoding: str = "", mapping: Mapping[str, str] | None = None
) -> Seen:
    """What a file is, and its first records.

    Raises:
        Unreadable: nothing can be read in it, with the reason as a sentence.
    """
    if format and format not in set(Format):
        raise Unreadable(f"There is no format called “{format[:40]}”.")
    if encoding and not _is_encoding(encoding):
        raise Unreadable(f"There is no encoding called “{encoding[:40]}”.")
    found = _detected(content, name) if not (format and encoding) else None
    kind = Format(format) if format else found.format if found else Format.CSV
    letters = encoding or (found.encoding if found else "")
    is_long = len(content) > HEAD and kind in BY_LINES
    try:
        reading = formats.read(
            content[: content.rfind(b"\n", 0, HEAD) + 1] if is_long else content,
            name=name,
            format=kind.value,
            encoding=letters,
            mapping=mapping or None,
        )
    except UnknownColumnsError as unknown:
        return Seen(kind.value, letters, None, [], unknown.columns, is_told_apart=False)
    samples = []
    for item in reading.items:
        if isinstance(item, Reference):
            samples.append(fields_of(item))
            if len(samples) == SAMPLES:
                break
    return Seen(
        reading.format.value,
        reading.encoding,
        None if is_long else reading.starts,
        samples,
        reading.columns,
        reading.mapping,
    )


def _is_encoding(name: str) -> bool:
    if name == BINARY:
        return True
    try:
        return codecs.lookup(name)._is_text_encoding
    except (LookupError, ValueError):
        return False


def _detected(content: bytes, name: str) -> Detected:
    """The encoding is found from all of a text, so that the one strange sign at its end is seen."""
    return formats.detect(content, name)


def read(content: bytes, *, name: str, format: str, encoding: str, mapping: Mapping[str, str]) -> Whole:
    """The whole file, one start of a record at a time, in its order.

    Raises:
        Unreadable: nothing can be read in it, with the reason as a sentence.
    """
    reading = formats.read(content, name=name, format=format, encoding=encoding, mapping=mapping or None)
    return Whole(reading.starts, map(_found, reading.items))


def _found(item: "Reference | formats.Rejection") -> Found:
    if isinstance(item, Reference):
        return Found(item.line, _storable(item.raw), "", fields_of(item))
    return Found(item.line, _storable(item.raw), item.reason or str(_("It could not be read.")))


def fields_of(reference: Reference) -> dict[str, Any]:
    """The fields of a record; what is too long for its column is cut there and stands whole in `extra`."""
    extra: dict[str, Any] = {name: list(values) for name, values in reference.extra.items()}
    for name in ("issn_isbn", "accession", "database"):
        if getattr(reference, name):
            extra[name] = [getattr(reference, name)]
    if reference.notes:
        extra["notes"] = list(reference.notes)
    texts: dict[str, Any] = {
        "kind": reference.kind,
        "title": reference.title,
        "authors": "\n".join(reference.authors),
        "journal": reference.journal,
        "volume": reference.volume,
        "issue": reference.issue,
        "pages": reference.pages,
        "doi": reference.doi,
        "pmid": reference.pmid,
        "pmcid": reference.pmcid,
        "registrations": "\n".join(reference.registrations),
        "abstract": reference.abstract,
        "language": reference.language,
        "publication_types": "\n".join(reference.publication_types),
        "keywords": "\n".join(reference.keywords),
        "links": "\n".join([*_links(reference), *reference.urls]),
    }
    for name, text in texts.items():
        limit = _TEXT_LIMITS.get(name)
        if limit and len(text) > limit:
            extra[name], texts[name] = [text], text[:limit]
        if "\x00" in text:
            texts[name] = _storable(texts[name])
    year = reference.year if reference.year is not None and rules.is_year(reference.year) else None
    return texts | {"year": year, "flags": _flags(reference), "extra": _plain(extra)}


def _links(reference: Reference) -> Iterator[str]:
    for link in reference.links:
        numbers = [f"PMID {link.pmid}" if link.pmid else "", f"DOI {link.doi}" if link.doi else "", link.text]
        yield f"{link.kind.value}: {', '.join(part for part in numbers if part)}"


def _flags(reference: Reference) -> str:
    found = rules.flags_of(
        kind=reference.kind,
        title=reference.title,
        publication_types=reference.publication_types,
        links=[link.kind.value for link in reference.links],
    )
    return f" {' '.join(found)} " if found else ""


def _storable(text: str) -> str:
    """PostgreSQL holds every sign but the one that is none."""
    return text.replace("\x00", "\ufffd") if "\x00" in text else text


def _plain(extra: dict[str, Any]) -> dict[str, Any]:
    return {_storable(str(name)): [_storable(str(value)) for value in values] for name, values in extra.items()}


def formats_to_choose() -> list[tuple[str, Any]]:
    """Formats by name, for a person who knows better."""
    return [(each.value, name) for each, name in NAMES.items() if each is not Format.ZIP]


def format_name(value: str) -> str:
    return str(NAMES.get(Format(value), value)) if value in set(Format) else value
