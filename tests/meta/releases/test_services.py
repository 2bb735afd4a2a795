"""A version is frozen: everything its page shows, for ever; notices stand beside it."""

import copy
import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from meta.analysis import services as analysis
from meta.analysis.models import Analysis
from meta.analysis.rules import Model, Settings, digest
from meta.releases import queries, services
from meta.releases.models import Notice, Release
from meta.releases.rules import NoticeKind, Step, Version
from reviews.base.audit.models import Event
from reviews.base.work.models import Owed
from reviews.protocol.models import Protocol
from reviews.protocol.rules import ProtocolState
from reviews.screening import services as screening
from reviews.screening.rules import Verdict
from reviews.team.rules import Role
from tests.factories import ReviewFactory, UserFactory, member
from tests.living import recomputed

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(living):
    """One trial, one result; nothing published yet."""
    living.add("Dilogo 2021", "10/20", "17/20", doi="10.1002/sctm.21-0046")
    recomputed(living.plan())
    return living


@pytest.fixture
def first(ready):
    return ready.release("The first version.", step=Step.MAJOR, evidence_date="2022-08")


def again():
    for one in Analysis.objects.all():
        recomputed(one)


def outcome_of(release):
    return release.document["outcomes"][0]


# --- Making a version -----------------------------------------------------------------------------------------------


def test_the_first_version_is_1_0_0_whatever_was_asked_for(ready):
    assert str(ready.release(step=Step.PATCH).version) == "1.0.0"


@pytest.mark.parametrize(("step", "version"), [(Step.MAJOR, "2.0.0"), (Step.MINOR, "1.1.0"), (Step.PATCH, "1.0.1")])
def test_a_later_version_takes_the_step_that_a_person_chose(ready, first, step, version):
    ready.add("Lanzoni 2021", "2/12", "7/12")
    again()
    assert str(ready.release(step=step).version) == version


def test_a_version_is_in_the_audit_trail_with_what_was_frozen(ready, first):
    event = Event.objects.get(verb="released version")
    assert (event.actor, event.acting_role, event.reason) == (ready.owner, Role.OWNER, "The first version.")
    assert event.after == {
        "version": "1.0.0",
        "digest": first.digest,
        "results": {"death-within-28-days": outcome_of(first)["digest"]},
    }


@pytest.mark.parametrize(
    ("said", "field", "says"),
    [
        ({"note": "  "}, "note", "Say in a sentence what changed; readers see it first."),
        ({"evidence_date": "2023-13"}, "evidence_date", "“2023-13” is not a date."),
    ],
)
def test_a_version_says_what_changed_and_gives_a_date_that_exists(ready, said, field, says):
    with pytest.raises(ValidationError) as refusal:
        ready.release(**said)
    assert says in refusal.value.message_dict[field][0]
    assert not Release.objects.exists()


def test_readers_need_the_protocol(ready):
    Protocol.objects.update(state=ProtocolState.DRAFT, released_at=None, released_by=None)
    with pytest.raises(ValidationError, match="Release the protocol first"):
        ready.release()


def test_nothing_is_published_before_there_is_a_result(living):
    living.add()
    with pytest.raises(ValidationError, match="There is no result yet"):
        living.release()


def test_nothing_is_published_while_results_are_recomputed(ready):
    ready.add("Lanzoni 2021", "2/12", "7/12")
    with pytest.raises(ValidationError, match="Results are being recomputed"):
        ready.release()


def test_nothing_is_published_while_a_result_could_not_be_recomputed(ready):
    """A parked result is older than its evidence: releasing it would publish what nobody computed."""
    ready.add("Lanzoni 2021", "2/12", "7/12")
    row = Owed.objects.get()
    row.parked_at, row.last_error = row.asked_at, "ArithmeticError: The engine stumbled."
    row.save()
    with pytest.raises(ValidationError, match="could not be recomputed"):
        ready.release()


def test_the_same_again_is_no_version(ready, first):
    with pytest.raises(ValidationError, match=r"Nothing has changed since version 1\.0\.0"):
        ready.release()
    assert Release.objects.count() == 1


def test_nobody_publishes_a_number_that_they_never_saw(ready, first):
    seen = {outcome["key"]: outcome["digest"] for outcome in first.document["outcomes"]}
    ready.add("Lanzoni 2021", "2/12", "7/12")
    again()
    with pytest.raises(ValidationError) as refusal:
        ready.release(seen=seen)
    assert refusal.value.code == "stale"
    present = services.digests(queries.proposal(ready.review).document)
    assert ready.release(seen=present).version == Version(1, 1, 0)


def test_an_amended_protocol_is_worth_a_version(ready, first):
    held = Protocol.objects.get()
    Protocol.objects.create(
        review=ready.review,
        number=2,
        question="Do stromal cells or their vesicles lower the risk of death?",
        amendment_reason="Vesicles are products too.",
        state=ProtocolState.RELEASED,
        released_at=held.released_at,
        released_by=ready.owner,
        created_by=ready.owner,
    )
    released = ready.release("The question names vesicles.")
    assert released.document["protocol"]["number"] == 2
    assert released.document["review"]["question"].startswith("Do stromal cells or their vesicles")


def test_an_amended_plan_is_worth_a_version_though_it_gives_the_same_text(ready, first):
    analysis.amend_plan(
        analysis=Analysis.objects.get(),
        actor=ready.owner,
        settings=Settings(model=Model.RANDOM),
        reason="Trials differ.",
    )
    again()
    released = ready.release("Random effects from now on.")
    assert outcome_of(released)["text"] == outcome_of(first)["text"]
    assert outcome_of(released)["settings"]["model"] == "random"


# --- What is in it --------------------------------------------------------------------------------------------------


def test_a_document_holds_everything_that_its_page_shows(ready, first):
    found = first.document
    assert set(found) == {
        "schema",
        "review",
        "version",
        "evidence_date",
        "released_at",
        "released_by",
        "note",
        "disclaimer",
        "protocol",
        "outcomes",
        "studies",
        "earlier",
        "summary",
        "changes",
    }
    assert (found["schema"], found["version"], found["evidence_date"], found["changes"]) == (
        2,
        "1.0.0",
        "2022-08",
        None,
    )
    assert (found["released_by"], found["note"]) == ("Ada Okafor", "The first version.")
    assert found["review"]["slug"] == ready.review.slug
    assert found["protocol"]["number"] == 1
    outcome = outcome_of(first)
    assert outcome["text"].startswith("0.18")
    assert outcome["forest"]["rows"][0]["label"] == "Dilogo 2021"
    assert outcome["svg"].startswith("<svg")
    assert outcome["svg_narrow"].startswith("<svg")
    assert (outcome["engine"], outcome["settings"]["zero_cells"]) == (analysis.ENGINE, "revman5")
    [study] = found["studies"]
    assert (study["label"], study["participants"], len(study["values"])) == ("Dilogo 2021", 40, 4)
    assert study["reports"][0]["identifiers"] == [
        {
            "scheme": "doi",
            "value": "10.1002/sctm.21-0046",
            "url": "https://doi.org/10.1002/sctm.21-0046",
        }
    ]
    assert {one["name"]: one["text"] for one in study["characteristics"]} == {
        "Country": "Indonesia",
        "Product": "UC-MSC",
    }
    value = study["values"][0]
    assert (value["source"], value["place"], value["method"]) == ("The report", "Abstract", "reported")
    assert (value["entered_by"], value["confirmed_by"]) == ("Ben Ito", "Cleo Marsh")


def test_a_document_is_plain_json_and_its_digest_can_be_made_again(ready, first):
    kept = Release.objects.get()
    assert digest(kept.document) == kept.digest == first.digest
    assert digest(json.loads(json.dumps(kept.document, allow_nan=False))) == kept.digest
    assert digest(first.document) == kept.digest


def test_a_version_says_what_came_in_and_what_was_corrected(ready, first):
    dilogo = first.review.inclusions.get().study
    ready.correct(dilogo, "Control", "16/20")
    ready.add("Lanzoni 2021", "2/12", "7/12")
    again()
    second = ready.release()
    changes = second.document["changes"]
    assert changes["since"] == "1.0.0"
    assert changes["studies_in"] == [{"label": "Lanzoni 2021", "participants": 24}]
    [correction] = changes["corrected"]
    assert (correction["study"], correction["old"], correction["new"]) == ("Dilogo 2021", "17", "16")
    assert correction["reason"] == "The report says so."
    assert [(one["old"], one["new"]) for one in changes["outcomes"]] == [
        (outcome_of(first)["text"], outcome_of(second)["text"])
    ]
    marks = {row["label"]: row["mark"] for row in outcome_of(second)["forest"]["rows"]}
    assert marks == {"Dilogo 2021": "corrected", "Lanzoni 2021": "new"}


def test_a_study_that_left_is_in_the_changes_and_no_longer_in_the_document(ready, first):
    lanzoni = ready.add("Lanzoni 2021", "2/12", "7/12")
    again()
    ready.release()
    screening.decide_inclusion(
        review=ready.review, study=lanzoni, verdict=Verdict.EXCLUDE, actor=ready.extractor, reason="Retracted."
    )
    again()
    third = ready.release("Lanzoni 2021 was retracted.")
    assert third.document["changes"]["studies_out"] == [{"label": "Lanzoni 2021", "participants": 24}]
    assert [study["label"] for study in third.document["studies"]] == ["Dilogo 2021"]


def test_what_was_released_does_not_change_with_what_comes_after(ready, first):
    before = copy.deepcopy(Release.objects.get(pk=first.pk).document)
    dilogo = first.review.inclusions.get().study
    ready.correct(dilogo, "Control", "3/20")
    ready.owner.name = "Ada Renamed"
    ready.owner.save()
    again()
    ready.release()
    assert Release.objects.get(pk=first.pk).document == before


def test_numbers_that_nobody_confirmed_are_in_no_document(ready, first):
    dilogo = first.review.inclusions.get().study
    ready.enter(dilogo, "Control", "3/20")
    ready.add("Lanzoni 2021", "2/12", "7/12", confirmed=False)
    again()
    found = queries.proposal(ready.review).document
    assert [value["as_printed"] for value in found["studies"][0]["values"]] == ["10", "20", "17", "20"]
    assert [study["values"] for study in found["studies"][1:]] == [[]]


def test_the_page_is_told_what_a_version_made_now_would_be(ready, first):
    found = queries.proposal(ready.review)
    assert (found.last, found.step, found.is_worth_releasing, found.obstacles) == (first, Step.PATCH, False, ())
    ready.add("Bowdish 2023", "42/112", "47/110")
    again()
    found = queries.proposal(ready.review)
    assert found.is_worth_releasing
    assert found.step is Step.MAJOR  # from a benefit to a result that leaves it open
    assert str(found.version(found.step)) == "2.0.0"


def test_a_proposal_takes_as_many_statements_for_six_trials_as_for_one(ready, first, django_assert_num_queries):
    with CaptureQueriesContext(connection) as few:
        queries.proposal(ready.review)
    for number in range(5):
        ready.add(f"Trial {number}", doi=f"10.1000/{number}")
    again()
    with django_assert_num_queries(len(few)):
        queries.proposal(ready.review)


# --- Notices --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_notice_stands_beside_a_version_and_changes_nothing_of_it(ready, first, kind):
    notice = services.give_notice(
        review=ready.review, actor=ready.owner, kind=kind, text=" Searched on 1 May. ", release=first
    )
    assert (notice.text, notice.kind, notice.given_by) == ("Searched on 1 May.", kind, ready.owner)
    assert Release.objects.get().document == first.document
    event = Event.objects.get(verb="withdrew version" if kind is NoticeKind.WITHDRAWN else "gave notice")
    assert event.after == {"kind": kind, "text": "Searched on 1 May.", "version": "1.0.0"}
    assert str(notice) == f"{kind}: Searched on 1 May."


def test_a_notice_says_something(ready, first):
    with pytest.raises(ValidationError) as refusal:
        services.give_notice(review=ready.review, actor=ready.owner, kind=NoticeKind.PENDING, text=" ")
    assert refusal.value.message_dict == {"text": ["Say it in a sentence."]}


def test_a_notice_does_not_reach_into_another_review(ready, first):
    elsewhere = ReviewFactory()
    with pytest.raises(ValidationError, match="belongs to another review"):
        services.give_notice(
            review=elsewhere,
            actor=member(elsewhere, Role.OWNER),
            kind=NoticeKind.WITHDRAWN,
            text="Gone.",
            release=first,
        )


# --- Who may --------------------------------------------------------------------------------------------------------


def attempts(living, person):
    return (
        lambda: services.make_release(review=living.review, actor=person, step=Step.MAJOR, note="New."),
        lambda: services.give_notice(
            review=living.review, actor=person, kind=NoticeKind.SEARCHED, text="Searched on 1 May."
        ),
    )


@pytest.mark.parametrize("role", Role)
def test_only_owners_publish(ready, role):
    for attempt in attempts(ready, member(ready.review, role)):
        if role is Role.OWNER:
            assert attempt()
        else:
            with pytest.raises(PermissionDenied, match="does not allow you to release"):
                attempt()


def test_strangers_and_site_administrators_do_not_publish(ready, outsider, administrator):
    for person in (outsider, administrator, UserFactory()):
        for attempt in attempts(ready, person):
            with pytest.raises(PermissionDenied):
                attempt()
    assert not Release.objects.exists()
    assert not Notice.objects.exists()


# --- For ever -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["meta_release", "meta_notice"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET review_id = review_id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_was_published(ready, first, table, statement):
    services.give_notice(review=ready.review, actor=ready.owner, kind=NoticeKind.SEARCHED, text="Searched.")
    refused = pytest.raises(DatabaseError, match=f"{table} is append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_a_version_is_made_once(ready, first):
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.create(
            review=ready.review, major=1, minor=0, patch=0, note="x", document={}, digest="", released_by=ready.owner
        )


def test_versions_are_listed_newest_first_by_number(ready, first):
    for minor in (9, 10):
        Release.objects.create(
            review=ready.review, major=1, minor=minor, patch=0, note="x", document={}, released_by=ready.owner
        )
    assert [str(one.version) for one in queries.releases(ready.review)] == ["1.10.0", "1.9.0", "1.0.0"]
    assert str(queries.latest(ready.review)) == f"{ready.review} 1.10.0"
