"""How many records begin in a file, counted by plain search in the cleaned bytes and without the readers' patterns.

Two hands that count alike are the check that a reader lost nothing: ``reading`` compares them for every file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import Format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BLANKS = b" \t"


def line_starts(data: bytes, word: bytes) -> Iterator[int]:
    """Where a line begins with the word, blanks before it allowed."""
    at = data.find(word)
    while at >= 0:
        before = at
        while before and data[before - 1] in BLANKS:
            before -= 1
        if not before or data[before - 1] == 10:
            yield at
        at = data.find(word, at + len(word))


def after(data: bytes, at: int, most: int) -> int:
    """The place behind at most so many blanks."""
    end = at + most
    while at < end and data[at : at + 1] in (b" ", b"\t"):
        at += 1
    return at


def ris(data: bytes) -> int:
    return sum(
        1 for at in line_starts(data, b"TY") if data[after(data, at + 2, 3) : after(data, at + 2, 3) + 1] == b"-"
    )


def nbib(data: bytes) -> int:
    said = sum(1 for word in (b"PMID-", b"PMID -") for at in line_starts(data, word) if not at or data[at - 1] == 10)
    if said:
        return said
    count, is_open = 0, False
    for line in lines(data):
        if not line.strip(BLANKS):
            is_open = False
        elif not is_open and is_medline(line):
            is_open = True
            count += 1
        else:
            is_open = True
    return count


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


def lines(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        yield bytes(data[at : min(end, at + 200)])
        at = end + 1


def wos(data: bytes) -> int:
    return sum(
        1 for at in line_starts(data, b"PT")
        if (not at or data[at - 1] == 10) and (data[at + 2 : at + 3] in (b"\n", b"") or (data[at + 2] == 32 and data[at + 3 : at + 4].isupper()))
    )  # fmt: skip


def ovid(data: bytes) -> int:
    count = 0
    for at in line_starts(data, b"<"):
        end = data.find(b"\n", at, at + 200)
        inside = bytes(data[at + 1 : end if end >= 0 else at + 200]).strip(BLANKS)
        if inside.endswith(b">") and inside[:-1].strip(BLANKS).removesuffix(b".").strip(BLANKS).isdigit():
            count += 1
    return count


def refer(data: bytes) -> int:
    typed = sum(
        1
        for at in line_starts(data, b"%0")
        if (not at or data[at - 1] == 10) and data[at + 2 : at + 3] in (b"", b" ", b"\t", b"\n")
    )
    first = next(
        (line[1:2] for line in lines(data) if is_refer(line) and (line[1:2].isupper() or line[1:2].isdigit())), b""
    )
    if typed and first == b"0":
        return typed
    count, is_open = 0, False
    for line in lines(data):
        if not line.strip(BLANKS):
            is_open = False
        else:
            count += not is_open and is_refer(line)
            is_open = True
    return count


def is_refer(line: bytes) -> bool:
    return (
        line[:1] == b"%"
        and (
            line[1:2].isupper()
            or line[1:2].isdigit()
            or line[1:2] in (b"@", b"!", b"$", b"^", b"&", b"*", b"(", b"+", b"=", b">", b"<", b"~", b"[", b"]", b"?")
        )
        and line[2:3] in (b"", b" ", b"\t")
    )


def bibtex(data: bytes) -> int:
    count = 0
    for at in line_starts(data, b"@"):
        head = bytes(data[at + 1 : at + 200]).lstrip(BLANKS)
        name = head[
            : next(
                (
                    place
                    for place, sign in enumerate(head)
                    if not ((chr(sign).isascii() and chr(sign).isalpha()) or sign == 45)
                ),
                len(head),
            )
        ]
        opening = head[len(name) :].lstrip()[:1]
        if name[:1].isalpha() and opening in (b"{", b"(") and name.lower() not in (b"comment", b"string", b"preamble"):
            count += 1
    return count


def elements(beginning: bytes, *rests: bytes) -> Callable[[bytes], int]:
    """A counter of opening tags that begin alike. A name ends with > or a blank, for <record> is not <records>."""

    def count(data: bytes) -> int:
        total, at = 0, data.find(beginning)
        while at >= 0:
            behind = at + len(beginning)
            for rest in rests:
                if data[behind : behind + len(rest)] == rest:
                    total += is_tag_end(data, behind + len(rest))
            at = data.find(beginning, behind)
        return total

    return count


def is_tag_end(data: bytes, at: int) -> bool:
    """Whether the tag's name ends here, and the tag itself before another begins."""
    if data[at : at + 1] == b">":
        return True
    if data[at : at + 1] not in (b" ", b"\n", b"\t"):
        return False
    end = data.find(b">", at, at + 2002)
    return end >= 0 and data.find(b"<", at, end) < 0


def ctgov(data: bytes) -> int:
    count, at = 0, data.find(b'"protocolSection"')
    while at >= 0:
        rest = bytes(data[at + 17 : at + 100]).lstrip()
        count += rest[:1] == b":" and data[max(at - 1, 0) : at] != b"\\"
        at = data.find(b'"protocolSection"', at + 1)
    return count


COUNTERS: dict[Format, Callable[[bytes], int]] = {
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
