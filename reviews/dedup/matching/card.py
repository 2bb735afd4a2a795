"""A citation read once: every field in the form in which it is compared."""

from collections.abc import Hashable
from dataclasses import dataclass

from . import journal, names, place, text, title
from .citation import Citation, Kind

ABSTRACT_LETTERS = 300
"""So much of the beginning of an abstract is compared: enough to tell two apart, before databases cut it off."""

_KINDS = (
    ("retraction", Kind.RETRACTION), ("erratum", Kind.ERRATUM), ("correction", Kind.ERRATUM), ("preprint", Kind.PREPRINT),
    ("conference abstract", Kind.ABSTRACT), ("meeting abstract", Kind.ABSTRACT), ("abst", Kind.ABSTRACT),
    ("trial regist", Kind.REGISTRATION), ("registration", Kind.REGISTRATION), ("registry", Kind.REGISTRATION),
    ("letter", Kind.COMMENT), ("comment", Kind.COMMENT), ("review update", Kind.UPDATE), ("updated", Kind.UPDATE),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    id: Hashable
    title: title.Title
    authors: names.Authors
    year: int | None
    journal: journal.Journal
    volume: str
    issue: str
    pages: place.Pages | None
    supplement: bool
    cochrane: str
    doi: str
    pmid: str
    registrations: frozenset[str]
    issns: frozenset[str]
    abstract: str
    kind: Kind
    kind_is_stated: bool


def read(citation: Citation) -> Card:
    name = title.read(citation.title)
    where = journal.read(citation.journal)
    pages = citation.pages
    doi = text.doi(citation.doi)
    stated = _stated_kind(citation.kind)
    spot = text.fold(f"{citation.volume} {citation.issue} {pages}")
    numbers = text.registrations(pages, citation.journal, *citation.registrations)
    return Card(
        id=citation.id,
        title=name,
        authors=names.read(citation.authors),
        year=text.year(citation.year),
        journal=where,
        volume=place.volume(citation.volume),
        issue=place.issue(citation.issue),
        pages=None if text.registrations(pages) else place.pages(pages),
        supplement="suppl" in spot or "meetingabs" in spot or "spl" in spot,
        cochrane=place.cochrane_number(pages, doi),
        doi=doi,
        pmid="".join(sign for sign in text.given(citation.pmid) if sign.isdigit()).lstrip("0"),
        registrations=numbers,
        issns=text.issns(citation.isbn),
        abstract=_beginning(citation.abstract),
        kind=_kind(name, where, stated, doi),
        kind_is_stated=stated is not Kind.UNKNOWN,
    )


def _beginning(abstract: str) -> str:
    words = text.words(text.fold(text.given(abstract)[: 2 * ABSTRACT_LETTERS]))
    return "".join(words)[:ABSTRACT_LETTERS]


def _stated_kind(word: str) -> Kind:
    folded = word.casefold().replace("_", " ").replace("-", " ")
    if "retracted publication" in folded:
        return Kind.UNKNOWN
    return next((kind for part, kind in _KINDS if part in folded), Kind.UNKNOWN)


def _kind(name: title.Title, where: journal.Journal, stated: Kind, doi: str) -> Kind:
    """What the title says goes first, then the source's own word, then the place it appeared in."""
    if name.head is not Kind.UNKNOWN:
        return name.head
    if stated is not Kind.UNKNOWN:
        return stated
    if where.kind in (Kind.REGISTRATION, Kind.PREPRINT):
        return where.kind
    # Prefixes that only servers of preprints use; 10.1101 alone is also Genome Research.
    if doi.startswith(("10.48550/arxiv", "10.21203/rs", "10.2139/ssrn", "10.64898/")):
        return Kind.PREPRINT
    return Kind.UNKNOWN
