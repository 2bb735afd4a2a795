"""Merging, relating, and taking back. Every record here is invented."""

import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from reviews.base.audit import queries as audit
from reviews.base.work import services as work
from reviews.base.work.models import Owed
from reviews.dedup import queries, services
from reviews.dedup.matching import Findings, Relation
from reviews.dedup.models import Answer, Candidate
from reviews.dedup.rules import Answered
from reviews.library.models import Record
from reviews.signals import judged_among, records_leaving
from reviews.team.rules import Role
from tests.factories import ReviewFactory, member
from tests.searched import ris, searched

WALKS = "Invented trial of evening walks for restless legs in sailors"
PLACE = "JO  - Journal of Imaginary Medicine\nVL  - 12\nSP  - 144\nEP  - 150\n"

pytestmark = pytest.mark.django_db


@pytest.fixture
def review():
    return ReviewFactory()


@pytest.fixture
def ana(review):
    return member(review, Role.REVIEWER, name="Ana Reyes")


def bring(review, person, *titles, source="PubMed", more=PLACE):
    brought = searched(
        review, person, "".join(ris(title, more=more) for title in titles), f"{source}-{len(titles)}.ris", source=source
    )
    services.compare(import_id=brought.pk)
    return list(Record.objects.filter(brought_in=brought).order_by("pk"))


def pointing(*records):
    return [Record.objects.get(pk=record.pk).duplicate_of_id for record in records]


@pytest.fixture
def three(review, ana):
    """The same record from three databases."""
    return [
        bring(review, ana, title, source=source)[0]
        for title, source in ((WALKS, "PubMed"), (WALKS.upper(), "Embase"), (f"{WALKS}.", "CENTRAL"))
    ]


def test_an_import_is_compared_with_everything_imported_before(three):
    first, second, third = three
    assert pointing(first, second, third) == [None, first.pk, first.pk]


def test_an_import_that_is_read_owes_its_comparing(review, ana):
    brought = searched(review, ana)
    assert Owed.objects.filter(kind=queries.COMPARE, key=str(brought.pk)).exists()


def test_comparing_twice_adds_nothing(review, three):
    rows = Answer.objects.count(), Candidate.objects.count()
    for owed in Owed.objects.filter(kind=queries.COMPARE):
        owed.wanted += 1
        owed.save()
        services.compare(import_id=int(owed.key))
    assert (Answer.objects.count(), Candidate.objects.count()) == rows


def test_a_merge_is_in_the_audit_trail(review, three):
    assert list(audit.faults()) == []
    assert audit.Event.objects.filter(chain=review.chain, verb="merged duplicates", actor=None).count() == 2


def test_a_copy_that_is_split_off_stays_apart_when_records_are_compared_again(review, ana, three):
    first, second, third = three
    services.unmerge(record=second, actor=ana)
    assert pointing(first, second, third) == [None, None, first.pk]
    (again,) = bring(review, ana, f"{WALKS} ", source="Scopus")
    assert pointing(second) == [None]
    assert pointing(again) in ([first.pk], [None])


def test_splitting_off_the_record_kept_leaves_the_others_one(ana, three):
    first, second, third = three
    services.unmerge(record=first, actor=ana)
    assert pointing(first, second, third) == [None, None, second.pk]


def test_splitting_off_a_record_that_is_alone_is_refused(review, ana):
    (alone,) = bring(review, ana, WALKS)
    with pytest.raises(ValidationError, match="merged with no other"):
        services.unmerge(record=alone, actor=ana)


@pytest.fixture
def doubtful(review, ana):
    """Two records that only a person can tell: they differ in their DOI."""
    return [
        bring(review, ana, WALKS, source=source, more=f"{PLACE}DO  - 10.5555/walks.{number}\n")[0]
        for number, source in enumerate(("PubMed", "Embase"))
    ]


def test_a_doubtful_pair_waits_with_its_reasons(review, doubtful):
    (pair,) = queries.waiting(review)
    assert (pair.left, pair.right) == tuple(doubtful)
    assert "same title" in pair.reasons
    assert pair.differs == ["doi"]


def test_a_duplicate_points_at_the_first_and_an_undo_lets_it_go(review, ana, doubtful):
    first, second = doubtful
    said = services.answer(review=review, one=second, two=first, answer=Answered.DUPLICATE, actor=ana)
    assert pointing(first, second) == [None, first.pk]
    assert not queries.waiting(review)
    assert queries.last_of(review, ana) == said
    services.undo(answer=said, actor=ana)
    assert pointing(first, second) == [None, None]
    assert len(queries.waiting(review)) == 1
    with pytest.raises(ValidationError, match="taken back already"):
        services.undo(answer=said, actor=ana)


def test_related_records_are_linked_and_not_merged(review, ana, doubtful):
    first, second = doubtful
    services.answer(
        review=review,
        one=first,
        two=second,
        answer=Answered.RELATED,
        relation=Relation.ERRATUM_OF,
        subject=second,
        actor=ana,
    )
    (link,) = queries.links(first)
    assert (link.relation, link.subject) == ("erratum_of", second)
    assert pointing(first, second) == [None, None]
    assert not queries.waiting(review)


def test_neither_is_not_asked_again(review, ana, doubtful):
    first, second = doubtful
    one = services.answer(review=review, one=first, two=second, answer=Answered.NEITHER, actor=ana)
    assert services.answer(review=review, one=first, two=second, answer=Answered.NEITHER, actor=ana) == one
    assert not queries.waiting(review)
    assert queries.told_apart(review) == [(first.pk, second.pk)]
    with pytest.raises(ValidationError, match="Undo that answer first"):
        services.answer(review=review, one=first, two=second, answer=Answered.DUPLICATE, actor=ana)


def test_an_answer_that_makes_no_sense_is_refused(review, ana, doubtful):
    first, second = doubtful
    stranger = Record.objects.create(review=ReviewFactory(), source="PubMed", raw="")
    for wrong in (
        {"one": first, "two": first, "answer": Answered.NEITHER},
        {"one": first, "two": stranger, "answer": Answered.NEITHER},
        {"one": first, "two": second, "answer": Answered.RELATED},
        {"one": first, "two": second, "answer": Answered.UNDONE},
    ):
        with pytest.raises(ValidationError):
            services.answer(review=review, actor=ana, **wrong)


def test_a_reader_may_not_answer(review, doubtful):
    reader = member(review, Role.READER, name="Rui Sato")
    with pytest.raises(PermissionDenied):
        services.answer(review=review, one=doubtful[0], two=doubtful[1], answer=Answered.NEITHER, actor=reader)
    with pytest.raises(PermissionDenied):
        services.unmerge(record=doubtful[0], actor=reader)


def test_merging_by_hand(review, ana, doubtful):
    first, second = doubtful
    services.merge(keep=first, copies=[second], actor=ana)
    assert pointing(second) == [first.pk]
    second.refresh_from_db()
    assert queries.cluster(second) == [first, second]
    assert {field.name: field.record_id for field in queries.best(queries.cluster(first))}["title"] == first.pk


def test_a_copy_does_not_leave_with_the_record_that_it_points_at(review, ana, three):
    first, second, third = three
    with transaction.atomic():
        records_leaving.send(sender=Record, records=Record.objects.filter(pk=first.pk), review_id=review.pk, actor=ana)
    assert pointing(first, second, third) == [None, None, second.pk]


def test_a_persons_answer_is_a_judgement_and_the_tools_merge_is_none(review, ana, three):
    def judged():
        return any(
            answer for _, answer in judged_among.send(sender=Record, records=Record.objects.filter(review=review))
        )

    assert not judged()
    (other,) = bring(review, ana, "Quite another invented study of gulls", source="Scopus")
    services.answer(review=review, one=three[0], two=other, answer=Answered.NEITHER, actor=ana)
    assert judged()


@pytest.mark.parametrize("model", [Answer, Candidate])
def test_what_was_found_and_answered_cannot_be_changed(review, ana, doubtful, model):
    services.answer(review=review, one=doubtful[0], two=doubtful[1], answer=Answered.NEITHER, actor=ana)
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(relation="part_of")
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.first().delete()


def test_the_database_refuses_a_relation_without_a_subject(review, doubtful, ana):
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(review=review, left=doubtful[0], right=doubtful[1], answer="related", answered_by=ana)


def test_comparing_keeps_its_lease_however_long_it_takes(review, ana, monkeypatch, settings):
    settings.LEASE_SECONDS = 0.03
    brought = searched(review, ana)
    kept = threading.Event()
    monkeypatch.setattr(work, "hold_on", lambda lease: kept.set())

    def slowly(citations, **asked):
        settings.LEASE_SECONDS = 30
        assert len(list(citations)) == 2
        assert kept.wait(20)
        return Findings((), (), ())

    monkeypatch.setattr(services, "find", slowly)
    services.compare(import_id=brought.pk)
    assert not any(row.is_owed or row.last_error for row in Owed.objects.all())


@pytest.fixture
def ben(review):
    return member(review, Role.REVIEWER, name="Ben Ito")


@pytest.mark.parametrize(
    ("said", "way_out"), [(Answered.DUPLICATE, "Split one of the two off"), (Answered.NEITHER, "Ana Reyes said so")]
)
def test_an_undo_never_touches_a_colleagues_answer_and_says_what_to_do(review, ana, ben, doubtful, said, way_out):
    first, second = doubtful
    answer = services.answer(review=review, one=first, two=second, answer=said, actor=ana)
    with pytest.raises(ValidationError, match=f"never touches a colleague's answer. {way_out}"):
        services.undo(answer=answer, actor=ben)
    assert queries.standing(review).filter(pk=answer.pk).exists()


def test_anybody_may_take_back_a_merge_of_the_tool(review, ben, three):
    first, second, third = three
    services.undo(answer=queries.standing(review).get(right=second), actor=ben)
    assert pointing(first, second, third) == [None, None, first.pk]


def test_a_colleagues_answer_is_replaced_only_by_who_names_it(review, ana, ben, doubtful):
    first, second = doubtful
    pair = {"review": review, "one": first, "two": second}
    neither = services.answer(**pair, answer=Answered.NEITHER, actor=ana)
    with pytest.raises(ValidationError, match="Ana Reyes said so"):
        services.answer(**pair, answer=Answered.DUPLICATE, actor=ben)
    merged = services.answer(**pair, answer=Answered.DUPLICATE, actor=ben, instead_of=neither)
    assert pointing(second) == [first.pk]
    assert list(queries.standing(review)) == [merged]
    assert Answer.objects.filter(pk=neither.pk, answered_by=ana).exists()
    event = audit.events(review.chain).get(verb="answered duplicate")
    assert (event.before["answer"], event.actor) == ("neither", ben)
    with pytest.raises(ValidationError, match="Split one of the two off"):
        services.answer(**pair, answer=Answered.NEITHER, actor=ana, instead_of=merged)


@pytest.fixture
def screened():
    """Records whose pk is in the list count as judged by another room."""
    judged = []

    def say(sender, *, records, **kwargs):
        return records.filter(pk__in=judged).exists()

    judged_among.connect(say)
    yield judged
    judged_among.disconnect(say)


def test_after_a_late_split_the_pair_waits_for_the_team_with_its_reason(review, ana, three, screened):
    first, second, _third = three
    screened.append(first.pk)
    services.unmerge(record=second, actor=ana)
    (pair,) = queries.waiting(review)
    assert (pair.left, pair.right, pair.reasons) == (first, second, [services.JUDGED_AS_ONE])
    assert list(queries.waiting_of(second)) == [pair]
    assert audit.events(review.chain).get(verb="split off").after == {"look at": [first.pk]}
    services.answer(review=review, one=first, two=second, answer=Answered.NEITHER, actor=ana)
    assert not queries.waiting(review)


def test_after_a_late_undo_too_but_not_while_other_copies_hold_the_two_together(review, ana, three, screened):
    first, second, third = three
    screened.append(second.pk)
    own = services.answer(review=review, one=second, two=third, answer=Answered.DUPLICATE, actor=ana)
    services.undo(answer=own, actor=ana)
    assert not queries.waiting(review)
    services.undo(answer=queries.standing(review).get(right=second), actor=ana)
    assert [(pair.left, pair.right) for pair in queries.waiting(review)] == [(first, second)]
    told = [event.after for event in audit.events(review.chain).filter(verb="took back an answer")]
    assert told == [{"look at": [second.pk]}, None]


def test_a_split_before_anybody_judged_asks_nobody(review, ana, three):
    services.unmerge(record=three[1], actor=ana)
    assert not queries.waiting(review)


def test_a_related_pair_that_was_merged_and_split_late_waits_as_well(review, ana, three, screened):
    first = three[0]
    (other,) = bring(review, ana, "Quite another invented study of gulls", source="Scopus", more="")
    Candidate.objects.create(review=review, left=first, right=other, score=1, relation="part_of", is_question=False)
    screened.append(other.pk)
    services.merge(keep=first, copies=[other], actor=ana)
    services.unmerge(record=other, actor=ana)
    assert [(pair.left, pair.right) for pair in queries.waiting(review)] == [(first, other)]
