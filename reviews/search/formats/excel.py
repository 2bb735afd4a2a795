"""Excel workbooks (.xlsx): the first sheet that has rows, under its header."""

from __future__ import annotations

import datetime
import io
import re
import warnings as python_warnings
from typing import TYPE_CHECKING, Any

from lxml import etree

from . import table, zipped
from .base import Reference, Rejection, UnreadableFileError
from .csv import unique

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_UNPACKED = 100_000_000
"""Bytes of the workbook's parts; shared texts are held in memory whole."""
MOST_COLUMNS = 500
DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def check(data: bytes) -> None:
    parts = zipped.members(data)
    if sum(one.size for one in parts) > MOST_UNPACKED:
        raise UnreadableFileError("The workbook is larger than 100 MB unpacked: save it as CSV.")
    for one in parts:
        if one.name.endswith((".xml", ".rels")) and DECLARED.search(zipped.content(data, one.name)[:4096]):
            raise UnreadableFileError(
                "The workbook declares entities, which no spreadsheet program does; it was not opened."
            )


def rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Row numbers and cells as text, of the first sheet that has any; rows without a value are left out.

    Raises:
        UnreadableFileError: openpyxl cannot read it.
    """
    import openpyxl  # slow to import, and seldom needed

    try:
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            try:
                for sheet in book.worksheets:
                    sheet.reset_dimensions()
                    came = False
                    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1):
                        if row.count(None) < len(row):  # a million empty rows may stand before the next value
                            came = True
                            yield number, [shown(cell) for cell in row]
                    if came:
                        return
            finally:
                book.close()
    except UnreadableFileError:
        raise
    except (
        Exception
    ) as error:  # openpyxl raises whatever its parts raise: KeyError, ValueError, BadZipFile, ParseError…
        raise UnreadableFileError(
            "The Excel file is damaged or of a kind that cannot be read: save it as CSV."
        ) from error


def shown(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    return str(cell).replace("_x000D_", "").replace("\r\n", "\n").replace("\0", "")


def header(data: bytes) -> tuple[list[str], int]:
    for number, cells in rows(data):
        while cells and not cells[-1]:
            cells.pop()
        return unique([cell.strip() for cell in cells]), number
    raise UnreadableFileError("The workbook has no rows.")


def starts(data: bytes, header_row: int) -> int:
    """Rows below the header with a value in them, counted in the sheet's own XML rather than by openpyxl."""
    for name in sheet_names(data):
        count = 0
        found = False
        source = io.BytesIO(zipped.content(data, name))
        at = 0
        for _, row in etree.iterparse(source, tag="{*}row", resolve_entities=False, no_network=True, recover=True):
            at = int(row.get("r") or at + 1)
            if any(says_something(one) for cell in row for one in cell):
                found = True
                count += at > header_row
            row.clear(keep_tail=False)
        if found:
            return count
    return 0


def says_something(part: etree._Element) -> bool:
    """Whether a part of a cell is a value; a text in the cell itself counts even if it is empty, as openpyxl has it."""
    name = etree.QName(part).localname
    return name == "is" or (name == "v" and bool("".join(part.itertext())))


def sheet_names(data: bytes) -> list[str]:
    """The sheets' parts in the workbook's order."""
    parts = {one.name for one in zipped.members(data)}
    try:
        book = etree.fromstring(zipped.content(data, "xl/workbook.xml"), etree.XMLParser(resolve_entities=False))
        rels = etree.fromstring(
            zipped.content(data, "xl/_rels/workbook.xml.rels"), etree.XMLParser(resolve_entities=False)
        )
    except (etree.XMLSyntaxError, UnreadableFileError):
        return sorted(name for name in parts if name.startswith("xl/worksheets/sheet"))
    targets = {one.get("Id"): (one.get("Target") or "").removeprefix("/xl/").removeprefix("xl/") for one in rels}
    relation = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    named = [f"xl/{targets.get(one.get(relation), '')}" for one in book.iter("{*}sheet")]
    return [name for name in named if name in parts]


def read(
    data: bytes, warnings: list[str], *, columns: list[str], header_row: int, mapping: Mapping[str, str]
) -> Iterator[Reference | Rejection]:
    for number, cells in rows(data):
        if number > header_row:
            while len(cells) > len(columns) and not cells[-1]:
                cells.pop()
            yield table.reference(number, "\t".join(cells), columns, cells, mapping)
