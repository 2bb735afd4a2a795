"""How two records that are not one document belong together."""

from .card import Card
from .citation import Kind, Relation
from .comparison import Comparison, Match, edition
from .journal import JournalMatch
from .names import AuthorMatch
from .title import TitleMatch

_HEADS = {Kind.RETRACTION: Relation.RETRACTION_OF, Kind.ERRATUM: Relation.ERRATUM_OF, Kind.COMMENT: Relation.COMMENT_ON}
_TAILS = (
    ("protocol", Relation.PROTOCOL_OF),
    ("comment", Relation.COMMENT_ON),
    ("secondary", Relation.SECONDARY_ANALYSIS_OF),
    ("follow-up", Relation.SECONDARY_ANALYSIS_OF),
    ("cohort", Relation.SECONDARY_ANALYSIS_OF),
    ("abstract", Relation.ABSTRACT_OF),
    ("update", Relation.VERSION_OF),
    ("lay summary", Relation.VERSION_OF),
)


def kinds_differ(a: Card, b: Card, *, placed: bool) -> bool:
    """Whether the two are documents of different sorts. A mark at the end of a title may be lost by a database, so it
    yields to the same place; an erratum, a reply or a registry entry stays one wherever it stands."""
    if a.title.head is not b.title.head:
        return True
    if Kind.REGISTRATION in (a.kind, b.kind) and a.kind is not b.kind:
        return True
    if placed:
        return False
    return a.title.tails != b.title.tails or _stated_apart(a, b)


def _stated_apart(a: Card, b: Card) -> bool:
    return (a.kind is not b.kind and Kind.UNKNOWN not in (a.kind, b.kind)) or (
        a.kind is not b.kind and {a.kind, b.kind} & {Kind.PREPRINT, Kind.ABSTRACT, Kind.UPDATE} != set()
    )


def between(a: Card, b: Card, c: Comparison, *, placed: bool) -> Relation | None:
    """The relation that the two records suggest, or None."""
    if a.title.head is not b.title.head:
        return _HEADS.get(a.title.head) or _HEADS.get(b.title.head)
    if a.kind is not b.kind:
        for kind, relation in (
            (Kind.REGISTRATION, Relation.REGISTRATION_OF),
            (Kind.PREPRINT, Relation.PREPRINT_OF),
            (Kind.RETRACTION, Relation.RETRACTION_OF),
            (Kind.ERRATUM, Relation.ERRATUM_OF),
        ):
            if kind in (a.kind, b.kind):
                return relation
    if c.title is TitleMatch.NUMBERED:
        return Relation.PART_OF
    if placed and c.doi is not Match.CLOSE:
        return None
    for tail, relation in _TAILS:
        if (tail in a.title.tails) != (tail in b.title.tails):
            return relation
    if (Kind.ABSTRACT in (a.kind, b.kind) and a.kind is not b.kind) or (
        _is_abstract(a) != _is_abstract(b) and c.journal is not JournalMatch.MISSING
    ):
        return Relation.ABSTRACT_OF
    if (
        c.doi is Match.CLOSE
        or Kind.UPDATE in (a.kind, b.kind)
        or c.pages is Match.DIFFERENT
        or c.journal is JournalMatch.DIFFERENT
    ):
        return Relation.VERSION_OF
    if c.doi is Match.DIFFERENT or c.volume is Match.DIFFERENT or (c.years_apart is not None and c.years_apart > 1):
        return Relation.VERSION_OF
    return None


def _is_abstract(card: Card) -> bool:
    """A supplement's single page is where congresses print their abstracts."""
    if card.kind is Kind.ABSTRACT or (card.journal.kind is Kind.ABSTRACT and card.supplement):
        return True
    return (
        card.pages is not None
        and card.pages.count <= 2
        and (card.supplement or card.pages.letters in ("s", "a", "e", "p"))
    )


def says_edition(a: Card, b: Card, c: Comparison) -> bool:
    """One of the two says that it is a later edition of the other."""
    return (
        c.doi is Match.CLOSE
        or edition(a.doi) != edition(b.doi)
        or (Kind.UPDATE in (a.kind, b.kind) and a.kind is not b.kind)
    )


def is_close(a: Card, b: Card, c: Comparison, relation: Relation) -> bool:
    """Whether the relation is worth showing: the same title, and people in common where both name them."""
    if a.title.is_generic or b.title.is_generic or c.title < TitleMatch.NUMBERED:
        return False
    if c.authors is AuthorMatch.NONE:
        return relation is Relation.COMMENT_ON
    if relation in (Relation.VERSION_OF, Relation.PART_OF) and c.authors is not AuthorMatch.SAME:
        return False
    return (
        c.title is not TitleMatch.LONGER or c.authors is not AuthorMatch.MISSING or relation is not Relation.VERSION_OF
    )


def comes_second(a: Card, b: Card, relation: Relation) -> bool:
    """Whether ``b`` is the one that is the … of the other; ``a`` is, where the records do not say."""
    if (
        relation in (Relation.RETRACTION_OF, Relation.ERRATUM_OF, Relation.COMMENT_ON)
        and a.title.head is not b.title.head
    ):
        return b.title.head in _HEADS and _HEADS[b.title.head] is relation
    for kind, of in (
        (Kind.REGISTRATION, Relation.REGISTRATION_OF),
        (Kind.PREPRINT, Relation.PREPRINT_OF),
        (Kind.RETRACTION, Relation.RETRACTION_OF),
        (Kind.ERRATUM, Relation.ERRATUM_OF),
    ):
        if relation is of:
            return b.kind is kind
    for tail, of in _TAILS:
        if relation is of and (tail in a.title.tails) != (tail in b.title.tails):
            return tail in b.title.tails
    if relation is Relation.ABSTRACT_OF:
        return _is_abstract(b) and not _is_abstract(a)
    if relation is Relation.PART_OF and (a.title.part or 0) != (b.title.part or 0):
        return (b.title.part or 0) > (a.title.part or 0)
    return (b.year or 0, edition(b.doi)) > (a.year or 0, edition(a.doi))
