"""Records as RIS, BibTeX and CSV, written one at a time, so that a long list never stands in memory."""

from collections.abc import Iterable, Iterator, Mapping

from django.db.models import QuerySet

from reviews.library.models import Record
from reviews.search.formats import Reference, writing

NAMES = (("ris", "RIS"), ("bibtex", "BibTeX"), ("csv", "CSV"))
ENDINGS = {"ris": "ris", "bibtex": "bib", "csv": "csv"}
CONTENT_TYPES = {
    "ris": "application/x-research-info-systems; charset=utf-8",
    "bibtex": "application/x-bibtex; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
PIECE = 500
BESIDE = ("Record", "Source", "Marked as", "Copy of record", "Taken out because")
"""What the review knows of a record besides what its source said."""
BYTE_ORDER_MARK = "\ufeff"
"""Without it, Excel takes UTF-8 for the letters of the machine."""


def written(records: QuerySet[Record], format: str) -> Iterator[bytes]:
    """The records in their order, a record at a time."""
    pieces: Iterator[str]
    found = pairs(records.defer("raw").iterator(chunk_size=PIECE))
    match format:
        case "ris":
            pieces = (text.replace("\n", "\r\n") for text in writing.ris(found))
        case "bibtex":
            pieces = writing.bibtex(found)
        case "csv":
            pieces = writing.csv_rows(found, BESIDE)
            yield BYTE_ORDER_MARK.encode()
        case _:
            raise ValueError(f"Records are not written as {format}.")
    for piece in pieces:
        yield piece.encode("utf-8", "replace")


def pairs(records: Iterable[Record]) -> Iterator[tuple[Reference, Mapping[str, str]]]:
    for record in records:
        yield reference(record), beside(record)


def reference(record: Record) -> Reference:
    """A record as the writers take it: what is shown, corrections included."""

    def one(name: str) -> str:
        return "; ".join(str(value) for value in record.extra.get(name, ()))

    return Reference(
        line=record.line or 0,
        raw="",
        kind=record.kind,
        title=record.title,
        authors=tuple(record.author_list),
        year=record.year,
        journal=record.journal,
        volume=record.volume,
        issue=record.issue,
        pages=record.pages,
        doi=record.doi,
        pmid=record.pmid,
        pmcid=record.pmcid,
        registrations=tuple(record.registration_list),
        issn_isbn=one("issn_isbn"),
        abstract=record.abstract,
        language=record.language,
        keywords=tuple(record.keywords.splitlines()),
        publication_types=tuple(record.publication_types.splitlines()),
        urls=tuple(line for line in record.links.splitlines() if line.startswith(("http://", "https://"))),
        accession=one("accession"),
        database=one("database"),
        notes=tuple(str(note) for note in record.extra.get("notes", ())),
    )


def beside(record: Record) -> dict[str, str]:
    return dict(
        zip(
            BESIDE,
            (
                str(record.pk),
                record.source,
                ", ".join(record.flag_list),
                "" if record.duplicate_of_id is None else str(record.duplicate_of_id),
                record.retired_reason,
            ),
            strict=True,
        )
    )
