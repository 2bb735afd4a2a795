"""The numbers are asked of the records: for today, for any instant, and for each update."""

import datetime as dt

import pytest
from django.utils import timezone

from reviews.dedup import services as dedup
from reviews.dedup.rules import Answered
from reviews.flow import queries
from reviews.flow.rules import Box
from reviews.library.models import Record
from reviews.search import services
from reviews.search.rules import SourceKind
from reviews.team.rules import Role
from tests.factories import ReviewFactory, member
from tests.searched import ris, searched

FAR = dt.timedelta(days=400)


def at(days):
    return timezone.now() + dt.timedelta(days=days)


@pytest.fixture
def filled(review, owner):
    """Two sources in the first search, one in an update; a copy, one taken out by a tool and one by a person."""
    searched(review, owner, ris("One") + ris("Two") + ris("Three"))
    searched(review, owner, ris("Two again") + ris("Four"), source="ICTRP", kind=SourceKind.REGISTER)
    searched(review, owner, ris("Five") + ris("Three again"), source="Embase", update=1)
    kept = {record.title: record for record in Record.objects.all()}
    Record.objects.filter(title="Two again").update(duplicate_of=kept["Two"])
    Record.objects.filter(title="Three again").update(duplicate_of=kept["Three"])
    now = timezone.now()
    Record.objects.filter(title="Four").update(retired_at=now, retired_reason="A tool said: animals.")
    Record.objects.filter(title="One").update(retired_at=now, retired_reason="Out of scope.", retired_by=owner)
    return review


def test_the_numbers_add_up_for_all_and_for_each_update(filled):
    found = queries.columns(filled, at(1))
    whole = queries.total(found)
    assert [column.update for column in found] == [0, 1]
    assert [(each.source, each.kind, each.records) for each in whole.sources] == [
        ("Embase", "database", 2),
        ("ICTRP", "register", 2),
        ("PubMed", "database", 3),
    ]
    assert whole.boxes == {Box.SCREENED: 3, Box.DUPLICATE: 2, Box.AUTOMATION: 1, Box.OTHER: 1}
    assert all(column.numbers.adds_up for column in found)
    assert [column.numbers.identified for column in found] == [5, 2]


def test_a_copy_of_an_earlier_search_counts_in_the_update_that_brought_it(filled):
    assert queries.columns(filled, at(1))[1].numbers.boxes[Box.DUPLICATE] == 1


def test_every_number_opens_as_many_records(filled):
    found = queries.columns(filled, at(1))
    for box in Box:
        whole = queries.total(found)
        number = whole.identified if box is Box.IDENTIFIED else whole.boxes[box]
        assert queries.behind(filled, at(1), box=box).count() == number
    for column in found:
        assert (
            queries.behind(filled, at(1), box=Box.IDENTIFIED, update=column.update).count() == column.numbers.identified
        )
    assert queries.behind(filled, at(1), box=Box.IDENTIFIED, source="ICTRP").count() == 2
    assert queries.behind(filled, at(1), box=Box.IDENTIFIED, kind="register").count() == 2


def test_a_past_day_knows_nothing_of_what_came_later(filled):
    Record.objects.filter(source="Embase").update(retrieved_at=at(10))
    Record.objects.filter(title="One").update(retired_at=at(20))
    assert queries.total(queries.columns(filled, at(1))).identified == 5
    assert Box.OTHER not in queries.total(queries.columns(filled, at(11))).boxes
    assert queries.total(queries.columns(filled, at(21))).boxes[Box.OTHER] == 1


def test_an_undone_import_counts_until_it_was_undone(review, owner):
    found = searched(review, owner)
    services.undo_import(of=found, actor=owner)
    undone = Record.objects.first().undone_at
    assert queries.total(queries.columns(review, undone - dt.timedelta(microseconds=1))).identified == 2
    assert queries.total(queries.columns(review, undone)).identified == 0


def test_a_record_added_by_hand_belongs_to_the_update_under_way(filled, extractor):
    before = Record.objects.create(review=filled, source="Added by hand", raw="x", retrieved_at=at(-400))
    after = Record.objects.create(review=filled, source="Added by hand", raw="y")
    updates = dict(queries.counted(filled, at(1)).values_list("pk", "update"))
    assert (updates[before.pk], updates[after.pk]) == (0, 1)


def test_the_numbers_of_today_take_three_statements(filled, django_assert_num_queries):
    with django_assert_num_queries(3):
        queries.columns(filled, at(1))


@pytest.fixture
def three(review, owner):
    """Three records of one search, in the order of import."""
    searched(review, owner, ris("One") + ris("Two") + ris("Three"))
    return list(Record.objects.order_by("pk"))


def copies(review, instant):
    return set(queries.behind(review, instant, box=Box.DUPLICATE).values_list("title", flat=True))


def test_a_merge_does_not_show_on_days_before_it(review, owner, three):
    one, two, _three = three
    before = timezone.now()
    dedup.merge(keep=one, copies=[two], actor=owner)
    assert copies(review, before) == set()
    assert copies(review, at(1)) == {"Two"}


def test_a_merge_that_was_taken_back_shows_on_the_days_on_which_it_stood(review, owner, three):
    one, two, _three = three
    [merged] = dedup.merge(keep=one, copies=[two], actor=owner)
    between = timezone.now()
    dedup.undo(answer=merged, actor=owner)
    after = timezone.now()
    dedup.merge(keep=one, copies=[two], actor=owner)
    assert copies(review, between) == {"Two"}
    assert copies(review, after) == set()
    assert copies(review, at(1)) == {"Two"}


def test_a_copy_that_hangs_on_an_earlier_record_by_a_later_one_was_a_copy(review, owner, three):
    one, two, last = three
    dedup.merge(keep=two, copies=[last], actor=owner)
    apart = timezone.now()
    dedup.merge(keep=one, copies=[last], actor=owner)
    together = timezone.now()
    dedup.unmerge(record=last, actor=owner)
    assert copies(review, apart) == {"Three"}
    assert copies(review, together) == {"Two", "Three"}
    assert copies(review, at(1)) == {"Two"}


def test_the_numbers_of_a_day_add_up_whatever_was_merged_since(review, owner, three):
    one, two, last = three
    dedup.merge(keep=one, copies=[two], actor=owner)
    then = timezone.now()
    dedup.merge(keep=one, copies=[last], actor=owner)
    for instant, screened in ((then, 2), (at(1), 1)):
        whole = queries.total(queries.columns(review, instant))
        assert (whole.adds_up, whole.screened, whole.boxes[Box.DUPLICATE]) == (True, screened, 3 - screened)


def test_another_review_and_another_answer_make_no_copies(review, owner, three):
    one, two, _three = three
    elsewhere = ReviewFactory()
    searched(elsewhere, member(elsewhere, Role.OWNER), ris("One") + ris("Two"))
    dedup.answer(review=review, one=one, two=two, answer=Answered.NEITHER, actor=owner)
    then = timezone.now()
    dedup.merge(keep=one, copies=[three[2]], actor=owner)
    assert copies(review, then) == set()
    assert copies(elsewhere, at(1)) == set()
