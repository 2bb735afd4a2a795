"""Merge copies, relate what only belongs together, and take either back. Nothing is deleted."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from reviews.base.audit import services as audit
from reviews.base.work import services as work
from reviews.dedup import queries
from reviews.dedup.matching import Findings, Relation, find
from reviews.dedup.models import Answer, Candidate
from reviews.dedup.rules import Answered, keepers
from reviews.library.models import Record
from reviews.search.models import Import
from reviews.team.access import require
from reviews.team.models import Review, User
from reviews.team.rules import Action

TOOL = "tool"
"""The acting role, in the audit trail, of merges that nobody was asked about."""
JUDGED_AS_ONE = "they were one record when one of them was judged, and were split since"
"""The reason of a pair that the team looks at after a late split; no points of evidence stand behind it."""


def compare(*, import_id: int) -> int:
    """Compare an import's records with all that the review ever imported; returns how many copies were merged.

    Running it again adds nothing. The comparing itself happens outside the transaction that writes what was found.
    """
    lease = work.claim(kind=queries.COMPARE, key=str(import_id))
    if lease is None:
        return 0
    try:
        brought = Import.objects.select_related("review").get(pk=import_id)
        review = brought.review
        records = queries.comparable(review)
        new = set(records.filter(brought_in=brought).values_list("pk", flat=True))
        # One after the other and without what is not compared: a hundred thousand raw records are too many to hold.
        read = records.defer("raw", "extra", "keywords", "links").iterator(chunk_size=2000)
        with work.held(lease):
            findings = find(map(queries.citation, read), new=new, apart=queries.told_apart(review))
        with transaction.atomic():
            merged = _keep(review, findings)
            work.settle(lease)
    except Exception as error:
        work.fail(lease, error)
        raise
    return merged


def _keep(review: Review, findings: Findings) -> int:
    audit.hold(review.chain)
    stands = {(left, right) for left, right in queries.standing(review).values_list("left_id", "right_id")}
    refused = set(queries.told_apart(review))
    alive = set(queries.comparable(review).values_list("pk", flat=True))
    made = []
    for members in findings.clusters:
        first, *copies = sorted(member for member in members if isinstance(member, int) and member in alive)
        made += [
            Answer(review=review, left_id=first, right_id=copy, answer=Answered.DUPLICATE)
            for copy in copies
            if (first, copy) not in stands and (first, copy) not in refused
        ]
    Answer.objects.bulk_create(made)
    pairs = [(pair, True) for pair in findings.pairs] + [(pair, False) for pair in findings.related]
    Candidate.objects.bulk_create(
        [
            Candidate(
                review=review, left_id=min(pair.left, pair.right), right_id=max(pair.left, pair.right), score=pair.score,
                reasons=list(pair.reasons), differs=list(pair.differs), relation=pair.relation or "", is_question=question,
            )
            for pair, question in pairs
            if isinstance(pair.left, int) and isinstance(pair.right, int) and {pair.left, pair.right} <= alive
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    before = _copies(review)
    _point(review)
    if made:
        audit.record(
            chain=review.chain, actor=None, acting_role=TOOL, verb="merged duplicates", subject=review,
            after={"pairs": [[answer.left_id, answer.right_id] for answer in made]},
        )  # fmt: skip
    return _copies(review) - before


def _copies(review: Review) -> int:
    return Record.objects.filter(review=review).exclude(duplicate_of=None).count()


def _point(review: Review) -> None:
    """Make every record of the review point at the one kept, as the answers that stand say."""
    pairs = queries.standing(review).filter(answer=Answered.DUPLICATE).values_list("left_id", "right_id")
    wanted = {record: kept for record, kept in keepers(pairs).items() if record != kept}
    has = dict(Record.objects.filter(review=review).exclude(duplicate_of=None).values_list("pk", "duplicate_of_id"))
    changed = {record for record in wanted.keys() | has.keys() if wanted.get(record) != has.get(record)}
    rows = list(Record.objects.select_for_update().filter(pk__in=changed))
    for row in rows:
        row.duplicate_of_id = wanted.get(row.pk)
    Record.objects.bulk_update(rows, ["duplicate_of"], batch_size=500)


@transaction.atomic
def answer(
    *,
    review: Review,
    one: Record,
    two: Record,
    answer: Answered,
    actor: User,
    relation: Relation | None = None,
    subject: Record | None = None,
    instead_of: Answer | None = None,
) -> Answer:
    """Say of two records that they are one, that they belong together, or neither. The same answer again adds nothing.

    Another answer that stands is named with ``instead_of``, anybody's: it stays as a row and no longer stands. Nobody
    replaces an answer that they have not seen, and a merge is not replaced: a record is split off.

    Raises:
        PermissionDenied: the person does not work with records in this review.
        ValidationError: not two records of this review, a relation is missing, or another answer stands.
    """
    role = require(actor, review, Action.SEARCH)
    if one.pk == two.pk or {one.review_id, two.review_id} != {review.pk}:
        raise ValidationError("Choose two records of this review.")
    if answer is Answered.UNDONE:
        raise ValidationError("An undo names the answer that it takes back.")
    if answer is Answered.RELATED and (relation is None or subject is None or subject.pk not in (one.pk, two.pk)):
        raise ValidationError({"relation": "Say how the two belong together."})
    audit.hold(review.chain)
    left, right = sorted((one.pk, two.pk))
    before = queries.standing(review).filter(left=left, right=right).first()
    related = answer is Answered.RELATED
    said = (answer, relation.value if related and relation else "", subject.pk if related and subject else None)
    if before is not None:
        if (before.answer, before.relation, before.subject_id) == said:
            return before
        if instead_of is None or instead_of.pk != before.pk or before.answer == Answered.DUPLICATE:
            raise ValidationError(f"These two have been answered already. {_way_out(before, actor)}")
        _undo([before], actor)
    made = Answer.objects.create(
        review=review,
        left_id=left,
        right_id=right,
        answer=said[0],
        relation=said[1],
        subject_id=said[2],
        answered_by=actor,
    )
    _point(review)
    audit.record(
        chain=review.chain, actor=actor, acting_role=role, verb=f"answered {answer.value}", subject=made,
        before=_told(before) if before is not None else None,
        after={"left": left, "right": right, "relation": said[1], "subject": said[2]},
    )  # fmt: skip
    return made


def _told(answer: Answer) -> dict[str, object]:
    return {"answer": answer.answer, "left": answer.left_id, "right": answer.right_id, "relation": answer.relation}


def _way_out(answer: Answer, actor: User) -> str:
    """What a person does about an answer that stands and that they hold to be wrong."""
    if answer.answered_by_id == actor.pk:
        return "Undo that answer first."
    if answer.answer == Answered.DUPLICATE:
        return "Split one of the two off on its page."
    return f"{answer.answered_by} said so: answer the two differently on the page of either."


def merge(*, keep: Record, copies: Iterable[Record], actor: User) -> list[Answer]:
    """Call copies the same record as another. Of all that are one, the earliest imported is kept. Undo with ``unmerge``."""
    with transaction.atomic():
        return [
            answer(review=keep.review, one=keep, two=copy, answer=Answered.DUPLICATE, actor=actor) for copy in copies
        ]


@transaction.atomic
def undo(*, answer: Answer, actor: User) -> Answer:
    """Take back one's own answer or a merge that the tool made, at any time: a row that undoes it.

    Decisions stay with the record they were made on; if there are any, the pair waits for the team to look at.

    Raises:
        PermissionDenied: the person does not work with records in this review.
        ValidationError: it was undone already, or it is a colleague's.
    """
    review = answer.review
    role = require(actor, review, Action.SEARCH)
    audit.hold(review.chain)
    if answer.answer == Answered.UNDONE or Answer.objects.filter(undoes=answer).exists():
        raise ValidationError("This answer was taken back already.")
    if answer.answered_by_id not in (None, actor.pk):
        raise ValidationError(f"An undo never touches a colleague's answer. {_way_out(answer, actor)}")
    judged = queries.judged(queries.cluster(answer.left)) if answer.answer == Answered.DUPLICATE else []
    (made,) = _undo([answer], actor)
    _point(review)
    look_at = _look_at(review, answer.left_id, answer.right_id, judged)
    audit.record(
        chain=review.chain, actor=actor, acting_role=role, verb="took back an answer", subject=made,
        before=_told(answer), after={"look at": look_at} if look_at else None,
    )  # fmt: skip
    return made


def _look_at(review: Review, one: int, two: int, judged: list[int]) -> list[int]:
    """Where two records were judged as one and are apart now, put the pair to the team; returns what was judged."""
    apart = {pk: kept or pk for pk, kept in Record.objects.filter(pk__in=(one, two)).values_list("pk", "duplicate_of")}
    if not judged or apart[one] == apart[two]:
        return []
    left, right = sorted((one, two))
    Candidate.objects.get_or_create(
        left_id=left, right_id=right, defaults={"review": review, "score": 0, "reasons": [JUDGED_AS_ONE]}
    )
    return judged


def _undo(answers: Iterable[Answer], actor: User) -> list[Answer]:
    return [
        Answer.objects.create(
            review_id=one.review_id,
            left_id=one.left_id,
            right_id=one.right_id,
            answer=Answered.UNDONE,
            answered_by=actor,
            undoes=one,
        )
        for one in answers
    ]


@transaction.atomic
def unmerge(*, record: Record, actor: User) -> Record:
    """Split a record off from those it was merged with; these stay one. Returns it, standing for itself.

    If any of them was judged, decisions stay where they are, and the record waits beside the others for the team.

    Raises:
        PermissionDenied: the person does not work with records in this review.
        ValidationError: the record is merged with none.
    """
    role = require(actor, record.review, Action.SEARCH)
    audit.hold(record.review.chain)
    judged = queries.judged(queries.cluster(record))
    others = _split(record.review, [record.pk], actor)
    if not others:
        raise ValidationError("This record is merged with no other.")
    look_at = _look_at(record.review, record.pk, others[0], judged)
    audit.record(
        chain=record.review.chain,
        actor=actor,
        acting_role=role,
        verb="split off",
        subject=record,
        before={"merged with": others},
        after={"look at": look_at} if look_at else None,
    )
    record.refresh_from_db()
    return record


def _split(review: Review, leaving: list[int], actor: User) -> list[int]:
    """Undo every merge of the records that leave, and tie together those that they alone held together."""
    merges = queries.standing(review).filter(answer=Answered.DUPLICATE)
    kept = keepers(merges.values_list("left_id", "right_id"))
    touched = {kept[record] for record in leaving if record in kept}
    others = sorted(record for record, first in kept.items() if first in touched and record not in leaving)
    _undo(merges.filter(Q(left__in=leaving) | Q(right__in=leaving)), actor)
    still = keepers(queries.standing(review).filter(answer=Answered.DUPLICATE).values_list("left_id", "right_id"))
    for first in touched:
        group = [record for record in others if kept[record] == first]
        for record in group[1:]:
            if still.get(record, record) != still.get(group[0], group[0]):
                Answer.objects.create(
                    review=review, left_id=group[0], right_id=record, answer=Answered.DUPLICATE, answered_by=actor
                )
                still = keepers(
                    queries.standing(review).filter(answer=Answered.DUPLICATE).values_list("left_id", "right_id")
                )
    _point(review)
    return others


def let_go(*, review: Review, records: QuerySet[Record], actor: User) -> None:
    """Records leave the review: copies that pointed at one of them go on without it. Inside the caller's transaction."""
    _split(review, list(records.values_list("pk", flat=True)), actor)
