"""Numbers of trials: entered by one person, confirmed by another, corrected with a reason, never overwritten."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from reviews.base.audit.models import Event
from reviews.extraction import queries, services
from reviews.extraction.models import Arm, Confirmation, Value
from reviews.extraction.rules import ArmRole, Count, Method, Quantity, ValueState, read_count
from reviews.extraction.services import NewArm, NewResult, Provenance
from reviews.library.models import Characteristic, Identifier, Record, Report, Study
from reviews.library.rules import Scheme
from reviews.library.services import NewReport
from reviews.screening import services as screening
from reviews.screening.models import Inclusion
from reviews.screening.rules import Verdict
from reviews.signals import evidence_changed
from reviews.team.rules import Role
from tests.factories import OutcomeFactory, ReviewFactory, StudyFactory, TimepointFactory, UserFactory, member
from tests.living import IN_THE_ABSTRACT

pytestmark = pytest.mark.django_db

EXPERIMENTAL, CONTROL = ArmRole.EXPERIMENTAL, ArmRole.CONTROL
EVENTS, TOTAL = Quantity.EVENTS, Quantity.TOTAL


@pytest.fixture
def news():
    heard = []

    def listen(sender, **told):
        told = {name: told[name] for name in ("study_id", "outcome_ids", "review_id")}
        heard.append(
            told
            | {"evidence": evidence_of(told["study_id"]), "is_atomic": transaction.get_connection().in_atomic_block}
        )

    evidence_changed.connect(listen)
    yield heard
    evidence_changed.disconnect(listen)


def evidence_of(study):
    values = Value.objects.filter(arm__study=study, is_evidence=True).order_by("arm__position", "quantity")
    return [value.as_printed for value in values]


def standing(study):
    values = Value.objects.filter(arm__study=study, is_current=True).order_by("arm__position", "quantity")
    return [value.as_printed for value in values]


# --- A trial, all of it or nothing ----------------------------------------------------------------------------------


@pytest.fixture
def add_trial(living):
    def add(**said):
        trial = {
            "review": living.review,
            "actor": living.extractor,
            "label": "Zarrabi 2023",
            "year": 2023,
            "reports": [NewReport("Zarrabi et al. 2023", identifiers={Scheme.DOI: "10.1186/s13287-023-03402-8"})],
            "characteristics": {"Country": "Iran"},
            "characteristics_source": "The report",
            "arms": [
                NewArm("MSC", EXPERIMENTAL, 11),
                NewArm("MSC and  vesicles ", EXPERIMENTAL, 8),
                NewArm("Control", CONTROL),
            ],
            "results": [
                NewResult(living.outcome, living.timepoint, [Count(3, 11), Count(0, 8), Count(8, 24)], IN_THE_ABSTRACT)
            ],
        }
        return services.add_trial(**(trial | said))

    return add


def nothing_is_there():
    models = (Study, Report, Identifier, Record, Characteristic, Inclusion, Arm, Value, Event)
    return not any(model.objects.exists() for model in models)


def test_a_trial_enters_with_its_report_arms_and_numbers_and_is_included(add_trial, living):
    study = add_trial()
    assert [(arm.position, arm.label, arm.role, arm.randomised) for arm in study.arms.all()] == [
        (1, "MSC", EXPERIMENTAL, 11),
        (2, "MSC and vesicles", EXPERIMENTAL, 8),
        (3, "Control", CONTROL, None),
    ]
    assert standing(study) == ["3", "11", "0", "8", "8", "24"]
    assert [event.verb for event in Event.objects.order_by("number")] == [
        "added study",
        "decided to include",
        "described arms",
        *["entered numbers"] * 3,
    ]
    value = Value.objects.first()
    assert (value.source, value.place, value.method, value.entered_by, value.state) == (
        "The report",
        "Abstract",
        Method.REPORTED,
        living.extractor,
        ValueState.GIVEN,
    )


def test_an_arm_without_a_count_is_left_open(add_trial, living):
    result = NewResult(living.outcome, living.timepoint, [Count(3, 11), None, Count(8, 24)], IN_THE_ABSTRACT)
    assert standing(add_trial(results=[result])) == ["3", "11", "8", "24"]


def test_nothing_of_a_new_trial_is_evidence_before_a_second_person_confirms(add_trial, living, news):
    study = add_trial()
    assert evidence_of(study) == []
    assert queries.evidence(living.review, living.outcome, living.timepoint) == []
    assert [one["outcome_ids"] for one in news] == [None]  # the inclusion, which brings no number


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"label": " "}, "Name the study"),
        ({"reports": [NewReport("x", identifiers={Scheme.DOI: "no doi"})]}, "is not a DOI"),
        ({"arms": [NewArm("MSC", EXPERIMENTAL), NewArm("Placebo", EXPERIMENTAL)]}, "at least one experimental arm"),
        ({"arms": [NewArm("MSC", EXPERIMENTAL), NewArm("msc ", CONTROL)]}, "a name of its own"),
        ({"arms": [NewArm("MSC", EXPERIMENTAL), NewArm(" ", CONTROL)]}, "a name of its own"),
        ({"arms": []}, "at least one experimental arm"),
        (
            {"arms": [NewArm("MSC", EXPERIMENTAL, 10), NewArm("Vesicles", EXPERIMENTAL), NewArm("Control", CONTROL)]},
            "11 people were analysed, but only 10 were randomised",
        ),
    ],
)
def test_a_trial_that_cannot_be_right_leaves_nothing(add_trial, said, says):
    with pytest.raises(ValidationError, match=says):
        add_trial(**said)
    assert nothing_is_there()


def test_a_source_that_is_not_named_leaves_nothing(add_trial, living):
    nowhere = Provenance(source="  ", method=Method.REPORTED)
    result = NewResult(living.outcome, living.timepoint, [Count(3, 11), None, None], nowhere)
    with pytest.raises(ValidationError, match="Say where the numbers come from"):
        add_trial(results=[result])
    assert nothing_is_there()


def test_counts_that_do_not_match_the_arms_leave_nothing(add_trial, living):
    result = NewResult(living.outcome, living.timepoint, [Count(3, 11)], IN_THE_ABSTRACT)
    with pytest.raises(ValueError, match="shorter"):
        add_trial(results=[result])
    assert nothing_is_there()


def test_a_label_that_is_taken_leaves_the_first_trial_as_it_was(add_trial):
    study = add_trial()
    events = Event.objects.count()
    with pytest.raises(ValidationError, match="has a study called"):
        add_trial()
    assert Study.objects.get() == study
    assert Event.objects.count() == events


def test_arms_are_described_once(living):
    study = living.add()
    with pytest.raises(ValidationError, match="are there already"):
        services.add_arms(review=living.review, actor=living.extractor, study=study, arms=[NewArm("x", CONTROL)])


# --- Entering and correcting ----------------------------------------------------------------------------------------


def test_a_correction_is_a_new_row_with_its_reason_and_only_of_what_differs(living):
    study = living.add(control="17/20")
    made = living.enter(study, "Control", "16/20", reason=" The trial reports 4 survivors. ")
    assert [(value.quantity, value.as_printed, value.reason) for value in made] == [
        (EVENTS, "16", "The trial reports 4 survivors.")
    ]
    old = made[0].replaces
    assert (old.as_printed, old.is_current, old.reason) == ("17", False, "")
    assert standing(study) == ["10", "20", "16", "20"]


def test_a_correction_does_not_touch_the_evidence_before_it_is_confirmed(living, news):
    study = living.add(control="17/20")
    news.clear()
    living.enter(study, "Control", "16/20")
    assert evidence_of(study) == ["10", "20", "17", "20"]
    assert news == []


def test_a_correction_leaves_an_event_with_both_numbers(living):
    study = living.add(control="17/20")
    living.enter(study, "Control", "16/20", reason="Four survived.")
    event = Event.objects.get(verb="corrected numbers")
    assert (event.before, event.after["events"], event.reason) == ({"events": "17"}, 16, "Four survived.")
    assert "total" not in event.after


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_correction_needs_a_reason(living, reason):
    study = living.add()
    with pytest.raises(ValidationError) as refusal:
        living.enter(study, "Control", "16/20", reason=reason)
    assert "Say why the number is corrected" in refusal.value.message_dict["reason"][0]
    assert standing(study) == ["10", "20", "17", "20"]


def test_the_same_numbers_again_add_nothing(living):
    study = living.add(control="17/20")
    values, events = Value.objects.count(), Event.objects.count()
    assert living.enter(study, "Control", "17/20", reason="") == []
    assert (Value.objects.count(), Event.objects.count()) == (values, events)


def test_a_number_needs_a_source(living):
    study = living.add()
    with pytest.raises(ValidationError, match="Say where the numbers come from"):
        living.enter(study, "Control", "16/20", provenance=Provenance(source=" ", method=Method.REPORTED))


def test_more_events_than_people_are_refused_by_the_service_itself(living):
    study = living.add()
    with pytest.raises(ValidationError, match="21 of 20 people cannot have had the event"):
        services.enter_result(
            review=living.review,
            actor=living.extractor,
            arm=study.arms.first(),
            outcome=living.outcome,
            timepoint=living.timepoint,
            result=Count(21, 20),
            provenance=IN_THE_ABSTRACT,
            reason="A slip",
        )


def test_more_people_than_were_randomised_are_refused(add_trial, living):
    study = add_trial()
    with pytest.raises(ValidationError, match="12 people were analysed, but only 11 were randomised"):
        living.enter(study, "MSC", "3/12")


def ids(study, arm):
    return {
        Quantity(value.quantity): value.pk
        for value in Value.objects.filter(arm__study=study, arm__label=arm, is_current=True)
    }


def test_nobody_overwrites_a_number_that_they_never_saw(living):
    study = living.add(confirmed=False)
    seen = ids(study, "Control")
    living.enter(study, "Control", "16/20", actor=living.second_extractor, seen=seen)
    with pytest.raises(ValidationError) as refusal:
        living.enter(study, "Control", "15/20", seen=seen)
    assert refusal.value.code == "stale"
    assert standing(study) == ["10", "20", "16", "20"]


def test_who_saw_an_empty_cell_does_not_write_over_a_full_one(living):
    study = living.add()
    with pytest.raises(ValidationError, match="Somebody entered another number"):
        living.enter(study, "Control", "16/20", seen={})


def test_an_outcome_of_another_team_or_time_is_refused(living):
    study = living.add()
    elsewhere = TimepointFactory()
    for outcome, timepoint in (
        (elsewhere.outcome, elsewhere),
        (living.outcome, elsewhere),
        (OutcomeFactory(team=living.review.team), living.timepoint),
    ):
        with pytest.raises(ValidationError, match="do not belong together"):
            services.enter_result(
                review=living.review,
                actor=living.extractor,
                arm=study.arms.first(),
                outcome=outcome,
                timepoint=timepoint,
                result=Count(1, 20),
                provenance=IN_THE_ABSTRACT,
            )


def test_a_study_that_the_review_does_not_include_takes_no_numbers_here(living):
    study = living.add(confirmed=False)
    screening.decide_inclusion(
        review=living.review, study=study, verdict=Verdict.EXCLUDE, actor=living.extractor, reason="Retracted."
    )
    for refused in (
        lambda: living.enter(study, "Control", "16/20"),
        lambda: living.confirm(study),
        lambda: services.add_arms(
            review=living.review,
            actor=living.extractor,
            study=StudyFactory(team=living.review.team),
            arms=[NewArm("MSC", EXPERIMENTAL), NewArm("Control", CONTROL)],
        ),
    ):
        with pytest.raises(ValidationError, match="is not included in this review"):
            refused()


# --- Confirming -----------------------------------------------------------------------------------------------------


def test_a_second_person_makes_numbers_evidence(living, news):
    study = living.add(confirmed=False)
    news.clear()
    confirmed = living.confirm(study)
    assert len(confirmed) == Confirmation.objects.count() == 4
    assert evidence_of(study) == ["10", "20", "17", "20"]
    confirmation = Confirmation.objects.first()
    assert (confirmation.entered_by, confirmation.confirmed_by) == (living.extractor, living.second_extractor)
    assert news == [
        {
            "study_id": study.pk,
            "outcome_ids": [living.outcome.pk],
            "review_id": None,
            "evidence": ["10", "20", "17", "20"],
            "is_atomic": True,
        }
    ]


def test_a_confirmed_correction_takes_the_place_of_what_stood_in_evidence(living):
    study = living.add(control="17/20")
    living.correct(study, "Control", "16/20")
    assert evidence_of(study) == ["10", "20", "16", "20"]
    found = queries.evidence(living.review, living.outcome, living.timepoint)
    assert [(one.label, one.side(EXPERIMENTAL), one.side(CONTROL)) for one in found] == [
        ("Dilogo 2021", Count(10, 20), Count(16, 20))
    ]


def test_nobody_confirms_their_own_number(living):
    study = living.add(confirmed=False)
    with pytest.raises(PermissionDenied, match="A second person confirms"):
        living.confirm(study, actor=living.extractor)
    [own] = living.enter(study, "Control", "16/20", actor=living.second_extractor)
    living.confirm(study, actor=living.second_extractor)
    own.refresh_from_db()
    assert not own.is_evidence
    assert evidence_of(study) == ["10", "20", "20"]


def test_the_database_refuses_it_too(living):
    study = living.add(confirmed=False)
    value = Value.objects.filter(arm__study=study).first()
    with pytest.raises(IntegrityError, match="confirmation_by_a_second_person"), transaction.atomic():
        Confirmation.objects.create(value=value, entered_by=living.extractor, confirmed_by=living.extractor)


def test_confirming_twice_adds_nothing(living, news):
    study = living.add()
    events = Event.objects.count()
    news.clear()
    assert living.confirm(study) == []
    assert living.confirm(study, seen=[value.pk for value in Value.objects.all()]) == []
    assert (Event.objects.count(), news) == (events, [])


def test_nobody_confirms_numbers_that_they_never_saw(living):
    study = living.add(confirmed=False)
    seen = [value.pk for value in queries.awaiting_confirmation(study)]
    living.enter(study, "Control", "16/20")
    with pytest.raises(ValidationError) as refusal:
        living.confirm(study, seen=seen)
    assert refusal.value.code == "stale"
    assert evidence_of(study) == []
    assert living.confirm(study, seen=[value.pk for value in queries.awaiting_confirmation(study)])


def test_a_confirmation_leaves_an_event_with_what_was_agreed(living):
    study = living.add()
    event = Event.objects.get(verb="confirmed numbers")
    assert (event.actor, event.acting_role, event.object_id) == (living.second_extractor, Role.EXTRACTOR, str(study.pk))
    assert [value["id"] for value in event.after["values"]] == [value.pk for value in Value.objects.order_by("pk")]


def test_when_somebody_who_hears_of_it_fails_nothing_is_confirmed(living):
    study = living.add(confirmed=False)
    events = Event.objects.count()

    def fail(sender, **told):
        raise ZeroDivisionError

    evidence_changed.connect(fail)
    try:
        with pytest.raises(ZeroDivisionError):
            living.confirm(study)
    finally:
        evidence_changed.disconnect(fail)
    assert evidence_of(study) == []
    assert not Confirmation.objects.exists()
    assert Event.objects.count() == events


def test_only_the_outcome_that_was_read_is_confirmed(living):
    study = living.add(confirmed=False)
    other = TimepointFactory(outcome=OutcomeFactory(team=living.review.team))
    services.enter_result(
        review=living.review,
        actor=living.extractor,
        arm=study.arms.first(),
        outcome=other.outcome,
        timepoint=other,
        result=Count(1, 20),
        provenance=IN_THE_ABSTRACT,
    )
    living.confirm(study)
    assert {value.outcome for value in queries.awaiting_confirmation(study)} == {other.outcome}


def test_the_database_keeps_one_current_and_one_evidence_value_a_cell(living):
    study = living.add()
    fields = {
        "arm": study.arms.first(),
        "outcome": living.outcome,
        "timepoint": living.timepoint,
        "quantity": EVENTS,
        "number": 3,
        "method": Method.REPORTED,
        "entered_by": living.extractor,
    }
    for wrong in (
        {"is_current": True},
        {"is_current": False, "is_evidence": True},
        {"is_current": False, "number": None},
        {"is_current": False, "state": ValueState.MISSING},
        {"is_current": False, "number": -1},
        {"is_current": False, "replaces": Value.objects.first(), "reason": ""},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Value.objects.create(**(fields | wrong))
    assert Value.objects.create(**(fields | {"is_current": False, "state": ValueState.NOT_REPORTED, "number": None}))


# --- Who may --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_only_extractors_enter_and_confirm(add_trial, living, role):
    person = member(living.review, role)
    study = living.add(confirmed=False)
    attempts = {
        "add": lambda: add_trial(actor=person),
        "enter": lambda: living.enter(study, "Control", "16/20", actor=person),
        "confirm": lambda: living.confirm(
            study, actor=person if role is not Role.EXTRACTOR else living.second_extractor
        ),
    }
    for name, attempt in attempts.items():
        if role is Role.EXTRACTOR and name != "confirm":
            assert attempt()
        elif role is not Role.EXTRACTOR:
            with pytest.raises(PermissionDenied, match="does not allow you to extract"):
                attempt()
    if role is not Role.EXTRACTOR:
        assert standing(study) == ["10", "20", "17", "20"]


def test_strangers_and_site_administrators_neither_enter_nor_confirm(add_trial, living, outsider, administrator):
    study = living.add(confirmed=False)
    for person in (outsider, administrator, UserFactory()):
        for attempt in (
            lambda person=person: add_trial(actor=person),
            lambda person=person: living.enter(study, "Control", "16/20", actor=person),
            lambda person=person: living.confirm(study, actor=person),
            lambda person=person: services.add_arms(review=living.review, actor=person, study=study, arms=[]),
        ):
            with pytest.raises(PermissionDenied):
                attempt()


def test_a_disabled_account_confirms_nothing(living):
    study = living.add(confirmed=False)
    living.second_extractor.is_active = False
    living.second_extractor.save()
    with pytest.raises(PermissionDenied):
        living.confirm(study)


# --- Reading --------------------------------------------------------------------------------------------------------


def test_evidence_takes_arms_of_one_role_together(add_trial, living):
    study = add_trial()
    living.confirm(study)
    [found] = queries.evidence(living.review, living.outcome, living.timepoint)
    assert (found.side(EXPERIMENTAL), found.side(CONTROL)) == (Count(3, 19), Count(8, 24))
    assert [arm.result for arm in found.arms] == [Count(3, 11), Count(0, 8), Count(8, 24)]


def test_an_arm_with_half_a_count_is_no_evidence(living):
    study = living.add()
    Value.objects.filter(arm__label="Control", quantity=TOTAL).update(is_evidence=False)
    [found] = queries.evidence(living.review, living.outcome, living.timepoint)
    assert [arm.label for arm in found.arms] == ["MSC"]
    assert found.side(CONTROL) is None
    Value.objects.filter(quantity=EVENTS).update(is_evidence=False)
    assert queries.evidence(living.review, living.outcome, living.timepoint) == []
    assert study.label == "Dilogo 2021"


def test_evidence_takes_few_statements_however_many_trials(living, django_assert_num_queries):
    for number in range(5):
        living.add(f"Trial {number}")
    with django_assert_num_queries(3):
        assert len(queries.evidence(living.review, living.outcome, living.timepoint)) == 5


def test_a_table_shows_the_newest_number_and_what_stands_in_evidence(living):
    study = living.add(control="17/20")
    living.enter(study, "Control", "16/20")
    [row] = queries.table(study, [(living.outcome, living.timepoint)])
    msc, control = row.cells
    assert (msc.text, msc.in_evidence, msc.is_confirmed) == ("10/20", "", True)
    assert (control.text, control.in_evidence, control.is_confirmed) == ("16/20", "17/20", False)
    assert [value.as_printed for value in row.waiting] == ["16"]
    assert [value.as_printed for value in control.history] == ["16", "20", "17"]


def test_a_table_has_a_row_for_what_is_wanted_and_for_what_else_is_there(living):
    study = living.add()
    unwanted, empty = living.timepoint, TimepointFactory(outcome=OutcomeFactory(team=living.review.team))
    rows = queries.table(study, [(empty.outcome, empty)])
    assert [row.timepoint for row in rows] == [empty, unwanted]
    assert [cell.text for cell in rows[0].cells] == ["", ""]
    assert not rows[0].cells[0].is_confirmed


def test_a_list_says_what_waits_and_for_whom(living):
    living.add("Shu 2020", year=2020)
    waiting = living.add("Zhu 2021", year=2021, confirmed=False)
    studies = list(queries.studies(living.review))
    for person, for_me in ((living.extractor, False), (living.second_extractor, True), (None, False)):
        done, line = queries.overview(studies, person=person)
        assert (done.label, done.waiting, done.results, done.for_me) == ("Shu 2020", 0, 1, False)
        assert (line.label, line.waiting, line.about, line.for_me) == ("Zhu 2021", 4, "UC-MSC, Indonesia", for_me)
    assert list(queries.studies(living.review, only_waiting=True)) == [waiting]
    assert queries.waiting_in(living.review) == 1
    assert [
        queries.waiting_for(living.review, one) for one in (living.extractor, living.second_extractor, living.owner)
    ] == [0, 1, 0]


def test_a_study_of_two_reviews_is_confirmed_for_both(living, news):
    study = living.add(confirmed=False)
    sister = ReviewFactory(team=living.review.team)
    screening.decide_inclusion(
        review=sister, study=study, verdict=Verdict.INCLUDE, actor=member(sister, Role.EXTRACTOR)
    )
    news.clear()
    living.confirm(study)
    assert [one["review_id"] for one in news] == [None]
    assert len(queries.evidence(sister, living.outcome, living.timepoint)) == 1


def test_rows_say_what_they_are(living):
    study = living.add()
    value = study.arms.first().values.order_by("pk").first()
    assert str(value) == "MSC, Death from any cause 28 days, events: 10"
    assert str(value.confirmation) == f"{value} confirmed by Cleo Marsh"
    assert read_count("10/20") == Count(10, 20)
