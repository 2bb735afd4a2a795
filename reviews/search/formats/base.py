"""What every reader of references gives back, whichever database wrote the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NOTHING: Mapping[str, tuple[str, ...]] = {}
"""Shared by all records without extras, so nobody may write into it."""


class Format(StrEnum):
    """The formats that are read. The value is what a person's override, a stored row and the JSON say."""

    RIS = "ris"
    NBIB = "nbib"
    PUBMED_XML = "pubmed_xml"
    ENDNOTE_XML = "endnote_xml"
    REFER = "refer"
    BIBTEX = "bibtex"
    WOS = "wos_tagged"
    OVID = "ovid_text"
    CSV = "csv"
    EXCEL = "xlsx"
    CTGOV_JSON = "ctgov_json"
    ZIP = "zip"


class LinkKind(StrEnum):
    """What one record says of another, read from the record that says it: RETRACTION_OF stands on the notice."""

    RETRACTION_OF = "retraction_of"
    RETRACTION_IN = "retraction_in"
    ERRATUM_FOR = "erratum_for"
    ERRATUM_IN = "erratum_in"
    CONCERN_FOR = "concern_for"
    CONCERN_IN = "concern_in"
    COMMENT_ON = "comment_on"
    COMMENT_IN = "comment_in"
    UPDATE_OF = "update_of"
    UPDATE_IN = "update_in"
    REPUBLISHED_FROM = "republished_from"
    REPUBLISHED_IN = "republished_in"
    RESULTS_IN = "results_in"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Link:
    """One relation that the source itself states. ``text`` is its citation, or the source's own word for the kind."""

    kind: LinkKind
    text: str = ""
    pmid: str = ""
    doi: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """One record as a source gave it. Absent is "" or (), never None but for the year.

    ``line`` is the line (CSV: of the row; Excel: the row number) on which it starts, from 1; ``raw`` its text with
    line ends made \\n. ``doi``, ``pmid``, ``pmcid`` and ``registrations`` are normalised (lower-case DOI without
    resolver, digits, PMC…, NCT…); authors are "Family, Given" wherever the source tells the parts apart.
    """

    line: int
    raw: str
    kind: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    registrations: tuple[str, ...] = ()
    issn_isbn: str = ""
    abstract: str = ""
    language: str = ""
    keywords: tuple[str, ...] = ()
    publication_types: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    accession: str = ""
    database: str = ""
    notes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    """Every tag that has no place above, as the source spells it."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A start of a record from which no record could be made; ``reason`` is a sentence for the librarian."""

    line: int
    reason: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Detected:
    """What a file is, found from its content; ``because`` says what speaks for it."""

    format: Format
    encoding: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file being read. ``items`` is passed through once, one record at a time; ``starts`` is known before.

    ``starts`` is counted by another hand than the reader's: when ``items`` is used up, as many items have come.
    ``warnings`` grows while ``items`` is read. ``members``: for a zip, the names of the files inside that were read.
    """

    format: Format
    encoding: str
    starts: int
    items: Iterator[Reference | Rejection]
    warnings: list[str] = field(default_factory=list)
    members: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    """CSV and Excel: the header, for the page on which a person maps it."""
    mapping: Mapping[str, str] = field(default_factory=dict)
    """CSV and Excel: the field that each column was read into; pass it back as ``mapping`` to have it remembered."""


class UnreadableFileError(ValueError):
    """No record can be had from this file; the message is a sentence for the person who brought it."""
