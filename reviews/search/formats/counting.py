"""How many records begin in a file, counted by plain search in the cleaned bytes and without the readers' patterns.

Two hands that count alike are the check that a reader lost nothing: ``reading`` compares them for every file. Counting
comes first, so a file that holds too much, or only pretends to hold anything, is refused before a reader sees it.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from .base import Format, UnreadableFileError
from .splitting import blanks_before

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BLANKS = b" \t"
NEWLINE = 10
MOST_RECORDS = 600_000
"""In one file. Databases hand out 10,000 to 100,000 at a time; a library of 500,000 still comes in one piece."""
MOST_PRETENDERS = 2_000_000
"""Places with a record's first letters in the midst of a line. 300 MB of prose about "P <0.05" have a tenth of it."""
BLANK_LINES = re.compile(rb"(?:[ \t]*+\n)*+")
BLANK_LINE = re.compile(rb"\n[ \t]*+\n")


def count(data: bytes, format: Format) -> int:
    """Starts of records.

    Raises:
        UnreadableFileError: more than ``MOST_RECORDS``, or mostly places that only look like a start.
    """
    return checked(sum(1 for _ in islice(STARTS[format](data), MOST_RECORDS + 1)))


def checked(starts: int) -> int:
    """The same number.

    Raises:
        UnreadableFileError: it is larger than ``MOST_RECORDS``.
    """
    if starts > MOST_RECORDS:
        raise UnreadableFileError(f"More than {MOST_RECORDS:,} records begin in this file: bring it in parts.")
    return starts


def found_to_pretend(pretenders: int) -> int:
    """One more than before.

    Raises:
        UnreadableFileError: there are too many for any export.
    """
    if pretenders >= MOST_PRETENDERS:
        raise UnreadableFileError(
            "Millions of places in this file look like the start of a record and are none; it was not read."
        )
    return pretenders + 1


def line_starts(data: bytes, word: bytes) -> Iterator[int]:
    """Where a line begins with the word, blanks before it allowed."""
    pretenders = 0
    for found in re.compile(word + rb"(?<![^ \t\n]" + word + rb")").finditer(data):
        at = found.start()
        before = at if not at or data[at - 1] == NEWLINE else blanks_before(data, at)
        if not before or data[before - 1] == NEWLINE:
            yield at
        else:
            pretenders = found_to_pretend(pretenders)


def bare_starts(data: bytes, word: bytes) -> Iterator[int]:
    """Where a line begins with the word itself."""
    return (at for at in line_starts(data, word) if not at or data[at - 1] == NEWLINE)


def blocks(data: bytes) -> Iterator[int]:
    """Where the blocks begin that blank lines set apart; a run of blank lines is passed at once, however long."""
    at = 0
    while (top := BLANK_LINES.match(data, at)) and top.end() < len(data):
        yield top.end()
        gap = BLANK_LINE.search(data, top.end())
        if not gap:
            return
        at = gap.end()


def after(data: bytes, at: int, most: int) -> int:
    """The place behind at most so many blanks."""
    end = at + most
    while at < end and data[at : at + 1] in (b" ", b"\t"):
        at += 1
    return at


def ris(data: bytes) -> Iterator[int]:
    for at in line_starts(data, b"TY"):
        hyphen = after(data, at + 2, 3)
        if data[hyphen : hyphen + 1] == b"-":
            yield at


def nbib(data: bytes) -> Iterator[int]:
    said = [at for word in (b"PMID-", b"PMID -") for at in islice(bare_starts(data, word), MOST_RECORDS + 1)]
    return iter(said) if said else (at for at in blocks(data) if is_medline(data[at : at + 8]))


def is_medline(line: bytes) -> bool:
    tag, hyphen, _ = line[:8].partition(b"-")
    name = tag.rstrip(b" ")
    return (
        bool(hyphen)
        and 2 <= len(name) <= 4
        and len(tag) - len(name) <= 2
        and name[:1].isupper()
        and name.isalnum()
        and name.upper() == name
    )


def wos(data: bytes) -> Iterator[int]:
    for at in bare_starts(data, b"PT"):
        rest = data[at + 2 : at + 4]
        if rest[:1] in (b"\n", b"") or (rest[:1] == b" " and rest[1:].isupper()):
            yield at


def ovid(data: bytes) -> Iterator[int]:
    for at in line_starts(data, b"<"):
        end = data.find(b"\n", at, at + 200)
        inside = bytes(data[at + 1 : end if end >= 0 else at + 200]).strip(BLANKS)
        if inside.endswith(b">") and inside[:-1].strip(BLANKS).removesuffix(b".").strip(BLANKS).isdigit():
            yield at


def refer(data: bytes) -> Iterator[int]:
    tags = (data[at + 1 : at + 2] for at in bare_starts(data, b"%") if is_refer(data[at : at + 3]))
    if next((tag for tag in tags if tag.isupper() or tag.isdigit()), b"") == b"0":
        return (at for at in bare_starts(data, b"%0") if data[at + 2 : at + 3] in (b"", b" ", b"\t", b"\n"))
    return (at for at in blocks(data) if is_refer(data[at : at + 3]))


def is_refer(line: bytes) -> bool:
    return (
        line[:1] == b"%"
        and (
            line[1:2].isupper()
            or line[1:2].isdigit()
            or line[1:2] in (b"@", b"!", b"$", b"^", b"&", b"*", b"(", b"+", b"=", b">", b"<", b"~", b"[", b"]", b"?")
        )
        and line[2:3] in (b"", b" ", b"\t", b"\n")
    )


def bibtex(data: bytes) -> Iterator[int]:
    for at in line_starts(data, b"@"):
        head = bytes(data[at + 1 : at + 200]).lstrip(BLANKS)
        rest = head.lstrip(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-")
        name = head[: len(head) - len(rest)].lower()
        opening = rest.lstrip()[:1]
        if name[:1].isalpha() and opening in (b"{", b"(") and name not in (b"comment", b"string", b"preamble"):
            yield at


def elements(beginning: bytes, *rests: bytes) -> Callable[[bytes], Iterator[int]]:
    """A finder of opening tags that begin alike. A name ends with > or a blank, for <record> is not <records>."""

    def starts(data: bytes) -> Iterator[int]:
        at, pretenders = data.find(beginning), 0
        while at >= 0:
            behind = at + len(beginning)
            ends = [behind + len(rest) for rest in rests if data[behind : behind + len(rest)] == rest]
            if any(is_tag_end(data, end) for end in ends):
                yield at
            else:
                pretenders = found_to_pretend(pretenders)
            at = data.find(beginning, behind)

    return starts


def is_tag_end(data: bytes, at: int) -> bool:
    """Whether the tag's name ends here, and the tag itself before another begins."""
    if data[at : at + 1] == b">":
        return True
    if data[at : at + 1] not in (b" ", b"\n", b"\t"):
        return False
    next_tag = data.find(b"<", at, at + 2002)
    return data.find(b">", at, next_tag if next_tag >= 0 else at + 2002) >= 0


def ctgov(data: bytes) -> Iterator[int]:
    at, pretenders = data.find(b'"protocolSection"'), 0
    while at >= 0:
        rest = bytes(data[at + 17 : at + 100]).lstrip()
        if rest[:1] == b":" and data[max(at - 1, 0) : at] != b"\\":
            yield at
        else:
            pretenders = found_to_pretend(pretenders)
        at = data.find(b'"protocolSection"', at + 1)


STARTS: dict[Format, Callable[[bytes], Iterator[int]]] = {
    Format.RIS: ris,
    Format.NBIB: nbib,
    Format.WOS: wos,
    Format.OVID: ovid,
    Format.REFER: refer,
    Format.BIBTEX: bibtex,
    Format.PUBMED_XML: elements(b"<Pubmed", b"Article", b"BookArticle"),
    Format.ENDNOTE_XML: elements(b"<record", b""),
    Format.CTGOV_JSON: ctgov,
}
