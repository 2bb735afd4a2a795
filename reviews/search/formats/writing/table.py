"""CSV that spreadsheets open without running anything in it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from reviews.search.formats.table import FORMULA_SIGNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reviews.search.formats.base import Reference

COLUMNS = (
    "title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "pmcid", "registrations",
    "issn_isbn", "abstract",
    "language", "keywords", "publication_types", "urls", "accession", "database", "notes", "kind",
)  # fmt: skip
JOINED_BY = "; "


def csv_rows(references: Iterable[tuple[Reference, Mapping[str, str]]], columns: Sequence[str] = ()) -> Iterator[str]:
    """The header, then one row's text at a time; ``columns`` names what stands beside each reference."""
    yield line([*COLUMNS, *columns])
    for one, beside in references:
        yield line([*(cell(one, name) for name in COLUMNS), *(beside.get(name, "") for name in columns)])


def cell(one: Reference, name: str) -> str:
    value = getattr(one, name)
    if isinstance(value, tuple):
        return JOINED_BY.join(value)
    return "" if value is None else str(value)


def line(cells: Iterable[str]) -> str:
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerow([safe(one) for one in cells])
    return made.getvalue()


def safe(text: str) -> str:
    """The text with an apostrophe before what spreadsheets would run as a formula (OWASP, CSV injection).

    A text that begins with an apostrophe and such a sign gets one more, so that our reader gives it back whole.
    """
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_SIGNS) else text
