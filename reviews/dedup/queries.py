"""What waits for an answer, what was merged, and how records belong together."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from reviews.dedup.matching import Citation, find
from reviews.dedup.models import Answer, Candidate
from reviews.dedup.rules import SHOWN, Answered, best_fields, keepers
from reviews.library.models import Record
from reviews.signals import judged_among
from reviews.team.models import Review, User

COMPARE = "dedup.compare"
"""The kind of owed work that compares an import's records with all others; its key is the id of the import."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as it is displayed, and the record that it is from."""

    name: str
    value: object
    record_id: int


@dataclass(frozen=True, slots=True)
class Related:
    """A record of a cluster belongs together with another: as a person said (``answer``), or as was found."""

    mine_id: int
    other: Record
    relation: str
    is_subject: bool
    """Whether ours is the … of the other, and not the other way round."""
    answer: Answer | None
    candidate: Candidate | None


@dataclass(frozen=True, slots=True)
class Together:
    """A record with its copies, and all that is known of how they belong to others."""

    records: list[Record]
    best: list[Shown]
    related: list[Related]
    apart: list[Answer]
    """Answers that keep one of them apart from another record."""

    @property
    def ids(self) -> list[int]:
        return [record.pk for record in self.records]


def comparable(review: Review) -> QuerySet[Record]:
    """Records that count: their import was not undone, and nobody retired them. In the order of import."""
    return Record.objects.filter(review=review, undone_at=None, retired_at=None).order_by("pk")


def standing(review: Review) -> QuerySet[Answer]:
    """Answers that nobody has undone, oldest first."""
    return Answer.objects.filter(review=review, undone_by=None).exclude(answer=Answered.UNDONE).order_by("pk")


def were_copies(review: Review, at: dt.datetime) -> Q:
    """The condition under which a record of the review was a copy of another at an instant, by the answers of then.

    A record can be the earlier one of every pair that names it and a copy all the same, where its pair hangs together
    with a still earlier record: such records are few, and named.
    """
    if not Answer.objects.filter(review=review, answered_at__gt=at).exists():
        return Q(duplicate_of__isnull=False)
    merges = (
        Answer.objects.filter(review=review, answer=Answered.DUPLICATE, answered_at__lte=at)
        .filter(Q(undone_by=None) | Q(undone_by__answered_at__gt=at))
        .order_by("pk")
    )
    pairs = list(merges.values_list("left_id", "right_id"))
    copies = {record for record, kept in keepers(pairs).items() if record != kept}
    return Q(pk__in=merges.order_by().values("right")) | Q(pk__in=copies - {right for _left, right in pairs})


def waiting(review: Review) -> QuerySet[Candidate]:
    """Pairs for a person, best first: both records count, the two are not one yet, and no answer stands."""
    answered = Answer.objects.filter(left=OuterRef("left"), right=OuterRef("right"), undone_by=None).exclude(
        answer=Answered.UNDONE
    )
    alive = Q(left__undone_at=None, left__retired_at=None, right__undone_at=None, right__retired_at=None)
    one = (
        Q(left__duplicate_of=F("right"))
        | Q(right__duplicate_of=F("left"))
        | Q(left__duplicate_of=F("right__duplicate_of"))
    )
    split = Answer.objects.filter(
        left=OuterRef("left"), right=OuterRef("right"), answer=Answered.UNDONE, undoes__answer=Answered.DUPLICATE
    )
    return (
        Candidate.objects.filter(alive, Q(is_question=True) | Exists(split), review=review)
        .exclude(one)
        .exclude(Exists(answered))
        .select_related("left", "right")
        .order_by("-score", "pk")
    )


def told_apart(review: Review) -> list[tuple[int, int]]:
    """Pairs that the tool must not merge: a person answered otherwise, or undid a merge and has not merged again."""
    stands = standing(review).values_list("left_id", "right_id", "answer")
    merged = {(left, right) for left, right, answer in stands if answer == Answered.DUPLICATE}
    apart = {(left, right) for left, right, answer in stands if answer != Answered.DUPLICATE}
    apart.update(
        Answer.objects.filter(review=review, answer=Answered.UNDONE, undoes__answer=Answered.DUPLICATE).values_list(
            "left_id", "right_id"
        )
    )
    return sorted(apart - merged)


def waiting_of(record: Record) -> QuerySet[Candidate]:
    """The pairs of a record that wait for a person, best first."""
    return waiting(record.review).filter(Q(left=record) | Q(right=record))


def judged(records: Iterable[Record]) -> list[int]:
    """Those that somebody judged, or that are in a report, in their order. Answers about duplicates do not count."""
    return [
        record.pk
        for record in records
        if record.report_id is not None
        or any(said for _room, said in judged_among.send(sender=Answer, records=Record.objects.filter(pk=record.pk)))
    ]


def cluster(record: Record) -> list[Record]:
    """The record kept and its copies, in the order of import; the record alone where it has none."""
    kept = record.duplicate_of_id or record.pk
    return list(Record.objects.filter(Q(pk=kept) | Q(duplicate_of=kept)).order_by("pk"))


def best(records: Iterable[Record]) -> list[Shown]:
    """The best of each field over a cluster, with its origin."""
    values = ((record.pk, {name: getattr(record, name) for name in SHOWN}) for record in records)
    return [Shown(name, value, origin) for name, (value, origin) in best_fields(values).items()]


def together(record: Record) -> Together:
    """The record kept and its copies in the order of import, and how each belongs to others: what was said, what was found."""
    records = cluster(record)
    ids = {each.pk for each in records}
    said = [link for each in records for link in links(each)]
    outside = [link for link in said if not {link.left_id, link.right_id} <= ids]
    found = [_found(candidate, ids) for candidate in findings(record.review, ids)]
    apart = (
        standing(record.review)
        .filter(Q(left__in=ids) | Q(right__in=ids), answer=Answered.NEITHER)
        .select_related("left", "right", "answered_by")
    )
    return Together(records, best(records), [*(_link(link, ids) for link in outside), *found], list(apart))


def _link(answer: Answer, ids: Collection[int]) -> Related:
    mine, other = (answer.left, answer.right) if answer.left_id in ids else (answer.right, answer.left)
    return Related(mine.pk, other, answer.relation, answer.subject_id == mine.pk, answer, None)


def _found(candidate: Candidate, ids: Collection[int]) -> Related:
    left, right = candidate.left, candidate.right
    mine, other = (left, right) if left.pk in ids else (right, left)
    return Related(mine.pk, other, candidate.relation, subject(candidate) == mine, None, candidate)


def findings(review: Review, ids: Collection[int]) -> QuerySet[Candidate]:
    """What was found to belong together with one of some records, and nobody has answered yet. In the order of finding."""
    answered = standing(review).filter(left=OuterRef("left"), right=OuterRef("right"))
    alive = Q(left__undone_at=None, left__retired_at=None, right__undone_at=None, right__retired_at=None)
    return (
        Candidate.objects.filter(Q(left__in=ids) | Q(right__in=ids), alive, review=review, is_question=False)
        .exclude(relation="")
        .exclude(left__in=ids, right__in=ids)
        .exclude(Exists(answered.order_by()))
        .select_related("left", "right")
        .order_by("pk")
    )


def subject(candidate: Candidate) -> Record:
    """Of two records, the one that is the … of the other. A pair is kept by age, so this is read from the two again."""
    found = find([citation(candidate.left), citation(candidate.right)])
    pairs = [pair for pair in (*found.pairs, *found.related) if pair.relation == candidate.relation]
    return candidate.right if pairs and pairs[0].left == candidate.right_id else candidate.left


def links(record: Record) -> QuerySet[Answer]:
    """How a record belongs to others, oldest first."""
    return (
        standing(record.review)
        .filter(Q(left=record) | Q(right=record), answer=Answered.RELATED)
        .select_related("left", "right", "subject", "answered_by")
    )


def last_of(review: Review, person: User) -> Answer | None:
    """The person's latest answer that still stands: what their undo would take back."""
    return standing(review).filter(answered_by=person).last()


def citation(record: Record) -> Citation:
    return Citation(
        id=record.pk, title=record.title, authors=record.authors, year=str(record.year or ""), journal=record.journal,
        volume=record.volume, issue=record.issue, pages=record.pages, doi=record.doi, pmid=record.pmid,
        registrations=tuple(record.registration_list), abstract=record.abstract,
        kind=" ".join((record.kind, *record.publication_types.splitlines())),
    )  # fmt: skip
