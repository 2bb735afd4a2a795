import io

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.state import ProjectState

from reviews.base import append_only
from reviews.base.audit import queries, services
from reviews.base.audit.context import request_id
from reviews.base.audit.models import ChainHead, Event
from reviews.base.audit.rules import FIRST_HASH
from tests.factories import ReviewFactory

pytestmark = pytest.mark.django_db


def say(review, verb="did something", **said):
    with transaction.atomic():
        return services.record(
            chain=review.chain, actor=review.created_by, acting_role="owner", verb=verb, subject=review, **said
        )


def three_events(review):
    return [say(review, verb) for verb in ("began", "changed", "released")]


@pytest.fixture
def unguarded():
    """What somebody with access to the database itself can do: the triggers are gone, until the test is rolled back."""
    append_only.release(connection.schema_editor(), "reviews_event")


def rewrite(event, **changes):
    columns = ", ".join(f"{name} = %s" for name in changes)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE reviews_event SET {columns} WHERE id = %s", [*changes.values(), event.pk])


def remove(event):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reviews_event WHERE id = %s", [event.pk])


def test_events_of_a_review_form_a_chain_from_the_first_hash():
    review = ReviewFactory()
    first, second, third = three_events(review)
    assert [event.number for event in (first, second, third)] == [1, 2, 3]
    assert first.previous_hash == FIRST_HASH
    assert (second.previous_hash, third.previous_hash) == (first.hash, second.hash)
    head = ChainHead.objects.get(chain=review.chain)
    assert (head.number, head.hash) == (3, third.hash)


def test_an_event_says_who_when_what_and_why():
    review = ReviewFactory(title="Stromal cells")
    token = request_id.set("request-12345")
    event = say(review, "renamed", before={"title": "Cells"}, after={"title": "Stromal cells"}, reason="A clearer name")
    request_id.reset(token)
    event.refresh_from_db()
    assert (event.actor, event.acting_role, event.verb) == (review.created_by, "owner", "renamed")
    assert (event.object_type, event.object_id, event.object_label) == ("review", str(review.pk), "Stromal cells")
    assert (event.before, event.after) == ({"title": "Cells"}, {"title": "Stromal cells"})
    assert (event.reason, event.request_id) == ("A clearer name", "request-12345")
    assert str(event) == f"review:{review.pk} #1: renamed Stromal cells"


def test_each_review_has_its_own_chain():
    one, other = ReviewFactory(), ReviewFactory()
    say(one), say(one)
    assert say(other).number == 1
    assert [event.number for event in queries.events(one.chain)] == [2, 1]
    assert queries.extent() == (2, 3)


@pytest.mark.django_db(transaction=True)
def test_an_event_is_refused_outside_a_transaction():
    review = ReviewFactory()
    with pytest.raises(RuntimeError, match="belongs into the transaction"):
        services.record(chain=review.chain, actor=None, acting_role="", verb="did", subject=review)


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_leaves_no_event():
    review = ReviewFactory()
    with transaction.atomic():
        services.record(chain=review.chain, actor=None, acting_role="", verb="did", subject=review)
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    assert queries.first_fault(review.chain).problem == "the head of the chain is missing"
    assert list(queries.faults()) == []


@pytest.mark.parametrize(
    "statement", ["UPDATE reviews_event SET verb = 'nothing'", "DELETE FROM reviews_event"], ids=["update", "delete"]
)
def test_the_database_refuses_to_change_or_delete_an_event(statement):
    say(ReviewFactory())
    with (
        pytest.raises(DatabaseError, match="reviews_event is append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Event.objects.get().verb == "did something"


def test_the_orm_is_refused_too():
    event = say(ReviewFactory())
    event.verb = "nothing"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.all().delete()


def test_an_untouched_trail_holds():
    three_events(ReviewFactory())
    three_events(ReviewFactory())
    told = io.StringIO()
    call_command("verify_audit", stdout=told)
    assert told.getvalue() == "The audit trail holds (chains: 2, events: 6).\n"


@pytest.mark.parametrize(
    ("column", "value"),
    [("verb", "did nothing"), ("reason", "none"), ("acting_role", "reader"), ("after", '{"events": "16"}')],
)
def test_a_changed_event_is_found(unguarded, column, value):
    review = ReviewFactory()
    _first, second, _third = three_events(review)
    rewrite(second, **{column: value})
    fault = queries.first_fault(review.chain)
    assert (fault.number, fault.problem) == (2, "what it says is not what was hashed")


def test_an_event_that_was_changed_and_hashed_again_is_found_at_its_successor(unguarded):
    review = ReviewFactory()
    _first, second, _third = three_events(review)
    second.verb = "did nothing"
    rewrite(second, verb=second.verb, hash=queries.fact_hash(queries.fact_of(second)))
    fault = queries.first_fault(review.chain)
    assert (fault.number, fault.problem) == (3, "it does not name the event before it")


def test_a_removed_event_is_found(unguarded):
    review = ReviewFactory()
    _first, second, _third = three_events(review)
    remove(second)
    fault = queries.first_fault(review.chain)
    assert (fault.number, fault.problem) == (2, "event 2 is missing; the next one there is 3")


def test_two_events_that_changed_places_are_found(unguarded):
    review = ReviewFactory()
    _first, second, third = three_events(review)
    rewrite(second, number=99)
    rewrite(third, number=2)
    rewrite(second, number=3)
    assert queries.first_fault(review.chain).number == 2


def test_a_cut_off_end_is_found(unguarded):
    review = ReviewFactory()
    *_, third = three_events(review)
    remove(third)
    fault = queries.first_fault(review.chain)
    assert (fault.number, fault.problem) == (3, "the head says that the chain ends at event 3")


def test_a_chain_that_was_emptied_is_found(unguarded):
    review = ReviewFactory()
    for event in three_events(review):
        remove(event)
    assert queries.first_fault(review.chain).number == 1


def test_the_command_names_the_first_bad_row_of_each_chain_and_fails(unguarded):
    good, bad = ReviewFactory(), ReviewFactory()
    three_events(good)
    _first, second, third = three_events(bad)
    rewrite(second, verb="did nothing")
    rewrite(third, verb="did nothing")
    told = io.StringIO()
    with pytest.raises(CommandError, match="does not hold in 1 of its chains") as refusal:
        call_command("verify_audit", stderr=told)
    assert refusal.value.returncode == 1
    assert told.getvalue() == f"{bad.chain}, event 2: what it says is not what was hashed.\n"


def test_the_guard_of_a_table_can_be_taken_back():
    operation = append_only.only_grows("reviews_event")
    say(ReviewFactory())
    state, editor = ProjectState(), connection.schema_editor()
    connection.check_constraints()  # PostgreSQL alters no table with checks still to come
    operation.database_backwards("reviews", editor, state, state)
    Event.objects.update(verb="changed")
    operation.database_forwards("reviews", editor, state, state)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.update(verb="again")
