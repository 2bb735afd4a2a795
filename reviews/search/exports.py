"""Records as RIS, BibTeX and CSV, written one at a time, so that a long list never stands in memory."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from django.db.models import QuerySet

from reviews.library.models import Record

NAMES = (("ris", "RIS"), ("bibtex", "BibTeX"), ("csv", "CSV"))
ENDINGS = {"ris": "ris", "bibtex": "bib", "csv": "csv"}
CONTENT_TYPES = {
    "ris": "application/x-research-info-systems; charset=utf-8",
    "bibtex": "application/x-bibtex; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
PIECE = 500
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is run as a formula by spreadsheets."""
HEADER = (
    "record",
    "source",
    "title",
    "authors",
    "year",
    "journal",
    "volume",
    "issue",
    "pages",
    "doi",
    "pmid",
    "pmcid",
    "registrations",
    "abstract",
    "language",
    "kind",
    "flags",
    "keywords",
    "copy_of",
    "taken_out_because",
)
_BIBTEX_SIGNS = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "%": r"\%",
        "&": r"\&",
        "#": r"\#",
        "$": r"\$",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


def written(records: QuerySet[Record], format: str) -> Iterator[bytes]:
    """The records in their order, in pieces of a few hundred."""
    found = records.defer("raw", "extra").iterator(chunk_size=PIECE)
    for piece in WRITERS[format](found):
        yield piece.encode("utf-8", "replace")


def ris(records: Iterable[Record]) -> Iterator[str]:
    """RIS as EndNote and Zotero read it: one value on one line, CRLF at its end."""
    for record in records:
        first, _, last = record.pages.partition("-")
        lines = [
            ("TY", RIS_KINDS.get(record.kind, "JOUR")),
            ("TI", record.title),
            *(("AU", author) for author in record.author_list),
            ("PY", "" if record.year is None else str(record.year)),
            ("JO", record.journal),
            ("VL", record.volume),
            ("IS", record.issue),
            ("SP", first),
            ("EP", last),
            ("DO", record.doi),
            ("AN", record.pmid),
            ("AB", record.abstract),
            *(("KW", word) for word in record.keywords.splitlines()),
            ("LA", record.language),
            ("DB", record.source),
            ("ID", str(record.pk)),
            *(("N1", note) for note in notes(record)),
        ]
        yield "".join(f"{tag}  - {_one_line(text)}\r\n" for tag, text in lines if text) + "ER  - \r\n\r\n"


def bibtex(records: Iterable[Record]) -> Iterator[str]:
    """BibTeX with letters as they are (UTF-8) and its own signs escaped."""
    for record in records:
        fields = {
            "title": record.title,
            "author": " and ".join(record.author_list),
            "year": "" if record.year is None else str(record.year),
            "journal": record.journal,
            "volume": record.volume,
            "number": record.issue,
            "pages": record.pages.replace("-", "--"),
            "doi": record.doi,
            "pmid": record.pmid,
            "abstract": record.abstract,
            "keywords": ", ".join(record.keywords.splitlines()),
            "note": "; ".join(notes(record)),
        }
        lines = [f"  {name} = {{{_one_line(text).translate(_BIBTEX_SIGNS)}}}" for name, text in fields.items() if text]
        yield f"@{'misc' if not record.journal else 'article'}{{record{record.pk},\n" + ",\n".join(lines) + "\n}\n\n"


def table(records: Iterable[Record]) -> Iterator[str]:
    """CSV that a spreadsheet opens without running anything in it; it begins with the mark that says UTF-8."""
    yield "\ufeff" + _row(HEADER)
    for record in records:
        yield _row(
            (
                str(record.pk),
                record.source,
                record.title,
                "; ".join(record.author_list),
                "" if record.year is None else str(record.year),
                record.journal,
                record.volume,
                record.issue,
                record.pages,
                record.doi,
                record.pmid,
                record.pmcid,
                "; ".join(record.registration_list),
                record.abstract,
                record.language,
                record.kind,
                "; ".join(record.flag_list),
                "; ".join(record.keywords.splitlines()),
                "" if record.duplicate_of_id is None else str(record.duplicate_of_id),
                record.retired_reason,
            )
        )


WRITERS: dict[str, Callable[[Iterable[Record]], Iterator[str]]] = {"ris": ris, "bibtex": bibtex, "csv": table}
RIS_KINDS = {
    "book": "BOOK",
    "chapter": "CHAP",
    "thesis": "THES",
    "report": "RPRT",
    "conference": "CONF",
    "preprint": "UNPB",
    "registration": "ELEC",
}


def notes(record: Record) -> list[str]:
    """What the review knows of a record, for programs that keep notes."""
    known = [f"Registration: {each}" for each in record.registration_list]
    known += [f"Marked as {flag}" for flag in record.flag_list]
    if record.duplicate_of_id is not None:
        known.append(f"Copy of record {record.duplicate_of_id}")
    if record.retired_reason:
        known.append(f"Taken out: {record.retired_reason}")
    return known


def safe_cell(text: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would run it."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _row(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
