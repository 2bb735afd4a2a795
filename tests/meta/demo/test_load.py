"""The demo's reviews are built by the services that a click calls, once, and say what the trials say."""

import pytest
from django.core.management import call_command

from meta.analysis import queries as analysis
from meta.analysis.models import Analysis, Snapshot
from meta.analysis.published.models import PublishedResult
from meta.demo import facts
from meta.earlier.models import Statement
from meta.releases.models import Notice, Release
from reviews.base.audit import queries as audit
from reviews.base.audit.models import Event
from reviews.base.work.models import Owed
from reviews.extraction import queries as extraction
from reviews.extraction.models import Confirmation, Value
from reviews.extraction.rules import ValueState
from reviews.models import Inclusion, Membership, Protocol, Review, Study, User
from reviews.screening.rules import Verdict
from reviews.team.demo_doors import PEOPLE
from reviews.team.rules import Role

pytestmark = pytest.mark.django_db

SLUGS = ["msc-cells-only", "msc-covid-19", "msc-placebo-controlled"]


def releases(slug="msc-covid-19"):
    return list(Release.objects.filter(review__slug=slug).order_by("major", "minor", "patch"))


def test_the_demo_has_three_reviews_over_one_library(demo):
    assert (demo.versions, demo.was_there) == (8, False)
    assert sorted(Review.objects.values_list("slug", flat=True)) == SLUGS
    assert Review.objects.values("team").distinct().count() == 1
    assert [len(releases(slug)) for slug in SLUGS] == [1, 8, 1]


def test_each_version_says_what_changed_since_the_one_before(demo):
    first, correction, *later = releases()
    assert first.document["changes"] is None
    [change] = correction.document["changes"]["corrected"]
    assert (change["study"], change["old"], change["new"]) == ("Dilogo 2021", "17", "16")
    assert "10.1002/sctm.21-0046" in change["source"]
    assert correction.document["changes"]["studies_in"] == []
    assert [[study["label"] for study in one.document["changes"]["studies_in"]] for one in later] == [
        ["Adas 2021"],
        ["Monsel 2022"],
        ["Rebelatto 2022"],
        ["Fathi-Kazerooni 2022"],
        ["Bowdish 2023"],
        ["Zarrabi 2023"],
    ]
    assert all(one.document["changes"]["corrected"] == [] for one in later)


def test_versions_are_dated_by_the_evidence_that_came_in(demo):
    assert [one.evidence_date for one in releases()] == [*["2022-08"] * 3, *["2022"] * 3, *["2023"] * 2]


def test_every_version_says_that_it_is_no_medical_advice(demo):
    assert all("not medical advice" in release.document["disclaimer"] for release in Release.objects.all())


def test_zamanian_is_left_for_the_visitor(demo):
    assert Study.objects.count() == 12
    assert not Study.objects.filter(label__startswith="Zamanian").exists()


def test_the_narrower_reviews_say_why_they_leave_trials_out(demo):
    left = Inclusion.objects.filter(verdict=Verdict.EXCLUDE)
    assert [left.filter(review__slug=slug).count() for slug in SLUGS] == [2, 0, 6]
    assert all(one.reason for one in left)


def test_no_number_was_confirmed_by_who_entered_it_and_none_waits(demo):
    assert Confirmation.objects.count() == Value.objects.count()
    assert all(one.entered_by_id != one.confirmed_by_id for one in Confirmation.objects.all())
    assert extraction.waiting_in(demo.review) == 0


def test_every_value_names_its_source_place_and_method(demo):
    for value in Value.objects.all():
        assert value.source, value
        assert value.place, value
        assert value.method, value


def test_what_is_unknown_stays_unknown_and_is_not_zero(demo):
    said = {
        (value.arm.study.label, value.arm.label, value.outcome.name, value.timepoint.label): value.state
        for value in Value.objects.select_related("arm__study", "outcome", "timepoint").filter(quantity="events")
    }
    assert said["Dilogo 2021", "Control", "Adverse events", "by the end of the trial"] == ValueState.MISSING
    assert said["Shu 2020", "Control", "Adverse events", "by the end of the trial"] == ValueState.NOT_REPORTED
    assert said["Zhu 2021", "Placebo", "Death from any cause", "14 days"] == ValueState.NOT_REPORTED
    assert said["Dilogo 2021", "Control", "Mechanical ventilation", "during the trial"] == ValueState.NOT_APPLICABLE
    assert said["Shi 2021", "Placebo", "Death from any cause", "14 days"] == ValueState.GIVEN


def test_medians_stand_as_printed_beside_what_was_made_of_them(demo):
    found = {
        value.quantity: value
        for value in Value.objects.filter(
            arm__study__label="Zhu 2021", arm__label="UC-MSC", outcome__name="Length of hospital stay"
        )
    }
    printed = [found[one].as_printed for one in ("median", "lower_quartile", "upper_quartile")]
    assert printed == ["11", "8", "14"]
    assert found["total"].number == 29
    assert (found["sd"].as_printed, found["sd"].method) == ("", "estimated")
    assert float(found["sd"].number) == pytest.approx(4.673, abs=0.0005)
    assert float(found["mean"].number) == pytest.approx(11)


def test_the_people_of_the_doors_are_there_and_have_no_password(demo):
    assert User.objects.count() == len(PEOPLE)
    assert not any(user.has_usable_password() for user in User.objects.all())
    for slug in SLUGS:
        held = Membership.objects.filter(review__slug=slug).select_related("user")
        assert {(one.user.email, one.role) for one in held} == {(person.email, person.role) for person in PEOPLE}
    assert Role.OWNER in {person.role for person in PEOPLE}


def test_nothing_is_owed_when_the_demo_is_there(demo):
    assert not any(row.is_owed or row.last_error for row in Owed.objects.all())
    for review in Review.objects.all():
        assert all(result.snapshot is not None for result in analysis.results(review))


def test_the_audit_chains_of_the_demo_hold(demo):
    assert list(audit.faults()) == []
    verbs = set(Event.objects.filter(chain=demo.review.chain).values_list("verb", flat=True))
    assert {
        "began the review",
        "released",
        "added study",
        "decided to include",
        "entered numbers",
        "corrected numbers",
        "confirmed numbers",
        "planned analysis",
        "recomputed",
        "wrote down a statement",
        "wrote down a published result",
        "released version",
        "gave notice",
    } <= verbs


def test_a_second_call_changes_nothing(demo, capsys):
    models = (
        *(User, Review, Protocol, Study, Value, Snapshot, Release, Notice, Event, Analysis),
        *(Statement, PublishedResult),
    )
    before = [model.objects.count() for model in models]
    call_command("load_demo")
    assert [model.objects.count() for model in models] == before
    assert capsys.readouterr().out == "The demo review is there already: /r/msc-covid-19/ with 8 versions.\n"


def test_the_facts_are_plain_and_complete():
    trials, living = facts.read("studies"), facts.read(facts.LIVING)
    added = [key for version in living["versions"] for key in version.get("add", [])]
    assert sorted(added) == sorted(trials["studies"])
    assert trials["correction"]["study"] in {study["label"] for study in trials["studies"].values()}
    times = {(one["key"], time["key"]) for one in living["protocol"]["outcomes"] for time in one["timepoints"]}
    for study in trials["studies"].values():
        assert all(report["citation"] for report in study["reports"]), study["label"]
        assert {(result["outcome"], result["timepoint"]) for result in study["results"]} <= times, study["label"]
        assert all(len(result["cells"]) == len(study["arms"]) for result in study["results"]), study["label"]
    for name in facts.NARROWER:
        asked = facts.read(name)
        assert sorted([*asked["include"], *asked["exclude"]]) == sorted(trials["studies"]), name
