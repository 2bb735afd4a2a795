"""What a file is, from its content: names lie (.txt is used for five formats, .ris for Web of Science's)."""

from __future__ import annotations

import re

from . import cleaning, csv, table, zipped
from .base import Detected, Format, UnreadableFileError

LOOKED_AT = (1 << 15, 1 << 20)
"""Bytes; the second only where the first show nothing."""
ENDNOTE = re.compile(rb"<xml>\s*<records\b|<records>\s*<record\b|<record>(?=[\s\S]{0,4000}?<ref-type)")
CTGOV = re.compile(
    rb'\A\s*+(?:\{\s*+"studies"\s*+:|\[?\s*+\{(?=[\s\S]{0,2000}?"protocolSection"))|"protocolSection"\s*+:\s*+\{'
)
MARKS = (
    (Format.PUBMED_XML, re.compile(rb"<(?:PubmedArticleSet|PubmedArticle|PubmedBookArticle)\b"), "PubMed's element names"),
    (Format.ENDNOTE_XML, ENDNOTE, "EndNote's <records>"),
    (Format.CTGOV_JSON, CTGOV, "ClinicalTrials.gov's “protocolSection”"),
    (Format.NBIB, re.compile(rb"^(?:PMID ?|OWN )-", re.MULTILINE), "lines that begin with “PMID- ” or “OWN - ”"),
    (Format.RIS, re.compile(rb"^[ \t]*+TY[ \t]{0,3}-", re.MULTILINE), "lines that begin with “TY  -”"),
    (Format.OVID, re.compile(rb"^[ \t]*+<[ \t]*+\d++[ \t]*+\.?[ \t]*+>[ \t]*+$", re.MULTILINE), "records numbered <1>"),
    (Format.WOS, re.compile(rb"^(?:FN (?=[A-Z])|VR \d|PT [A-Z]\b)", re.MULTILINE), "Web of Science's FN, VR and PT lines"),
    (Format.REFER, re.compile(rb"^%[0A-Z](?: |$)", re.MULTILINE), "lines that begin with % and a letter"),
    (Format.BIBTEX, re.compile(rb"^[ \t]*+@\s*+[A-Za-z]++\s*+[{(]", re.MULTILINE), "entries that begin with @"),
)  # fmt: skip
"""What begins earliest in the file decides; of two at one place, the first here. Runs are taken whole (++) and never
given back: a file of blanks would else be searched for hours."""
MEDLINE = re.compile(rb"\A\s*+(?:[A-Z][A-Z0-9]{1,3} {0,2}-[^\n]*+\n(?:[ \t][^\n]*+\n)*+){2}")
WEAKER = (
    (Format.RIS, re.compile(rb"^ER {1,3}-[ \t]*$", re.MULTILINE), "“ER  -” lines, though no record begins"),
    (Format.NBIB, MEDLINE, "tagged lines as in MEDLINE"),
    (Format.WOS, re.compile(rb"^PT$", re.MULTILINE), "Web of Science's PT line"),
)  # fmt: skip


def detect(data: bytes, name: str = "") -> Detected:
    """Format and encoding.

    Raises:
        UnreadableFileError: empty, or no format that is read, with what it seems to be.
    """
    if not data.strip(b"\0 \t\r\n\x1a") if len(data) < LOOKED_AT[1] else False:
        raise UnreadableFileError("The file is empty.")
    if zipped.is_zip(data):
        return zipped.detect(data)
    for beginning, sentence in (
        (b"%PDF", "This is a PDF, not a file of references."),
        (b"\xd0\xcf\x11\xe0", "This is an old Excel or Word file (.xls, .doc): save it as .xlsx or CSV."),
        (b"\x1f\x8b", "This file is packed with gzip: unpack it first."),
        (b"Rar!", "This is a RAR archive: unpack it, or pack it as zip."),
        (b"7z\xbc\xaf", "This is a 7z archive: unpack it, or pack it as zip."),
    ):
        if data.startswith(beginning):
            raise UnreadableFileError(sentence)
    encoding, why = cleaning.find_encoding(data)
    try:
        found, because = format_of(cleaning.clean(data[: LOOKED_AT[0]], encoding))
    except UnreadableFileError:
        found, because = format_of(cleaning.clean(data[: LOOKED_AT[1]], encoding))
    return Detected(found, encoding, f"{because}; {why}")


def format_of(head: bytes) -> tuple[Format, str]:
    """The format of cleaned text, and what speaks for it.

    Raises:
        UnreadableFileError: none.
    """
    if is_table(head, least=3):
        return Format.CSV, "a header row with column names that are known"
    earliest = [(found.start(), at) for at, (_, pattern, _) in enumerate(MARKS) if (found := pattern.search(head))]
    if earliest:
        format, _, because = MARKS[min(earliest)[1]]
        return format, because
    for format, pattern, because in WEAKER:
        if pattern.search(head):
            return format, because
    start = head.lstrip()[:200].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise UnreadableFileError("This is a web page, not a file of references: use the site's export.")
    if start.startswith((b"<", b"{", b"[")):
        raise UnreadableFileError("This is XML or JSON, but none in which a source is known to write references.")
    if is_table(head, least=1) or is_table(head, least=0):
        return Format.CSV, "a header row and cells below it"
    raise UnreadableFileError("No format of references is recognised in this file; nothing in it looks like a record.")


def is_table(head: bytes, *, least: int) -> bool:
    """Whether the first row has that many columns we know; with none, whether the rows below have as many cells."""
    try:
        delimiter, columns, at = csv.header(head)
    except UnreadableFileError:
        return False
    if table.known(columns) < max(least, 1):
        if least or len(columns) < 2 or max(len(name) for name in columns) > 100:
            return False
        rows = [head.count(delimiter.encode(), at, end) for end in (head.find(b"\n", at),) if end > at]
        return bool(rows) and rows[0] >= len(columns) - 1
    return len(columns) > 1 or table.plain(columns[0]) in {"title", "pmid", "doi"}
