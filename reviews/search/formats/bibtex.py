"""BibTeX and BibLaTeX: @string and month names, # joins, nested braces, missing commas, LaTeX accents, repeated keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import fields, latex
from .base import NOTHING, Reference, Rejection
from .splitting import Piece, decode, pieces, places

if TYPE_CHECKING:
    from collections.abc import Iterator

START = rb"[ \t]*+@[ \t]{0,9}(?!(?i:comment|string|preamble)[\s{(])[A-Za-z][A-Za-z-]{0,60}[ \t\n]{0,9}[{(]"
STRING = re.compile(rb"^[ \t]*@string\s*[{(]", re.MULTILINE | re.IGNORECASE)
ASIDE = re.compile(r"^[ \t]*@(?:comment|string|preamble)\b", re.MULTILINE | re.IGNORECASE)
HEAD = re.compile(r"\s*@\s*([A-Za-z-]+)\s*([{(])\s*", re.DOTALL)
KEY = re.compile(r"([^,={}\n\"]*+)(?:,|\n|(?=\}))")
FIELD = re.compile(r"[\s,]*([A-Za-z][\w:.+-]*)\s*=\s*", re.DOTALL)
BARE = re.compile(r"[^\s,#{}\"()]+")
AND_OR_BRACE = re.compile(r"\\.|[{}]|(?<!\s)\s++and(?=\s)", re.IGNORECASE | re.DOTALL)
MONTHS = {
    name[:3]: name for name in (
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
    )
}  # fmt: skip
TAKEN = frozenset({
    "title", "author", "year", "date", "journal", "journaltitle", "volume", "number", "issue", "pages", "doi", "pmid", "pmcid",
    "issn", "isbn", "abstract", "language", "keywords", "url", "note", "booktitle",
})  # fmt: skip
MOST_STRINGS = 10_000
LONGEST_STRING = 10_000


def read(data: bytes, warnings: list[str]) -> Iterator[Reference | Rejection]:
    strings = abbreviations(data)
    for piece in pieces(data, places(data, START)):
        yield piece if isinstance(piece, Rejection) else reference(piece, strings)


def abbreviations(data: bytes) -> dict[str, str]:
    """What @string says, in order: a later one may use an earlier one."""
    strings = dict(MONTHS)
    for count, found in enumerate(STRING.finditer(data)):
        if count >= MOST_STRINGS:
            break
        text = decode(data[found.end() : found.end() + 10_000])
        for name, value, _ in pairs(text, 0, strings, "}" if data[found.end() - 1 : found.end()] == b"{" else ")"):
            strings[name.lower()] = value[:LONGEST_STRING]
            break
    return strings


def pairs(text: str, at: int, strings: dict[str, str], closing: str) -> Iterator[tuple[str, str, int]]:
    """The fields from a place on, until the entry closes; a comma that is missing is not missed."""
    while found := FIELD.match(text, at):
        value, at = value_at(text, found.end(), strings)
        yield found[1], value, at


def value_at(text: str, at: int, strings: dict[str, str]) -> tuple[str, int]:
    parts = []
    while at < len(text):
        sign = text[at]
        if sign == "{":
            end = closing_brace(text, at)
            parts.append(text[at + 1 : end])
            at = end + 1
        elif sign == '"':
            end = closing_quote(text, at)
            parts.append(text[at + 1 : end])
            at = end + 1
        elif found := BARE.match(text, at):
            parts.append(strings.get(found[0].lower(), found[0]))
            at = found.end()
        else:
            break
        joined = re.compile(r"\s*#\s*").match(text, at)
        if not joined:
            break
        at = joined.end()
    return "".join(parts)[:LONGEST_VALUE], at


LONGEST_VALUE = 4_000_000
"""@string values joined to themselves grow without end; no abstract has a thousandth of this."""
NEXT_FIELD = re.compile(r"\n[ \t]*+[A-Za-z]++[ \t]*+=[ \t]*+[{\"]")
BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
QUOTES = re.compile(r"\\.|[{}\"]", re.DOTALL)


def closing_brace(text: str, at: int) -> int:
    depth = 0
    for found in BRACES.finditer(text, at):
        if found[0] == "{":
            depth += 1
        elif found[0] == "}":
            depth -= 1
            if not depth:
                return found.start()
    return unclosed(text, at)


def closing_quote(text: str, at: int) -> int:
    depth = 0
    for found in QUOTES.finditer(text, at + 1):
        if found[0] == "{":
            depth += 1
        elif found[0] == "}":
            depth -= 1
        elif found[0] == '"' and depth <= 0:
            return found.start()
    return unclosed(text, at)


def unclosed(text: str, at: int) -> int:
    """Where a value whose brace never closes is taken to end: before the next line that looks like a field, or at the end."""
    found = NEXT_FIELD.search(text, at + 1)
    inside = text[at + 1 : found.start() if found else len(text)].rstrip()
    if found:
        inside = inside.removesuffix(",").rstrip()
    ends = inside.endswith(("}", '"') if found else "}")
    return at + 1 + len(inside[:-1].rstrip() if ends else inside)


def reference(piece: Piece, strings: dict[str, str]) -> Reference | Rejection:
    aside = ASIDE.search(piece.text, 1)
    raw = piece.text[: aside.start()].rstrip() if aside else piece.text
    head = HEAD.match(raw)
    if not head:
        return Rejection(piece.line, "There is no entry after this @.", raw)
    key = KEY.match(raw, head.end())
    found: dict[str, list[str]] = {}
    begin = key.end() if key and "=" not in raw[head.end() : key.end()] else head.end()
    for name, value, _ in pairs(raw, begin, strings, "}" if head[2] == "{" else ")"):
        found.setdefault(name.lower(), []).append(value)
    if not found and not (key and key[1].strip()):
        return Rejection(piece.line, "This entry has neither a key nor a field.", raw)
    return built(piece.line, raw, head[1].lower(), key[1].strip() if key else "", found)


def built(line: int, raw: str, said: str, key: str, found: dict[str, list[str]]) -> Reference:
    def text(*names: str) -> str:
        return next(
            (clear for name in names for value in found.get(name, ()) if (clear := fields.squeeze(latex.text(value)))),
            "",
        )

    def plain(*names: str) -> str:
        return next((value.strip() for name in names for value in found.get(name, ()) if value.strip()), "")

    title, abstract = text("title"), text("abstract", "annote", "annotation")
    number = plain("pmid")
    eprint = plain("eprint") if plain("eprinttype", "archiveprefix").lower() == "pubmed" else ""
    number = number if number.isdigit() else eprint if eprint.isdigit() else fields.pmid(plain("pmid", "note", "url"))
    extra = {
        name: tuple([fields.squeeze(latex.text(value)) for value in values])
        for name, values in found.items()
        if name not in TAKEN
    }
    if key:
        extra["citation key"] = (key,)
    names = plain("author")
    return Reference(
        line=line,
        raw=raw,
        kind=fields.kind(said),
        title=title or text("booktitle"),
        authors=tuple([clear for name in people(names) if (clear := fields.squeeze(latex.text(name)))])
        if names
        else (),
        year=fields.year(plain("year"), plain("date")),
        journal=text("journal", "journaltitle", "fjournal") or (text("booktitle", "maintitle") if title else ""),
        volume=text("volume"),
        issue=text("number", "issue"),
        pages=text("pages", "eid").replace("–", "-"),
        doi=fields.first_doi(
            [latex.text(value) for name in ("doi", "url", "link", "note") for value in found.get(name, ())]
        ),
        pmid=number.lstrip("0"),
        pmcid=fields.pmcid(plain("pmcid", "pmc")),
        registrations=fields.registrations(title, abstract, text("note"), text("registration")),
        issn_isbn="; ".join(
            [value.strip() for name in ("issn", "isbn") for value in found.get(name, ()) if value.strip()]
        ),
        abstract=abstract,
        language=text("language", "langid"),
        keywords=keywords(text("keywords", "author_keywords", "keyword")),
        publication_types=fields.once([text("type", "document_type")]),
        urls=fields.once(value.strip() for value in found.get("url", ())),
        accession=plain("unique-id", "accession"),
        database=text("source", "database") if "source" in found or "database" in found else "",
        notes=fields.once(fields.squeeze(latex.text(value)) for value in found.get("note", ())),
        extra=extra or NOTHING,
    )


def people(text: str) -> list[str]:
    """Names parted by "and", but not within braces: {Drugs and Devices Group} is one."""
    parts, depth, begin = [], 0, 0
    for found in AND_OR_BRACE.finditer(text):
        if found[0] == "{":
            depth += 1
        elif found[0] == "}":
            depth -= 1
        elif depth <= 0 and found[0][0].isspace():
            parts.append(text[begin : found.start()])
            begin = found.end()
    return [*parts, text[begin:]]


def keywords(text: str) -> tuple[str, ...]:
    return tuple(
        fields.split_list(text) if ";" in text else [part for part in (one.strip() for one in text.split(",")) if part]
    )
