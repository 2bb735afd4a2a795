"""Citations from a table: one row a record, columns by name."""

from collections.abc import Iterable, Iterator, Mapping

from .citation import Citation
from .text import given

_COLUMNS = {
    "title": ("title",),
    "authors": ("authors", "author"),
    "year": ("year", "published year", "publication year"),
    "journal": ("journal", "booktitle", "source title"),
    "volume": ("volume",),
    "issue": ("issue", "number"),
    "pages": ("pages",),
    "doi": ("doi",),
    "pmid": ("pmid", "pubmed_id", "accession number"),
    "isbn": ("isbn_issn", "isbn", "issn"),
    "abstract": ("abstract",),
    "kind": ("record_type", "entrytype", "type"),
}
IDS = ("record_id", "id", "key")


def citations(rows: Iterable[Mapping[str, str | None]]) -> Iterator[Citation]:
    """A citation for each row, by its record_id (or id, or key).

    Raises:
        KeyError: a row has no such column, or nothing in it.
    """
    for row in rows:
        cells = {
            (name or "").strip().casefold(): value or "" for name, value in row.items() if isinstance(value, str | None)
        }
        identity = next((cells[name] for name in IDS if cells.get(name)), None)
        if identity is None:
            raise KeyError("record_id")
        texts = {
            field: next((found for name in names if (found := given(cells.get(name, "")))), "")
            for field, names in _COLUMNS.items()
        }
        numbers = tuple(given(cells.get("registrations", "")).replace(",", ";").split(";"))
        yield Citation(id=identity, registrations=numbers, **texts)
