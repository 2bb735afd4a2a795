"""Cutting a cleaned file into its records, for all formats whose records start with a line of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .base import Rejection

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_RECORD = 8_000_000
"""Bytes. The longest real record seen has 250,000; beyond this a file is broken or meant to break us."""
STEP = 4096
SHOWN = 2_000
"""How much of the text of a record that was refused for its length is kept."""


@dataclass(slots=True)
class Piece:
    line: int
    text: str


def nothing_in(line: int, raw: str) -> Rejection:
    return Rejection(line, "There is nothing in this record.", raw)


def too_long(line: int, beginning: bytes, length: int) -> Rejection:
    most = LONGEST_RECORD // 1_000_000
    reason = (
        f"The record is {length / 1e6:.1f} MB long; more than {most} MB is no reference. Only its beginning was kept."
    )
    return Rejection(line, reason, decode(beginning))


def decode(data: bytes | bytearray) -> str:
    return data.decode("utf-8", "replace")


def blanks_before(data: bytes, at: int) -> int:
    """Where the blanks begin that end at a place: in great steps, for a line of 200 MB of blanks has been seen."""
    while at:
        piece = bytes(data[max(0, at - STEP) : at])
        left = piece.rstrip(b" \t")
        at -= len(piece) - len(left)
        if left:
            break
    return at


def places(data: bytes, body: bytes) -> Iterator[int]:
    """Where the lines begin that match ``body``; a plain line end at the head of the pattern makes the search fast."""
    if re.compile(body).match(data):
        yield 0
    for found in re.compile(rb"\n(?=" + body + rb")").finditer(data):
        yield found.end()


def after_blanks(data: bytes, body: bytes) -> Iterator[int]:
    """Where lines begin that match ``body`` and stand first in the file or after a blank line."""
    top = re.compile(rb"(?:[ \t]*+\n)*+").match(data)
    begin = top.end() if top else 0
    if re.compile(body).match(data, begin):
        yield begin
    begins = re.compile(body)
    for found in re.compile(rb"\n(?:[ \t]*+\n)++").finditer(data, max(begin - 1, 0)):  # a run once, however long it is
        if found.end() > begin and begins.match(data, found.end()):
            yield found.end()


def pieces(data: bytes, starts: Iterator[int]) -> Iterator[Piece | Rejection]:
    """Each record from its start to the next one's, with its line. What stands before the first is no record."""
    line, counted, begin = 1, 0, -1
    for at in starts:
        if begin >= 0:
            yield piece(data, begin, at, line)
        line += data.count(b"\n", counted, at)
        counted = begin = at
    if begin >= 0:
        yield piece(data, begin, len(data), line)


def piece(data: bytes, begin: int, end: int, line: int) -> Piece | Rejection:
    if end - begin > LONGEST_RECORD:
        return too_long(line, data[begin : begin + SHOWN], end - begin)
    return Piece(line, decode(data[begin:end]).strip("\n"))
