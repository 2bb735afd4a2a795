"""What is owed is done once for each ask, whatever happens to brokers and workers."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from reviews.base.work import queries, services, tasks
from reviews.base.work.models import Owed
from reviews.base.work.rules import MOST_ATTEMPTS, State

pytestmark = pytest.mark.django_db

KIND, KEY = "tea", "pot-1"
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def tea_is_a_kind_of_work(monkeypatch):
    monkeypatch.setattr(services, "_tasks", {})
    services.register(kind=KIND, task="kitchen.make_tea")


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def owe(key=KEY):
    return services.owe(kind=KIND, key=key)


def claim(key=KEY):
    return services.claim(kind=KIND, key=key)


def settle(lease):
    with transaction.atomic():
        services.settle(lease)


def standing(key=KEY):
    return queries.standing(KIND, key)


def test_asking_tells_the_broker_on_commit_and_not_before(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        owe()
        assert sent.tasks == []
    assert sent.tasks == [("kitchen.make_tea", [KEY])]


def test_repeated_asks_fold_into_one_run():
    for _ in range(20):
        owe()
    lease = claim()
    assert Owed.objects.count() == 1
    assert lease.seen == 20
    settle(lease)
    assert standing().state is State.SETTLED
    assert claim() is None


def test_what_was_never_asked_for_is_settled():
    assert standing("never").state is State.SETTLED
    assert not standing("never").is_open
    assert claim("never") is None


def test_one_run_at_a_time():
    owe()
    assert claim() is not None
    assert standing().state is State.RUNNING
    assert claim() is None


def test_an_ask_during_a_run_has_it_run_once_more(sent, django_capture_on_commit_callbacks):
    owe()
    lease = claim()
    owe()
    with django_capture_on_commit_callbacks(execute=True):
        settle(lease)
    assert sent.tasks == [("kitchen.make_tea", [KEY])]
    assert standing().state is State.WAITING
    second = claim()
    assert second.seen == 2
    settle(second)
    assert standing().state is State.SETTLED


def test_an_ask_during_a_run_does_not_end_its_lease():
    owe()
    claim()
    owe()
    assert claim() is None


def test_a_lease_that_ran_out_is_taken_over_and_the_first_run_writes_nothing(clock, settings):
    owe()
    slow = claim()
    clock.shift(settings.LEASE_SECONDS)
    quick = claim()
    assert quick is not None
    assert quick.token != slow.token
    with pytest.raises(services.LeaseLost, match="tea pot-1"):
        settle(slow)
    settle(quick)
    assert Owed.objects.get().done == 1


def test_the_effect_of_a_lost_lease_is_rolled_back(clock, settings):
    owe()
    slow = claim()
    clock.shift(settings.LEASE_SECONDS)
    claim()

    @transaction.atomic
    def write_effect():
        Owed.objects.create(kind="effect", key="of the slow run")
        services.settle(slow)

    with pytest.raises(services.LeaseLost):
        write_effect()
    assert not Owed.objects.filter(kind="effect").exists()


def test_a_failure_keeps_its_words_and_pauses(clock):
    owe()
    services.fail(claim(), ValueError("no water"))
    assert (standing().state, standing().last_error, standing().attempts) == (State.WAITING, "ValueError: no water", 1)
    assert claim() is None
    clock.shift(1)
    assert claim() is not None


def test_a_long_error_is_cut():
    owe()
    services.fail(claim(), ValueError("x" * 5000))
    assert len(standing().last_error) == services.LONGEST_ERROR


def test_the_failure_of_a_lost_lease_changes_nothing(clock, settings):
    owe()
    slow = claim()
    clock.shift(settings.LEASE_SECONDS)
    claim()
    services.fail(slow, ValueError("too late"))
    assert standing().state is State.RUNNING
    assert standing().last_error == ""


def fail_until_parked(clock):
    for _ in range(MOST_ATTEMPTS):
        services.fail(claim(), ValueError("no water"))
        clock.shift(600)


def test_after_six_failures_it_is_parked_where_a_person_sees_it(clock):
    owe()
    fail_until_parked(clock)
    assert claim() is None
    assert standing().state is State.PARKED
    assert not standing().is_open
    assert [row.key for row in queries.parked()] == [KEY]
    assert services.sweep() == 0


def test_asking_again_for_what_is_parked_gives_it_fresh_attempts(clock):
    owe()
    fail_until_parked(clock)
    owe()
    assert (standing().state, standing().attempts, standing().last_error) == (State.WAITING, 0, "")
    assert claim() is not None


def test_a_run_whose_worker_is_killed_each_time_is_parked_too(clock, settings):
    owe()
    for _ in range(MOST_ATTEMPTS):
        assert claim() is not None
        clock.shift(settings.LEASE_SECONDS)
    assert claim() is None
    assert standing().state is State.PARKED
    assert standing().last_error == "The worker stopped in the middle of it, six times."


def test_a_success_forgets_earlier_failures(clock):
    owe()
    services.fail(claim(), ValueError("no water"))
    clock.shift(1)
    settle(claim())
    assert (standing().attempts, standing().last_error) == (0, "")


def test_nothing_is_lost_while_the_broker_is_down(sent, django_capture_on_commit_callbacks, caplog):
    sent.is_down = True
    with django_capture_on_commit_callbacks(execute=True):
        owe()
    assert standing().state is State.WAITING
    assert "the sweep will try again" in caplog.text
    sent.is_down = False
    assert services.sweep() == 1
    assert sent.tasks == [("kitchen.make_tea", [KEY])]


def test_the_sweep_sends_what_is_due_oldest_ask_first(sent, clock, settings):
    for key in ("settled", "leased", "lost", "pausing", "waiting"):
        owe(key)
        clock.shift(0.001)
    settle(claim("settled"))
    claim("lost")
    clock.shift(settings.LEASE_SECONDS)
    claim("leased")
    services.fail(claim("pausing"), ValueError("not now"))
    assert tasks.sweep() == 2
    assert [arguments for _task, arguments in sent.tasks] == [["lost"], ["waiting"]]


def test_a_page_reads_many_standings_in_one_statement(django_assert_num_queries):
    owe("one")
    owe("two")
    claim("two")
    with django_assert_num_queries(1):
        found = queries.standings(KIND, ["one", "two", "never"])
    assert {key: each.state for key, each in found.items()} == {"one": State.WAITING, "two": State.RUNNING}


def test_the_database_refuses_more_done_than_wanted():
    row = owe()
    row.done = row.wanted + 1
    with pytest.raises(IntegrityError, match="owed_never_done_more_than_wanted"), transaction.atomic():
        row.save()


def test_a_row_says_what_it_is():
    assert str(owe()) == "tea pot-1"
    assert owe().asked_at <= timezone.now()
