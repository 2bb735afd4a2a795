"""CSV and TSV of any producer. The delimiter is found, quotes may hold line ends, rows may be ragged."""

from __future__ import annotations

import csv
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
RAYYAN_LOG = {"articleid", "key", "value"}


class Lines:
    """The file's lines for ``csv.reader``, remembering those that the row in hand was made of."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at
        self.line = data.count(b"\n", 0, at) + 1
        self.taken: list[str] = []
        self.length = 0

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        if self.at >= len(self.data):
            raise StopIteration
        end = self.data.find(b"\n", self.at)
        end = len(self.data) if end < 0 else end
        self.length += end - self.at
        # What is beyond the longest record is left out; the row is then refused for its length.
        text = decode(self.data[self.at : min(end, self.at + LONGEST_RECORD)])
        self.at = end + 1
        if self.length <= LONGEST_RECORD:
            self.taken.append(text)
        return text + "\n"


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
    """One row with its line end, quotes heeded where a field begins with one: the counter's own view of CSV."""
    sign = re.escape(delimiter.encode())
    one = rb'(?:"[^"]*+(?:""[^"]*+)*+(?:"[^%s\n]*+)?+|[^%s\n]*+)' % (sign, sign)
    return re.compile(one + rb"(?:" + sign + one + rb")*+\n?")


def starts(data: bytes, delimiter: str, at: int) -> int:
    """Rows after the header that are not blank lines; found without the csv module."""
    pattern, count = row_pattern(delimiter), 0
    while at < len(data):
        found = pattern.match(data, at)
        end = found.end() if found and found.end() > at else len(data)
        if end - at > 1000 or not is_blank(data[at:end]):
            count += 1
        at = end
    return count


def is_blank(row: bytes) -> bool:
    return not row.strip(b"\n")


def read(
    data: bytes, warnings: list[str], *, delimiter: str, columns: list[str], at: int, mapping: Mapping[str, str]
) -> Iterator[Reference | Rejection]:
    lines = Lines(data, at)
    reader = csv.reader(lines, delimiter=delimiter)
    line = lines.line
    while True:
        begin = lines.at
        problem = ""
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            cells, problem = [], str(error)
        raw, length = "\n".join(lines.taken), lines.length
        lines.taken, lines.length = [], 0
        began, line = line, line + data.count(b"\n", begin, lines.at)
        if length > LONGEST_RECORD:
            yield Rejection(
                began,
                f"The row is {length / 1e6:.1f} MB long; no reference is. A quotation mark may be missing.",
                raw[:SHOWN],
            )
        elif problem:
            yield Rejection(began, f"This row cannot be read: {problem}.", raw[:SHOWN])
        elif cells:
            if len(cells) > len(columns) and len(warnings) < 20:
                warnings.append(f"Line {began} has {len(cells)} cells under {len(columns)} columns.")
            yield table.reference(began, raw, columns, cells, mapping)
