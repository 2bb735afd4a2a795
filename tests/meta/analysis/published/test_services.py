"""Printed results are kept digit for digit; a correction is a new row, and the verdict is never stored."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from meta.analysis import queries as analysis
from meta.analysis.models import Analysis
from meta.analysis.published import queries, services
from meta.analysis.published.models import PublishedResult
from meta.analysis.published.rules import Claim, Verdict
from meta.analysis.rules import Grouped, Settings
from reviews.base.audit.models import Event
from tests.living import recomputed

pytestmark = pytest.mark.django_db

CHEN = "Chen et al. 2022"


@pytest.fixture
def planned(living):
    living.add()
    planned = living.plan()
    recomputed(planned)
    return planned


def write(living, planned, claim=None, **said):
    return services.write_down(
        analysis=planned,
        actor=said.pop("actor", living.owner),
        claim=claim or Claim("0.18", "0.04", "0.78"),
        **({"label": "Death", "source": CHEN} | said),
    )


def lines(planned):
    snapshot = analysis.latest_snapshot(planned)
    printed = list(queries.published_results([planned]))
    return queries.lines(
        printed, inputs=snapshot.inputs if snapshot else None, result=snapshot.result if snapshot else None
    )


def test_a_printed_result_stands_beside_the_recomputed_one_with_its_verdict(living, planned):
    write(living, planned, Claim(" 0.18", "0.04", "0.80", "", "10/20", "17/20"), place="Figure 2")
    [line] = lines(planned)
    assert line.comparison.verdict is Verdict.EXACT
    assert (line.printed_text, line.recomputed_text) == (
        "0.18 (0.04 to 0.80), 10/20 v 17/20", "0.18 (0.04 to 0.80), 10/20 v 17/20"
    )  # fmt: skip
    assert line.to_dict()["verdict"] == "exact"
    assert line.to_dict()["source"] == CHEN
    event = Event.objects.get(verb="wrote down a published result")
    assert (event.after["estimate"], event.after["label"]) == ("0.18", "Death")


def test_the_verdict_follows_the_evidence(living, planned):
    write(living, planned)
    living.correct(planned.review.team.studies.get(), "Control", "16/20")
    recomputed(planned)
    [line] = lines(planned)
    assert line.comparison.verdict is Verdict.NOT_REPRODUCED
    assert line.recomputed_text.startswith("0.25")


def test_before_the_first_result_there_is_nothing_to_compare(living):
    planned = living.plan()
    write(living, planned)
    [line] = lines(planned)
    assert (line.word, line.recomputed_text) == ("not compared", "–")


def test_a_subgroup_and_the_other_model_are_compared_with_their_own_results(living):
    study = living.add()
    other = living.add("Shu 2020", "0/12", "3/29")
    groups = (Grouped(study.pk, "Critical"), Grouped(other.pk, "Severe"))
    planned = living.plan(settings=Settings(groups=groups))
    snapshot = recomputed(planned)
    write(living, planned, Claim("0.18", experimental="10/20"), subgroup="Critical")
    write(living, planned, Claim("0.18"), label="Of no such group", subgroup="Mild")
    shown = snapshot.result["random"]["pooled"]["display"]["estimate"]
    write(living, planned, Claim(f"{shown:.3f}", experimental="10/32"), label="Random", model="random")
    assert [line.comparison.verdict for line in lines(planned)] == ["exact", "not_compared", "exact"]
    assert queries.groups_of(snapshot) == ["Critical", "Severe"]
    assert queries.groups_of(None) == []


def test_a_correction_is_a_new_row_with_a_reason_and_the_same_again_adds_nothing(living, planned):
    first = write(living, planned)
    assert write(living, planned) == first
    with pytest.raises(ValidationError, match="Say why it is corrected"):
        write(living, planned, Claim("0.19"))
    second = write(living, planned, Claim("0.19"), reason="Misread.")
    first.refresh_from_db()
    assert (first.is_current, second.replaces, second.reason) == (False, first, "Misread.")
    event = Event.objects.get(verb="corrected a published result")
    assert (event.before["estimate"], event.after["estimate"], event.reason) == ("0.18", "0.19", "Misread.")


@pytest.mark.parametrize(
    ("claim", "said", "field"),
    [
        (Claim("0,18"), {}, "estimate"),
        (Claim("0.18", "0.04"), {}, "upper"),
        (Claim("0.18"), {"label": " "}, "label"),
        (Claim("0.18"), {"source": " "}, "source"),
        (Claim("0.18"), {"model": "fixed"}, "model"),
    ],
)
def test_what_cannot_be_compared_is_refused_beside_its_field(living, planned, claim, said, field):
    with pytest.raises(ValidationError) as refusal:
        write(living, planned, claim, **said)
    assert list(refusal.value.message_dict) == [field]


def test_a_result_is_taken_back_once_with_a_reason_and_its_row_stays(living, planned):
    made = write(living, planned)
    with pytest.raises(ValidationError):
        services.take_back(published=made, actor=living.owner, reason=" ")
    services.take_back(published=made, actor=living.owner, reason="It is of another review.")
    assert lines(planned) == []
    assert PublishedResult.objects.count() == 1
    with pytest.raises(ValidationError, match="meanwhile"):
        services.take_back(published=made, actor=living.owner, reason="Again.")


def test_only_an_owner_keeps_printed_results(living, planned):
    made = write(living, planned)
    with pytest.raises(PermissionDenied):
        write(living, planned, actor=living.extractor)
    with pytest.raises(PermissionDenied):
        services.take_back(published=made, actor=living.extractor, reason="No.")


def test_a_row_says_what_it_is(living, planned):
    assert str(write(living, planned)) == "Death: 0.18 (0.04 to 0.78)"
    assert str(write(living, planned, Claim("0.2"), label="Else")) == "Else: 0.2"
    assert Analysis.objects.get().published_results.count() == 2
