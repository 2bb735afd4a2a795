"""Why two records were paired, and where they differ, as words for the page (translated there by key)."""

from .card import Card
from .comparison import Comparison, Match
from .journal import JournalMatch
from .names import AuthorMatch
from .title import TitleMatch

_TITLE = {
    TitleMatch.EXACT: "same title", TitleMatch.NEAR: "same title but for spelling", TitleMatch.LONGER: "one title continues the other",  # noqa: E501
    TitleMatch.NUMBERED: "same title but for a number", TitleMatch.WORDS: "similar title",
}  # fmt: skip
_FIELDS = ("volume", "issue", "pages", "doi", "pmid", "registrations", "abstract")
_NAMES = {"doi": "DOI", "pmid": "PubMed number", "registrations": "registration"}


def reasons(a: Card, b: Card, c: Comparison) -> tuple[str, ...]:
    """What speaks for one document, most telling first."""
    found = [_TITLE[c.title]] if c.title in _TITLE else []
    if c.authors is AuthorMatch.SAME:
        found.append("same authors")
    elif c.authors is AuthorMatch.SOME:
        found.append("some authors in common")
    if c.years_apart == 0:
        found.append("same year")
    if c.journal is JournalMatch.SAME:
        found.append("same journal")
    found += [
        f"same {_NAMES.get(field, field)}" for field in _FIELDS if getattr(c, field) is Match.SAME and field != "issue"
    ]
    return tuple(found)


def differences(c: Comparison) -> tuple[str, ...]:
    """Names of the citation's fields that differ where both are known."""
    found = []
    if c.title not in (TitleMatch.EXACT, TitleMatch.MISSING):
        found.append("title")
    if c.authors in (AuthorMatch.NONE, AuthorMatch.SOME):
        found.append("authors")
    if c.years_apart:
        found.append("year")
    if c.journal is JournalMatch.DIFFERENT:
        found.append("journal")
    found += [field for field in _FIELDS if getattr(c, field) in (Match.DIFFERENT, Match.CLOSE)]
    return tuple(found)
