"""What waits for an answer, what was merged, and how records belong together."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from reviews.dedup.matching import Citation
from reviews.dedup.models import Answer, Candidate
from reviews.dedup.rules import SHOWN, Answered, best_fields, keepers
from reviews.library.models import Record
from reviews.team.models import Review, User

COMPARE = "dedup.compare"
"""The kind of owed work that compares an import's records with all others; its key is the id of the import."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as it is displayed, and the record that it is from."""

    name: str
    value: object
    record_id: int


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
    return (
        Candidate.objects.filter(alive, review=review, is_question=True)
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


def cluster(record: Record) -> list[Record]:
    """The record kept and its copies, in the order of import; the record alone where it has none."""
    kept = record.duplicate_of_id or record.pk
    return list(Record.objects.filter(Q(pk=kept) | Q(duplicate_of=kept)).order_by("pk"))


def best(records: Iterable[Record]) -> list[Shown]:
    """The best of each field over a cluster, with its origin."""
    values = ((record.pk, {name: getattr(record, name) for name in SHOWN}) for record in records)
    return [Shown(name, value, origin) for name, (value, origin) in best_fields(values).items()]


def links(record: Record) -> QuerySet[Answer]:
    """How a record belongs to others, oldest first."""
    return (
        standing(record.review)
        .filter(Q(left=record) | Q(right=record), answer=Answered.RELATED)
        .select_related("left", "right", "subject")
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
