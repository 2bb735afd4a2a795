"""CSV and TSV of any producer. The delimiter is found, quotes may hold line ends, rows may be ragged."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from . import table
from .base import Reference, Rejection, UnreadableFileError
from .splitting import LONGEST_RECORD, SHOWN, decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

csv.field_size_limit(LONGEST_RECORD)

DELIMITERS = (",", ";", "\t", "|")
EXCEL_SAYS = re.compile(rb"\Asep=(.)\n", re.IGNORECASE)
NEWLINE, QUOTE = b'\n"'
BLANK = re.compile(rb"\n++")
EMPTY_LINES = re.compile(rb"\n\n++")
MOST_WARNINGS = 20
RAYYAN_LOG = {"articleid", "key", "value"}


def header(data: bytes, delimiter: str | None = None) -> tuple[str, list[str], int]:
    """Delimiter, column names and where the rows begin.

    Raises:
        UnreadableFileError: no header.
    """
    at = 0
    if said := EXCEL_SAYS.match(data[:6]):
        delimiter, at = decode(said[1]), said.end()
    while data[at : at + 1] == b"\n":
        at += 1
    best: tuple[tuple[int, int], str, list[str], int] | None = None
    for sign in (delimiter,) if delimiter else DELIMITERS:
        end = row_pattern(sign).match(data, at)
        if end is None or end.end() - at > 200_000:
            continue
        columns = next(csv.reader(decode(data[at : end.end()]).split("\n"), delimiter=sign), [])
        columns = [name.strip() for name in columns]
        score = (table.known(columns), len(columns))
        if columns and (best is None or score > best[0]):
            best = (score, sign, columns, end.end())
    if best is None:
        raise UnreadableFileError("This table has no header row.")
    return best[1], unique(best[2]), best[3]


def unique(columns: list[str]) -> list[str]:
    """Names told apart, so that a second column of one name keeps its values."""
    seen: dict[str, int] = {}
    named = []
    for at, name in enumerate(columns, 1):
        name = name or f"column {at}"
        seen[name] = seen.get(name, 0) + 1
        named.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return named


def row_pattern(delimiter: str) -> re.Pattern[bytes]:
    """One row with its line end, quotes heeded where a field begins with one: as csv.reader sees it."""
    sign = re.escape(delimiter.encode())
    one = rb'(?:"[^"]*+(?:""[^"]*+)*+(?:"[^%s\n]*+)?+|[^%s\n]*+)' % (sign, sign)
    return re.compile(one + rb"(?:" + sign + one + rb")*+\n?")


def starts(data: bytes, delimiter: str, at: int, most: int) -> int:
    """Rows after the header that are not blank lines, found by plain search for quotes, delimiters and line ends.

    Counting stops at some number above ``most``.
    """
    sign, count, size = delimiter.encode(), 0, len(data)
    while at < size and count <= most:
        quote = data.find(b'"', at)
        clear = size if quote < 0 else data.rfind(b"\n", at, quote) + 1 or at  # up to here no quote is in the way
        if clear > at:
            count += rows_without_quotes(data, at, clear)
            at = clear
            continue
        end = row_end(data, at, sign)
        count += end > at + (data[end - 1] == NEWLINE)
        at = end
    return count


def rows_without_quotes(data: bytes, at: int, end: int) -> int:
    """Lines that are not empty."""
    ends = data.count(b"\n", at, end) + (data[end - 1] != NEWLINE)
    empty = data[at] == NEWLINE
    return ends - empty - sum(run.end() - run.start() - 1 for run in EMPTY_LINES.finditer(data, at, end))


def row_end(data: bytes, at: int, sign: bytes) -> int:
    """Where the row that begins here ends, its line end included. A quote only counts where a cell begins with it."""
    size = len(data)
    while at < size:
        if data[at] == QUOTE:
            at += 1
            while True:
                at = data.find(b'"', at)
                if at < 0:
                    return size
                if data[at + 1 : at + 2] != b'"':
                    break
                at += 2
            at += 1
        line = data.find(b"\n", at)
        line = size if line < 0 else line
        cell = data.find(sign, at, line)
        if cell < 0:
            return min(line + 1, size)
        at = cell + 1
        if at == size:
            return size
    return size


def read(
    data: bytes, warnings: list[str], *, delimiter: str, columns: list[str], at: int, mapping: Mapping[str, str]
) -> Iterator[Reference | Rejection]:
    pattern = row_pattern(delimiter)
    line, size = data.count(b"\n", 0, at) + 1, len(data)
    while at < size:
        if blank := BLANK.match(data, at):
            line, at = line + blank.end() - at, blank.end()
            continue
        found = pattern.match(data, at)
        end = found.end() if found and found.end() > at else size
        yield row(data, at, end, line, delimiter, columns, mapping, warnings)
        line += data.count(b"\n", at, end)
        at = end


def row(
    data: bytes,
    at: int,
    end: int,
    line: int,
    delimiter: str,
    columns: list[str],
    mapping: Mapping[str, str],
    warnings: list[str],
) -> Reference | Rejection:
    if end - at > LONGEST_RECORD:
        beginning = decode(data[at : at + SHOWN])
        return Rejection(
            line,
            f"The row is {(end - at) / 1e6:.1f} MB long; no reference is. A quotation mark may be missing.",
            beginning,
        )
    raw = decode(data[at:end]).removesuffix("\n")
    try:
        cells = next(csv.reader(io.StringIO(raw, newline="\n") if "\n" in raw else [raw], delimiter=delimiter), [])
    except csv.Error as error:
        return Rejection(line, f"This row cannot be read: {error}.", raw[:SHOWN])
    if len(cells) > len(columns) and len(warnings) < MOST_WARNINGS:
        warnings.append(f"Line {line} has {len(cells)} cells under {len(columns)} columns.")
    return table.reference(line, raw, columns, cells, mapping)
