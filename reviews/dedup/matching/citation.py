"""What is compared, and what comes out."""

from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What sort of document a record describes; unknown is the usual case and speaks neither for nor against."""

    UNKNOWN = ""
    ARTICLE = "article"
    ABSTRACT = "conference_abstract"
    PREPRINT = "preprint"
    REGISTRATION = "registration"
    ERRATUM = "erratum"
    RETRACTION = "retraction_notice"
    COMMENT = "comment"
    UPDATE = "update"


class Relation(StrEnum):
    """How two records that are not duplicates belong together; the first is the … of the second."""

    PREPRINT_OF = "preprint_of"
    ERRATUM_OF = "erratum_of"
    RETRACTION_OF = "retraction_of"
    COMMENT_ON = "comment_on"
    PART_OF = "part_of"
    PROTOCOL_OF = "protocol_of"
    REGISTRATION_OF = "registration_of"
    ABSTRACT_OF = "abstract_of"
    VERSION_OF = "version_of"
    SECONDARY_ANALYSIS_OF = "secondary_analysis_of"


@dataclass(frozen=True, slots=True)
class Citation:
    """One record as its source returned it; every text may be empty. ``id`` is unique and never compared.

    ``authors`` is one string in any of the usual spellings, ``registrations`` are trial numbers, ``isbn`` holds ISBN
    and ISSN alike, ``kind`` is the source's own word for the type of document.
    """

    id: Hashable
    title: str = ""
    authors: str = ""
    year: str = ""
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    registrations: tuple[str, ...] = ()
    isbn: str = ""
    abstract: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may belong together. ``score`` is in points of evidence (see ``evidence``)."""

    left: Hashable
    right: Hashable
    score: float
    reasons: tuple[str, ...]
    differs: tuple[str, ...]
    relation: Relation | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """What ``find`` found.

    ``clusters`` are certain: each tuple holds two or more records that are one bibliographic record. ``pairs`` are for a
    person, best first. ``related`` are not duplicates, with how the left record relates to the right one.
    """

    clusters: tuple[tuple[Hashable, ...], ...]
    pairs: tuple[Pair, ...]
    related: tuple[Pair, ...]
