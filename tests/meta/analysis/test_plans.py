"""What a plan may say, and that it recomputes exactly what it is about."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from meta.analysis import options, queries, services
from meta.analysis.rules import Check, Grouped, LeftOut, Settings
from reviews.base.audit.models import Event
from reviews.extraction import services as extraction
from reviews.extraction.rules import MedianRule, read_summary
from reviews.protocol.rules import OutcomeType
from tests.factories import OutcomeOfInterestFactory
from tests.living import IN_THE_ABSTRACT, recomputed

pytestmark = pytest.mark.django_db


@pytest.fixture
def trials(living):
    living.add("Dilogo 2021", "10/20", "17/20")
    living.add("Lanzoni 2021", "2/12", "7/12")
    return living.add("Shu 2020", "0/12", "3/29", year=2020)


def amended(living, planned, **settings):
    services.amend_plan(analysis=planned, actor=living.owner, settings=Settings(**settings), reason="As agreed.")
    return recomputed(planned)


# --- What is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"measure": "MD", "method": "IV"}, "measure"),
        ({"model": "fixed"}, "model"),
        ({"measure": "AS", "method": "MH"}, "method"),
        ({"measure": "RR", "method": "PETO"}, "method"),
        ({"tau2": "XY"}, "method"),
        ({"interval": "narrow"}, "method"),
        ({"prediction": "narrow"}, "method"),
        ({"zero_cells": "0.1"}, "method"),
        ({"variant": "hedges"}, "variant"),
        ({"checks": ("by-eye",)}, "checks"),
        ({"left_out": (LeftOut(1, " "),)}, "left_out"),
        ({"left_out": (LeftOut(999_999, "Not ours"),)}, "left_out"),
        ({"groups": (Grouped(1, " "),)}, "groups"),
        ({"groups": (Grouped(1, "A"), Grouped(1, "B"))}, "groups"),
    ],
)
def test_what_the_engine_or_the_review_does_not_know_is_refused_beside_its_field(living, trials, settings, field):
    with pytest.raises(ValidationError) as refusal:
        living.plan(settings=Settings(**settings))
    assert list(refusal.value.message_dict) == [field]
    planned = living.plan("Another")
    with pytest.raises(ValidationError):
        services.amend_plan(analysis=planned, actor=living.owner, settings=Settings(**settings), reason="Try.")
    assert planned.plans.count() == 1


@pytest.mark.parametrize("kind", OutcomeType)
def test_every_measure_that_is_offered_can_be_planned_and_computed(living, trials, kind):
    if kind == OutcomeType.CONTINUOUS:
        living = days(living)
    for option in options.measures(kind):
        method = "PETO" if option.code == "PETO" else "IV"
        planned = living.plan(f"By {option.code}", settings=Settings(measure=option.code, method=method))
        result = recomputed(planned).result
        assert "estimate" in result["common"]["pooled"], option.code
        assert queries.describe(queries.result(planned))["text"]
        assert queries.plot_of(queries.result(planned)).effect_name


@pytest.mark.parametrize("offered", ["models", "estimators", "intervals", "predictions", "zero_cells"])
def test_every_choice_has_a_name_and_one_sentence(offered):
    for option in getattr(options, offered)():
        assert option.name
        assert len(option.sentence) > len(option.code)


# --- What is computed -----------------------------------------------------------------------------------------------


def test_a_study_left_out_stays_in_the_snapshot_with_its_reason(living, trials):
    planned = living.plan(settings=Settings(left_out=(LeftOut(trials.pk, "Not randomised."),)))
    snapshot = recomputed(planned)
    assert [study["label"] for study in snapshot.inputs["studies"]] == ["Dilogo 2021", "Lanzoni 2021"]
    [out] = snapshot.inputs["left_out"]
    assert (out["label"], out["reason"], out["experimental"]) == (
        "Shu 2020", "Not randomised.", {"events": 0, "total": 12}
    )  # fmt: skip
    assert snapshot.result["checks"][Check.EVERY_STUDY]["added"] == ["Shu 2020"]


def test_groups_come_from_a_characteristic_and_the_plan_goes_before_it(living, trials):
    planned = living.plan(settings=Settings(subgroups_by="Country", groups=(Grouped(trials.pk, "China"),)))
    snapshot = recomputed(planned)
    assert {study["label"]: study["group"] for study in snapshot.inputs["studies"]} == {
        "Dilogo 2021": "Indonesia", "Lanzoni 2021": "Indonesia", "Shu 2020": "China"
    }  # fmt: skip


def test_an_unchanged_plan_keeps_its_digest_and_every_amendment_has_its_own(living, trials):
    planned = living.plan()
    first = recomputed(planned)
    assert set(first.inputs) == {"studies"}
    assert set(first.inputs["studies"][0]) == {"study_id", "label", "year", "experimental", "control", "arms"}
    assert amended(living, planned, model="switch").digest != first.digest
    assert amended(living, planned).digest == first.digest


def test_an_amendment_that_changes_nothing_adds_nothing(living, trials):
    planned = living.plan()
    amended(living, planned)
    assert planned.plans.count() == 1


def test_a_plan_tells_the_audit_trail_all_that_it_says(living, trials):
    settings = Settings(model="switch", left_out=(LeftOut(trials.pk, "Not randomised."),))
    planned = living.plan()
    services.amend_plan(analysis=planned, actor=living.owner, settings=settings, reason="As agreed.")
    event = Event.objects.filter(verb="amended analysis plan").latest("pk")
    assert event.after["left_out"] == [{"study_id": trials.pk, "reason": "Not randomised."}]
    assert event.reason == "As agreed."


def test_only_an_owner_plans(living, trials):
    with pytest.raises(PermissionDenied):
        services.plan_analysis(
            review=living.review, actor=living.extractor, outcome=living.outcome, timepoint=living.timepoint,
            title="Mine", experimental="MSC", control="control",
        )  # fmt: skip


# --- Measured outcomes ----------------------------------------------------------------------------------------------


def days(living):
    """The same review, asked for days in hospital; two trials print medians with quartiles."""
    wanted = OutcomeOfInterestFactory(
        protocol=living.wanted.protocol,
        position=2,
        outcome__team=living.review.team,
        outcome__name="Length of stay",
        outcome__type="continuous",
        outcome__unit="days",
        timepoint__label="in hospital",
        measure="MD",
    )
    found = type(living)(living.review, living.owner, living.extractor, living.second_extractor, wanted)
    printed = {
        "Shu 2020": ("20 (16-24) n=12", "24 (20-26.5) n=29"),
        "Lanzoni 2021": ("11 (8-14) n=29", "15 (11-19) n=29"),
    }
    for study in living.review.team.studies.filter(label__in=printed):
        for arm, text in zip(study.arms.order_by("position"), printed[study.label], strict=True):
            extraction.enter_result(
                review=living.review,
                actor=living.extractor,
                arm=arm,
                outcome=wanted.outcome,
                timepoint=wanted.timepoint,
                result=read_summary(text, median_rule=MedianRule.TABLE),
                provenance=IN_THE_ABSTRACT,
            )
        found.confirm(study)
    return found


def test_days_from_medians_give_the_published_difference_from_stored_rows(living, trials):
    stay = days(living)
    planned = stay.plan("Days in hospital", settings=Settings(measure="MD", method="IV", model="switch"))
    snapshot = recomputed(planned)
    assert snapshot.inputs["data"] == "continuous"
    assert all(study["estimated"] for study in snapshot.inputs["studies"])
    described = queries.describe(queries.result(planned))
    assert described["text"] == "\u22123.84 (\u22126.19 to \u22121.50)"
    assert "3.84 days lower" in described["meaning"]
    assert (described["data"], described["unit"], described["absolute"]) == ("continuous", "days", None)


def test_a_change_recomputes_the_analyses_of_its_outcome_and_no_other(living, trials):
    death = living.plan()
    stay = days(living)
    planned = stay.plan("Days in hospital", settings=Settings(measure="MD", method="IV"))
    recomputed(death), recomputed(planned)
    living.correct(trials, "Control", "4/29")
    assert queries.result(death).standing.is_open
    assert not queries.result(planned).standing.is_open
