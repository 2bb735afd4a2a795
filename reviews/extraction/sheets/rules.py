"""Arm data as a CSV file: its columns, what is wrong in which line, and cells that no spreadsheet takes for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

COLUMNS = (
    "study",
    "arm",
    "outcome",
    "timepoint",
    "result",
    "numbers_are",
    "source",
    "place",
    "method",
    "measured_at",
    "note",
    "reason",
)
NEEDED = ("study", "arm", "outcome", "timepoint", "result")
MOST_ROWS = 10_000
MOST_BYTES = 4_000_000
MOST_SIGNS: Mapping[str, int] = {
    "result": 80,
    "source": 400,
    "place": 120,
    "measured_at": 120,
    "note": 2000,
    "reason": 2000,
}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet may run when a cell begins with it (OWASP, CSV injection)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a file, where, and what to do about it. `line` is 0 for the file as a whole."""

    file: str
    line: int
    column: str
    says: str

    def __str__(self) -> str:
        place = f", line {self.line}" if self.line else ""
        column = f", column {self.column}" if self.column else ""
        return f"{self.file}{place}{column}: {self.says}"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file under the names of its columns; `number` counts as an editor does, the head being line 1."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def safe(text: str) -> str:
    """A cell for a file: with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def plain(text: str) -> str:
    """A cell of a file without the apostrophe that ``safe`` put before it."""
    return text[1:].strip() if text.startswith("'") and text[1:].startswith(FORMULA) else text.strip()


class _Echo:
    """A file that hands each line on instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def safe_file(rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """Rows as the lines of a file; the mark at its beginning tells spreadsheets that it is UTF-8."""
    writer = csv.writer(_Echo())
    yield f"\ufeff{writer.writerow(COLUMNS)}"
    for row in rows:
        yield writer.writerow([safe(row.get(column, "")) for column in COLUMNS])


def decoded(content: bytes) -> str | None:
    """The text of a file in UTF-8; None where it is in another code, which would turn letters into others."""
    try:
        return tidy(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return None


def tidy(text: str) -> str:
    """The text with one kind of line end, so that a form that carries it to and fro does not change it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\n")


def read_sheet(text: str, *, file: str) -> tuple[list[Line], list[Problem]]:
    """The lines of a file that say something, and what is wrong with its shape. Commas, semicolons or tabs part cells."""
    head, _, _ = text.partition("\n")
    if not head.strip():
        return [], [Problem(file, 0, "", f"The file is empty. Begin it with a line of names: {', '.join(NEEDED)} …")]
    mark = max((",", ";", "\t"), key=head.count)
    reader = csv.reader(io.StringIO(text), delimiter=mark, strict=True)
    lines: list[Line] = []
    problems: list[Problem] = []
    try:
        names = [name.strip().casefold().replace(" ", "_") for name in next(reader)]
        problems += _of_head(names, file)
        if problems:
            return [], problems
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
                says = f"It has {len(cells)} cells, the head {len(names)}. Put a cell with “{mark}” in it into quotes."
                problems.append(Problem(file, reader.line_num, "", says))
                continue
            line = Line(reader.line_num, dict(zip(names, map(plain, cells), strict=False)))
            lines.append(line)
            problems += [
                Problem(file, line.number, column, f"It has {len(line[column])} signs; shorten it to {most}.")
                for column, most in MOST_SIGNS.items()
                if len(line[column]) > most
            ]
    except csv.Error as error:
        problems.append(Problem(file, reader.line_num, "", f"It cannot be read ({error}). Look for a quote left open."))
    if len(lines) > MOST_ROWS:
        problems.append(Problem(file, 0, "", f"It has {len(lines)} rows; bring at most {MOST_ROWS} at a time."))
    return lines, problems


def _of_head(names: Sequence[str], file: str) -> list[Problem]:
    problems = [
        Problem(
            file, 1, name, "This column is missing. Name it in the first line, as in the file that you can download."
        )
        for name in NEEDED
        if name not in names
    ]
    problems += [
        Problem(file, 1, name, f"There is no such column. The names are {', '.join(COLUMNS)}.")
        for name in names
        if name not in COLUMNS and name
    ]
    return problems + [
        Problem(file, 1, name, "This column stands there twice. Leave one out.")
        for name in COLUMNS
        if names.count(name) > 1
    ]
