"""Evidence weighed: points for and against, and what no number of points can outweigh.

Identity, not similarity. A title and its authors say what a work is about and who wrote it; where it stands (journal,
volume, pages) and its numbers (DOI, PMID) say which document it is. A pair is certain when the points suffice and
nothing is left that a librarian would look up; otherwise it is asked, or the two are told apart.
"""

from dataclasses import dataclass
from enum import IntEnum

from . import relations
from .card import Card
from .citation import Kind, Relation
from .comparison import Comparison, Match, compare
from .journal import JournalMatch
from .names import AuthorMatch
from .title import TitleMatch, ends_alike


class Verdict(IntEnum):
    APART = 0
    RELATED = 1
    ASK = 2
    CERTAIN = 3


@dataclass(frozen=True, slots=True)
class Weighed:
    verdict: Verdict
    score: float
    comparison: Comparison
    contradicts: bool
    """The two cannot be one document: no third record may draw them together."""
    is_placed: bool
    """A number or the place in a journal says which document it is; else only title, authors and year agree."""
    relation: Relation | None = None


# Points. One step is worth about a factor of three in the odds; the sums below are read as "how surprised would a
# librarian be if these were two documents". They hold for every source and set alike.
TITLE = {
    TitleMatch.EXACT: 6.0, TitleMatch.NEAR: 5.0, TitleMatch.LONGER: 3.0, TitleMatch.NUMBERED: 1.0, TitleMatch.WORDS: 2.0,
    TitleMatch.MISSING: 0.0, TitleMatch.DIFFERENT: -5.0,
}  # fmt: skip
TRANSLATED = 1.0
AUTHORS = {AuthorMatch.SAME: 4.0, AuthorMatch.SOME: 1.0, AuthorMatch.MISSING: 0.0, AuthorMatch.NONE: -6.0}
JOURNAL = {JournalMatch.SAME: 2.0, JournalMatch.UNSURE: 0.0, JournalMatch.MISSING: 0.0, JournalMatch.DIFFERENT: -4.0}
VOLUME = {Match.SAME: 2.0, Match.CLOSE: 0.0, Match.MISSING: 0.0, Match.DIFFERENT: -3.0}
ISSUE = {Match.SAME: 0.5, Match.CLOSE: 0.0, Match.MISSING: 0.0, Match.DIFFERENT: -0.5}
PAGES = {Match.SAME: 3.0, Match.CLOSE: 1.0, Match.MISSING: 0.0, Match.DIFFERENT: -4.0}
DOI = {Match.SAME: 5.0, Match.CLOSE: 0.0, Match.MISSING: 0.0, Match.DIFFERENT: -5.0}
PMID = {Match.SAME: 6.0, Match.CLOSE: 0.0, Match.MISSING: 0.0, Match.DIFFERENT: -7.0}
REGISTRATIONS = {Match.SAME: 2.0, Match.CLOSE: 0.0, Match.MISSING: 0.0, Match.DIFFERENT: -6.0}
ABSTRACT = {Match.SAME: 3.0, Match.CLOSE: 1.5, Match.MISSING: 0.0, Match.DIFFERENT: -2.0}
SAME_YEAR, NEXT_YEAR, LATER_YEAR = 1.5, 0.0, -4.0
GENERIC_TITLE = -3.0

CERTAIN_FROM = 11.0
"""Title, authors and year alone reach it (6 + 4 + 1.5): with them and nothing against, two records are one."""

ASK_FROM = 6.5


def weigh(a: Card, b: Card) -> Weighed:
    """What stands between two records; symmetric but for the direction of the relation, which the records give."""
    c = compare(a, b)
    score = _points(a, b, c)
    placed = _is_placed(a, b, c)
    against = _objections(a, b, c, placed=placed)
    relation = relations.between(a, b, c, placed=placed)
    contradicts = _contradicts(c, placed=placed) or (
        relation is not None and relation is not Relation.VERSION_OF and not placed
    )
    if score >= CERTAIN_FROM and not against:
        return Weighed(Verdict.CERTAIN, score, c, False, placed)
    if _worth_asking(a, b, c, score, relation, placed=placed, contradicts=contradicts):
        return Weighed(Verdict.ASK, score, c, contradicts, placed, relation)
    if relation is not None and relations.is_close(a, b, c, relation):
        return Weighed(Verdict.RELATED, score, c, True, placed, relation)
    return Weighed(Verdict.APART, score, c, contradicts or score < 0, placed)


def _same_span(a: Card, b: Card, c: Comparison) -> bool:
    """The same first and last page: in one volume, or in one year of one journal, two documents cannot both fill them."""
    if c.pages is not Match.SAME or not _is_span(a, b) or c.volume is Match.DIFFERENT:
        return False
    return c.volume is Match.SAME or (c.journal is JournalMatch.SAME and c.years_apart == 0)


def _same_issue(c: Comparison) -> bool:
    return (
        c.issue is Match.SAME and c.journal is JournalMatch.SAME and c.volume is not Match.DIFFERENT and c.years_apart == 0
        and c.pages is not Match.DIFFERENT
    )  # fmt: skip


def _is_translation(a: Card, b: Card, c: Comparison) -> bool:
    """The same pages of the same issue under a title in another language, by the same people."""
    return (
        c.title is TitleMatch.DIFFERENT and a.title.is_english is not b.title.is_english and _same_span(a, b, c)
        and _same_issue(c) and c.authors is AuthorMatch.SAME
    )  # fmt: skip


def _is_footnote(a: Card, b: Card, c: Comparison) -> bool:
    """A number that one title alone ends on, on the same pages of the same issue, is the sign of a footnote."""
    alone = (not a.title.numbers) is not (not b.title.numbers)
    return (
        alone and c.pages is Match.SAME and c.volume is Match.SAME and _same_issue(c) and c.authors is AuthorMatch.SAME
    )


def _points(a: Card, b: Card, c: Comparison) -> float:
    year = (
        0.0
        if c.years_apart is None
        else SAME_YEAR
        if c.years_apart == 0
        else NEXT_YEAR
        if c.years_apart == 1
        else LATER_YEAR
    )
    generic = GENERIC_TITLE if a.title.is_generic or b.title.is_generic else 0.0
    return (
        (TRANSLATED if _is_translation(a, b, c) else TITLE[c.title]) + AUTHORS[c.authors] + year + JOURNAL[c.journal] + VOLUME[c.volume] + ISSUE[c.issue] + PAGES[c.pages]  # noqa: E501
        + DOI[c.doi] + PMID[c.pmid] + REGISTRATIONS[c.registrations] + ABSTRACT[c.abstract] + generic
    )  # fmt: skip


def _is_placed(a: Card, b: Card, c: Comparison) -> bool:
    if c.pmid is Match.SAME:
        return True
    if c.pages is Match.DIFFERENT or (c.volume is Match.DIFFERENT and c.doi is not Match.SAME):
        return False
    if c.doi is Match.SAME:
        return True
    return (
        c.pages in (Match.SAME, Match.CLOSE)
        and c.volume is not Match.DIFFERENT
        and c.journal is not JournalMatch.DIFFERENT
    )


def _contradicts(c: Comparison, *, placed: bool) -> bool:
    """Two facts about the place, or one number, that one document cannot have at once."""
    if c.pmid is Match.DIFFERENT or c.registrations is Match.DIFFERENT or c.title is TitleMatch.NUMBERED:
        return True
    if c.doi is Match.DIFFERENT and not (placed and c.title >= TitleMatch.NEAR):
        return True
    if c.doi is Match.SAME or c.pmid is Match.SAME:
        return c.title in (TitleMatch.DIFFERENT, TitleMatch.WORDS) and not placed
    places = (c.journal is JournalMatch.DIFFERENT) + (c.volume is Match.DIFFERENT) + (c.pages is Match.DIFFERENT)
    return places >= 2 or (c.title is TitleMatch.DIFFERENT and not placed)


def _objections(a: Card, b: Card, c: Comparison, *, placed: bool) -> bool:
    """Whether anything is left that forbids merging without a person, however many points there are."""
    same_number = c.doi is Match.SAME or c.pmid is Match.SAME
    span = _same_span(a, b, c)
    settled = span or (
        c.pages in (Match.SAME, Match.CLOSE) and c.volume is Match.SAME and c.journal is not JournalMatch.DIFFERENT
    )
    if c.pmid is Match.DIFFERENT or c.registrations is Match.DIFFERENT or c.doi is Match.DIFFERENT:
        return True
    if c.doi is Match.CLOSE and not _reissued(a, b, c):
        return True
    if c.title is TitleMatch.DIFFERENT:
        return not _is_translation(a, b, c)
    if c.title is TitleMatch.NUMBERED and not _is_footnote(a, b, c):
        return True
    if c.title is TitleMatch.MISSING or (a.title.part != b.title.part and not placed):
        return True
    if relations.kinds_differ(a, b, placed=placed):
        return True
    if c.title is TitleMatch.WORDS and not (span and c.abstract is not Match.DIFFERENT):
        return True
    if c.title is TitleMatch.LONGER and not (
        span
        or (same_number and placed and c.authors is AuthorMatch.SAME)
        or (_same_issue(c) and ends_alike(a.title, b.title) and c.authors is AuthorMatch.SAME)
    ):
        return True
    if c.authors is AuthorMatch.NONE and not (same_number and settled):
        return True
    if c.authors is AuthorMatch.SOME and not placed:
        return True
    if c.pages is Match.DIFFERENT and not (same_number and c.volume is Match.SAME and c.title >= TitleMatch.NEAR):
        return True
    if c.volume is Match.DIFFERENT and not (
        (c.pages is Match.SAME and c.journal is JournalMatch.SAME and c.years_apart in (0, None)) or same_number
    ):
        return True
    if c.issue is Match.DIFFERENT and c.volume is not Match.MISSING and c.pages is Match.MISSING and not same_number:
        return True
    if c.journal is JournalMatch.DIFFERENT and not (same_number or (settled and c.title >= TitleMatch.NEAR)):
        return True
    if c.years_apart is not None and c.years_apart > 1 and not ((same_number and placed) or settled):
        return True
    if a.title.is_generic or b.title.is_generic:
        if (
            _same_issue(c)
            and c.volume is Match.SAME
            and c.authors is AuthorMatch.SAME
            and not (a.title.is_genre or b.title.is_genre)
        ):
            return c.title is not TitleMatch.EXACT
        return not (
            c.title is TitleMatch.EXACT and (settled or (same_number and placed and c.authors is AuthorMatch.SAME))
        )
    if not placed and c.journal is JournalMatch.UNSURE and c.volume is not Match.SAME:
        return True
    return not placed and c.abstract is Match.DIFFERENT


def _is_span(a: Card, b: Card) -> bool:
    """Both name a first and a last page. On one page stand several abstracts of a congress, by the same group too."""
    return a.pages is not None and b.pages is not None and a.pages.count > 1 and b.pages.count > 1


def _reissued(a: Card, b: Card, c: Comparison) -> bool:
    """A Cochrane review that stands in two issues of the library at most a year apart, unchanged in title and authors.

    A new edition of its conclusions takes its authors longer; such a pair is one review, republished by the quarter.
    """
    return (
        c.pages is Match.SAME and bool(a.cochrane) and c.years_apart in (0, 1) and c.title is TitleMatch.EXACT
        and c.authors is AuthorMatch.SAME and c.abstract is not Match.DIFFERENT
    )  # fmt: skip


def _worth_asking(
    a: Card, b: Card, c: Comparison, score: float, relation: Relation | None, *, placed: bool, contradicts: bool
) -> bool:
    if c.title is TitleMatch.DIFFERENT:
        # A translated title: everything else must be the same.
        settled = _same_span(a, b, c) and c.journal in (JournalMatch.SAME, JournalMatch.UNSURE)
        return c.authors in (AuthorMatch.SAME, AuthorMatch.MISSING) and settled and c.doi is not Match.DIFFERENT
    if (
        c.title >= TitleMatch.NEAR
        and c.authors is AuthorMatch.SAME
        and c.journal is JournalMatch.SAME
        and c.years_apart == 1
    ):
        # The same journal within a year: printed again by mistake, or two works; nobody can tell from here.
        return not (a.title.is_generic or b.title.is_generic or relations.kinds_differ(a, b, placed=placed))
    if c.title is TitleMatch.WORDS and c.authors is AuthorMatch.MISSING and _same_span(a, b, c):
        return True
    if (a.title.is_generic or b.title.is_generic) and Match.DIFFERENT in (c.doi, c.issue, c.pages):
        return False
    if score < ASK_FROM or c.pmid is Match.DIFFERENT or c.registrations is Match.DIFFERENT:
        return False
    if a.title.head is not b.title.head or (Kind.REGISTRATION in (a.kind, b.kind) and a.kind is not b.kind):
        return False
    if not placed and relation is Relation.VERSION_OF and relations.says_edition(a, b, c):
        return False
    if placed and c.title is not TitleMatch.NUMBERED:
        return True
    return not contradicts and (relation is None or relation is Relation.VERSION_OF) and c.title is not TitleMatch.WORDS
