"""Two cards, field by field: what agrees, what differs, what is not known."""

import re
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz import fuzz

from . import journal, names, title
from .card import ABSTRACT_LETTERS, Card
from .journal import JournalMatch
from .names import AuthorMatch
from .place import Pages
from .title import TitleMatch


class Match(IntEnum):
    """How a plain field compares. CLOSE: not the same, but what two databases make of the same."""

    MISSING = 0
    DIFFERENT = 1
    CLOSE = 2
    SAME = 3


@dataclass(frozen=True, slots=True)
class Comparison:
    title: TitleMatch
    authors: AuthorMatch
    years_apart: int | None
    journal: JournalMatch
    volume: Match
    issue: Match
    pages: Match
    doi: Match
    pmid: Match
    registrations: Match
    abstract: Match


def compare(a: Card, b: Card) -> Comparison:
    """Symmetric: the order of the two never matters."""
    return Comparison(
        title=title.compare(a.title, b.title),
        authors=names.compare(a.authors, b.authors),
        years_apart=None if a.year is None or b.year is None else abs(a.year - b.year),
        journal=_journal(a, b),
        volume=_volume(a, b),
        issue=_issue(a.issue, b.issue),
        pages=_pages(a, b),
        doi=_doi(a, b),
        pmid=_plain(a.pmid, b.pmid),
        registrations=_registrations(a, b),
        abstract=_abstract(a.abstract, b.abstract),
    )


def _plain(a: str, b: str) -> Match:
    if not a or not b:
        return Match.MISSING
    return Match.SAME if a == b else Match.DIFFERENT


def _issue(a: str, b: str) -> Match:
    found = _plain(a, b)
    # "21" and "21, Suppl. 1"; "s2" and "2".
    if found is Match.DIFFERENT and (
        a.startswith(b) or b.startswith(a) or a.strip("s") == b.strip("s") or not (a + b).isdigit()
    ):
        return Match.CLOSE
    return found


def _journal(a: Card, b: Card) -> JournalMatch:
    found = journal.compare(a.journal, b.journal)
    # A shared ISSN settles spelling and translation, but a series shares one with its parts: it lifts a doubt, no more.
    if found in (JournalMatch.UNSURE, JournalMatch.DIFFERENT) and a.issns & b.issns:
        return JournalMatch.SAME if found is JournalMatch.UNSURE else JournalMatch.UNSURE
    return found


def _volume(a: Card, b: Card) -> Match:
    found = _plain(a.volume, b.volume)
    if found is Match.DIFFERENT:
        # "1" beside "55, Suppl. 1": a database kept the supplement's number and lost the volume's.
        for card, other in ((a, b), (b, a)):
            if other.supplement and card.volume in _numbers(other.issue) and len(card.volume) < 3:
                return Match.MISSING
            if not card.volume.isdigit() or card.volume == str(card.year):  # the year in the volume's place
                return Match.MISSING
    return found


def _numbers(value: str) -> set[str]:
    return {number.lstrip("0") for number in re.findall(r"\d+", value)}


def _pages(a: Card, b: Card) -> Match:
    if a.cochrane and a.cochrane == b.cochrane:
        return Match.SAME
    if a.pages is None or b.pages is None:
        return Match.MISSING
    return _same_pages(a, a.pages, b, b.pages)


def _same_pages(a: Card, one: Pages, b: Card, two: Pages) -> Match:
    if one.is_guess or two.is_guess:
        return _guessed(one, two)
    if one.first == two.first:
        if one.last == two.last or one.last == one.first or two.last == two.first:
            return Match.SAME if one.letters == two.letters or not one.letters or not two.letters else Match.CLOSE
        return Match.CLOSE
    for card, pages, other in ((a, one, two), (b, two, one)):
        # Printed from page 1 before it had an issue ("Epub ahead of print").
        if pages.first == 1 and pages.count > 1 and (pages.count == other.count or not card.volume):
            return Match.MISSING
        if _is_article_number(pages) and not other.letters:  # BMJ and others print pages and number articles as well
            return Match.MISSING
        # "S3-89" beside S78-S89: the first page was lost, the last one stands.
        if card.supplement and pages.last == other.last:
            return Match.CLOSE
    if one.letters == two.letters and max(one.count, two.count) <= 60:
        low, high = sorted((one, two), key=lambda pages: (pages.first, pages.last))
        if high.last <= low.last:  # one lies inside the other
            return Match.CLOSE
    # "i428" read as "1428".
    if (str(one.first).endswith(str(two.first)) and two.letters in ("i", "l")) or (
        str(two.first).endswith(str(one.first)) and one.letters in ("i", "l")
    ):
        return Match.CLOSE
    return Match.DIFFERENT


def _guessed(one: Pages, two: Pages) -> Match:
    if one == two:
        return Match.SAME
    for guess, other in ((one, two), (two, one)):
        if guess.first == 0 and str(other.last).endswith(str(guess.last)) and other.first:
            return Match.CLOSE
    if one.first and two.first and (one.first in (two.first, two.last) or two.first in (one.first, one.last)):
        return Match.CLOSE
    return Match.MISSING


def _is_article_number(pages: Pages) -> bool:
    return pages.letters != "" and pages.letters != "s" and pages.count == 1 and pages.first > 999


_EDITION = re.compile(r"\.(?:pub|v)\d+$|/v\d+$")


def stem(doi: str) -> str:
    """The DOI without the number of the version (Cochrane's .pub2, a preprint's v2)."""
    return _EDITION.sub("", doi)


def edition(doi: str) -> int:
    found = _EDITION.search(doi)
    return int(re.sub(r"\D", "", found.group())) if found else 1


def _doi(a: Card, b: Card) -> Match:
    found = _plain(a.doi, b.doi)
    if found is Match.DIFFERENT and stem(a.doi) == stem(b.doi):
        return Match.CLOSE
    return found


def _registrations(a: Card, b: Card) -> Match:
    if not a.registrations or not b.registrations:
        return Match.MISSING
    return Match.SAME if a.registrations & b.registrations else Match.DIFFERENT


LONG_ENOUGH = 80
"""Letters; the beginning of a shorter abstract is a formula ("Background and aims") as often as a text."""


def _abstract(a: str, b: str) -> Match:
    length = min(len(a), len(b), ABSTRACT_LETTERS)
    if length < LONG_ENOUGH:
        return Match.MISSING
    alike = fuzz.ratio(a[:length], b[:length])
    if alike >= 90:
        return Match.SAME
    if alike >= 65:
        return Match.CLOSE
    return Match.DIFFERENT if fuzz.partial_ratio(a[: length // 2], b) < 70 else Match.CLOSE
