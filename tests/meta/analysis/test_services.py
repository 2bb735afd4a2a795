"""A result is computed from what is confirmed, kept for ever, and never made twice of the same."""

import json

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from meta.analysis import queries, services, tasks
from meta.analysis.models import Analysis, Plan, Snapshot
from meta.analysis.rules import REVMAN_5, Model, Settings, digest
from reviews.base.audit.models import Event
from reviews.base.work import services as work
from reviews.base.work.models import Owed
from reviews.base.work.rules import MOST_ATTEMPTS, State
from reviews.extraction.models import Value
from reviews.protocol.rules import OutcomeType
from reviews.screening import services as screening
from reviews.screening.rules import Verdict
from reviews.team.rules import Role
from tests.factories import OutcomeFactory, ReviewFactory, TimepointFactory, UserFactory, member
from tests.living import recomputed

pytestmark = pytest.mark.django_db

RANDOM = Settings(model=Model.RANDOM)


@pytest.fixture
def planned(living):
    return living.plan()


def state(planned):
    return queries.result(planned).standing.state


def decide(living, study, verdict, reason="It was retracted."):
    screening.decide_inclusion(
        review=living.review, study=study, verdict=verdict, actor=living.extractor, reason=reason
    )


def texts(planned):
    return [queries.describe(queries.Result(planned, one.plan, one, None))["text"] for one in snapshots(planned)]


def snapshots(planned):
    return list(planned.snapshots.order_by("number"))


# --- Planning -------------------------------------------------------------------------------------------------------


def test_a_plan_is_written_before_anything_is_computed(living, planned):
    plan = queries.current_plan(planned)
    assert (plan.number, queries.settings_of(plan), plan.written_by) == (1, REVMAN_5, living.owner)
    assert (planned.key, planned.position) == ("death-within-28-days", 1)
    assert state(planned) is State.WAITING
    assert queries.latest_snapshot(planned) is None
    event = Event.objects.get(verb="planned analysis")
    assert (event.acting_role, event.after["model"], event.after["zero_cells"]) == (Role.OWNER, "common", "revman5")


def test_analyses_stand_in_the_order_in_which_they_were_planned(living, planned):
    second = living.plan("Death within 90 days")
    assert list(queries.analyses(living.review)) == [planned, second]


def test_a_title_belongs_to_one_analysis(living, planned):
    with pytest.raises(ValidationError) as refusal:
        living.plan("Death, within 28 days!")
    assert "called Death, within 28 days! already" in refusal.value.message_dict["title"][0]


@pytest.mark.parametrize("title", ["死亡", "…", "New"])
def test_a_title_that_leaves_no_address_is_refused(living, title):
    with pytest.raises(ValidationError, match="letters or digits"):
        living.plan(title)


def test_a_mean_has_no_odds_ratio(living):
    living.outcome.type = OutcomeType.CONTINUOUS
    living.outcome.save()
    with pytest.raises(ValidationError) as refusal:
        living.plan()
    assert refusal.value.message_dict == {"measure": ["Death from any cause is continuous; it has no OR."]}


def test_only_what_can_be_pooled_is_planned(living):
    elsewhere = TimepointFactory()
    other = TimepointFactory(outcome=OutcomeFactory(team=living.review.team))
    for outcome, timepoint in ((elsewhere.outcome, elsewhere), (living.outcome, other)):
        with pytest.raises(ValidationError, match="do not belong together in this review"):
            services.plan_analysis(
                review=living.review,
                actor=living.owner,
                outcome=outcome,
                timepoint=timepoint,
                title="Death",
                experimental="MSC",
                control="control",
            )


def test_an_amendment_is_a_new_plan_with_its_reason_and_is_computed(living, planned):
    living.add()
    recomputed(planned)
    plan = services.amend_plan(analysis=planned, actor=living.owner, settings=RANDOM, reason=" Trials differ. ")
    assert (plan.number, plan.reason, plan.experimental, plan.control) == (2, "Trials differ.", "MSC", "control")
    assert [one.is_current for one in planned.plans.order_by("number")] == [False, True]
    assert state(planned) is State.WAITING
    assert recomputed(planned).settings["model"] == "random"
    assert [one.plan.number for one in snapshots(planned)] == [1, 2]
    event = Event.objects.get(verb="amended analysis plan")
    assert (event.before["model"], event.after["model"], event.reason) == ("common", "random", "Trials differ.")


def test_an_amendment_says_why(living, planned):
    with pytest.raises(ValidationError) as refusal:
        services.amend_plan(analysis=planned, actor=living.owner, settings=RANDOM, reason=" ")
    assert "Say why the plan changes" in refusal.value.message_dict["reason"][0]
    with pytest.raises(IntegrityError, match="plan_amendment_has_a_reason"), transaction.atomic():
        Plan.objects.filter(analysis=planned).update(number=2)


def test_amending_to_the_same_adds_nothing(living, planned):
    wanted = Owed.objects.get().wanted
    plan = services.amend_plan(analysis=planned, actor=living.owner, settings=REVMAN_5, reason="Again")
    assert plan.number == 1
    assert Owed.objects.get().wanted == wanted


@pytest.mark.parametrize("role", Role)
def test_owners_plan_and_owners_and_extractors_have_it_recomputed(living, planned, role):
    person = member(living.review, role)
    attempts = {
        "plan": lambda: services.plan_analysis(
            review=living.review,
            actor=person,
            outcome=living.outcome,
            timepoint=living.timepoint,
            title="Another",
            experimental="MSC",
            control="control",
        ),
        "amend": lambda: services.amend_plan(analysis=planned, actor=person, settings=RANDOM, reason="Trials differ"),
        "ask again": lambda: services.ask_again(analysis=planned, actor=person),
    }
    allowed = {Role.OWNER: set(attempts), Role.EXTRACTOR: {"ask again"}}.get(role, set())
    for name, attempt in attempts.items():
        if name in allowed:
            attempt()
        else:
            with pytest.raises(PermissionDenied):
                attempt()


def test_strangers_and_site_administrators_neither_plan_nor_ask(living, planned, outsider, administrator):
    for person in (outsider, administrator, UserFactory()):
        with pytest.raises(PermissionDenied):
            services.amend_plan(analysis=planned, actor=person, settings=RANDOM, reason="Trials differ")
        with pytest.raises(PermissionDenied):
            services.ask_again(analysis=planned, actor=person)


# --- What is owed ---------------------------------------------------------------------------------------------------


def test_confirmed_numbers_have_the_analyses_of_their_outcome_recomputed(
    living, planned, sent, django_capture_on_commit_callbacks
):
    other = TimepointFactory(outcome=OutcomeFactory(team=living.review.team))
    unrelated = services.plan_analysis(
        review=living.review,
        actor=living.owner,
        outcome=other.outcome,
        timepoint=other,
        title="Recovery",
        experimental="MSC",
        control="control",
    )
    study = living.add(confirmed=False)
    for one in (planned, unrelated):
        recomputed(one)
    sent.tasks.clear()
    with django_capture_on_commit_callbacks(execute=True):
        living.confirm(study)
        assert sent.tasks == []
    assert sent.tasks == [("meta.analysis.recompute", [str(planned.pk)])]
    assert (state(planned), state(unrelated)) == (State.WAITING, State.SETTLED)


def test_a_study_that_comes_or_goes_has_every_analysis_of_the_review_recomputed(living, planned):
    study = living.add()
    recomputed(planned)
    decide(living, study, Verdict.EXCLUDE)
    assert state(planned) is State.WAITING


def test_a_sister_review_hears_of_numbers_and_not_of_decisions(living, planned):
    study = living.add(confirmed=False)
    sister = ReviewFactory(team=living.review.team)
    extractor = member(sister, Role.EXTRACTOR)
    theirs = services.plan_analysis(
        review=sister,
        actor=member(sister, Role.OWNER),
        outcome=living.outcome,
        timepoint=living.timepoint,
        title="Death",
        experimental="MSC",
        control="control",
    )
    screening.decide_inclusion(review=sister, study=study, verdict=Verdict.INCLUDE, actor=extractor)
    for one in (planned, theirs):
        recomputed(one)
    decide(living, study, Verdict.EXCLUDE)
    assert (state(planned), state(theirs)) == (State.WAITING, State.SETTLED)
    recomputed(planned)
    decide(living, study, Verdict.INCLUDE)
    living.confirm(study)
    assert (state(planned), state(theirs)) == (State.WAITING, State.WAITING)


def test_what_is_rolled_back_is_not_owed(living, planned, sent, django_capture_on_commit_callbacks):
    study = living.add(confirmed=False)
    recomputed(planned)
    sent.tasks.clear()

    def fail():
        with transaction.atomic():
            living.confirm(study)
            raise ZeroDivisionError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError):
        fail()
    assert sent.tasks == []
    assert state(planned) is State.SETTLED


# --- Recomputing ----------------------------------------------------------------------------------------------------


def test_a_snapshot_holds_what_went_in_how_it_was_computed_and_what_came_out(living, planned):
    study = living.add()
    snapshot = recomputed(planned)
    [entry] = snapshot.inputs["studies"]
    assert (entry["study_id"], entry["label"], entry["experimental"], entry["control"]) == (
        study.pk,
        "Dilogo 2021",
        {"events": 10, "total": 20},
        {"events": 17, "total": 20},
    )
    assert [arm["values"] for arm in entry["arms"]] == [
        list(Value.objects.filter(arm=arm).order_by("pk").values_list("pk", flat=True)) for arm in study.arms.all()
    ]
    assert snapshot.settings == REVMAN_5.to_dict()
    assert snapshot.engine == services.ENGINE
    assert snapshot.result["primary"] == "common"
    assert set(snapshot.result) == {"primary", "common", "random", "checks"}
    assert json.loads(json.dumps(snapshot.result, allow_nan=False)) == snapshot.result
    assert state(planned) is State.SETTLED


def test_the_digest_can_be_made_again_from_what_the_database_holds(living, planned):
    living.add()
    recomputed(planned)
    found = Snapshot.objects.get()
    assert found.digest == digest({"inputs": found.inputs, "settings": found.settings, "engine": found.engine})
    assert services.pool(found.inputs, Settings(**found.settings)) == found.result


def test_recomputing_unchanged_evidence_adds_nothing(living, planned):
    living.add()
    first = recomputed(planned)
    services.ask_again(analysis=planned, actor=living.owner)
    assert recomputed(planned) == first
    assert Snapshot.objects.count() == Event.objects.filter(verb="recomputed").count() == 1


def test_a_task_may_run_twice(living, planned):
    living.add()
    first = tasks.recompute(str(planned.pk))
    assert first == Snapshot.objects.get().pk
    assert tasks.recompute(str(planned.pk)) is None
    assert Snapshot.objects.count() == 1


def test_a_change_there_and_back_gives_three_snapshots(living, planned):
    living.add()
    shi = living.add("Lanzoni 2021", "2/12", "7/12")
    recomputed(planned)
    decide(living, shi, Verdict.EXCLUDE)
    recomputed(planned)
    decide(living, shi, Verdict.INCLUDE, "The retraction was a mistake.")
    recomputed(planned)
    first, second, third = snapshots(planned)
    assert first.digest == third.digest != second.digest
    assert texts(planned)[0] == texts(planned)[2] != texts(planned)[1]
    assert queries.latest_snapshot(planned) == third


def test_a_correction_of_a_correction_gives_three_snapshots_too(living, planned):
    study = living.add(control="17/20")
    recomputed(planned)
    for count in ("16/20", "17/20"):
        living.correct(study, "Control", count)
        recomputed(planned)
    first, _second, third = texts(planned)
    assert first == third
    assert len(set(texts(planned))) == 2


def test_what_nobody_confirmed_changes_no_result(living, planned):
    study = living.add(control="17/20")
    before = recomputed(planned)
    living.enter(study, "Control", "3/20")
    living.add("Zhu 2021", "0/29", "2/29", confirmed=False)
    services.ask_again(analysis=planned, actor=living.owner)
    assert recomputed(planned) == before


def test_a_recompute_is_in_the_audit_trail_with_its_digest(living, planned):
    living.add()
    snapshot = recomputed(planned)
    event = Event.objects.get(verb="recomputed")
    assert (event.chain, event.actor, event.after) == (
        living.review.chain,
        None,
        {"snapshot": 1, "digest": snapshot.digest},
    )


def test_without_any_evidence_there_is_a_sentence_and_no_failure(living, planned):
    recomputed(planned)
    found = queries.result(planned)
    assert (found.standing.state, found.standing.last_error) == (State.SETTLED, "")
    described = queries.describe(found)
    assert described["text"] == "Not estimable"
    assert described["headline"] == "There is no pooled result yet."
    assert described["caveats"]


def test_trials_without_events_leave_a_sentence_and_no_failure(living, planned):
    living.add("Shi 2021", "0/65", "0/35")
    recomputed(planned)
    described = queries.describe(queries.result(planned))
    assert (described["text"], described["k"], described["participants"]) == ("Not estimable", 1, 100)


def test_a_trial_that_lacks_a_side_is_left_out(living, planned):
    living.add()
    half = living.add("Lanzoni 2021", "2/12", "7/12")
    Value.objects.filter(arm__study=half, arm__label="Control").update(is_evidence=False)
    assert [one["label"] for one in recomputed(planned).inputs["studies"]] == ["Dilogo 2021"]


# --- Failing --------------------------------------------------------------------------------------------------------


@pytest.fixture
def broken(monkeypatch):
    def pool(inputs, settings):
        raise ArithmeticError("The engine stumbled.")

    monkeypatch.setattr(services, "pool", pool)


@pytest.fixture
def last_good(living, planned):
    living.add()
    return recomputed(planned)


def test_a_failure_keeps_the_last_good_snapshot_and_says_so(living, planned, last_good, broken, caplog):
    living.add("Lanzoni 2021", "2/12", "7/12")
    assert recomputed(planned) is None
    found = queries.result(planned)
    assert found.snapshot == last_good
    assert found.standing.last_error == "ArithmeticError: The engine stumbled."
    assert found.standing.is_open
    assert "Recomputing analysis" in caplog.text


def test_a_failure_pauses_and_parks_after_six(living, planned, last_good, broken):
    with time_machine.travel("2027-01-01T12:00Z", tick=False) as clock:
        living.add("Lanzoni 2021", "2/12", "7/12")
        for attempt in range(1, MOST_ATTEMPTS + 1):
            recomputed(planned)
            assert queries.result(planned).standing.attempts == attempt
            assert recomputed(planned) is None  # it pauses
            assert queries.result(planned).standing.attempts == attempt
            clock.shift(600)
        assert state(planned) is State.PARKED
        recomputed(planned)
    assert queries.result(planned).snapshot == last_good


def test_a_retry_after_the_cause_is_mended_brings_the_numbers(living, planned, last_good, broken, monkeypatch):
    with time_machine.travel("2027-01-01T12:00Z", tick=False) as clock:
        living.add("Lanzoni 2021", "2/12", "7/12")
        for _ in range(MOST_ATTEMPTS):
            recomputed(planned)
            clock.shift(600)
        monkeypatch.undo()
        services.ask_again(analysis=planned, actor=living.extractor)
        assert state(planned) is State.WAITING
        assert recomputed(planned).number == last_good.number + 1
    assert queries.result(planned).standing.last_error == ""
    assert Event.objects.get(verb="asked to recompute").acting_role == Role.EXTRACTOR


def test_a_run_that_lost_its_lease_leaves_nothing(living, planned, last_good, monkeypatch, settings):
    living.add("Lanzoni 2021", "2/12", "7/12")
    honest = services.compute
    with time_machine.travel("2027-01-01T12:00Z", tick=False) as clock:

        def slowly(analysis, plan):
            clock.shift(settings.LEASE_SECONDS + 1)
            assert work.claim(kind=queries.RECOMPUTE, key=planned.work_key)
            return honest(analysis, plan)

        monkeypatch.setattr(services, "compute", slowly)
        assert recomputed(planned) is None
    assert snapshots(planned) == [last_good]
    assert Event.objects.filter(verb="recomputed").count() == 1
    assert state(planned) is not State.SETTLED


def test_a_change_during_a_run_has_it_run_once_more(living, planned, monkeypatch):
    living.add()
    late = living.add("Lanzoni 2021", "2/12", "7/12", confirmed=False)
    honest = services.compute

    def compute(analysis, plan):
        computed = honest(analysis, plan)
        monkeypatch.setattr(services, "compute", honest)
        living.confirm(late)
        return computed

    monkeypatch.setattr(services, "compute", compute)
    assert len(recomputed(planned).inputs["studies"]) == 1
    assert state(planned) is State.WAITING
    assert len(recomputed(planned).inputs["studies"]) == 2
    assert state(planned) is State.SETTLED


def test_an_analysis_that_is_gone_stops_no_worker(caplog):
    work.owe(kind=queries.RECOMPUTE, key="987654")
    assert tasks.recompute("987654") is None
    assert "Recomputing analysis 987654 failed" in caplog.text


# --- For ever -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("statement", ["UPDATE meta_snapshot SET engine = 'mine'", "DELETE FROM meta_snapshot"])
def test_the_database_refuses_to_change_what_was_computed(living, planned, statement):
    living.add()
    recomputed(planned)
    refused = pytest.raises(DatabaseError, match="meta_snapshot is append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Snapshot.objects.get().engine == services.ENGINE


def test_results_of_a_page_take_as_many_statements_for_five_as_for_one(living, django_assert_num_queries):
    living.add()
    for number in range(5):
        recomputed(living.plan(f"Analysis {number}"))
    with django_assert_num_queries(4):
        found = queries.results(living.review)
    assert [one.snapshot.number for one in found] == [1] * 5


def test_rows_say_what_they_are(living, planned):
    living.add()
    snapshot = recomputed(planned)
    assert str(Analysis.objects.get()) == "Death within 28 days"
    assert str(snapshot) == "Snapshot 1 of Death within 28 days"
    assert str(snapshot.plan) == "Plan 1 of Death within 28 days"
